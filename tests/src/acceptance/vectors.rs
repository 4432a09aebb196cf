//! The reference vectors, reproduced from simulated chemistry.

use nnrc_model::forward::forward;
use serde_json::Value;

use crate::Finding;
use crate::compiled::{Compiled, compile, slowest_rates};

fn vectors() -> Vec<Value> {
    let path = crate::root().join("tests/reference/vectors.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

/// The vectors of one kind.
pub(crate) fn of_kind(kind: &str) -> Vec<Value> {
    vectors().into_iter().filter(|vector| vector["kind"] == kind).collect()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// Values at the fixed point of the chemistry for an input.
pub(crate) fn settled(text: &str, input: &[f64]) -> (Compiled, Vec<Vec<f64>>) {
    let compiled = compile(text, input);
    let values = compiled.values(&compiled.settle());
    (compiled, values)
}

/// Every network of the vectors: activations, pre-activations implied, and local rates.
pub fn networks() -> Vec<Finding> {
    let mut findings = Vec::new();
    for vector in of_kind("fixed_point_net") {
        let name = vector["name"].as_str().unwrap();
        let text = network_text(&vector);
        let (mut worst, mut worst_rate) = (0.0f64, 0.0f64);
        let mut networks = Vec::new();
        for case in vector["cases"].as_array().unwrap() {
            let input = numbers(&case["input"]);
            let (compiled, values) = settled(&text, &input);
            let mut expected: Vec<Vec<f64>> =
                case["hidden"].as_array().unwrap().iter().map(numbers).collect();
            expected.push(numbers(&case["output"]));
            worst = worst.max(absolute(&values[1..], &expected));
            worst = worst.max(absolute(&forward(&compiled.model, &input)[1..], &expected));
            networks.push(compiled);
        }
        let cases = networks.len();
        for (rate, case) in slowest_rates(&networks).iter().zip(vector["cases"].as_array().unwrap()) {
            worst_rate = worst_rate.max((rate - case["rate"].as_f64().unwrap()).abs());
        }
        findings.push(Finding::new(
            format!("vector {name}: simulated chemistry within 1e-8, local rate within 1e-6"),
            format!("{cases} cases, largest deviation {worst:.1e}, of the rate {worst_rate:.1e}"),
            worst <= 1e-8 && worst_rate <= 1e-6,
        ));
    }
    findings
}

pub(crate) fn network_text(vector: &Value) -> String {
    let layers = vector["weights"].as_array().unwrap();
    let h = &vector["h"];
    let call = |activation: &Value| match activation.as_str().unwrap() {
        "linear" => "identity()".to_owned(),
        _ => format!("smooth_relu(h = {h})"),
    };
    let inputs = layers[0][0].as_array().unwrap().len();
    let mut network = format!("    input x[{inputs}] in [-2, 2];\n");
    let mut weights = String::new();
    for (at, matrix) in layers.iter().enumerate() {
        let last = at + 1 == layers.len();
        let activation = call(&vector[if last { "output_activation" } else { "hidden_activation" }]);
        network +=
            &format!("    layer l{at} = dense({}) | {activation};\n", matrix.as_array().unwrap().len());
        weights += &format!("    l{at}.W = {matrix};\n    l{at}.b = {};\n", vector["biases"][at]);
    }
    let last = layers.len() - 1;
    format!("network net {{\n{network}    output l{last};\n}}\nweights {{\n{weights}}}\n")
}

fn absolute(found: &[Vec<f64>], expected: &[Vec<f64>]) -> f64 {
    let (found, expected): (Vec<f64>, Vec<f64>) = (found.concat(), expected.concat());
    assert_eq!(found.len(), expected.len());
    found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// How the rows of the activation table are written in the language; none for those that no fixed point computes
/// or that are derivatives.
fn call_of(row: &str, entry: &Value) -> Option<String> {
    let h = entry["h"].as_f64().unwrap_or(0.25);
    Some(match row {
        "identity" | "linear" => "identity()".to_owned(),
        "smooth_relu" => format!("smooth_relu(h = {h})"),
        "smooth_leaky_relu_alpha0.1" => format!("smooth_leaky_relu(h = {h}, slope = 0.1)"),
        "smooth_abs" => format!("abs(h = {h})"),
        "alg_sigmoid" => format!("algebraic_sigmoid(h = {h})"),
        "alg_tanh" => format!("algebraic_tanh(h = {h})"),
        "smooth_softsign" => format!("softsign(h = {h})"),
        "elu_like" => format!("elu(h = {h})"),
        "alg_swish" => format!("swish(h = {h})"),
        "inv_multiquadric" => format!("inverse_multiquadric(h = {h})"),
        "inv_quadratic" => "inverse_quadratic()".to_owned(),
        "square" => "square()".to_owned(),
        _ if row.starts_with("logistic_restored") || row.starts_with("restored_sigmoid") => {
            format!("restored_sigmoid(a = {})", entry["a"].as_f64().unwrap_or(0.5))
        }
        _ if row.starts_with("michaelis") => "michaelis(k = 1)".to_owned(),
        _ if row.starts_with("hill") => "hill(k = 1)".to_owned(),
        _ => return None,
    })
}

/// Names of rows that a fixed point does not compute: derivatives, and what needs a clock.
fn is_left_out(row: &str) -> bool {
    row.contains("derivative") || ["sigmoid", "tanh", "softplus", "exp", "gaussian", "relu"].contains(&row)
}

/// Every row of the activation table that a fixed point computes.
pub fn activation_table() -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in of_kind("activation_table") {
        for entry in table["table"].as_array().unwrap() {
            let row = entry["name"].as_str().unwrap();
            let Some(call) = call_of(row, entry) else {
                findings.extend((!is_left_out(row)).then(|| {
                    Finding::new(format!("activation table: {row}"), "no activation of this name", false)
                }));
                continue;
            };
            let mut worst = 0.0f64;
            let mut cases = 0;
            for (z, value) in numbers(&entry["z"]).iter().zip(numbers(&entry["value"])) {
                let (_, found) = settled(&single(&call, *z), &[*z]);
                worst = worst.max((found[1][0] - value).abs());
                cases += 1;
            }
            findings.push(Finding::new(
                format!("activation table, {row}: simulated chemistry within 1e-8"),
                format!("{cases} values, largest deviation {worst:.1e}"),
                worst <= 1e-8,
            ));
        }
    }
    findings
}

/// One unit with pre-activation x.
pub(crate) fn single(call: &str, z: f64) -> String {
    let range = if z < 0.0 { format!("[{z}, 1]") } else { format!("[0, {}]", z.max(1.0)) };
    format!(
        "network one {{ input x[1] in {range}; layer y = dense(1, bias = false) | {call}; output y; }}\nweights {{ y.W = [[1]]; }}\n"
    )
}

/// A layer whose pre-activations are the inputs.
pub(crate) fn joint(call: &str, z: &[f64]) -> String {
    let n = z.len();
    let rows: Vec<String> = (0..n)
        .map(|i| format!("[{}]", (0..n).map(|j| u8::from(i == j).to_string()).collect::<Vec<_>>().join(", ")))
        .collect();
    format!(
        "network joint {{ input x[{n}] in [-5, 5]; layer y = dense({n}, bias = false) | {call}; output y; }}\nweights {{ y.W = [{}]; }}\n",
        rows.join(", ")
    )
}

/// Rational softmax and winner take all.
pub fn joint_activations() -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut check = |name: &str, call: &str, z: &[f64], expected: &[f64]| {
        let (_, found) = settled(&joint(call, z), z);
        let worst = absolute(&found[1..], &[expected.to_vec()]);
        findings.push(Finding::new(
            format!("vector {name}: simulated chemistry within 1e-8"),
            format!("largest deviation {worst:.1e}"),
            worst <= 1e-8,
        ));
    };
    for vector in of_kind("softmax") {
        let expected = numbers(&vector["rational_softmax_h0_25"]);
        check("rational_softmax", "rational_softmax(h = 0.25)", &numbers(&vector["z"]), &expected);
    }
    for vector in of_kind("wta") {
        let call = format!("winner_take_all(h = {})", vector["h"]);
        check("winner_take_all", &call, &numbers(&vector["z"]), &numbers(&vector["X"]));
    }
    findings
}

/// The transient of a smoothed ReLU unit: against the recorded trajectory, and against the closed form
/// (x − x₊)/(x − x₋) = C e^(−λt) from the compiled initial state.
pub fn transients() -> Vec<Finding> {
    let mut findings = Vec::new();
    for vector in of_kind("trajectory").into_iter().filter(|vector| vector["name"] == "smooth_relu_transient")
    {
        let (z, h) = (vector["z"].as_f64().unwrap(), vector["h"].as_f64().unwrap());
        let mut compiled = compile(&single(&format!("smooth_relu(h = {h})"), z), &[z]);
        let unit = compiled.crn.species.iter().find(|(_, family)| family.stem == "y").unwrap().0;
        let start = vector["x0"].as_f64().unwrap();
        compiled.crn.species[unit].initial = vec![start];
        let at = compiled.info.species_range(unit).start;
        let mut worst = 0.0f64;
        for (t, x) in numbers(&vector["t"]).iter().zip(numbers(&vector["x"])) {
            worst = worst.max((compiled.at(*t, 1e-12, 1e-14)[at] - x).abs());
        }
        findings.push(Finding::new(
            "smooth ReLU transient: the recorded trajectory within 1e-8",
            format!("largest deviation {worst:.1e}"),
            worst <= 1e-8,
        ));
    }
    let mut worst = 0.0f64;
    for (z, h) in [(1.4, 0.25), (-3.0, 0.1), (0.0, 0.01), (5.0, 1e-4)] {
        let compiled = compile(&single(&format!("smooth_relu(h = {h})"), z), &[z]);
        let lambda: f64 = (z * z + 4.0 * h).sqrt();
        let (high, low) = ((z + lambda) / 2.0, (z - lambda) / 2.0);
        let start: f64 = h.sqrt();
        for step in 1..=20 {
            let t = f64::from(step) / lambda;
            let ratio = (start - high) / (start - low) * (-lambda * t).exp();
            let expected = (high - low * ratio) / (1.0 - ratio);
            let found = *compiled.at(t, 1e-12, 1e-14).last().unwrap();
            worst = worst.max((found - expected).abs());
        }
    }
    findings.push(Finding::new(
        "smooth ReLU transient: the closed form within 1e-8, four units at 20 times",
        format!("largest deviation {worst:.1e}"),
        worst <= 1e-8,
    ));
    findings
}
