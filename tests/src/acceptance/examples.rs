//! The shipped examples through the command, judged by the peers.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::acceptance::agreement::{TOLERANCE, clean, laws, numpy};
use crate::acceptance::sbml::combinations;
use crate::compiled::{deviation, load};
use crate::peers::{self, Simulator};
use crate::{Effort, Finding};

/// The examples that this version compiles.
pub const SERVED: [&str; 6] = ["xor", "or", "iris", "digits", "signed", "skip"];
/// The examples that train before they are tested.
pub const TRAINED: [&str; 2] = ["iris_train", "digits_train"];
/// The examples that learn in the pot, as far as their tests take seconds.
const LEARNING: [&str; 1] = ["phased_or"];

fn example(name: &str) -> PathBuf {
    crate::root().join("examples").join(name).join(format!("{name}.nnr"))
}

fn nnrc(args: &[&str]) -> Output {
    Command::new(peers::nnrc()).args(args).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// `check`, `test` and `fmt --check` of every example.
pub fn commands() -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in SERVED.into_iter().chain(TRAINED).chain(LEARNING) {
        let file = example(name);
        let mut words = Vec::new();
        let mut good = true;
        for args in [vec!["check"], vec!["test"], vec!["fmt", "--check"]] {
            let output = nnrc(&[args.as_slice(), &[text(&file)]].concat());
            good &= output.status.success();
            words.push(format!("{} {}", args[0], output.status.code().unwrap_or(-1)));
        }
        findings.push(Finding::new(
            format!("examples/{name}: check, test and fmt --check exit with 0"),
            words.join(", "),
            good,
        ));
    }
    findings
}

/// Every example's file in every level, unit system and volume: nothing to report, every law built in.
pub fn files(effort: Effort) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in SERVED {
        let folder = tempfile::tempdir().unwrap();
        let mut files = Vec::new();
        for (units, volume, level) in combinations() {
            // The digits take libSBML several seconds for each combination.
            if name == "digits" && effort == Effort::Test && volume != "2 L" {
                continue;
            }
            let path = folder.path().join(format!("{units}_{volume}_{level:?}.xml").replace(' ', "_"));
            let level = format!("{level:?}").to_lowercase();
            let output = nnrc(&[
                "compile",
                text(&example(name)),
                "--target",
                "sbml",
                "--sbml-level",
                &level,
                "--set",
                &format!("chemistry.units={units}"),
                "--set",
                &format!("chemistry.volume={volume}"),
                "-o",
                text(&path),
            ]);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            files.push(path);
        }
        let what = format!("examples/{name}, {} combinations of units, volume and level", files.len());
        findings.extend(clean(&what, &files));
        findings.push(laws(&what, &files[..1]));
    }
    findings
}

/// A table that the command wrote: values by row and column name.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(output: &Output) -> Self {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = words.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let header = lines.next().unwrap();
        Self { header, rows: lines.collect() }
    }

    fn column(&self, name: &str) -> usize {
        self.header.iter().position(|column| column == name).unwrap()
    }
}

/// The example's values from the command's own steady state (`species,value`).
fn steady(name: &str) -> Vec<(String, f64)> {
    let output = nnrc(&["simulate", text(&example(name)), "--steady"]);
    let table = Table::read(&output);
    table.rows.iter().map(|row| (row[0].clone(), row[1].parse().unwrap())).collect()
}

/// Every example, for its default input: the peers' time courses end where the command says it rests, and that is
/// where the plain forward passes end, the model's and numpy's.
pub fn agreement() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let mut jobs = Vec::new();
    for name in SERVED {
        let path = folder.path().join(format!("{name}.xml"));
        let output = nnrc(&["compile", text(&example(name)), "--target", "sbml", "-o", text(&path)]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // XOR is the slowest: sqrt(4h) = 0.02 per time unit in two layers.
        let end = if name == "xor" { 2500.0 } else { 600.0 };
        jobs.push(json!({ "sbml": path, "end": end, "rtol": 1e-10, "atol": 1e-12 }));
    }
    let jobs = Value::Array(jobs);
    let answers = Simulator::ALL.map(|simulator| (simulator.name(), simulator.run(&jobs)));
    let mut findings = Vec::new();
    for (at, name) in SERVED.iter().enumerate() {
        let rest = steady(name);
        findings.push(forward_pass(name, &rest));
        for (simulator, answer) in &answers {
            let record = &answer[at]["runs"][0]["final"];
            let worst = rest
                .iter()
                .filter_map(|(id, value)| {
                    record[id].as_f64().map(|found| (found - value).abs() / value.abs().max(1.0))
                })
                .fold(0.0, f64::max);
            let compared = rest.iter().filter(|(id, _)| record[id].is_number()).count();
            findings.push(Finding::new(
                format!("examples/{name}: {simulator} and the in-process engine agree within 1e-6"),
                format!("{compared} species, largest deviation {worst:.1e}"),
                worst <= TOLERANCE && compared > 0,
            ));
        }
    }
    findings
}

/// The command's values of every node against numpy, and the model's own forward pass against both.
fn forward_pass(name: &str, rest: &[(String, f64)]) -> Finding {
    let (compiled, input) = load(&example(name));
    let expected = numpy(&[(&compiled, &input)]).remove(0);
    let own = nnrc_model::forward::forward(&compiled.model, &input);
    let mut worst = deviation(&own, &expected);
    let mut compared = 0;
    for (node, values) in compiled.model.nodes.iter().zip(&expected) {
        for (at, value) in values.iter().enumerate() {
            let id = format!("{}_{}", node.name, at + 1);
            let (_, found) = rest.iter().find(|(row, _)| *row == id).unwrap_or_else(|| panic!("no row {id}"));
            worst = worst.max((found - value).abs() / value.abs().max(1.0));
            compared += 1;
        }
    }
    Finding::new(
        format!("examples/{name}: the engine and the model's forward pass agree with numpy within 1e-6"),
        format!("{compared} values, largest deviation {worst:.1e}"),
        worst <= TOLERANCE,
    )
}

/// All 150 flowers in libRoadRunner, against the source network in numpy.
pub fn all_flowers() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("iris.xml");
    let file = example("iris");
    let output = nnrc(&["compile", text(&file), "--target", "sbml", "-o", text(&path)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let classes = peers::run("iris_source.py", &[text(file.parent().unwrap())], None, &[]);
    let classes = classes.as_array().unwrap();
    let sets: Vec<Value> = classes.iter().map(|row| row["input"].clone()).collect();
    let jobs = json!([{ "sbml": path, "end": 600, "set": sets, "rtol": 1e-10, "atol": 1e-12 }]);
    let answer = Simulator::RoadRunner.run(&jobs);
    let mut right = 0;
    let mut worst = 0.0f64;
    for (run, row) in answer[0]["runs"].as_array().unwrap().iter().zip(classes) {
        let y: Vec<f64> = (1..=3)
            .map(|unit| {
                let rail = |rail| run["final"][format!("y_{unit}_{rail}")].as_f64().unwrap();
                rail("p") - rail("m")
            })
            .collect();
        let class = (0..3).max_by(|a, b| y[*a].total_cmp(&y[*b])).unwrap();
        right += usize::from(class as u64 == row["class"].as_u64().unwrap());
        for (value, expected) in y.iter().zip(row["y"].as_array().unwrap()) {
            worst = worst.max((value - expected.as_f64().unwrap()).abs());
        }
    }
    let own = Table::read(&nnrc(&["simulate", text(&file), "--steady", "--data", "iris"]));
    let column = own.column("y_1");
    let deviation = own
        .rows
        .iter()
        .zip(classes)
        .map(|(row, class)| (row[column].parse::<f64>().unwrap() - class["y"][0].as_f64().unwrap()).abs())
        .fold(0.0, f64::max);
    vec![
        Finding::new(
            "Iris in libRoadRunner: the source network's class in 150 of 150 rows",
            format!("{right} of {}, largest deviation of an output {worst:.1e}", classes.len()),
            right == 150 && classes.len() == 150 && worst <= TOLERANCE,
        ),
        Finding::new(
            "Iris by `simulate --steady --data`: the source network's first output within 1e-6 in every row",
            format!("{} rows, largest deviation {deviation:.1e}", own.rows.len()),
            deviation <= TOLERANCE && own.rows.len() == 150,
        ),
    ]
}

/// libRoadRunner's steady-state solver returns the negative root of a smoothed ReLU; its time course does not.
pub fn negative_root() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trap.xml");
    let compiled = crate::compiled::compile(
        "network trap { input x[1] in [0, 2]; layer y = dense(1, bias = false) | smooth_relu(h = 0.25); output y; }
         weights { y.W = [[1]]; }",
        &[1.4],
    );
    compiled.write_sbml(&path, &nnrc_sbml::Options::default());
    let value = |mode: &str| {
        let job = json!([{ "sbml": path, "end": 50, "mode": mode }]);
        Simulator::RoadRunner.run(&job)[0]["runs"][0]["final"]["y_1"].as_f64().unwrap()
    };
    let (steady, course) = (value("steady"), value("timecourse"));
    let expected: f64 = (1.4 + (1.4f64 * 1.4 + 1.0).sqrt()) / 2.0;
    let own = *compiled.settle().last().unwrap();
    vec![Finding::new(
        "z = 1.4, h = 0.25: libRoadRunner's steadyState gives the negative root, its time course and nnrc the positive one",
        format!("steadyState {steady:.3}, time course {course:.3}, nnrc {own:.3}"),
        steady < 0.0 && (course - expected).abs() <= TOLERANCE && (own - expected).abs() <= 1e-9,
    )]
}
