//! The bookkeeping of epochs: whether any sample has violated the tolerance.
//!
//! ```text
//! LATCH + K -> LATCH + K + KR,  LATCH + KR -> LATCH,  RESET + KR -> RESET    @ gated
//! KR + S -> KR + VV          @ kc         a violation is seen
//! C_JUDGE + S -> C_JUDGE + HALT       @ slot       after an epoch without one
//! C_CLEAR + VV -> C_CLEAR + S         @ slot       a new epoch
//! ```
//!
//! S + VV + HALT = 1 is conserved; S: all satisfied so far; VV: a violation was seen.
//!
//! The leak rule: a slot that has not its turn holds a little of the token, about the square of what a phase that
//! is off lets through in a cycle. Fast slots would turn that into a false halt after some epochs; so they are slow,
//! `slot` = 0.05 of the clock's rate, and have a whole cycle.

use super::order::Order;
use super::phases::Phase;
use super::vessel::{Vessel, at};
use crate::pot::Species;

/// Rate constant of the slots, relative to the rate of the clock.
pub const SLOT: f64 = 0.05;

/// HALT.
pub fn lower(vessel: &mut Vessel<'_>, order: &Order, k: Species, clock_rate: f64) -> Species {
    vessel.module("epoch");
    let seen = vessel.species("judge", "R", &[], 0.0);
    let satisfied = vessel.species("epoch", "S", &[], 1.0);
    let violated = vessel.species("epoch", "V", &[], 0.0);
    let halt = vessel.species("halt", "", &[], 0.0);
    let (gated, latch, reset) = (vessel.gated(), vessel.gate(Phase::Latch), vessel.gate(Phase::Reset));
    let verdict = [at(seen, &[])];
    vessel.react("epoch.latch", &[], &[latch.clone(), at(k, &[])], (&[], &verdict), &gated);
    vessel.react("epoch.unlatch", &[], &[latch], (&verdict, &[]), &gated);
    vessel.react("epoch.forget", &[], &[reset], (&verdict, &[]), &gated);
    let rate = vessel.combinational();
    let slot = vessel.constant("slot", SLOT * clock_rate);
    let turn = |place| at(order.turn, &[place]);
    let (s, v, h) = ([at(satisfied, &[])], [at(violated, &[])], [at(halt, &[])]);
    vessel.react("epoch.violation", &[], &verdict, (&s, &v), &rate);
    vessel.react("epoch.judge", &[], &[turn(order.judge())], (&s, &h), &slot);
    vessel.react("epoch.clear", &[], &[turn(order.clear())], (&v, &s), &slot);
    halt
}
