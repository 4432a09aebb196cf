//! The order ring: which sample has its turn.
//!
//! ```text
//! RESET + C_q -> RESET + B_q            @ gated
//! ADVANCE + B_q -> ADVANCE + C_{q+1}    @ gated       (after the last slot the first)
//! ```
//!
//! ODE: c_q' = gated (o_A b_{q−1} − o_R c_q). One token, Σ (C + B) = 1, moves by one slot in a cycle; the pair of
//! species is master and slave, so that it cannot run through. Slots are the samples, and with a judge two more:
//! JUDGE and CLEAR. What a phase leaves behind: e^(−gated · length).

use nnrc_crn::{Axis, Handle, Index};

use super::phases::Phase;
use super::pot_builder::{I, PotBuilder, at};
use crate::layer_builder::Species;

/// The ring.
pub struct Order {
    /// C: the slot that has its turn.
    pub turn: Species,
    /// Over the samples alone.
    pub samples: Handle<Axis>,
    /// Number of samples.
    pub count: usize,
}

impl Order {
    /// The slot in which epochs are judged.
    pub fn judge(&self) -> Index {
        Index::At(self.count)
    }

    /// The slot in which the verdict on the epoch is cleared.
    pub fn clear(&self) -> Index {
        Index::At(self.count + 1)
    }
}

pub fn lower(pot: &mut PotBuilder<'_>, samples: usize, judged: bool) -> Order {
    pot.module("order");
    let slots = samples + if judged { 2 } else { 0 };
    let axis = pot.axis("slots", slots);
    let count = samples;
    let samples = pot.axis("samples", samples);
    let turn = pot.species("order", "", &[axis], 0.0);
    let kept = pot.species("order", "B", &[axis], 0.0);
    // The first ADVANCE gives the first sample its turn.
    pot.crn.species[turn].initial[slots - 1] = 1.0;
    let gated = pot.gated();
    let reset = pot.gate(Phase::Reset);
    pot.react("order.keep", &[axis], &[reset], (&[at(turn, &[I])], &[at(kept, &[I])]), &gated);
    let advance = pot.gate(Phase::Advance);
    if slots > 1 {
        let links = pot.axis("slots.links", slots - 1);
        let next = Index::Variable { position: 0, offset: 1 };
        pot.react(
            "order.advance",
            &[links],
            std::slice::from_ref(&advance),
            (&[at(kept, &[I])], &[at(turn, &[next])]),
            &gated,
        );
    }
    let (last, first) = (Index::At(slots - 1), Index::At(0));
    pot.react("order.close", &[], &[advance], (&[at(kept, &[last])], &[at(turn, &[first])]), &gated);
    Order { turn, samples, count }
}
