//! What making and composing matrices may cost, all of it together.

use std::cell::Cell;

use crate::limits;
use crate::node_error::NodeFault;

/// Counts entries, multiplications and numbers.
#[derive(Debug)]
pub(crate) struct Budget {
    entries: Cell<usize>,
    work: Cell<u64>,
    /// Numbers of one value.
    most: usize,
    elements: Cell<usize>,
    constants: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            // Matrices of single ops may be larger together than what they compose to.
            entries: Cell::new(2 * limits::ENTRIES),
            work: Cell::new(limits::WORK),
            most: limits::ELEMENTS,
            elements: Cell::new(limits::ALL_ELEMENTS),
            constants: Cell::new(limits::CONSTANT_VALUES),
        }
    }
}

impl Budget {
    /// What `samples` may cost where one has the default.
    pub fn of_batch(samples: usize) -> Self {
        let one = Self::default();
        Self {
            entries: Cell::new(one.entries.get() * samples),
            work: Cell::new(one.work.get() * samples as u64),
            most: one.most * samples,
            elements: Cell::new(one.elements.get() * samples),
            constants: Cell::new(one.constants.get() * samples),
        }
    }

    /// What a node may cost of which everything is constant: it leaves no step behind, and its result counts among
    /// the constants. What it works counts here.
    pub fn of_constants<T>(&self, run: impl FnOnce(&Self) -> T) -> T {
        let own = Self {
            most: limits::CONSTANT_VALUES,
            elements: Cell::new(limits::CONSTANT_VALUES),
            work: self.work.clone(),
            ..Self::default()
        };
        let result = run(&own);
        self.work.set(own.work.get());
        result
    }

    /// Entries that are stored.
    pub fn entries(&self, count: usize) -> Result<(), NodeFault> {
        take(&self.entries, count, NodeFault::TooManyEntries)
    }

    /// Multiplications, or steps of about their cost.
    pub fn work(&self, count: usize) -> Result<(), NodeFault> {
        take(&self.work, count as u64, NodeFault::TooMuchWork)
    }

    /// The numbers of a computed value of this shape, and their count.
    pub fn elements(&self, shape: &[usize]) -> Result<usize, NodeFault> {
        let count = product(shape).filter(|&count| count <= self.most);
        let count = count.ok_or(NodeFault::TooManyElements)?;
        take(&self.elements, count, NodeFault::TooManyElements)?;
        Ok(count)
    }

    /// The numbers of a constant of this shape, and their count.
    pub fn constants(&self, shape: &[usize]) -> Result<usize, NodeFault> {
        let count = product(shape).ok_or(NodeFault::TooManyElements)?;
        take(&self.constants, count, NodeFault::TooManyElements)?;
        Ok(count)
    }
}

fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size))
}

fn take<T: Copy + PartialOrd + std::ops::Sub<Output = T>>(
    left: &Cell<T>,
    count: T,
    fault: NodeFault,
) -> Result<(), NodeFault> {
    if count > left.get() {
        return Err(fault);
    }
    left.set(left.get() - count);
    Ok(())
}
