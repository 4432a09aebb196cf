//! The experiment around the pot: timed settings of species.
//!
//! Two forms. [`Setting`]s are single events, once or periodic: an ideal clock is made of them. A [`Feed`] presents
//! the rows of a table one after another: it says how settings follow from rows and time, and holds neither the
//! settings themselves nor, where the table is shared, a copy of the data.

use std::sync::Arc;

use crate::arena::Handle;
use crate::network::{Part, SpeciesFamily};

/// Timed settings, in the order of their times. Between settings the chemistry is left alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Protocol {
    /// What is set when.
    pub settings: Vec<Setting>,
    /// The settings start again after this time; none: they happen once.
    pub period: Option<f64>,
    /// Samples presented one after another.
    pub feed: Option<Feed>,
}

/// At `time` every species of the family takes the concentration in `values`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Time units since the start (of the period).
    pub time: f64,
    /// Which family.
    pub species: Handle<SpeciesFamily>,
    /// New concentrations, as many as the family has members.
    pub values: Vec<f64>,
    /// What keeps it from happening.
    pub unless: Option<Above>,
}

/// A species above a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Above {
    /// A family of one species.
    pub species: Handle<SpeciesFamily>,
    /// The concentration up to which nothing is kept from happening.
    pub level: f64,
}

/// The presentation of samples: every `hold` time units the next row of the tables is set.
///
/// Presentation n, counted from 0, lasts from n · `hold` to (n + 1) · `hold`. One epoch presents every entry of
/// `rows` once; after `epochs` epochs nothing is set any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Where values come from.
    pub tables: Vec<FeedTable>,
    /// Which species take them.
    pub channels: Vec<Channel>,
    /// The rows of one epoch.
    pub rows: Vec<usize>,
    /// How they follow each other.
    pub order: Order,
    /// Length of a presentation, in time units.
    pub hold: f64,
    /// A species that is on in a part of each presentation only.
    pub gate: Option<Gate>,
    /// Number of epochs.
    pub epochs: usize,
}

/// Numbers in rows of equal length.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedTable {
    /// Numbers in a row.
    pub columns: usize,
    /// All rows, one after another; signed.
    pub values: Arc<Vec<f64>>,
}

/// A family that takes as many columns of a table as it has members.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// The family.
    pub species: Handle<SpeciesFamily>,
    /// Which table.
    pub table: usize,
    /// Its first column.
    pub column: usize,
    /// Which part of the values: two rails take the positive and the negative one.
    pub part: Part,
}

/// How rows follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they stand, in every epoch.
    Cycle,
    /// In another random order in each epoch, a function of seed and epoch.
    Shuffle {
        /// Seed of the orders.
        seed: u64,
    },
}

/// A species that is 1 from `open` to `close`, times within a presentation, and 0 otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// A family of one species.
    pub species: Handle<SpeciesFamily>,
    /// When it is set to 1.
    pub open: f64,
    /// When it is set to 0 again.
    pub close: f64,
}

impl FeedTable {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }
}

impl Feed {
    /// Number of presentations.
    pub fn presentations(&self) -> usize {
        self.rows.len().saturating_mul(self.epochs)
    }

    /// Writes what a channel sets for a row of the table into `values`, as many as its family has members.
    pub fn fill(&self, channel: &Channel, row: usize, values: &mut [f64]) {
        let table = &self.tables[channel.table];
        let own = &table.values[row * table.columns + channel.column..];
        for (value, stored) in values.iter_mut().zip(own) {
            *value = channel.part.of(*stored);
        }
    }
}
