//! The checked model as the network that the kernel reads: the same doubles.

use nnrc_model::activation::Activation as Applied;
use nnrc_model::{Model, NodeKind, Operation as Made};
use nnrc_verify_kernel::fault::Fault;
use nnrc_verify_kernel::network::{Activation, Layer, Network, Operation};

/// The network of a model.
///
/// # Errors
///
/// An activation that no fixed point computes.
pub fn network(model: &Model) -> Result<Network, Fault> {
    // The model has inputs among its layers; the kernel has them first.
    let mut place = vec![0; model.nodes.len()];
    let mut network = Network::default();
    for (at, node) in model.inputs() {
        place[at] = network.inputs.len();
        network.inputs.push((node.name.clone(), node.width()));
    }
    let inputs = network.inputs.len();
    for (at, node) in model.nodes.iter().enumerate() {
        let NodeKind::Layer { operation, sources, activations } = &node.kind else { continue };
        place[at] = inputs + network.layers.len();
        let operation = match operation {
            Made::Dense { weights, bias } => {
                let columns = weights.shape.get(1).copied().unwrap_or(0).max(1);
                let rows: Vec<Vec<f64>> = weights.values.chunks(columns).map(<[f64]>::to_vec).collect();
                let bias = bias.as_ref().map_or_else(|| vec![0.0; rows.len()], |bias| bias.values.clone());
                Operation::Dense { weights: rows, bias }
            }
            Made::Add => Operation::Add,
            Made::Concat => Operation::Concat,
        };
        network.layers.push(Layer {
            name: node.name.clone(),
            operation,
            sources: sources.iter().map(|source| place[*source]).collect(),
            activations: activations.iter().map(|one| activation(*one)).collect::<Result<_, _>>()?,
        });
    }
    network.output = place[model.output];
    Ok(network)
}

fn activation(applied: Applied) -> Result<Activation, Fault> {
    let facts = applied.facts();
    let parameters: Vec<(String, f64)> = facts
        .parameters
        .iter()
        .map(|parameter| parameter.name.to_owned())
        .zip(applied.parameters())
        .collect();
    Activation::named(facts.name, &parameters).ok_or_else(|| {
        let message = format!("`{}` is computed by a clock, and has no steady state to verify", facts.name);
        Fault::invalid("not-verifiable", message)
    })
}
