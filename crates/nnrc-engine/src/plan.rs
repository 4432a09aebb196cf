//! From reaction families to merged sums.

use std::collections::BTreeMap;
use std::sync::Arc;

use nnrc_crn::{Crn, CrnInfo, Part, ReactionFamily};

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
    /// Tensors that never change, so that several sums may share them.
    fixed: Vec<usize>,
}

/// A sum of the plan while reactions are still being merged into its tensor.
struct Group {
    outer: Sum,
    tensor: Access,
    fixed: Vec<f64>,
    folded: Vec<Folded>,
}

/// What constant species contribute to the tensor of a group.
struct Folded {
    sum: Sum,
    tensor: Access,
    values: Vec<f64>,
}

type Key = (Vec<usize>, Option<(usize, usize)>, Access, Vec<Factor>, Access);

fn key(sum: &Sum, tensor: &Access) -> Key {
    (sum.sizes.clone(), sum.distinct, sum.target.clone(), sum.factors.clone(), tensor.clone())
}

impl Plan {
    /// Plans the sums of a network, merging those that differ in their coefficients only.
    pub fn new(crn: &Crn, info: &CrnInfo, layout: &Layout) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut known = BTreeMap::new();
        for (handle, family) in crn.reactions.iter().filter(|(handle, _)| info.members(*handle) > 0) {
            let values = &crn.rate_constants[family.rate.constant].values;
            for sum in contributions(crn, layout, family, &info.facts(handle).net) {
                let spread =
                    |outer: &Sum| outer.is_pointwise() && outer.sizes.iter().product::<usize>() <= SPREAD;
                let split =
                    sum.canonical().split(|f| matches!(f.source, Source::Rate | Source::Constant), spread);
                let place = *known.entry(key(&split.outer, &split.tensor)).or_insert_with(|| {
                    groups.push(Group {
                        outer: split.outer.clone(),
                        tensor: split.tensor.clone(),
                        fixed: vec![0.0; split.len],
                        folded: Vec::new(),
                    });
                    groups.len() - 1
                });
                groups[place].add(&split.inner, values, family.rate.part);
            }
        }
        let mut plan =
            Self { sums: Vec::new(), tensors: Vec::new(), folds: Folds::default(), fixed: Vec::new() };
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
        let fixed = Arc::new(fixed);
        self.tensors.push(Arc::clone(&fixed));
        let id = self.tensors.len() - 1;
        folds.push(Fold { tensor: id, fixed, kernels: compile_all(&sums), reads });
        outer.factors.push(Factor { source: Source::Tensor(id), at: tensor, power: 1 });
        self.sums.push(outer);
    }

    /// Gives a sum its coefficients: as a number, as a tensor known already up to its sign, or as a new one.
    /// Returns whether the sum is more than zero.
    fn multiply(&mut self, sum: &mut Sum, at: Access, values: Vec<f64>) -> bool {
        if let &[value] = values.as_slice() {
            sum.scale *= value;
            return value != 0.0;
        }
        if values.iter().all(|&value| value == 0.0) {
            return false;
        }
        let same = |tensor: &[f64], sign: f64| {
            tensor.len() == values.len() && tensor.iter().zip(&values).all(|(a, b)| *a == sign * b)
        };
        let found = self.fixed.iter().find_map(|&id| {
            [1.0, -1.0].into_iter().find(|&sign| same(&self.tensors[id], sign)).map(|sign| (id, sign))
        });
        let (id, sign) = found.unwrap_or_else(|| {
            self.tensors.push(Arc::new(values));
            self.fixed.push(self.tensors.len() - 1);
            (self.tensors.len() - 1, 1.0)
        });
        sum.scale *= sign;
        sum.factors.push(Factor { source: Source::Tensor(id), at, power: 1 });
        true
    }
}

impl Group {
    fn add(&mut self, inner: &Sum, rate: &[f64], part: Part) {
        if inner.factors.iter().all(|factor| factor.source == Source::Rate) {
            return accumulate(inner, rate, part, &mut self.fixed);
        }
        let split = inner.split(|factor| factor.source == Source::Rate, |_| false);
        let found = self.folded.iter_mut().position(|f| f.sum == split.outer && f.tensor == split.tensor);
        let place = found.unwrap_or_else(|| {
            self.folded.push(Folded { sum: split.outer, tensor: split.tensor, values: vec![0.0; split.len] });
            self.folded.len() - 1
        });
        accumulate(&split.inner, rate, part, &mut self.folded[place].values);
    }
}

/// Adds a sum that has no factor but the rate constant.
fn accumulate(sum: &Sum, rate: &[f64], part: Part, tensor: &mut [f64]) {
    sum.for_each(|values| {
        let k: f64 = sum.factors.iter().map(|factor| part.of(rate[factor.at.at(values)])).product();
        tensor[sum.target.at(values)] += sum.scale * k;
    });
}

/// One sum for each net term of a family.
fn contributions(
    crn: &Crn,
    layout: &Layout,
    family: &ReactionFamily,
    net: &[(nnrc_crn::Handle<nnrc_crn::SpeciesFamily>, Vec<nnrc_crn::Index>, i64)],
) -> Vec<Sum> {
    let variables = family.over.len();
    let constant = &crn.rate_constants[family.rate.constant];
    let mut factors = vec![Factor {
        source: Source::Rate,
        at: Layout::access(crn, &constant.axes, &family.rate.indices, variables, 0),
        power: 1,
    }];
    for term in &family.reactants {
        let place = layout.place(term.species);
        let axes = &crn.species[term.species].axes;
        let at = Layout::access(crn, axes, &term.indices, variables, place.range.start);
        match factors.iter_mut().find(|f| f.source == place.source && f.at == at) {
            Some(factor) => factor.power += term.stoichiometry,
            None => factors.push(Factor { source: place.source, at, power: term.stoichiometry }),
        }
    }
    let sizes: Vec<usize> = family.over.iter().map(|v| crn.axes[v.axis].size()).collect();
    let sum = |(species, indices, change): &(_, Vec<_>, i64)| {
        let start = layout.place(*species).range.start;
        Sum {
            sizes: sizes.clone(),
            distinct: family.distinct,
            target: Layout::access(crn, &crn.species[*species].axes, indices, variables, start),
            scale: *change as f64,
            factors: factors.clone(),
        }
    };
    net.iter().map(sum).collect()
}
