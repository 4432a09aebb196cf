//! Random networks as `.nnr` text: mixed depth, width, sign and activation.

use std::fmt::Write;

use nnrc_model::random::Random;

/// A network in text, and an input for it.
#[derive(Debug, Clone)]
pub struct RandomNetwork {
    /// The `.nnr` text.
    pub text: String,
    /// An input within its range.
    pub input: Vec<f64>,
}

/// Which networks to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every activation, dense, add and concat layers, both carriers of weights, both orders.
    Any,
    /// Smoothed ReLU and linear layers: what the certificate covers.
    Certified,
}

const ACTIVATIONS: &[&str] = &[
    "identity",
    "smooth_relu",
    "smooth_leaky_relu",
    "algebraic_sigmoid",
    "algebraic_tanh",
    "restored_sigmoid",
    "michaelis",
    "hill",
    "softsign",
    "elu",
    "abs",
    "swish",
    "square",
    "inverse_multiquadric",
    "inverse_quadratic",
    "annihilation_relu",
    "winner_take_all",
    "rational_softmax",
];

/// The network of a seed.
pub fn draw(seed: u64, kind: Kind) -> RandomNetwork {
    let mut random = Random::new(seed);
    let inputs = 1 + random.below(4) as usize;
    let signed_input = random.unit() < 0.4;
    let depth = 1 + random.below(if kind == Kind::Any { 3 } else { 4 }) as usize;
    let mut widths = vec![("x".to_owned(), inputs)];
    let mut network = String::new();
    let mut weights = String::new();
    let low = if signed_input { -1 } else { 0 };
    let _ = writeln!(network, "    input x[{inputs}] in [{low}, 1];");
    for layer in 1..=depth {
        let name = format!("l{layer}");
        // The forced activation makes every one of them appear among consecutive seeds.
        let forced = ACTIVATIONS[(seed as usize * 3 + layer) % ACTIVATIONS.len()];
        let activation = choose(&mut random, kind, layer == 1 && !signed_input, forced);
        let previous = widths.len() - 1;
        let second = if widths.len() > 1 && random.unit() < 0.3 {
            Some(random.below(previous as u64) as usize)
        } else {
            None
        };
        let equal = second.is_some_and(|second| widths[second].1 == widths[previous].1);
        let positive = ["michaelis", "hill"].contains(&activation.as_str());
        let from = match second {
            Some(second) => format!(" from {}, {}", widths[previous].0, widths[second].0),
            None => String::new(),
        };
        let shape = random.unit();
        let (operation, width) = if equal && shape < 0.4 && !positive {
            ("add()".to_owned(), widths[previous].1)
        } else if second.is_some() && shape < 0.6 && !positive {
            ("concat()".to_owned(), widths[previous].1 + widths[second.unwrap()].1)
        } else {
            let width = 1 + random.below(5) as usize;
            let columns = widths[previous].1 + second.map_or(0, |second| widths[second].1);
            dense(&mut random, &mut weights, &name, width, columns, positive);
            (format!("dense({width})"), width)
        };
        let call = call(&mut random, &activation);
        let _ = writeln!(network, "    layer {name} = {operation} | {call}{from};");
        widths.push((name, width));
    }
    let chemistry = chemistry(&mut random, kind);
    let text = format!(
        "nnr 1;\nnetwork random {{\n{network}    output l{depth};\n}}\nweights {{\n{weights}}}\nchemistry {{ {chemistry} }}\n"
    );
    let input = (0..inputs).map(|_| random.uniform(f64::from(low), 1.0)).collect();
    RandomNetwork { text, input }
}

fn choose(random: &mut Random, kind: Kind, first: bool, forced: &str) -> String {
    if kind == Kind::Certified {
        return if random.unit() < 0.65 { "smooth_relu" } else { "identity" }.to_owned();
    }
    let choice = if random.unit() < 0.7 {
        forced
    } else {
        ACTIVATIONS[random.below(ACTIVATIONS.len() as u64) as usize]
    };
    // These are defined, or given by a plain formula, only on inputs that are not negative.
    if ["michaelis", "hill", "annihilation_relu"].contains(&choice) && !first {
        "smooth_relu"
    } else {
        choice
    }
    .to_owned()
}

fn call(random: &mut Random, activation: &str) -> String {
    let value = |random: &mut Random, low, high| (random.uniform(low, high) * 1000.0).round() / 1000.0;
    match activation {
        "identity" | "square" | "inverse_quadratic" => format!("{activation}()"),
        "smooth_leaky_relu" => {
            format!("{activation}(h = {}, slope = {})", value(random, 0.02, 0.3), value(random, 0.05, 0.5))
        }
        "restored_sigmoid" => format!("{activation}(a = {})", value(random, 0.2, 1.0)),
        "michaelis" | "hill" => format!("{activation}(k = {})", value(random, 0.3, 2.0)),
        "annihilation_relu" => format!("{activation}(k = {})", value(random, 100.0, 10_000.0)),
        _ => format!("{activation}(h = {})", value(random, 0.02, 0.5)),
    }
}

fn dense(
    random: &mut Random,
    weights: &mut String,
    name: &str,
    width: usize,
    columns: usize,
    positive: bool,
) {
    let number = |random: &mut Random| {
        let size = if random.unit() < 0.1 { 0.0 } else { random.normal(0.0, 1.0) };
        let size = (size.clamp(-2.0, 2.0) * 1000.0).round() / 1000.0;
        if positive { size.abs() } else { size }
    };
    let rows: Vec<String> = (0..width)
        .map(|_| {
            let row: Vec<String> = (0..columns).map(|_| number(random).to_string()).collect();
            format!("[{}]", row.join(", "))
        })
        .collect();
    let bias: Vec<String> = (0..width).map(|_| number(random).to_string()).collect();
    let _ = writeln!(weights, "    {name}.W = [{}];", rows.join(", "));
    let _ = writeln!(weights, "    {name}.b = [{}];", bias.join(", "));
}

fn chemistry(random: &mut Random, kind: Kind) -> String {
    let mut entries = vec!["construction = fixed_point;".to_owned()];
    if random.unit() < 0.3 {
        entries.push("weights = species;".to_owned());
    }
    if random.unit() < 0.3 {
        entries.push("max_order = 3;".to_owned());
    }
    if random.unit() < 0.2 {
        entries.push("signs = dual_rail;".to_owned());
    }
    if kind == Kind::Any && random.unit() < 0.3 {
        entries.push("units = molar;".to_owned());
        entries.push(format!("volume = {} L;", 1 + random.below(3)));
    }
    if random.unit() < 0.2 {
        entries.push("speeds = { forward = 2 };".to_owned());
    }
    entries.join(" ")
}
