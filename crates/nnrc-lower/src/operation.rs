//! What drives a layer: the reactions' catalysts and rate constants for z = W a + b, sums and concatenations.
//!
//! Weights as rate constants: a term reads A_j, its constant is |w_ij|, its sign that of w_ij times that of the rail
//! of A_j. Weights as species: a term reads W_ij and A_j, its constant is the forward speed.

use nnrc_crn::{
    Axis, Handle, Index, IndexVariable, Origin, Part, Rate, RateConstant, Role, SpeciesFamily, Term,
};

use crate::layer_builder::{Drive, DriveTerm, LayerBuilder, Signal, Species};
use crate::lowered::{Held, Weight};
use nnrc_model::Tensor;
use nnrc_model::{Operation, WeightCarrier};

/// The drive of a layer whose sources have the given names and signals. What holds the weights joins `held`.
pub fn drive(
    builder: &mut LayerBuilder<'_>,
    operation: &Operation,
    sources: &[(&str, &Signal)],
    held: &mut Vec<Weight>,
) -> Drive {
    let mut terms = Vec::new();
    let mut hold = |builder: &LayerBuilder<'_>, what: &str, by: Held| {
        held.push(Weight { key: format!("{}.{what}", builder.name), held: by });
    };
    match operation {
        Operation::Dense { weights, bias } => match builder.chemistry.weights() {
            WeightCarrier::Rates => {
                let constant = dense_by_rates(builder, weights, sources, &mut terms);
                let scale = builder.chemistry.forward;
                hold(builder, "W", Held::Rates { constant, scale });
                if let Some(bias) = bias {
                    let constant = bias_by_rates(builder, bias, &mut terms);
                    hold(builder, "b", Held::Rates { constant, scale });
                }
            }
            WeightCarrier::Species => {
                let by = dense_by_species(builder, weights, sources, &mut terms);
                hold(builder, "W", by);
                if let Some(bias) = bias {
                    let by = bias_by_species(builder, bias, &mut terms);
                    hold(builder, "b", by);
                }
            }
        },
        Operation::Add | Operation::Concat => copies(builder, operation, sources, &mut terms),
    }
    Drive { terms }
}

/// `excite` or `inhibit`, and where it comes from if that is not plain.
pub fn term_name(positive: bool, sources: usize, source: &str, signal: &Signal, rail: usize) -> String {
    let mut name = if positive { "excite" } else { "inhibit" }.to_owned();
    if sources > 1 {
        name.push('_');
        name.push_str(source);
    }
    if signal.rails.len() > 1 {
        name.push_str(if signal.rails[rail].1 { "_p" } else { "_m" });
    }
    name
}

pub fn at(species: Species, indices: Vec<Index>) -> Term {
    Term { species, indices, stoichiometry: 1 }
}

/// The axis of the columns of W.
pub fn columns(builder: &mut LayerBuilder<'_>, weights: &Tensor) -> Handle<Axis> {
    builder.crn.axes.push(Axis { name: format!("{}.columns", builder.name), shape: vec![weights.shape[1]] })
}

fn dense_by_rates(
    builder: &mut LayerBuilder<'_>,
    weights: &Tensor,
    sources: &[(&str, &Signal)],
    terms: &mut Vec<DriveTerm>,
) -> Handle<RateConstant> {
    let columns = columns(builder, weights);
    let constant = tensor_constant(builder, "W", vec![builder.axis, columns], weights);
    let mut offset = 0;
    for (source, signal) in sources {
        let width = builder.crn.axes[signal.axis].size();
        for (rail, &(species, rail_positive)) in signal.rails.iter().enumerate() {
            for part in [Part::Positive, Part::Negative] {
                if !builder.chemistry.any_sign() && !has_members(weights, offset, width, part) {
                    continue;
                }
                let positive = rail_positive == (part == Part::Positive);
                terms.push(DriveTerm {
                    name: term_name(positive, sources.len(), source, signal, rail),
                    positive,
                    over: vec![
                        builder.variable("i"),
                        IndexVariable { name: "j".to_owned(), axis: signal.axis },
                    ],
                    target: Index::of(0),
                    catalysts: vec![at(species, vec![Index::of(1)])],
                    rate: Rate {
                        constant,
                        indices: vec![Index::of(0), Index::Variable { position: 1, offset }],
                        part,
                    },
                });
            }
        }
        offset += width;
    }
    constant
}

/// Whether the columns from `offset` have an entry of this sign.
fn has_members(weights: &Tensor, offset: usize, width: usize, part: Part) -> bool {
    let columns = weights.shape[1].max(1);
    weights.values.chunks(columns).any(|row| row[offset..offset + width].iter().any(|w| part.of(*w) > 0.0))
}

fn bias_by_rates(
    builder: &mut LayerBuilder<'_>,
    bias: &Tensor,
    terms: &mut Vec<DriveTerm>,
) -> Handle<RateConstant> {
    let constant = tensor_constant(builder, "b", vec![builder.axis], bias);
    for (part, name) in [(Part::Positive, "bias_up"), (Part::Negative, "bias_down")] {
        if builder.chemistry.any_sign() || bias.values.iter().any(|b| part.of(*b) > 0.0) {
            terms.push(DriveTerm {
                name: name.to_owned(),
                positive: part == Part::Positive,
                over: vec![builder.variable("i")],
                target: Index::of(0),
                catalysts: Vec::new(),
                rate: Rate { constant, indices: vec![Index::of(0)], part },
            });
        }
    }
    constant
}

fn tensor_constant(
    builder: &mut LayerBuilder<'_>,
    what: &str,
    axes: Vec<Handle<Axis>>,
    tensor: &Tensor,
) -> Handle<RateConstant> {
    let speed = builder.chemistry.forward;
    builder.crn.rate_constants.push(RateConstant {
        stem: format!("k_{what}_{}", builder.name),
        axes,
        values: tensor.values.iter().map(|value| value * speed).collect(),
        origin: Origin { label: format!("{}.{what}", builder.name), part: String::new(), line: builder.line },
    })
}

fn is_signed(tensor: &Tensor) -> bool {
    tensor.values.iter().any(|value| *value < 0.0)
}

/// Species that hold a tensor: one rail, or two if it is `signed`.
pub fn tensor_species(
    builder: &mut LayerBuilder<'_>,
    what: &str,
    axes: &[Handle<Axis>],
    tensor: &Tensor,
    signed: bool,
) -> Vec<(Species, bool)> {
    let rails: &[(&str, bool)] = if signed { &[("p", true), ("m", false)] } else { &[("", true)] };
    rails
        .iter()
        .map(|&(suffix, positive)| {
            let sign = if positive { 1.0 } else { -1.0 };
            let species = builder.crn.species.push(SpeciesFamily {
                stem: format!("{what}_{}", builder.name),
                suffix: suffix.to_owned(),
                axes: axes.to_vec(),
                role: Role::Parameter,
                initial: tensor.values.iter().map(|value| (sign * value).max(0.0)).collect(),
                origin: Origin {
                    label: format!("{}.{what}", builder.name),
                    part: crate::layer_builder::part(suffix),
                    line: builder.line,
                },
            });
            (species, positive)
        })
        .collect()
}

fn dense_by_species(
    builder: &mut LayerBuilder<'_>,
    weights: &Tensor,
    sources: &[(&str, &Signal)],
    terms: &mut Vec<DriveTerm>,
) -> Held {
    let columns = columns(builder, weights);
    let rails = tensor_species(builder, "W", &[builder.axis, columns], weights, is_signed(weights));
    products(builder, &rails, sources, terms);
    held_by(&rails)
}

/// What holds a tensor whose values stay: one rail, or two.
fn held_by(rails: &[(Species, bool)]) -> Held {
    Held::Species { positive: rails[0].0, negative: rails.get(1).map(|rail| rail.0) }
}

/// The terms of weights that are held by species.
pub fn products(
    builder: &mut LayerBuilder<'_>,
    rails: &[(Species, bool)],
    sources: &[(&str, &Signal)],
    terms: &mut Vec<DriveTerm>,
) {
    let constant = builder.constant("product", 1.0);
    let mut offset = 0;
    for (source, signal) in sources {
        for &(weight, weight_positive) in rails {
            for (rail, &(species, rail_positive)) in signal.rails.iter().enumerate() {
                let positive = weight_positive == rail_positive;
                let weight_indices = vec![Index::of(0), Index::Variable { position: 1, offset }];
                let mut name = term_name(positive, sources.len(), source, signal, rail);
                if rails.len() > 1 {
                    name.push_str(if weight_positive { "_Wp" } else { "_Wm" });
                }
                terms.push(DriveTerm {
                    name,
                    positive,
                    over: vec![
                        builder.variable("i"),
                        IndexVariable { name: "j".to_owned(), axis: signal.axis },
                    ],
                    target: Index::of(0),
                    catalysts: vec![at(weight, weight_indices), at(species, vec![Index::of(1)])],
                    rate: Rate { constant, indices: Vec::new(), part: Part::Whole },
                });
            }
        }
        offset += builder.crn.axes[signal.axis].size();
    }
}

fn bias_by_species(builder: &mut LayerBuilder<'_>, bias: &Tensor, terms: &mut Vec<DriveTerm>) -> Held {
    let rails = tensor_species(builder, "b", &[builder.axis], bias, is_signed(bias));
    biases(builder, &rails, terms);
    held_by(&rails)
}

/// The terms of biases that are held by species.
pub fn biases(builder: &mut LayerBuilder<'_>, rails: &[(Species, bool)], terms: &mut Vec<DriveTerm>) {
    let constant = builder.constant("product", 1.0);
    for &(species, positive) in rails {
        terms.push(DriveTerm {
            name: if positive { "bias_up" } else { "bias_down" }.to_owned(),
            positive,
            over: vec![builder.variable("i")],
            target: Index::of(0),
            catalysts: vec![at(species, vec![Index::of(0)])],
            rate: Rate { constant, indices: Vec::new(), part: Part::Whole },
        });
    }
}

/// Every source value as it is: summed, or one source behind another.
fn copies(
    builder: &mut LayerBuilder<'_>,
    operation: &Operation,
    sources: &[(&str, &Signal)],
    terms: &mut Vec<DriveTerm>,
) {
    let constant = builder.constant("copy", 1.0);
    let mut offset = 0;
    for (source, signal) in sources {
        for (rail, &(species, positive)) in signal.rails.iter().enumerate() {
            terms.push(DriveTerm {
                name: term_name(positive, sources.len(), source, signal, rail),
                positive,
                over: vec![IndexVariable { name: "i".to_owned(), axis: signal.axis }],
                target: Index::Variable { position: 0, offset },
                catalysts: vec![at(species, vec![Index::of(0)])],
                rate: Rate { constant, indices: Vec::new(), part: Part::Whole },
            });
        }
        if *operation == Operation::Concat {
            offset += builder.crn.axes[signal.axis].size();
        }
    }
}
