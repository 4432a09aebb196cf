//! Random networks of all magnitudes as `.nnr` text: what a pot holds need not be of order one.

use std::fmt::Write;

use nnrc_model::random::Random;

use crate::random_network::RandomNetwork;

/// Decimal exponents of weights, biases, parameters and inputs.
const EXPONENTS: (f64, f64) = (-12.0, 6.0);

/// Every activation that a fixed point computes, its parameter, and whether its value is never negative.
const ACTIVATIONS: &[(&str, Option<&str>, bool)] = &[
    ("identity", None, false),
    ("smooth_relu", Some("h"), true),
    ("smooth_leaky_relu", Some("h"), false),
    ("algebraic_sigmoid", Some("h"), true),
    ("algebraic_tanh", Some("h"), false),
    ("restored_sigmoid", Some("a"), true),
    ("michaelis", Some("k"), true),
    ("hill", Some("k"), true),
    ("softsign", Some("h"), false),
    ("elu", Some("h"), false),
    ("abs", Some("h"), true),
    ("swish", Some("h"), false),
    ("square", None, true),
    ("inverse_multiquadric", Some("h"), true),
    ("inverse_quadratic", None, true),
    ("annihilation_relu", Some("k"), true),
    ("winner_take_all", Some("h"), true),
    ("rational_softmax", Some("h"), true),
];

/// The network of a seed: one to three layers, each of its numbers of a magnitude of its own.
pub fn draw(seed: u64) -> RandomNetwork {
    let mut random = Random::new(seed);
    let inputs = 1 + random.below(3) as usize;
    let signed = random.unit() < 0.4;
    let depth = 1 + random.below(3) as usize;
    let input: Vec<f64> = (0..inputs).map(|_| number(&mut random, !signed)).collect();
    let largest = input.iter().fold(1e-12, |largest: f64, x| largest.max(x.abs()));
    let low = if signed { -largest } else { 0.0 };
    let mut text = format!("nnr 1;\nnetwork extreme {{\n    input x[{inputs}] in [{low:e}, {largest:e}];\n");
    let mut weights = String::new();
    // Name, width, and whether no value is negative.
    let mut values = vec![("x".to_owned(), inputs, !signed)];
    for layer in 1..=depth {
        let name = format!("l{layer}");
        let newest = values.len() - 1;
        let mut sources = vec![newest];
        if newest > 0 && random.unit() < 0.3 {
            sources.push(random.below(newest as u64) as usize);
        }
        let columns = sources.iter().map(|&source| values[source].1).sum();
        let is_positive = sources.iter().all(|&source| values[source].2) && random.unit() < 0.5;
        let width = 1 + random.below(3) as usize;
        // Every activation leads in its turn.
        let mut at = (seed as usize + layer) % ACTIVATIONS.len();
        if layer > 1 && random.unit() < 0.5 {
            at = random.below(ACTIVATIONS.len() as u64) as usize;
        }
        let (mut chain, mut never_negative) = (String::new(), is_positive);
        for link in 0..if random.unit() < 0.15 { 2 } else { 1 } {
            if link > 0 {
                at = random.below(ACTIVATIONS.len() as u64) as usize;
            }
            let (activation, parameter, result) = ACTIVATIONS[at];
            let (activation, parameter, result) =
                if ["michaelis", "hill"].contains(&activation) && !never_negative {
                    ("smooth_relu", Some("h"), true)
                } else {
                    (activation, parameter, result)
                };
            let mut words: Vec<String> = Vec::new();
            words.extend(parameter.map(|name| format!("{name} = {:e}", magnitude(&mut random))));
            if activation == "smooth_leaky_relu" {
                words.push(format!("slope = {:e}", 10f64.powf(random.uniform(-12.0, -0.01))));
            }
            let _ = write!(chain, " | {activation}({})", words.join(", "));
            never_negative = result || (never_negative && ["identity", "swish"].contains(&activation));
        }
        let has_bias = random.unit() < 0.6;
        let options = if has_bias { "" } else { ", bias = false" };
        let from: Vec<&str> = sources.iter().map(|&source| values[source].0.as_str()).collect();
        let _ = writeln!(text, "    layer {name} = dense({width}{options}){chain} from {};", from.join(", "));
        let rows: Vec<String> = (0..width).map(|_| list(&mut random, columns, is_positive)).collect();
        let _ = writeln!(weights, "    {name}.W = [{}];", rows.join(", "));
        if has_bias {
            let _ = writeln!(weights, "    {name}.b = {};", list(&mut random, width, is_positive));
        }
        values.push((name, width, never_negative));
    }
    let chemistry = chemistry(&mut random);
    let _ = write!(
        text,
        "    output l{depth};\n}}\nweights {{\n{weights}}}\nchemistry {{ construction = fixed_point; {chemistry}}}\n"
    );
    RandomNetwork { text, input }
}

fn magnitude(random: &mut Random) -> f64 {
    10f64.powf(random.uniform(EXPONENTS.0, EXPONENTS.1))
}

fn number(random: &mut Random, is_positive: bool) -> f64 {
    let size = if random.unit() < 0.1 { 0.0 } else { magnitude(random) };
    if !is_positive && random.unit() < 0.5 { -size } else { size }
}

fn list(random: &mut Random, count: usize, is_positive: bool) -> String {
    let numbers: Vec<String> = (0..count).map(|_| format!("{:e}", number(random, is_positive))).collect();
    format!("[{}]", numbers.join(", "))
}

fn chemistry(random: &mut Random) -> String {
    let mut entries = String::new();
    if random.unit() < 0.3 {
        entries.push_str("weights = species; ");
    }
    if random.unit() < 0.3 {
        entries.push_str("max_order = 3; ");
    }
    if random.unit() < 0.3 {
        entries.push_str("signs = dual_rail; ");
    }
    if random.unit() < 0.5 {
        let _ =
            write!(entries, "speeds = {{ annihilation = {:e} }}; ", 10f64.powf(random.uniform(-3.0, 6.0)));
    }
    entries
}
