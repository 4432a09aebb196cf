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
///
/// The coefficients of a channel follow each other: c, and c_g with the c_gj of each group. Channels of one shape
/// stand together.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub strips: Vec<Strip>,
    /// Of the channels of several groups, how many each has, and how many coefficients each of these.
    pub groups: Vec<u32>,
    /// A row for each coefficient: of c_g the pivot, of c_gj the number j.
    pub reads: Vec<u8>,
    /// Species that change, with what changes them.
    pub changing: Vec<Changing>,
    pub changes: Vec<Change>,
    /// Rows n − taken.
    pub less: Vec<(u8, f64)>,
    /// What happens to rows at an event of each channel, as many entries for each; behind the last channel there is
    /// one at whose events nothing happens.
    pub events: Vec<Event>,
    /// Entries for each channel.
    pub width: usize,
    /// Rows that are products of two others, in the order in which they are computed.
    pub products: Vec<[u8; 3]>,
    /// What each term of the network adds to.
    pub folds: Vec<Fold>,
}

/// Channels of one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strip {
    pub channels: usize,
    pub shape: Shape,
}

/// How the coefficients of a channel stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// c, and one group with so many linear terms.
    One(usize),
    /// c, and any number of groups.
    Several,
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

/// What an event adds to a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub row: u8,
    pub by: f64,
}

/// A term adds k Π (n − taken) over its held species to a coefficient.
#[derive(Debug, Clone)]
pub(super) struct Fold {
    /// Its place among the terms of the network.
    pub term: u32,
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
        let mut drafts: Vec<Draft> = Vec::new();
        let mut terms = (0u32..).zip(&network.terms).peekable();
        for channel in 0..network.channels() {
            let own = std::iter::from_fn(|| terms.next_if(|(_, term)| term.channel as usize == channel));
            drafts.push(Draft::of(channel, &own.collect::<Vec<_>>(), &mut layout));
        }
        let coefficients: usize = drafts.iter().map(|draft| draft.reads.len()).sum();
        if coefficients > MOST_COEFFICIENTS || layout.count() > ROOM {
            return None;
        }
        drafts.sort_by_key(|draft| (draft.shape(), draft.channel));
        let mut plan = Self {
            strips: Vec::new(),
            groups: Vec::new(),
            reads: Vec::new(),
            changing: Vec::new(),
            changes: Vec::new(),
            less: Vec::new(),
            events: Vec::new(),
            width: 0,
            products: layout.products.iter().map(|rows| rows.map(|row| row as u8)).collect(),
            folds: Vec::new(),
        };
        for draft in &drafts {
            plan.add(draft);
        }
        plan.react(network, &layout, &drafts);
        Some(plan)
    }

    /// Adds a channel.
    fn add(&mut self, draft: &Draft) {
        let shape = draft.shape();
        match self.strips.last_mut() {
            Some(strip) if strip.shape == shape => strip.channels += 1,
            _ => self.strips.push(Strip { channels: 1, shape }),
        }
        if shape == Shape::Several {
            self.groups.push(draft.groups.len() as u32);
            self.groups.extend(&draft.groups);
        }
        let first = self.reads.len() as u32;
        let folds = draft.folds.iter().cloned();
        self.folds.extend(folds.map(|fold| Fold { coefficient: first + fold.coefficient, ..fold }));
        self.reads.extend(&draft.reads);
    }

    /// Writes down what happens at events, by species and by channel.
    fn react(&mut self, network: &Network, layout: &Layout, drafts: &[Draft]) {
        let mut events: Vec<Vec<Event>> = vec![Vec::new(); drafts.len() + 1];
        for (row, &species) in (ONE + 1..).zip(&layout.species) {
            let less: Vec<(u8, f64)> = layout
                .less
                .iter()
                .filter(|(of, _, _)| *of == row)
                .map(|&(_, row, taken)| (row as u8, taken))
                .collect();
            for (channel, draft) in drafts.iter().enumerate() {
                let [place, next] = [0, 1].map(|at| network.channels[draft.channel + at].changes as usize);
                for &(_, by) in network.changes[place..next].iter().filter(|(changed, _)| *changed == species)
                {
                    self.changes.push(Change { channel: channel as u8, by });
                    let rows = std::iter::once(row as u8).chain(less.iter().map(|(row, _)| *row));
                    events[channel].extend(rows.map(|row| Event { row, by }));
                }
            }
            self.less.extend(less);
            let (changes, less) = (self.changes.len() as u32, self.less.len() as u32);
            self.changing.push(Changing { species, row: row as u8, changes, less });
        }
        self.width = events.iter().map(Vec::len).max().unwrap_or(0);
        for mut events in events {
            // Nothing changes where 0 is added to 1.
            events.resize(self.width, Event { row: ONE as u8, by: 0.0 });
            self.events.extend(events);
        }
    }
}

/// A channel before it has its place.
struct Draft {
    channel: usize,
    reads: Vec<u8>,
    /// How many coefficients each group has.
    groups: Vec<u32>,
    folds: Vec<Fold>,
}

impl Draft {
    fn of(channel: usize, terms: &[(u32, &Term)], layout: &mut Layout) -> Self {
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

    fn shape(&self) -> Shape {
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
