//! Inverse quadratic, a radial basis function.
//!
//! With the square Q± of the pre-activation (`square.rs`):
//!
//! ```text
//! 0 -> Y   @ 1      Y -> 0   @ 1      Q+ + Y -> Q+   @ 1      Q- + Y -> Q- + 2 Y   @ 1
//! ```
//!
//! ODE: y' = 1 − (1 + q) y. Fixed point: 1 / (1 + z²). Rate: 1 + z². Source: constructions B1, inv_quadratic.
//!
//! Chemical derivative (`one_pot/delta.rs`): K' = y² − K, H' = E K − H, D' = −2 z H − D, D / E = −2 z y².

use super::reactions::{Backward, OnePot, Reactions};
use super::square::{square_into, squares};
use crate::layer_builder::{Drive, LayerBuilder, Signal, Species};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};

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
    let y = builder.value("", 1.0);
    let q = squares(builder, drive);
    bell(builder, y, &q)
}

/// The same of a pre-activation that has two rails of species.
fn lower_species(builder: &mut LayerBuilder<'_>, z: &Signal) -> Signal {
    let y = builder.value("", 1.0);
    let q = [(builder.species("Q_p", 0.0), true), (builder.species("Q_m", 0.0), false)];
    square_into(builder, z, &q);
    bell(builder, y, &q)
}

fn bell(builder: &mut LayerBuilder<'_>, y: Species, q: &[(Species, bool)]) -> Signal {
    let supply = builder.constant("supply", 1.0);
    builder.each("supply", &[], &[(y, 1)], supply);
    let decay = builder.constant("decay", 1.0);
    builder.each("decay", &[(y, 1)], &[], decay);
    let by_square = builder.drive_of(q);
    builder.drive("drain", &by_square, (&[(y, 1)], &[]), (&[(y, 1)], &[(y, 2)]));
    Signal::single(builder.axis, y)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails) -> Rails {
    let mut delta = Delta::new(builder);
    let k = delta.squared(stage.first());
    let weighted = delta.weighted(e, k);
    let d = delta.rails("D");
    delta.by_pre_activation(stage, weighted, d, -2.0);
    delta.decay("D", d);
    d
}
