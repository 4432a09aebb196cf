//! Folding: tensors that depend on constant species, computed once and kept until those change.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::arrays::{Scratch, Sources};
use crate::kernel::Kernel;

/// How one folded tensor is computed.
#[derive(Debug)]
pub(crate) struct Fold {
    /// Which tensor.
    pub tensor: usize,
    /// The tensor that holds the part that no species changes.
    pub fixed: usize,
    /// What constant species add.
    pub kernels: Vec<Kernel>,
    /// Positions among the constants, one in each family that the kernels read.
    pub reads: BTreeSet<usize>,
}

/// All folded tensors, and which of them are out of date.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folds {
    plan: Arc<Vec<Fold>>,
    stale: Vec<bool>,
    any_stale: bool,
}

impl Folds {
    /// Nothing is computed yet.
    pub fn new(plan: Vec<Fold>) -> Self {
        Self { stale: vec![true; plan.len()], any_stale: !plan.is_empty(), plan: Arc::new(plan) }
    }

    /// Notes that the family at `range` among the constants has changed.
    pub fn mark(&mut self, range: &Range<usize>) {
        for (fold, stale) in self.plan.iter().zip(&mut self.stale) {
            if fold.reads.range(range.clone()).next().is_some() {
                *stale = true;
                self.any_stale = true;
            }
        }
    }

    /// Notes that everything has changed.
    pub fn mark_all(&mut self) {
        self.stale.fill(true);
        self.any_stale = !self.stale.is_empty();
    }

    /// Computes the tensors that are out of date; whether there were any.
    pub fn refresh(
        &mut self,
        constants: &[f64],
        tensors: &mut [Arc<Vec<f64>>],
        scratch: &mut Scratch,
    ) -> bool {
        if !self.any_stale {
            return false;
        }
        for (fold, stale) in self.plan.iter().zip(&mut self.stale).filter(|(_, stale)| **stale) {
            // Taken out, because the kernels read the other tensors meanwhile.
            let mut tensor = std::mem::take(&mut tensors[fold.tensor]);
            let values = Arc::make_mut(&mut tensor);
            values.clear();
            values.extend_from_slice(&tensors[fold.fixed]);
            let sources = Sources { state: &[], constants, vector: &[], tensors };
            for kernel in &fold.kernels {
                kernel.run(&sources, values, scratch);
            }
            tensors[fold.tensor] = tensor;
            *stale = false;
        }
        self.any_stale = false;
        true
    }
}
