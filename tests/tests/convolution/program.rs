//! Generated code of all cases in one program.

use std::path::Path;

use nnrc_rust::{Options, Trained, Training, generate};
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_tests::{generated, peers};

use crate::Case;

/// What the program does with each network.
const ANSWER: &str = r#"
use nnrc_sim::gradient::{Differentiable, Tensor};
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_sim::program::Tensors;
use nnrc_sim::{Settle, Tolerances, settle};

fn answer<N: Differentiable>(folder: &str) {
    let folder = std::path::Path::new(folder);
    let mut network = N::load(&mut Tensors::read(&folder.join("data/model.npz")).unwrap()).unwrap();
    let questions = npz::read(&std::fs::read(folder.join("questions.npz")).unwrap()).unwrap();
    network.set_inputs(&questions["input"].values);
    let array = |values: Vec<f64>| Array { shape: vec![values.len()], values };
    let mut answers = Arrays::new();
    let mut state = network.start();
    let mut derivative = vec![0.0; state.len()];
    network.derivative(&state, &mut derivative);
    answers.insert("derivative".to_owned(), array(derivative));
    let mut observe = |network: &N, name: &str, state: &[f64]| {
        let mut values = Vec::new();
        network.observe(state, &mut values);
        answers.insert(name.to_owned(), array(values));
    };
    settle(&mut network, &mut state, &Tolerances::default(), &Settle::default()).unwrap();
    observe(&network, "settled", &state);
    let mut state = network.start();
    let found = network.steady_state(&mut state, true);
    observe(&network, "rest", &state);
    // What is set comes back.
    let mut parameters = Vec::new();
    network.parameters(&mut parameters);
    network.set_parameters(&parameters);
    let mut gradient = vec![0.0; parameters.len()];
    let finite = network.adjoint(&state, &questions["adjoint"].values, &mut gradient);
    let mut rest = gradient.as_slice();
    for tensor in N::tensors() {
        let (own, others) = rest.split_at(Tensor::len(tensor));
        answers.insert(tensor.name.to_owned(), array(own.to_vec()));
        rest = others;
    }
    let exact = [N::IS_SOLVED, found, finite].map(|is_so| f64::from(u8::from(is_so)));
    answers.insert("exact".to_owned(), array(exact.to_vec()));
    npz::write(std::fs::File::create(folder.join("answers.npz")).unwrap(), &answers).unwrap();
}
"#;

/// Builds and runs the program: the answers for each case.
pub fn ask(cases: &[Case]) -> Vec<Arrays> {
    let root = tempfile::tempdir().unwrap();
    let mut main = String::from("#![allow(dead_code)]\n");
    let (mut calls, mut folders) = (String::new(), Vec::new());
    for case in cases {
        let name = &case.crn().name;
        let folder = root.path().join("networks").join(name);
        let trained = |key: &String| Trained { constant: key.clone(), key: key.clone(), scale: 1.0 };
        let tensors = case.net.weights.iter().map(trained).collect();
        let training = Training { tensors, defaults: None, stops: Vec::new(), units: Vec::new() };
        let options = Options { training: Some(training), ..Options::default() };
        let files =
            generate(case.crn(), &case.info, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (path, bytes) in files.iter().filter(|(path, _)| !path.starts_with("nnrc-sim")) {
            write(&folder.join(path), bytes);
        }
        let array = |values: &[f64]| Array { shape: vec![values.len()], values: values.to_vec() };
        let adjoint = [&vec![0.0; case.net.input.len()][..], &case.adjoint].concat();
        let questions = Arrays::from([
            ("input".to_owned(), array(&case.net.input)),
            ("adjoint".to_owned(), array(&adjoint)),
        ]);
        npz::write(std::fs::File::create(folder.join("questions.npz")).unwrap(), &questions).unwrap();
        let mut rustfmt = std::process::Command::new("rustfmt");
        rustfmt.args(["--edition", "2024", "--check"]).arg(folder.join("src/crn.rs"));
        let formatted = rustfmt.output().unwrap();
        // Formatters differ about a structure of one field.
        let is_short =
            case.crn().species.iter().filter(|(family, _)| !case.info.is_constant(*family)).count() == 1;
        assert!(
            is_short || formatted.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&formatted.stdout)
        );
        main += &format!("#[path = {:?}]\nmod {name};\n", folder.join("src/crn.rs"));
        calls += &format!("    answer::<{name}::Network>({folder:?});\n");
        folders.push(folder);
    }
    main += &format!("{ANSWER}\nfn main() {{\n{calls}}}\n");
    let sim = nnrc_tests::root().join("crates/nnrc-sim");
    let manifest = format!(
        "[package]\nname = \"convolutions\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n\
         nnrc-sim = {{ path = {sim:?} }}\n[profile.dev]\nopt-level = 1\ndebug = false\n[workspace]\n"
    );
    write(&root.path().join("src/main.rs"), main.as_bytes());
    write(&root.path().join("Cargo.toml"), manifest.as_bytes());
    std::fs::copy(nnrc_tests::root().join("Cargo.lock"), root.path().join("Cargo.lock")).unwrap();
    generated::cargo(root.path(), &["build"]);
    generated::cargo(root.path(), &["clippy"]);
    let program = peers::nnrc().with_file_name("generated").join("debug/convolutions");
    assert!(std::process::Command::new(program).status().unwrap().success());
    let read =
        |folder: std::path::PathBuf| npz::read(&std::fs::read(folder.join("answers.npz")).unwrap()).unwrap();
    folders.into_iter().map(read).collect()
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
