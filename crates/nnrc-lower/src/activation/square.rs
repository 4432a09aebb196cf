//! Square.
//!
//! The pre-activation becomes species Z± (`relay.rs`), then
//!
//! ```text
//! 2 Z+ -> 2 Z+ + Q+   @ 1      2 Z- -> 2 Z- + Q+   @ 1      Z+ + Z- -> Z+ + Z- + Q-   @ 2
//! Q± -> 0             @ 1      Q+ + Q- -> 0        @ annihilation
//! ```
//!
//! ODE: q' = (z+ − z−)² − q. Fixed point: z². Rate: 1, globally. Without terms that push down there is one rail.
//! Source: constructions B1, square.
//!
//! Chemical derivative (`one_pot/delta.rs`): D' = 2 z E − D, D / E = 2 z.

use super::reactions::{Backward, OnePot, Reactions};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::pot::{Drive, Signal, Species, Unit};
use crate::relay::relay;

/// Its reactions in each construction.
pub fn reactions() -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(lower)),
        one_pot: Some(OnePot {
            of_species: Some(Box::new(lower_species)),
            delta: Backward::Error(Box::new(delta)),
        }),
        phased: None,
    }
}

fn lower(unit: &mut Unit<'_>, drive: &Drive) -> Signal {
    let rails = if drive.is_signed() {
        vec![(unit.value("p", 0.0), true), (unit.value("m", 0.0), false)]
    } else {
        vec![(unit.value("", 0.0), true)]
    };
    let z = relay(unit, drive);
    square_into(unit, &z, &rails);
    Signal { axis: unit.axis, rails }
}

/// The square of a pre-activation that has two rails of species.
fn lower_species(unit: &mut Unit<'_>, z: &Signal) -> Signal {
    let rails = vec![(unit.value("p", 0.0), true), (unit.value("m", 0.0), false)];
    square_into(unit, z, &rails);
    Signal { axis: unit.axis, rails }
}

/// Auxiliary species `Q` that follow the square.
pub fn squares(unit: &mut Unit<'_>, drive: &Drive) -> Vec<(Species, bool)> {
    let rails = if drive.is_signed() {
        vec![(unit.species("Q_p", 0.0), true), (unit.species("Q_m", 0.0), false)]
    } else {
        vec![(unit.species("Q", 0.0), true)]
    };
    let z = relay(unit, drive);
    square_into(unit, &z, &rails);
    rails
}

/// The reactions that follow the square of `z`.
pub fn square_into(unit: &mut Unit<'_>, z: &Signal, rails: &[(Species, bool)]) {
    let square = unit.constant("square", 1.0);
    let decay = unit.constant("decay", 1.0);
    let q = rails[0].0;
    let positive = z.rails[0].0;
    unit.each("square_p", &[(positive, 2)], &[(positive, 2), (q, 1)], square);
    unit.each("square.decay_p", &[(q, 1)], &[], decay);
    if let (Some(&(negative, _)), Some(&(cross, _))) = (z.rails.get(1), rails.get(1)) {
        unit.each("square_m", &[(negative, 2)], &[(negative, 2), (q, 1)], square);
        let twice = unit.constant("cross", 2.0);
        let both: [(Species, u32); 2] = [(positive, 1), (negative, 1)];
        unit.each("cross", &both, &[both[0], both[1], (cross, 1)], twice);
        unit.each("square.decay_m", &[(cross, 1)], &[], decay);
        unit.annihilate("square.annihilate", q, cross);
    }
}

fn delta(unit: &mut Unit<'_>, stage: &Stage, e: Rails) -> Rails {
    let mut delta = Delta::new(unit);
    let d = delta.rails("D");
    delta.by_pre_activation(stage, e, d, 2.0);
    delta.decay("D", d);
    d
}
