//! The time course of a phased pot: clock, values, error and weights, over some cycles.

use std::collections::BTreeMap;

use nnrc_crn::{Handle, SpeciesFamily, namer};
use nnrc_sim::Error;
use nnrc_sim::io::{Array, insert_beside};
use nnrc_syntax::{Diagnostic, Severity, codes};

use super::course::{grid, time_label, value_label};
use super::{Format, fail, write_npz};
use crate::destination::Destination;
use crate::records;
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::Checked;
use nnrc::Compiled;
use nnrc::compiled::explain;
use nnrc::cycles::{Cycles, Samples};
use nnrc::meanings;
use nnrc::numbers::{count, plural, short};
use nnrc::plot::{self, Curve};

/// Cycles of the course where nothing is said: of a learner enough to see it learn, else one.
const CYCLES: f64 = 2.0;
/// More cycles are not followed: they take half an hour of a small network.
const MOST_CYCLES: f64 = 1e5;
/// Courses of more cycles than this show weights instead of the clock.
const CLOCK_SHOWN: f64 = 4.0;

/// Something recorded: a signed sum of species.
struct Column {
    name: String,
    group: String,
    terms: Vec<(usize, f64)>,
}

/// Simulates and writes.
pub fn run(
    session: &Session,
    loaded: &Checked,
    input: &[f64],
    format: Format,
    destination: &Destination,
) -> Result<(), Stop> {
    let pot = loaded.compile(input)?;
    let runner = pot.runner();
    let Some(clocked) = pot.lowered.clocked() else { return Ok(()) };
    let broken = |error: Error| fail(session, loaded, explain(&pot, &runner, &error, "the time course"));
    let mut cycles = match Cycles::new(&loaded.model, &pot.lowered, runner.engine().clone()) {
        Ok(cycles) => cycles,
        Err(error) => return broken(error),
    };
    let period = cycles.period();
    let until = match loaded.model.simulation.until {
        Some(until) => until,
        None => {
            let cycles = if clocked.learning.is_some() { CYCLES } else { 1.0 };
            session.terminal.note(&format!("a cycle lasts {}{}", short(period), pot.time_units()));
            cycles * period
        }
    };
    if until > MOST_CYCLES * period {
        let message = format!(
            "the end at time {}{} is {:.1e} cycles of the clock away, and at most {} are followed",
            short(until),
            pot.time_units(),
            until / period,
            count(MOST_CYCLES as usize)
        );
        let finding = Diagnostic::global(Severity::Error, codes::SOLVER_FAILED, message).help(format!(
            "a cycle lasts {0}{1}: give an end that is nearer, as `--until {2}`",
            short(period),
            pot.time_units(),
            short(10.0 * period)
        ));
        return fail(session, loaded, finding);
    }
    let times = grid(session, loaded, &pot, until, format)?;
    let columns = columns(&pot, format, until > CLOCK_SHOWN * period);
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(times.len());
    let mut observe = |_: f64, state: &[f64], engine: &nnrc_engine::Engine| {
        let all = engine.full_state(state);
        let value = |column: &Column| column.terms.iter().map(|(at, sign)| sign * all[*at]).sum();
        rows.push(columns.iter().map(value).collect());
    };
    let mut samples = Samples::new(&times, &mut observe);
    while cycles.time() < until {
        if let Err(error) = cycles.next(Some(&mut samples)) {
            return broken(error);
        }
    }
    drop(samples);
    let of = |at: usize| -> Vec<f64> { rows.iter().map(|row| row[at]).collect() };
    match format {
        Format::Csv => {
            let header: Vec<&str> =
                std::iter::once("time").chain(columns.iter().map(|column| column.name.as_str())).collect();
            let lines = times.iter().zip(&rows).map(|(time, row)| [&[*time], row.as_slice()].concat());
            records::write(&session.terminal, destination, &header, lines)
        }
        Format::Npz => {
            let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (at, column) in columns.iter().enumerate() {
                groups.entry(column.group.clone()).or_default().push(at);
            }
            let mut arrays: BTreeMap<String, Array> = groups
                .into_iter()
                .map(|(group, members)| {
                    let values = rows.iter().flat_map(|row| members.iter().map(|&at| row[at])).collect();
                    (group, Array { shape: vec![rows.len(), members.len()], values })
                })
                .collect();
            let times = Array { shape: vec![times.len()], values: times.clone() };
            insert_beside(&mut arrays, "time", times);
            destination.write(&session.terminal, |out| write_npz(arrays, out))
        }
        Format::Svg => {
            let meanings = meanings::of(&loaded.model);
            let curves: Vec<Curve> = columns
                .iter()
                .enumerate()
                .map(|(at, column)| Curve {
                    name: meanings::legend(&meanings, column.name.clone()),
                    group: column.group.clone(),
                    values: of(at),
                })
                .collect();
            let picture = plot::svg(&plot::Plot {
                title: format!(
                    "{}, {}",
                    loaded.model.name,
                    plural((until / period).round().max(1.0) as usize, "cycle")
                ),
                horizontal: time_label(&pot),
                vertical: value_label(
                    &pot,
                    columns.iter().any(|column| column.terms.iter().any(|(_, sign)| *sign < 0.0)),
                ),
                times: &times,
                curves: &curves,
            });
            destination.write(&session.terminal, |out| out.write_all(picture.as_bytes()))
        }
    }
}

/// What is recorded: in tables everything, in pictures the clock and values, or values and weights of long courses.
fn columns(pot: &Compiled, format: Format, long: bool) -> Vec<Column> {
    let mut columns = Vec::new();
    let Some(clocked) = pot.lowered.clocked() else { return columns };
    let is_picture = format == Format::Svg;
    if !(is_picture && long) {
        for at in pot.lowered.info.species_range(clocked.clock) {
            columns.push(Column {
                name: pot.species_id(at),
                group: "clock".to_owned(),
                terms: vec![(at, 1.0)],
            });
        }
    }
    let recorded = pot.model.simulation.record.clone().unwrap_or_else(|| {
        let inputs_too = !is_picture && clocked.learning.is_some();
        (0..pot.model.nodes.len())
            .filter(|&node| inputs_too || pot.model.inputs().all(|(input, _)| input != node))
            .collect()
    });
    let mut observed: Vec<usize> = recorded;
    // What comes behind the nodes is the error.
    observed.extend(pot.model.nodes.len()..pot.lowered.crn.observables.len());
    for place in observed {
        let observable = &pot.lowered.crn.observables[place];
        for at in 0..pot.lowered.crn.axes[observable.axis].size() {
            let term =
                |family: Handle<SpeciesFamily>, sign| (pot.lowered.info.species_index(family, at), sign);
            let positive = observable.positive.iter().map(|&family| term(family, 1.0));
            let negative = observable.negative.iter().map(|&family| term(family, -1.0));
            columns.push(Column {
                name: pot.value_id(place, at),
                group: observable.stem.clone(),
                terms: positive.chain(negative).collect(),
            });
        }
    }
    if clocked.learning.is_some() && (!is_picture || long) {
        for (key, [p, m]) in pot.lowered.rails() {
            let (positive, negative) = (pot.lowered.info.species_range(p), pot.lowered.info.species_range(m));
            for (p, m) in positive.zip(negative) {
                let id = pot.species_id(p);
                columns.push(Column {
                    name: namer::bare(id.trim_end_matches("_p")),
                    group: key.to_owned(),
                    terms: vec![(p, 1.0), (m, -1.0)],
                });
            }
        }
    }
    columns
}
