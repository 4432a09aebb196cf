//! The time course of one input.

use std::collections::BTreeMap;

use nnrc_crn::Feed;
use nnrc_engine::{Course as Presentations, Engine};
use nnrc_model::certify::{Inputs, certify};
use nnrc_model::{Model, NodeKind};
use nnrc_sbml::UnitSystem;
use nnrc_sim::course::{Spacing, good_end};
use nnrc_sim::io::{Array, insert_beside};
use nnrc_sim::outlook::Outlook;
use nnrc_sim::present::Interruption;
use nnrc_sim::{Error, STEP_LIMIT, Tolerances};
use nnrc_syntax::{Diagnostic, Severity, codes};

use super::{Format, fail, write_npz};
use crate::args::EngineKind;
use crate::destination::Destination;
use crate::native::{self, Program};
use crate::records;
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::Checked;
use nnrc::Compiled;
use nnrc::compiled::{NEAR, Runner, explain, several_rates};
use nnrc::meanings;
use nnrc::numbers::{plural, short};
use nnrc::plot::{self, Curve};

/// Rows of the output where the file does not say.
const POINTS: usize = 201;

/// The same for a picture, where corners would be seen.
const CURVE_POINTS: usize = 1001;

/// The largest number of values: as many as fit into a gigabyte.
const MAX_VALUES: f64 = 1e8;

/// What is recorded over time.
#[derive(Default)]
struct Course {
    times: Vec<f64>,
    /// The row of the table at each time, for tables.
    rows: Vec<Vec<f64>>,
    /// The value of each recorded node, one time after another, for everything else.
    values: Vec<Vec<f64>>,
}

/// Simulates and writes.
pub fn run(
    session: &Session,
    loaded: &Checked,
    input: &[f64],
    engine: EngineKind,
    format: Format,
    destination: &Destination,
) -> Result<(), Stop> {
    let pot = loaded.compile(input)?;
    let mut runner = pot.runner();
    let feed = pot.lowered.crn.protocol.feed.as_ref();
    let nodes = pot.model.simulation.record.clone().unwrap_or_else(|| {
        // Inputs are constant: columns of a table, but no curves.
        let is_shown = |node: &usize| format != Format::Svg || pot.model.nodes[*node].kind != NodeKind::Input;
        (0..pot.model.nodes.len()).filter(is_shown).collect()
    });
    let until = pot.model.simulation.until;
    let points = points(format);
    let columns = if format == Format::Csv { columns(&pot, &nodes) } else { Vec::new() };
    let mut course = Course { values: vec![Vec::new(); nodes.len()], ..Course::default() };
    let reader = runner.clone().into_engine();
    let mut record = |time: f64, engine: &Engine, state: &[f64]| {
        course.times.push(time);
        if format == Format::Csv {
            let all = engine.full_state(state);
            let values =
                columns.iter().map(|(_, terms)| terms.iter().map(|(at, sign)| sign * all[*at]).sum());
            course.rows.push(std::iter::once(time).chain(values).collect());
            return;
        }
        for (values, &node) in course.values.iter_mut().zip(&nodes) {
            values.extend(engine.observe(state, node));
        }
    };
    if let Some(feed) = feed {
        if engine == EngineKind::Crate {
            session.terminal.note("samples are presented in this process, also with `--engine crate`");
        }
        let until = until.unwrap_or(feed.hold * feed.rows.len() as f64);
        let times = spacing(session, loaded, &pot, until, points)?.times(until);
        if let Err(error) = present(&pot, &runner, feed, &times, &mut record) {
            return fail(session, loaded, explain(&pot, &runner, &error, "the time course"));
        }
    } else {
        let mut record = |time, state: &[f64]| record(time, &reader, state);
        follow(session, loaded, &pot, &mut runner, input, (engine, until, points), &mut record)?;
    }
    match format {
        Format::Csv => {
            let header: Vec<&str> =
                std::iter::once("time").chain(columns.iter().map(|(name, _)| name.as_str())).collect();
            records::write(&session.terminal, destination, &header, course.rows)
        }
        Format::Npz => {
            let mut arrays = BTreeMap::new();
            for (values, &node) in course.values.iter().zip(&nodes) {
                let width = pot.model.nodes[node].width();
                let array = Array { shape: vec![course.times.len(), width], values: values.clone() };
                arrays.insert(pot.model.nodes[node].name.clone(), array);
            }
            let times = Array { shape: vec![course.times.len()], values: course.times };
            insert_beside(&mut arrays, "time", times);
            destination.write(&session.terminal, |out| write_npz(arrays, out))
        }
        Format::Svg => {
            let title = match feed {
                Some(feed) => presented(&pot.model, feed, course.times.last().copied().unwrap_or(0.0)),
                None => with_input(&pot.model, input),
            };
            let picture = picture(&pot, &nodes, &course, title);
            destination.write(&session.terminal, |out| out.write_all(picture.as_bytes()))
        }
    }
}

/// Follows the time course of a pot in which no samples are presented.
fn follow(
    session: &Session,
    loaded: &Checked,
    pot: &Compiled,
    runner: &mut Runner<'_>,
    input: &[f64],
    (engine, until, points): (EngineKind, Option<f64>, usize),
    record: &mut dyn FnMut(f64, &[f64]),
) -> Result<(), Stop> {
    match native::program(session, loaded, pot, engine)? {
        Some(program) => in_program(session, loaded, pot, &program, (until, points), record)?,
        None => {
            let until = match until {
                Some(until) => until,
                None => end(session, loaded, pot, runner, input)?,
            };
            let spacing = spacing(session, loaded, pot, until, points)?;
            let mut state = runner.initial_state();
            if pot.model.simulation.settled
                && let Err(error) = runner.settle(&mut state)
            {
                return fail(session, loaded, explain(pot, runner, &error, "`start = settled`"));
            }
            let result = runner.integrate(&mut state, until, &spacing.times(until), record);
            if let Err(error) = result {
                return fail(session, loaded, explain(pot, runner, &error, "the time course"));
            }
        }
    }
    Ok(())
}

/// Presents the samples of a pot that learns, and reports at `times`, counted over all presentations.
fn present(
    pot: &Compiled,
    runner: &Runner<'_>,
    feed: &Feed,
    times: &[f64],
    record: &mut dyn FnMut(f64, &Engine, &[f64]),
) -> Result<(), Error> {
    let simulation = &pot.model.simulation;
    let tolerances = Tolerances::new(simulation.relative, simulation.absolute);
    let method = nnrc::compiled::method(simulation.method);
    let several_rates = several_rates(pot, &tolerances);
    let mut course = Presentations::new(runner.clone().into_engine(), feed, method, tolerances);
    if let Some(multirate) = several_rates {
        course.integrate_with(multirate);
    }
    let mut outlook = Outlook::new(0.0, times.last().copied().unwrap_or(0.0));
    let mut rest = times;
    let mut within = Vec::new();
    while !rest.is_empty() {
        let start = feed.hold * course.place().presentation as f64;
        // Each presentation has a limit of its own, and there may be any number of them.
        let taken = course.statistics().steps + course.statistics().rejected;
        outlook.look(taken, start)?;
        if taken >= STEP_LIMIT {
            return Err(Error::TooManySteps { time: start, steps: STEP_LIMIT });
        }
        let end = start + feed.hold;
        // What is due at the end of the last presentation belongs to it.
        let here = rest.partition_point(|time| *time < end);
        let here =
            if rest.len() > here && rest[here..].iter().all(|time| *time <= end) { rest.len() } else { here };
        let (own, others) = rest.split_at(here);
        rest = others;
        within.clear();
        within.extend(own.iter().map(|time| (time - start).clamp(0.0, feed.hold)));
        let mut due = own.iter();
        let result = course.present_observed(&within, &mut |_, engine, state| {
            if let Some(time) = due.next() {
                record(*time, engine, state);
            }
        });
        match result {
            Ok(_) => {}
            Err(Interruption::Solver(error)) => return Err(error),
            Err(Interruption::Exceeded { .. }) => {
                return Err(Error::Invalid {
                    reason: "a concentration left the range of numbers".to_owned(),
                });
            }
        }
    }
    Ok(())
}

/// Columns of the table: names, and which concentrations with which sign make them up. The rails of a value come
/// before the value.
fn columns(pot: &Compiled, nodes: &[usize]) -> Vec<(String, Vec<(usize, f64)>)> {
    let mut columns = Vec::new();
    for &node in nodes {
        let observable = &pot.lowered.crn.observables[node];
        for at in 0..pot.lowered.crn.axes[observable.axis].size() {
            let positive = observable.positive.iter().map(|&family| (family, 1.0));
            let negative = observable.negative.iter().map(|&family| (family, -1.0));
            let terms: Vec<(usize, f64)> = positive
                .chain(negative)
                .map(|(family, sign)| (pot.lowered.info.species_index(family, at), sign))
                .collect();
            let name = pot.value_id(node, at);
            for &(species, _) in &terms {
                let id = pot.species_id(species);
                // A value on one rail is its species.
                if id != name {
                    columns.push((id, vec![(species, 1.0)]));
                }
            }
            columns.push((name, terms));
        }
    }
    columns
}

/// The end of a time course of which only the beginning is interesting: when all has settled, rounded up.
fn end(
    session: &Session,
    loaded: &Checked,
    pot: &Compiled,
    runner: &mut Runner<'_>,
    input: &[f64],
) -> Result<f64, Stop> {
    let start = runner.initial_state();
    let mut state = start.clone();
    let settled = match runner.settle(&mut state) {
        Ok(settled) => settled,
        Err(error) => {
            let finding = explain(pot, runner, &error, "no end of the time course is given")
                .help("give one: `--until 100`, or `simulate { until = 100; }`");
            return fail(session, loaded, finding);
        }
    };
    let time = match runner.settling_time(&start, &state, &settled) {
        Ok(time) => time,
        // The proven time is longer, but an end as well.
        Err(Error::NotSettled { time, .. }) => {
            certify(&pot.model, Inputs::Point(input), NEAR).settling_time.unwrap_or(time)
        }
        Err(error) => return fail(session, loaded, explain(pot, runner, &error, "the time course")),
    };
    let end = good_end(time);
    note_end(session, pot, time, end);
    Ok(end)
}

/// The time course in the program of a generated crate.
fn in_program(
    session: &Session,
    loaded: &Checked,
    pot: &Compiled,
    program: &Program,
    (until, points): (Option<f64>, usize),
    record: &mut dyn FnMut(f64, &[f64]),
) -> Result<(), Stop> {
    let spacing = match until {
        Some(until) => spacing(session, loaded, pot, until, points)?,
        None => wanted(pot, points),
    };
    let course = match program.course(&pot.model.simulation, until, spacing) {
        Ok(course) => course,
        Err(finding) => return fail(session, loaded, *finding),
    };
    if let (Some(time), Some(end)) = (course.settling_time, course.times.last()) {
        note_end(session, pot, time, *end);
    }
    let width = course.states.len() / course.times.len().max(1);
    for (at, time) in course.times.iter().enumerate() {
        record(*time, &course.states[at * width..(at + 1) * width]);
    }
    Ok(())
}

fn note_end(session: &Session, pot: &Compiled, time: f64, end: f64) {
    session.terminal.note(&format!(
        "settles by time {}{}; simulated until {end}",
        short(time),
        pot.time_units()
    ));
}

/// What the file says about the times to report.
fn wanted(pot: &Compiled, points: usize) -> Spacing {
    let simulation = &pot.model.simulation;
    simulation.every.map_or(Spacing::Points(simulation.points.unwrap_or(points)), Spacing::Every)
}

/// When to report in a file of this format.
pub(super) fn grid(
    session: &Session,
    loaded: &Checked,
    pot: &Compiled,
    until: f64,
    format: Format,
) -> Result<Vec<f64>, Stop> {
    Ok(spacing(session, loaded, pot, until, points(format))?.times(until))
}

/// Rows where the file does not say.
fn points(format: Format) -> usize {
    if format == Format::Svg { CURVE_POINTS } else { POINTS }
}

/// When to report: as the file says, unless that is too often.
fn spacing(
    session: &Session,
    loaded: &Checked,
    pot: &Compiled,
    until: f64,
    points: usize,
) -> Result<Spacing, Stop> {
    let spacing = wanted(pot, points);
    let rows = spacing.count(until);
    let values = rows * pot.lowered.info.species_count() as f64;
    if values > MAX_VALUES {
        let finding = Diagnostic::global(
            Severity::Error,
            codes::OUT_OF_RANGE,
            format!(
                "the time course would have {} rows of {} species",
                short(rows),
                pot.lowered.info.species_count()
            ),
        )
        .help("use a larger `every` or fewer `points`");
        return fail(session, loaded, finding);
    }
    Ok(spacing)
}

/// Title of the course of a pot to which samples are presented.
fn presented(model: &Model, feed: &Feed, until: f64) -> String {
    let count = (until / feed.hold - 1e-9).ceil().max(1.0) as usize;
    format!("{}, {} of {} each", model.name, plural(count, "presentation"), short(feed.hold))
}

/// Title of the course for one input.
fn with_input(model: &Model, input: &[f64]) -> String {
    let shown: Vec<String> = input.iter().take(8).map(|value| short(*value)).collect();
    let more = if input.len() > shown.len() { ", …" } else { "" };
    format!("{} for input [{}{more}]", model.name, shown.join(", "))
}

fn picture(pot: &Compiled, nodes: &[usize], course: &Course, title: String) -> String {
    let mut curves = Vec::new();
    let meanings = meanings::of(&pot.model);
    for (values, &node) in course.values.iter().zip(nodes) {
        let width = pot.model.nodes[node].width();
        for at in 0..width {
            curves.push(Curve {
                name: meanings::legend(&meanings, pot.value_id(node, at)),
                group: pot.model.nodes[node].name.clone(),
                values: values.iter().skip(at).step_by(width.max(1)).copied().collect(),
            });
        }
    }
    let two_rails = nodes.iter().any(|&node| !pot.lowered.crn.observables[node].negative.is_empty());
    plot::svg(&plot::Plot {
        title,
        horizontal: time_label(pot),
        vertical: value_label(pot, two_rails),
        times: &course.times,
        curves: &curves,
    })
}

/// The axis of times, in the unit of the network.
pub(super) fn time_label(pot: &Compiled) -> String {
    with_unit("time", UnitSystem::new(&pot.lowered.crn.units).ok().and_then(|units| units.time_words()))
}

/// The axis of values. A value of two rails is a difference of concentrations and may be below 0.
pub(super) fn value_label(pot: &Compiled, two_rails: bool) -> String {
    let units = UnitSystem::new(&pot.lowered.crn.units).ok();
    let what = if two_rails { "value" } else { "concentration" };
    with_unit(what, units.and_then(|units| units.concentration_words()))
}

fn with_unit(what: &str, unit: Option<String>) -> String {
    match unit {
        None => what.to_owned(),
        Some(unit) => format!("{what} ({})", unit.replace('u', "µ")),
    }
}
