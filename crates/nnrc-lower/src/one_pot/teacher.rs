//! The teacher: targets, their comparison with the outputs, and the presentation of samples.
//!
//! ```text
//! Y^s -> Y^s + E^s      T^s -> T^s + E^-s      @ backward
//! ```
//!
//! ODE: e' = y − t − e in units of the backward speed. A target has the rails of the output that it is compared with.
//! With a schedule both reactions need the gate as a catalyst, a species that the protocol sets to 1 in a part of each
//! presentation only. Sources: constructions D1 and D2.

use std::sync::Arc;

use nnrc_crn::{Channel, Crn, Feed, FeedTable, Gate, Order, Origin, Part, Role, SpeciesFamily};

use super::rails::Rails;
use crate::layer_builder::{LayerBuilder, Signal, Species, part};
use nnrc_model::GradientFlow;
use nnrc_model::{Dataset, Model};

/// Targets and gate.
pub struct Teacher {
    target: Signal,
    gate: Option<Species>,
}

/// Adds targets, gate and protocol. The targets are at first those of the row whose inputs are `input`, or of the
/// first row.
pub fn lower(model: &Model, flow: &GradientFlow, input: &[f64], crn: &mut Crn, output: &Signal) -> Teacher {
    let dataset = &model.datasets[&flow.data.dataset];
    let rows = model.rows(&flow.data);
    let width = model.nodes[model.output].width();
    let shown = rows.iter().copied().find(|&row| dataset.input(row) == input).or(rows.first().copied());
    let first = shown.and_then(|row| dataset.target(row, width)).unwrap_or_else(|| vec![0.0; width]);
    let line = model.nodes[model.output].line;
    let mut held = |stem: &str, suffix: &str, axes: Vec<_>, initial: Vec<f64>| {
        crn.species.push(SpeciesFamily {
            stem: stem.to_owned(),
            suffix: suffix.to_owned(),
            axes,
            role: Role::Input,
            initial,
            origin: Origin { label: stem.to_owned(), part: part(suffix), line },
        })
    };
    let is_dual = output.rails.len() > 1;
    let rails: Vec<(Species, bool)> = output
        .rails
        .iter()
        .map(|&(_, positive)| {
            let suffix = match (is_dual, positive) {
                (false, _) => "",
                (true, true) => "p",
                (true, false) => "m",
            };
            let values = first.iter().map(|t| share(is_dual, positive).of(*t)).collect();
            (held("target", suffix, vec![output.axis], values), positive)
        })
        .collect();
    let target = Signal { axis: output.axis, rails };
    let teacher = model.chemistry.one_pot().and_then(|settings| settings.teacher);
    let gate = teacher.map(|_| held("teacher", "", Vec::new(), vec![1.0]));
    crn.observables.push(target.observable("target"));
    let mut channels = input_channels(model, crn);
    channels.extend(target.rails.iter().map(|&(species, positive)| Channel {
        species,
        table: 1,
        column: 0,
        part: share(is_dual, positive),
    }));
    crn.protocol.feed = Some(Feed {
        tables: vec![
            FeedTable { columns: dataset.width, values: Arc::clone(&dataset.inputs) },
            FeedTable { columns: width, values: targets(dataset, width) },
        ],
        channels,
        rows,
        order: flow.shuffle.map_or(Order::Cycle, |seed| Order::Shuffle { seed }),
        hold: flow.hold,
        gate: gate.zip(teacher).map(|(species, times)| Gate {
            species,
            open: times.settle,
            close: times.settle + times.learn,
        }),
        epochs: flow.epochs,
    });
    Teacher { target, gate }
}

/// Which part of a signed value a rail holds.
fn share(is_dual: bool, positive: bool) -> Part {
    match (is_dual, positive) {
        (false, _) => Part::Whole,
        (true, true) => Part::Positive,
        (true, false) => Part::Negative,
    }
}

/// The inputs of the model, from the columns of the first table.
fn input_channels(model: &Model, crn: &Crn) -> Vec<Channel> {
    let mut channels = Vec::new();
    let mut column = 0;
    for (node, input) in model.inputs() {
        let observable = &crn.observables[node];
        let is_dual = !observable.negative.is_empty();
        let mut add = |families: &[Species], positive: bool| {
            channels.extend(families.iter().map(|&species| Channel {
                species,
                table: 0,
                column,
                part: share(is_dual, positive),
            }));
        };
        add(&observable.positive, true);
        add(&observable.negative, false);
        column += input.width();
    }
    channels
}

/// The targets of every row.
fn targets(dataset: &Dataset, width: usize) -> Arc<Vec<f64>> {
    let rows = dataset.inputs.len() / dataset.width.max(1);
    let mut values = Vec::with_capacity(rows * width);
    for row in 0..rows {
        values.extend(dataset.target(row, width).unwrap_or_else(|| vec![0.0; width]));
    }
    Arc::new(values)
}

impl Teacher {
    /// Makes `error` follow value − target.
    pub fn compare(&self, builder: &mut LayerBuilder<'_>, value: &Signal, error: Rails) {
        let constant = builder.raw_constant("compare", builder.learning().backward);
        for (what, signal, turned) in [("error", value, false), ("target", &self.target, true)] {
            for &(species, positive) in &signal.rails {
                let made = error[usize::from(positive == turned)];
                let name = format!("{what}_{}", if positive { "p" } else { "m" });
                builder.each_gated(&name, (species, made), self.gate, constant);
            }
        }
    }
}
