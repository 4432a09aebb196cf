//! Assignment: the sample whose turn it is becomes inputs and targets.
//!
//! ```text
//! C_q -> C_q + X_j    @ kc x_qj          X_j -> 0   @ kc
//! C_q -> C_q + T_i    @ kc t_qi          T_i -> 0   @ kc
//! ```
//!
//! ODE: x_j' = kc (Σ_q c_q x_qj − x_j). Fixed point: the row of the slot in turn; rate kc; residual e^(−kc · time)
//! of the change. Slots that are no samples leave inputs and targets at 0. What can be negative has two rails.

use nnrc_crn::{Axis, Handle, Part, Role};

use super::order::Order;
use super::pot_builder::{I, J, PotBuilder, at};
use crate::layer_builder::{Signal, Species};

/// What is assigned: a name, an axis, and its rows.
pub struct SlotRows<'a> {
    /// Stem of the species.
    pub name: &'a str,
    /// The axis of a row.
    pub axis: Handle<Axis>,
    /// Values, a sample after another.
    pub rows: Vec<f64>,
    /// Whether there are two rails.
    pub dual: bool,
    /// What the species are there for.
    pub role: Role,
}

pub fn lower(pot: &mut PotBuilder<'_>, order: &Order, table: &SlotRows<'_>) -> Signal {
    pot.module("assign");
    let (name, axis) = (table.name, table.axis);
    let speed = pot.settings.combinational;
    let rate = pot.constants_over(name, &[order.samples, axis], || {
        table.rows.iter().map(|value| speed * value).collect()
    });
    let decay = pot.combinational();
    let rails: &[(bool, &str)] = if table.dual { &[(true, "p"), (false, "m")] } else { &[(true, "")] };
    let width = pot.crn.axes[axis].size();
    let mut signal = Signal { axis, rails: Vec::new() };
    for &(positive, suffix) in rails {
        let value: Species = pot.family(name, suffix, &[axis], table.role, vec![0.0; width]);
        let part = match (table.dual, positive) {
            (false, _) => Part::Whole,
            (true, true) => Part::Positive,
            (true, false) => Part::Negative,
        };
        let rate = nnrc_crn::Rate { part, ..rate.clone() };
        let tail = if suffix.is_empty() { String::new() } else { format!("_{suffix}") };
        pot.react(
            &format!("{name}.assign{tail}"),
            &[order.samples, axis],
            &[at(order.turn, &[I])],
            (&[], &[at(value, &[J])]),
            &rate,
        );
        pot.decay(&format!("{name}.forget{tail}"), &[axis], value, &decay);
        signal.rails.push((value, positive));
    }
    signal
}
