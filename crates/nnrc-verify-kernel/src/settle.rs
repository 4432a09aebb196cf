//! A time after which every output is near its rest.
//!
//! Block after block, each variable v gets a time τ and a distance δ so that |v(t) − v*| ≤ δ from τ on, where v* is its
//! rest for the inputs at hand. A block starts when what it reads is near its rest, wherever it is by then, and comes as
//! near as its sources allow, and a slack of its own. Its lemma gives the time that this takes. The slacks shrink until
//! the outputs fit; times add up along the slowest path.
//!
//! Every distance is from the rest of the same inputs, so one pass holds for all inputs of a box at once.
//!
//! A lemma says of its block: *if the sources are within their distances from τ on, then the variable is within its own
//! from τ + Δ on.* By induction over the order of the blocks the outputs are.

mod approach;
mod monotone;
mod quadratic;
mod rails;
mod segment;
mod size;
mod start;
mod way;
mod winner;

use crate::block::{Block, Rails};
use crate::fault::Fault;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;
use crate::triangular::Triangular;
pub use start::{Settle, Start};
use way::Way;

/// How often slacks shrink at most.
const MAX_PASSES: usize = 64;

/// A time, in time units of the file, after which every output is within the distance of its rest, for every steady state
/// in the boxes.
///
/// # Errors
///
/// `no-settling-time`, with the variable of which there is no bound and why; `unbounded-start`, where one that decays
/// linearly may start anywhere.
pub fn time(of: &Triangular<'_>, rest: &Rest, outputs: &[Poly], settle: Settle) -> Result<f64, Fault> {
    let roles = roles(of, outputs);
    let within = settle.within;
    // Outputs that read inputs alone take all of the distance for their own way.
    let (mut share, mut slack) = (1.0, within);
    let mut hindrance = "an output".to_owned();
    for _ in 0..MAX_PASSES {
        let slack_of = |variable: Variable| match roles[variable as usize] {
            Role::Unused => None,
            Role::Inner => Some(slack),
            Role::Last(weight) => Some(share * within / weight),
        };
        let mut way = Way::new(of, rest, settle.start);
        match pass(&mut way, &slack_of)? {
            Some(block) => {
                hindrance = format!("`{}`", of.names[block.variables()[0] as usize]);
                slack /= 4.0;
            }
            None => {
                let far = outputs.iter().map(|output| way.off(output)).fold(0.0, f64::max);
                if far <= within {
                    let ready = outputs.iter().map(|output| way.ready(&[output]));
                    return finite(ready.fold(0.0, f64::max));
                }
                let beyond = far - share * within;
                let shrunk = 0.45 * within / beyond;
                slack *= if shrunk.is_finite() && share < 1.0 { shrunk.clamp(1e-9, 0.5) } else { 0.25 };
            }
        }
        share = 0.5;
    }
    let message =
        format!("what {hindrance} reads cannot be brought near enough to its rest by any time found");
    Err(Fault::undecided("no-settling-time", message))
}

/// The settling of all blocks that have a slack; the first one that asks for smaller slacks, if one does.
fn pass<'a>(way: &mut Way<'a>, slack: &dyn Fn(Variable) -> Option<f64>) -> Result<Option<&'a Block>, Fault> {
    for block in &way.of.blocks {
        let least = block.variables().into_iter().filter_map(slack).reduce(f64::min);
        let Some(least) = least else { continue };
        let done = match block {
            Block::Linear(block) => approach::linear(way, block, least),
            Block::Quadratic(block) => quadratic::settle(way, block, least),
            Block::Segment(block) => segment::settle(way, block, least),
            Block::Rails(block) => rails::settle(way, block, slack(block.minus).is_some(), least),
            Block::Winner(block) => winner::settle(way, block, least),
            Block::Monotone(block) => monotone::settle(way, block, least),
        };
        let name = || format!("`{}`", way.of.names[block.variables()[0] as usize]);
        if done.map_err(|fault| fault.within(&name()))?.is_none() {
            return Ok(Some(block));
        }
    }
    Ok(None)
}

/// How outputs depend on a variable.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Role {
    /// They do not.
    Unused,
    /// Through other variables.
    Inner,
    /// By themselves alone; the magnitudes of the coefficients of the output add up to this.
    Last(f64),
}

/// The role of each variable.
fn roles(of: &Triangular<'_>, outputs: &[Poly]) -> Vec<Role> {
    let mut roles = vec![Role::Unused; of.names.len()];
    for output in outputs {
        let sum = output.terms().iter().map(|(_, c)| c.enclosure().magnitude()).sum::<f64>();
        for variable in output.variables() {
            let role = &mut roles[variable as usize];
            *role = Role::Last(if let Role::Last(other) = *role { sum.max(other) } else { sum });
        }
    }
    for block in of.blocks.iter().rev() {
        let own = block.variables();
        if own.iter().all(|variable| roles[*variable as usize] == Role::Unused) {
            continue;
        }
        let read = match block {
            // The negative rail by itself is of no interest where only differences are read.
            Block::Rails(block) if roles[block.minus as usize] == Role::Unused => {
                let difference = &block.difference;
                &difference.constant.variables() | &difference.decay.variables()
            }
            Block::Rails(Rails { difference, .. }) => {
                roles[difference.variable as usize] = Role::Inner;
                block.reads()
            }
            _ => block.reads(),
        };
        for variable in read {
            if !own.contains(&variable) {
                roles[variable as usize] = Role::Inner;
            }
        }
    }
    roles
}

/// Whether a bound on where concentrations start is needed: where the outputs depend on one that decays linearly and is in no
/// total.
pub(crate) fn needs_bounded_start(of: &Triangular<'_>, outputs: &[Poly]) -> bool {
    let roles = roles(of, outputs);
    of.blocks.iter().any(|block| {
        let is_needed =
            block.variables().into_iter().any(|variable| roles[variable as usize] != Role::Unused);
        is_needed
            && match block {
                Block::Linear(block) => !of.totals.contains_key(&block.variable),
                Block::Rails(_) | Block::Monotone(_) => true,
                Block::Quadratic(_) | Block::Segment(_) | Block::Winner(_) => false,
            }
    })
}

fn finite(time: f64) -> Result<f64, Fault> {
    if time.is_finite() {
        return Ok(time);
    }
    Err(Fault::undecided("no-settling-time", "the time that was found has no finite bound"))
}
