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
use crate::layer_builder::{Drive, LayerBuilder, Signal, Species};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
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

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive) -> Signal {
    let rails = if drive.is_signed() {
        vec![(builder.value("p", 0.0), true), (builder.value("m", 0.0), false)]
    } else {
        vec![(builder.value("", 0.0), true)]
    };
    let z = relay(builder, drive);
    square_into(builder, &z, &rails);
    Signal { axis: builder.axis, rails }
}

/// The square of a pre-activation that has two rails of species.
fn lower_species(builder: &mut LayerBuilder<'_>, z: &Signal) -> Signal {
    let rails = vec![(builder.value("p", 0.0), true), (builder.value("m", 0.0), false)];
    square_into(builder, z, &rails);
    Signal { axis: builder.axis, rails }
}

/// Auxiliary species `Q` that follow the square.
pub fn squares(builder: &mut LayerBuilder<'_>, drive: &Drive) -> Vec<(Species, bool)> {
    let rails = if drive.is_signed() {
        vec![(builder.species("Q_p", 0.0), true), (builder.species("Q_m", 0.0), false)]
    } else {
        vec![(builder.species("Q", 0.0), true)]
    };
    let z = relay(builder, drive);
    square_into(builder, &z, &rails);
    rails
}

/// The reactions that follow the square of `z`.
pub fn square_into(builder: &mut LayerBuilder<'_>, z: &Signal, rails: &[(Species, bool)]) {
    let square = builder.constant("square", 1.0);
    let decay = builder.constant("decay", 1.0);
    let q = rails[0].0;
    let positive = z.rails[0].0;
    builder.each("square_p", &[(positive, 2)], &[(positive, 2), (q, 1)], square);
    builder.each("square.decay_p", &[(q, 1)], &[], decay);
    if let (Some(&(negative, _)), Some(&(cross, _))) = (z.rails.get(1), rails.get(1)) {
        builder.each("square_m", &[(negative, 2)], &[(negative, 2), (q, 1)], square);
        let twice = builder.constant("cross", 2.0);
        let both: [(Species, u32); 2] = [(positive, 1), (negative, 1)];
        builder.each("cross", &both, &[both[0], both[1], (cross, 1)], twice);
        builder.each("square.decay_m", &[(cross, 1)], &[], decay);
        builder.annihilate("square.annihilate", q, cross);
    }
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails) -> Rails {
    let mut delta = Delta::new(builder);
    let d = delta.rails("D");
    delta.by_pre_activation(stage, e, d, 2.0);
    delta.decay("D", d);
    d
}
