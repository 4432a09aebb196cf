//! Functions learned in the pot from reference weights: XOR and a sine.

use serde_json::Value;

use super::{nnrc, together};
use crate::{Effort, Finding};

/// Several trainings at once; what each one reports of the frozen network.
fn train_all(texts: &[String]) -> Vec<Value> {
    together(texts, |text| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pot.nnr"), text).unwrap();
        nnrc(folder.path(), &["train", "pot.nnr"]).unwrap_or_else(Value::String)
    })
}

/// Rows and columns of numbers, the last column apart: weights, then biases.
fn tensors(layer: &str, rows: &Value) -> String {
    let rows = rows.as_array().unwrap();
    let list = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
    let (mut weights, mut biases) = (Vec::new(), Vec::new());
    for row in rows {
        let (bias, own) = row.as_array().unwrap().split_last().unwrap();
        weights.push(format!("[{}]", list(own)));
        biases.push(bias.to_string());
    }
    format!("{layer}.W = [{}]; {layer}.b = [{}];", weights.join(", "), biases.join(", "))
}

pub fn initial_weights(kind: &str) -> Vec<Value> {
    let path = crate::root().join("tests/reference/initial_weights.json");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    all[kind].as_array().unwrap().clone()
}

const XOR: &str = "dataset gate = rows([
    { x = [0, 0], t = [0] }, { x = [0, 1], t = [1] }, { x = [1, 0], t = [1] }, { x = [1, 1], t = [0] },
]);";

/// XOR with given weights, for a number of epochs.
pub fn xor(entry: &Value, epochs: usize) -> String {
    let hidden = entry["layers"][1].as_u64().unwrap();
    format!(
        "{XOR}
network learner {{
    input x[2];
    layer hidden = dense({hidden}) | smooth_relu(h = 0.1);
    layer y = dense(1) | identity();
    output y;
}}
weights {{ {} {} }}
chemistry {{
    construction = one_pot;
    speeds = {{ forward = 1, backward = 1, annihilation = 10, weight_annihilation = 1 }};
}}
train {{ data = gate; rule = gradient_flow(rate = 0.01); feed = cycle(hold = 20); epochs = {epochs}; }}
",
        tensors("hidden", &entry["weights"][0]),
        tensors("y", &entry["weights"][1])
    )
}

/// XOR is learned from the reference weights, as well as in the reference runs.
pub fn xor_runs(effort: Effort) -> Vec<Finding> {
    // Hidden units, seed, mean squared error of the reference run.
    let runs: &[(u64, u64, f64)] = match effort {
        Effort::Test => &[(4, 1, 9.1e-4)],
        Effort::Full => &[(2, 0, 4.6e-4), (2, 1, 1.3e-3), (4, 0, 1.5e-2), (4, 1, 9.1e-4), (4, 2, 2.6e-3)],
    };
    let entries = initial_weights("one_pot");
    let texts: Vec<String> = runs
        .iter()
        .map(|&(hidden, seed, _)| {
            let entry = entries.iter().find(|e| e["layers"][1] == hidden && e["seed"] == seed).unwrap();
            xor(entry, if hidden == 2 { 2000 } else { 1000 })
        })
        .collect();
    let reports = train_all(&texts);
    let judge = |(&(hidden, seed, reference), report): (&(u64, u64, f64), &Value)| {
        let (mse, accuracy) = (report["train"]["mse"].as_f64(), report["train"]["accuracy"].as_f64());
        let mse = mse.unwrap_or(f64::NAN);
        Finding::new(
            format!(
                "XOR in one pot, 2-{hidden}-1, seed {seed}: 4 of 4, mse within a factor of 3 of {reference:.1e}"
            ),
            format!("accuracy {accuracy:?}, mse {mse:.2e}"),
            accuracy == Some(1.0) && mse > reference / 3.0 && mse < reference * 3.0,
        )
    };
    runs.iter().zip(&reports).map(judge).collect()
}

/// A sine from 21 points, by the pot of the given settings.
fn sine(entry: &Value, chemistry: &str, rate: f64, feed: &str, epochs: usize) -> String {
    let rows: Vec<String> = (0..21)
        .map(|at| {
            let x = f64::from(at - 10) / 10.0;
            format!("    {{ x = [{x}], t = [{}] }},", (std::f64::consts::PI * x).sin())
        })
        .collect();
    format!(
        "dataset wave = rows([
{}
]);
network learner {{
    input x[1] in [-1, 1];
    layer hidden = dense(8) | smooth_relu(h = 0.1);
    layer y = dense(1) | identity();
    output y;
}}
weights {{ {} {} }}
chemistry {{ construction = one_pot; {chemistry} }}
train {{ data = wave; rule = gradient_flow(rate = {rate}); feed = {feed}; epochs = {epochs}; }}
",
        rows.join("\n"),
        tensors("hidden", &entry["weights"][0]),
        tensors("y", &entry["weights"][1])
    )
}

/// Regression: fast neurons better than the gated teacher, that better than slow neurons.
pub fn sine_runs() -> Vec<Finding> {
    let slow = "speeds = { forward = 1, backward = 1, annihilation = 10 };";
    let gated = format!("{slow} schedule = {{ settle = 5, learn = 5, flush = 4 }};");
    let mut texts = Vec::new();
    let entries = initial_weights("one_pot_sine");
    for entry in &entries {
        let fast = "speeds = { forward = 5, backward = 5, annihilation = 100 };";
        texts.push(sine(entry, fast, 0.01, "shuffle(hold = 5, seed = 1)", 500));
        texts.push(sine(entry, &gated, 0.01, "shuffle(seed = 1)", 1000));
        texts.push(sine(entry, slow, 0.005, "shuffle(hold = 10, seed = 1)", 500));
    }
    let reports = train_all(&texts);
    let judge = |(entry, reports): (&Value, &[Value])| {
        let mse: Vec<f64> = reports.iter().map(|r| r["train"]["mse"].as_f64().unwrap_or(f64::NAN)).collect();
        Finding::new(
            format!(
                "sine in one pot, seed {}: fast better than gated better than plain, fast at most 0.003",
                entry["seed"]
            ),
            format!("mse {:.2e}, {:.2e}, {:.2e}", mse[0], mse[1], mse[2]),
            mse[0] < mse[1] && mse[1] < mse[2] && mse[0] <= 0.003,
        )
    };
    entries.iter().zip(reports.chunks(3)).map(judge).collect()
}
