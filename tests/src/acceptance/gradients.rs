//! Gradients through the fixed point: against the reference vectors, and against differences of simulated chemistry.

use std::collections::BTreeSet;

use nnrc_gradient::{Graph, Parameter, Propagation};
use nnrc_model::activation::Activation;
use nnrc_model::{Model, NodeKind, Operation};
use nnrc_sim::reading::{Measure, Reading};
use nnrc_sim::train::{Loss, Totals};

use super::agreement::random_networks;
use super::vectors::{network_text, numbers, of_kind};
use crate::Finding;
use crate::compiled::{analyse, lower};

/// The gradient of a loss on one sample, a number for each parameter, and the loss.
pub fn gradient(model: &Model, loss: Loss, input: &[f64], target: &[f64]) -> (f64, Vec<f64>) {
    let graph = Graph::new(model);
    let mut propagation = Propagation::new(&graph, 1);
    propagation.forward(&[input]);
    let mut totals = Totals::default();
    let measure = Measure::of(Reading::Classes);
    propagation.backward(|_, output, adjoint| loss.judge(&measure, output, target, adjoint, &mut totals));
    (totals.loss, propagation.gradient())
}

/// `grad_W` and `grad_b` of every network of the vectors.
pub fn vectors() -> Vec<Finding> {
    let mut findings = Vec::new();
    for vector in of_kind("fixed_point_net") {
        let (mut worst, mut count) = (0.0f64, 0);
        let model = analyse(&network_text(&vector)).unwrap();
        for case in vector["cases"].as_array().unwrap().iter().filter(|case| !case["grad_W"].is_null()) {
            let (loss, found) =
                gradient(&model, Loss::SquaredError, &numbers(&case["input"]), &numbers(&case["target"]));
            let layers = case["grad_W"].as_array().unwrap().iter().zip(case["grad_b"].as_array().unwrap());
            // Parameters stand layer by layer, W row by row, then b.
            let expected: Vec<f64> = layers
                .flat_map(|(w, b)| {
                    let rows = w.as_array().unwrap().iter().flat_map(numbers);
                    rows.chain(numbers(b)).collect::<Vec<f64>>()
                })
                .collect();
            assert_eq!(found.len(), expected.len());
            worst = worst.max((loss - case["loss"].as_f64().unwrap()).abs());
            worst = found.iter().zip(&expected).fold(worst, |worst, (a, b)| worst.max((a - b).abs()));
            count += found.len();
        }
        if count > 0 {
            findings.push(Finding::new(
                format!("gradients of vector {} within 1e-9", vector["name"].as_str().unwrap()),
                format!("{count} derivatives, largest deviation {worst:.1e}"),
                worst <= 1e-9,
            ));
        }
    }
    findings
}

/// The derivative rows of the activation table.
pub fn derivative_rows() -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in of_kind("activation_table") {
        for entry in table["table"].as_array().unwrap() {
            let name = entry["name"].as_str().unwrap();
            let h = entry["h"].as_f64().unwrap_or(0.25);
            let activation = match name.strip_suffix("_derivative") {
                Some("smooth_relu") => Activation::SmoothRelu { h },
                Some("alg_sigmoid") => Activation::AlgebraicSigmoid { h },
                Some(other) => panic!("a derivative of {other}, which is not known"),
                None => continue,
            };
            let rows = numbers(&entry["z"]).into_iter().zip(numbers(&entry["value"]));
            let worst = rows.fold(0.0f64, |worst, (z, value)| {
                worst.max((activation.slope(z, z.max(0.0)).unwrap() - value).abs())
            });
            findings.push(Finding::new(
                format!("activation table, {name}, h = {h}: within 1e-9"),
                format!("largest deviation {worst:.1e}"),
                worst <= 1e-9,
            ));
        }
    }
    findings
}

/// The loss of the simulated chemistry with other parameters.
fn simulated(
    model: &Model,
    ranges: &[Parameter],
    parameters: &[f64],
    input: &[f64],
    target: &[f64],
    loss: Loss,
) -> f64 {
    let mut model = model.clone();
    let mut ranges = ranges.iter().map(Parameter::range);
    for node in &mut model.nodes {
        if let NodeKind::Layer { operation: Operation::Dense { weights, bias }, .. } = &mut node.kind {
            weights.values.copy_from_slice(&parameters[ranges.next().unwrap()]);
            if let Some(bias) = bias {
                bias.values.copy_from_slice(&parameters[ranges.next().unwrap()]);
            }
        }
    }
    let compiled = lower(model, input);
    let values = compiled.values(&compiled.settle());
    let (mut output, mut totals) = (values[compiled.model.output].clone(), Totals::default());
    let mut slopes = vec![0.0; output.len()];
    loss.judge(&Measure::of(Reading::Classes), &mut output, target, &mut slopes, &mut totals);
    totals.loss
}

/// Parameters at which the chemistry has no derivative: a weight of 0 before `annihilation_relu`, since its sign decides
/// which of the two species it feeds, and the two are not alike.
fn kinks(model: &Model, graph: &Graph) -> BTreeSet<usize> {
    let is_two_sided = |name: &str| {
        model.nodes.iter().any(|node| match &node.kind {
            NodeKind::Layer { activations, .. } => {
                node.name == name && activations.first().is_some_and(|one| one.depends_on_production())
            }
            NodeKind::Input => false,
        })
    };
    let parameters = graph.parameters().iter();
    let parameters = parameters.filter(|p| p.key.split_once('.').is_some_and(|(name, _)| is_two_sided(name)));
    parameters.flat_map(|p| p.range()).filter(|&at| graph.initial()[at] == 0.0).collect()
}

/// Gradients of random networks, all activations among them, against differences of the settled chemistry.
pub fn random(count: usize) -> Vec<Finding> {
    let (mut worst, mut derivatives, mut failed) = (0.0f64, 0, Vec::new());
    let mut activations = BTreeSet::new();
    for (name, compiled, input, _) in random_networks(count) {
        let model = compiled.model;
        for node in &model.nodes {
            if let NodeKind::Layer { activations: chain, .. } = &node.kind {
                activations.extend(chain.iter().map(|activation| activation.name()));
            }
        }
        let graph = Graph::new(&model);
        let target = vec![0.3; graph.output_width()];
        let loss = Loss::SquaredError;
        let (_, found) = gradient(&model, loss, &input, &target);
        let largest = found.iter().fold(0.0f64, |largest, g| largest.max(g.abs()));
        let mut of_network = 0.0f64;
        let kinks = kinks(&model, &graph);
        for (at, found) in found.iter().enumerate().filter(|(at, _)| !kinks.contains(at)) {
            derivatives += 1;
            let shifted = |by: f64| {
                let mut parameters = graph.initial().to_vec();
                parameters[at] += by;
                simulated(&model, graph.parameters(), &parameters, &input, &target, loss)
            };
            // Fourth order: some of these activations have third derivatives of 1e4.
            let difference = |by: f64| (shifted(by) - shifted(-by)) / (2.0 * by);
            let expected = (4.0 * difference(1e-4) - difference(2e-4)) / 3.0;
            of_network = of_network.max((found - expected).abs() / largest);
        }
        worst = worst.max(of_network);
        if of_network > 1e-6 {
            failed.push(format!("{name}: {of_network:.1e}"));
        }
    }
    vec![Finding::new(
        format!(
            "gradients of {count} random networks: differences of simulated chemistry within 1e-6 of the largest"
        ),
        format!(
            "{derivatives} derivatives through {} activations, largest deviation {worst:.1e}{}",
            activations.len(),
            failed.iter().map(|words| format!("; {words}")).collect::<String>()
        ),
        failed.is_empty() && derivatives > 0,
    )]
}

/// Gradients of networks with every activation against central differences of the settled chemistry, relative to the
/// largest component.
pub fn simulation() -> Vec<Finding> {
    let signed = "uniform(-0.8, 0.9, seed = 5)";
    let positive = "uniform(0.1, 0.9, seed = 5)";
    let cases = [
        ("smooth_relu(h = 0.1)", "identity()", signed, Loss::SquaredError),
        ("smooth_leaky_relu(h = 0.1)", "algebraic_sigmoid(h = 1)", signed, Loss::SquaredError),
        ("algebraic_tanh(h = 1)", "identity()", signed, Loss::SoftmaxCrossEntropy),
        ("restored_sigmoid()", "softsign(h = 0.1)", signed, Loss::SquaredError),
        ("elu(h = 0.1)", "abs(h = 0.1)", signed, Loss::SquaredError),
        ("swish(h = 1)", "square()", signed, Loss::SquaredError),
        ("inverse_multiquadric(h = 1)", "inverse_quadratic()", signed, Loss::SquaredError),
        ("michaelis(k = 1)", "hill(k = 1)", positive, Loss::SquaredError),
        ("annihilation_relu(k = 50)", "identity()", signed, Loss::SquaredError),
        ("winner_take_all(h = 0.05)", "rational_softmax(h = 0.1)", signed, Loss::CrossEntropy),
    ];
    let mut findings = Vec::new();
    for (hidden, output, init, loss) in cases {
        let text = format!(
            "network n {{ input x[3] in [0, 1]; layer a = dense(3) | {hidden}; layer b = dense(2) | {output}; \
             output b; }}\nweights {{ init = {init}; }}"
        );
        let model = analyse(&text).unwrap_or_else(|words| panic!("{words}"));
        let (input, target) = ([0.2, 0.9, 0.5], [0.3, 0.7]);
        let (_, found) = gradient(&model, loss, &input, &target);
        let graph = Graph::new(&model);
        let largest = found.iter().fold(0.0f64, |largest, g| largest.max(g.abs()));
        let mut worst = 0.0f64;
        for (at, found) in found.iter().enumerate() {
            let shifted = |by: f64| {
                let mut parameters = graph.initial().to_vec();
                parameters[at] += by;
                simulated(&model, graph.parameters(), &parameters, &input, &target, loss)
            };
            let expected = (shifted(1e-4) - shifted(-1e-4)) / 2e-4;
            worst = worst.max((found - expected).abs() / largest);
        }
        findings.push(Finding::new(
            format!("gradient through {hidden} and {output}: differences of simulated chemistry within 1e-6"),
            format!("{} derivatives, largest deviation {worst:.1e} of the largest", found.len()),
            worst <= 1e-6,
        ));
    }
    findings
}
