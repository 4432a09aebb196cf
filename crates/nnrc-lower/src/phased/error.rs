//! The error of the output.
//!
//! ```text
//! Y^s -> Y^s + F^s,   T^s -> T^s + F^{−s}     @ kc
//! F^s -> 0                                    @ kc
//! F+ + F- -> 0                                @ annihilation
//! ```
//!
//! ODE: f' = kc (y − t − f). Fixed point y − t, the gradient of half the squared error by the output, and of the
//! cross-entropy by the pre-activation. Rate kc; residual e^(−kc · time).

use super::pot_builder::{I, PotBuilder, RAILS, at};
use crate::layer_builder::{Signal, Species};

/// The rails of the error.
pub fn lower(pot: &mut PotBuilder<'_>, name: &str, output: &Signal, target: &Signal) -> [Species; 2] {
    pot.module("error");
    let axis = output.axis;
    let f = pot.rails(name, "F", &[axis]);
    let rate = pot.combinational();
    for (what, signal, sign) in [("output", output, true), ("target", target, false)] {
        for &(species, positive) in &signal.rails {
            let rail = usize::from(positive != sign);
            pot.react(
                &format!("{name}.error.{what}_{}", RAILS[rail].1),
                &[axis],
                &[at(species, &[I])],
                (&[], &[at(f[rail], &[I])]),
                &rate,
            );
        }
    }
    pot.decay_rails(&format!("{name}.error.decay"), &[axis], f, &rate);
    pot.annihilate(&format!("{name}.error.annihilate"), &[axis], f);
    f
}
