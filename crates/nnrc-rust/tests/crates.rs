//! Generated crates stand alone: they build without network and warnings, pass clippy and rustfmt, and run.
#![allow(clippy::disallowed_methods, reason = "these tests write crates and run cargo")]
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{cargo, example, folder};
use nnrc_rust::{Options, generate};
use nnrc_tests::compiled::{Compiled, compile, load, trainable, training};
use nnrc_tests::random_network::{Kind, draw};

fn write(name: &str, network: &Compiled) -> std::path::PathBuf {
    let folder = folder(&format!("crate-{name}"));
    let files = generate(&network.crn, &network.info, &Options::default()).unwrap();
    common::write(&folder, &files);
    folder
}

/// The same network, written as a crate that trains it.
fn write_training(name: &str, network: Compiled, input: &[f64]) -> std::path::PathBuf {
    let network = trainable(network.model, input);
    let folder = folder(&format!("crate-{name}-training"));
    let options = Options { training: Some(training(&network)), ..Options::default() };
    common::write(&folder, &generate(&network.crn, &network.info, &options).unwrap());
    folder
}

/// Networks with dense layers, skips, two rails, competition, softmax and relays among them.
#[test]
fn crates_need_no_excuses() {
    let mut folders = Vec::new();
    for name in ["xor", "signed", "skip", "iris"] {
        let (network, input) = load(&example(name));
        folders.push(write(name, &network));
        folders.push(write_training(name, network, &input));
    }
    for seed in 0..12 {
        let drawn = draw(seed, Kind::Any);
        let network = compile(&drawn.text, &drawn.input);
        let name = format!("random{seed}");
        folders.push(write(&name, &network));
        folders.push(write_training(&name, network, &drawn.input));
    }
    for folder in &folders {
        cargo(folder, &["fmt", "--check"]);
        let source = fs::read_to_string(folder.join("src/crn.rs")).unwrap();
        assert!(!source.contains("allow(") && !source.contains("unsafe"), "{}", folder.display());
    }
    for folder in &folders {
        cargo(folder, &["clippy", "-q", "--offline", "--locked", "--", "-D", "warnings"]);
    }
}

#[test]
fn the_program_simulates() {
    let (network, _) = load(&example("xor"));
    let folder = write("program", &network);
    cargo(&folder, &["build", "-q", "--release", "--offline", "--locked"]);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared/release/xor-crn");
    let run = |arguments: &[&str]| {
        let output = Command::new(&program).args(arguments).current_dir(&folder).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    let (good, help, _) = run(&["--help"]);
    assert!(good && help.contains("--steady") && help.contains("y[1]  output"), "{help}");
    let (good, table, _) = run(&["simulate", "--input", "1,0", "--steady"]);
    assert!(good && table.starts_with("x_1,x_2,"), "{table}");
    let value: f64 = table.lines().nth(1).unwrap().rsplit(',').next().unwrap().parse().unwrap();
    assert!(value > 0.5, "{table}");
    let (good, table, _) = run(&["simulate", "--input=1,1", "--until", "5", "--points", "3"]);
    assert!(good && table.starts_with("time,") && table.lines().count() == 4, "{table}");
    fs::write(folder.join("rows.csv"), "a,b\n0,0\n1,0\n").unwrap();
    let (good, _, _) = run(&["simulate", "--data", "rows.csv", "-o", "out.npz"]);
    assert!(good);
    let arrays = nnrc_sim::io::npz::read(&fs::read(folder.join("out.npz")).unwrap()).unwrap();
    assert_eq!(arrays["y"].shape, [2, 1]);
    // What is no plain table is refused: nothing is lost, and nothing guessed.
    for (contents, words) in
        [("0,0\n1,0\n", "a header row"), ("a;b\n0;0\n", "semicolons"), ("a,b\n0,\n", "line 2")]
    {
        fs::write(folder.join("other.csv"), contents).unwrap();
        let (good, _, complaint) = run(&["simulate", "--data", "other.csv"]);
        assert!(!good && complaint.contains(words), "{complaint}");
    }
    let (good, _, complaint) = run(&["simulate", "--input", "1"]);
    assert!(!good && complaint.contains("1 values for 2 inputs"), "{complaint}");
    let (good, _, complaint) = run(&["simulate", "--model", "nowhere.npz"]);
    assert!(!good && complaint.contains("nowhere.npz"), "{complaint}");
}

/// Two sources of one layer: all weights of the first are positive, all of the second negative.
#[test]
fn weights_without_reactions_are_refused_part_by_part() {
    let text = "network n { input a[2] in [0, 1]; input b[2] in [0, 1];
        layer y = dense(2) | smooth_relu(h = 0.1) from a, b; output y; }
        weights { y.W = [[1, 2, -1, -2], [3, 4, -3, -4]]; y.b = [0, 0]; }";
    let network = compile(text, &[0.5, 0.5, 0.5, 0.5]);
    let folder = write("parts", &network);
    cargo(&folder, &["build", "-q", "--release", "--offline", "--locked"]);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared/release/n-crn");
    let model = folder.join("data/model.npz");
    let with = |key: &str, at: usize, value: f64| {
        let mut arrays = nnrc_sim::io::npz::read(&fs::read(&model).unwrap()).unwrap();
        arrays.get_mut(key).unwrap().values[at] = value;
        let path = folder.join("other.npz");
        nnrc_sim::io::npz::write(fs::File::create(&path).unwrap(), &arrays).unwrap();
        let run =
            Command::new(&program).args(["simulate", "--steady", "--model"]).arg(path).output().unwrap();
        (run.status.success(), String::from_utf8_lossy(&run.stderr).into_owned())
    };
    assert!(with("k_W_y", 0, 5.0).0 && with("k_W_y", 7, -5.0).0);
    for (key, at, value) in [("k_W_y", 1, -0.5), ("k_W_y", 6, 0.5), ("k_b_y", 0, 1.0), ("initial.a", 0, -1.0)]
    {
        let (good, words) = with(key, at, value);
        assert!(!good && words.contains(key), "{key} {at}: {words}");
    }
}
