//! An engine whose rate constants can be disturbed, member by member, while families stay families.
//!
//! Beside each reaction family lies an array with the rate constant of every member, over all index variables of the
//! family, even where the constant of the network is one number: each reaction has a factor of its own. The loops are
//! planned with these arrays, and a change of the constants fills the coefficients of the loops again, without planning.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;

use nnrc_crn::members::{self, Region};
use nnrc_crn::{Crn, CrnInfo, Handle, Part, ReactionFamily};
use nnrc_noise::{Directions, Disturbed, MemberIndex};
use nnrc_sim::{Layered, System};

use crate::arrays::Sources;
use crate::engine::Engine;
use crate::fold::Folds;
use crate::kernel::{Kernel, compile_all};
use crate::layout::Layout;
use crate::plan::{Change, Contribution, Plan, Recipe, contributions_in};
use crate::sum::{Access, Source, Sum};
use crate::wide;

/// An [`Engine`] with rate constants that can be changed reaction by reaction, for noise.
///
/// It derefs to the engine; a clone shares everything that does not change.
#[derive(Debug, Clone)]
pub struct NoisyEngine {
    engine: Engine,
    shared: Arc<Shared>,
    activity: Activity,
}

#[derive(Debug)]
struct Shared {
    nominal: Vec<f64>,
    index: MemberIndex,
    recipes: Vec<Flat>,
    activity_recipes: Vec<Flat>,
    activity_kernels: Vec<Kernel>,
    directions: Directions,
}

/// The coefficients behind the activities of directions.
#[derive(Debug, Clone)]
struct Activity {
    tensors: Vec<Arc<Vec<f64>>>,
    folds: Folds,
    /// Rate constants that are not in the tensors yet: few disturbances ask for activities.
    changed: Option<Vec<f64>>,
}

/// A tensor as a list of additions.
#[derive(Debug)]
struct Flat {
    tensor: usize,
    steps: Vec<Step>,
}

/// tensor\[target\] += scale · constants\[source\].
#[derive(Debug)]
struct Step {
    target: u32,
    source: u32,
    scale: f64,
}

impl Flat {
    fn new(recipe: &Recipe) -> Self {
        let mut steps = Vec::new();
        for sum in &recipe.sums {
            let sources = || sum.factors.iter().filter(|factor| factor.source == Source::Rate);
            debug_assert!(sources().count() == 1 && sum.factors.len() == 1);
            for factor in sources() {
                sum.for_each(|values| {
                    let (target, source) = (sum.target.at(values) as u32, factor.at.at(values) as u32);
                    steps.push(Step { target, source, scale: sum.scale });
                });
            }
        }
        Self { tensor: recipe.tensor, steps }
    }

    fn fill(&self, tensors: &mut [Arc<Vec<f64>>], constants: &[f64]) {
        let tensor = Arc::make_mut(&mut tensors[self.tensor]);
        tensor.fill(0.0);
        for step in &self.steps {
            tensor[step.target as usize] += step.scale * constants[step.source as usize];
        }
    }
}

/// The constants of all members.
struct Members {
    constants: Vec<f64>,
    index: MemberIndex,
}

impl Members {
    fn new(crn: &Crn) -> Self {
        let index = MemberIndex::new(crn);
        let mut members = Self { constants: vec![0.0; index.count()], index };
        for (handle, family) in crn.reactions.iter() {
            let constant = &crn.rate_constants[family.rate.constant];
            let own = dense(&sizes(crn, family), members.index.range(handle).start);
            members::for_each(crn, family, |values| {
                let flat = crn.flat(&constant.axes, &family.rate.indices, values);
                members.constants[own.at(values)] = family.rate.part.of(constant.values[flat]);
            });
        }
        members
    }

    /// Sums over a region of a family that read the constants here.
    fn adjust(&self, crn: &Crn, handle: Handle<ReactionFamily>, region: &Region, sums: &mut [Sum]) {
        let whole = dense(&sizes(crn, &crn.reactions[handle]), self.index.range(handle).start);
        let first: Vec<usize> = region.ranges.iter().map(|range| range.start).collect();
        let at = Access { base: whole.at(&first), ..whole };
        for factor in sums.iter_mut().flat_map(|sum| &mut sum.factors) {
            if factor.source == Source::Rate {
                factor.at = at.clone();
            }
        }
    }

    fn contribution(&self, sums: Vec<Sum>) -> Contribution<'_> {
        Contribution { sums, rate_constants: &self.constants, part: Part::Whole }
    }
}

/// Number of values of each index variable of a family.
fn sizes(crn: &Crn, family: &ReactionFamily) -> Vec<usize> {
    family.over.iter().map(|v| crn.axes[v.axis].size()).collect()
}

/// Row-major positions over all variables, from `base` on.
fn dense(sizes: &[usize], base: usize) -> Access {
    let (access, _) = Access::dense(sizes, &vec![true; sizes.len()]);
    Access { base, ..access }
}

/// Directions of several variables that are known, by the places and changes of their species, and by the numbers of
/// values of the index variables: one may run over a part of an axis only. Variables are numbered by their first
/// appearance.
type Known = BTreeMap<(Vec<(Access, i64)>, Vec<usize>), usize>;

/// Plans the directions and, for each family, the sum of c² v over its members.
struct Planner<'a> {
    crn: &'a Crn,
    layout: &'a Layout,
    directions: Directions,
    known: Known,
}

impl Planner<'_> {
    /// The sum that adds the activity of a family in a region, from any of the sums that it contributes to the state
    /// there.
    fn activity(&mut self, net: &[Change], region: &Region, sum: &Sum) -> Sum {
        let access = |change: &Change| {
            let axes = &self.crn.species[change.0].axes;
            let start = self.layout.slot(change.0).range.start;
            Layout::access(self.crn, axes, &change.1, region, start)
        };
        if let [only] = net {
            let scale = (only.2 * only.2) as f64;
            return Sum { target: access(only), scale, ..sum.clone() };
        }
        let unit = net.iter().fold(0, |unit, change| gcd(unit, change.2.unsigned_abs())).max(1) as i64;
        let sign = if net.first().is_some_and(|change| change.2 < 0) { -1 } else { 1 };
        let mut variables: Vec<usize> = Vec::new();
        for variable in net.iter().flat_map(|change| &change.1).flat_map(|index| index.variables()) {
            if !variables.contains(&variable) {
                variables.push(variable);
            }
        }
        let moves: Vec<(Access, i64)> =
            net.iter().map(|change| (access(change).pick(&variables), sign * change.2 / unit)).collect();
        let sizes: Vec<usize> = variables.iter().map(|&v| sum.sizes[v]).collect();
        let (own, count) = Access::dense(&sizes, &vec![true; sizes.len()]);
        let start = *self.known.entry((moves.clone(), sizes.clone())).or_insert_with(|| {
            let start = self.directions.len();
            let mut values = vec![0; sizes.len()];
            for direction in 0..count {
                let mut rest = direction;
                for (value, &size) in values.iter_mut().zip(&sizes).rev() {
                    (*value, rest) = (rest % size, rest / size);
                }
                self.directions
                    .moves
                    .extend(moves.iter().map(|(at, change)| (at.at(&values), *change as f64)));
                self.directions.ends.push(self.directions.moves.len());
            }
            start
        });
        let mut target = Access { base: start, strides: vec![0; sum.sizes.len()] };
        for (&variable, stride) in variables.iter().zip(own.strides) {
            target.strides[variable] = stride;
        }
        Sum { target, scale: (unit * unit) as f64, ..sum.clone() }
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl NoisyEngine {
    /// Plans the loops of a network, whose receipt is `info`, with a rate constant for each reaction. Time and memory
    /// grow with the number of reactions.
    pub fn new(crn: &Crn, info: &CrnInfo) -> Self {
        let layout = Layout::new(crn, info);
        let members = Members::new(crn);
        let families = crn.reactions.iter().filter(|(handle, _)| info.members(*handle) > 0);
        // By family and region.
        let mut all: Vec<(Handle<ReactionFamily>, Region, Vec<Sum>)> = Vec::new();
        for (handle, family) in families {
            for region in members::regions(crn, family) {
                let net = &info.facts(handle).net;
                let mut sums = contributions_in(&region, crn, &layout, family, net);
                members.adjust(crn, handle, &region, &mut sums);
                all.push((handle, region, sums));
            }
        }
        let adjusted = all.iter().map(|(_, _, sums)| members.contribution(sums.clone()));
        let plan = Plan::of(adjusted, true);
        let mut planner = Planner {
            crn,
            layout: &layout,
            directions: Directions { dimension: layout.dimension(), ..Directions::default() },
            known: Known::new(),
        };
        let mut activities = Vec::new();
        for (handle, region, sums) in &all {
            let net = &info.facts(*handle).net;
            activities.extend(sums.first().map(|sum| planner.activity(net, region, sum)));
        }
        let directions = planner.directions;
        let activities = activities.into_iter().map(|sum| members.contribution(vec![sum]));
        let activity = Plan::of(activities, true);
        let shared = Shared {
            recipes: plan.recipes.iter().map(Flat::new).collect(),
            activity_recipes: activity.recipes.iter().map(Flat::new).collect(),
            activity_kernels: compile_all(&activity.sums),
            nominal: members.constants,
            index: members.index,
            directions,
        };
        Self {
            engine: Engine::of(crn, layout, plan),
            shared: Arc::new(shared),
            activity: Activity { tensors: activity.tensors, folds: activity.folds, changed: None },
        }
    }
}

impl NoisyEngine {
    /// Where the constants of a reaction family stand among all of them.
    pub fn constants_of(&self, family: Handle<ReactionFamily>) -> Range<usize> {
        self.shared.index.range(family)
    }
}

impl Deref for NoisyEngine {
    type Target = Engine;
    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl DerefMut for NoisyEngine {
    fn deref_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }
}

impl Disturbed for NoisyEngine {
    fn nominal(&self) -> Vec<f64> {
        self.shared.nominal.clone()
    }

    fn set_rate_constants(&mut self, values: &[f64]) {
        for recipe in &self.shared.recipes {
            recipe.fill(&mut self.engine.tensors, values);
        }
        self.engine.forget();
        let changed = self.activity.changed.get_or_insert_default();
        changed.clear();
        changed.extend_from_slice(values);
    }

    fn directions(&self) -> &Directions {
        &self.shared.directions
    }

    fn activity(&mut self, state: &[f64], activity: &mut [f64]) {
        let Activity { tensors, folds, changed } = &mut self.activity;
        if let Some(constants) = changed.take() {
            for recipe in &self.shared.activity_recipes {
                recipe.fill(tensors, &constants);
            }
        }
        // Held species may have been set since the last time.
        folds.mark_all();
        folds.refresh(&self.engine.constants, tensors, &mut self.engine.scratch);
        activity.fill(0.0);
        let sources = Sources { state, constants: &self.engine.constants, vector: &[], tensors };
        for kernel in &self.shared.activity_kernels {
            kernel.run(&sources, activity, &mut self.engine.scratch);
        }
    }
}

impl System for NoisyEngine {
    fn dimension(&self) -> usize {
        self.engine.dimension()
    }

    fn derivative(&mut self, state: &[f64], derivative: &mut [f64]) {
        self.engine.derivative(state, derivative);
    }

    fn is_cancelled(&self) -> bool {
        self.engine.is_cancelled()
    }

    wide::loops!();
}

impl Layered for NoisyEngine {
    fn linearise(&mut self, state: &[f64]) {
        self.engine.linearise(state);
    }

    fn shift(&mut self, shift: f64) {
        self.engine.shift(shift);
    }

    fn solve(&mut self, vector: &mut [f64]) {
        self.engine.solve(vector);
    }

    fn jacobian_times(&mut self, vector: &[f64], product: &mut [f64]) {
        self.engine.jacobian_times(vector, product);
    }
}
