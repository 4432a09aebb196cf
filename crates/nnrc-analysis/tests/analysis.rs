//! What analysis makes of data and weights: splits, scaling, initial values, pruning, layouts, units.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::collections::BTreeMap;

use common::{Memory, analyse, analyse_with};
use nnrc_analysis::Overrides;
use nnrc_analysis::units::{Dimension, lookup};
use nnrc_model::{Dataset, NodeKind, Operation, Targets};
use nnrc_model::{Model, Table, Tensor};

/// W and b of a layer.
fn tensors<'a>(model: &'a Model, name: &str) -> (&'a Tensor, Option<&'a Tensor>) {
    let node = model.nodes.iter().find(|node| node.name == name).unwrap();
    let NodeKind::Layer { operation: Operation::Dense { weights, bias }, .. } = &node.kind else {
        panic!("{name} is no dense layer")
    };
    (weights, bias.as_ref())
}

/// A table of `rows` rows: x is the row, c a class, of which `a` is twice as frequent as `b`.
fn table(rows: usize) -> Memory {
    let row =
        |at: usize| vec![at.to_string(), "7".to_owned(), if at % 3 == 2 { "b" } else { "a" }.to_owned()];
    let mut table = Table::named(["x", "same", "c"].map(str::to_owned).to_vec());
    for at in 0..rows {
        table.push(at as u64 + 2, row(at).iter().map(String::as_str));
    }
    Memory { tables: BTreeMap::from([("t.csv".to_owned(), table)]), ..Memory::default() }
}

fn dataset(rows: usize, entries: &str) -> Dataset {
    let text = format!(
        "dataset d = csv(\"t.csv\") {{ inputs = [x, same]; {entries} }}
network n {{ input x[2]; layer y = dense(1); output y; }}
weights {{ y.W = [[1, 1]]; y.b = [0]; }}
"
    );
    let mut model =
        analyse_with(&text, &table(rows), &Overrides::default()).unwrap_or_else(|w| panic!("{w}"));
    model.datasets.remove("d").unwrap()
}

#[test]
fn splits_keep_the_share_of_every_class() {
    let data = dataset(30, "target = onehot(c); split = holdout(test = 0.3, seed = 7);");
    let Targets::Classes { labels, names, .. } = &data.targets else { panic!("classes") };
    assert_eq!(names, &["a", "b"]);
    let count = |rows: &[usize], class| rows.iter().filter(|row| labels[**row] == class).count();
    // Of 20 rows of a and 10 of b, three in ten.
    assert_eq!((count(&data.test, 0), count(&data.test, 1)), (6, 3));
    assert_eq!((count(&data.train, 0), count(&data.train, 1)), (14, 7));
    let mut all = [&data.train[..], &data.test[..]].concat();
    assert!(data.train.is_sorted() && data.test.is_sorted());
    all.sort_unstable();
    assert_eq!(all, (0..30).collect::<Vec<_>>());
}

#[test]
fn splits_depend_on_the_seed_alone() {
    let split =
        |seed| dataset(30, &format!("target = onehot(c); split = holdout(test = 0.3, seed = {seed});")).test;
    assert_eq!(split(7), split(7));
    assert_ne!(split(7), split(8));
    // Files written today mean the same rows for ever.
    assert_eq!(split(7), [2, 3, 6, 8, 15, 18, 21, 24, 29]);
}

#[test]
fn scaling_is_fitted_on_the_training_rows() {
    let data =
        dataset(30, "target = onehot(c); scale = minmax(-1, 1); split = holdout(test = 0.3, seed = 7);");
    let (low, high) = (data.train[0] as f64, data.train[data.train.len() - 1] as f64);
    for row in 0..30 {
        let expected = (row as f64 - low) / (high - low) * 2.0 - 1.0;
        assert!((data.input(row)[0] - expected).abs() < 1e-12);
        // A column of one value becomes the lower end.
        assert_eq!(data.input(row)[1], -1.0);
    }
    let data = dataset(30, "target = onehot(c); scale = standard(); split = holdout(test = 0.3, seed = 7);");
    let train: Vec<f64> = data.train.iter().map(|&row| data.input(row)[0]).collect();
    let n = train.len() as f64;
    let mean = train.iter().sum::<f64>() / n;
    let variance = train.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
    assert!((0..30).all(|row| data.input(row)[1] == 0.0));
    let data = dataset(3, "scale = divide(4);");
    assert_eq!(data.inputs[..], [0.0, 1.75, 0.25, 1.75, 0.5, 1.75]);
}

#[test]
fn targets_are_one_hot_or_a_number() {
    let data = dataset(3, "target = onehot(c);");
    assert_eq!(data.target(2, 2), Some(vec![0.0, 1.0]));
    assert_eq!(data.target(2, 1), Some(vec![1.0]));
    assert_eq!(dataset(3, "").target(2, 1), None);
}

/// Weights of `hidden`, 3 x 2, and `y`, 1 x 3.
fn initialised(init: &str, seed: Option<u64>) -> Model {
    let text = format!(
        "network n {{ input x[2]; layer hidden = dense(3) | smooth_relu(); layer y = dense(1); output y; }}
weights {{ {init} }}
"
    );
    let overrides = Overrides { seed, ..Overrides::default() };
    analyse_with(&text, &Memory::default(), &overrides).unwrap_or_else(|words| panic!("{words}"))
}

fn digits(values: &[f64]) -> Vec<String> {
    values.iter().map(|value| format!("{value:.9}")).collect()
}

#[test]
fn initial_values_never_change() {
    // Files written today mean the same weights for ever.
    let lines: Vec<String> = [
        "uniform(-1, 1, seed = 11)",
        "normal(0.5, 2, seed = 11)",
        "glorot_uniform(seed = 11)",
        "he_normal(seed = 11)",
    ]
    .iter()
    .map(|init| {
        let model = initialised(&format!("init = {init};"), None);
        let (hidden, y) = (tensors(&model, "hidden"), tensors(&model, "y"));
        let values = |tensor: &Tensor| digits(&tensor.values).join(" ");
        format!(
            "{init}\n  hidden.W {}\n  hidden.b {}\n  y.W      {}\n  y.b      {}",
            values(hidden.0),
            values(hidden.1.unwrap()),
            values(y.0),
            values(y.1.unwrap())
        )
    })
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// The numbers of the stream are documented: -0.286674128229, -0.819290693407, -0.209316775889 are the first
/// three of uniform(-1, 1) at seed 11.
#[test]
fn initial_values_are_drawn_in_the_documented_order() {
    let uniform = initialised("init = uniform(-1, 1, seed = 11);", None);
    let (w, b) = tensors(&uniform, "hidden");
    assert_eq!(digits(&w.values[..3]), ["-0.286674128", "-0.819290693", "-0.209316776"]);
    assert_eq!(w.shape, [3, 2]);
    // Zeros draw nothing: the stream goes on from hidden.W to y.W.
    let glorot = initialised("init = glorot_uniform(seed = 11);", None);
    let (limit, next) = ((6.0f64 / 5.0).sqrt(), (6.0f64 / 4.0).sqrt());
    let (hidden, zeros) = tensors(&glorot, "hidden");
    for (found, unit) in hidden.values.iter().zip(&w.values) {
        assert!((found - unit * limit).abs() < 1e-12);
    }
    assert_eq!(zeros.unwrap().values, [0.0; 3]);
    for (found, unit) in tensors(&glorot, "y").0.values.iter().zip(&b.unwrap().values) {
        assert!((found - unit * next).abs() < 1e-12);
    }
    // he_normal is the standard normal stream times sqrt(2 / inputs).
    let normal = initialised("init = normal(0, 1, seed = 11);", None);
    let he = initialised("init = he_normal(seed = 11);", None);
    for (found, unit) in tensors(&he, "hidden").0.values.iter().zip(&tensors(&normal, "hidden").0.values) {
        assert!((found - unit).abs() < 1e-12, "two inputs: the deviation is 1");
    }
    for (found, unit) in tensors(&he, "y").0.values.iter().zip(&tensors(&normal, "hidden").1.unwrap().values)
    {
        assert!((found - unit * (2.0f64 / 3.0).sqrt()).abs() < 1e-12);
    }
}

#[test]
fn given_weights_leave_the_others_as_they_are() {
    let all = initialised("init = uniform(-1, 1, seed = 3);", None);
    let some = initialised("init = uniform(-1, 1, seed = 3); hidden.b = [1, 2, 3];", None);
    assert_eq!(tensors(&some, "hidden").1.unwrap().values, [1.0, 2.0, 3.0]);
    assert_eq!(tensors(&some, "hidden").0, tensors(&all, "hidden").0);
    assert_eq!(tensors(&some, "y"), tensors(&all, "y"));
}

#[test]
fn a_seed_from_outside_takes_the_place_of_the_written_one() {
    let written = initialised("init = uniform(-1, 1, seed = 3);", None);
    let outside = initialised("init = uniform(-1, 1, seed = 4);", Some(3));
    assert_eq!(written.nodes, outside.nodes);
}

#[test]
fn small_weights_are_pruned_and_biases_are_not() {
    let model = analyse(
        "network n { input x[3]; layer y = dense(2); output y; }
weights { y.W = [[0.05, -0.05, 0.1], [-0.1, 0.2, 0]]; y.b = [0.01, 1]; prune = 0.1; }
",
    );
    let (w, b) = tensors(&model, "y");
    assert_eq!(w.values, [0.0, 0.0, 0.1, -0.1, 0.2, 0.0]);
    assert_eq!(b.unwrap().values, [0.01, 1.0]);
}

#[test]
fn files_may_hold_transposed_matrices() {
    let tensor = |shape: &[usize], values: &[f64]| Tensor { shape: shape.to_vec(), values: values.to_vec() };
    let file = BTreeMap::from([
        ("hidden.W".to_owned(), tensor(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
        ("hidden.b".to_owned(), tensor(&[3, 1], &[0.1, 0.2, 0.3])),
        ("other".to_owned(), tensor(&[1, 3], &[7.0, 8.0, 9.0])),
        ("y.b".to_owned(), tensor(&[1], &[0.5])),
    ]);
    let files = Memory { tensors: BTreeMap::from([("w.npz".to_owned(), file)]), ..Memory::default() };
    let read = |entries: &str| {
        let text = format!(
            "network n {{ input x[2]; layer hidden = dense(3); layer y = dense(1); output y; }}
weights from \"w.npz\" {{ y.W = \"other\"; {entries} }}
"
        );
        analyse_with(&text, &files, &Overrides::default())
    };
    for entries in ["layout.hidden = in_out;", "layout = in_out; layout.y = out_in;"] {
        let model = read(entries).unwrap();
        let (w, b) = tensors(&model, "hidden");
        assert_eq!((&w.shape[..], &w.values[..]), (&[3, 2][..], &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0][..]));
        assert_eq!((&b.unwrap().shape[..], &b.unwrap().values[..]), (&[3][..], &[0.1, 0.2, 0.3][..]));
        assert_eq!(tensors(&model, "y").0.values, [7.0, 8.0, 9.0]);
    }
    let words = read("").unwrap_err();
    assert!(words.contains("layout.hidden = in_out;"), "{words}");
}

#[test]
fn input_ranges_come_from_the_declaration_then_data_then_zero_to_one() {
    let ranges = |input: &str, more: &str| {
        let model = analyse(&format!(
            "network n {{ {input} layer y = dense(1); output y; }}\nweights {{ y.W = [[1, 1]]; y.b = [0]; }}\n{more}"
        ));
        model.nodes[0].ranges.iter().map(|range| (range.low, range.high)).collect::<Vec<_>>()
    };
    assert_eq!(ranges("input x[2];", ""), [(0.0, 1.0); 2]);
    assert_eq!(ranges("input x[2] in [-2, 3];", ""), [(-2.0, 3.0); 2]);
    assert_eq!(ranges("input x[2];", "simulate { input = [0.5, 2]; }"), [(0.5, 2.0); 2]);
    let expect = "expect { for [-1, 0]: y ~ -1 within 1e-3; for [0.25, 0]: y ~ 0.25 within 1e-3; }";
    assert_eq!(ranges("input x[2];", expect), [(-1.0, 0.25); 2]);
}

#[test]
fn units_of_the_language() {
    let (frequency, second) = (Dimension::FREQUENCY, Dimension::SECOND_ORDER);
    let zeroth = Dimension { time: -1, concentration: 1, volume: 0 };
    for (unit, factor, dimension) in [
        ("s", 1.0, Dimension::TIME),
        ("ms", 1e-3, Dimension::TIME),
        ("us", 1e-6, Dimension::TIME),
        ("min", 60.0, Dimension::TIME),
        ("h", 3600.0, Dimension::TIME),
        ("M", 1.0, Dimension::CONCENTRATION),
        ("mM", 1e-3, Dimension::CONCENTRATION),
        ("uM", 1e-6, Dimension::CONCENTRATION),
        ("nM", 1e-9, Dimension::CONCENTRATION),
        ("pM", 1e-12, Dimension::CONCENTRATION),
        ("L", 1.0, Dimension::VOLUME),
        ("fL", 1e-15, Dimension::VOLUME),
        ("/s", 1.0, frequency),
        ("/min", 1.0 / 60.0, frequency),
        ("/uM/s", 1e6, second),
        ("/M/s", 1.0, second),
        ("nM/s", 1e-9, zeroth),
    ] {
        let (found, of) = lookup(unit).unwrap_or_else(|| panic!("{unit} is a unit"));
        assert_eq!(of, dimension, "{unit}");
        assert!((found / factor - 1.0).abs() < 1e-12, "{unit}");
    }
    for word in ["", "/", "S", "kM", "/kM/s", "min/s", "m", "//s", "/uM", "M/min", "µM"] {
        assert_eq!(lookup(word), None, "{word}");
    }
}

#[test]
fn dimensions_under_arithmetic() {
    let product = Dimension::FREQUENCY.combine(Dimension::TIME, 1);
    assert_eq!(product, Some(Dimension::NONE));
    let quotient = Dimension::FREQUENCY.combine(Dimension::CONCENTRATION, -1);
    assert_eq!(quotient, Some(Dimension::SECOND_ORDER));
    let far = Dimension { time: 127, ..Dimension::NONE };
    assert_eq!(far.combine(Dimension::TIME, 1), None);
    let low = Dimension { time: -128, ..Dimension::NONE };
    assert_eq!(Dimension::NONE.combine(low, -1), None);
}

#[test]
fn constants_are_evaluated_with_their_units() {
    let model = analyse(
        "const half = 1 / 2;
const span = 2 min - 30 s;
network n { input x[1]; layer y = dense(1) | smooth_relu(h = half * half); output y; }
weights { y.W = [[2 * half - 3]]; y.b = [-(1 - 4) * 2]; }
chemistry { unit_time = 1 s; }
simulate { until = span; }
",
    );
    assert_eq!(model.simulation.until, Some(90.0));
    let (w, b) = tensors(&model, "y");
    assert_eq!((w.values[0], b.unwrap().values[0]), (-2.0, 6.0));
    let NodeKind::Layer { activations, .. } = &model.nodes[1].kind else { panic!("a layer") };
    assert_eq!(activations[..], [nnrc_model::activation::Activation::SmoothRelu { h: 0.25 }]);
}
