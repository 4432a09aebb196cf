//! Weights that are molecules: what they make of their sources, what they send back, and how they change.
//!
//! ```text
//! W^s + A^t -> W^s + A^t + Z^st      @ forward        Z^s -> 0    @ forward
//! W^s + D^t -> W^s + D^t + E^st      @ backward       E^s -> 0    @ backward      E+ + E- -> 0   @ annihilation
//! D^s + A^t -> D^s + A^t + W^-st     @ rate           W^s -> 0    @ rate · decay  W+ + W- -> 0   @ weight annihilation
//! ```
//!
//! ODE: z' = W a + b − z, e' = Wᵀ d − e in units of their speeds, w' = −rate (d a + decay w). Annihilation takes the
//! same from both rails, so that it changes no difference. Rails are never negative: what is taken away is produced
//! as the other rail. Source: constructions D1.

use nnrc_crn::{Axis, Handle, Index, IndexVariable, Part, Rate, RateConstant, Term};

use super::rails::{Contribution, Rails};
use crate::layer_builder::{Drive, LayerBuilder, Signal, Species};
use crate::lowered::{Held, Weight};
use crate::operation::{at, biases, columns, products, tensor_species};
use nnrc_model::GradientFlow;
use nnrc_model::Tensor;

const SIGNS: [(usize, &str); 2] = [(0, "p"), (1, "m")];

/// The rail of a product of signed values.
fn product(s: usize, t: usize) -> usize {
    usize::from(s != t)
}

/// The weights of a layer as species.
pub struct Weights {
    /// W, over the units and the columns.
    pub matrix: Rails,
    /// b
    bias: Option<Rails>,
    columns: Handle<Axis>,
}

impl Weights {
    /// Two rails for each weight and bias.
    pub fn new(builder: &mut LayerBuilder<'_>, weights: &Tensor, bias: Option<&Tensor>) -> Self {
        let columns = columns(builder, weights);
        let matrix = rails(&tensor_species(builder, "W", &[builder.axis, columns], weights, true));
        let bias = bias.map(|bias| rails(&tensor_species(builder, "b", &[builder.axis], bias, true)));
        Self { matrix, bias, columns }
    }

    /// What holds the weights of the layer called `name`.
    pub fn held(&self, name: &str) -> Vec<Weight> {
        let tensor =
            |what: &str, rails: Rails| Weight { key: format!("{name}.{what}"), held: Held::Rails(rails) };
        std::iter::once(tensor("W", self.matrix)).chain(self.bias.map(|bias| tensor("b", bias))).collect()
    }

    /// The pre-activation: W a + b.
    pub fn drive(&self, builder: &mut LayerBuilder<'_>, sources: &[(&str, &Signal)]) -> Drive {
        let mut terms = Vec::new();
        products(builder, &signed(self.matrix), sources, &mut terms);
        if let Some(bias) = self.bias {
            biases(builder, &signed(bias), &mut terms);
        }
        Drive { terms }
    }

    /// Update, decay and annihilation.
    pub fn update(
        &self,
        builder: &mut LayerBuilder<'_>,
        delta: Rails,
        sources: &[(&str, &Signal)],
        flow: &GradientFlow,
    ) {
        let learn = builder.raw_constant("learn", flow.rate);
        let mut offset = 0;
        for (source, signal) in sources {
            for &(value, is_positive) in &signal.rails {
                let t = usize::from(!is_positive);
                for (s, sign) in SIGNS {
                    let over = vec![
                        builder.variable("i"),
                        IndexVariable { name: "j".to_owned(), axis: signal.axis },
                    ];
                    let catalysts = vec![at(delta[s], vec![Index::of(0)]), at(value, vec![Index::of(1)])];
                    // Down the gradient: the rail opposite to that of the product.
                    let weight = self.matrix[1 - product(s, t)];
                    let place = vec![Index::of(0), Index::Variable { position: 1, offset }];
                    let name = name("update", sources.len(), source, signal, t, sign);
                    make(builder, &name, over, catalysts, at(weight, place), learn);
                }
            }
            offset += builder.crn.axes[signal.axis].size();
        }
        if let Some(bias) = self.bias {
            for (s, sign) in SIGNS {
                let over = vec![builder.variable("i")];
                let catalysts = vec![at(delta[s], vec![Index::of(0)])];
                make(
                    builder,
                    &format!("update_bias_{sign}"),
                    over,
                    catalysts,
                    at(bias[1 - s], vec![Index::of(0)]),
                    learn,
                );
            }
        }
        let forget = (flow.decay > 0.0).then(|| builder.raw_constant("forget", flow.rate * flow.decay));
        let annihilation = builder.learning().weight_annihilation;
        let annihilate = builder.raw_constant("weight_annihilation", annihilation);
        let matrix = (
            self.matrix,
            "W",
            vec![builder.variable("i"), IndexVariable { name: "j".to_owned(), axis: self.columns }],
        );
        let bias = self.bias.map(|bias| (bias, "b", vec![builder.variable("i")]));
        for (rails, what, over) in std::iter::once(matrix).chain(bias) {
            let place = || (0..over.len()).map(Index::of).collect::<Vec<_>>();
            let terms = |rails: &[Species]| rails.iter().map(|&rail| at(rail, place())).collect::<Vec<_>>();
            for (s, sign) in SIGNS {
                if let Some(forget) = forget {
                    let name = format!("forget_{what}{sign}");
                    builder.push(&name, over.clone(), None, terms(&rails[s..=s]), Vec::new(), whole(forget));
                }
            }
            let name = format!("annihilate_{what}");
            builder.push(&name, over.clone(), None, terms(&rails), Vec::new(), whole(annihilate));
        }
    }
}

impl Contribution {
    /// The reactions that add to `error`, an error of the node of `unit`.
    pub fn make(&self, builder: &mut LayerBuilder<'_>, error: Rails) {
        let (from, axis) = &self.from;
        let own = builder.variable("i");
        let back = builder.raw_constant("back", builder.learning().backward);
        for (t, delta_sign) in SIGNS {
            let Some(weights) = self.weights else {
                let there = vec![Index::Variable { position: 0, offset: self.offset }];
                let catalysts = vec![at(self.delta[t], there)];
                let name = format!("back_{from}_{delta_sign}");
                make(builder, &name, vec![own.clone()], catalysts, at(error[t], vec![Index::of(0)]), back);
                continue;
            };
            for (s, sign) in SIGNS {
                let there = IndexVariable { name: "q".to_owned(), axis: *axis };
                let place = vec![Index::of(1), Index::Variable { position: 0, offset: self.offset }];
                let catalysts = vec![at(weights[s], place), at(self.delta[t], vec![Index::of(1)])];
                let name = format!("back_{from}_W{sign}_D{delta_sign}");
                let target = at(error[product(s, t)], vec![Index::of(0)]);
                make(builder, &name, vec![own.clone(), there], catalysts, target, back);
            }
        }
    }
}

/// Rails `E` of the error of the unit's value, with their decay and annihilation.
pub fn error(builder: &mut LayerBuilder<'_>) -> Rails {
    let rails = [builder.species("E_p", 0.0), builder.species("E_m", 0.0)];
    let decay = builder.raw_constant("error", builder.learning().backward);
    for (s, sign) in SIGNS {
        builder.each(&format!("E.decay_{sign}"), &[(rails[s], 1)], &[], decay);
    }
    builder.annihilate("E.annihilate", rails[0], rails[1]);
    rails
}

/// Two rails that follow a drive; without a suffix they are the value itself.
pub fn relay(builder: &mut LayerBuilder<'_>, suffix: &str, drive: &Drive, annihilated: bool) -> Signal {
    let (positive, negative) = if suffix.is_empty() {
        (builder.value("p", 0.0), builder.value("m", 0.0))
    } else {
        (builder.species(&format!("{suffix}_p"), 0.0), builder.species(&format!("{suffix}_m"), 0.0))
    };
    builder.drive(suffix, drive, (&[], &[(positive, 1)]), (&[], &[(negative, 1)]));
    let name = |what: &str| if suffix.is_empty() { what.to_owned() } else { format!("{suffix}.{what}") };
    let decay = builder.constant("decay", 1.0);
    builder.each(&name("decay_p"), &[(positive, 1)], &[], decay);
    builder.each(&name("decay_m"), &[(negative, 1)], &[], decay);
    if annihilated {
        builder.annihilate(&name("annihilate"), positive, negative);
    }
    Signal::dual(builder.axis, positive, negative)
}

/// `catalysts -> catalysts + target`
fn make(
    builder: &mut LayerBuilder<'_>,
    name: &str,
    over: Vec<IndexVariable>,
    catalysts: Vec<Term>,
    target: Term,
    constant: Handle<RateConstant>,
) {
    let products = catalysts.iter().cloned().chain([target]).collect();
    builder.push(name, over, None, catalysts, products, whole(constant));
}

fn whole(constant: Handle<RateConstant>) -> Rate {
    Rate { constant, indices: Vec::new(), part: Part::Whole }
}

fn rails(species: &[(Species, bool)]) -> Rails {
    [species[0].0, species[1].0]
}

fn signed(rails: Rails) -> [(Species, bool); 2] {
    [(rails[0], true), (rails[1], false)]
}

/// `update_p`, and which source and rail of it where that is not plain.
fn name(what: &str, sources: usize, source: &str, signal: &Signal, rail: usize, sign: &str) -> String {
    let source = if sources > 1 { format!("_{source}") } else { String::new() };
    let rail = if signal.rails.len() > 1 { ["_p", "_m"][rail] } else { "" };
    format!("{what}{source}{rail}_D{sign}")
}
