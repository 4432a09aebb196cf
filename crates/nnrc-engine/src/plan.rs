//! From reaction families to merged sums.

use std::collections::BTreeMap;
use std::sync::Arc;

use nnrc_crn::members::{self, Region};
use nnrc_crn::{Crn, CrnInfo, Handle, Index, Part, ReactionFamily, SpeciesFamily};

use crate::fold::{Fold, Folds};
use crate::kernel::compile_all;
use crate::layout::Layout;
use crate::sum::{Access, Factor, Source, Sum};

/// Coefficients that depend on fewer variables than a pointwise sum are spread over all of them up to this
/// many elements: such sums merge with their neighbours and run without broadcasting.
const SPREAD: usize = 4096;

/// The right-hand side of a network as sums over the state.
pub(crate) struct Plan {
    /// d state += these, every factor from the state or a tensor.
    pub sums: Vec<Sum>,
    pub tensors: Vec<Arc<Vec<f64>>>,
    pub folds: Folds,
    /// How tensors follow from adjustable rate constants; none of them otherwise.
    pub recipes: Vec<Recipe>,
    /// Tensors that never change, so that several sums may share them.
    pub fixed: Vec<usize>,
}

/// A tensor as sums of rate constants.
#[derive(Debug)]
pub(crate) struct Recipe {
    pub tensor: usize,
    pub sums: Vec<Sum>,
}

/// What a reaction family adds: its sums, and the array of its rate constants.
pub(crate) struct Contribution<'a> {
    pub sums: Vec<Sum>,
    pub rate_constants: &'a [f64],
    pub part: Part,
}

/// A net change: family, indices, molecules.
pub(crate) type Change = (Handle<SpeciesFamily>, Vec<Index>, i64);

/// A sum of the plan while reactions are still being merged into its tensor.
struct Group {
    outer: Sum,
    tensor: Access,
    fixed: Values,
    folded: Vec<Folded>,
}

/// Elements of a tensor, and the sums that they come from, if those are kept.
struct Values {
    elements: Vec<f64>,
    sums: Option<Vec<Sum>>,
}

impl Values {
    fn new(len: usize, adjustable: bool) -> Self {
        Self { elements: vec![0.0; len], sums: adjustable.then(Vec::new) }
    }

    /// Adds a sum that has no factor but the rate constant.
    fn add(&mut self, sum: &Sum, rate: &[f64], part: Part) {
        accumulate(sum, rate, part, &mut self.elements);
        if let Some(sums) = &mut self.sums {
            sums.push(sum.clone());
        }
    }
}

/// What constant species contribute to the tensor of a group.
struct Folded {
    sum: Sum,
    tensor: Access,
    values: Values,
}

type Key = (Vec<usize>, Option<(usize, usize)>, Access, Vec<Factor>, Access);

fn key(sum: &Sum, tensor: &Access) -> Key {
    (sum.sizes.clone(), sum.distinct, sum.target.clone(), sum.factors.clone(), tensor.clone())
}

impl Plan {
    /// Plans the sums of a network, merging those that differ in their coefficients only.
    pub fn new(crn: &Crn, info: &CrnInfo, layout: &Layout) -> Self {
        let families = crn.reactions.iter().filter(|(handle, _)| info.members(*handle) > 0);
        let contributions = families.map(|(handle, family)| Contribution {
            sums: contributions(crn, layout, family, &info.facts(handle).net),
            rate_constants: &crn.rate_constants[family.rate.constant].values,
            part: family.rate.part,
        });
        Self::of(contributions, false)
    }

    /// Plans sums. `adjustable`: the rate constants will change, so that no use is made of their values, and recipes
    /// are kept.
    pub fn of<'a>(contributions: impl Iterator<Item = Contribution<'a>>, adjustable: bool) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut known = BTreeMap::new();
        for Contribution { sums, rate_constants, part } in contributions {
            for sum in sums {
                let spread =
                    |outer: &Sum| outer.is_pointwise() && outer.sizes.iter().product::<usize>() <= SPREAD;
                let split =
                    sum.canonical().split(|f| matches!(f.source, Source::Rate | Source::Constant), spread);
                let place = *known.entry(key(&split.outer, &split.tensor)).or_insert_with(|| {
                    groups.push(Group {
                        outer: split.outer.clone(),
                        tensor: split.tensor.clone(),
                        fixed: Values::new(split.len, adjustable),
                        folded: Vec::new(),
                    });
                    groups.len() - 1
                });
                groups[place].add(&split.inner, rate_constants, part);
            }
        }
        let mut plan = Self {
            sums: Vec::new(),
            tensors: Vec::new(),
            folds: Folds::default(),
            recipes: Vec::new(),
            fixed: Vec::new(),
        };
        let mut folds = Vec::new();
        for group in groups {
            plan.finish(group, &mut folds);
        }
        plan.folds = Folds::new(folds);
        plan
    }

    fn finish(&mut self, group: Group, folds: &mut Vec<Fold>) {
        let Group { mut outer, tensor, fixed, folded } = group;
        if folded.is_empty() {
            if self.multiply(&mut outer, tensor, fixed) {
                self.sums.push(outer);
            }
            return;
        }
        let mut sums = Vec::new();
        for Folded { mut sum, tensor, values } in folded {
            if self.multiply(&mut sum, tensor, values) {
                sums.push(sum);
            }
        }
        let factors = sums.iter().flat_map(|sum| &sum.factors);
        let reads = factors.filter(|f| f.source == Source::Constant).map(|f| f.at.base).collect();
        let elements = Arc::new(fixed.elements);
        let start = self.push(Arc::clone(&elements), fixed.sums);
        let id = self.push(elements, None);
        folds.push(Fold { tensor: id, fixed: start, kernels: compile_all(&sums), reads });
        outer.factors.push(Factor { source: Source::Tensor(id), at: tensor, power: 1 });
        self.sums.push(outer);
    }

    /// Gives a sum its coefficients: as a number, as a tensor known already up to its sign, or as a new one.
    /// Returns whether the sum is more than zero.
    fn multiply(&mut self, sum: &mut Sum, at: Access, values: Values) -> bool {
        let Values { elements, sums } = values;
        // Adjustable constants that cancel now need not cancel later.
        let is_zero = match &sums {
            None => elements.iter().all(|&value| value == 0.0),
            Some(sums) => sums.is_empty(),
        };
        if is_zero {
            return false;
        }
        let (id, sign) = match sums {
            None => {
                // Numbers that are all the same need no array.
                if let Some((&value, others)) = elements.split_first()
                    && others.iter().all(|&other| other == value)
                {
                    sum.scale *= value;
                    return true;
                }
                let same = |tensor: &[f64], sign: f64| {
                    tensor.len() == elements.len()
                        && tensor.iter().zip(&elements).all(|(a, b)| *a == sign * b)
                };
                let found = self.fixed.iter().find_map(|&id| {
                    [1.0, -1.0].into_iter().find(|&sign| same(&self.tensors[id], sign)).map(|sign| (id, sign))
                });
                found.unwrap_or_else(|| {
                    let id = self.push(Arc::new(elements), None);
                    self.fixed.push(id);
                    (id, 1.0)
                })
            }
            Some(sums) => {
                let found = self
                    .recipes
                    .iter()
                    .find_map(|recipe| Some((recipe.tensor, sign_between(&recipe.sums, &sums)?)));
                found.unwrap_or_else(|| (self.push(Arc::new(elements), Some(sums)), 1.0))
            }
        };
        sum.scale *= sign;
        sum.factors.push(Factor { source: Source::Tensor(id), at, power: 1 });
        true
    }

    /// Adds a tensor, with its recipe if it has one.
    fn push(&mut self, elements: Arc<Vec<f64>>, sums: Option<Vec<Sum>>) -> usize {
        let tensor = self.tensors.len();
        self.tensors.push(elements);
        self.recipes.extend(sums.map(|sums| Recipe { tensor, sums }));
        tensor
    }
}

/// The sign by which two lists of sums differ, if they differ in no more.
fn sign_between(first: &[Sum], second: &[Sum]) -> Option<f64> {
    let equal = |sign: f64| {
        first.len() == second.len()
            && first.iter().zip(second).all(|(a, b)| {
                a.scale == sign * b.scale
                    && (&a.sizes, a.distinct, &a.target, &a.factors)
                        == (&b.sizes, b.distinct, &b.target, &b.factors)
            })
    };
    [1.0, -1.0].into_iter().find(|&sign| equal(sign))
}

impl Group {
    fn add(&mut self, inner: &Sum, rate: &[f64], part: Part) {
        if inner.factors.iter().all(|factor| factor.source == Source::Rate) {
            return self.fixed.add(inner, rate, part);
        }
        let split = inner.split(|factor| factor.source == Source::Rate, |_| false);
        let found = self.folded.iter_mut().position(|f| f.sum == split.outer && f.tensor == split.tensor);
        let place = found.unwrap_or_else(|| {
            let values = Values::new(split.len, self.fixed.sums.is_some());
            self.folded.push(Folded { sum: split.outer, tensor: split.tensor, values });
            self.folded.len() - 1
        });
        self.folded[place].values.add(&split.inner, rate, part);
    }
}

/// Adds a sum that has no factor but the rate constant.
fn accumulate(sum: &Sum, rate: &[f64], part: Part, tensor: &mut [f64]) {
    sum.for_each(|values| {
        let k: f64 = sum.factors.iter().map(|factor| part.of(rate[factor.at.at(values)])).product();
        tensor[sum.target.at(values)] += sum.scale * k;
    });
}

/// One sum for each net term of a family in each of its regions.
pub(crate) fn contributions(crn: &Crn, layout: &Layout, family: &ReactionFamily, net: &[Change]) -> Vec<Sum> {
    let regions = members::regions(crn, family);
    regions.iter().flat_map(|region| contributions_in(region, crn, layout, family, net)).collect()
}

/// One sum for each net term of a family in one region.
pub(crate) fn contributions_in(
    region: &Region,
    crn: &Crn,
    layout: &Layout,
    family: &ReactionFamily,
    net: &[Change],
) -> Vec<Sum> {
    let constant = &crn.rate_constants[family.rate.constant];
    let mut factors = vec![Factor {
        source: Source::Rate,
        at: Layout::access(crn, &constant.axes, &family.rate.indices, region, 0),
        power: 1,
    }];
    for term in &family.reactants {
        let place = layout.slot(term.species);
        let axes = &crn.species[term.species].axes;
        let at = Layout::access(crn, axes, &term.indices, region, place.range.start);
        match factors.iter_mut().find(|f| f.source == place.source && f.at == at) {
            Some(factor) => factor.power += term.stoichiometry,
            None => factors.push(Factor { source: place.source, at, power: term.stoichiometry }),
        }
    }
    let sizes: Vec<usize> = region.ranges.iter().map(ExactSizeIterator::len).collect();
    let sum = |(species, indices, change): &Change| {
        let start = layout.slot(*species).range.start;
        Sum {
            sizes: sizes.clone(),
            distinct: region.distinct,
            target: Layout::access(crn, &crn.species[*species].axes, indices, region, start),
            scale: *change as f64,
            factors: factors.clone(),
        }
    };
    net.iter().map(sum).collect()
}
