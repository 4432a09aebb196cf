//! The loops of a small network: what is computed for each event, the same for all replicates.

use super::draft::{Draft, Fold, Shape};
use super::lanes::ROOM;
use super::layout::{Layout, ONE};
use crate::stochastic::network::{FEW_CHANNELS, Network};

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
