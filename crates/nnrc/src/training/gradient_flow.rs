//! Learning in one pot: the whole network of reactions, integrated while samples are presented.
//!
//! Nothing is taken out of the chemistry. Loss and accuracy of an epoch are read from the pot, at the end of each
//! presentation.

use std::collections::BTreeMap;

use nnrc_analysis::describe_risk;
use nnrc_crn::{Channel, Feed, Handle, SpeciesFamily};
use nnrc_engine::{Position, Presentations};
use nnrc_model::{GradientFlow, Method, Model, Risk, Samples, Tensor};
use nnrc_sim::Tolerances;
use nnrc_sim::divergence;
use nnrc_sim::io::{Array, Arrays};
use nnrc_sim::present::{self, Interruption};
use nnrc_sim::reading::Measure;
use nnrc_sim::train::{self, Metric, Metrics, Record, Stamp, Totals, Unusable};
use nnrc_syntax::{Diagnostic, Severity, Span, codes};

use super::learner::Learning;
use super::mapping::{end, loss};
use super::outcome::{TrainOptions, Trained, no_data};
use super::resuming::refused;
use super::settings;
use crate::compiled::Compiled;
use crate::explain::explain_learning;
use crate::failure::Failure;
use crate::numbers::{plural, short};
use crate::observer::{Checkpoint, Epoch, History, Moment, Observer, Picture, Subject};
use crate::plot::{self, Curve};
use crate::project::Checked;
use crate::runner::several_rates;

/// What grows in a pot, reported of each epoch behind its metrics.
const GROWTH: [&str; 3] = ["largest_weight_rail", "weight_common_mode", "largest_concentration"];
/// Numbers of an epoch in the history: which, its metrics, and what grows.
const NUMBERS: usize = 1 + Metrics::NUMBERS + GROWTH.len();

/// Where learning is, beside the pot itself.
#[derive(Default)]
struct Ledger {
    /// Of the epoch that runs.
    totals: Totals,
    /// Of each epoch done.
    history: Vec<[f64; NUMBERS]>,
}

/// Why learning ended before all epochs were done.
enum End {
    Stopped(usize),
    Epochs,
}

/// Learns; see [`Checked::train`].
pub fn run(
    checked: &Checked,
    flow: &GradientFlow,
    options: &TrainOptions,
    observer: &mut dyn Observer,
) -> Result<Trained, Failure> {
    let model = &checked.model;
    let pot = checked.compile(&model.default_input())?;
    let Some(feed) = &pot.lowered.crn.protocol.feed else { return Err(no_data(checked)) };
    let (train, test) = samples(model, flow);
    let learning = Learning::new(model, flow.loss, &train, test.as_ref());
    let stamp = learning.stamp(settings::of_gradient_flow(model, flow));
    let method = match model.simulation.method {
        // Stability never limits these steps for long: what is fast has to be followed at each change of sample.
        Method::Auto | Method::Explicit | Method::Multirate => nnrc_sim::Method::Explicit,
        Method::Rosenbrock => nnrc_sim::Method::Rosenbrock,
    };
    let tolerances = Tolerances::new(model.simulation.relative, model.simulation.absolute);
    let several_rates = several_rates(&pot, &tolerances);
    let mut course = Presentations::new(pot.runner().into_engine(), feed, method, tolerances);
    match several_rates {
        Some(multirate) => course.integrate_with(multirate),
        None if model.simulation.method == Method::Multirate => {
            observer.note(
                "no weights of this pot are worth an integration of their own: it is integrated as a whole",
            );
        }
        None => {}
    }
    course.limit(concentration_limit(&pot, feed));
    let mut ledger = Ledger::default();
    if let Some(arrays) = &options.resume {
        restore(arrays, &mut course, &mut ledger, (&stamp, feed.rows.len()))
            .map_err(|unusable| refused(&unusable, observer))?;
        observer.resumed(&format!("presentation {}", course.position().presentation));
    }
    let save = |course: &Presentations<'_>, ledger: &Ledger| {
        let weights = weights(&pot, &learning, &concentrations(course));
        Checkpoint { arrays: checkpoint(course, ledger, &weights, &stamp), history: table(&ledger.history) }
    };
    let judged = (learning.measure.clone(), learning.spread(&(0..train.rows.len()).collect::<Vec<_>>()));
    let result =
        learn(&pot, (flow, &judged), feed, &mut course, &mut ledger, &mut |course, ledger, record| {
            if let Some(record) = record {
                observer.epoch(&Epoch {
                    number: record.epoch,
                    of: flow.epochs,
                    train: record.train,
                    validation: record.validation,
                    violations: None,
                });
            }
            if observer.wants_checkpoint(if record.is_some() { Moment::Epoch } else { Moment::Sample }) {
                observer.checkpoint(&save(course, ledger));
            }
            if observer.is_cancelled() { Err(Broken::Cancelled) } else { Ok(()) }
        });
    // Where it failed, a course is in the middle of a presentation: the checkpoint stays that of a good one.
    if matches!(result, Ok(_) | Err(Broken::Cancelled)) {
        observer.checkpoint(&save(&course, &ledger));
    }
    observer.pictures(&pictures(&model.name, &ledger));
    let ending = match result {
        Ok(End::Epochs) => "all epochs are done".to_owned(),
        Ok(End::Stopped(at)) => {
            format!("stopped by the {}", flow.stops.get(at).map_or("", |rule| rule.quantity.name()))
        }
        Err(Broken::Cancelled) => {
            format!("ended from outside after presentation {}", course.position().presentation)
        }
        Err(Broken::Solver(error)) => {
            // A step that becomes too small is what an explosion looks like from inside.
            let runner = pot.runner();
            let time = course.position().presentation;
            let doing = format!("learning, in presentation {}", time + 1);
            let mut finding = explain_learning(&pot, &runner, &error, &doing);
            finding.help.extend(causes(model, flow));
            return Err(checked.failed(finding));
        }
        Err(Broken::Exploded { species, value }) => {
            let finding = diverged(flow, &pot, &course, &pot.species_id(species), value);
            return Err(checked.failed(finding));
        }
    };
    let cost = course.statistics();
    observer.note(&format!(
        "{}; {} steps, {} evaluations in this run",
        plural(course.position().presentation, "presentation"),
        cost.steps,
        cost.evaluations
    ));
    let weights = weights(&pot, &learning, &concentrations(&course));
    let parameters: Vec<f64> =
        learning.layout().iter().flat_map(|(key, _, _)| weights[*key].values.iter().copied()).collect();
    let rows: Vec<usize> = (0..learning.samples()).collect();
    let (own, other) = rows.split_at(train.rows.len());
    let metrics = |rows: &[usize]| learning.metrics(&parameters, rows, options.threads.max(1));
    Ok(Trained {
        ending,
        epochs: ledger.history.len(),
        train: metrics(own),
        validation: (!other.is_empty()).then(|| metrics(other)),
        weights,
        history: table(&ledger.history),
    })
}

/// Why learning could not go on.
enum Broken {
    Cancelled,
    Solver(nnrc_sim::Error),
    Exploded { species: usize, value: f64 },
}

/// Called after each presentation, the last of an epoch with its record.
type Observe<'a> = &'a mut dyn FnMut(&Presentations<'_>, &Ledger, Option<&Record>) -> Result<(), Broken>;

/// Presentation after presentation.
fn learn(
    pot: &Compiled,
    (flow, (measure, spread)): (&GradientFlow, &(Measure, f64)),
    feed: &Feed,
    course: &mut Presentations<'_>,
    ledger: &mut Ledger,
    observe: Observe<'_>,
) -> Result<End, Broken> {
    let output = pot.model.output;
    let width = pot.model.nodes[output].width();
    let mut values = vec![0.0; width];
    let stops: Vec<train::Stop> = flow.stops.iter().map(end).collect();
    let stopped = |ledger: &Ledger| {
        let metrics = ledger.history.last().map(metrics_of)?;
        stops.iter().position(|stop| stop.comparison.holds(metrics.get(stop.metric), stop.bound))
    };
    loop {
        let is_between = course.position().presentation.is_multiple_of(feed.rows.len());
        if let Some(at) = stopped(ledger).filter(|_| is_between) {
            return Ok(End::Stopped(at));
        }
        if ledger.history.len() >= flow.epochs {
            return Ok(End::Epochs);
        }
        let row = course.present().map_err(|interruption| match interruption {
            Interruption::Solver(error) => Broken::Solver(error),
            Interruption::Exceeded { variable, value } => {
                Broken::Exploded { species: species_of(pot, course, variable), value }
            }
        })?;
        let state = &course.position().state;
        course.engine().observe_into(state, output, &mut values);
        let target = &feed.tables[1].values[row * width..(row + 1) * width];
        ledger.totals.add_sample(measure, loss(flow.loss).value(&values, target), &values, target);
        if course.position().presentation.is_multiple_of(feed.rows.len()) {
            let metrics = std::mem::take(&mut ledger.totals).metrics(*spread);
            let all = concentrations(course);
            let (largest, common) = rails(pot, &all);
            let most = all.iter().copied().fold(0.0, f64::max);
            let epoch = ledger.history.len() + 1;
            let mut row = [epoch as f64; NUMBERS];
            row[1..=Metrics::NUMBERS].copy_from_slice(&metrics.to_numbers());
            row[1 + Metrics::NUMBERS..].copy_from_slice(&[largest, common, most]);
            ledger.history.push(row);
            let record = Record { epoch, rate: flow.rate, train: metrics, validation: None };
            observe(course, ledger, Some(&record))?;
        } else {
            observe(course, ledger, None)?;
        }
    }
}

/// The species of a variable of the state.
fn species_of(pot: &Compiled, course: &Presentations<'_>, variable: usize) -> usize {
    let found = pot.lowered.crn.species.iter().find_map(|(handle, _)| {
        let range = course.engine().state_range(handle).filter(|range| range.contains(&variable))?;
        Some(pot.lowered.info.species_index(handle, variable - range.start))
    });
    found.unwrap_or(0)
}

fn concentrations(course: &Presentations<'_>) -> Vec<f64> {
    course.engine().full_state(&course.state())
}

/// Weights by key, the difference of their rails.
fn weights(pot: &Compiled, learning: &Learning<'_>, concentrations: &[f64]) -> BTreeMap<String, Tensor> {
    let shapes: BTreeMap<&str, &[usize]> =
        learning.layout().into_iter().map(|(key, shape, _)| (key, shape)).collect();
    let tensor = |(key, rails): (&str, [Handle<SpeciesFamily>; 2])| {
        let [p, m] = rails.map(|rail| &concentrations[pot.lowered.info.species_range(rail)]);
        let values = p.iter().zip(m).map(|(p, m)| p - m).collect();
        Some((key.to_owned(), Tensor { shape: shapes.get(key)?.to_vec(), values }))
    };
    pot.lowered.rails().filter_map(tensor).collect()
}

/// The largest rail of a weight, and the largest part that both rails of a weight have in common.
fn rails(pot: &Compiled, concentrations: &[f64]) -> (f64, f64) {
    let (mut largest, mut common) = (0.0f64, 0.0f64);
    for (_, rails) in pot.lowered.rails() {
        let [p, m] = rails.map(|rail| &concentrations[pot.lowered.info.species_range(rail)]);
        for (p, m) in p.iter().zip(m) {
            largest = largest.max(p.max(*m));
            common = common.max(p.min(*m));
        }
    }
    (largest, common)
}

/// The samples learned from, and the other part of a split, which is only judged.
fn samples<'a>(model: &'a Model, flow: &GradientFlow) -> (Samples<'a>, Option<Samples<'a>>) {
    let dataset = &model.datasets[&flow.data.dataset];
    let is_split = flow.data.subset == nnrc_model::Subset::Train && !dataset.test.is_empty();
    let test = is_split.then(|| Samples { dataset, rows: dataset.test.clone() });
    (Samples { dataset, rows: model.rows(&flow.data) }, test)
}

/// The concentration beyond which learning from the samples of a feed has diverged.
pub fn concentration_limit(pot: &Compiled, feed: &Feed) -> f64 {
    let inputs: Vec<_> = pot.model.inputs().flat_map(|(node, _)| families(pot, node)).collect();
    let values = |is_input: bool| -> Vec<f64> {
        let channels = feed.channels.iter().filter(|channel| inputs.contains(&channel.species) == is_input);
        let of = |channel: &Channel| {
            let mut values = vec![0.0; pot.lowered.crn.species[channel.species].initial.len()];
            let mut largest = 0.0f64;
            for &row in &feed.rows {
                feed.fill(channel, row, &mut values);
                largest = values.iter().fold(largest, |largest, value| largest.max(value.abs()));
            }
            largest
        };
        channels.map(of).collect()
    };
    divergence::concentration_limit(
        pot.lowered.info.initial_state(&pot.lowered.crn),
        values(true),
        values(false),
    )
}

/// The families that hold a node.
fn families(pot: &Compiled, node: usize) -> Vec<Handle<SpeciesFamily>> {
    let observable = &pot.lowered.crn.observables[node];
    observable.positive.iter().chain(&observable.negative).copied().collect()
}

fn metrics_of(row: &[f64; NUMBERS]) -> Metrics {
    let mut numbers = [0.0; Metrics::NUMBERS];
    numbers.copy_from_slice(&row[1..=Metrics::NUMBERS]);
    Metrics::from_numbers(&numbers)
}

/// The history as a table, with the metrics that the outputs have.
fn table(history: &[[f64; NUMBERS]]) -> History {
    let classed = history.iter().any(|row| metrics_of(row).accuracy.is_some());
    let quantities = Metric::reported(classed);
    let mut header = vec!["epoch"];
    header.extend(quantities.iter().map(|quantity| quantity.name()));
    header.extend(GROWTH);
    let row = |row: &[f64; NUMBERS]| {
        let metrics = metrics_of(row);
        let own = quantities.iter().map(|quantity| metrics.get(*quantity));
        let growth = row[1 + Metrics::NUMBERS..].iter().copied();
        std::iter::once(row[0]).chain(own).chain(growth).collect()
    };
    History {
        header: header.into_iter().map(str::to_owned).collect(),
        rows: history.iter().map(row).collect(),
    }
}

/// The whole state of pot and learning: numbers are exact.
fn checkpoint(
    course: &Presentations<'_>,
    ledger: &Ledger,
    weights: &BTreeMap<String, Tensor>,
    stamp: &Stamp,
) -> Arrays {
    let mut arrays: Arrays = weights
        .iter()
        .map(|(key, tensor)| {
            (key.clone(), Array { shape: tensor.shape.clone(), values: tensor.values.clone() })
        })
        .collect();
    let mut put = |name: &str, values: Vec<f64>| {
        arrays.insert(format!("pot.{name}"), Array { shape: vec![values.len()], values });
    };
    let Position { presentation, state, steps, macro_steps, idle } = course.position();
    put("presentation", vec![*presentation as f64]);
    put("state", state.clone());
    put("steps", steps.to_vec());
    put("macro_steps", macro_steps.to_vec());
    put("idle", idle.clone());
    put("totals", ledger.totals.to_numbers().to_vec());
    put("history", ledger.history.as_flattened().to_vec());
    stamp.put("pot", &mut arrays);
    arrays
}

/// Puts presentations and ledger to where a checkpoint of this learning was written.
fn restore(
    arrays: &Arrays,
    course: &mut Presentations<'_>,
    ledger: &mut Ledger,
    (stamp, samples): (&Stamp, usize),
) -> Result<(), Unusable> {
    let damaged = |name: &str| Unusable::Malformed(format!("pot.{name}"));
    let get = |name: &str| {
        let array = arrays.get(&format!("pot.{name}")).ok_or_else(|| damaged(name))?;
        Ok(array.values.clone())
    };
    stamp.check("pot", arrays)?;
    let numbers = |name: &str| {
        let values: Vec<f64> = get(name)?;
        let good = values.iter().all(|value| value.is_finite() && *value >= 0.0);
        if good { Ok(values) } else { Err(damaged(name)) }
    };
    let history = get("history")?;
    let (rows, rest) = history.as_chunks();
    if !rest.is_empty() {
        return Err(damaged("history"));
    }
    let presentation = numbers("presentation")?;
    let presentation =
        presentation.first().and_then(|&number| present::presentations(number, samples, rows.len()));
    let state = get("state")?;
    if !divergence::are_concentrations(&state) {
        return Err(damaged("state"));
    }
    let steps = |name: &str| numbers(name)?.try_into().map_err(|_| damaged(name));
    let totals = Totals::from_numbers(&get("totals")?).ok_or_else(|| damaged("totals"))?;
    let position = Position {
        presentation: presentation.ok_or_else(|| damaged("presentation"))?,
        state,
        steps: steps("steps")?,
        macro_steps: steps("macro_steps")?,
        idle: numbers("idle")?,
    };
    if !course.go_to(position) {
        return Err(damaged("state"));
    }
    (ledger.history, ledger.totals) = (rows.to_vec(), totals);
    Ok(())
}

/// The loss with accuracy or r², and what grows in the pot; nothing before there is an epoch.
fn pictures(network: &str, ledger: &Ledger) -> Vec<Picture> {
    let Some(last) = ledger.history.last() else { return Vec::new() };
    let History { header, rows } = table(&ledger.history);
    let epochs: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    let curves = |names: &[&str]| -> Vec<Curve> {
        let curve = |name: &&str| {
            let column = header.iter().position(|own| own == name)?;
            let values: Vec<f64> = rows.iter().map(|row| row[column]).collect();
            let name = name.replace('_', " ");
            values.iter().all(|value| value.is_finite()).then(|| Curve { group: name.clone(), name, values })
        };
        names.iter().filter_map(curve).collect()
    };
    let headline = metrics_of(last).headline().0.name();
    let picture = |subject, vertical: String, names: &[&str]| {
        let curves = curves(names);
        let title = format!("learning of {network} in the pot");
        let horizontal = "epoch".to_owned();
        let svg = plot::svg(&plot::Plot { title, horizontal, vertical, times: &epochs, curves: &curves });
        Picture { subject, svg }
    };
    vec![
        picture(Subject::Metrics, format!("loss, {headline}"), &["loss", headline]),
        picture(Subject::Growth, "concentration".to_owned(), &GROWTH),
    ]
}

/// What in the settings makes learning fail, a line each.
fn causes(model: &Model, flow: &GradientFlow) -> Vec<String> {
    let mut lines = Vec::new();
    for risk in flow.risks(model) {
        let finding = describe_risk(model, flow, risk, Span::default());
        let help = finding.help.iter().find(|line| line.contains("write")).cloned().unwrap_or_default();
        lines.push(format!("likely cause: {}: {help}", finding.message));
        if matches!(risk, Risk::LargeStep { .. }) {
            // Nothing else explains an explosion as well.
            let last = lines.len() - 1;
            lines.swap(0, last);
        }
    }
    if flow.decay == 0.0 {
        lines.push("nothing holds the weights back: write `decay = 0.005;`".to_owned());
    }
    lines
}

fn diverged(
    flow: &GradientFlow,
    pot: &Compiled,
    course: &Presentations<'_>,
    species: &str,
    value: f64,
) -> Diagnostic {
    let model = &pot.model;
    let (largest, common) = rails(pot, &concentrations(course));
    let mut finding = Diagnostic::global(
        Severity::Error,
        codes::TRAINING_DIVERGED,
        format!(
            "learning diverged in presentation {}: the concentration of `{species}` grew to {}",
            course.position().presentation + 1,
            short(value)
        ),
    )
    .label(format!("with the rate {} and the decay {}", short(flow.rate), short(flow.decay)));
    finding.span = model.training.as_ref().map(|training| training.span);
    finding.help = causes(model, flow);
    let weight_annihilation = model.chemistry.one_pot().map_or(1.0, |settings| settings.weight_annihilation);
    if common > 0.5 * largest {
        finding.help.push(format!(
            "the rails of the weights have {} in common: write `speeds = {{ weight_annihilation = {} }}`",
            short(common),
            short(10.0 * weight_annihilation)
        ));
    }
    finding.help.push(format!(
        "or a smaller learning rate: `rule = gradient_flow(rate = {});`",
        short(flow.rate / 4.0)
    ));
    finding
}
