//! The verb `simulate`.

use std::borrow::Cow;
use std::path::Path;

use super::arguments::{Arguments, Start};
use super::console::say;
use super::data::{Own, check_input, inputs};
use super::failure::Failure;
use super::places;
use super::results::Results;
use crate::course::{Spacing, good_end, time_to_settle};
use crate::error::Error;
use crate::fixed_point::{Settle, Settled, settle};
use crate::integrate::integrate;
use crate::network::{Network, Quantity, Role};
use crate::parallel;
use crate::scaling::Scaling;
use crate::settings::Tolerances;
use crate::tensors::Tensors;

/// The largest number of values of a time course: as many as fit into a gigabyte.
const MAX_VALUES: f64 = 1e8;

/// Simulates and writes.
pub(crate) fn run<N: Network>(arguments: &Arguments, model: &Path) -> Result<(), Failure> {
    let format = arguments.format()?;
    places::require(&[Some(model), arguments.data.as_deref()], &[arguments.output.as_deref()])?;
    let mut tensors = Tensors::read(model)?;
    let mut network = N::load(&mut tensors)?;
    let meanings = tensors.meanings()?;
    let results = match &arguments.data {
        Some(path) => many(&network, arguments, path, &Own::new(&meanings, arguments.scaled))?,
        None => {
            if let Some(values) = &arguments.input {
                let input = taken(values, meanings.inputs.scale.as_ref(), arguments.raw);
                check_input::<N>(&input).map_err(|error| Failure::from(error).context("--input"))?;
                network.set_inputs(&input);
            }
            if arguments.steady { steady(&mut network, arguments)? } else { course(&mut network, arguments)? }
        }
    };
    results.write(format, arguments.output.as_deref())
}

/// The values of the inputs for those of `--input`, which are measurements if they are `raw`.
fn taken<'a>(values: &'a [f64], scale: Option<&Scaling>, raw: bool) -> Cow<'a, [f64]> {
    match scale {
        Some(scale) if raw && values.len() == scale.columns.len() => scale.apply(values).into(),
        Some(_) if !raw => {
            say("--input gives scaled values, as the network takes them; --raw takes measurements");
            values.into()
        }
        _ => values.into(),
    }
}

fn tolerances(arguments: &Arguments) -> Tolerances {
    Tolerances::new(arguments.relative, arguments.absolute)
}

/// The settled state.
fn settled<N: Network>(network: &mut N, arguments: &Arguments) -> Result<(Vec<f64>, Settled), Error> {
    let mut state = network.start();
    let limits = Settle { method: arguments.method, ..Settle::default() };
    let settled = settle(network, &mut state, &tolerances(arguments), &limits)?;
    Ok((state, settled))
}

/// Where values stand in what a network observes, and their quantities.
fn shown<N: Network>(is_shown: impl Fn(&Quantity) -> bool) -> (Vec<std::ops::Range<usize>>, Vec<Quantity>) {
    let (mut ranges, mut quantities, mut start) = (Vec::new(), Vec::new(), 0);
    for quantity in N::quantities() {
        let range = start..start + quantity.width;
        start = range.end;
        if is_shown(quantity) {
            ranges.push(range);
            quantities.push(*quantity);
        }
    }
    (ranges, quantities)
}

/// States as rows of what is shown of them.
fn recorded<N: Network>(network: &N, arguments: &Arguments, states: Vec<Vec<f64>>) -> Results {
    if arguments.state {
        let width = network.dimension();
        return Results::new(vec![("state".to_owned(), width)], states);
    }
    let is_shown = |quantity: &Quantity| {
        arguments.record.as_ref().is_none_or(|names| names.iter().any(|name| name == quantity.name))
    };
    let (ranges, quantities) = shown::<N>(is_shown);
    let row = |state: Vec<f64>| {
        let mut values = Vec::new();
        network.observe(&state, &mut values);
        ranges.iter().flat_map(|range| values[range.clone()].iter().copied()).collect()
    };
    Results::of(&quantities, states.into_iter().map(row).collect())
}

fn steady<N: Network>(network: &mut N, arguments: &Arguments) -> Result<Results, Failure> {
    let (state, _) = settled(network, arguments)?;
    Ok(recorded(network, arguments, vec![state]))
}

/// The settled outputs of many inputs. Each begins at the start, so that a result depends neither on the other
/// inputs nor on the number of threads.
fn many<N: Network>(
    network: &N,
    arguments: &Arguments,
    path: &Path,
    own: &Own<'_>,
) -> Result<Results, Failure> {
    let inputs = inputs::<N>(path, own)?;
    let (ranges, quantities) = shown::<N>(|quantity| quantity.role == Role::Output);
    let all = parallel::map(inputs.len(), parallel::cores(), network, |network, at| {
        network.set_inputs(&inputs[at]);
        settled(network, arguments).map(|(state, _)| {
            let mut values = Vec::new();
            network.observe(&state, &mut values);
            ranges.iter().flat_map(|range| values[range.clone()].iter().copied()).collect::<Vec<f64>>()
        })
    });
    let row = |(at, row): (usize, Result<Vec<f64>, Error>)| {
        row.map(|outputs| own.outputs(&outputs))
            .map_err(|error| Failure::from(error).context(&format!("row {}", at + 1)))
    };
    Ok(Results::of(&quantities, all.into_iter().enumerate().map(row).collect::<Result<_, _>>()?))
}

fn course<N: Network>(network: &mut N, arguments: &Arguments) -> Result<Results, Failure> {
    let tolerances = tolerances(arguments);
    let mut settling = None;
    let until = match arguments.until {
        Some(until) => until,
        None => {
            let (state, reached) = settled(network, arguments).map_err(|error| {
                Failure::from(error).context("no end of the time course is given (`--until`)")
            })?;
            let start = network.start();
            let time = match time_to_settle(network, &start, &state, &reached, &tolerances) {
                // Longer than anyone waits, but an end as well.
                Err(Error::NotSettled { time, .. }) => time,
                time => time?,
            };
            settling = Some(time);
            good_end(time)
        }
    };
    let spacing = arguments.every.map_or(Spacing::Points(arguments.points), Spacing::Every);
    if spacing.count(until) * network.dimension() as f64 > MAX_VALUES {
        return Err(Failure::from(format!(
            "the time course would have {:.0} rows of {} species; use a larger `--every` or fewer `--points`",
            spacing.count(until),
            network.dimension()
        )));
    }
    let times = spacing.times(until);
    let mut state = match arguments.start {
        Start::Model => network.start(),
        Start::Settled => settled(network, arguments)?.0,
    };
    let mut states = Vec::with_capacity(times.len());
    let observe = |_, state: &[f64]| states.push(state.to_vec());
    integrate(network, arguments.method, &tolerances, &mut state, 0.0..until, &times, observe)?;
    let mut results = recorded(network, arguments, states);
    results.time = Some(times);
    results.settling_time = settling.filter(|_| arguments.state);
    Ok(results)
}
