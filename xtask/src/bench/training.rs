//! Epochs per second by the command, beside the same network in JAX, each on one core.

use nnrc_model::Precision;
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_tests::acceptance::training::rows as samples;
use nnrc_tests::compiled::load;
use nnrc_tests::peers;
use nnrc_tests::training::example;
use serde_json::json;

use super::common::{Bench, Row, arrows, file, number, readable, text};

/// A network, the example and data set that it learns from, and how many epochs are timed.
struct Case {
    name: &'static str,
    widths: [usize; 3],
    h: f64,
    /// None: numbers of that shape, since times do not depend on them.
    source: Option<(&'static str, &'static str)>,
    batch: usize,
    epochs: usize,
    precision: Precision,
    /// At least so many times as fast as JAX in that precision.
    goal: f64,
}

/// Iris, digits, and the shape of MNIST in batches of two sizes and in both precisions.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let (iris, digits) = (Some(("iris_train", "iris")), Some(("digits_train", "images")));
    let mnist = |batch: usize, precision: Precision, goal: f64| Case {
        name: "the shape of MNIST",
        widths: [784, 128, 10],
        h: 0.01,
        source: None,
        batch,
        epochs: 1,
        precision,
        goal,
    };
    let avx512 = nnrc_dispatch::Level::widest() == nnrc_dispatch::Level::Avx512;
    let cases = [
        Case {
            name: "Iris",
            widths: [4, 8, 3],
            h: 0.1,
            source: iris,
            batch: 32,
            epochs: 2000,
            precision: Precision::Double,
            goal: 12.0,
        },
        Case {
            name: "digits",
            widths: [64, 20, 10],
            h: 0.01,
            source: digits,
            batch: 32,
            epochs: 40,
            precision: Precision::Double,
            goal: 2.0,
        },
        mnist(32, Precision::Double, if avx512 { 1.3 } else { 1.0 }),
        mnist(256, Precision::Double, if avx512 { 1.15 } else { 1.0 }),
        mnist(32, Precision::Single, 1.0),
        mnist(256, Precision::Single, 0.9),
    ];
    cases.iter().map(|case| row(bench, case)).collect()
}

/// Inputs and labels of a case.
fn data(case: &Case) -> (Vec<Vec<f64>>, Vec<usize>) {
    if let Some((name, dataset)) = case.source {
        return samples(&load(&example(name)).0, dataset);
    }
    (0..60_000).map(|row| (image(row, case.widths[0]), row * 7919 % 10)).unzip()
}

/// Numbers of which most are 0, as pixels are.
pub(super) fn image(row: usize, width: usize) -> Vec<f64> {
    let pixel = |at: usize| ((row * 31 + at * 17 + row * at) % 1009) as f64 / 1009.0;
    (0..width).map(pixel).map(|value| if value < 0.8 { 0.0 } else { value }).collect()
}

fn row(bench: &mut Bench, case: &Case) -> Row {
    let folder = bench.folder.path().to_owned();
    let (inputs, labels) = data(case);
    let data = folder.join("rows.npz");
    let count = labels.len();
    let arrays = Arrays::from([
        ("x".to_owned(), Array { shape: vec![count, case.widths[0]], values: inputs.concat() }),
        (
            "label".to_owned(),
            Array { shape: vec![count], values: labels.iter().map(|&l| l as f64).collect() },
        ),
    ]);
    npz::write(std::fs::File::create(&data).unwrap(), &arrays).unwrap();
    let [inputs, hidden, outputs] = case.widths;
    // The data of the example without its validation part.
    let source = format!(
        "dataset rows = npz(\"{}\") {{ inputs = \"x\"; target = \"label\"; }}\n\
         network net {{ input x[{inputs}]; layer hidden = dense({hidden}) | smooth_relu(h = {h}); \
         layer y = dense({outputs}) | identity(); output y; }}\n\
         weights {{ init = glorot_uniform(seed = 1); }}\n\
         train net {{ data = rows; loss = cross_entropy; rule = gradient(adam(rate = 0.001)); \
         schedule = constant(); feed = shuffle(seed = 1); batch = {batch}; epochs = 1; decay = 1e-3; \
         precision = {precision}; }}\n",
        data.display(),
        h = case.h,
        batch = case.batch,
        precision = case.precision.name(),
    );
    let source = file(&folder, "rows.nnr", &source);
    // The difference of two runs is free of what reading and judging the data takes.
    let time = |epochs: usize| {
        let epochs = format!("train.epochs={epochs}");
        let weights = folder.join("bench-weights.npz");
        let args =
            ["--repeat", "3", "--cores", "1", "--", text(&bench.nnrc), "train", text(&source), "--set"];
        let taken = [&args[..], &[&epochs, "-o", text(&weights), "--quiet"]].concat();
        number(&peers::run("measure.py", &taken, None, &[])["cpu_s"])
    };
    let first = (case.epochs / 10).max(1);
    let seconds = (time(first + case.epochs) - time(first)) / case.epochs as f64;
    let question = json!({
        "task": "train", "data": data, "widths": case.widths, "h": case.h, "batch": case.batch,
        "epochs": if case.source.is_none() { 1 } else { 10 },
    });
    let answer = bench.ask("bench_jax.py", &question);
    let (double, single) = (number(&answer["f64"]), number(&answer["f32"]));
    let (peer, words) = match case.precision {
        Precision::Double => (double, "double precision"),
        Precision::Single => (single, "single precision"),
    };
    Row {
        what: format!(
            "epoch of {} ({}), {count} samples, batches of {}, Adam, {}, one core",
            case.name,
            arrows(&case.widths),
            case.batch,
            case.precision.name()
        ),
        ours: format!("{} ({:.1} in a second)", readable(seconds), 1.0 / seconds),
        peer: format!("JAX {}; in single precision {}", readable(double), readable(single)),
        ratio: format!("{:.1}; {:.1}", double / seconds, single / seconds),
        goal: format!("at least {} times as fast as JAX in {words}", case.goal),
        met: peer >= case.goal * seconds,
    }
}
