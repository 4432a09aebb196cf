//! The chemical clock.
//!
//! `may_leonard`: each species grows, limits itself, and suppresses all others but its successor.
//!
//! ```text
//! O_i -> 2 O_i                @ k            2 O_i -> O_i    @ k
//! O_i + O_j -> O_i            @ γ k          (j is neither i nor its successor)
//! 0 -> O_i                    @ ε k
//! ```
//!
//! ODE: o_i' = k (ε + o_i (1 − o_i − γ Σ o_j)), the sum over all but i and its predecessor. An attracting limit cycle for γ > 1,
//! n >= 4: one species is near 1 at a time and its successor grows as e^(kt) from ε, so a phase lasts ln(1/ε)/k
//! and a period n ln(1/ε)/k. A species that is off rests at ε/(γ − 1); adjacent phases cross at 1/2. Source:
//! May and Leonard (1975), with the inflow that makes the cycle finite.
//!
//! `ring`: each species is turned into its successor by it.
//!
//! ```text
//! O_i + O_{i+1} -> 2 O_{i+1}  @ k
//! ```
//!
//! Neutral: Σ O and Π O are conserved, so every perturbation is remembered. Source: Lachmann and Sella (1995).

use nnrc_crn::{Above, Crn, Handle, Index, Role, Setting};

use super::halt;
use super::pot_builder::{I, J, PotBuilder, at, times};
use crate::layer_builder::Species;
use nnrc_model::Clock;
use nnrc_model::clock::{OFF, count, levels};

pub(super) fn lower(pot: &mut PotBuilder<'_>) -> Species {
    pot.module("clock");
    let count = count(&pot.settings, pot.phases.clock_species());
    let axis = pot.axis("clock", count);
    let first = |on: f64, off: f64| -> Vec<f64> {
        std::iter::once(on).chain(std::iter::repeat_n(off, count - 1)).collect()
    };
    match pot.settings.clock {
        Clock::MayLeonard { epsilon, rate, gamma, .. } => {
            let clock = pot.family("clock", "", &[axis], Role::Clock, first(1.0, epsilon));
            may_leonard(pot, clock, axis, (epsilon, rate, gamma));
            clock
        }
        Clock::Ring { delta, rate } => {
            let clock = pot.family("clock", "", &[axis], Role::Clock, first(1.0, delta));
            let handing = pot.constant("clock", rate);
            let links = pot.axis("clock.links", count - 1);
            let next = Index::Variable { position: 0, offset: 1 };
            let mut link = |name: &str, over: &[Handle<nnrc_crn::Axis>], from: Index, to: Index| {
                let taken = [at(clock, &[from]), at(clock, &[to])];
                pot.react(name, over, &[], (&taken, &[times(2, clock, &[to])]), &handing);
            };
            link("clock.hand_on", &[links], I, next);
            link("clock.close", &[], Index::At(count - 1), Index::At(0));
            clock
        }
        Clock::External { .. } => pot.family("clock", "", &[axis], Role::Input, first(1.0, OFF)),
    }
}

/// The protocol of gates set from outside: each on for a phase, all off for another. Once `halt` is there none opens.
pub(super) fn gates(crn: &mut Crn, clock: Species, phase: f64, halt: Option<Species>) {
    let count = crn.species[clock].initial.len();
    let settings = (0..count).map(|place| {
        let opens = place.is_multiple_of(2);
        let unless = halt.filter(|_| opens).map(|species| Above { species, level: halt::LEVEL });
        Setting { time: phase * place as f64, species: clock, values: levels(count, place), unless }
    });
    crn.protocol.settings = settings.collect();
    crn.protocol.period = Some(phase * count as f64);
}

fn may_leonard(
    pot: &mut PotBuilder<'_>,
    clock: Species,
    axis: Handle<nnrc_crn::Axis>,
    (epsilon, rate, gamma): (f64, f64, f64),
) {
    let count = pot.crn.axes[axis].size();
    let one = at(clock, &[I]);
    let growth = pot.constant("clock", rate);
    pot.react("clock.grow", &[axis], &[], (std::slice::from_ref(&one), &[times(2, clock, &[I])]), &growth);
    pot.react("clock.limit", &[axis], &[], (&[times(2, clock, &[I])], std::slice::from_ref(&one)), &growth);
    let inflow = pot.constant("clock_inflow", epsilon * rate);
    pot.react("clock.inflow", &[axis], &[], (&[], std::slice::from_ref(&one)), &inflow);
    let suppresses = |i: usize, j: usize| j != i && j != (i + 1) % count;
    let suppression = pot.constants_over("clock_suppress", &[axis, axis], || {
        let pairs = (0..count).flat_map(|i| (0..count).map(move |j| (i, j)));
        pairs.map(|(i, j)| if suppresses(i, j) { gamma * rate } else { 0.0 }).collect()
    });
    let (winner, loser) = (at(clock, &[I]), at(clock, &[J]));
    pot.react_distinct(
        "clock.suppress",
        &[axis, axis],
        Some((0, 1)),
        &[winner],
        (&[loser], &[]),
        &suppression,
    );
}
