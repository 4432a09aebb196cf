//! Gradients: the products of deltas and what the weights are applied to.
//!
//! ```text
//! D^s_i + X^t_j -> D^s_i + X^t_j + M^{st}_ij     @ kc        D^s_i -> D^s_i + M^s_ib   (bias)
//! M^s -> 0                                       @ kc
//! M+ + M- -> 0                                   @ annihilation
//! ```
//!
//! ODE: m' = kc (d_i x_j − m). Fixed point: the gradient of the loss by w_ij; rate kc; residual e^(−kc · time).

use super::pot_builder::{I, J, PotBuilder, RAILS, at};
use super::sum::{Dense, Parameter, column};
use crate::layer_builder::Species;

/// Parameters of a layer with the rails of their gradients.
pub fn lower<'a>(
    pot: &mut PotBuilder<'_>,
    dense: &'a Dense,
    d: [Species; 2],
) -> Vec<(&'a Parameter, [Species; 2])> {
    pot.module("gradient");
    let rate = pot.combinational();
    let weights = &dense.weights;
    let m = pot.rails(&weights.stem, "M", &weights.axes);
    for source in &dense.sources {
        for (&(up, sign), d) in RAILS.iter().zip(d) {
            for &(value, positive) in &source.signal.rails {
                let target = m[usize::from(up != positive)];
                let rail = match (source.signal.rails.len(), positive) {
                    (1, _) => "",
                    (_, true) => "p",
                    (_, false) => "m",
                };
                pot.react(
                    &format!("{}.gradient{}_{sign}{rail}", weights.stem, dense.tail(source)),
                    &[dense.axis, source.signal.axis],
                    &[at(d, &[I]), at(value, &[J])],
                    (&[], &[at(target, &[I, column(source)])]),
                    &rate,
                );
            }
        }
    }
    let mut all = vec![(weights, m)];
    if let Some(bias) = &dense.bias {
        let m = pot.rails(&bias.stem, "M", &bias.axes);
        for ((&(_, sign), d), m) in RAILS.iter().zip(d).zip(m) {
            let family = format!("{}.gradient_{sign}", bias.stem);
            pot.react(&family, &[dense.axis], &[at(d, &[I])], (&[], &[at(m, &[I])]), &rate);
        }
        all.push((bias, m));
    }
    for (parameter, m) in &all {
        let stem = &parameter.stem;
        pot.decay_rails(&format!("{stem}.gradient.decay"), &parameter.axes, *m, &rate);
        pot.annihilate(&format!("{stem}.gradient.annihilate"), &parameter.axes, *m);
    }
    all
}
