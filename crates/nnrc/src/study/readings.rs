//! Some of the replicates of a study, one by one, so that ranges of them can be taken together to the whole.

use nnrc_sim::io::table;
use nnrc_sim::train::{Metric, Totals};

use super::figures::Figures;
use super::halting::Halt;
use super::reading::Reading;
use super::results::{self, Label};
use crate::table::Table;

/// What was read of a range of replicates: all that the rows of a study are made of, to the last bit.
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// What tells most about the outputs.
    merit: Metric,
    /// How much the targets spread.
    spread: f64,
    groups: Vec<Group>,
}

/// The replicates of one noise on one network at one running time.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    label: Label,
    time: f64,
    /// With their numbers; none: a replicate that failed.
    readings: Vec<(u64, Option<Reading>)>,
}

/// The columns behind the label.
const HEADER: [&str; 17] = [
    "time",
    "replicate",
    "merit",
    "spread",
    "samples",
    "values",
    "loss",
    "squares",
    "absolute",
    "largest",
    "classed",
    "right",
    "deviation",
    "halted",
    "cycles",
    "error",
    "tolerance",
];

/// The columns that a replicate which failed leaves empty; the last of them are of pots that halt by themselves.
const MEASURED: usize = 9 + HALT;
const HALT: usize = 4;

impl Readings {
    /// The readings of groups in their order.
    pub(super) fn new(
        (merit, spread): (Metric, f64),
        groups: impl Iterator<Item = (Label, f64, Vec<(u64, Option<Reading>)>)>,
    ) -> Self {
        let groups = groups.map(|(label, time, readings)| Group { label, time, readings }).collect();
        Self { merit, spread, groups }
    }

    /// A row for each replicate, with numbers that read back as the same bits.
    pub fn table(&self) -> Table {
        let header = Label::HEADER.iter().chain(&HEADER).map(|name| (*name).to_owned()).collect();
        let mut rows = Vec::new();
        for Group { label, time, readings } in &self.groups {
            for (replicate, reading) in readings {
                let mut cells = label.0.to_vec();
                cells.extend([table::number(*time), replicate.to_string()]);
                cells.extend([self.merit.name().to_owned(), table::number(self.spread)]);
                cells.extend(reading.as_ref().map_or_else(|| vec![String::new(); MEASURED], measured));
                rows.push(cells);
            }
        }
        Table { header, rows }
    }

    /// Reads what [`Readings::table`] made.
    ///
    /// # Errors
    ///
    /// What is no such table, in words.
    pub fn read(table: &Table) -> Result<Self, String> {
        if !table.header.iter().eq(Label::HEADER.iter().chain(&HEADER)) {
            return Err("it does not have the columns of a range of replicates".to_owned());
        }
        let mut all: Option<Self> = None;
        for (at, cells) in table.rows.iter().enumerate() {
            let row = row(cells).ok_or_else(|| format!("row {} is none of a replicate", at + 1))?;
            let own =
                all.get_or_insert_with(|| Self { merit: row.merit, spread: row.spread, groups: Vec::new() });
            if own.merit != row.merit || own.spread.to_bits() != row.spread.to_bits() {
                return Err(format!("row {} is judged in another way than those before", at + 1));
            }
            own.push(row);
        }
        all.ok_or_else(|| "it holds no replicates".to_owned())
    }

    /// Adds a replicate to the last group, or to a new one.
    fn push(&mut self, row: Row) {
        let own = (row.replicate, row.reading);
        match self.groups.last_mut() {
            // Noises that differ in what a label does not say begin with the first replicate again.
            Some(group)
                if group.label == row.label
                    && group.time.to_bits() == row.time.to_bits()
                    && group.readings.last().is_some_and(|(last, _)| *last < row.replicate) =>
            {
                group.readings.push(own);
            }
            _ => self.groups.push(Group { label: row.label, time: row.time, readings: vec![own] }),
        }
    }

    /// Takes the next range of the same study with this one together.
    ///
    /// # Errors
    ///
    /// Readings of another study, in words: other noises, other running times, or another run without noise, as a build
    /// or a machine with other arithmetic gives.
    pub fn join(&mut self, next: Self) -> Result<(), String> {
        let is_same = self.groups.len() == next.groups.len()
            && self.merit == next.merit
            && self.spread.to_bits() == next.spread.to_bits()
            && self
                .groups
                .iter()
                .zip(&next.groups)
                .all(|(own, next)| own.label == next.label && own.time.to_bits() == next.time.to_bits());
        if !is_same {
            return Err("its noises, running times or samples are those of another study".to_owned());
        }
        for (own, next) in self.groups.iter_mut().zip(next.groups) {
            if !own.label.is_noiseless() {
                own.readings.extend(next.readings);
            } else if own.readings != next.readings {
                return Err(
                    "its run without noise is not that of the range before, to the last bit: one build \
                            on one kind of machine has to make all ranges of a study"
                        .to_owned(),
                );
            }
        }
        Ok(())
    }

    /// Whether these are all replicates of a study with so many, each once.
    pub fn is_whole(&self, replicates: u64) -> bool {
        self.groups.iter().all(|group| {
            let all = if group.label.is_noiseless() { 1 } else { replicates };
            group.readings.iter().map(|(replicate, _)| *replicate).eq(0..all)
        })
    }

    /// The rows of the study, as [`Results::table`](super::Results::table) has them.
    pub fn summary(&self) -> Table {
        let judged = (self.merit, self.spread);
        let mut noiseless: Vec<(f64, Figures)> = Vec::new();
        let mut rows = Vec::new();
        for Group { label, time, readings } in &self.groups {
            let readings: Vec<Option<Reading>> = readings.iter().map(|(_, reading)| *reading).collect();
            // The latest one is that of the network.
            let own = noiseless.iter().rev().find(|(at, _)| at == time).map(|(_, figures)| figures);
            let figures = Figures::of(&readings, judged, own.filter(|_| !label.is_noiseless()));
            rows.push(results::line(label, *time, &figures));
            if label.is_noiseless() {
                noiseless.push((*time, figures));
            }
        }
        let is_halting = |group: &Group| {
            group.readings.iter().flat_map(|(_, reading)| reading).any(|reading| reading.halt.is_some())
        };
        let halts = self.groups.iter().any(is_halting);
        Table::filled(results::header(self.merit, halts), rows)
    }
}

/// The numbers of a reading.
fn measured(reading: &Reading) -> Vec<String> {
    let Reading { totals, deviation, halt } = reading;
    let &Totals { samples, values, loss, squares, absolute, largest, classed, right } = totals;
    let mut cells = vec![samples.to_string(), values.to_string()];
    cells.extend([loss, squares, absolute, largest].map(table::number));
    cells.extend([classed.to_string(), right.to_string(), table::number(*deviation)]);
    cells.extend(halt.map_or_else(Default::default, |halt| {
        let Halt { halted, cycles, error, tolerance } = halt;
        [u8::from(halted).to_string(), cycles.to_string(), table::number(error), table::number(tolerance)]
    }));
    cells
}

/// A row of a table of readings.
struct Row {
    label: Label,
    time: f64,
    replicate: u64,
    merit: Metric,
    spread: f64,
    reading: Option<Reading>,
}

/// Reads a row; none where it is no such row.
fn row(cells: &[String]) -> Option<Row> {
    let (label, rest) = cells.split_at_checked(Label::HEADER.len())?;
    let [time, replicate, merit, spread, measured @ ..] = rest else { return None };
    let merit = [Metric::Accuracy, Metric::R2].into_iter().find(|metric| metric.name() == merit)?;
    let reading = if measured.iter().all(String::is_empty) { None } else { Some(reading(measured)?) };
    Some(Row {
        label: Label(label.to_vec().try_into().ok()?),
        time: time.parse().ok()?,
        replicate: replicate.parse().ok()?,
        merit,
        spread: spread.parse().ok()?,
        reading,
    })
}

fn reading(cells: &[String]) -> Option<Reading> {
    let (cells, halt) = cells.split_at_checked(MEASURED - HALT)?;
    let [samples, values, loss, squares, absolute, largest, classed, right, deviation] = cells else {
        return None;
    };
    let number = |cell: &String| cell.parse::<f64>().ok();
    let whole = |cell: &String| cell.parse::<usize>().ok();
    let totals = Totals {
        samples: whole(samples)?,
        values: whole(values)?,
        loss: number(loss)?,
        squares: number(squares)?,
        absolute: number(absolute)?,
        largest: number(largest)?,
        classed: whole(classed)?,
        right: whole(right)?,
    };
    let halt = match halt {
        [halted, cycles, error, tolerance] if !cycles.is_empty() => Some(Halt {
            halted: whole(halted)? == 1,
            cycles: whole(cycles)?,
            error: number(error)?,
            tolerance: number(tolerance)?,
        }),
        _ => None,
    };
    Some(Reading { totals, deviation: number(deviation)?, halt })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(first: u64, count: u64) -> Readings {
        let label = |rates: &str| {
            Label(["net", rates, if rates.is_empty() { "" } else { "0.1" }, "", "", ""].map(str::to_owned))
        };
        let reading = |replicate: u64| Reading {
            totals: Totals {
                samples: 3,
                values: 3,
                loss: 1.0 / (replicate as f64 + 3.0),
                squares: 0.1 + 0.2,
                absolute: 1e-300,
                largest: 1e22,
                classed: 3,
                right: replicate as usize % 3,
            },
            deviation: std::f64::consts::PI * replicate as f64,
            halt: (replicate % 2 == 1).then(|| Halt {
                halted: replicate != 3,
                cycles: 70 + replicate as usize,
                error: 0.1 + 0.2,
                tolerance: 0.25,
            }),
        };
        // Two noises of one label, as those that differ in what a label does not say.
        let range = || (first..first + count).map(|at| (at, (at != 2).then(|| reading(at)))).collect();
        let groups = [
            (label(""), 7.5, vec![(0, Some(reading(0)))]),
            (label("static"), 7.5, range()),
            (label("static"), 7.5, range()),
        ];
        Readings::new((Metric::Accuracy, f64::NAN), groups.into_iter())
    }

    #[test]
    fn readings_survive_as_text_and_ranges_are_the_whole() {
        let whole = readings(0, 7);
        let again = Readings::read(&Table::read(&whole.table().csv()).unwrap()).unwrap();
        assert_eq!(again.table(), whole.table());
        assert_eq!(again.groups, whole.groups);
        assert!(again.is_whole(7) && !again.is_whole(8));
        let mut joined = readings(0, 1);
        for (first, count) in [(1, 1), (2, 3), (5, 2)] {
            assert!(!joined.is_whole(7));
            joined.join(readings(first, count)).unwrap();
        }
        assert!(joined.is_whole(7));
        assert_eq!(joined.summary().csv(), whole.summary().csv());
        assert_eq!(whole.summary().rows[1][8], "1", "one replicate failed");
    }

    #[test]
    fn what_is_of_another_study_is_refused() {
        let mut own = readings(0, 2);
        let mut other = readings(2, 2);
        other.groups[0].readings[0].1 = None;
        assert!(own.join(other).unwrap_err().contains("to the last bit"));
        let mut other = readings(2, 2);
        other.groups.pop();
        assert!(own.clone().join(other).unwrap_err().contains("another study"));
        let read = |csv: &str| Readings::read(&Table::read(csv).unwrap()).unwrap_err();
        assert!(read("a,b\n1,2\n").contains("columns"));
        let table = readings(0, 2).table().csv();
        assert!(read(&table.replace("accuracy", "speed")).contains("row 1"));
        assert!(read(table.lines().next().unwrap()).contains("no replicates"));
    }
}
