//! Which members of a reaction family exist: all values of its index variables but those that `distinct` and padding
//! exclude.

use std::ops::Range;

use crate::arena::Handle;
use crate::crn::Crn;
use crate::index::{Affine, Index};
use crate::network::{Axis, ReactionFamily};

/// A condition on the values of the index variables: the form lies within an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// The padded index.
    pub form: Affine,
    /// The axis that it must not leave.
    pub axis: Handle<Axis>,
    /// Number of its places.
    pub size: usize,
}

impl Guard {
    /// Whether it holds.
    pub fn holds(&self, values: &[usize]) -> bool {
        usize::try_from(self.form.at(values)).is_ok_and(|place| place < self.size)
    }
}

/// The conditions of the padded indices of a family, each once.
pub fn guards(crn: &Crn, family: &ReactionFamily) -> Vec<Guard> {
    let mut found: Vec<Guard> = Vec::new();
    let constant = &crn.rate_constants[family.rate.constant];
    let terms = family.reactants.iter().chain(&family.products);
    let terms = terms.map(|term| (&crn.species[term.species].axes, &term.indices));
    for (axes, indices) in terms.chain([(&constant.axes, &family.rate.indices)]) {
        for (&axis, index) in axes.iter().zip(indices) {
            let form = match *index {
                Index::Affine(form) if form.is_padded() => form,
                Index::Variable { .. } | Index::At(_) | Index::Affine(_) => continue,
            };
            let guard = Guard { form, axis, size: crn.axes[axis].size() };
            if !found.iter().any(|known| (known.form, known.size) == (guard.form, guard.size)) {
                found.push(guard);
            }
        }
    }
    found
}

/// Calls `visit` with the values of the index variables of every member, the last variable fastest.
pub fn for_each(crn: &Crn, family: &ReactionFamily, mut visit: impl FnMut(&[usize])) {
    let sizes: Vec<usize> = family.over.iter().map(|v| crn.axes[v.axis].size()).collect();
    if sizes.contains(&0) {
        return;
    }
    let guards = guards(crn, family);
    let mut values = vec![0; sizes.len()];
    loop {
        if family.distinct.is_none_or(|(a, b)| values[a] != values[b])
            && guards.iter().all(|guard| guard.holds(&values))
        {
            visit(&values);
        }
        let Some(last) = (0..sizes.len()).rev().find(|&v| values[v] + 1 < sizes[v]) else { return };
        values[last] += 1;
        values[last + 1..].fill(0);
    }
}

/// Members at all values within ranges of the index variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The range of each index variable; none is empty.
    pub ranges: Vec<Range<usize>>,
    /// Two index variables that never take the same value; their ranges begin at the same one.
    pub distinct: Option<(usize, usize)>,
}

/// The members of a family as regions: every member lies in exactly one, and no index leaves its axis in any.
///
/// A family without padding is one region. With padding there is a large one for the windows that lie within the axes,
/// and small ones for those at each edge: loops over regions need no conditions.
pub fn regions(crn: &Crn, family: &ReactionFamily) -> Vec<Region> {
    let ranges: Vec<Range<usize>> = family.over.iter().map(|v| 0..crn.axes[v.axis].size()).collect();
    let mut found = Vec::new();
    if ranges.iter().any(Range::is_empty) {
        return found;
    }
    let guards = guards(crn, family);
    // Regions that are still to be looked at, the next one last.
    let mut open = vec![Region { ranges, distinct: family.distinct }];
    while let Some(mut region) = open.pop() {
        let range = |position: usize| region.ranges[position].clone();
        let outside = |guard: &Guard| {
            let (low, high) = guard.form.bounds(range);
            high < 0 || low >= guard.size as i128
        };
        if guards.iter().any(outside) {
            continue;
        }
        let across = guards.iter().find_map(|guard| cut(guard, &region.ranges));
        let Some((variable, at)) = across.or_else(|| part(&mut region)) else {
            found.push(region);
            continue;
        };
        let (mut first, mut second) = (region.clone(), region);
        first.ranges[variable].end = at;
        second.ranges[variable].start = at;
        open.extend([second, first]);
    }
    found
}

/// Where to cut ranges in which a condition holds in a part only: a variable, and the first value behind the cut.
fn cut(guard: &Guard, ranges: &[Range<usize>]) -> Option<(usize, usize)> {
    let (low, high) = guard.form.bounds(|position| ranges[position].clone());
    let last = guard.size as i128 - 1;
    if low >= 0 && high <= last {
        return None;
    }
    // The cut that decides about as many values of one variable as possible: on one side the condition holds, or
    // fails, for good.
    let mut best: Option<(usize, usize, usize)> = None;
    for (variable, stride) in guard.form.pairs() {
        let (Range { start, end }, stride) = (ranges[variable].clone(), stride as i128);
        // How many values from the start on lie below a bound if they step from `first`.
        let below =
            |first: i128, bound: i128| (bound - first + stride - 1).div_euclid(stride).max(0) as usize;
        let len = end - start;
        // The slowest of the others, and the fastest.
        let (least, most) = (low, high - stride * (len as i128 - 1));
        let cuts = [
            (low < 0, below(least, 0), true),
            (low < 0, below(most, 0), false),
            (high > last, below(most, last + 1), false),
            (high > last, below(least, last + 1), true),
        ];
        for (needed, at, behind) in cuts {
            if needed && at > 0 && at < len {
                let decided = if behind { len - at } else { at };
                if best.is_none_or(|(most, _, _)| decided > most) {
                    best = Some((decided, variable, start + at));
                }
            }
        }
    }
    let halves = || {
        let longest = guard.form.pairs().max_by_key(|&(variable, _)| ranges[variable].len());
        let (variable, _) = longest.filter(|&(variable, _)| ranges[variable].len() > 1)?;
        Some((variable, ranges[variable].start + ranges[variable].len() / 2))
    };
    best.map(|(_, variable, at)| (variable, at)).or_else(halves)
}

/// Where to cut so that two distinct variables begin at one value or never meet.
fn part(region: &mut Region) -> Option<(usize, usize)> {
    let (a, b) = region.distinct?;
    let (first, second) = (&region.ranges[a], &region.ranges[b]);
    if first.end <= second.start || second.end <= first.start {
        region.distinct = None;
        return None;
    }
    match first.start.cmp(&second.start) {
        std::cmp::Ordering::Less => Some((a, second.start)),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some((b, first.start)),
    }
}
