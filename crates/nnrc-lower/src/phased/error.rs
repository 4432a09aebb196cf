//! The error of the output.
//!
//! ```text
//! parts of a whole, x + y = 1:     X + C_q -> X + C_q + F+  @ kc (1 − t_q),   Y + C_q -> Y + C_q + F-  @ kc t_q
//! rails of such parts, x + y = 1:  X + C_q -> X + C_q + F+  @ kc (1 − t_q),   Y + C_q -> Y + C_q + F-  @ kc (1 + t_q)
//! shares, Σ x = 1:                 X_i + C_q -> … + F+_i    @ kc (1 − t_qi),  X_j + C_q -> … + F-_i    @ kc t_qi   (j is not i)
//! any other value:                 Y^s -> Y^s + F^s,   T^s -> T^s + F^{−s}    @ kc
//! F^s -> 0                                    @ kc
//! F+ + F- -> 0                                @ annihilation
//! ```
//!
//! ODE: f' = kc (y − t − f). Fixed point y − t, the gradient of half the squared error by the output, and of the
//! cross-entropy by the pre-activation. Rate kc; residual e^(−kc · time).
//!
//! Where what the output leaves of a whole is a species too, no difference of large numbers is taken:
//! x − t = x (1 − t) − (1 − x) t. A target of 0 or 1 leaves one of the two products, so that constants that are off by one
//! part in a hundred put the error off by one part in a hundred of itself, not of the output. The sample whose turn it is
//! makes it directly, and no species holds the target; in a slot without a sample the error is 0.

use super::assign::{self, SlotRows};
use super::order::Order;
use super::pot_builder::{I, J, PotBuilder, RAILS, at};
use crate::layer_builder::{Signal, Species};
use nnrc_crn::{Index, Rate};

/// What species of an output add up to one.
#[derive(Debug, Clone, Copy)]
pub enum Parts {
    /// None that are known.
    Open,
    /// X and Y of each unit, whose value is x.
    Pair([Species; 2]),
    /// X and Y of each unit, whose value is x − y.
    Rails([Species; 2]),
    /// The units themselves.
    Shares(Species),
}

/// The rails of the error.
pub fn lower(
    pot: &mut PotBuilder<'_>,
    name: &str,
    (output, parts): (&Signal, Parts),
    order: &Order,
    targets: &SlotRows<'_>,
) -> [Species; 2] {
    let axis = output.axis;
    // The target's module comes first, if it has one.
    let target = matches!(parts, Parts::Open).then(|| assign::lower(pot, order, targets));
    pot.module("error");
    let f = pot.rails(name, "F", &[axis]);
    match (target, parts) {
        (Some(target), _) => difference(pot, name, output, &target, f),
        (None, parts) => products(pot, name, parts, (order, targets), f),
    }
    let rate = pot.combinational();
    pot.decay_rails(&format!("{name}.error.decay"), &[axis], f, &rate);
    pot.annihilate(&format!("{name}.error.annihilate"), &[axis], f);
    f
}

fn difference(pot: &mut PotBuilder<'_>, name: &str, output: &Signal, target: &Signal, f: [Species; 2]) {
    let (axis, rate) = (output.axis, pot.combinational());
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
}

/// How fast each sample makes error of what the output has, and of what it lacks.
pub fn rates(pot: &mut PotBuilder<'_>, parts: Parts, order: &Order, targets: &SlotRows<'_>) -> [Rate; 2] {
    let kc = pot.settings.combinational;
    let lacks = |target: f64| if matches!(parts, Parts::Rails(_)) { 1.0 + target } else { target };
    let mut rate = |what: &str, share: &dyn Fn(f64) -> f64| {
        let values = || targets.rows.iter().map(|target| kc * share(*target)).collect();
        pot.constants_over(&format!("{}_{what}", targets.name), &[order.samples, targets.axis], values)
    };
    [rate("above", &|target| 1.0 - target), rate("below", &lacks)]
}

fn products(
    pot: &mut PotBuilder<'_>,
    name: &str,
    parts: Parts,
    (order, targets): (&Order, &SlotRows<'_>),
    f: [Species; 2],
) {
    let axis = targets.axis;
    let axes = [order.samples, axis];
    let [above, below] = rates(pot, parts, order, targets);
    let turn = at(order.turn, &[I]);
    let mut make = |rail: usize, from: Species, rate| {
        let (family, made) = (format!("{name}.error.{}", RAILS[rail].1), at(f[rail], &[J]));
        pot.react(&family, &axes, &[at(from, &[J]), turn.clone()], (&[], &[made]), rate);
    };
    match parts {
        Parts::Open => {}
        Parts::Pair([x, y]) | Parts::Rails([x, y]) => {
            make(0, x, &above);
            make(1, y, &below);
        }
        Parts::Shares(x) => {
            make(0, x, &above);
            // The shares of all others are what a share leaves of the whole.
            let other = Index::Variable { position: 2, offset: 0 };
            pot.react_distinct(
                &format!("{name}.error.{}", RAILS[1].1),
                &[order.samples, axis, axis],
                Some((1, 2)),
                &[at(x, &[other]), turn.clone()],
                (&[], &[at(f[1], &[J])]),
                &below,
            );
        }
    }
}
