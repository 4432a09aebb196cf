//! Construction `fixed_point`: the network is where the reactions come to rest. Source: Anderson, Joshi and Deshpande
//! (2021), and derivations from them.

use nnrc_crn::{Axis, Crn, Role};
use nnrc_model::encoding::{encodings_under, or_identity};
use nnrc_model::{Chemistry, Model, NodeKind};

use crate::activation::activate;
use crate::layer_builder::{Drive, LayerBuilder, Signal, input_signal};
use crate::lowered::Weight;
use crate::operation;

/// Adds the reactions of a model under these settings; gives what holds its weights.
pub fn lower(model: &Model, chemistry: &Chemistry, input: &[f64], crn: &mut Crn) -> Vec<Weight> {
    let encodings = encodings_under(model, chemistry);
    let mut signals: Vec<Signal> = Vec::new();
    let mut weights = Vec::new();
    let mut rest = input;
    for (at, node) in model.nodes.iter().enumerate() {
        let axis = crn.axes.push(Axis { name: node.name.clone(), shape: node.shape.clone() });
        let role = if at == model.output { Role::Output } else { Role::Internal };
        let signal = match &node.kind {
            NodeKind::Input => {
                let (own, others) = rest.split_at(node.width());
                rest = others;
                input_signal(crn, &node.name, axis, node.line, own, encodings[at].dual)
            }
            NodeKind::Layer { operation, sources, activations } => {
                let from: Vec<(&str, &Signal)> =
                    sources.iter().map(|&s| (model.nodes[s].name.as_str(), &signals[s])).collect();
                let mut builder = LayerBuilder::new(crn, chemistry, (&node.name, ""), axis, role, node.line);
                let mut drive = operation::drive(&mut builder, operation, &from, &mut weights);
                let activations = or_identity(activations);
                let mut signal = Signal { axis, rails: Vec::new() };
                for (stage, activation) in activations.iter().enumerate() {
                    let last = stage + 1 == activations.len();
                    let label = if last { String::new() } else { format!("A{}", stage + 1) };
                    let role = if last { role } else { Role::Internal };
                    let mut builder =
                        LayerBuilder::new(crn, chemistry, (&node.name, &label), axis, role, node.line);
                    signal = activate(&mut builder, *activation, drive);
                    drive = if last { Drive { terms: Vec::new() } } else { builder.drive_of(&signal.rails) };
                }
                signal
            }
        };
        crn.observables.push(signal.observable(&node.name));
        signals.push(signal);
    }
    weights
}
