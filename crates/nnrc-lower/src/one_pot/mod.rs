//! One pot: forward pass, backward pass and update at once, kept apart by their speeds.
//!
//! For each layer, its weights W and biases b in two rails, its sources A, its value X:
//!
//! ```text
//! forward   W^s + A^t -> W^s + A^t + Z^st    b^s -> b^s + Z^s    Z^s -> 0            @ forward      dense.rs
//!           the activation's own reactions, which read Z                             @ forward      ../activation/
//! error     Y^s -> Y^s + E^s    T^s -> T^s + E^-s    E^s -> 0                        @ backward     teacher.rs
//! back      W^s + D^t -> W^s + D^t + E^st (of the source)    E^s -> 0                @ backward     dense.rs
//! delta     E^s + X -> E^s + X + D^s    X + D^s -> X    V + D^s -> V                 @ backward     activation/
//! update    D^s + A^t -> D^s + A^t + W^-st    D^s -> D^s + b^-s                      @ rate         dense.rs
//! decay     W^s -> 0                                                                 @ rate · decay
//!           E+ + E- -> 0    D+ + D- -> 0    @ annihilation    W+ + W- -> 0    @ weight annihilation
//! ```
//!
//! With W at rest every module has an exact fixed point, and together they are forward pass and backpropagation:
//! e = dL/da, d = dL/dz. W moves at the speed of the update: dw/dt = −rate (dL/dw + decay w), up to an error that
//! vanishes with the ratio of the speeds. Sources: Kang and Kim (2024); constructions D1.
//!
//! Under `max_order = 3` the activation reads W and A itself, and there is no Z.

pub mod delta;
pub mod rails;
pub mod teacher;

mod dense;

use std::collections::BTreeMap;

use nnrc_crn::{Axis, Crn, Handle, Role};

use nnrc_model::relay::is_relayed;

use crate::activation::{Backward, OnePot, activate, reactions};
use crate::layer_builder::{Drive, LayerBuilder, Signal, input_signal};
use crate::lowered::Weight;
use crate::operation;
use dense::Weights;
use nnrc_model::activation::Activation;
use nnrc_model::encoding::{Encoding, encodings, or_identity};
use nnrc_model::{Chemistry, Model, Node, NodeKind, Operation};
use rails::{Contribution, Stage};

/// A layer in the forward pass, as far as the backward pass needs it.
struct Layer {
    weights: Option<Weights>,
    stages: Vec<Stage>,
}

/// Adds all reactions of a model whose inputs hold `input`, and the presentation of its samples; gives what holds its
/// weights.
pub fn lower(model: &Model, input: &[f64], crn: &mut Crn) -> Vec<Weight> {
    let mut signals: Vec<Signal> = Vec::new();
    let mut layers: Vec<Option<Layer>> = Vec::new();
    let encodings = encodings(model);
    let mut rest = input;
    for (at, node) in model.nodes.iter().enumerate() {
        let axis = crn.axes.push(Axis { name: node.name.clone(), shape: node.shape.clone() });
        let (signal, layer) = match &node.kind {
            NodeKind::Input => {
                let (own, others) = rest.split_at(node.width());
                rest = others;
                (input_signal(crn, &node.name, axis, node.line, own, encodings[at].dual), None)
            }
            NodeKind::Layer { operation, sources, activations } => {
                let from: Vec<(&str, &Signal)> =
                    sources.iter().map(|&s| (model.nodes[s].name.as_str(), &signals[s])).collect();
                let builder = LayerBuilder::new(
                    crn,
                    &model.chemistry,
                    (&node.name, ""),
                    axis,
                    Role::Internal,
                    node.line,
                );
                let layer = forward(
                    builder,
                    operation,
                    &from,
                    &or_identity(activations),
                    at == model.output,
                    &encodings[at],
                );
                let value = layer.stages.last().map(|stage| stage.value.clone());
                (value.unwrap_or(Signal { axis, rails: Vec::new() }), Some(layer))
            }
        };
        crn.observables.push(signal.observable(&node.name));
        signals.push(signal);
        layers.push(layer);
    }
    let held = layers
        .iter()
        .zip(&model.nodes)
        .filter_map(|(layer, node)| layer.as_ref()?.weights.as_ref().map(|weights| weights.held(&node.name)));
    let held = held.flatten().collect();
    backward(model, input, crn, &signals, layers);
    held
}

/// Weights, pre-activation and activations of a layer.
fn forward(
    mut builder: LayerBuilder<'_>,
    operation: &Operation,
    from: &[(&str, &Signal)],
    activations: &[Activation],
    is_output: bool,
    encoding: &Encoding,
) -> Layer {
    let weights = match operation {
        Operation::Dense { weights, bias } => Some(Weights::new(&mut builder, weights, bias.as_ref())),
        Operation::Add | Operation::Concat => None,
    };
    let mut drive = match &weights {
        Some(weights) => weights.drive(&mut builder, from),
        // Sums and concatenations hold no weights.
        None => operation::drive(&mut builder, operation, from, &mut Vec::new()),
    };
    let (chemistry, axis, name, line) = (builder.chemistry, builder.axis, builder.name.clone(), builder.line);
    let mut stages: Vec<Stage> = Vec::new();
    for (at, &activation) in activations.iter().enumerate() {
        let last = at + 1 == activations.len();
        let label = if last { String::new() } else { format!("A{}", at + 1) };
        let role = if last && is_output { Role::Output } else { Role::Internal };
        let mut builder = LayerBuilder::new(builder.crn, chemistry, (&name, &label), axis, role, line);
        let signed = encoding.signed_drive[at];
        let mut stage = self::stage(&mut builder, activation, drive, signed, last && is_output);
        drive = if last { Drive { terms: Vec::new() } } else { builder.drive_of(&stage.value.rails) };
        stage.constants = std::mem::take(&mut builder.constants);
        stages.push(stage);
    }
    Layer { weights, stages }
}

/// One activation: its pre-activation as species where it cannot read the sources, then its own reactions.
fn stage(
    builder: &mut LayerBuilder<'_>,
    activation: Activation,
    drive: Drive,
    signed: bool,
    is_output: bool,
) -> Stage {
    let stage = |drive, z, value| Stage { activation, drive, z, value, constants: BTreeMap::new() };
    if activation == Activation::Identity {
        // The rails of an output are read by the error alone, which annihilates its own.
        let value = if signed {
            dense::relay(builder, "", &drive, !is_output)
        } else {
            activate(builder, activation, drive.clone())
        };
        return stage(drive, None, value);
    }
    if !is_relayed(builder.chemistry, drive.order(), activation) {
        let value = activate(builder, activation, drive.clone());
        return stage(drive, None, value);
    }
    let z = dense::relay(builder, "Z", &drive, false);
    let read = builder.drive_of(&z.rails);
    let value = match learning(activation).of_species {
        Some(of_species) => of_species(builder, &z),
        None => activate(builder, activation, read.clone()),
    };
    stage(read, Some(z), value)
}

/// The chemistry by which an activation learns.
fn learning(activation: Activation) -> OnePot {
    reactions(activation).one_pot.expect("analysis refuses activations without a chemical derivative")
}

/// Errors, deltas and updates, from the output back to the first layer with weights.
fn backward(model: &Model, input: &[f64], crn: &mut Crn, signals: &[Signal], layers: Vec<Option<Layer>>) {
    let Some(flow) = model.gradient_flow() else { return };
    let teacher = teacher::lower(model, flow, input, crn, &signals[model.output]);
    let learns = learns(model);
    // What later layers contribute to the error of each node: how to make it.
    let mut back: Vec<Vec<Contribution>> = model.nodes.iter().map(|_| Vec::new()).collect();
    for (at, layer) in layers.iter().enumerate().rev() {
        let (Some(layer), NodeKind::Layer { operation, sources, .. }) = (layer, &model.nodes[at].kind) else {
            continue;
        };
        let is_output = at == model.output;
        if !learns[at] || !is_output && back[at].is_empty() {
            continue;
        }
        let node = &model.nodes[at];
        let mut delta = None;
        for (place, stage) in layer.stages.iter().enumerate().rev() {
            let last = place + 1 == layer.stages.len();
            let label = if last { String::new() } else { format!("A{}", place + 1) };
            let mut builder = backward_builder(crn, &model.chemistry, node, &label, signals[at].axis);
            builder.constants = stage.constants.clone();
            delta = Some(match learning(stage.activation).delta {
                // Analysis lets it stand at the end of the output alone.
                Backward::Loss(lower) => lower(&mut builder, stage, &teacher),
                Backward::Error(lower) => {
                    // The delta of one activation is the error of the one before it.
                    let error = delta.unwrap_or_else(|| {
                        let error = dense::error(&mut builder);
                        for contribution in &back[at] {
                            contribution.make(&mut builder, error);
                        }
                        if is_output {
                            teacher.compare(&mut builder, &stage.value, error);
                        }
                        error
                    });
                    lower(&mut builder, stage, error)
                }
            });
        }
        let Some(delta) = delta else { continue };
        let mut offset = 0;
        for &source in sources {
            if learns[source] {
                back[source].push(Contribution {
                    from: (node.name.clone(), signals[at].axis),
                    delta,
                    weights: layer.weights.as_ref().map(|weights| weights.matrix),
                    offset,
                });
            }
            if *operation != Operation::Add {
                offset += model.nodes[source].width();
            }
        }
        if let Some(weights) = &layer.weights {
            let from: Vec<(&str, &Signal)> =
                sources.iter().map(|&s| (model.nodes[s].name.as_str(), &signals[s])).collect();
            let mut builder = backward_builder(crn, &model.chemistry, node, "", signals[at].axis);
            weights.update(&mut builder, delta, &from, flow);
        }
    }
}

fn backward_builder<'a>(
    crn: &'a mut Crn,
    chemistry: &'a Chemistry,
    node: &Node,
    label: &str,
    axis: Handle<Axis>,
) -> LayerBuilder<'a> {
    LayerBuilder::new(crn, chemistry, (&node.name, label), axis, Role::Internal, node.line)
}

/// Whether a node depends on weights: only then its error matters.
fn learns(model: &Model) -> Vec<bool> {
    let mut learns: Vec<bool> = Vec::new();
    for node in &model.nodes {
        learns.push(match &node.kind {
            NodeKind::Input => false,
            NodeKind::Layer { operation, sources, .. } => {
                matches!(operation, Operation::Dense { .. }) || sources.iter().any(|&source| learns[source])
            }
        });
    }
    learns
}
