//! Learning in one pot.

#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::path::Path;
use std::process::{Command, Output};

use nnrc_sim::io::npz;
use nnrc_tests::acceptance::one_pot;
use nnrc_tests::{Effort, assert_all, peers};

#[test]
fn frozen_pots_backpropagate() {
    assert_all(&one_pot::frozen());
}

#[test]
fn sizes_are_those_of_the_construction() {
    assert_all(&one_pot::counts());
}

#[test]
fn xor_is_learned() {
    assert_all(&one_pot::xor_runs(Effort::Test));
}

#[test]
fn simulators_follow_the_events() {
    assert_all(&one_pot::sbml());
}

#[test]
fn a_killed_run_is_taken_up_again() {
    assert_all(&one_pot::kills());
}

#[test]
fn programs_present_samples() {
    assert_all(&one_pot::programs());
}

const POT: &str = "
dataset d = rows([{ x = [0, 1], t = [1] }, { x = [1, 0], t = [0] }, { x = [1, 1], t = [0.5] }]);
network pot {
    input x[2];
    layer hidden = dense(3) | smooth_relu(h = 0.1);
    layer y = dense(1) | identity();
    output y;
}
weights { init = normal(0, 1, seed = 1); }
train { data = d; rule = gradient_flow(rate = 0.01); feed = shuffle(hold = 10, seed = 2); epochs = 12; }
expect { for [0, 1]: y <= 2; }
";

fn nnrc(folder: &Path, args: &[&str]) -> Output {
    Command::new(peers::nnrc()).args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pot.nnr"), POT).unwrap();
    folder
}

#[test]
fn twelve_epochs_are_five_and_seven_more() {
    let (whole, halves) = (folder(), folder());
    let output = nnrc(whole.path(), &["train", "pot.nnr"]);
    let files = "wrote pot.trained.npz, pot.train.csv, pot.train.svg and pot.rails.svg";
    assert!(output.status.success() && words(&output).contains(files), "{}", words(&output));
    assert!(nnrc(halves.path(), &["train", "pot.nnr", "--set", "train.epochs=5"]).status.success());
    let rest = nnrc(halves.path(), &["train", "pot.nnr", "--resume"]);
    assert!(rest.status.success() && words(&rest).contains("after presentation 15"), "{}", words(&rest));
    for ending in ["trained.npz", "checkpoint.npz", "train.csv", "train.svg", "rails.svg"] {
        let read = |folder: &Path| std::fs::read(folder.join(format!("pot.{ending}"))).unwrap();
        assert_eq!(read(whole.path()), read(halves.path()), "{ending}");
    }
}

#[test]
fn checkpoints_of_another_pot_are_refused() {
    let folder = folder();
    assert!(nnrc(folder.path(), &["train", "pot.nnr"]).status.success());
    for other in
        ["weights.init=normal(0, 1, seed = 2)", "train.decay=0.1", "chemistry.speeds={ forward = 4 }"]
    {
        let output = nnrc(folder.path(), &["train", "pot.nnr", "--resume", "--set", other]);
        assert_eq!(output.status.code(), Some(3), "{other}");
        assert!(words(&output).contains("belongs to another"), "{}", words(&output));
    }
}

#[test]
fn damaged_checkpoints_are_refused() {
    let folder = folder();
    let long = ["train", "pot.nnr", "--resume", "--set", "train.epochs=13"];
    assert!(nnrc(folder.path(), &["train", "pot.nnr"]).status.success());
    let path = folder.path().join("pot.checkpoint.npz");
    let good = npz::read(&std::fs::read(&path).unwrap()).unwrap();
    let with = |name: &str, place: usize, value: f64| {
        let mut arrays = good.clone();
        arrays.get_mut(name).unwrap().values[place] = value;
        let mut bytes = Vec::new();
        npz::write(&mut bytes, &arrays).unwrap();
        std::fs::write(&path, bytes).unwrap();
        nnrc(folder.path(), &long)
    };
    for (name, value) in [
        ("pot.presentation", -1.0),
        ("pot.presentation", 0.5),
        ("pot.presentation", 1e300),
        ("pot.presentation", 3.0),
        ("pot.state", -1.0),
        ("pot.steps", -1.0),
        ("pot.totals", -1.0),
    ] {
        let output = with(name, 0, value);
        assert_eq!(output.status.code(), Some(3), "{name} {value}: {}", words(&output));
        assert!(words(&output).contains(&format!("its array `{name}`")), "{}", words(&output));
    }
    let output = with("pot.presentation", 0, 36.0);
    assert!(output.status.success(), "{}", words(&output));
}

#[test]
fn what_was_learned_is_an_inference_circuit() {
    let folder = folder();
    assert!(nnrc(folder.path(), &["train", "pot.nnr"]).status.success());
    let freeze = ["--set", "chemistry.construction=fixed_point", "--weights", "pot.trained.npz"];
    let output = nnrc(folder.path(), &[&["compile", "pot.nnr", "--target", "sbml"], &freeze[..]].concat());
    assert!(output.status.success(), "{}", words(&output));
    assert!(words(&output).contains("set aside"), "{}", words(&output));
    let text = std::fs::read_to_string(folder.path().join("pot.xml")).unwrap();
    assert!(!text.contains("listOfEvents") && !text.contains("target"), "{text}");
    let own = nnrc(folder.path(), &["test", "pot.nnr", "--weights", "pot.trained.npz"]);
    let frozen = nnrc(folder.path(), &[&["test", "pot.nnr"], &freeze[..]].concat());
    assert!(own.status.success(), "{}", words(&own));
    assert_eq!(own.stdout, frozen.stdout);
}

#[test]
fn a_shuffled_feed_is_written_as_a_cycle() {
    let folder = folder();
    let output = nnrc(folder.path(), &["compile", "pot.nnr", "--target", "sbml"]);
    assert!(
        output.status.success() && words(&output).contains("warning[shuffled-events]"),
        "{}",
        words(&output)
    );
    let text = std::fs::read_to_string(folder.path().join("pot.xml")).unwrap();
    assert_eq!(text.matches("<event ").count(), 3);
    let output = nnrc(folder.path(), &["compile", "pot.nnr", "--target", "sbml", "--feed", "none"]);
    assert!(output.status.success() && !words(&output).contains("shuffled"), "{}", words(&output));
    let output = nnrc(folder.path(), &["compile", "pot.nnr", "--target", "crn", "-o", "-"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("#   x_1 = 0, x_2 = 1, target_1_p = 1, target_1_m = 0\n"), "{text}");
}

#[test]
fn divergence_is_noticed_at_once_and_explained() {
    let folder = folder();
    let text = POT
        .replace("rate = 0.01", "rate = 1")
        .replace("t = [1] }", "t = [3] }")
        .replace("normal(0, 1", "normal(0, 3");
    std::fs::write(folder.path().join("pot.nnr"), text.replace("hold = 10", "hold = 20")).unwrap();
    let output = nnrc(folder.path(), &["train", "pot.nnr"]);
    let words = words(&output);
    assert_eq!(output.status.code(), Some(5), "{words}");
    assert!(words.contains("error[training-diverged]: learning diverged in presentation "), "{words}");
    assert!(words.contains("likely cause: one sample moves the weights by 20 times its gradient"), "{words}");
    assert!(words.contains("write `decay = 0.005;`"), "{words}");
    assert!(!folder.path().join("pot.trained.npz").exists());
    assert!(folder.path().join("pot.train.svg").exists());
}

#[test]
fn without_an_epoch_there_is_nothing_to_draw() {
    let folder = folder();
    let rows = "{ x = [0, 1], t = [3] }, { x = [1, 0], t = [0] }, { x = [1, 1], t = [0.5] }, ".repeat(9);
    let text = POT.replace("rows([", &format!("rows([{rows}")).replace("rate = 0.01", "rate = 1");
    std::fs::write(folder.path().join("pot.nnr"), text.replace("normal(0, 1", "normal(0, 3")).unwrap();
    let output =
        nnrc(folder.path(), &["train", "pot.nnr", "--set", "train.feed=shuffle(hold = 20, seed = 2)"]);
    assert_eq!(output.status.code(), Some(5), "{}", words(&output));
    let pictures = ["pot.train.svg", "pot.rails.svg"].map(|name| folder.path().join(name).exists());
    assert_eq!(pictures, [false, false], "{}", words(&output));
}

#[test]
fn time_courses_present_the_samples() {
    let folder = folder();
    let cycle = ["--set", "train.feed=cycle(hold = 10)", "--set", "simulate.points=7"];
    let output = nnrc(folder.path(), &[&["simulate", "pot.nnr"], &cycle[..]].concat());
    assert!(output.status.success(), "{}", words(&output));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    // One epoch of three samples; a sample is there from its first moment on.
    let shown: Vec<[f64; 3]> = rows.iter().map(|row| [row[0], row[1], row[2]]).collect();
    let expected = [
        [0.0, 0.0, 1.0],
        [5.0, 0.0, 1.0],
        [10.0, 1.0, 0.0],
        [15.0, 1.0, 0.0],
        [20.0, 1.0, 1.0],
        [25.0, 1.0, 1.0],
        [30.0, 1.0, 1.0],
    ];
    assert_eq!(shown, expected, "{text}");
    let steady = nnrc(folder.path(), &["simulate", "pot.nnr", "--steady"]);
    assert!(steady.status.success() && words(&steady).contains("network alone"), "{}", words(&steady));
    let crate_ = nnrc(folder.path(), &["compile", "pot.nnr", "--target", "rust"]);
    assert!(crate_.status.success() && words(&crate_).contains("train --data"), "{}", words(&crate_));
}

#[test]
fn time_courses_are_followed_at_several_rates() {
    let folder = tempfile::tempdir().unwrap();
    let row = |at: usize| {
        let x: Vec<String> = (0..60).map(|j| format!("{}", (at * 17 + j * j) % 5 / 2)).collect();
        format!("{{ x = [{}], t = [{at}] }}", x.join(", "))
    };
    let text = format!(
        "dataset d = rows([{}, {}]);
network pot {{
    input x[60] in [0, 2];
    layer hidden = dense(4) | smooth_relu(h = 0.1);
    layer y = dense(1) | identity();
    output y;
}}
weights {{ init = normal(0, 0.1, seed = 1); }}
chemistry {{ construction = one_pot; speeds = {{ forward = 5, backward = 5, annihilation = 100 }}; }}
train {{ data = d; rule = gradient_flow(rate = 0.01); feed = cycle(hold = 2); }}
simulate {{ until = 6; points = 31; }}
",
        row(0),
        row(1)
    );
    std::fs::write(folder.path().join("pot.nnr"), text).unwrap();
    let table = |method: &str| -> Vec<Vec<f64>> {
        let method = format!("simulate.method={method}");
        let output = nnrc(folder.path(), &["simulate", "pot.nnr", "--set", &method]);
        assert!(output.status.success(), "{}", words(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
    };
    let exact = table("explicit(rtol=1e-9,atol=1e-11)");
    let plain = table("explicit(rtol=1e-4,atol=1e-6)");
    let several = table("multirate(rtol=1e-4,atol=1e-6)");
    let apart = |a: &[Vec<f64>], b: &[Vec<f64>]| -> f64 {
        assert_eq!((a.len(), b.len()), (31, 31));
        a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    assert!(apart(&several, &exact) < 1e-3, "{}", apart(&several, &exact));
    // They are not the steps of the explicit method.
    assert!(apart(&several, &plain) > 0.0);
}
