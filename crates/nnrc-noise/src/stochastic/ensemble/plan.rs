//! The loops of a small network: what is computed for each event, the same for all replicates.

use std::collections::BTreeMap;

use super::lanes::ROOM;
use super::layout::{Layout, ONE};
use crate::stochastic::network::{FEW_CHANNELS, Network, Term};

/// Most coefficients: beyond, following the changes of single numbers is faster.
const MOST_COEFFICIENTS: usize = 512;

/// The propensity of a channel is
///
/// ```text
/// a = c + Σ_g  n_{p(g)} · (c_g + Σ_j c_gj n_j)
/// ```
///
/// over rows of numbers: 1, numbers of molecules, numbers less what a reaction has taken, and products of these.
/// Everything that is held is in the coefficients c. All terms are at least 0, and exactly 0 where there are too few
/// molecules, so that nothing happens that cannot.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// For each channel the coefficient c, and behind it those of its groups: c_g and the c_gj of each.
    pub channels: Vec<Channel>,
    pub groups: Vec<Group>,
    /// A row for each coefficient: of c_g the pivot, of c_gj the number j.
    pub reads: Vec<u8>,
    /// Species that change, with what changes them.
    pub changing: Vec<Changing>,
    pub changes: Vec<Change>,
    /// Rows n − taken.
    pub less: Vec<(u8, f64)>,
    /// Rows that are products of two others, in the order in which they are computed.
    pub products: Vec<[u8; 3]>,
    /// What each term of the network adds to.
    pub folds: Vec<Fold>,
}

/// Where the coefficient of a channel is, and where its groups end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Channel {
    pub constant: u32,
    pub groups: u32,
}

/// Where the coefficients of a group begin and end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub first: u32,
    pub last: u32,
}

/// A species that changes: its row, and where its changes and the rows n − taken end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changing {
    pub species: u32,
    pub row: u8,
    pub changes: u32,
    pub less: u32,
}

/// What a channel adds to a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub channel: u8,
    pub by: f64,
}

/// A term adds k Π (n − taken) over its held species to a coefficient.
#[derive(Debug, Clone)]
pub(super) struct Fold {
    pub coefficient: u32,
    pub held: Vec<(u32, f64)>,
}

impl Plan {
    /// The loops, if the network is small.
    pub fn of(network: &Network) -> Option<Self> {
        if network.channels() > FEW_CHANNELS {
            return None;
        }
        let mut layout = Layout::of(network);
        let mut plan = Self {
            channels: Vec::new(),
            groups: Vec::new(),
            reads: Vec::new(),
            changing: Vec::new(),
            changes: Vec::new(),
            less: Vec::new(),
            products: Vec::new(),
            folds: Vec::new(),
        };
        let mut terms = network.terms.as_slice();
        for channel in 0..network.channels() as u32 {
            let count = terms.iter().take_while(|term| term.channel == channel).count();
            let (own, others) = terms.split_at(count);
            terms = others;
            plan.add(own, &mut layout);
            if plan.reads.len() > MOST_COEFFICIENTS {
                return None;
            }
        }
        for (row, &species) in (1..).zip(&layout.species) {
            for (channel, place) in (0..).zip(network.channels.windows(2)) {
                let changes = &network.changes[place[0].changes as usize..place[1].changes as usize];
                let own = changes.iter().filter(|(changed, _)| *changed == species);
                plan.changes.extend(own.map(|&(_, by)| Change { channel, by }));
            }
            plan.less.extend(
                layout.less.iter().filter(|(of, _, _)| *of == row).map(|&(_, row, taken)| (row as u8, taken)),
            );
            let (changes, less) = (plan.changes.len() as u32, plan.less.len() as u32);
            plan.changing.push(Changing { species, row: row as u8, changes, less });
        }
        plan.products = layout.products.iter().map(|rows| rows.map(|row| row as u8)).collect();
        (layout.count() <= ROOM).then_some(plan)
    }

    /// Adds a channel.
    fn add(&mut self, terms: &[Term], layout: &mut Layout) {
        let constant = self.coefficient(ONE);
        let factors: Vec<Factors> = terms.iter().map(|term| layout.split(term)).collect();
        let shared = Shared::of(&factors);
        let parts: Vec<Part> = factors.iter().map(|(rows, _)| Part::of(rows, &shared, layout)).collect();
        let mut places = vec![constant; parts.len()];
        let mut pivots: Vec<usize> = parts.iter().filter_map(|part| part.pivot).collect();
        pivots.sort_unstable();
        pivots.dedup();
        for pivot in pivots {
            let first = self.coefficient(pivot);
            let own = |part: &Part| part.pivot == Some(pivot);
            let mut linear: Vec<usize> =
                parts.iter().filter(|part| own(part)).filter_map(|part| part.linear).collect();
            linear.sort_unstable();
            linear.dedup();
            for (place, part) in places.iter_mut().zip(&parts).filter(|(_, part)| own(part)) {
                let behind =
                    part.linear.and_then(|row| linear.binary_search(&row).ok()).map_or(0, |at| at + 1);
                *place = first + behind as u32;
            }
            for row in linear {
                self.coefficient(row);
            }
            self.groups.push(Group { first, last: self.reads.len() as u32 });
        }
        for (coefficient, (_, held)) in places.into_iter().zip(factors) {
            self.folds.push(Fold { coefficient, held });
        }
        self.channels.push(Channel { constant, groups: self.groups.len() as u32 });
    }

    /// A further coefficient, which reads this row.
    fn coefficient(&mut self, row: usize) -> u32 {
        self.reads.push(row as u8);
        (self.reads.len() - 1) as u32
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
