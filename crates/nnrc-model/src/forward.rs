//! The plain forward pass: what the chemistry's fixed point must be, in closed form.

use crate::activation::{Activation, Rails, annihilated_pair};
use crate::encoding::{encodings, or_identity};
use crate::model::Model;
use crate::network::{NodeKind, Operation};
use crate::relay::{drive_order, is_relayed};

/// Values of every node for an input, inputs included.
///
/// Rails are followed as well as values, since `annihilation_relu` depends on both.
pub fn forward(model: &Model, input: &[f64]) -> Vec<Vec<f64>> {
    let values = |rails: Vec<Rails>| rails.into_iter().map(|(p, m)| p - m).collect();
    rails(model, input).into_iter().map(values).collect()
}

fn rails(model: &Model, input: &[f64]) -> Vec<Vec<Rails>> {
    follow(model, input, |_, _| {})
}

/// What drives each activation of each node at rest, as it reaches it: behind its relay, if it has one.
pub fn drives(model: &Model, input: &[f64]) -> Vec<Vec<Vec<Rails>>> {
    let mut all = vec![Vec::new(); model.nodes.len()];
    follow(model, input, |node, drive| all[node].push(drive.to_vec()));
    all
}

/// Rails of every node; `seen` is told the node and the drive of each activation.
fn follow(model: &Model, input: &[f64], mut seen: impl FnMut(usize, &[Rails])) -> Vec<Vec<Rails>> {
    let encodings = encodings(model);
    let k = model.chemistry.annihilation / model.chemistry.forward;
    let mut all: Vec<Vec<Rails>> = Vec::new();
    let mut rest = input;
    for (at, (node, encoding)) in model.nodes.iter().zip(&encodings).enumerate() {
        let rails = match &node.kind {
            NodeKind::Input => {
                let (own, others) = rest.split_at(node.width());
                rest = others;
                own.iter().map(|value| (value.max(0.0), (-value).max(0.0))).collect()
            }
            NodeKind::Layer { operation, sources, activations } => {
                let mut drive = pre_activation(&all, operation, sources);
                let activations = or_identity(activations);
                for (stage, activation) in activations.iter().enumerate() {
                    let order = if stage == 0 { drive_order(&model.chemistry, operation) } else { 1 };
                    let drive_of = relayed(model, encoding.signed_drive[stage], *activation, order, drive, k);
                    seen(at, &drive_of);
                    drive = activate(model, encoding.signed_drive[stage], *activation, &drive_of, k);
                }
                drive
            }
        };
        all.push(rails);
    }
    all
}

/// Producing and consuming part of each pre-activation.
fn pre_activation(all: &[Vec<Rails>], operation: &Operation, sources: &[usize]) -> Vec<Rails> {
    let columns: Vec<Rails> = sources.iter().flat_map(|&source| all[source].iter().copied()).collect();
    match operation {
        Operation::Dense { weights, bias } => (0..weights.shape[0])
            .map(|unit| {
                let row = &weights.values[unit * columns.len()..(unit + 1) * columns.len()];
                let b = bias.as_ref().map_or(0.0, |bias| bias.values[unit]);
                row.iter().zip(&columns).fold((b.max(0.0), (-b).max(0.0)), |(p, m), (w, a)| {
                    if *w >= 0.0 { (p + w * a.0, m + w * a.1) } else { (p - w * a.1, m - w * a.0) }
                })
            })
            .collect(),
        Operation::Add => {
            let width = sources.first().map_or(0, |&source| all[source].len());
            (0..width)
                .map(|unit| {
                    sources.iter().fold((0.0, 0.0), |(p, m), &source| {
                        (p + all[source][unit].0, m + all[source][unit].1)
                    })
                })
                .collect()
        }
        Operation::Concat => columns,
    }
}

/// What reaches an activation: the drive itself, or the rails of its relay.
fn relayed(
    model: &Model,
    signed: bool,
    activation: Activation,
    order: u32,
    drive: Vec<Rails>,
    k: f64,
) -> Vec<Rails> {
    if signed && is_relayed(&model.chemistry, order, activation) {
        drive.iter().map(|&(p, m)| annihilated_pair(p, m, k)).collect()
    } else {
        drive
    }
}

/// Rails after one activation.
fn activate(model: &Model, signed: bool, activation: Activation, drive: &[Rails], k: f64) -> Vec<Rails> {
    activation.with(|function| match function.holding().pair(signed, model.chemistry.signs) {
        Some(pair) => drive.iter().map(|&drive| pair.at_rest(drive, k)).collect(),
        None => activation.values(drive).into_iter().map(|value| (value, 0.0)).collect(),
    })
}
