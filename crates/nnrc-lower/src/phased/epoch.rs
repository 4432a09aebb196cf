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
use super::pot_builder::{PotBuilder, at};
use crate::layer_builder::Species;

/// Rate constant of the slots, relative to the rate of the clock.
pub const SLOT: f64 = 0.05;

/// HALT.
pub fn lower(pot: &mut PotBuilder<'_>, order: &Order, k: Species, clock_rate: f64) -> Species {
    pot.module("epoch");
    let seen = pot.species("judge", "R", &[], 0.0);
    let satisfied = pot.species("epoch", "S", &[], 1.0);
    let violated = pot.species("epoch", "V", &[], 0.0);
    let halt = pot.species("halt", "", &[], 0.0);
    let (gated, latch, reset) = (pot.gated(), pot.gate(Phase::Latch), pot.gate(Phase::Reset));
    let verdict = [at(seen, &[])];
    pot.react("epoch.latch", &[], &[latch.clone(), at(k, &[])], (&[], &verdict), &gated);
    pot.react("epoch.unlatch", &[], &[latch], (&verdict, &[]), &gated);
    pot.react("epoch.forget", &[], &[reset], (&verdict, &[]), &gated);
    let rate = pot.combinational();
    let slot = pot.constant("slot", SLOT * clock_rate);
    let turn = |place| at(order.turn, &[place]);
    let (s, v, h) = ([at(satisfied, &[])], [at(violated, &[])], [at(halt, &[])]);
    pot.react("epoch.violation", &[], &verdict, (&s, &v), &rate);
    pot.react("epoch.judge", &[], &[turn(order.judge())], (&s, &h), &slot);
    pot.react("epoch.clear", &[], &[turn(order.clear())], (&v, &s), &slot);
    halt
}
