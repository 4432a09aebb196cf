//! Deltas: errors times slopes, and their way back through the weights.
//!
//! ```text
//! W^s_qi + D^t_q -> W^s_qi + D^t_q + E^{st}_i     @ kc         (hidden: e_i = Σ_q w_qi d_q)
//! E^s -> 0                                        @ kc
//! E^s + G -> E^s + G + D^s,   D^s -> 0            @ kc         d = e g
//! E^s -> E^s + D^s,           D^s -> 0            @ kc         d = e       (slope 1)
//! E^s + X -> E^s + X + D^s,   X + D^s -> X,   V + D^s -> V  @ kc   d = e x/(x + v)   (smoothed ReLU)
//! E+ + E- -> 0,   D+ + D- -> 0                    @ annihilation
//! ```
//!
//! Every one is a fixed point that is reached at rate kc (for the smoothed ReLU kc (x + v) >= 2 kc sqrt(h)) once
//! what it reads rests: the residual is a polynomial in time times e^(−kc · time), of the depth's degree.

use super::derivative::Slope;
use super::pot_builder::{I, J, PotBuilder, RAILS, at};
use super::sum::{Dense, Source, column};
use crate::layer_builder::Species;

/// The rails of a layer's delta, from those of its error.
pub fn lower(pot: &mut PotBuilder<'_>, dense: &Dense, e: [Species; 2], slope: Slope) -> [Species; 2] {
    pot.module("delta");
    let (name, axis) = (&dense.name, dense.axis);
    let rate = pot.combinational();
    let d = pot.rails(name, "D", &[axis]);
    for ((&(_, rail), e), d) in RAILS.iter().zip(e).zip(d) {
        let mut seen = vec![at(e, &[I])];
        match slope {
            Slope::One => {}
            Slope::Value(g) => seen.push(at(g, &[I])),
            Slope::Share { x, .. } => seen.push(at(x, &[I])),
        }
        let made = [at(d, &[I])];
        pot.react(&format!("{name}.delta_{rail}"), &[axis], &seen, (&[], &made), &rate);
        if let Slope::Share { x, v } = slope {
            for (what, by) in [("share", x), ("co_share", v)] {
                let family = format!("{name}.delta.{what}_{rail}");
                pot.react(&family, &[axis], &[at(by, &[I])], (&made, &[]), &rate);
            }
        } else {
            pot.decay(&format!("{name}.delta.decay_{rail}"), &[axis], d, &rate);
        }
    }
    pot.annihilate(&format!("{name}.delta.annihilate"), &[axis], d);
    pot.decay_rails(&format!("{name}.back.decay"), &[axis], e, &rate);
    pot.annihilate(&format!("{name}.back.annihilate"), &[axis], e);
    d
}

/// What a layer with delta `d` sends back to the errors `e` of one of its sources.
pub fn back(pot: &mut PotBuilder<'_>, dense: &Dense, source: &Source, d: [Species; 2], e: [Species; 2]) {
    pot.module("delta");
    let rate = pot.combinational();
    for (&(up, sign), weight) in RAILS.iter().zip(dense.weights.rails) {
        for (&(positive, rail), d) in RAILS.iter().zip(d) {
            let target = e[usize::from(up != positive)];
            pot.react(
                &format!("{}.back.{}_{sign}{rail}", source.name, dense.name),
                &[dense.axis, source.signal.axis],
                &[at(weight, &[I, column(source)]), at(d, &[I])],
                (&[], &[at(target, &[J])]),
                &rate,
            );
        }
    }
}
