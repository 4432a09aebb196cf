//! The time after which the outputs stay within the tolerance: from the inputs forwards, stage by stage.

use super::budget::{Budget, budgets, drive};
use super::formulas::{self, Winners};
use super::from_anywhere::FromAnywhere;
use super::from_file::FromFile;
use super::inputs::Start;
use super::magnitude::Magnitude;
use super::obstacle::Obstacle;
use super::stages::Stages;
use super::whereabouts::{At, Whereabouts};
use crate::activation::{Block, Quantity};
use crate::network::NodeKind;

/// The time after which every output is within the tolerance, at the forward speed 1.
pub fn settling_time(stages: &Stages<'_>, start: Start, tolerance: f64) -> Result<f64, Obstacle> {
    let budgets = budgets(stages, tolerance)?;
    match start {
        Start::File => forwards(stages, &budgets, &mut FromFile::new(stages)),
        Start::Any => forwards(stages, &budgets, &mut FromAnywhere::new(stages)),
    }
}

/// Whether a bound on where linear values start is needed from any start: where one that the output reads can start
/// anywhere.
pub fn needs_bounded_start(stages: &Stages<'_>, tolerance: f64) -> bool {
    use crate::activation::Origin::{Anywhere, Quotient};
    let Ok(budgets) = budgets(stages, tolerance) else { return false };
    let mut used = stages.of.iter().flatten().zip(budgets.iter().flatten());
    used.any(|(stage, budget)| {
        stage.circuit.blocks.iter().zip(&budget.of[1..]).any(|(block, near)| {
            let free = matches!(
                block,
                Block::Linear { origin: Anywhere | Quotient, .. } | Block::Annihilation { .. }
            );
            free && near.is_finite()
        })
    })
}

fn forwards(
    stages: &Stages<'_>,
    budgets: &[Vec<Budget>],
    start: &mut impl Whereabouts,
) -> Result<f64, Obstacle> {
    let mut values = vec![0.0f64; stages.nodes.len()];
    let mut rails = vec![0.0f64; stages.nodes.len()];
    for (node, layer) in stages.nodes.iter().enumerate() {
        let NodeKind::Layer { sources, .. } = &layer.kind else { continue };
        // What the output does not read need not settle.
        if budgets[node].first().is_none_or(|budget| budget.of.iter().all(|near| near.is_infinite())) {
            continue;
        }
        let moves = budgets[node][0].moves;
        let latest = |of: &[f64]| sources.iter().map(|&source| of[source]).fold(0.0, f64::max);
        let (mut value, mut both) = if moves { (latest(&values), latest(&rails)) } else { (0.0, 0.0) };
        start.enter(node, value)?;
        for (stage, budget) in stages.of[node].iter().zip(&budgets[node]) {
            let at = At { layer: &layer.name, stage, budget };
            (value, both) = one(at, (value, both), start)?;
        }
        (values[node], rails[node]) = (value, both);
    }
    Ok(values[stages.model.output])
}

/// One stage, whose pre-activation and production are settled at these times.
fn one(
    at: At<'_>,
    (drive_time, production_time): (f64, f64),
    start: &mut impl Whereabouts,
) -> Result<(f64, f64), Obstacle> {
    start.begin(at, drive_time)?;
    let At { stage, budget, .. } = at;
    let mut times = vec![drive_time];
    for (place, block) in stage.circuit.blocks.iter().enumerate() {
        let q = place + 1;
        let near = budget.of[q];
        let reads = block.reads();
        let mut ready = reads.iter().map(|&read| times[read]).fold(0.0, f64::max);
        if near.is_infinite() {
            times.push(ready);
            continue;
        }
        let moves = budget.moves || reads.iter().any(|&read| read > 0);
        let own = near * if moves { 0.5 } else { 1.0 };
        ready += match *block {
            Block::Root { .. } | Block::Sum { .. } => 0.0,
            Block::Neuron { h, upright } => neuron(at, (q, h, upright), own, start),
            Block::Linear { .. } => formulas::decay(start.distance(q, at, ready)?.ln(), own, budget.decay[q]),
            Block::Annihilation { .. } => {
                ready = ready.max(production_time);
                formulas::decay(start.distance(q, at, ready)?.ln(), near / 3.0, 1.0)
            }
            Block::Logistic { a } => {
                let (later, distance) = start.logistic(q, at, a);
                later + formulas::decay(Magnitude::of(distance).ln(), 4.0 * own, 2.0 * a)
            }
            Block::Followed { .. } => return Err(Obstacle::Followers { layer: at.layer.to_owned() }),
            Block::Winners { h } => {
                let error = if moves { h.sqrt() } else { 0.0 };
                Winners::new(drive(stage, error), stage.units(), h).time(near, moves)
            }
        };
        if !ready.is_finite() {
            return Err(Obstacle::Growth { layer: at.layer.to_owned() });
        }
        start.settled(q, at, ready);
        times.push(ready);
    }
    let value = stage.circuit.value.quantities().iter().map(|&q| times[q]).fold(0.0, f64::max);
    let rails = if !stage.dual || budget.rails.is_infinite() {
        value
    } else {
        // Of a linear stage: nothing asks for the rails of another.
        let ready = times[1].max(production_time);
        ready + formulas::decay(start.rails(at, ready)?.ln(), budget.rails / 3.0, 1.0)
    };
    start.end(at, value, rails);
    Ok((value, rails))
}

/// The time of all neurons of a block.
fn neuron(at: At<'_>, (q, h, upright): (Quantity, f64, bool), slack: f64, start: &impl Whereabouts) -> f64 {
    let error = if at.budget.moves { at.budget.of[0] } else { 0.0 };
    let of_unit = |unit: usize| {
        let z = at.stage.rest[0][unit];
        let z = if upright { z } else { z.times(-1.0) };
        formulas::neuron(z, error, start.neuron(q, unit, at), slack, h)
    };
    (0..at.stage.units()).map(of_unit).fold(0.0, f64::max)
}
