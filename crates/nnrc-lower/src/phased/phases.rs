//! Which phases a cycle has, and which species of the clock is on in each.
//!
//! ```text
//! RESET, ADVANCE, LOAD 1, RELEASE 1, …, LOAD L, RELEASE L, JUDGE, LATCH, TRANSFER
//! ```
//!
//! A layer whose activation is a fixed point has one phase, SETTLE, that nothing reads: it gives the layer time.
//! Without training there are RESET and the phases of the layers alone, without a tolerance there is no JUDGE. Every second species of the clock is a
//! phase; those between are gaps, in which registers settle and no two phases overlap.

use std::fmt;

use nnrc_model::encoding::or_identity;
use nnrc_model::{Model, NodeKind};

/// A phase. Layers are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Registers return to where a computation begins.
    Reset,
    /// The next sample, or the end of the epoch, has its turn.
    Advance,
    /// Pre-activations of a layer are stored.
    Load(usize),
    /// They are spent on its activations.
    Release(usize),
    /// A layer follows its pre-activations.
    Settle(usize),
    /// The error of the sample is set against the tolerance.
    Judge,
    /// Gradients, and the verdict on the sample, are stored.
    Latch,
    /// Gradients are moved into the weights.
    Transfer,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reset => f.write_str("RESET"),
            Self::Advance => f.write_str("ADVANCE"),
            Self::Load(layer) => write!(f, "LOAD {layer}"),
            Self::Release(layer) => write!(f, "RELEASE {layer}"),
            Self::Settle(layer) => write!(f, "SETTLE {layer}"),
            Self::Judge => f.write_str("JUDGE"),
            Self::Latch => f.write_str("LATCH"),
            Self::Transfer => f.write_str("TRANSFER"),
        }
    }
}

/// The phases of a cycle in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Phases {
    /// The phases.
    pub all: Vec<Phase>,
}

impl Phases {
    /// The phases that a model needs.
    pub fn of(model: &Model) -> Self {
        let learning = model.clocked_sgd();
        let mut all = vec![Phase::Reset];
        if learning.is_some() {
            all.push(Phase::Advance);
        }
        let mut layer = 0;
        for node in &model.nodes {
            let NodeKind::Layer { activations, .. } = &node.kind else { continue };
            layer += 1;
            if or_identity(activations).iter().any(|activation| activation.needs_phases()) {
                all.extend([Phase::Load(layer), Phase::Release(layer)]);
            } else {
                all.push(Phase::Settle(layer));
            }
        }
        if let Some(learning) = learning {
            all.extend(learning.tolerance.map(|_| Phase::Judge));
            all.extend([Phase::Latch, Phase::Transfer]);
        }
        Self { all }
    }

    /// Least number of species of the clock: one for each phase, one for the gap behind it.
    pub fn clock_species(&self) -> usize {
        2 * self.all.len()
    }

    /// The phase before JUDGE: what the output needs is there when it ends. RESET where nothing is judged.
    pub fn before_judge(&self) -> Phase {
        let judge = self.all.iter().position(|phase| *phase == Phase::Judge).unwrap_or(1);
        self.all[judge.saturating_sub(1)]
    }

    /// 0-based place of the species of a phase on the clock.
    ///
    /// # Panics
    ///
    /// If there is no such phase.
    pub fn species_of(&self, phase: Phase) -> usize {
        let place = self.all.iter().position(|other| *other == phase);
        2 * place.expect("a module gates by a phase of its model")
    }
}
