//! The construction `phased`: clock, modules and learning, as far as fits into the suite; runs that are interrupted.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use nnrc_sim::io::npz;
use nnrc_tests::acceptance::phased::{
    bound, clock, external, files, forward, judge, learning, modules, noise, threshold,
};
use nnrc_tests::{Effort, assert_all, peers};

#[test]
fn the_clock_keeps_its_period() {
    assert_all(&clock::periods(5));
    assert_all(&clock::memory());
    assert_all(&clock::ring_learner());
}

#[test]
fn modules_follow_their_formulas() {
    assert_all(&modules::formulas());
    assert_all(&modules::finite_time());
}

#[test]
fn constructions_agree() {
    assert_all(&forward::constructions());
}

#[test]
fn cycles_are_online_steps() {
    assert_all(&learning::sgd_sequence());
}

#[test]
fn the_judge_remembers_nothing() {
    assert_all(&judge::sweep(Effort::Test));
    assert_all(&judge::innocents());
}

#[test]
fn the_judge_bears_noise() {
    assert_all(&threshold::thresholds(Effort::Test));
    assert_all(&noise::studies());
}

#[test]
fn deviations_stay_within_their_bound() {
    assert_all(&bound::steps());
}

#[test]
fn files_are_sound() {
    assert_all(&files::soundness());
}

#[test]
fn other_simulators_follow() {
    assert_all(&files::cycles());
}

#[test]
fn other_simulators_follow_gates_set_by_events() {
    assert_all(&external::events());
    assert_all(&external::halt());
}

/// A folder with the learner of the OR table.
fn folder(rest: &str, chemistry: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let reference = learning::references().into_iter().find(|reference| reference.gate == "or").unwrap();
    let text = learning::learner(&learning::table("or"), &reference.weights, 4.0, rest, chemistry);
    std::fs::write(folder.path().join("or.nnr"), text).unwrap();
    folder
}

fn train(folder: &Path, args: &[&str]) -> Output {
    Command::new(peers::nnrc())
        .args(["train", "or.nnr"])
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn words(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]].map(String::from_utf8_lossy).concat()
}

fn same_files(one: &Path, other: &Path) {
    for ending in ["trained.npz", "checkpoint.npz", "train.csv", "train.svg", "weights.svg"] {
        let read = |folder: &Path| std::fs::read(folder.join(format!("or.{ending}"))).unwrap();
        assert_eq!(read(one), read(other), "{ending}");
    }
}

#[test]
fn a_run_in_parts_ends_as_a_whole_one() {
    let judged = "epochs = 100; stop when error < 0.25;";
    for (rest, chemistry, more, expected) in [
        (judged, "", "train.epochs=100", "halted by itself in cycle 76"),
        ("epochs = 9;", "clock = external(phase = 20);", "train.epochs=9", "all epochs are done, 36 cycles"),
        (judged, "clock = external(phase = 14);", "train.epochs=100", "halted by itself in cycle 76"),
    ] {
        let (whole, parts) = (folder(rest, chemistry), folder(rest, chemistry));
        let run = train(whole.path(), &[]);
        assert!(run.status.success() && words(&run).contains(expected), "{}", words(&run));
        assert!(train(parts.path(), &["--set", "train.epochs=2"]).status.success());
        let rest = train(parts.path(), &["--resume", "--set", more]);
        assert!(rest.status.success() && words(&rest).contains("going on after cycle"), "{}", words(&rest));
        assert!(words(&rest).contains(expected), "{}", words(&rest));
        same_files(whole.path(), parts.path());
        // Nothing is left to do: the same end again.
        let again = train(parts.path(), &["--resume"]);
        assert!(again.status.success() && words(&again).contains(expected), "{}", words(&again));
        same_files(whole.path(), parts.path());
        let other = train(parts.path(), &["--resume", "--set", "train.rule=sgd(rate = 3)"]);
        assert_eq!(other.status.code(), Some(3), "{}", words(&other));
        assert!(words(&other).contains("belongs to another"), "{}", words(&other));
    }
}

#[test]
fn a_killed_run_is_taken_up_again() {
    let (whole, killed) = (folder("epochs = 60;", ""), folder("epochs = 60;", ""));
    assert!(train(whole.path(), &[]).status.success());
    let mut run =
        Command::new(peers::nnrc()).args(["train", "or.nnr"]).current_dir(killed.path()).spawn().unwrap();
    while !killed.path().join("or.train.csv").exists() {
        assert!(run.try_wait().unwrap().is_none(), "it was done before it could be killed");
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(!killed.path().join("or.trained.npz").exists());
    let rest = train(killed.path(), &["--resume"]);
    assert!(rest.status.success() && words(&rest).contains("going on after cycle"), "{}", words(&rest));
    same_files(whole.path(), killed.path());
}

#[test]
fn what_was_learned_is_an_inference_circuit() {
    let folder = tempfile::tempdir().unwrap();
    let text = "
dataset d = rows([{ x = [0, 1], t = [1] }, { x = [1, 0], t = [0] }]);
network pot { input x[2]; layer y = dense(1) | smooth_relu(h = 0.1); output y; }
weights { init = normal(0, 1, seed = 1); }
chemistry { construction = phased; clock = external(phase = 20); speeds = { gated = 3 }; }
train { data = d; rule = sgd(rate = 1); feed = cycle(); epochs = 2; }
simulate { record = [y, error]; until = 60; points = 2; }
";
    std::fs::write(folder.path().join("or.nnr"), text).unwrap();
    let learned = train(folder.path(), &[]);
    let files = "wrote or.trained.npz, or.train.csv, or.train.svg and or.weights.svg";
    assert!(learned.status.success() && words(&learned).contains(files), "{}", words(&learned));
    let freeze = |args: &[&str]| {
        let mut command = Command::new(peers::nnrc());
        command.args(args).args([
            "--set",
            "chemistry.construction=fixed_point",
            "--weights",
            "or.trained.npz",
        ]);
        command.current_dir(folder.path()).env("NO_COLOR", "1").output().unwrap()
    };
    let file = freeze(&["compile", "or.nnr", "--target", "sbml"]);
    assert!(file.status.success(), "{}", words(&file));
    assert_eq!(words(&file).matches("set aside").count(), 2, "{}", words(&file));
    assert!(!words(&file).contains("warning"), "{}", words(&file));
    let course = freeze(&["simulate", "or.nnr", "--input", "0,1"]);
    let text = String::from_utf8_lossy(&course.stdout).into_owned();
    let end: f64 = text.lines().last().unwrap().split(',').next_back().unwrap().parse().unwrap();
    // y solves y² − z y − h = 0 for the learned weights.
    let weights = npz::read(&std::fs::read(folder.path().join("or.trained.npz")).unwrap()).unwrap();
    let z = weights["y.W"].values[1] + weights["y.b"].values[0];
    assert!((end - 0.5 * (z + (z * z + 0.4f64).sqrt())).abs() < 1e-5, "{end} for z = {z}");
}

#[test]
fn damaged_checkpoints_are_refused() {
    for chemistry in ["clock = external(phase = 20);", ""] {
        let folder = folder("epochs = 2;", chemistry);
        assert!(train(folder.path(), &[]).status.success());
        let path = folder.path().join("or.checkpoint.npz");
        let good = npz::read(&std::fs::read(&path).unwrap()).unwrap();
        let with = |name: &str, value: f64| {
            let mut arrays = good.clone();
            arrays.get_mut(name).unwrap().values[0] = value;
            let mut bytes = Vec::new();
            npz::write(&mut bytes, &arrays).unwrap();
            std::fs::write(&path, bytes).unwrap();
            train(folder.path(), &["--resume", "--set", "train.epochs=3"])
        };
        let damages = [
            ("state", -1.0),
            ("epochs", 0.5),
            ("epochs", 1e300),
            ("times", 1e9),
            ("totals", -1.0),
            ("violations", 0.5),
        ];
        for (name, value) in damages {
            let output = with(&format!("pot.{name}"), value);
            assert_eq!(output.status.code(), Some(3), "{name} {value}: {}", words(&output));
            assert!(words(&output).contains(&format!("its array `pot.{name}`")), "{}", words(&output));
        }
        let first = good["pot.violations"].values[0];
        let output = with("pot.violations", first);
        assert!(output.status.success(), "{}", words(&output));
    }
}
