//! The construction `phased`: a fully connected network that loads samples, computes, backpropagates, judges,
//! updates, clears and stops by reactions alone, sequenced by a clock.
//!
//! A synchronous circuit: combinational modules (sums, errors, products, comparisons) run always and are exact
//! fixed points; only registers are gated by the clock. Hence every reaction, clock catalyst included, has at most two
//! reactants (softplus: three). One module, one file, headed by its reactions, its ODE, what it computes, and what
//! it leaves unfinished when its phase ends. After Fan, Zhang, Gao and Dochain (2023); the modules are derived here.

mod assign;
mod clock;
pub mod clocked;
mod delta;
pub(crate) mod derivative;
pub mod epoch;
pub(crate) mod error;
pub(crate) mod exposure;
mod gradient;
pub mod halt;
mod judge;
mod latch;
mod misfit;
mod order;
pub mod phases;
pub(crate) mod pot_builder;
pub(crate) mod register;
pub(crate) mod site;
mod sum;
pub mod transfer;

use nnrc_crn::{Axis, Crn, Handle, Role};
use nnrc_syntax::Diagnostic;

use crate::activation::reactions;
use crate::layer_builder::{Signal, Species, input_signal};
use crate::lowered::{Course, Held, Lowered, Weight};
use crate::validated::validated;
use assign::SlotRows;
pub use clocked::{Clocked, Judge, Learning};
use derivative::Slope;
use error::Parts;
use nnrc_model::encoding::or_identity;
use nnrc_model::{Clock, ClockedSgd, Model, Node, NodeKind, Operation, PhasedSettings};
use order::Order;
use phases::Phases;
pub use pot_builder::Module;
use pot_builder::PotBuilder;
use site::{Response, Site};
use sum::{Dense, Parameter, Source};

/// Lowers a phased model: one that learns takes its samples from the order ring; another one has inputs that hold
/// `input`.
pub fn lower(model: &Model, settings: PhasedSettings, input: &[f64]) -> Result<Lowered, Box<Diagnostic>> {
    let crn =
        Crn { name: nnrc_crn::namer::bare(&model.name), units: model.chemistry.units, ..Crn::default() };
    let mut pot = PotBuilder::new(crn, (&model.chemistry, settings), Phases::of(model));
    pot.clock = clock::lower(&mut pot);
    let training = model.clocked_sgd();
    let order = training.map(|training| {
        let samples = model.rows(&training.data).len();
        order::lower(&mut pot, samples, training.tolerance.is_some())
    });
    let learning = training.zip(order);
    let mut layers: Vec<Layer> = Vec::new();
    let mut signals: Vec<Signal> = Vec::new();
    let (mut first, mut weights) = (0, Vec::new());
    for (at, node) in model.nodes.iter().enumerate() {
        pot.line = node.line;
        let axis = pot.crn.axes.push(Axis { name: node.name.clone(), shape: node.shape.clone() });
        let signal = match &node.kind {
            NodeKind::Input => {
                let own = first..first + node.width();
                first = own.end;
                match &learning {
                    Some((training, order)) => {
                        let table = inputs(model, training, node, axis, own);
                        assign::lower(&mut pot, order, &table)
                    }
                    None => held(&mut pot, node, axis, &input[own]),
                }
            }
            NodeKind::Layer { .. } => {
                let layer = Layer::lower(&mut pot, model, at, axis, layers.len() + 1, &signals);
                for parameter in layer.parameters() {
                    let key = pot.crn.species[parameter.rails[0]].origin.label.clone();
                    weights.push(Weight { key, held: Held::Rails(parameter.rails) });
                }
                let value = layer.response.value.clone();
                layers.push(layer);
                value
            }
        };
        pot.crn.observables.push(signal.observable(&node.name));
        signals.push(signal);
    }
    pot.line = 0;
    let learning =
        learning.map(|(training, order)| learn(&mut pot, model, training, &order, &layers, &signals));
    let (phases, clock) = (pot.phases.clone(), pot.clock);
    let (mut crn, modules) = pot.finish();
    if let Clock::External { phase } = settings.clock {
        let judge = learning.and_then(|learning| learning.judge);
        clock::gates(&mut crn, clock, phase, judge.map(|judge| judge.halt));
    }
    let info = validated(model, &crn)?;
    let course = Course::Clocked(Clocked { settings, phases, modules, clock, learning });
    Ok(Lowered { crn, info, weights, course })
}

/// The rows of an input.
fn inputs<'a>(
    model: &Model,
    training: &ClockedSgd,
    node: &'a Node,
    axis: Handle<Axis>,
    own: std::ops::Range<usize>,
) -> SlotRows<'a> {
    let dataset = &model.datasets[&training.data.dataset];
    let rows: Vec<f64> = model
        .rows(&training.data)
        .into_iter()
        .flat_map(|row| dataset.input(row)[own.clone()].iter().copied())
        .collect();
    // What is presented is known: a wider range does not matter here.
    let dual = model.chemistry.signs == nnrc_model::Signs::DualRail || rows.iter().any(|value| *value < 0.0);
    SlotRows { name: &node.name, axis, rows, dual, role: Role::Internal }
}

/// Inputs that are set from outside.
fn held(pot: &mut PotBuilder<'_>, node: &Node, axis: Handle<Axis>, values: &[f64]) -> Signal {
    pot.module("input");
    let dual =
        pot.chemistry.signs == nnrc_model::Signs::DualRail || node.ranges.iter().any(|range| range.low < 0.0);
    input_signal(&mut pot.crn, &node.name, axis, node.line, values, dual)
}

/// A layer whose forward part stands.
struct Layer {
    node: usize,
    dense: Dense,
    response: Response,
}

impl Layer {
    fn lower(
        pot: &mut PotBuilder<'_>,
        model: &Model,
        at: usize,
        axis: Handle<Axis>,
        number: usize,
        signals: &[Signal],
    ) -> Self {
        let node = &model.nodes[at];
        let NodeKind::Layer { operation: Operation::Dense { weights, bias }, sources, activations } =
            &node.kind
        else {
            unreachable!("analysis lets only dense layers through");
        };
        let name = &node.name;
        pot.module("sum");
        let columns = pot.axis(&format!("{name}.columns"), weights.shape[1]);
        let (w, b) = (format!("W_{name}"), format!("b_{name}"));
        let weights = Parameter::new(pot, w, vec![axis, columns], weights);
        let bias = bias.as_ref().map(|bias| Parameter::new(pot, b, vec![axis], bias));
        let mut offset = 0;
        let sources = sources
            .iter()
            .map(|&node| {
                let signal = signals[node].clone();
                let source = Source { name: model.nodes[node].name.clone(), node, signal, offset };
                offset += model.nodes[node].width();
                source
            })
            .collect();
        let dense = Dense { name: name.clone(), axis, sources, weights, bias };
        let z = sum::lower(pot, &dense);
        let role = if at == model.output { Role::Output } else { Role::Internal };
        let activation = or_identity(activations)[0];
        // Cross-entropy at the output needs no slope.
        let sloped = |training: &ClockedSgd| !(training.cross_entropy && at == model.output);
        let learns = model.clocked_sgd().is_some_and(sloped);
        let lower = reactions(activation).phased.expect("analysis lets only what is served through");
        let response = lower(pot, &Site { name, axis, role, number, z, learns });
        Self { node: at, dense, response }
    }

    fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        std::iter::once(&self.dense.weights).chain(&self.dense.bias)
    }
}

/// Everything that learning adds: error, judge, deltas, gradients, updates, bookkeeping.
fn learn(
    pot: &mut PotBuilder<'_>,
    model: &Model,
    training: &ClockedSgd,
    order: &Order,
    layers: &[Layer],
    signals: &[Signal],
) -> Learning {
    let output = &signals[model.output];
    let width = model.nodes[model.output].width();
    let dataset = &model.datasets[&training.data.dataset];
    let rows: Vec<f64> = model
        .rows(&training.data)
        .into_iter()
        .flat_map(|row| dataset.target(row, width).unwrap_or_default())
        .collect();
    let dual = rows.iter().any(|value| *value < 0.0);
    let table = SlotRows { name: "target", axis: output.axis, rows, dual, role: Role::Internal };
    let name = model.nodes[model.output].name.clone();
    let own = layers.iter().find(|layer| layer.node == model.output);
    let parts = own.map_or(Parts::Open, |layer| layer.response.parts);
    let f = error::lower(pot, &name, (output, parts), order, &table);
    let verdict =
        training.tolerance.map(|tolerance| judge::lower(pot, &name, (f, parts), tolerance, (order, &table)));
    // Errors of all layers first: what comes back to one may come from several behind it.
    pot.module("delta");
    let errors: Vec<[Species; 2]> =
        layers.iter().map(|layer| pot.rails(&layer.dense.name, "E", &[layer.dense.axis])).collect();
    for (layer, e) in layers.iter().zip(&errors).rev() {
        pot.line = model.nodes[layer.node].line;
        let is_output = layer.node == model.output;
        if is_output {
            judge::gate(pot, &name, f, *e, verdict);
        }
        let slope = if is_output && training.cross_entropy { Slope::One } else { layer.response.slope };
        let d = delta::lower(pot, &layer.dense, *e, slope);
        for source in &layer.dense.sources {
            if let Some(place) = layers.iter().position(|other| other.node == source.node) {
                delta::back(pot, &layer.dense, source, d, errors[place]);
            }
        }
        for (parameter, m) in gradient::lower(pot, &layer.dense, d) {
            let r = latch::lower(pot, parameter, m, training.rate);
            transfer::lower(pot, parameter, r);
            transfer::annihilate(pot, parameter);
        }
    }
    pot.line = 0;
    let rate = match pot.settings.clock {
        Clock::MayLeonard { rate, .. } | Clock::Ring { rate, .. } => rate,
        Clock::External { phase } => 1.0 / phase,
    };
    let judge = verdict.map(|verdict| {
        let halt = epoch::lower(pot, order, verdict, rate);
        halt::lower(pot, halt, rate);
        Judge { verdict, halt }
    });
    let error = Signal::dual(output.axis, f[0], f[1]);
    pot.crn.observables.push(error.observable("error"));
    Learning { turn: order.turn, error: f, judge }
}
