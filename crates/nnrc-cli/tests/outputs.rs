//! What an output is: classes, one of two, or values, and what is said of it by that.

mod common;

use common::{Folder, Run};
use serde_json::Value;

/// One layer of `width` outputs with these weights, the output with what follows its name, and more items.
fn model(output: &str, layer: &str, weights: &str, more: &str) -> String {
    format!(
        "nnr 1;\nnetwork net {{\n    input  x[1] in [0, 10];\n    layer  y = {layer};\n    output y{output};\n}}\n\
         weights {{ {weights} }}\n{more}\n"
    )
}

/// Rows of one input with targets.
fn rows(rows: &[(f64, &[f64])]) -> String {
    let row = |(x, t): &(f64, &[f64])| format!("{{ x = [{x}], t = {t:?} }}");
    format!("dataset d = rows([{}]);", rows.iter().map(row).collect::<Vec<_>>().join(", "))
}

fn test(text: &str) -> Run {
    Folder::with(text).run(&["test", "m.nnr"])
}

fn json(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

const EXPECT: &str = "expect { accuracy() on d >= 0; }";

#[test]
fn one_output_is_judged_at_the_middle_of_its_two_targets() {
    // y = x, of labels 3 and 8: 5.5 divides the inputs.
    let labels = rows(&[(1.0, &[3.0]), (5.0, &[3.0]), (6.0, &[8.0]), (5.2, &[8.0])]);
    let run =
        test(&model(" as binary()", "dense(1)", "y.W = [[1]]; y.b = [0];", &(labels + EXPECT))).exits(0);
    assert!(run.stdout.contains("found 0.75 (3 of 4)"), "{}", run.stdout);
    // A constant output is right for one of three labels.
    let labels = rows(&[(1.0, &[5.0]), (2.0, &[9.0]), (3.0, &[9.0])]);
    let constant = "y.W = [[0]]; y.b = [6];";
    let run = test(&model("", "dense(1) | smooth_relu(h = 1e-9)", constant, &(labels + EXPECT))).exits(0);
    assert!(run.stdout.contains("(1 of 3)"), "{}", run.stdout);
    // Signs: tanh(x − 2) is negative below 2.
    let signs = rows(&[(1.0, &[-1.0]), (1.9, &[-1.0]), (2.1, &[1.0]), (9.0, &[1.0])]);
    let run = test(&model("", "dense(1) | algebraic_tanh()", "y.W = [[1]]; y.b = [-2];", &(signs + EXPECT)));
    assert!(run.exits(0).stdout.contains("found 1 (4 of 4)"));
}

#[test]
fn a_border_that_nobody_chose_is_a_warning() {
    let logit = "y.W = [[1]]; y.b = [-2];";
    let bits = || rows(&[(1.0, &[0.0]), (2.2, &[1.0]), (2.4, &[1.0]), (4.0, &[1.0])]) + EXPECT;
    let run = test(&model("", "dense(1)", logit, &bits())).exits(0).reports("undeclared-border");
    assert!(run.stdout.contains("(2 of 4)"), "{}", run.stdout);
    assert!(run.stderr.contains("threshold = 0)") && run.stderr.contains("threshold = 0.5)"));
    for (said, found) in
        [(" as binary(threshold = 0)", "(4 of 4)"), (" as binary(threshold = 0.5)", "(2 of 4)")]
    {
        let run = test(&model(said, "dense(1)", logit, &bits())).exits(0);
        assert!(run.stdout.contains(found) && run.stderr.is_empty(), "{said}: {} {}", run.stdout, run.stderr);
    }
    // What this file fits to its targets is judged between them.
    let trained = bits() + "train { data = d; epochs = 1; }";
    let run = Folder::with(&model("", "dense(1)", logit, &trained)).run(&["check", "m.nnr"]).exits(0);
    assert!(!run.stderr.contains("undeclared-border"), "{}", run.stderr);
}

#[test]
fn accuracy_of_values_is_refused() {
    let three = rows(&[(1.0, &[0.0]), (2.0, &[1.0]), (3.0, &[2.0])]) + EXPECT;
    let sigmoid = "dense(1) | algebraic_sigmoid()";
    let run = test(&model("", sigmoid, "y.W = [[1]]; y.b = [-2];", &three)).exits(1).reports("wrong-type");
    assert!(run.stderr.contains("`mse`") && run.stderr.contains("as binary("), "{}", run.stderr);
    // One-hot in −1 and 1 is classes; two bits are not.
    let weights = "y.W = [[1], [-1]]; y.b = [-2, 2];";
    let signs = rows(&[(1.0, &[-1.0, 1.0]), (3.0, &[1.0, -1.0])]) + EXPECT;
    let run = test(&model("", "dense(2) | algebraic_tanh()", weights, &signs)).exits(0);
    assert!(run.stdout.contains("(2 of 2)"), "{}", run.stdout);
    let bits = rows(&[(1.0, &[0.0, 0.0]), (3.0, &[1.0, 0.0]), (4.0, &[1.0, 1.0])]) + EXPECT;
    test(&model("", "dense(2) | algebraic_sigmoid()", weights, &bits)).exits(1).reports("wrong-type");
}

#[test]
fn names_bring_labels_into_the_order_of_the_outputs() {
    let folder = Folder::new();
    folder.write("d.csv", "x,kind\n1,cold\n2,cold\n8,hot\n9,hot\n3,cold\n");
    // The second output grows with x: it is hot, whichever name sorts first.
    let data = "dataset d = csv(\"d.csv\") { inputs = [x]; target = onehot(kind); }\n";
    let text = |names: &str, grows: &str| {
        let weights = format!("y.W = {grows}; y.b = [0, 0];");
        model(
            &format!(" as classes({names})"),
            "dense(2) | algebraic_sigmoid()",
            &weights,
            &(data.to_owned() + EXPECT),
        )
    };
    for (names, grows) in [("[\"cold\", \"hot\"]", "[[-1], [1]]"), ("[\"hot\", \"cold\"]", "[[1], [-1]]")] {
        folder.write("m.nnr", text(names, grows));
        // Every input is positive, so every answer is hot.
        let run = folder.run(&["test", "m.nnr"]).exits(0);
        assert!(run.stdout.contains("found 0.4 (2 of 5)"), "{names}: {}", run.stdout);
        let run = folder.run(&["simulate", "m.nnr", "--steady", "--data", "d"]).exits(0);
        let ends: Vec<&str> = run.stdout.lines().filter_map(|line| line.splitn(4, ',').nth(3)).collect();
        assert_eq!(ends, ["class,class_true", "hot,cold", "hot,cold", "hot,hot", "hot,hot", "hot,cold"]);
    }
    folder.write("m.nnr", text("[\"cold\", \"warm\"]", "[[-1], [1]]"));
    let run = folder.run(&["check", "m.nnr"]).exits(1).reports("unknown-name");
    assert!(run.stderr.contains("`hot`"), "{}", run.stderr);
}

/// Targets of two outputs, scaled to 0..1: y = (2 x + 0.5, 1 − x) in the network.
fn scaled() -> String {
    let data = "dataset d = csv(\"d.csv\") { inputs = [x]; target = [a, b]; target_scale = minmax(0, 1); }\n\
                expect { mse(net) on d <= 20; mae() on d <= 10; r2() on d >= -10; }";
    model("", "dense(2)", "y.W = [[2], [-1]]; y.b = [0.5, 1];", data)
}

#[test]
fn values_are_judged_in_the_units_of_the_data() {
    let folder = Folder::with(&scaled());
    folder.write("d.csv", "x,a,b\n0,10,0.9\n0.25,11.5,0.8\n0.5,12,0.4\n1,15,0.2\n");
    // scikit-learn: mean_squared_error, mean_absolute_error, r2_score(multioutput = "variance_weighted").
    let expected = [13.128_515_625, 2.403_125, -6.771_226_415_094_34];
    let run = folder.run(&["test", "m.nnr", "--message-format", "json"]).exits(0);
    for (line, expected) in json(&run).iter().zip(expected) {
        let found = line["values"][0].as_f64().expect("a number");
        assert!((found - expected).abs() < 1e-9 * expected.abs(), "{line} {expected}");
    }
    let run =
        folder.run(&["simulate", "m.nnr", "--steady", "--data", "d", "--message-format", "json"]).exits(0);
    let lines = json(&run);
    let row: Vec<f64> = ["row", "y_1", "y_2", "y_1_true", "y_2_true"]
        .iter()
        .map(|key| lines[1][key].as_f64().expect("a number"))
        .collect();
    // 10 + 5 · (2 · 0.25 + 0.5), 0.2 + 0.7 · (1 − 0.25)
    for (found, expected) in row.iter().zip([2.0, 15.0, 0.725, 11.5, 0.8]) {
        assert!((found - expected).abs() < 1e-9, "{row:?}");
    }
    let summary = &lines[4]["summary"];
    for (key, expected) in ["mse", "mae", "r2"].iter().zip(expected) {
        let found = summary[key].as_f64().expect("a number");
        assert!((found - expected).abs() < 1e-9 * expected.abs(), "{summary}");
    }
    assert_eq!((&summary["samples"], &summary["output"]), (&4.into(), &"values".into()));
    folder.run(&["simulate", "m.nnr", "--steady", "--data", "d", "-o", "d.npz"]).exits(0);
    let arrays =
        nnrc_sim::io::npz::read(&std::fs::read(folder.path("d.npz")).expect("a file")).expect("arrays");
    assert_eq!(arrays["y_true"].shape, [4, 2]);
    assert!((arrays["y"].values[2] - 15.0).abs() < 1e-9 && !arrays.contains_key("class"));
}

#[test]
fn training_reports_what_its_outputs_have() {
    let line = rows(&[(0.0, &[0.4]), (0.25, &[1.2]), (0.5, &[1.3]), (1.0, &[2.6])]);
    let text = model(
        "",
        "dense(1)",
        "y.W = [[2]]; y.b = [0.5];",
        &(line
            + "train { data = d; rule = gradient(sgd(rate = 0.1)); batch = 4; epochs = 50; stop when r2 >= 0.961; }"),
    );
    let folder = Folder::with(&text);
    let run = folder.run(&["train", "m.nnr", "--message-format", "json"]).exits(0);
    let report = &json(&run)[0];
    assert!(report["train"]["accuracy"].is_null() && report["train"]["r2"].as_f64() > Some(0.96), "{report}");
    let table = folder.read("m.train.csv");
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("epoch,rate,loss,mse,error,mae,r2"));
    let first: Vec<f64> =
        lines.next().expect("an epoch").split(',').map(|cell| cell.parse().expect("a number")).collect();
    // scikit-learn, of the outputs before the first step.
    for (found, expected) in first[3..].iter().zip([0.025, 0.2, 0.15, 0.959_799_0]) {
        assert!((found - expected).abs() < 1e-6, "{first:?}");
    }
    let refused = text.replace("r2 >= 0.961", "accuracy >= 0.99");
    Folder::with(&refused).run(&["train", "m.nnr"]).exits(1).reports("wrong-type");
    let picture = folder.read("m.train.svg");
    assert!(picture.contains("r2") && !picture.contains("accuracy"));
}

#[test]
fn a_pot_that_learns_is_judged_at_the_border_of_its_targets() {
    // Before it learns anything the output is about 0.3: right for the targets of 1 and wrong for those of −1.
    let signs = rows(&[(0.0, &[-1.0]), (0.5, &[1.0]), (1.0, &[1.0])]);
    let text = model(
        "",
        "dense(1)",
        "y.W = [[0]]; y.b = [0.3];",
        &(signs
            + "chemistry { construction = one_pot; }\n\
               train { data = d; rule = gradient_flow(rate = 1e-9); feed = cycle(hold = 20); epochs = 1; }"),
    );
    let folder = Folder::with(&text);
    folder.run(&["train", "m.nnr"]).exits(0);
    let table = folder.read("m.train.csv");
    let cells: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let column = cells[0].iter().position(|name| *name == "accuracy").expect("accuracy");
    let accuracy: f64 = cells[1][column].parse().expect("a number");
    assert!((accuracy - 2.0 / 3.0).abs() < 1e-12, "{table}");
}

#[test]
fn noise_on_values_is_told_by_r2() {
    let line = rows(&[(0.0, &[0.4]), (0.25, &[1.2]), (0.5, &[1.3]), (1.0, &[2.6])]);
    let noise = "noise { rates = relative(0.05); replicates = 3; times = 20; }";
    let folder = Folder::with(&model("", "dense(1)", "y.W = [[2]]; y.b = [0.5];", &(line + noise)));
    let run = folder.run(&["noise", "m.nnr", "--message-format", "json"]).exits(0);
    let rows = json(&run);
    assert!((rows[0]["r2"]["mean"].as_f64().expect("a number") - 0.959_799_0).abs() < 1e-5, "{}", rows[0]);
    assert!(rows[0].get("accuracy").is_none() && rows[1]["mae"]["worst"].as_f64() > Some(0.0));
    let header = folder.read("m.noise.csv").lines().next().expect("a header").to_owned();
    assert!(header.contains(",r2_mean,r2_worst,r2_change,loss_mean,") && header.contains(",mae_mean,"));
    assert!(!header.contains("accuracy"), "{header}");
}

#[test]
fn answers_stand_beside_the_truth_with_a_summary() {
    let labels = rows(&[(1.0, &[0.0]), (2.2, &[1.0]), (2.4, &[0.0]), (4.0, &[1.0])]);
    let said = " as binary(threshold = 0, names = [\"benign\", \"malignant\"])";
    let folder = Folder::with(&model(said, "dense(1)", "y.W = [[1]]; y.b = [-2];", &labels));
    let run = folder.run(&["simulate", "m.nnr", "--steady", "--data", "d"]).exits(0);
    assert!(run.stdout.starts_with("row,y_1,class,class_true\n"), "{}", run.stdout);
    assert!(run.stdout.lines().nth(3).is_some_and(|line| line.ends_with(",malignant,benign")));
    assert_eq!(
        run.stderr,
        "accuracy 0.75 (3 of 4)\n\
         true       benign  malignant\n\
         benign          1          1\n\
         malignant       0          2\n"
    );
    let arguments = ["simulate", "m.nnr", "--steady", "--data", "d", "-o", "d.npz"];
    let run = folder.run(&[&arguments[..], &["--message-format", "json"]].concat()).exits(0);
    let summary = &json(&run)[0]["summary"];
    assert_eq!(summary["confusion"], serde_json::json!([[1, 1], [0, 2]]));
    assert_eq!(summary["classes"], serde_json::json!(["benign", "malignant"]));
    let arrays =
        nnrc_sim::io::npz::read(&std::fs::read(folder.path("d.npz")).expect("a file")).expect("arrays");
    assert_eq!(arrays["class"].values, [0.0, 1.0, 1.0, 1.0]);
    assert_eq!(arrays["class_true"].values, [0.0, 1.0, 0.0, 1.0]);
}

#[test]
fn every_verb_that_prints_results_speaks_json() {
    let folder = Folder::with(common::OR);
    let run =
        |arguments: &[&str]| json(&folder.run(&[arguments, &["--message-format", "json"]].concat()).exits(0));
    let course = run(&["simulate", "m.nnr", "--until", "2", "--set", "simulate.points=3"]);
    assert_eq!(course.len(), 3);
    assert_eq!((&course[2]["time"], course[0]["y_1"].is_number()), (&2.into(), true));
    let steady = run(&["simulate", "m.nnr", "--steady"]);
    assert!(steady.iter().all(|row| row["species"].is_string() && row["value"].is_number()));
    assert_eq!(
        run(&["emit", "ast", "m.nnr"])[1]["text"],
        "dataset bits = rows([{ x = [0, 0], t = [0] }, { x = [0, 1], t = [1] }, { x = [1, 0], t = [1] }])"
    );
    let model = &run(&["emit", "model", "m.nnr"])[0];
    assert_eq!(model["nodes"][1]["W"]["values"], serde_json::json!([1, 1]));
    assert_eq!(model["output"]["kind"], "binary");
    assert!(run(&["emit", "crn", "m.nnr"]).iter().any(|line| line["family"].is_string()));
    let reactions = run(&["emit", "reactions", "m.nnr"]);
    assert!(reactions.iter().all(|line| line["k"].is_number() && line["products"].is_object()));
    for line in run(&["test", "m.nnr"]) {
        assert!(line["values"][0].is_number(), "{line}");
    }
    folder.write("u.nnr", "nnr  1;");
    let unformatted = folder.run(&["fmt", "--check", "u.nnr", "--message-format", "json"]).exits(1);
    assert_eq!(json(&unformatted)[0]["file"], "u.nnr");
    assert!(run(&["explain", "syntax"])[0]["text"].is_string());
}

/// Two tables of labels, and a network with one output for each of `width` classes: the larger x, the later the class.
fn tables(training: &str, others: &str, target: &str) -> Folder {
    let folder = Folder::new();
    folder.write("a.csv", format!("x,l\n{training}"));
    folder.write("b.csv", format!("x,l\n{others}"));
    let data = |name: &str, file: &str| {
        format!("dataset {name} = csv(\"{file}\") {{ inputs = [x]; target = {target}; }}\n")
    };
    let net = "network n { input x[1] in [0, 3]; layer y = dense(3) | identity(); output y; }
        weights { y.W = [[-1], [0], [1]]; y.b = [0.5, 0, -1.5]; }\n";
    folder.write("m.nnr", data("training", "a.csv") + &data("others", "b.csv") + net);
    folder
}

#[test]
fn all_data_sets_have_one_order_of_classes() {
    let judge = |folder: &Folder, more: &str| {
        folder.write("n.nnr", folder.read("m.nnr") + more);
        folder.run(&["test", "n.nnr"])
    };
    let expect = "expect { accuracy() on training == 1; accuracy() on others == 1; }";
    // The second lacks a class of the first, in words and in numbers.
    for (training, others) in
        [("0,low\n1,mid\n2,top\n", "2,top\n0,low\n"), ("0,1\n1,3\n2,7\n", "2,7.0\n1,3\n")]
    {
        judge(&tables(training, others, "onehot(l)"), expect).exits(0);
    }
    // None has all of them: the order is that of all.
    judge(&tables("0,low\n1,mid\n", "2,top\n0,low\n", "onehot(l)"), expect).exits(0);
    // The data that the network learns from say what there is.
    let train =
        "train { data = training; validation = others; epochs = 1; rule = gradient(sgd(rate = 1e-9)); }";
    let folder = tables("0,low\n1,mid\n2,top\n", "2,top\n0,low\n", "onehot(l)");
    folder.write("n.nnr", folder.read("m.nnr") + train);
    let run = folder.run(&["train", "n.nnr", "-o", "w.npz"]).exits(0);
    assert!(
        run.stderr.contains("validation: loss")
            && run.stderr.ends_with("accuracy 1\nwrote w.npz, w.train.csv and w.train.svg\n"),
        "{}",
        run.stderr
    );
    let run = judge(&tables("0,low\n1,mid\n", "2,top\n0,low\n", "onehot(l)"), train)
        .exits(1)
        .reports("unknown-name");
    assert!(
        run.stderr.contains("`others` has classes that `training` does not have: `top`"),
        "{}",
        run.stderr
    );
    // A list of one counts for all; two lists must agree.
    let listed = |classes: &str| {
        let folder = tables("0,c\n1,b\n2,a\n", "2,a\n0,c\n", "onehot(l)");
        let text = folder.read("m.nnr");
        folder.write(
            "m.nnr",
            text.replacen("onehot(l)", "onehot(l, classes = [c, b, a])", 1).replacen(
                "target = onehot(l);",
                &format!("target = onehot(l{classes});"),
                1,
            ),
        );
        judge(&folder, expect)
    };
    listed("").exits(0);
    let run = listed(", classes = [a, b, c]").exits(1).reports("wrong-type");
    assert!(run.stderr.contains("in another order"), "{}", run.stderr);
    // Class numbers go on where the data have fewer than the network.
    let folder = tables("0,0\n1,1\n2,1\n", "0,0\n1,1\n", "onehot(l)");
    let run = folder.run(&["simulate", "m.nnr", "--steady", "--data", "training"]).exits(0);
    assert!(run.stdout.lines().last().is_some_and(|line| line.ends_with(",2,1")), "{}", run.stdout);
}

#[test]
fn targets_that_do_not_fit_are_refused_wherever_they_would_be_compared() {
    let folder = tables("0,a\n1,b\n2,c\n", "0,a\n1,d\n", "onehot(l)");
    let noise = "noise { data = training; rates = relative(0.1); replicates = 2; }";
    folder.write("n.nnr", folder.read("m.nnr") + noise);
    for words in [&["simulate", "n.nnr", "--steady", "--data", "training"][..], &["noise", "n.nnr"]] {
        let run = folder.run(words).exits(1).reports("shape-mismatch");
        assert!(run.stderr.contains("has 4 classes, the network 3 outputs"), "{}", run.stderr);
    }
}

#[test]
fn targets_stay_what_outputs_are_judged_by() {
    let text = |rows: &str, scale: &str| {
        format!(
            "dataset d = rows([{rows}]) {{ split = holdout(test = 0.3, seed = 1); target_scale = {scale}; }}
             network net {{ input x[1] in [0, 9]; layer y = dense(1); output y; }}
             weights {{ y.W = [[1]]; y.b = [0]; }}"
        )
    };
    let rows = "{ x = [1], t = [5] }, { x = [2], t = [6] }, { x = [3], t = [7] }";
    let run = Folder::with(&text(rows, "minmax(0, 1, clip = true)")).run(&["check", "m.nnr"]).exits(1);
    assert!(run.stderr.contains("it is for `scale`"), "{}", run.stderr);
    let constant = "{ x = [1], t = [5] }, { x = [2], t = [5] }, { x = [3], t = [5] }";
    let run = Folder::with(&text(constant, "standard()")).run(&["check", "m.nnr"]).exits(1);
    assert!(run.stderr.contains("a target that never changes has no scale"), "{}", run.stderr);
}

#[test]
fn a_test_file_takes_the_scale_of_the_training_file() {
    let text = |scale: &str| {
        format!(
            "dataset a = rows([{{ x = [1] }}, {{ x = [3] }}]) {{ scale = standard(); }}
             dataset b = rows([{{ x = [5] }}, {{ x = [100] }}]) {{ scale = {scale}; }}
             network net {{ input x[1]; layer y = dense(1); output y; }}
             weights {{ y.W = [[2]]; y.b = [0]; }}"
        )
    };
    // (x − 2) / 1, doubled.
    let folder = Folder::with(&text("like(a)"));
    let run = folder.run(&["simulate", "m.nnr", "--steady", "--data", "b"]).exits(0);
    let found: Vec<f64> =
        run.stdout.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect();
    assert!((found[0] - 6.0).abs() < 1e-9 && (found[1] - 196.0).abs() < 1e-7, "{found:?}");
    let run = Folder::with(&text("standard()")).run(&["check", "m.nnr"]).exits(0).reports("differing-scales");
    assert!(run.stderr.contains("= 100 is 1.0000 in `b` and 98.0000 in `a`"), "{}", run.stderr);
    assert!(run.stderr.contains("`scale = like(a);`"), "{}", run.stderr);
    for (scale, words) in
        [("like(c)", "no data set `c` above"), ("like()", "like(train)"), ("like(3)", "name of a data set")]
    {
        let run = Folder::with(&text(scale)).run(&["check", "m.nnr"]).exits(1);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

#[test]
fn a_positive_output_judged_at_zero_is_a_warning() {
    let signs = || rows(&[(1.0, &[-1.0]), (2.0, &[1.0])]) + EXPECT;
    for (layer, warns) in [
        ("dense(1) | smooth_relu(h = 0.1)", true),
        ("dense(1) | abs(h = 0.1)", true),
        ("dense(1) | elu(h = 0.1)", false),
    ] {
        let run = test(&model("", layer, "y.W = [[1]]; y.b = [0];", &signs()));
        assert_eq!(run.stderr.contains("names one class only"), warns, "{layer}: {}", run.stderr);
    }
}

#[test]
fn scaled_outputs_say_so_wherever_they_are_shown() {
    let text =
        "dataset d = rows([{ x = [1], t = [10] }, { x = [2], t = [30] }]) { target_scale = minmax(0, 2); }
        network net { input x[1] in [0, 9]; layer y = dense(1); output y; }
        weights { y.W = [[1]]; y.b = [0.5]; }";
    let folder = Folder::with(text);
    let run = folder.run(&["simulate", "m.nnr", "--steady", "--input", "1"]).exits(0);
    assert!(
        run.stderr.contains("in the units of the data m = (y_1 \u{2212} 0) / 0.1 + 10"),
        "{}",
        run.stderr
    );
    folder.run(&["compile", "m.nnr", "--target", "sbml", "-o", "m.xml"]).exits(0);
    let file = folder.read("m.xml");
    for words in [
        "Outputs are scaled; in the units of the data",
        "tensor=\"y\" index=\"1\" shift=\"10\" factor=\"0.1\"",
    ] {
        assert!(file.contains(words), "{words}");
    }
}
