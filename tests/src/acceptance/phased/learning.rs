//! Learning by the clock against online gradient descent.

use nnrc_model::random::Random;
use nnrc_sim::Method;
use serde_json::Value;

use super::run::Run;
use crate::Finding;
use crate::acceptance::vectors::{numbers, of_kind};

/// Tolerances of a solver at which the figures below hold.
pub const TOLERANCE: (f64, f64) = (1e-6, 1e-10);

/// Weights of the layers of a network, a neuron a row, the bias last.
pub type Weights = Vec<Vec<Vec<f64>>>;

/// The text of a learner of a table with two sigmoid layers; `rest` goes into `train`.
pub fn learner(
    rows: &[(Vec<f64>, f64)],
    weights: &Weights,
    rate: f64,
    rest: &str,
    chemistry: &str,
) -> String {
    let data: Vec<String> = rows.iter().map(|(x, t)| format!("    {{ x = {x:?}, t = [{t}] }},\n")).collect();
    let split = |layer: &[Vec<f64>]| -> (Vec<Vec<f64>>, Vec<f64>) {
        layer.iter().map(|row| (row[..row.len() - 1].to_vec(), row[row.len() - 1])).unzip()
    };
    let ((w1, b1), (w2, b2)) = (split(&weights[0]), split(&weights[1]));
    format!(
        "dataset gate = rows([\n{}]);\nnetwork learner {{\n    input x[{}];\n    layer hidden = dense({}) | sigmoid();\n    \
         layer y = dense({}) | sigmoid();\n    output y;\n}}\nweights {{\n    hidden.W = {w1:?};\n    hidden.b = {b1:?};\n    \
         y.W = {w2:?};\n    y.b = {b2:?};\n}}\nchemistry {{ construction = phased; {chemistry} }}\n\
         train learner {{ data = gate; rule = sgd(rate = {rate}); feed = cycle(); {rest} }}\n",
        data.concat(),
        rows[0].0.len(),
        w1.len(),
        w2.len(),
    )
}

/// The table of a gate.
pub fn table(gate: &str) -> Vec<(Vec<f64>, f64)> {
    let targets = if gate == "or" { [0.0, 1.0, 1.0, 1.0] } else { [0.0, 1.0, 1.0, 0.0] };
    let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    inputs.iter().zip(targets).map(|(x, t)| (x.to_vec(), t)).collect()
}

/// One reference run: weights, halting cycle, final outputs.
pub struct Reference {
    /// `or` or `xor`
    pub gate: String,
    /// Initial weights.
    pub weights: Weights,
    /// The cycle in which it halts, counted from 0.
    pub halt_cycle: usize,
    /// Outputs for the four rows.
    pub outputs: Vec<f64>,
}

/// The runs of `initial_weights.json`.
pub fn references() -> Vec<Reference> {
    let path = crate::root().join("tests/reference/initial_weights.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let entries = file["phased"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| Reference {
            gate: entry["gate"].as_str().unwrap().to_owned(),
            weights: serde_json::from_value(entry["weights"].clone()).unwrap(),
            halt_cycle: entry["halt_cycle"].as_u64().unwrap() as usize,
            outputs: numbers(&entry["final_outputs"]),
        })
        .collect()
}

/// The learner of a reference.
pub fn text_of(reference: &Reference) -> String {
    learner(&table(&reference.gate), &reference.weights, 4.0, "stop when error < 0.25;", "")
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Hidden values and output of a 2-layer network, computed plainly.
fn forward(weights: &Weights, input: &[f64]) -> (Vec<f64>, f64) {
    let unit = |row: &Vec<f64>, input: &[f64]| -> f64 {
        let (bias, w) = row.split_last().unwrap();
        sigmoid(w.iter().zip(input).map(|(w, x)| w * x).sum::<f64>() + bias)
    };
    let hidden: Vec<f64> = weights[0].iter().map(|row| unit(row, input)).collect();
    let output = unit(&weights[1][0], &hidden);
    (hidden, output)
}

/// One step of online gradient descent on half the squared error, computed plainly; the output before it.
pub fn step(weights: &mut Weights, (input, target): &(Vec<f64>, f64), rate: f64, tolerance: f64) -> f64 {
    let (hidden, output) = forward(weights, input);
    let error = output - target;
    if error.abs() < tolerance {
        return output;
    }
    let delta = error * output * (1.0 - output);
    let back: Vec<f64> = hidden.iter().zip(&weights[1][0]).map(|(h, w)| w * delta * h * (1.0 - h)).collect();
    let update = |row: &mut Vec<f64>, delta: f64, input: &[f64]| {
        let last = row.len() - 1;
        for (w, x) in row[..last].iter_mut().zip(input) {
            *w -= rate * delta * x;
        }
        row[last] -= rate * delta;
    };
    update(&mut weights[1][0], delta, &hidden);
    for (row, delta) in weights[0].iter_mut().zip(back) {
        update(row, delta, input);
    }
    output
}

/// Weights as the reference computation orders them, from the tensors W1, b1, W2, b2.
pub fn arranged(tensors: &[Vec<f64>]) -> Weights {
    let layer = |w: &[f64], b: &[f64]| -> Vec<Vec<f64>> {
        w.chunks(w.len() / b.len()).zip(b).map(|(row, b)| [row, &[*b]].concat()).collect()
    };
    vec![layer(&tensors[0], &tensors[1]), layer(&tensors[2], &tensors[3])]
}

/// Largest difference of two sets of weights.
pub fn distance(a: &Weights, b: &Weights) -> f64 {
    let flat = |w: &Weights| -> Vec<f64> { w.concat().concat() };
    flat(a).iter().zip(flat(b)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The exact online steps of the vectors, cycle by cycle.
pub fn sgd_sequence() -> Vec<Finding> {
    let vector = &of_kind("sgd_sequence")[0];
    let read = |value: &Value| -> Vec<Vec<f64>> { serde_json::from_value(value.clone()).unwrap() };
    let steps = vector["steps"].as_array().unwrap();
    let rows: Vec<(Vec<f64>, f64)> =
        steps.iter().map(|step| (numbers(&step["input"]), step["target"].as_f64().unwrap())).collect();
    let weights = vec![read(&vector["W1_init"]), read(&vector["W2_init"])];
    let text = learner(&rows, &weights, vector["eta"].as_f64().unwrap(), "", "");
    let mut run = Run::new(&text, TOLERANCE, Method::Explicit);
    let mut worst = 0.0f64;
    for step in steps {
        run.cycle().expect("without a judge nothing halts");
        let expected = vec![read(&step["W1"]), read(&step["W2"])];
        worst = worst.max(distance(&arranged(&run.weights()), &expected));
        worst = worst.max((run.output()[0] - step["output"][0].as_f64().unwrap()).abs());
    }
    vec![Finding::new(
        "the online steps of `sgd_sequence`, cycle by cycle: weights and outputs within 2e-5",
        format!("largest deviation {worst:.1e}"),
        worst <= 2e-5,
    )]
}

/// What was seen of a whole run.
pub struct Course {
    /// The cycle in which the clock stopped, if it did.
    pub halted: Option<usize>,
    /// Largest difference of one cycle's update from a plain step, where the error is clear of the tolerance.
    pub one_step: f64,
    /// Outputs of the last epoch, read from the pot.
    pub outputs: Vec<f64>,
    /// Largest HALT while violations persisted.
    pub early_halt: f64,
    /// Largest change of any concentration but the clock's over three further periods.
    pub drift: f64,
    /// Counts.
    pub size: (usize, usize),
    /// Ends of the cycles.
    pub ends: Vec<f64>,
    /// Weights at the end of each cycle.
    pub weights: Vec<Weights>,
}

/// Follows a learner to its halt, at most for some cycles.
pub fn follow(text: &str, rows: &[(Vec<f64>, f64)], (rate, tolerance): (f64, f64), most: usize) -> Course {
    let mut run = Run::new(text, TOLERANCE, Method::Explicit);
    let judge = run.lowered.clocked().unwrap().learning.unwrap().judge.unwrap();
    let slots = rows.len() + 2;
    let mut before = arranged(&run.weights());
    let mut course = Course {
        halted: None,
        one_step: 0.0,
        outputs: vec![f64::NAN; rows.len()],
        early_halt: 0.0,
        drift: f64::INFINITY,
        size: (run.lowered.info.species_count(), run.lowered.info.reaction_count()),
        ends: Vec::new(),
        weights: Vec::new(),
    };
    for cycle in 0..most {
        let Some(end) = run.cycle() else {
            course.halted = Some(cycle);
            break;
        };
        let after = arranged(&run.weights());
        let slot = cycle % slots;
        let mut expected = before.clone();
        let mut clear = true;
        if let Some(row) = rows.get(slot) {
            let error = (step(&mut expected, row, rate, tolerance) - row.1).abs();
            clear = (error - tolerance).abs() > 0.01;
            course.outputs[slot] = run.output()[0];
        }
        if clear {
            course.one_step = course.one_step.max(distance(&after, &expected));
        }
        course.early_halt = course.early_halt.max(run.family(judge.halt)[0]);
        course.ends.push(end);
        course.weights.push(after.clone());
        before = after;
    }
    if course.halted.is_some() {
        let start = run.integrator().state().to_vec();
        let period = run.period();
        run.pass(3.0 * period);
        let clock = run.engine.state_range(run.lowered.clocked().unwrap().clock).unwrap();
        let held: Vec<usize> = run
            .lowered
            .rails()
            .flat_map(|(_, rails)| rails.map(|rail| run.engine.state_range(rail).unwrap()))
            .flatten()
            .collect();
        let drift = |at: &usize| (run.integrator().state()[*at] - start[*at]).abs();
        course.drift = held.iter().chain(&clock.collect::<Vec<_>>()).map(drift).fold(0.0, f64::max);
    }
    course
}

/// XOR and OR with the reference weights, to the halt.
pub fn gates() -> Vec<Finding> {
    let mut findings = Vec::new();
    for reference in references() {
        let gate = reference.gate.to_uppercase();
        let rows = table(&reference.gate);
        let course = follow(&text_of(&reference), &rows, (4.0, 0.25), reference.halt_cycle + 12);
        let expected = (151, 672);
        findings.push(Finding::new(
            format!("{gate}: {} species and {} reactions", expected.0, expected.1),
            format!("{} and {}", course.size.0, course.size.1),
            course.size == expected,
        ));
        findings.push(Finding::new(
            format!("{gate}: one-step updates within 2e-5 of online gradient descent wherever the error is 0.01 clear of the tolerance"),
            format!("largest difference {:.1e} in {} cycles", course.one_step, course.ends.len()),
            course.one_step <= 2e-5,
        ));
        findings.push(Finding::new(
            format!("{gate}: halts by itself in cycle {}", reference.halt_cycle),
            format!("cycle {:?}", course.halted),
            course.halted == Some(reference.halt_cycle),
        ));
        let worst =
            course.outputs.iter().zip(&reference.outputs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        findings.push(Finding::new(
            format!(
                "{gate}: outputs of the last epoch, read from the pot, within 0.01 of {:?}",
                reference.outputs
            ),
            format!("{:.4?}, largest difference {worst:.1e}", course.outputs),
            worst <= 0.01,
        ));
        findings.push(Finding::new(
            format!("{gate}: neither a weight nor the clock moves over three further periods (below 1e-9)"),
            format!("{:.1e}", course.drift),
            course.drift <= 1e-9,
        ));
        findings.push(Finding::new(
            format!("{gate}: HALT stays below 1e-3 while violations persist"),
            format!("largest {:.1e}", course.early_halt),
            course.early_halt < 1e-3,
        ));
    }
    findings
}

/// Ten random initial weights for OR: each halts with all samples within the tolerance, or plain descent does not
/// converge either.
pub fn random_weights(count: u64) -> Vec<Finding> {
    const EPOCHS: usize = 60;
    let rows = table("or");
    let (mut halted, mut neither, mut wrong) = (0, 0, Vec::new());
    for seed in 0..count {
        let mut random = Random::new(seed);
        let mut row = |n: usize| -> Vec<f64> { (0..n).map(|_| random.normal(0.0, 1.5)).collect() };
        let weights: Weights = vec![vec![row(3), row(3)], vec![row(3)]];
        let text = learner(&rows, &weights, 4.0, "stop when error < 0.25;", "");
        let mut plain = weights;
        let converged = (0..EPOCHS).position(|_| {
            let outputs: Vec<f64> = rows.iter().map(|row| step(&mut plain, row, 4.0, 0.25)).collect();
            outputs.iter().zip(&rows).all(|(y, (_, t))| (y - t).abs() < 0.25)
        });
        // A sample close to the tolerance may cost the pot some epochs more, or spare it some.
        let most = 6 * (converged.unwrap_or(EPOCHS) + 10);
        let course = follow(&text, &rows, (4.0, 0.25), most);
        let satisfied = course.outputs.iter().zip(&rows).all(|(y, (_, t))| (y - t).abs() < 0.26);
        match (course.halted, converged) {
            (Some(_), _) if satisfied => halted += 1,
            (None, None) => neither += 1,
            (halt, plain) => wrong.push(format!("seed {seed}: halted {halt:?}, plain descent {plain:?}")),
        }
    }
    vec![Finding::new(
        format!(
            "{count} random initial weights for OR: each halts with all samples within the tolerance, or plain descent does \
             not converge in {EPOCHS} epochs either"
        ),
        format!("{halted} halt, {neither} do not and need not; {}", wrong.join("; ")),
        wrong.is_empty(),
    )]
}
