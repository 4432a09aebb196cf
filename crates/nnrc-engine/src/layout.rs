//! Where each species family lies: in the state or among the constants.

use std::ops::Range;

use nnrc_crn::members::Region;
use nnrc_crn::{Crn, CrnInfo, Handle, Index, SpeciesFamily, structure};

use crate::sum::{Access, Source};

/// Positions of the species families.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    slots: Vec<Slot>,
    /// Ranges of the families in the state, in order.
    pub state: Vec<Range<usize>>,
    /// Number of constants.
    pub constants: usize,
    /// What reactions leave alone.
    pub laws: Vec<Law>,
}

/// A conserved total: families of the state with their coefficients.
#[derive(Debug, Clone)]
pub(crate) struct Law {
    pub terms: Vec<(usize, f64)>,
    /// Whether it holds at each index by itself; else for the sum over all of them.
    pub each_index: bool,
}

/// Where one species family lies.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// `State` or `Constant`.
    pub source: Source,
    /// Its range there.
    pub range: Range<usize>,
}

impl Layout {
    /// Changing families go to the state, the others to the constants, both in the order of the network.
    pub fn new(crn: &Crn, info: &CrnInfo) -> Self {
        let mut layout = Self {
            slots: Vec::with_capacity(crn.species.len()),
            state: Vec::new(),
            constants: 0,
            laws: Vec::new(),
        };
        for (handle, family) in crn.species.iter() {
            let len = family.initial.len();
            let slot = if info.is_constant(handle) {
                layout.constants += len;
                Slot { source: Source::Constant, range: layout.constants - len..layout.constants }
            } else {
                let start = layout.dimension();
                layout.state.push(start..start + len);
                Slot { source: Source::State, range: start..start + len }
            };
            layout.slots.push(slot);
        }
        let laws = structure::conservation_laws(crn, info).into_iter().map(|law| Law {
            terms: (law.terms.iter())
                .map(|(family, coefficient)| (layout.number(*family), *coefficient as f64))
                .collect(),
            each_index: law.each_index,
        });
        layout.laws = laws.collect();
        layout
    }

    /// The number among the families of the state of one that is there.
    fn number(&self, family: Handle<SpeciesFamily>) -> usize {
        let start = self.slot(family).range.start;
        self.state.partition_point(|range| range.end <= start)
    }

    /// Families of these lengths in the state, and so many constants, which belong to no network.
    pub fn of(lens: &[usize], constants: usize) -> Self {
        let state = Vec::with_capacity(lens.len());
        let mut layout = Self { slots: Vec::new(), state, constants, laws: Vec::new() };
        for len in lens {
            let start = layout.dimension();
            layout.state.push(start..start + len);
        }
        layout
    }

    /// Number of state variables.
    pub fn dimension(&self) -> usize {
        self.state.last().map_or(0, |range| range.end)
    }

    /// Where a family lies.
    pub fn slot(&self, family: Handle<SpeciesFamily>) -> &Slot {
        &self.slots[family.index()]
    }

    /// Where all families lie, in the order of the network.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Which family of the state an access reads or writes.
    pub fn family_of(&self, at: &Access) -> usize {
        self.state.partition_point(|range| range.end <= at.base)
    }

    /// How `indices` into an array over `axes` that starts at `start` depend on the index variables, counted from where
    /// their ranges in `region` begin.
    pub fn access(
        crn: &Crn,
        axes: &[Handle<nnrc_crn::Axis>],
        indices: &[Index],
        region: &Region,
        start: usize,
    ) -> Access {
        let first: Vec<usize> = region.ranges.iter().map(|range| range.start).collect();
        let mut access = Access { base: start, strides: vec![0; first.len()] };
        let mut unit = 1;
        for (&axis, &index) in axes.iter().zip(indices).rev() {
            for (position, stride) in index.form().pairs() {
                access.strides[position] += stride * unit;
            }
            access.base += index.place(&first) * unit;
            unit *= crn.axes[axis].size();
        }
        access
    }
}
