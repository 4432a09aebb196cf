//! Noise: agreement with another stochastic simulator, the bound of Kang and Kim, and what noise does to learning.

use std::fmt::Write;
use std::path::Path;

use nnrc_crn::expand::expand;
use nnrc_engine::NoisyEngine;
use nnrc_noise::stochastic::{self, Ensemble, LANES, Simulation};
use nnrc_noise::{Concentrations, Distribution, Disturbance, Disturber, Purpose, Rates, Stream};
use nnrc_sim::io::{Separator, table};
use nnrc_sim::{Method, System as _, Tolerances};
use serde_json::json;

use crate::compiled::{Compiled, compile};
use crate::corpus::nnrc;
use crate::{Finding, peers};

/// A gate whose units exchange molecules: conserved totals, annihilation, catalysts.
const MIXED: &str = "network net {
    input x[2] in [0, 1];
    layer a = dense(2) | smooth_relu(h = 0.2);
    layer b = dense(2) | algebraic_sigmoid(h = 1);
    layer y = dense(1) | identity();
    output y;
}
weights {
    a.W = [[1, 0.5], [-0.75, 1]];
    a.b = [0.25, -0.5];
    b.W = [[1, -1], [0.5, 1]];
    b.b = [0, 0.25];
    y.W = [[1, -1.5]];
    y.b = [0.5];
}";

/// Means and variances of molecule numbers at the end of many runs, beside those of libRoadRunner's Gillespie
/// integrator on the single reactions.
pub fn distribution() -> Vec<Finding> {
    let network = compile(MIXED, &[0.5, 1.0]);
    let (volume, until, runs) = (40.0, 3.0, 2000usize);
    let (crn, info) = (&network.crn, &network.info);
    let numbers = stochastic::molecules(crn, info, &info.initial_state(crn), volume);
    let reactions: Vec<_> = expand(crn, info)
        .iter()
        .map(|reaction| {
            let order: u32 = reaction.reactants.iter().map(|(_, count)| count).sum();
            json!({
                "k": reaction.k * volume.powi(1 - order as i32),
                "reactants": reaction.reactants,
                "products": reaction.products,
            })
        })
        .collect();
    let question = json!({ "reactions": reactions, "numbers": numbers, "until": until, "runs": runs });
    let answer = peers::run("ssa.py", &[], Some(&question), &[]);
    let theirs = |key: &str| -> Vec<f64> {
        answer[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    let channels = stochastic::channels(crn, info, volume, None);
    let alone: Vec<Vec<f64>> = (0..runs as u64)
        .map(|run| {
            let mut simulation = Simulation::new(&channels, &numbers, Stream::of(3, run, Purpose::Events));
            simulation.run(until, u64::MAX);
            simulation.numbers().to_vec()
        })
        .collect();
    let together = (0..runs as u64).step_by(LANES).flat_map(|first| {
        let streams: Vec<Stream> =
            (first..first + LANES as u64).map(|run| Stream::of(3, run, Purpose::Events)).collect();
        let mut ensemble = Ensemble::new(&channels, &streams).unwrap();
        (0..LANES).for_each(|lane| ensemble.start(lane, &numbers));
        ensemble.run(until, u64::MAX);
        (0..LANES).map(|lane| ensemble.numbers(lane)).collect::<Vec<_>>()
    });
    let together: Vec<Vec<f64>> = together.collect();
    let mut findings = Vec::new();
    for (engine, found) in [("one at a time", alone), ("eight at a time", together)] {
        let (mean_error, variance_error) = errors(&found, &theirs("mean"), &theirs("variance"));
        let claim = |what: &str| {
            format!("stochastic simulation, {engine}: {what} as libRoadRunner's within 4.5 standard errors")
        };
        findings.push(Finding::new(
            claim("means"),
            format!("{mean_error:.1} standard errors at most, {} species, {runs} runs", numbers.len()),
            mean_error < 4.5,
        ));
        findings.push(Finding::new(
            claim("variances"),
            format!("{variance_error:.1} standard errors at most"),
            variance_error < 4.5,
        ));
    }
    findings.push(Finding::new(
        "reactions of one net change are one channel",
        format!("{} channels for {} reactions", channels.channels(), channels.reactions()),
        channels.channels() < channels.reactions(),
    ));
    findings
}

/// How far means and variances of runs are from others of as many runs, at most, in standard errors of the difference.
fn errors(runs: &[Vec<f64>], means: &[f64], variances: &[f64]) -> (f64, f64) {
    let count = runs.len() as f64;
    let (mut mean_error, mut variance_error): (f64, f64) = (0.0, 0.0);
    for (at, (mean, variance)) in means.iter().zip(variances).enumerate() {
        let moment = |power| runs.iter().map(|numbers| (numbers[at] - mean).powi(power)).sum::<f64>() / count;
        let (off, own) = (moment(1), moment(2) - moment(1).powi(2));
        if own == 0.0 && *variance == 0.0 {
            continue;
        }
        mean_error = mean_error.max(off.abs() / ((own + variance) / count).sqrt());
        let spread = (moment(4) - own * own).max(0.0) * 2.0 / count;
        variance_error = variance_error.max((own - variance).abs() / spread.sqrt());
    }
    (mean_error, variance_error)
}

/// Inputs that change every ten time units, as the bound has it.
const INPUTS: [[f64; 2]; 4] = [[0.0, 1.0], [1.0, 1.0], [0.25, 0.5], [1.0, 0.0]];

/// The largest difference of any concentration at any time from the noiseless course, divided by the size of the
/// noise: by Proposition 5.1 of Kang and Kim (2024) a number that does not depend on the size.
fn sup_error(network: &Compiled, disturbance: impl Fn(f64) -> Disturbance, size: f64) -> f64 {
    let course = |disturbance: Disturbance| -> Vec<f64> {
        let mut engine = NoisyEngine::new(&network.crn, &network.info);
        let tolerances = Tolerances::new(1e-11, 1e-13);
        let mut disturber = Disturber::new(&mut engine, disturbance, (5, 0), Method::Explicit, &tolerances);
        let mut state = engine.initial_state();
        let mut all = Vec::with_capacity(engine.dimension() * 400);
        let (x, _) = network.crn.species.iter().next().unwrap();
        for input in INPUTS {
            engine.set(x, &input).unwrap();
            disturber.present(&mut engine);
            for _ in 0..100 {
                disturber.advance(&mut engine, &mut state, 0.1).unwrap();
                all.extend_from_slice(&state);
            }
        }
        all
    };
    let (plain, noisy) = (course(Disturbance::default()), course(disturbance(size)));
    plain.iter().zip(&noisy).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / size
}

/// A kind of noise and what it is at a size.
type Kind = (&'static str, fn(f64) -> Disturbance);

/// The scaling of Proposition 5.1, for noise in rate constants and in concentrations.
pub fn scaling() -> Vec<Finding> {
    let network = compile(
        "network net {
            input x[2] in [0, 1];
            layer a = dense(4) | smooth_relu(h = 0.1);
            layer b = dense(3) | smooth_relu(h = 0.1);
            layer y = dense(1) | identity();
            output y;
        }
        weights { init = glorot_uniform(seed = 4); }",
        &INPUTS[0],
    );
    let kinds: [Kind; 4] = [
        ("rates, static", |size| Disturbance {
            rates: Rates::Static { size, distribution: Distribution::Uniform },
            ..Disturbance::default()
        }),
        ("rates, wandering", |size| Disturbance {
            rates: Rates::OrnsteinUhlenbeck { size, tau: 1.0, step: 0.1 },
            ..Disturbance::default()
        }),
        ("rates, by presentation", |size| Disturbance {
            rates: Rates::Presentation { size, distribution: Distribution::LogNormal },
            ..Disturbance::default()
        }),
        ("concentrations, kicks", |size| Disturbance {
            concentrations: Concentrations::Kicks { size, every: 1.0 },
            ..Disturbance::default()
        }),
    ];
    kinds
        .into_iter()
        .map(|(name, disturbance)| {
            let ratios = [1e-5, 1e-4, 1e-3, 1e-2, 0.1].map(|size| sup_error(&network, disturbance, size));
            let small = &ratios[..3];
            let (low, high) = (
                small.iter().copied().fold(f64::INFINITY, f64::min),
                small.iter().copied().fold(0.0, f64::max),
            );
            let shown: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.4}")).collect();
            Finding::new(
                format!("{name}: sup error / size is flat within 1 % from 1e-3 to 1e-5"),
                format!("{} at 1e-5, 1e-4, 1e-3, 1e-2, 0.1", shown.join(", ")),
                low > 0.0 && high / low < 1.01,
            )
        })
        .collect()
}

/// The rows of a study as the command writes them.
#[derive(Debug, Clone)]
pub(super) struct Row {
    cells: Vec<String>,
}

impl Row {
    pub(super) fn number(&self, header: &[String], column: &str) -> f64 {
        self.text(header, column).parse().unwrap_or(f64::NAN)
    }

    pub(super) fn text(&self, header: &[String], column: &str) -> &str {
        &self.cells[header.iter().position(|name| name == column).unwrap()]
    }
}

pub(super) fn study(folder: &Path, text: &str, more: &[&str]) -> (Vec<String>, Vec<Row>, Vec<u8>) {
    std::fs::write(folder.join("study.nnr"), text).unwrap();
    let output = nnrc(folder, &[&["noise", "study.nnr", "-o", "-"], more].concat());
    let (header, rows) = read(&output);
    (header, rows, output.stdout)
}

/// The rows that a study printed.
fn read(output: &std::process::Output) -> (Vec<String>, Vec<Row>) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut rows: Vec<Vec<String>> = Vec::new();
    table::rows(table::text(&output.stdout).unwrap(), Separator::Comma, |_, cells| {
        rows.push(cells.iter().map(|cell| (*cell).to_owned()).collect());
        Ok(())
    })
    .unwrap();
    let header = rows.remove(0);
    (header, rows.into_iter().map(|cells| Row { cells }).collect())
}

/// The same bytes on one thread and on two, whatever the noise.
pub fn threads() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let noise = "noise {
        rates = [relative(0.1), relative(0.1, redraw = ou), relative(0.1, redraw = presentation)];
        concentrations = [relative(0.05), langevin(volume = 200), ssa(volume = 100)];
        combine = separate; replicates = 11; compare = relu(h = 1e-3); times = [5, 20];
    }
    expect { for [0, 1]: y ~ 0.2 within 2; for [1, 0]: y ~ 1 within 2; }";
    let text = format!("{MIXED}\n{noise}");
    let (_, rows, one) = study(folder.path(), &text, &["--threads", "1"]);
    let (_, _, two) = study(folder.path(), &text, &["--threads", "2"]);
    vec![Finding::new(
        "a study writes the same bytes on one thread and on two",
        format!("{} rows, {} bytes", rows.len(), one.len()),
        one == two && rows.len() == 2 * 2 * 7,
    )]
}

/// How a network learns in a table: with the preset against noise, or with the speeds and the decay of a plain pot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Preset {
    Robust,
    Plain,
}

impl Preset {
    /// What it adds to `chemistry`.
    fn words(self) -> &'static str {
        match self {
            Self::Robust => "preset = robust;",
            Self::Plain => "",
        }
    }
}

/// A network that learns under noise.
#[derive(Debug, Clone, Copy)]
struct Task {
    name: &'static str,
    /// The text for a softness h and a seed of weights, split and order.
    text: fn(f64, u64, Preset) -> String,
    /// Time of a presentation; concentrations are kicked four times in it.
    hold: f64,
}

const XOR: Task = Task { name: "XOR 2-4-1", text: xor, hold: 20.0 };
const IRIS: Task = Task { name: "Iris 4-5-3", text: iris, hold: 10.0 };

/// Exclusive or, learned in the pot.
fn xor(h: f64, seed: u64, preset: Preset) -> String {
    let preset = preset.words();
    format!(
        "dataset gate = rows([
            {{ x = [0, 0], t = [0] }}, {{ x = [0, 1], t = [1] }}, {{ x = [1, 0], t = [1] }}, {{ x = [1, 1], t = [0] }},
        ]);
        network xor {{
            input  x[2] in [0, 1];
            layer  hidden = dense(4) | smooth_relu(h = {h});
            layer  y      = dense(1) | identity();
            output y;
        }}
        weights   {{ init = he_normal(seed = {seed}); }}
        chemistry {{ construction = one_pot; {preset} speeds = {{ forward = 2, backward = 2 }}; }}
        train     {{ data = gate; rule = gradient_flow(rate = 0.01); feed = cycle(hold = 20); epochs = 300; }}
        simulate  {{ method = auto(rtol = 1e-3, atol = 1e-6); }}"
    )
}

/// Iris, learned in the pot. Features around zero make short trainings do.
fn iris(h: f64, seed: u64, preset: Preset) -> String {
    let preset = preset.words();
    format!(
        "dataset iris = csv(\"iris.csv\") {{
            inputs = [sepal_length, sepal_width, petal_length, petal_width];
            target = onehot(species); scale = minmax(-1, 1); split = holdout(test = 0.3, seed = {seed});
        }}
        network iris_net {{
            input  x[4];
            layer  hidden = dense(5) | smooth_relu(h = {h});
            layer  y      = dense(3) | identity();
            output y;
        }}
        weights   {{ init = glorot_uniform(seed = {seed}); }}
        chemistry {{ construction = one_pot; {preset} speeds = {{ forward = 5, backward = 5 }}; }}
        train     {{
            data = iris.train; rule = gradient_flow(rate = 0.005); feed = shuffle(hold = 10, seed = {seed});
            epochs = 12;
        }}
        simulate  {{ method = auto(rtol = 1e-3, atol = 1e-6); }}"
    )
}

/// The sizes of the table: kinds, columns of the CSV, and which rows must keep the accuracy.
const NOISES: [(&str, &str, &str, f64, bool); 6] = [
    ("static 0.05", "rates", "rate_size", 0.05, true),
    ("static 0.15", "rates", "rate_size", 0.15, false),
    ("OU 0.1", "rates", "rate_size", 0.1, true),
    ("OU 0.3", "rates", "rate_size", 0.3, false),
    ("kicks 0.01", "concentrations", "concentration_size", 0.01, true),
    ("kicks 0.03", "concentrations", "concentration_size", 0.03, false),
];

/// One line of a table: one reading for each seed. A seed has its own weights, split, order and draws.
#[derive(Debug, Clone, Default)]
struct Line {
    accuracies: Vec<f64>,
    /// Of the runs that did not fail.
    errors: Vec<f64>,
    failed: usize,
}

impl Line {
    fn add(&mut self, header: &[String], row: &Row) {
        let failed = row.number(header, "failed") as usize;
        self.accuracies.push(row.number(header, "accuracy_mean"));
        self.failed += failed;
        if failed == 0 {
            self.errors.push(row.number(header, "mse_mean"));
        }
    }

    fn accuracy(&self) -> f64 {
        mean(&self.accuracies)
    }

    fn worst(&self) -> f64 {
        self.accuracies.iter().copied().fold(1.0, f64::min)
    }

    /// Accuracy and error in words, beside those of the line without noise.
    fn figure(&self, noiseless: &Self) -> String {
        let failed = if self.failed == 0 { String::new() } else { format!(", {} failed", self.failed) };
        format!(
            "accuracy {:.3} (change {:+.3}, worst {:.3}), mse {:.4} (change {:+.4}); {} seeds{failed}",
            self.accuracy(),
            self.accuracy() - noiseless.accuracy(),
            self.worst(),
            mean(&self.errors),
            mean(&self.errors) - mean(&noiseless.errors),
            self.accuracies.len()
        )
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// A folder with the data that the tables read.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(crate::root().join("examples/iris/iris.csv"), folder.path().join("iris.csv")).unwrap();
    folder
}

/// Learns with every noise for several seeds; the noiseless line first.
fn lines(task: Task, h: f64, seeds: u64) -> Vec<(&'static str, Line)> {
    let folder = workplace();
    let names = std::iter::once("none").chain(NOISES.iter().map(|noise| noise.0));
    let mut lines: Vec<(&str, Line)> = names.map(|name| (name, Line::default())).collect();
    let every = task.hold / 4.0;
    for seed in 1..=seeds {
        let mut text = (task.text)(h, seed, Preset::Robust);
        let _ = write!(
            text,
            "\nnoise {{
                rates = [relative([0.05, 0.15]), relative([0.1, 0.3], redraw = ou(tau = 1, step = 0.25))];
                concentrations = relative([0.01, 0.03], every = {every});
                combine = separate; replicates = 1; seed = {seed};
            }}"
        );
        let (header, rows, _) = study(folder.path(), &text, &[]);
        assert_eq!(rows.len(), lines.len());
        // Rows come in the order of the block, the noiseless one first.
        for ((name, line), row) in lines.iter_mut().zip(&rows) {
            if let Some((_, kind, size, value, _)) = NOISES.iter().find(|noise| noise.0 == *name) {
                assert!(
                    row.number(&header, size) == *value && !row.text(&header, kind).is_empty(),
                    "{row:?}"
                );
            }
            line.add(&header, row);
        }
    }
    lines
}

/// The table of a network: the robust preset, and beside it a rectifier that is nearly sharp.
fn table(task: Task, seeds: u64) -> Vec<Finding> {
    let judged = |h: f64| -> Vec<Finding> {
        let lines = lines(task, h, seeds);
        let noiseless = lines[0].1.clone();
        let findings = lines.iter().map(|(noise, line)| {
            let bound = h == 0.1 && NOISES.iter().any(|known| known.0 == *noise && known.4);
            let claim = if bound {
                ": keeps the mean accuracy within 0.05 of the noiseless row"
            } else {
                ", as measured"
            };
            Finding::new(
                format!("{}, h = {h}, noise {noise}{claim}", task.name),
                line.figure(&noiseless),
                !bound || line.accuracy() >= noiseless.accuracy() - 0.05,
            )
        });
        findings.collect()
    };
    [0.1, 1e-4].into_iter().flat_map(judged).collect()
}

/// The noise table of exclusive or.
pub fn learning_xor(seeds: u64) -> Vec<Finding> {
    table(XOR, seeds)
}

/// The noise table of Iris.
pub fn learning_iris(seeds: u64) -> Vec<Finding> {
    table(IRIS, seeds)
}

/// What the robust preset costs where there is no noise, and what it gains where there is.
pub fn preset(seeds: u64) -> Vec<Finding> {
    let folder = workplace();
    let mut findings = Vec::new();
    for task in [XOR, IRIS] {
        let run = |preset: Preset| {
            let (mut noiseless, mut noisy, mut seconds) = (Line::default(), Line::default(), 0.0);
            for seed in 1..=seeds {
                let text = (task.text)(0.1, seed, preset);
                let noise = format!("noise {{ rates = relative(0.05); replicates = 1; seed = {seed}; }}");
                let (header, rows, _) = study(folder.path(), &format!("{text}\n{noise}"), &[]);
                noiseless.add(&header, &rows[0]);
                noisy.add(&header, &rows[1]);
                if seed == 1 {
                    seconds = training_seconds(folder.path(), &text);
                }
            }
            (noiseless, noisy, seconds)
        };
        let (robust, plain) = (run(Preset::Robust), run(Preset::Plain));
        findings.push(Finding::new(
            format!("{}, h = 0.1, without noise: what the robust preset costs, as measured", task.name),
            format!(
                "with the preset accuracy {:.3}, mse {:.4}, {:.2} CPU s to learn; without it {:.3}, {:.4}, {:.2} CPU s",
                robust.0.accuracy(),
                mean(&robust.0.errors),
                robust.2,
                plain.0.accuracy(),
                mean(&plain.0.errors),
                plain.2
            ),
            true,
        ));
        findings.push(Finding::new(
            format!("{}, h = 0.1, static 0.05: what the preset gains, as measured", task.name),
            format!(
                "with the preset {}; without it {}",
                robust.1.figure(&robust.0),
                plain.1.figure(&plain.0)
            ),
            true,
        ));
    }
    findings
}

/// CPU seconds of `nnrc train`.
fn training_seconds(folder: &Path, text: &str) -> f64 {
    let (file, weights) = (folder.join("cost.nnr"), folder.join("cost.npz"));
    std::fs::write(&file, text).unwrap();
    let [program, file, weights] =
        [&peers::nnrc(), &file, &weights].map(|path| path.to_string_lossy().into_owned());
    let args = ["--repeat", "1", "--", &program, "train", &file, "-o", &weights];
    let cost = peers::run("measure.py", &args, None, &[]);
    cost["cpu_s"].as_f64().unwrap()
}

/// Numbers of molecules and running times: a network with known weights, beside a rectifier that is nearly sharp.
pub fn volumes() -> Vec<Finding> {
    let folder = crate::root().join("examples/noise_xor");
    let settings = [
        "noise.times=[40, 200]",
        "noise.rates=relative(0.05, redraw = ou(tau = 1))",
        "noise.concentrations=ssa(volume = [30, 100, 1000])",
    ];
    let sets = settings.iter().flat_map(|setting| ["--set", *setting]);
    let output =
        nnrc(&folder, &["noise", "noise_xor.nnr", "-o", "-"].into_iter().chain(sets).collect::<Vec<_>>());
    let (header, rows) = read(&output);
    let findings = rows.iter().map(|row| {
        let [network, time, molecules] = ["network", "time", "molecules"].map(|name| row.text(&header, name));
        let noise = match (molecules, row.text(&header, "rates")) {
            ("", "") => "no noise".to_owned(),
            ("", _) => "OU 0.05".to_owned(),
            (count, _) => format!("{count} molecules"),
        };
        let number = |name: &str| row.number(&header, name);
        let (change, bound) = (number("accuracy_change"), network.contains("h = 0.01") && molecules != "30");
        let claim = if bound { ": the mean accuracy changes by at most 0.05" } else { ", as measured" };
        Finding::new(
            format!("XOR 2-2-1, known weights, {network}, time {time}, {noise}{claim}"),
            format!(
                "accuracy {:.4} (change {change:+.4}, worst {:.2}), loss {:.4} (change {:+.4})",
                number("accuracy_mean"),
                number("accuracy_worst"),
                number("loss_mean"),
                number("loss_change")
            ),
            !bound || change.abs() <= 0.05,
        )
    });
    findings.collect()
}
