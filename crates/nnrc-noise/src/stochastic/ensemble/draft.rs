//! One channel of a small network as sums of products.

use std::collections::BTreeMap;

use super::layout::{Layout, ONE};
use crate::stochastic::network::Term;

/// How the coefficients of a channel stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// c, and one group with so many linear terms.
    One(usize),
    /// c, and any number of groups.
    Several,
}

/// A term adds k Π (n − taken) over its held species to a coefficient.
#[derive(Debug, Clone)]
pub(super) struct Fold {
    /// Its place among the terms of the network.
    pub term: u32,
    pub coefficient: u32,
    pub held: Vec<(u32, f64)>,
}

/// A channel before it has its place.
pub(super) struct Draft {
    pub channel: usize,
    /// A row for each coefficient.
    pub reads: Vec<u8>,
    /// How many coefficients each group has.
    pub groups: Vec<u32>,
    /// What the terms add to, counted from the channel's first coefficient.
    pub folds: Vec<Fold>,
}

impl Draft {
    /// The channel of these terms of the network.
    pub fn of(channel: usize, terms: &[(u32, &Term)], layout: &mut Layout) -> Self {
        let factors: Vec<Factors> = terms.iter().map(|(_, term)| layout.split(term)).collect();
        let shared = Shared::of(&factors);
        let parts: Vec<Part> = factors.iter().map(|(rows, _)| Part::of(rows, &shared, layout)).collect();
        let mut draft = Self { channel, reads: vec![ONE as u8], groups: Vec::new(), folds: Vec::new() };
        let mut places = vec![0; parts.len()];
        let mut pivots: Vec<usize> = parts.iter().filter_map(|part| part.pivot).collect();
        pivots.sort_unstable();
        pivots.dedup();
        for pivot in pivots {
            let first = draft.reads.len();
            let own = |part: &Part| part.pivot == Some(pivot);
            let mut linear: Vec<usize> =
                parts.iter().filter(|part| own(part)).filter_map(|part| part.linear).collect();
            linear.sort_unstable();
            linear.dedup();
            for (place, part) in places.iter_mut().zip(&parts).filter(|(_, part)| own(part)) {
                let behind = part.linear.and_then(|row| linear.binary_search(&row).ok());
                *place = first + behind.map_or(0, |at| at + 1);
            }
            // Rows beyond the room have no number, but such a plan is not kept.
            draft.reads.push(pivot as u8);
            draft.reads.extend(linear.iter().map(|&row| row as u8));
            draft.groups.push(1 + linear.len() as u32);
        }
        let folds = places.into_iter().zip(factors).zip(terms);
        draft.folds.extend(folds.map(|((coefficient, (_, held)), (term, _))| Fold {
            term: *term,
            coefficient: coefficient as u32,
            held,
        }));
        draft
    }

    /// How its coefficients stand.
    pub fn shape(&self) -> Shape {
        match *self.groups {
            [count] => Shape::One(count as usize - 1),
            _ => Shape::Several,
        }
    }
}

/// The rows of a term that change, and what of it is held.
type Factors = (Vec<usize>, Vec<(u32, f64)>);

/// How many terms of a channel hold each row, and how many terms are of one row that no other has.
struct Shared {
    counts: BTreeMap<usize, usize>,
    alone: usize,
}

impl Shared {
    fn of(factors: &[Factors]) -> Self {
        let mut counts = BTreeMap::new();
        for row in factors.iter().flat_map(|(rows, _)| rows) {
            *counts.entry(*row).or_default() += 1;
        }
        let is_alone = |(rows, _): &&Factors| matches!(rows.as_slice(), [row] if counts.get(row) == Some(&1));
        let alone = factors.iter().filter(is_alone).count();
        Self { counts, alone }
    }

    fn count(&self, row: usize) -> usize {
        self.counts.get(&row).copied().unwrap_or_default()
    }
}

/// A term as a product of a coefficient, a pivot and a linear factor.
struct Part {
    pivot: Option<usize>,
    linear: Option<usize>,
}

impl Part {
    fn of(rows: &[usize], shared: &Shared, layout: &mut Layout) -> Self {
        match *rows {
            [] => Self { pivot: None, linear: None },
            [row] if shared.count(row) == 1 && shared.alone > 1 => {
                Self { pivot: Some(ONE), linear: Some(row) }
            }
            [row] => Self { pivot: Some(row), linear: None },
            _ => {
                // The factor that the fewest terms share is the linear one, so that the rest is a pivot for many of
                // them; among equals the last, so that n − taken comes after n.
                let linear = (0..rows.len()).rev().min_by_key(|&at| shared.count(rows[at])).unwrap_or(0);
                let mut others = rows.to_vec();
                let linear = others.remove(linear);
                Self { pivot: Some(layout.product(&others)), linear: Some(linear) }
            }
        }
    }
}
