//! Gradients against central differences of the plain forward pass.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use nnrc_analysis::Overrides;
use nnrc_gradient::{Graph, Laned, Parameter, Propagation};
use nnrc_model::forward::forward;
use nnrc_model::{Memory, Model, NodeKind, Operation};

/// The model of a text.
fn model(text: &str) -> Model {
    let file = nnrc_syntax::parse(text).unwrap();
    nnrc_analysis::analyse(&file, text, &Overrides::default(), &Memory::default()).model.unwrap()
}

/// A model with these parameters.
fn with(model: &Model, graph: &Graph, parameters: &[f64]) -> Model {
    let mut model = model.clone();
    let mut ranges = graph.parameters().iter().map(Parameter::range);
    for node in &mut model.nodes {
        if let NodeKind::Layer { operation: Operation::Dense { weights, bias }, .. } = &mut node.kind {
            weights.values.copy_from_slice(&parameters[ranges.next().unwrap()]);
            if let Some(bias) = bias {
                bias.values.copy_from_slice(&parameters[ranges.next().unwrap()]);
            }
        }
    }
    nnrc_model::ranges::propagate(&mut model.nodes);
    model
}

/// Values and gradient of L = Σ_samples Σ_k c_k y_k against `forward`.
fn check(text: &str) {
    let model = model(text);
    let graph = Graph::new(&model);
    let mut propagation = Propagation::new(&graph, 7);
    let width = model.input_width();
    let samples: Vec<Vec<f64>> = (0..5)
        .map(|sample| (0..width).map(|at| 0.13 + 0.17 * ((sample * 3 + at * 5) % 5) as f64).collect())
        .collect();
    let rows: Vec<&[f64]> = samples.iter().map(Vec::as_slice).collect();
    let parameters = graph.initial().to_vec();
    let factor = |at: usize, sample: usize| 1.0 - 0.3 * at as f64 + 0.1 * sample as f64;
    propagation.forward(&rows);
    let loss = |parameters: &[f64]| -> f64 {
        let model = with(&model, &graph, parameters);
        let outputs = samples.iter().enumerate().map(|(sample, input)| {
            let all = forward(&model, input);
            all[model.output].iter().enumerate().map(|(at, y)| factor(at, sample) * y).sum::<f64>()
        });
        outputs.sum()
    };
    let mut found_loss = 0.0;
    propagation.backward(|sample, output, slopes| {
        for (at, (y, slope)) in output.iter().zip(slopes).enumerate() {
            found_loss += factor(at, sample) * y;
            *slope = factor(at, sample);
        }
    });
    assert!((found_loss - loss(&parameters)).abs() < 1e-9, "{found_loss} {}\n{text}", loss(&parameters));
    let gradient = propagation.gradient();
    let expected: Vec<f64> = (0..parameters.len())
        .map(|at| {
            let shifted = |by: f64| {
                let mut parameters = parameters.clone();
                parameters[at] += by;
                loss(&parameters)
            };
            let step = 1e-4;
            // Fourth order: the error of the differences stays below that of the claim.
            (8.0 * (shifted(step) - shifted(-step)) - (shifted(2.0 * step) - shifted(-2.0 * step)))
                / (12.0 * step)
        })
        .collect();
    let largest = expected.iter().fold(0.0f64, |largest, g| largest.max(g.abs()));
    for (at, (found, expected)) in gradient.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() <= 1e-6 * largest, "{at}: {found} {expected}\n{text}");
    }
}

/// Values and gradient in double precision, and the gradient in single.
fn check_both(text: &str) {
    check(text);
    check_precisions(text);
}

/// The same gradient in either precision, within a hundred roundings of the shorter one.
fn check_precisions(text: &str) {
    let model = model(text);
    let graph = Graph::new(&model);
    let (double, single) = (gradient::<f64>(&graph, &model), gradient::<f32>(&graph, &model));
    let largest = double.iter().fold(0.0f64, |largest, g| largest.max(g.abs()));
    assert!(largest > 0.0);
    for (at, (double, single)) in double.iter().zip(&single).enumerate() {
        assert!((double - single).abs() <= 1e-5 * largest, "{at}: {double} {single}\n{text}");
    }
}

/// The gradient of Σ_samples Σ_k c_k y_k.
fn gradient<R: Laned>(graph: &Graph, model: &Model) -> Vec<f64> {
    let number = |sample: usize, at: usize| R::of(0.13 + 0.17 * ((sample * 3 + at * 5) % 5) as f64);
    let samples: Vec<Vec<R>> =
        (0..5).map(|sample| (0..model.input_width()).map(|at| number(sample, at)).collect()).collect();
    let mut propagation = Propagation::new(graph, 5);
    propagation.forward(&samples.iter().map(Vec::as_slice).collect::<Vec<_>>());
    propagation.backward(|sample, _, slopes| {
        let factor = |at: usize| 1.0 - 0.3 * at as f64 + 0.1 * sample as f64;
        slopes.iter_mut().enumerate().for_each(|(at, slope)| *slope = factor(at));
    });
    propagation.gradient()
}

fn network(first: &str, last: &str) -> String {
    format!(
        "network n {{ input x[3] in [0, 1]; layer a = dense(4) | {first}; layer b = dense(3) | {last}; output b; }}\n\
         weights {{ init = uniform(-0.8, 0.9, seed = 5); }}"
    )
}

#[test]
fn every_activation() {
    for activation in [
        "identity()",
        "smooth_relu(h = 0.1)",
        "smooth_leaky_relu(h = 0.1, slope = 0.1)",
        "algebraic_sigmoid(h = 1)",
        "algebraic_tanh(h = 1)",
        "restored_sigmoid(a = 0.5)",
        "softsign(h = 0.1)",
        "elu(h = 0.1)",
        "abs(h = 0.1)",
        "swish(h = 1)",
        "square()",
        "inverse_multiquadric(h = 1)",
        "inverse_quadratic()",
        "winner_take_all(h = 0.05)",
        "rational_softmax(h = 0.1)",
    ] {
        check_both(&network(activation, "identity()"));
        check_both(&network("smooth_relu(h = 0.05)", activation));
    }
}

#[test]
fn activations_of_limited_domain_and_rails() {
    let positive = |activation: &str| {
        network(activation, "identity()")
            .replace("uniform(-0.8, 0.9, seed = 5)", "uniform(0.1, 0.9, seed = 5)")
    };
    check_both(&positive("michaelis(k = 1)"));
    check_both(&positive("hill(k = 1)"));
    check_both(&network("annihilation_relu(k = 50)", "identity()"));
    check_both(&network("smooth_relu(h = 0.1)", "annihilation_relu(k = 50)"));
}

#[test]
fn graphs_with_branches_and_chains() {
    check_both(
        "network n {\n    input x[2] in [0, 1];\n    input s[1] in [0, 1];\n    \
         layer a = dense(3) | smooth_relu(h = 0.1) | square() from x, s;\n    \
         layer b = dense(3, bias = false) | algebraic_tanh(h = 1) from s, a;\n    \
         layer c = add() | softsign(h = 0.1) from a, b;\n    \
         layer d = concat() from c, x;\n    \
         layer e = dense(2) | rational_softmax(h = 0.1) from d, b;\n    output e;\n}\n\
         weights { init = uniform(-0.8, 0.9, seed = 2); }",
    );
}

#[test]
fn samples_together_are_the_samples_apart() {
    let model = model(&network("smooth_relu(h = 0.1)", "identity()"));
    let graph = Graph::new(&model);
    let samples: [&[f64]; 3] = [&[0.1, 0.2, 0.3], &[0.5, 0.1, 0.9], &[0.7, 0.7, 0.1]];
    let mut propagation = Propagation::new(&graph, 3);
    let mut gradient = |samples: &[&[f64]]| {
        propagation.forward(samples);
        propagation.backward(|_, _, slopes| slopes.fill(1.0));
        propagation.gradient()
    };
    let together = gradient(&samples);
    let apart = samples.map(|sample| gradient(&[sample]));
    for (at, together) in together.iter().enumerate() {
        let sum: f64 = apart.iter().map(|gradient| gradient[at]).sum();
        assert!((together - sum).abs() < 1e-12);
    }
}
