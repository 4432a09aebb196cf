//! What every construct becomes: text and reactions under each other.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::{analyse, both, lower};

/// A layer `y` of two units over `x`, with weights of both signs unless `plain`.
fn layer(calls: &str, plain: bool) -> String {
    let weights = if plain { "[[1, 2], [0.5, 0]]" } else { "[[1, -0.5], [0.5, 0]]" };
    both(&format!(
        "network one {{
    input x[2] in [0, 1];
    layer y = dense(2) | {calls};
    output y;
}}
weights {{ y.W = {weights}; y.b = [0.5, 0.1]; }}
"
    ))
}

macro_rules! activation {
    ($($name:ident: $call:expr;)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(layer($call, false));
            }
        )*
        const SHOWN: &[&str] = &[$(stringify!($name)),*];
    };
}

activation! {
    identity: "identity()";
    smooth_relu: "smooth_relu(h = 0.25)";
    smooth_leaky_relu: "smooth_leaky_relu(h = 0.25, slope = 0.1)";
    algebraic_sigmoid: "algebraic_sigmoid()";
    algebraic_tanh: "algebraic_tanh()";
    restored_sigmoid: "restored_sigmoid()";
    michaelis: "michaelis(k = 2)";
    hill: "hill(k = 2)";
    softsign: "softsign()";
    elu: "elu()";
    abs: "abs()";
    swish: "swish()";
    square: "square()";
    inverse_multiquadric: "inverse_multiquadric()";
    inverse_quadratic: "inverse_quadratic()";
    annihilation_relu: "annihilation_relu(k = 1000)";
    winner_take_all: "winner_take_all()";
    rational_softmax: "rational_softmax()";
}

#[test]
fn every_activation_is_shown() {
    for spec in nnrc_model::activation::SPECS.iter().filter(|spec| spec.facts.fixed_point.is_some()) {
        let name = spec.facts.name;
        assert!(SHOWN.contains(&name), "{name} has no snapshot");
    }
}

/// Those with another chemistry where nothing pulls below zero.
#[test]
fn one_rail_forms() {
    let calls =
        ["identity()", "michaelis(k = 2)", "hill(k = 2)", "swish()", "square()", "inverse_quadratic()"];
    for call in calls {
        insta::assert_snapshot!(format!("one_rail_{}", call.split_once('(').unwrap().0), layer(call, true));
    }
}

/// The leaky ReLU of slope 0 is the smoothed ReLU.
#[test]
fn leaky_relu_of_slope_zero() {
    let leaky = layer("smooth_leaky_relu(h = 0.25, slope = 0)", false);
    let plain = layer("smooth_relu(h = 0.25)", false);
    assert_eq!(leaky.split_once("crn").unwrap().1, plain.split_once("crn").unwrap().1);
}

#[test]
fn chained_activations() {
    insta::assert_snapshot!(layer("square() | smooth_relu()", false));
}

#[test]
fn three_chained_activations() {
    insta::assert_snapshot!(layer("identity() | hill() | square()", false));
}

#[test]
fn two_rails_of_an_input() {
    insta::assert_snapshot!(both(
        "network rails {
    input x[2] in [-1, 1];
    layer hidden = dense(2) | smooth_relu(h = 0.25);
    layer y = dense(1);
    output y;
}
weights {
    hidden.W = [[1, -2], [0.5, 0]];
    hidden.b = [0.1, -0.2];
    y.W = [[1, -1]];
    y.b = [0.5];
}
simulate { input = [-0.5, 1]; }
"
    ));
}

/// A weight of one sign has one rail, a weight of two signs two; a source of each kind.
const SOURCES: &str = "network sources {
    input a[2] in [0, 1];
    input b[1] in [-1, 1];
    layer first = dense(2) | smooth_relu() from a, b;
    layer sum = add() from first, a;
    layer joined = concat() | algebraic_sigmoid() from sum, b;
    layer y = dense(1, bias = false) | identity() from joined, a;
    output y;
}
weights {
    first.W = [[1, 0.5, 0], [0, 0, 0.25]];
    first.b = [0, 0];
    y.W = [[1, -1, 0, 2, -3]];
}
";

#[test]
fn several_sources() {
    insta::assert_snapshot!(both(SOURCES));
}

#[test]
fn weights_as_species_of_order_two() {
    let text = format!(
        "{SOURCES}chemistry {{ weights = species; speeds = {{ forward = 2, annihilation = 50 }}; }}\n"
    );
    insta::assert_snapshot!(both(&text));
}

#[test]
fn weights_as_species_of_order_three() {
    insta::assert_snapshot!(both(&format!("{SOURCES}chemistry {{ weights = species; max_order = 3; }}\n")));
}

#[test]
fn order_three_spares_the_relay_of_the_restored_sigmoid() {
    insta::assert_snapshot!(both(
        "network direct {
    input x[1] in [0, 1];
    layer y = dense(1) | restored_sigmoid();
    output y;
}
weights { y.W = [[1]]; y.b = [-0.5]; }
chemistry { max_order = 3; }
"
    ));
}

#[test]
fn two_rails_where_asked_for() {
    insta::assert_snapshot!(both(
        "network asked {
    input x[1] in [0, 1];
    layer y = dense(1);
    output y;
}
weights { y.W = [[1]]; y.b = [0.5]; }
chemistry { signs = dual_rail; }
"
    ));
}

#[test]
fn an_input_of_two_dimensions() {
    insta::assert_snapshot!(both(
        "network image {
    input x[2, 2] in [0, 1];
    layer y = dense(2) | smooth_relu();
    output y;
}
weights { y.W = [[1, 0, 0, -1], [0, 1, -1, 0]]; y.b = [0, 0]; }
"
    ));
}

/// Numbers of species, reactions and reactions by molecularity of one dense layer m -> n, no weight 0.
fn counts(m: usize, n: usize, low: i32, calls: &str) -> (usize, usize, Vec<usize>) {
    let row = |builder: usize| -> Vec<String> {
        (0..m).map(|j| (if (builder + j).is_multiple_of(2) { 0.5 } else { -0.25 }).to_string()).collect()
    };
    let rows: Vec<String> = (0..n).map(|builder| format!("[{}]", row(builder).join(", "))).collect();
    let biases: Vec<&str> =
        (0..n).map(|builder| if builder.is_multiple_of(2) { "1" } else { "-1" }).collect();
    let model = analyse(&format!(
        "network counts {{ input x[{m}] in [{low}, 1]; layer y = dense({n}) | {calls}; output y; }}\n\
         weights {{ y.W = [{}]; y.b = [{}]; }}\n",
        rows.join(", "),
        biases.join(", ")
    ));
    let (_, info) = lower(&model, &model.default_input());
    (info.species_count(), info.reaction_count(), info.by_molecularity())
}

#[test]
fn counts_of_a_dense_layer() {
    for (m, n) in [(1, 1), (2, 4), (4, 5), (7, 3)] {
        // A catalyst and the unit; bias and the unit; 0 -> X, 2 X -> X.
        assert_eq!(
            counts(m, n, 0, "smooth_relu()"),
            (m + n, n * (m + 3), vec![n, n, n * m + n]),
            "one rail, {m} -> {n}"
        );
        assert_eq!(
            counts(m, n, -1, "smooth_relu()"),
            (2 * m + n, n * (2 * m + 3), vec![n, n, n * 2 * m + n]),
            "two rails, {m} -> {n}"
        );
        // Bias, two decays, one annihilation.
        let signed = m > 1 || n > 1;
        if signed {
            assert_eq!(
                counts(m, n, 0, "identity()"),
                (m + 2 * n, n * (m + 4), vec![n, n * (m + 2), n]),
                "linear, {m} -> {n}"
            );
        }
        assert_eq!(
            counts(m, n, -1, "identity()"),
            (2 * m + 2 * n, n * (2 * m + 4), vec![n, n * (2 * m + 2), n]),
            "linear of two rails, {m} -> {n}"
        );
    }
}

#[test]
fn a_weight_of_zero_makes_no_reaction() {
    let count = |weights: &str| {
        let model = analyse(&format!(
            "network sparse {{ input x[2] in [0, 1]; layer y = dense(1) | smooth_relu(); output y; }}\n\
             weights {{ y.W = [{weights}]; y.b = [0]; }}\n"
        ));
        lower(&model, &[0.0, 0.0]).1.reaction_count()
    };
    assert_eq!((count("[1, 1]"), count("[1, 0]"), count("[0, 0]")), (4, 3, 2));
}

#[test]
fn relays_keep_the_order() {
    for max_order in [2, 3] {
        let text = format!(
            "network fits {{ input x[2] in [-1, 1]; layer y = dense(2) | restored_sigmoid(); output y; }}\n\
             weights {{ init = uniform(-1, 1, seed = 1); }}\n\
             chemistry {{ weights = species; max_order = {max_order}; }}\n"
        );
        let model = analyse(&text);
        let (_, info) = lower(&model, &[0.5, -0.5]);
        assert!(info.by_molecularity().len() as u32 <= max_order + 1);
    }
}
