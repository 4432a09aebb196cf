//! The Python package: what it adds to the engine, what it costs, and its peers.

use std::path::Path;
use std::time::Instant;

use nnrc::{Disk, Project};
use nnrc_sim::io::npz;
use nnrc_tests::peers;
use nnrc_tests::root;
use serde_json::{Value, json};

use super::common::{Bench, Row, number, readable, text};
use crate::environment;

/// Rows of the digits that are settled.
const ROWS: usize = 10_000;

/// All rows; they need the package where the peers are.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let wheel = environment::wheel("release", &root().join("dist"));
    environment::install(&bench.python, &wheel);
    vec![settle(bench), import(bench), size(&wheel), fit(bench), course(bench)]
}

fn ask(bench: &mut Bench, question: &Value) -> Value {
    peers::run_in(&bench.python, "bench_python.py", &[], Some(question), &[])
}

fn digits() -> [std::path::PathBuf; 2] {
    let folder = root().join("examples/digits");
    [folder.join("digits.nnr"), folder.join("digits_test.npz")]
}

/// Rows through the chemistry from Python, and by the library in this process.
fn settle(bench: &mut Bench) -> Row {
    let [model, data] = digits();
    let python = ask(
        bench,
        &json!({ "task": "settle", "model": text(&model), "data": text(&data), "rows": ROWS, "repeat": 3 }),
    );
    let python = number(&python["seconds"]);
    let arrays = npz::read(&std::fs::read(&data).unwrap()).unwrap();
    let rows: Vec<f64> =
        arrays["x"].values.iter().cycle().take(ROWS * 64).map(|pixel| pixel / 16.0).collect();
    let disk = Disk::of(&model);
    let checked = Project::open(&model, &disk).unwrap().check().unwrap();
    let pot = checked.compile(&checked.model.default_input()).unwrap();
    let own = least(3, || {
        pot.settle_inputs(&rows, "rows", 1).unwrap();
    });
    Row {
        what: format!("{ROWS} rows of digits settled from Python, on one core"),
        ours: format!("{}; by the library in Rust {}", readable(python), readable(own)),
        peer: String::new(),
        ratio: format!("{:.2}", python / own),
        goal: "at most 1.1".to_owned(),
        met: python <= 1.1 * own,
    }
}

fn least(repeat: usize, run: impl Fn()) -> f64 {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..repeat).map(timed).fold(f64::INFINITY, f64::min)
}

fn import(bench: &mut Bench) -> Row {
    let taken = number(&ask(bench, &json!({ "task": "import", "repeat": 10 }))["seconds"]);
    Row {
        what: "`import nnrc` once NumPy is there".to_owned(),
        ours: readable(taken),
        peer: String::new(),
        ratio: String::new(),
        goal: "under 50 ms".to_owned(),
        met: taken < 0.05,
    }
}

fn size(wheel: &Path) -> Row {
    let bytes = wheel.metadata().unwrap().len() as f64;
    Row {
        what: "the wheel, with the command in it".to_owned(),
        ours: format!("{:.1} MB", bytes / 1e6),
        peer: String::new(),
        ratio: String::new(),
        goal: "under 6 MB".to_owned(),
        met: bytes < 6e6,
    }
}

/// The estimator beside the perceptron of scikit-learn.
fn fit(bench: &mut Bench) -> Row {
    let data = root().join("examples/digits_train/digits_train.npz");
    let question = json!({
        "task": "classifier", "data": text(&data), "rows": ROWS, "epochs": 20, "repeat": 3,
    });
    let answer = ask(bench, &question);
    bench.versions.insert(answer["peer"].as_str().unwrap().to_owned());
    let of = |who: &str, what: usize| number(&answer[who][what]);
    Row {
        what: format!(
            "ChemicalClassifier on digits (64-20-10): fit of 20 epochs; predict of {ROWS} rows, each settled"
        ),
        ours: format!("{}; {}", readable(of("ours", 0)), readable(of("ours", 1))),
        peer: format!("MLPClassifier {}; {}", readable(of("theirs", 0)), readable(of("theirs", 1))),
        ratio: format!("{:.1}; 1/{:.0}", of("theirs", 0) / of("ours", 0), of("ours", 1) / of("theirs", 1)),
        goal: "reported".to_owned(),
        met: true,
    }
}

/// A time course beside COPASI.
fn course(bench: &mut Bench) -> Row {
    let model = root().join("examples/iris/iris.nnr");
    let answer = ask(bench, &json!({ "task": "course", "model": text(&model), "until": 20.0, "repeat": 5 }));
    bench.versions.insert(answer["peer"].as_str().unwrap().to_owned());
    let (ours, theirs) = (number(&answer["ours"]), number(&answer["theirs"]));
    let difference = number(&answer["difference"]);
    Row {
        what: "a time course of Iris (4-8-3) from Python, 201 points, rtol 1e-6".to_owned(),
        ours: readable(ours),
        peer: format!("basico {}, {difference:.0e} apart", readable(theirs)),
        ratio: format!("{:.0}", theirs / ours),
        goal: "not slower".to_owned(),
        met: ours <= theirs && difference < 1e-4,
    }
}
