//! How far each quantity may be from its rest so that the outputs are within the tolerance: from the output backwards.
//!
//! Of what a block may be off, half is for its own way and half for what it reads, unless that does not move.

use super::formulas::Winners;
use super::obstacle::Obstacle;
use super::stages::{Stage, Stages};
use crate::activation::{Block, Form, Quantity};
use crate::interval::Interval;
use crate::network::NodeKind;

/// What the quantities of a stage may be off, where infinity is what nothing asks for.
pub struct Budget {
    /// By quantity.
    pub of: Vec<f64>,
    /// What is produced of the pre-activation, and what is consumed.
    pub production: f64,
    /// The two rails of the value.
    pub rails: f64,
    /// By quantity: the smallest decay of a linear block while what it reads is within its budget.
    pub decay: Vec<f64>,
    /// Whether the pre-activation moves.
    pub moves: bool,
}

/// Budgets of all stages, by node.
pub fn budgets(stages: &Stages<'_>, tolerance: f64) -> Result<Vec<Vec<Budget>>, Obstacle> {
    let count = stages.nodes.len();
    let mut values = vec![f64::INFINITY; count];
    let mut rails = vec![f64::INFINITY; count];
    // Of each layer: which one asks for its rails.
    let mut reader = vec![String::new(); count];
    values[stages.model.output] = tolerance;
    let mut all: Vec<Vec<Budget>> = (0..count).map(|_| Vec::new()).collect();
    for at in (0..count).rev() {
        let NodeKind::Layer { operation, sources, .. } = &stages.nodes[at].kind else { continue };
        let gain = stages.gain(operation, sources);
        let (mut value, mut both) = (values[at], rails[at]);
        for (place, stage) in stages.of[at].iter().enumerate().rev() {
            let moves = place > 0 || gain > 0.0;
            if both.is_finite() && stage.dual && !stage.circuit.is_linear() {
                let (layer, source) = (reader[at].clone(), stages.nodes[at].name.clone());
                return Err(Obstacle::Production { layer, source });
            }
            let budget = of_stage(stage, (value, both), moves, &stages.nodes[at].name)?;
            (value, both) = (budget.of[0], budget.production);
            if both.is_finite() {
                reader[at].clone_from(&stages.nodes[at].name);
            }
            all[at].insert(0, budget);
        }
        for &source in sources.iter().filter(|_| gain > 0.0) {
            values[source] = values[source].min(value / gain);
            rails[source] = rails[source].min(both / gain);
            if both.is_finite() {
                reader[source] = reader[at].clone();
            }
        }
    }
    Ok(all)
}

fn of_stage(
    stage: &Stage,
    (mut value, mut rails): (f64, f64),
    moves: bool,
    layer: &str,
) -> Result<Budget, Obstacle> {
    let blocks = &stage.circuit.blocks;
    if !stage.dual {
        (value, rails) = (value.min(rails), f64::INFINITY);
    }
    let mut budget = Budget {
        of: vec![f64::INFINITY; blocks.len() + 1],
        production: f64::INFINITY,
        rails,
        decay: vec![0.0; blocks.len() + 1],
        moves,
    };
    if rails.is_finite() && stage.circuit.is_linear() {
        // The rails are a block of their own behind their difference, see `Block::Annihilation`.
        budget.of[1] = rails / 3.0;
        budget.production = rails / 3.0;
    }
    let parts = stage.circuit.value.0.iter().filter(|product| !product.of.is_empty());
    let count = parts.clone().count() as f64;
    for product in parts {
        ask(&mut budget.of, product.of[0], value / (count * product.factor.abs()));
    }
    for q in (1..=blocks.len()).rev() {
        let near = budget.of[q];
        if near == f64::INFINITY {
            continue;
        }
        match &blocks[q - 1] {
            Block::Neuron { h, .. } => {
                // R_h has slopes below 1.
                let most = h.sqrt() / 4.0;
                ask(&mut budget.of, 0, (near / 2.0).min(most));
            }
            Block::Root { u, v, .. } => [u, v].into_iter().for_each(|q| ask(&mut budget.of, *q, near / 2.0)),
            Block::Sum { of } => ask(&mut budget.of, *of, near / stage.units() as f64),
            Block::Linear { inflow, decay, .. } => {
                budget.decay[q] = linear(stage, &mut budget.of, (q, inflow, decay), moves, near);
            }
            Block::Annihilation { difference, .. } => {
                ask(&mut budget.of, *difference, near / 3.0);
                budget.production = budget.production.min(near / 3.0);
            }
            // |Δx| ≤ |Δy| / 4, and an error of z makes one of it / (2a) in y.
            Block::Logistic { a } => ask(&mut budget.of, 0, (4.0 * a * near).min(*a)),
            Block::Followed { .. } => return Err(Obstacle::Followers { layer: layer.to_owned() }),
            Block::Winners { h } => {
                let most = h.sqrt();
                let winners = Winners::new(drive(stage, most), stage.units(), *h);
                ask(&mut budget.of, 0, winners.error(near).min(most));
            }
        }
    }
    Ok(budget)
}

/// Where the pre-activations of a layer lie together, `error` apart from their rest.
pub fn drive(stage: &Stage, error: f64) -> Interval {
    let all = stage.rest[0].iter().copied().reduce(Interval::with);
    all.unwrap_or(Interval::point(0.0)).widened(error)
}

fn ask(of: &mut [f64], q: Quantity, budget: f64) {
    of[q] = of[q].min(budget);
}

/// What a linear block y' = c − k y lets its sources be off: |Δc| + |y*| |Δk| ≤ k · near / 2. Gives the smallest k
/// meanwhile, which is within a tenth of that at rest.
fn linear(
    stage: &Stage,
    of: &mut [f64],
    (q, inflow, decay): (Quantity, &Form, &Form),
    moves: bool,
    near: f64,
) -> f64 {
    let mut reads = stage.circuit.blocks[q - 1].reads();
    reads.retain(|&read| read > 0 || moves);
    let wide = |read: Quantity| if read > 0 || moves { (stage.size(read) / 16.0).max(1e-9) } else { 0.0 };
    let at =
        |unit: usize, share: f64| move |read: Quantity| stage.rest[read][unit].widened(share * wide(read));
    let units = 0..stage.units();
    let slowest =
        |share: f64| units.clone().map(|unit| decay.over(at(unit, share)).low).fold(f64::INFINITY, f64::min);
    let at_rest = slowest(0.0);
    let mut share = 1.0;
    while slowest(share) < 0.9 * at_rest && share > 1e-30 {
        share /= 2.0;
    }
    let rate = slowest(share);
    for &read in &reads {
        let slope = |unit: usize| {
            let size = |other: Quantity| at(unit, share)(other).size();
            inflow.slope(read, size) + stage.rest[q][unit].size() * decay.slope(read, size)
        };
        let steepest = units.clone().map(slope).fold(0.0, f64::max);
        let allowed = rate * near / (2.0 * reads.len() as f64 * steepest);
        ask(of, read, allowed.min(share * wide(read)));
    }
    rate
}
