//! The engine: a network ready to be integrated.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nnrc_crn::{Crn, CrnInfo, Handle, Role, SpeciesFamily};
use nnrc_sim::system::System;
use nnrc_sim::{Absolute, Tolerances};

use crate::arrays::{Scratch, Sources};
use crate::flat::{Flat, Room};
use crate::fold::Folds;
use crate::kernel::{Kernel, compile_all};
use crate::layout::Layout;
use crate::linear::Linear;
use crate::linearisation::Linearisation;
use crate::plan::Plan;
use crate::sum::{Source, Sum};
use crate::wide;

/// A reaction network ready to be integrated.
///
/// The state holds the species families that reactions change, in the order of the network, each row-major
/// over its axes, in concentration units. Families that no reaction changes are held outside.
///
/// A clone shares the plan and all matrices, so one engine for each thread costs little.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) program: Arc<Program>,
    /// Coefficients of the sums: rate constants, folded constants, frozen parts of the Jacobian.
    pub(crate) tensors: Vec<Arc<Vec<f64>>>,
    pub(crate) constants: Vec<f64>,
    initial: Vec<f64>,
    pub(crate) folds: Folds,
    pub(crate) scratch: Scratch,
    pub(crate) linearisation: Linearisation,
    /// Coefficients of the list of products; empty until the first evaluation.
    coefficients: Vec<f64>,
    room: Room,
    /// Set by another thread: integrations shall end.
    cancelled: Arc<AtomicBool>,
}

/// What clones of an engine have in common.
#[derive(Debug)]
pub(crate) struct Program {
    pub layout: Layout,
    /// The right-hand side, sum by sum.
    pub sums: Vec<Sum>,
    /// The same as loops; where there is a list, what it leaves out.
    pub kernels: Vec<Kernel>,
    /// The same as a list of products, where that is faster.
    flat: Option<Flat>,
    pub linear: Linear,
    observables: Vec<Observable>,
}

#[derive(Debug)]
pub(crate) struct Observable {
    len: usize,
    terms: Vec<(f64, Handle<SpeciesFamily>)>,
}

/// Why [`Engine::set`] refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetError {
    /// The number of values is not the number of members of the family.
    Length { expected: usize, found: usize },
    /// The family is none of this network.
    NoSuchFamily,
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, found } => {
                write!(f, "the family has {expected} members, found {found} values")
            }
            Self::NoSuchFamily => f.write_str("the network has no such species family"),
        }
    }
}

impl std::error::Error for SetError {}

impl Engine {
    /// Plans the loops of a network, whose receipt is `info`. Time and memory grow with the number of rate
    /// constants, not with the number of reactions.
    pub fn new(crn: &Crn, info: &CrnInfo) -> Self {
        let layout = Layout::new(crn, info);
        let plan = Plan::new(crn, info, &layout);
        Self::of(crn, layout, plan)
    }

    /// Makes loops of a plan.
    pub(crate) fn of(crn: &Crn, layout: Layout, plan: Plan) -> Self {
        let (mut constants, mut initial) = (Vec::new(), Vec::new());
        for (handle, family) in crn.species.iter() {
            match layout.slot(handle).source {
                Source::Constant => constants.extend_from_slice(&family.initial),
                _ => initial.extend_from_slice(&family.initial),
            }
        }
        let observables = crn.observables.iter().map(|observable| Observable {
            len: crn.axes[observable.axis].size(),
            terms: (observable.positive.iter().map(|&family| (1.0, family)))
                .chain(observable.negative.iter().map(|&family| (-1.0, family)))
                .collect(),
        });
        let observables = observables.collect();
        Self::of_parts(layout, plan, constants, initial, observables)
    }

    /// Puts the parts together.
    pub(crate) fn of_parts(
        layout: Layout,
        mut plan: Plan,
        constants: Vec<f64>,
        initial: Vec<f64>,
        observables: Vec<Observable>,
    ) -> Self {
        let linear = Linear::new(&plan.sums, &layout, &mut plan.tensors);
        let fixed = |id| plan.fixed.contains(&id).then(|| plan.tensors[id].as_slice());
        let flat = Flat::new(&plan.sums, layout.dimension(), fixed);
        let kernels = compile_all(flat.as_ref().map_or(&plan.sums, |flat| &flat.rest));
        let linearisation = Linearisation::new(&linear, layout.dimension());
        Self {
            program: Arc::new(Program { layout, sums: plan.sums, kernels, flat, linear, observables }),
            tensors: plan.tensors,
            constants,
            initial,
            folds: plan.folds,
            scratch: Scratch::default(),
            linearisation,
            coefficients: Vec::new(),
            room: Room::default(),
            cancelled: Arc::default(),
        }
    }

    /// The same engine, and clones of it, whose integrations end once this is true.
    #[must_use]
    pub fn cancelled_by(self, cancelled: Arc<AtomicBool>) -> Self {
        Self { cancelled, ..self }
    }

    /// Sets the concentrations of a family: of one that no reaction changes, from now on; of one in the state,
    /// in what [`Engine::initial_state`] returns. What is folded follows at the next evaluation; a
    /// linearisation made before does not.
    pub fn set(&mut self, family: Handle<SpeciesFamily>, values: &[f64]) -> Result<(), SetError> {
        let (source, range) = self.checked_place(family, values)?;
        if source == Source::Constant {
            self.hold(range, values);
        } else {
            self.initial[range].copy_from_slice(values);
        }
        Ok(())
    }

    /// Sets the concentrations of a family in the middle of a run: in `state` if it lies there.
    pub fn set_in(
        &mut self,
        state: &mut [f64],
        family: Handle<SpeciesFamily>,
        values: &[f64],
    ) -> Result<(), SetError> {
        let (source, range) = self.checked_place(family, values)?;
        if source == Source::Constant {
            self.hold(range, values);
        } else {
            state[range].copy_from_slice(values);
        }
        Ok(())
    }

    /// Initial concentrations of the state.
    pub fn initial_state(&self) -> Vec<f64> {
        self.initial.clone()
    }

    /// The range of a family in the state; none if no reaction changes it.
    pub fn state_range(&self, family: Handle<SpeciesFamily>) -> Option<Range<usize>> {
        let slot = self.program.layout.slots().get(family.index())?;
        (slot.source == Source::State).then(|| slot.range.clone())
    }

    /// Tolerances for the state: `absolute` for every species, `clock` for those of a chemical clock, whose period is
    /// set by concentrations far below all others.
    pub fn tolerances(&self, crn: &Crn, relative: f64, absolute: f64, clock: f64) -> Tolerances {
        if !crn.species.iter().any(|(_, family)| family.role == Role::Clock) {
            return Tolerances::new(relative, absolute);
        }
        let mut each = vec![absolute; self.program.layout.dimension()];
        for (handle, _) in crn.species.iter().filter(|(_, family)| family.role == Role::Clock) {
            if let Some(range) = self.state_range(handle) {
                each[range].fill(clock.min(absolute));
            }
        }
        Tolerances { relative, absolute: Absolute::Each(each) }
    }

    /// Number of members of a family.
    pub fn members(&self, family: Handle<SpeciesFamily>) -> usize {
        self.program.layout.slots().get(family.index()).map_or(0, |slot| slot.range.len())
    }

    /// Concentrations of all species in the order of [`CrnInfo`].
    pub fn full_state(&self, state: &[f64]) -> Vec<f64> {
        let mut all = Vec::with_capacity(state.len() + self.constants.len());
        for slot in self.program.layout.slots() {
            let array = if slot.source == Source::Constant { &self.constants } else { state };
            all.extend_from_slice(&array[slot.range.clone()]);
        }
        all
    }

    /// The value of an observable of the network, element by element; empty if there is no such observable.
    pub fn observe(&self, state: &[f64], observable: usize) -> Vec<f64> {
        let mut sum = vec![0.0; self.program.observables.get(observable).map_or(0, |found| found.len)];
        self.observe_into(state, observable, &mut sum);
        sum
    }

    /// The same into `sum`, which has as many elements as the observable.
    pub fn observe_into(&self, state: &[f64], observable: usize, sum: &mut [f64]) {
        sum.fill(0.0);
        let Some(observable) = self.program.observables.get(observable) else { return };
        for &(sign, family) in &observable.terms {
            let slot = self.program.layout.slot(family);
            let array = if slot.source == Source::Constant { &self.constants } else { state };
            for (sum, value) in sum.iter_mut().zip(&array[slot.range.clone()]) {
                *sum += sign * value;
            }
        }
    }

    /// The Jacobian at `state` as a dense matrix, row-major: row = derivative of which variable, column = by
    /// which. For analysis: time and memory grow with the square of the dimension.
    pub fn jacobian(&mut self, state: &[f64]) -> Vec<f64> {
        self.refold();
        let dimension = self.program.layout.dimension();
        let mut matrix = vec![0.0; dimension * dimension];
        let kernels = compile_all(&crate::linear::full_jacobian(&self.program.sums, dimension));
        let sources = Sources { state, constants: &self.constants, vector: &[], tensors: &self.tensors };
        for kernel in &kernels {
            kernel.run(&sources, &mut matrix, &mut self.scratch);
        }
        matrix
    }

    /// Size of the largest block on the diagonal that [`nnrc_sim::system::Layered::shift`] factorises as a
    /// dense matrix, 0 if there is none. The work grows with its cube (2/3 n³ operations), the memory with its
    /// square: above a few thousand an explicit method is the better choice.
    pub fn largest_dense_block(&self) -> usize {
        self.program.linear.largest_dense_block()
    }

    fn checked_place(
        &self,
        family: Handle<SpeciesFamily>,
        values: &[f64],
    ) -> Result<(Source, Range<usize>), SetError> {
        let slot = self.program.layout.slots().get(family.index()).ok_or(SetError::NoSuchFamily)?;
        if slot.range.len() != values.len() {
            return Err(SetError::Length { expected: slot.range.len(), found: values.len() });
        }
        Ok((slot.source, slot.range.clone()))
    }

    /// All constants.
    pub(crate) fn constants(&self) -> &[f64] {
        &self.constants
    }

    /// Holds `values` at the first place, and at the second the slope of the line that goes on from `before`, the
    /// values a time ago; 0 where those are not known.
    pub(crate) fn hold_line(&mut self, places: [usize; 2], values: &[f64], before: Option<(f64, &[f64])>) {
        let [at, slope] = places.map(|start| start..start + values.len());
        self.hold(at, values);
        match before {
            None => self.constants[slope.clone()].fill(0.0),
            Some((time, before)) => {
                for ((slope, value), before) in
                    self.constants[slope.clone()].iter_mut().zip(values).zip(before)
                {
                    *slope = (value - before) / time;
                }
            }
        }
        self.folds.mark(&slope);
    }

    /// Changes constants.
    pub(crate) fn hold(&mut self, range: Range<usize>, values: &[f64]) {
        self.constants[range.clone()].copy_from_slice(values);
        self.folds.mark(&range);
    }

    /// Notes that rate constants have changed, and all that was computed from them.
    pub(crate) fn forget(&mut self) {
        self.folds.mark_all();
        self.coefficients.clear();
    }

    /// Brings folded tensors up to date with the constants.
    pub(crate) fn refold(&mut self) {
        let changed = self.folds.refresh(&self.constants, &mut self.tensors, &mut self.scratch);
        if let Some(flat) = self.program.flat.as_ref().filter(|_| changed || self.coefficients.is_empty()) {
            flat.coefficients(&self.tensors, &mut self.coefficients);
        }
    }
}

impl System for Engine {
    fn dimension(&self) -> usize {
        self.program.layout.dimension()
    }

    fn derivative(&mut self, state: &[f64], derivative: &mut [f64]) {
        self.refold();
        match &self.program.flat {
            Some(flat) => flat.run(&self.coefficients, state, &mut self.room, derivative),
            None => derivative.fill(0.0),
        }
        let sources = Sources { state, constants: &self.constants, vector: &[], tensors: &self.tensors };
        for kernel in &self.program.kernels {
            kernel.run(&sources, derivative, &mut self.scratch);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    wide::loops!();
}
