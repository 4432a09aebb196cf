//! Time courses as values: a row for each time, a column for each species and each value of the network.

use nnrc_sim::io::table;

use crate::compiled::Compiled;
use crate::table::line;

/// Rows of a time course where neither the file nor whoever asks says how many.
pub const POINTS: usize = 201;

/// A time course.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TimeCourse {
    /// When the rows were taken, in time units of the network.
    pub times: Vec<f64>,
    /// What stands in the columns.
    pub columns: Vec<Column>,
    /// What each column is made of: places of species in the whole state, with factors.
    pub terms: Vec<Vec<(usize, f64)>>,
    /// A row after another.
    pub values: Vec<f64>,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its identifier, that of SBML: `y_1`, `y_1_p`.
    pub name: String,
    /// What it belongs to: a node, a tensor of weights, the clock.
    pub group: String,
    /// What it is.
    pub kind: ColumnKind,
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// The concentration of a species: a rail of a value.
    Rail,
    /// A value of a node, by its position: a difference of rails where it has two.
    Value(usize),
    /// A phase of the clock.
    Clock,
    /// The error of the output, in a pot that learns by a clock.
    Error,
    /// A weight that learns.
    Weight,
}

impl TimeCourse {
    /// As CSV: a row for each time.
    pub fn csv(&self) -> String {
        let names = self.columns.iter().map(|column| column.name.clone());
        let mut text = line(&std::iter::once("time".to_owned()).chain(names).collect::<Vec<_>>());
        for (at, time) in self.times.iter().enumerate() {
            let values = std::iter::once(time).chain(self.row(at)).map(|value| table::number(*value));
            text.push_str(&line(&values.collect::<Vec<_>>()));
        }
        text
    }

    /// The numbers of one time.
    pub fn row(&self, at: usize) -> &[f64] {
        let width = self.columns.len();
        &self.values[at * width..(at + 1) * width]
    }

    /// One column over time.
    pub fn column(&self, at: usize) -> impl Iterator<Item = f64> {
        self.values.iter().skip(at).step_by(self.columns.len().max(1)).copied()
    }

    /// The columns that belong together, in their order, by positions.
    pub fn groups(&self, is_in: impl Fn(&Column) -> bool) -> Vec<(&str, Vec<usize>)> {
        let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
        for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| is_in(column)) {
            match groups.iter_mut().find(|(name, _)| *name == column.group) {
                Some((_, members)) => members.push(at),
                None => groups.push((&column.group, vec![at])),
            }
        }
        groups
    }
}

/// A time course that is being taken: what stands in each column is a signed sum of species.
#[derive(Debug, Clone)]
pub struct Recorder {
    course: TimeCourse,
}

impl Recorder {
    /// Nothing, of no columns.
    pub(crate) fn new() -> Self {
        Self { course: TimeCourse::default() }
    }

    pub(crate) fn add(&mut self, column: Column, terms: Vec<(usize, f64)>) {
        self.course.columns.push(column);
        self.course.terms.push(terms);
    }

    /// The values of an observable of the chemistry; `with_rails`: and before each its rails, where it is not one itself.
    pub(crate) fn add_observable(
        &mut self,
        pot: &Compiled,
        place: usize,
        kind: ColumnKind,
        with_rails: bool,
    ) {
        let observable = &pot.lowered.crn.observables[place];
        let column = |name, kind| Column { name, group: observable.stem.clone(), kind };
        for at in 0..pot.lowered.crn.axes[observable.axis].size() {
            let positive = observable.positive.iter().map(|&family| (family, 1.0));
            let negative = observable.negative.iter().map(|&family| (family, -1.0));
            let terms: Vec<(usize, f64)> = positive
                .chain(negative)
                .map(|(family, sign)| (pot.lowered.info.species_index(family, at), sign))
                .collect();
            let name = pot.value_id(place, at);
            for &(species, _) in terms.iter().filter(|_| with_rails) {
                let id = pot.species_id(species);
                // A value on one rail is its species.
                if id != name {
                    self.add(column(id, ColumnKind::Rail), vec![(species, 1.0)]);
                }
            }
            self.add(column(name, kind), terms);
        }
    }

    /// Takes a row from the concentrations of all species.
    pub fn record(&mut self, time: f64, concentrations: &[f64]) {
        self.course.times.push(time);
        let value = |terms: &Vec<(usize, f64)>| {
            terms.iter().map(|(at, sign)| sign * concentrations[*at]).sum::<f64>()
        };
        self.course.values.extend(self.course.terms.iter().map(value));
    }

    /// What was recorded.
    pub fn finish(self) -> TimeCourse {
        self.course
    }
}
