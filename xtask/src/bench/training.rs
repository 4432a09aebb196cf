//! Epochs per second by the command, beside the same network in JAX, each on one core.

use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_tests::acceptance::mnist;
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
    example: &'static str,
    dataset: &'static str,
    epochs: usize,
}

/// Iris, digits and, if the images are there, MNIST.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let mut cases = vec![
        Case {
            name: "Iris",
            widths: [4, 8, 3],
            h: 0.1,
            example: "iris_train",
            dataset: "iris",
            epochs: 2000,
        },
        Case {
            name: "digits",
            widths: [64, 20, 10],
            h: 0.01,
            example: "digits_train",
            dataset: "images",
            epochs: 40,
        },
    ];
    if mnist::folder().exists() {
        let (name, example, dataset) = ("MNIST", "mnist_train", "images");
        cases.push(Case { name, widths: [784, 128, 10], h: 0.01, example, dataset, epochs: 1 });
    }
    cases.iter().map(|case| row(bench, case)).collect()
}

fn row(bench: &mut Bench, case: &Case) -> Row {
    let folder = bench.folder.path().to_owned();
    let (network, _) = load(&example(case.example));
    let (inputs, labels) = samples(&network, case.dataset);
    let data = folder.join(format!("{}.npz", case.example));
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
         schedule = constant(); feed = shuffle(seed = 1); batch = 32; epochs = 1; decay = 1e-3; }}\n",
        data.display(),
        h = case.h,
    );
    let source = file(&folder, &format!("{}.nnr", case.example), &source);
    // The difference of two runs is free of what reading and judging the data takes.
    let time = |epochs: usize| {
        let epochs = format!("train.epochs={epochs}");
        let weights = folder.join("bench-weights.npz");
        let args = ["--repeat", "3", "--one-core", "--", text(&bench.nnrc), "train", text(&source), "--set"];
        let taken = [&args[..], &[&epochs, "-o", text(&weights), "--quiet"]].concat();
        number(&peers::run("measure.py", &taken, None, &[])["cpu_s"])
    };
    let first = (case.epochs / 10).max(1);
    let seconds = (time(first + case.epochs) - time(first)) / case.epochs as f64;
    let question = json!({
        "task": "train", "data": data, "widths": case.widths, "h": case.h, "batch": 32,
        "epochs": if case.name == "MNIST" { 1 } else { 10 },
    });
    let answer = bench.ask("bench_jax.py", &question);
    let (double, single) = (number(&answer["f64"]), number(&answer["f32"]));
    Row {
        what: format!(
            "epoch of {} ({}), {count} samples, batches of 32, Adam",
            case.name,
            arrows(&case.widths)
        ),
        ours: format!("{} ({:.1} in a second)", readable(seconds), 1.0 / seconds),
        peer: format!("JAX {}; in single precision {}", readable(double), readable(single)),
        ratio: format!("{:.1}; {:.1}", double / seconds, single / seconds),
        goal: "not slower than JAX in double precision".to_owned(),
        met: double >= seconds,
    }
}
