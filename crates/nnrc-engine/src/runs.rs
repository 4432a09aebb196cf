//! Running sums: species that stand in a row and that many terms add up with one coefficient, as those of a clock that
//! suppress each other, are added up once for all of them.
//!
//! ```text
//! Σ_{j ≠ i, i − 1} c x_j  =  c (x_0 + … + x_{i−2})  +  c (x_{i+1} + … + x_{n−1})
//! ```
//!
//! The first sum is one of a chain that goes forward from 0, the second one of a chain that goes backward from the end.
//! Nothing is subtracted, so small numbers beside large ones keep their digits.

use std::collections::BTreeMap;
use std::ops::Range;

/// A chain that is never longer than that is not worth it.
const LEAST: usize = 8;

/// The chains, in the order in which their sums stand.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    chains: Vec<Chain>,
}

/// Sums of the first, the first two, … of some species; where they go.
#[derive(Debug)]
struct Chain {
    species: Range<usize>,
    forward: bool,
    place: usize,
}

/// Where chains begin: (whether forward, the first or the last species but one), with the length of the longest.
type Starts = BTreeMap<(bool, usize), usize>;

impl Runs {
    /// Takes runs out of terms, each of which is a list of coefficients by species, and puts sums in their place. `value`
    /// is a coefficient that never changes; `places` are those where sums can stand, none of which is a species.
    pub fn take<C: Clone>(
        terms: &mut [&mut BTreeMap<u16, C>],
        value: impl Fn(&C) -> Option<f64>,
        places: Range<usize>,
    ) -> Self {
        let found: Vec<Vec<Range<usize>>> =
            terms.iter().map(|terms| runs(terms, &value, places.start)).collect();
        let mut counts = BTreeMap::new();
        for run in found.iter().flatten() {
            for forward in [true, false] {
                *counts.entry((forward, anchor(run, forward))).or_insert(0usize) += 1;
            }
        }
        // A run is taken from the chain that more of them begin.
        let choose = |run: &Range<usize>| {
            let [first, last] = [true, false].map(|forward| (forward, anchor(run, forward)));
            if counts[&first] >= counts[&last] { first } else { last }
        };
        let mut starts = Starts::new();
        for run in found.iter().flatten() {
            let longest = starts.entry(choose(run)).or_default();
            *longest = run.len().max(*longest);
        }
        starts.retain(|_, longest| *longest >= LEAST);
        let needed: usize = starts.values().sum();
        if needed > places.len() {
            return Self::default();
        }
        let mut place = places.start;
        let mut chains = Vec::new();
        for (&(forward, at), &len) in &starts {
            let species = if forward { at..at + len } else { at - len..at };
            chains.push(Chain { species, forward, place });
            place += len;
        }
        for (terms, runs) in terms.iter_mut().zip(&found) {
            for run in runs {
                let start = choose(run);
                let chain = starts.keys().position(|other| *other == start).map(|at| &chains[at]);
                if let (Some(chain), Some(coefficient)) = (chain, terms.get(&(run.start as u16)).cloned()) {
                    run.clone().for_each(|species| drop(terms.remove(&(species as u16))));
                    terms.insert((chain.place + run.len() - 1) as u16, coefficient);
                }
            }
        }
        Self { chains }
    }

    /// Adds up the species, which stand at the beginning of the room.
    pub fn add_up(&self, room: &mut [f64]) {
        for Chain { species, forward, place } in &self.chains {
            let (species_values, sums) = room.split_at_mut(*place);
            let species = &species_values[species.clone()];
            let sums = &mut sums[..species.len()];
            if *forward {
                running(species.iter(), sums);
            } else {
                running(species.iter().rev(), sums);
            }
        }
    }
}

fn anchor(run: &Range<usize>, forward: bool) -> usize {
    if forward { run.start } else { run.end }
}

fn running<'a>(species: impl Iterator<Item = &'a f64>, sums: &mut [f64]) {
    let mut sum = 0.0;
    for (to, x) in sums.iter_mut().zip(species) {
        sum += x;
        *to = sum;
    }
}

/// Species below `end` in a row whose coefficients are known and the same.
fn runs<C>(terms: &BTreeMap<u16, C>, value: impl Fn(&C) -> Option<f64>, end: usize) -> Vec<Range<usize>> {
    let mut all: Vec<(Range<usize>, f64)> = Vec::new();
    for (&species, coefficient) in terms {
        let (at, Some(value)) = (usize::from(species), value(coefficient)) else { continue };
        match all.last_mut() {
            Some((run, same)) if run.end == at && *same == value => run.end += 1,
            _ => all.push((at..at + 1, value)),
        }
    }
    all.into_iter().map(|(run, _)| run).filter(|run| run.len() > 1 && run.end < end).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The sum of terms, by the definition.
    fn plain(terms: &BTreeMap<u16, f64>, room: &[f64]) -> f64 {
        terms.iter().map(|(&at, c)| c * room[usize::from(at)]).sum()
    }

    proptest! {
        #[test]
        fn sums_are_those_of_the_terms(
            rows in prop::collection::vec(prop::collection::vec(0u8..3, 30), 1..20),
            x in prop::collection::vec(0.0..1.0f64, 30),
        ) {
            let mut maps: Vec<BTreeMap<u16, f64>> = rows
                .iter()
                .map(|row| (0u16..).zip(row).filter(|(_, c)| **c > 0).map(|(at, c)| (at, f64::from(*c))).collect())
                .collect();
            let mut room = x;
            room.resize(4000, 0.0);
            let expected: Vec<f64> = maps.iter().map(|terms| plain(terms, &room)).collect();
            // The coefficient 1 changes.
            let known = |c: &f64| (*c == 2.0).then_some(*c);
            let runs = Runs::take(&mut maps.iter_mut().collect::<Vec<_>>(), known, 31..4000);
            runs.add_up(&mut room);
            for (terms, expected) in maps.iter().zip(expected) {
                prop_assert!((plain(terms, &room) - expected).abs() < 1e-12 * expected.max(1.0));
            }
        }
    }

    #[test]
    fn all_but_two_of_a_ring_are_three_chains() {
        const COUNT: u16 = 18;
        let suppressed = |i: u16| {
            (0..COUNT).filter(move |&j| j != i && j != (i + COUNT - 1) % COUNT).map(|j| (j, 2.0)).collect()
        };
        let mut rows: Vec<BTreeMap<u16, f64>> = (0..COUNT).map(suppressed).collect();
        let runs = Runs::take(&mut rows.iter_mut().collect::<Vec<_>>(), |c| Some(*c), 19..4000);
        // From the first, from the second (for the row of the first), and back from the last.
        assert_eq!(runs.chains.len(), 3);
        let left: usize = rows.iter().map(BTreeMap::len).sum();
        assert!(left <= 2 * usize::from(COUNT), "{left} terms are left");
    }

    #[test]
    fn without_room_all_stays() {
        let mut terms: BTreeMap<u16, f64> = (0..10).map(|at| (at, 1.0)).collect();
        let before = terms.clone();
        assert!(Runs::take(&mut [&mut terms], |c| Some(*c), 11..15).chains.is_empty());
        assert_eq!(terms, before);
    }
}
