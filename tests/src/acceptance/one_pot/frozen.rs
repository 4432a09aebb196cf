//! What the frozen pot computes, and how large pots are.

use std::fmt::Write;

use nnrc_crn::{Crn, CrnInfo, namer, structure};
use nnrc_engine::Engine;
use nnrc_gradient::Graph;
use nnrc_model::random::Random;
use nnrc_model::{Model, NodeKind, Operation, Rule};
use nnrc_sim::System;
use nnrc_sim::train::Loss;

use crate::Finding;
use crate::acceptance::gradients::gradient;
use crate::compiled::{Compiled, analyse, lower};

/// Every activation that a pot learns with, but the one that only ends an output.
const ACTIVATIONS: [&str; 14] = [
    "identity()",
    "smooth_relu(h = 0.1)",
    "smooth_leaky_relu(h = 0.2, slope = 0.1)",
    "algebraic_sigmoid(h = 1)",
    "algebraic_tanh(h = 0.5)",
    "restored_sigmoid(a = 0.5)",
    "softsign(h = 0.1)",
    "elu(h = 0.1)",
    "abs(h = 0.1)",
    "swish(h = 1)",
    "square()",
    "inverse_multiquadric(h = 0.5)",
    "inverse_quadratic()",
    "smooth_leaky_relu(h = 0.1, slope = 0)",
];

/// A learning network in text: seed by seed other activations, sources, outputs, losses and orders.
fn network(seed: u64) -> String {
    let mut random = Random::new(seed);
    let at = seed as usize;
    let (first, second) = (ACTIVATIONS[at % 14], ACTIVATIONS[(at * 5 + 3) % 14]);
    // Third: linear, smoothed ReLU, shares, or any other.
    let (last, loss) = match at % 4 {
        0 => ("identity()", "squared_error"),
        1 => ("smooth_relu(h = 0.1)", "squared_error"),
        2 => ("rational_softmax(h = 0.1)", "cross_entropy"),
        _ => (ACTIVATIONS[(at * 3 + 1) % 14], "squared_error"),
    };
    let join = match at % 5 {
        0 => "layer c = add() from a, b;",
        1 => "layer c = concat() | algebraic_tanh() from a, b;",
        2 => "layer c = dense(2) | elu() | swish() from b, a;",
        3 => "layer c = dense(3, bias = false) | smooth_relu() from x, b;",
        _ => "layer c = dense(2) | smooth_relu();",
    };
    let low = if at.is_multiple_of(3) { -1.0 } else { 0.0 };
    let numbers = |random: &mut Random, count: usize, low: f64, high: f64| -> String {
        let all: Vec<String> = (0..count).map(|_| format!("{:.4}", random.uniform(low, high))).collect();
        all.join(", ")
    };
    let mut text = format!(
        "network frozen {{
    input x[3] in [{low}, 1];
    layer a = dense(2) | {first};
    layer b = dense(2) | {second};
    {join}
    layer y = dense(3) | {last};
    output y;
}}
"
    );
    let _ = writeln!(text, "dataset d = rows([");
    for row in 0..2 {
        let x = numbers(&mut random, 3, low, 1.0);
        // Within the reach of every activation, and probabilities.
        let t = if last.starts_with("abs") {
            "0.75, 0.65, 0.9"
        } else if row == 0 {
            "0.25, 0.65, 0.1"
        } else {
            "0.5, 0.2, 0.3"
        };
        let _ = writeln!(text, "    {{ x = [{x}], t = [{t}] }},");
    }
    let (order, teacher) =
        (2 + at % 2, if at % 6 == 5 { "schedule = { settle = 5, learn = 5, flush = 4 };" } else { "" });
    let feed = if teacher.is_empty() { "cycle(hold = 20)" } else { "cycle()" };
    let _ = writeln!(
        text,
        "]);
weights {{ init = uniform(-0.9, 0.9, seed = {seed}); }}
chemistry {{ construction = one_pot; max_order = {order}; {teacher} }}
train {{ data = d; loss = {loss}; rule = gradient_flow(rate = 0.01); feed = {feed}; }}"
    );
    text
}

/// The concentration of every species of one family.
fn family<'a>(crn: &Crn, info: &CrnInfo, state: &'a [f64], stem: &str, suffix: &str) -> Option<&'a [f64]> {
    let (handle, _) = crn.species.iter().find(|(_, f)| f.stem == stem && f.suffix == suffix)?;
    Some(&state[info.species_range(handle)])
}

/// The value that two rails stand for.
fn rails(pot: &Compiled, state: &[f64], stem: &str, suffix: &str) -> Option<Vec<f64>> {
    let rail = |sign: &str| {
        let suffix = if suffix.is_empty() { sign.to_owned() } else { format!("{suffix}_{sign}") };
        family(&pot.crn, &pot.info, state, stem, &suffix)
    };
    Some(rail("p")?.iter().zip(rail("m")?).map(|(p, m)| p - m).collect())
}

/// The model with another learning rate.
pub fn at_rate(mut model: Model, rate: f64) -> Model {
    let Some(Rule::GradientFlow(rule)) = &mut model.training.as_mut().unwrap().rule else {
        panic!("a pot that learns")
    };
    rule.rate = rate;
    model
}

/// The loss after a change of one weight or bias, by the plain forward pass.
fn shifted_loss(model: &Model, loss: Loss, input: &[f64], target: &[f64], which: usize, by: f64) -> f64 {
    let mut model = model.clone();
    let mut rest = which;
    for node in &mut model.nodes {
        let NodeKind::Layer { operation: Operation::Dense { weights, bias }, .. } = &mut node.kind else {
            continue;
        };
        for tensor in std::iter::once(weights).chain(bias) {
            match tensor.values.get_mut(rest) {
                Some(value) => {
                    *value += by;
                    let y = nnrc_model::forward::forward(&model, input).swap_remove(model.output);
                    return match loss {
                        Loss::CrossEntropy => -target.iter().zip(&y).map(|(t, y)| t * y.ln()).sum::<f64>(),
                        _ => y.iter().zip(target).map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / 2.0,
                    };
                }
                None => rest -= tensor.values.len(),
            }
        }
    }
    panic!("there is no parameter {which}");
}

/// With weights at rest, E, D and the fluxes into the weights are those of backpropagation.
pub fn frozen() -> Vec<Finding> {
    let (mut errors, mut deltas, mut fluxes, mut differences) =
        ([0.0f64; 2], [0.0f64; 2], [0.0f64; 2], [0.0f64; 2]);
    let (mut orders, mut realisable, mut laws, mut conserved) = ([true; 2], true, 0, 0.0f64);
    let note = |worst: &mut [f64; 2], found: f64, expected: f64, what: &str| {
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(error.is_finite(), "{what}: {found} {expected}");
        worst[0] = worst[0].max(error);
        worst[1] += 1.0;
    };
    let seeds = 28;
    for seed in 0..seeds {
        let text = network(seed);
        let model = analyse(&text).unwrap_or_else(|words| panic!("{words}"));
        let flow = model.gradient_flow().unwrap().clone();
        let data = &model.datasets[&flow.data.dataset];
        let (input, target) = (data.input(0).to_vec(), data.target(0, 3).unwrap());
        let loss = match flow.loss {
            nnrc_model::Loss::CrossEntropy => Loss::CrossEntropy,
            _ => Loss::SquaredError,
        };
        let (graph, (_, gradient)) = (Graph::new(&model), gradient(&model, loss, &input, &target));
        for which in (0..gradient.len()).step_by(5) {
            let ends = [1e-5, -1e-5].map(|by| shifted_loss(&model, loss, &input, &target, which, by));
            note(&mut differences, (ends[0] - ends[1]) / 2e-5, gradient[which], "difference");
        }
        let of = |key: &str| -> Option<&[f64]> {
            graph.parameters().iter().find(|p| p.key == key).map(|p| &gradient[p.range()])
        };
        let order = model.chemistry.max_order;
        let pot = lower(at_rate(model.clone(), 0.0), &input);
        let state = pot.settle();
        for (at, node) in pot.model.nodes.iter().enumerate() {
            // dL/db of a layer is dL/dz of its first activation.
            let NodeKind::Layer { activations, .. } = &node.kind else { continue };
            let first = if activations.len() > 1 { "A1_D" } else { "D" };
            let found = rails(&pot, &state, &node.name, first);
            if let (Some(expected), Some(found)) = (of(&format!("{}.b", node.name)), found) {
                for (d, expected) in found.iter().zip(expected) {
                    note(&mut deltas, *d, *expected, "delta");
                }
            }
            if at == model.output && loss == Loss::SquaredError {
                let y = nnrc_model::forward::forward(&model, &input).swap_remove(at);
                let found = rails(&pot, &state, "y", "E").unwrap();
                for ((e, y), t) in found.iter().zip(y).zip(&target) {
                    note(&mut errors, *e, y - t, "error of the output");
                }
            }
        }
        // The error of c is Wᵀ dL/db of y.
        let NodeKind::Layer { operation: Operation::Dense { weights, .. }, .. } =
            &model.nodes[model.output].kind
        else {
            panic!("the output is dense");
        };
        let found = rails(&pot, &state, "c", "E").unwrap();
        for (column, e) in found.iter().enumerate() {
            let d = of("y.b").unwrap();
            let expected: f64 = (0..3).map(|row| weights.values[row * found.len() + column] * d[row]).sum();
            note(&mut errors, *e, expected, "error of a hidden layer");
        }
        // Once the weights move, they move down the gradient.
        let moving = lower(at_rate(model.clone(), 1.0), &input);
        let mut engine = Engine::new(&moving.crn, &moving.info);
        let mut own = engine.initial_state();
        for (handle, _) in moving.crn.species.iter() {
            if let Some(range) = engine.state_range(handle) {
                own[range].copy_from_slice(&state[moving.info.species_range(handle)]);
            }
        }
        let mut derivative = vec![0.0; own.len()];
        engine.derivative(&own, &mut derivative);
        let speeds = engine.full_state(&derivative);
        for parameter in graph.parameters() {
            let (layer, what) = parameter.key.split_once('.').unwrap();
            let found = rails(&moving, &speeds, &format!("{what}_{layer}"), "").unwrap();
            for (flux, expected) in found.iter().zip(&gradient[parameter.range()]) {
                note(&mut fluxes, -flux, *expected, "flux");
            }
        }
        orders[usize::from(order == 3)] &= moving.info.by_molecularity().len() <= order as usize + 1;
        realisable &= structure::is_realisable(&moving.crn, &moving.info);
        let end = moving.at(40.0, 1e-9, 1e-12);
        let begin = moving.info.initial_state(&moving.crn);
        for law in structure::conservation_laws(&moving.crn, &moving.info) {
            let total = |state: &[f64]| -> f64 {
                let sum = |family| state[moving.info.species_range(family)].iter().sum::<f64>();
                law.terms.iter().map(|&(family, c)| c as f64 * sum(family)).sum()
            };
            laws += 1;
            conserved = conserved.max((total(&end) - total(&begin)).abs());
        }
    }
    let finding = |what: &str, [worst, count]: [f64; 2], bound: f64| {
        let figure = format!("{count} numbers of {seeds} networks, largest deviation {worst:.1e}");
        Finding::new(format!("{what} within {bound:.0e}"), figure, worst <= bound)
    };
    vec![
        finding("frozen pot: E against backpropagation", errors, 1e-8),
        finding("frozen pot: D against backpropagation", deltas, 1e-8),
        finding("learning pot: fluxes into the weights against backpropagation", fluxes, 1e-8),
        finding("backpropagation against differences of the plain forward pass", differences, 1e-7),
        Finding::new(
            "at most two reactants, or three under `max_order = 3`",
            format!("{orders:?}"),
            orders == [true; 2],
        ),
        Finding::new(
            "every learning pot can be built of reactions as it stands",
            format!("{realisable}"),
            realisable,
        ),
        Finding::new(
            "conserved totals stay",
            format!("{laws} totals, largest change {conserved:.1e}"),
            laws > 0 && conserved < 1e-9,
        ),
    ]
}

/// A pot of the given widths that learns XOR-like rows; linear output.
fn sized(inputs: usize, hidden: usize, outputs: usize) -> Compiled {
    let row = |width: usize| vec!["1"; width].join(", ");
    let text = format!(
        "dataset d = rows([{{ x = [{}], t = [{}] }}]);
network sized {{ input x[{inputs}]; layer hidden = dense({hidden}) | smooth_relu(h = 0.1); layer y = dense({outputs}) | identity(); output y; }}
weights {{ init = normal(0, 1, seed = 1); }}
train {{ data = d; rule = gradient_flow(rate = 0.01); feed = cycle(hold = 20); }}",
        row(inputs),
        row(outputs)
    );
    let model = analyse(&text).unwrap_or_else(|words| panic!("{words}"));
    let input = vec![1.0; inputs];
    lower(model, &input)
}

/// Species and reactions are as many as the construction says, families always the same number.
pub fn counts() -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut families = Vec::new();
    for (m, n, p) in [(2, 4, 1), (4, 8, 3), (64, 20, 10)] {
        let pot = sized(m, n, p);
        let held = m + 2 * p;
        let found = (pot.info.species_count() - held, pot.info.reaction_count());
        let expected = (
            2 * n * (m + 1) + 8 * n + 2 * p * (n + 1) + 6 * p,
            5 * n * m + 25 * n + 4 * n * p + 5 * p * n + 19 * p,
        );
        findings.push(Finding::new(
            format!(
                "{m}-{n}-{p}: {} species beside inputs and targets, {} reactions",
                expected.0, expected.1
            ),
            format!("{} and {}", found.0, found.1),
            found == expected,
        ));
        families.push(pot.crn.reactions.len());
    }
    findings.push(Finding::new(
        "as many families for every width",
        format!("{families:?}"),
        families.windows(2).all(|pair| pair[0] == pair[1]),
    ));
    let mut id = String::new();
    let pot = sized(2, 4, 1);
    let (handle, family) =
        pot.crn.species.iter().find(|(_, f)| f.stem == "hidden" && f.suffix == "D_p").unwrap();
    namer::species_id(&pot.crn, family, 2, &mut id);
    findings.push(Finding::new(
        "identifiers of deltas",
        format!("{id} of family {}", handle.index()),
        id == "hidden_3_D_p",
    ));
    findings
}
