//! libRoadRunner, COPASI, the in-process engine and a plain forward pass agree.

use std::path::Path;

use serde_json::{Value, json};

use crate::Finding;
use crate::compiled::{Compiled, analyse, deviation, lower, slowest_rates};
use crate::peers::{self, Simulator};
use crate::random_network::{Kind, draw};

/// Agreement: |a − b| <= 1e-6 max(1, |b|).
pub const TOLERANCE: f64 = 1e-6;

/// Random networks that settle soon enough to compare time courses, with the slowest rate of each.
pub fn random_networks(count: usize) -> Vec<(String, Compiled, Vec<f64>, f64)> {
    let candidates: Vec<(String, Compiled, Vec<f64>)> = (0u64..)
        .filter_map(|seed| {
            let network = draw(seed, Kind::Any);
            // A few drawn networks leave the domain of an activation; they say so and are drawn again.
            let model = analyse(&network.text).ok()?;
            let compiled = lower(model, &network.input);
            let values = nnrc_model::forward::forward(&compiled.model, &network.input).concat();
            let moderate = values.iter().all(|value| value.abs() < 100.0);
            moderate.then(|| (format!("random {seed}"), compiled, network.input))
        })
        .take(2 * count)
        .collect();
    let rates = slowest_rates(candidates.iter().map(|(_, compiled, _)| compiled));
    candidates
        .into_iter()
        .zip(rates)
        .filter(|(_, rate)| *rate > 0.05)
        .map(|((name, compiled, input), rate)| (name, compiled, input, rate))
        .take(count)
        .collect()
}

/// All four agree on every value of every node of the random networks.
pub fn random(count: usize) -> Vec<Finding> {
    let networks = random_networks(count);
    let folder = tempfile::tempdir().unwrap();
    let mut jobs = Vec::new();
    let mut files = Vec::new();
    for (name, compiled, _, rate) in &networks {
        let path = folder.path().join(format!("{}.xml", name.replace(' ', "_")));
        compiled.write_sbml(&path, &nnrc_sbml::Options::default());
        jobs.push(job(&path, compiled, *rate));
        files.push(path);
    }
    let jobs = Value::Array(jobs);
    let answers: Vec<(Simulator, Value)> = Simulator::ALL.map(|s| (s, s.run(&jobs))).to_vec();
    let questions: Vec<(&Compiled, &[f64])> =
        networks.iter().map(|(_, compiled, input, _)| (compiled, input.as_slice())).collect();
    let expected_values = numpy(&questions);
    let mut findings = Vec::new();
    let mut worst = [0.0f64; 4];
    let mut failed = Vec::new();
    for (at, (name, compiled, input, _)) in networks.iter().enumerate() {
        let expected = &expected_values[at];
        let own = deviation(&nnrc_model::forward::forward(&compiled.model, input), expected);
        let engine = deviation(&compiled.values(&compiled.settle()), expected);
        let mut deviations = vec![own, engine];
        for (_, answer) in &answers {
            let values = compiled.values(&compiled.concentrations(&answer[at]["runs"][0]["final"]));
            deviations.push(deviation(&values, expected));
        }
        for (worst, deviation) in worst.iter_mut().zip(&deviations) {
            *worst = worst.max(*deviation);
        }
        if deviations.iter().any(|d| *d > TOLERANCE) {
            failed.push(format!("{name}: {deviations:?}"));
        }
    }
    findings.push(Finding::new(
        format!("{count} random networks: the model's forward pass, the engine, libRoadRunner and COPASI agree with numpy within 1e-6"),
        if failed.is_empty() && networks.len() == count {
            format!("largest deviations {:.1e}, {:.1e}, {:.1e}, {:.1e}", worst[0], worst[1], worst[2], worst[3])
        } else {
            format!("{} networks; {}", networks.len(), failed.join("; "))
        },
        failed.is_empty() && networks.len() == count,
    ));
    findings.extend(clean(&format!("{count} random networks"), &files));
    findings.push(laws(&format!("{count} random networks"), &files));
    findings
}

fn job(path: &Path, compiled: &Compiled, rate: f64) -> Value {
    let layers = compiled.model.nodes.len() - compiled.model.inputs().count();
    let end = 25.0 * layers as f64 / rate;
    json!({ "sbml": path, "end": end, "rtol": 1e-10, "atol": 1e-12 })
}

/// Values of every node of each network for its input, by numpy.
pub fn numpy(networks: &[(&Compiled, &[f64])]) -> Vec<Vec<Vec<f64>>> {
    let questions: Vec<Value> =
        networks.iter().map(|(compiled, input)| compiled.for_numpy(&[input.to_vec()])).collect();
    let answers = peers::run("forward.py", &["-"], Some(&Value::Array(questions)), &[]);
    let numbers = |value: &Value| -> Vec<f64> {
        value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
    };
    let mut all = Vec::new();
    for ((compiled, input), answer) in networks.iter().zip(answers.as_array().unwrap()) {
        let mut rest = *input;
        let mut values = Vec::new();
        for node in &compiled.model.nodes {
            if node.kind == nnrc_model::NodeKind::Input {
                let (own, others) = rest.split_at(node.width());
                rest = others;
                values.push(own.to_vec());
            } else {
                values.push(numbers(&answer["samples"][0][node.name.as_str()]));
            }
        }
        all.push(values);
    }
    all
}

/// Outputs of a network for many inputs, by numpy.
pub fn numpy_samples(network: &Compiled, inputs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let answers = peers::run("forward.py", &["-"], Some(&json!([network.for_numpy(inputs)])), &[]);
    let output = network.model.nodes[network.model.output].name.as_str();
    let samples = answers[0]["samples"].as_array().unwrap();
    let values = |sample: &Value| -> Vec<f64> {
        sample[output].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
    };
    samples.iter().map(values).collect()
}

/// libSBML has nothing to say about the files.
pub fn clean(what: &str, files: &[std::path::PathBuf]) -> Option<Finding> {
    let reports = peers::validate(files);
    let mut words = Vec::new();
    for report in reports.as_array().unwrap() {
        for finding in report["findings"].as_array().unwrap() {
            words.push(format!("{}: {}", report["file"], finding["message"]));
        }
    }
    Some(Finding::new(
        format!("{what}: libSBML's full check, units included, reports nothing"),
        if words.is_empty() { format!("0 findings in {} files", files.len()) } else { words.join("; ") },
        words.is_empty(),
    ))
}

/// COPASI maps every reaction to a rate law of its own.
pub fn laws(what: &str, files: &[std::path::PathBuf]) -> Finding {
    let reports = peers::laws(files);
    let reports = reports.as_array().unwrap();
    let private: u64 = reports.iter().map(|report| report["private"].as_u64().unwrap()).sum();
    let total: usize = reports.iter().map(|report| report["reactions"].as_array().unwrap().len()).sum();
    Finding::new(
        format!("{what}: COPASI maps every reaction to a built-in rate law"),
        format!("{private} of {total} reactions have a private function"),
        private == 0 && total > 0,
    )
}
