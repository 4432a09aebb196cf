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
    // As cargo does it where no folder is named for what is built.
    let program = folder.join("target/release/xor-crn");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::copy(Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared/release/xor-crn"), &program).unwrap();
    let run = |arguments: &[&str]| answer(Command::new(&program).args(arguments).current_dir(&folder));
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
    for model in ["/dev/zero", "."] {
        let (good, _, complaint) = run(&["simulate", "--model", model]);
        assert!(!good && complaint.contains("cannot read"), "{complaint}");
    }
    fs::hard_link(folder.join("rows.csv"), folder.join("hard.csv")).unwrap();
    for (options, output) in [
        (&["--data", "rows.csv"][..], "rows.csv"),
        (&["--data", "rows.csv"], "./src/../hard.csv"),
        (&["--input", "1,0"], "data/model.npz"),
    ] {
        let before = fs::read(folder.join(output)).unwrap();
        let (good, _, complaint) = run(&[&["simulate", "-o", output][..], options].concat());
        assert!(!good && complaint.contains("which this run reads"), "{complaint}");
        assert_eq!(fs::read(folder.join(output)).unwrap(), before);
    }
    let full = Command::new(&program).arg("--help").stdout(fs::File::create("/dev/full").unwrap()).output();
    assert_eq!(full.unwrap().status.code(), Some(1));
    copies(&folder);
}

/// A copy of a crate with other numbers runs those, wherever it stands, also when the first is gone; a program alone
/// says what it misses.
fn copies(first: &Path) {
    let second = folder("crate-program-copy").join("moved");
    let settled = |folder: &Path| {
        let mut command = Command::new(folder.join("target/release/xor-crn"));
        let (good, table, words) =
            answer(command.args(["simulate", "--input", "1,0", "--steady"]).current_dir("/"));
        let model = folder.join("data/model.npz").canonicalize().unwrap();
        assert!(good && words.contains(&model.display().to_string()), "{words}");
        table
    };
    for path in ["target/release/xor-crn", ".nnrc-crate"] {
        fs::create_dir_all(second.join(path).parent().unwrap()).unwrap();
        fs::copy(first.join(path), second.join(path)).unwrap();
    }
    let mut arrays = nnrc_sim::io::npz::read(&fs::read(first.join("data/model.npz")).unwrap()).unwrap();
    arrays.get_mut("k_W_y").unwrap().values[0] *= 2.0;
    fs::create_dir(second.join("data")).unwrap();
    nnrc_sim::io::npz::write(fs::File::create(second.join("data/model.npz")).unwrap(), &arrays).unwrap();
    let (one, other) = (settled(first), settled(&second));
    assert_ne!(one, other);
    fs::remove_dir_all(first).unwrap();
    assert_eq!(settled(&second), other);
    let alone = second.with_file_name("xor-crn");
    fs::copy(second.join("target/release/xor-crn"), &alone).unwrap();
    let (good, _, words) = answer(Command::new(alone).args(["simulate", "--steady"]));
    assert!(!good && words.contains("--model FILE"), "{words}");
}

/// Whether a program succeeded, its results, and what it said.
fn answer(command: &mut Command) -> (bool, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

/// The processor for which a crate is built decides how many numbers go through a register at once, and no bit of a result.
#[test]
fn every_processor_computes_the_same_bits() {
    let (network, input) = load(&example("digits"));
    let folder = write_training("processor", network, &input);
    let mut samples = (0..64).map(|at| format!("x{at},")).collect::<String>() + "class\n";
    for row in 0..30 {
        let value = |at: usize| format!("{},", ((row * 31 + at * 17) % 97) as f64 / 97.0);
        samples += &((0..64).map(value).collect::<String>() + &format!("{}\n", row % 10));
    }
    fs::write(folder.join("samples.csv"), samples).unwrap();
    let results = ["native", "generic"].map(|processor| {
        // What the environment says takes the place of what the crate says.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(processor);
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "-q", "--release", "--offline", "--locked"]).current_dir(&folder);
        cargo.env("CARGO_TARGET_DIR", &target).env_remove("RUSTFLAGS");
        if processor == "generic" {
            cargo.env("RUSTFLAGS", "-C target-cpu=generic");
        }
        let (good, _, words) = answer(&mut cargo);
        assert!(good, "{words}");
        let run = |arguments: &[&str]| {
            let mut program = Command::new(target.join("release/digits-crn"));
            let (good, said, words) = answer(program.args(arguments).current_dir(&folder));
            assert!(good, "{words}");
            said
        };
        let built_for = run(&["--version"]);
        let course = run(&["simulate", "--model", "data/model.npz", "--until", "3", "--state"]);
        run(&["train", "--data", "samples.csv", "--epochs", "3", "--model", "data/model.npz"]);
        (built_for, course, fs::read(folder.join("trained.npz")).unwrap())
    });
    let [(native, ..), (generic, ..)] = &results;
    assert!(generic.contains("built for every ") || !cfg!(target_arch = "x86_64"), "{generic}");
    assert!(native.starts_with("digits-crn, written by nnrc "), "{native}");
    assert!(results[0].1 == results[1].1 && results[0].2 == results[1].2);
}

/// Two sources of one layer: all weights of the first are positive, all of the second negative.
#[test]
fn weights_without_reactions_are_refused_part_by_part() {
    let text = "network n { input a[2] in [0, 1]; input b[2] in [0, 1];
        layer y = dense(2) | smooth_relu(h = 0.1) from a, b; output y; }
        weights { y.W = [[1, 2, -1, -2], [3, 4, -3, -4]]; y.b = [0, 0]; }";
    let network = compile(text, &[0.5, 0.5, 0.5, 0.5]);
    let folder = folder("crate-parts");
    let ranges = vec![("a".to_owned(), 0.0, 1.0), ("b".to_owned(), -2.0, 1.0)];
    let options = Options { ranges, ..Options::default() };
    common::write(&folder, &generate(&network.crn, &network.info, &options).unwrap());
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
    fs::write(folder.join("rows.csv"), "a,b,c,d\n0,1,0,1\n0,1,0,1.5\n").unwrap();
    for (option, words) in
        [("--input=0,1.1,0,0", "a_2 is 1.1, outside"), ("--data=rows.csv", "row 2: b_2 is 1.5")]
    {
        let run = answer(
            Command::new(&program)
                .args(["simulate", "--model", "data/model.npz", option])
                .current_dir(&folder),
        );
        assert!(!run.0 && run.2.contains(words), "{}", run.2);
    }
    let faults = [("k_W_y", 1, -0.5), ("k_W_y", 6, 0.5), ("k_b_y", 0, 1.0), ("initial.a", 0, -1.0)];
    let constants: Vec<&str> = network
        .crn
        .rate_constants
        .iter()
        .filter(|(_, k)| k.axes.is_empty())
        .map(|(_, k)| k.stem.as_str())
        .collect();
    assert!(!constants.is_empty());
    for (key, at, value) in faults.into_iter().chain(constants.into_iter().map(|key| (key, 0, -0.25))) {
        let (good, words) = with(key, at, value);
        assert!(!good && words.contains(key), "{key} {at}: {words}");
    }
}
