//! Reactions of every shape that the validator lets pass: recurrent matrices, species with several indices, pairs.
#![allow(clippy::disallowed_methods, reason = "these tests write crates and run cargo")]
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;
#[path = "../../nnrc-engine/tests/common/mod.rs"]
mod networks;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{cargo, folder};
use networks::{Random, plain, random_network};
use nnrc_engine::Engine;
use nnrc_rust::{Options, generate};
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_sim::system::System;

/// Networks in one program.
const NETWORKS: u64 = 80;
/// The shift of the solve.
const SHIFT: f64 = 40.0;

const CHECKER: &str = r#"
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_sim::program::{Network, Tensors};

fn answer<N: Network>(folder: &str) {
    let folder = std::path::Path::new(folder);
    let mut network = N::load(&mut Tensors::read(&folder.join("data/model.npz")).unwrap()).unwrap();
    let questions = npz::read(&std::fs::read(folder.join("questions.npz")).unwrap()).unwrap();
    let (state, vector) = (&questions["state"].values, &questions["vector"].values);
    let (mut derivative, mut product) = (vec![0.0; state.len()], vec![0.0; state.len()]);
    network.derivative(state, &mut derivative);
    network.linearise(state);
    network.jacobian_times(vector, &mut product);
    network.shift(40.0);
    // A change that leaves conserved totals alone, as every product with the Jacobian does.
    let mut solution = product.clone();
    network.solve(&mut solution);
    let exact = vec![f64::from(u8::from(N::IS_SOLVED))];
    let answers = [("start", network.start()), ("derivative", derivative), ("product", product), ("solution", solution), ("exact", exact)];
    let answers: Arrays = answers.into_iter().map(|(name, values)| (name.to_owned(), Array { shape: vec![values.len()], values })).collect();
    npz::write(std::fs::File::create(folder.join("answers.npz")).unwrap(), &answers).unwrap();
}
"#;

fn vector(values: &[f64]) -> Array {
    Array { shape: vec![values.len()], values: values.to_vec() }
}

#[test]
fn every_shape_is_served() {
    let root = folder("random");
    let sim = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nnrc-sim").canonicalize().unwrap();
    let (mut main, mut calls) = ("#![deny(warnings)]\n#![allow(dead_code)]\n".to_owned(), String::new());
    let mut cases = Vec::new();
    for seed in 0..NETWORKS {
        let (crn, info) = random_network(seed);
        let random = &mut Random(seed ^ 5);
        let dimension = Engine::new(&crn, &info).dimension();
        if dimension == 0 {
            assert!(generate(&crn, &info, &Options::default()).is_err());
            continue;
        }
        let state = random.vector(dimension);
        let direction: Vec<f64> = state.iter().map(|_| random.signed()).collect();
        let place = root.join(format!("networks/n{seed}"));
        let files = generate(&crn, &info, &Options::default())
            .unwrap_or_else(|error| panic!("{error}\n{}", nnrc_crn::text::print(&crn, &info)));
        common::write(&place, &files.into_iter().filter(|(path, _)| !path.starts_with("nnrc-sim")).collect());
        let questions: Arrays =
            [("state", &state), ("vector", &direction)].map(|(key, v)| (key.to_owned(), vector(v))).into();
        npz::write(fs::File::create(place.join("questions.npz")).unwrap(), &questions).unwrap();
        main += &format!("#[path = {:?}]\nmod n{seed};\n", place.join("src/crn.rs"));
        calls += &format!("    answer::<n{seed}::Network>({place:?});\n");
        cases.push((crn, info, state, direction, place));
    }
    main += &format!("{CHECKER}\nfn main() {{\n{calls}}}\n");
    let manifest = format!(
        "[package]\nname = \"checker-random\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nnnrc-sim = {{ path = {sim:?} }}\n[profile.dev]\nopt-level = 0\ndebug = false\n[workspace]\n"
    );
    fs::create_dir_all(root.join("src")).unwrap();
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::write(root.join("src/main.rs"), main).unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    fs::copy(workspace, root.join("Cargo.lock")).unwrap();
    cargo(&root, &["build", "--offline", "-q"]);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared/debug/checker-random");
    assert!(Command::new(program).status().unwrap().success());
    for (seed, (crn, info, state, direction, place)) in cases.iter().enumerate() {
        let answers = npz::read(&fs::read(place.join("answers.npz")).unwrap()).unwrap();
        let engine = Engine::new(crn, info);
        let expected = plain(crn, info, &engine, &engine.full_state(state));
        let text = || nnrc_crn::text::print(crn, info);
        assert_eq!(answers["start"].values, engine.initial_state(), "{seed}");
        for (i, found) in answers["derivative"].values.iter().enumerate() {
            let error = (found - expected.derivative[i]).abs();
            assert!(error <= 1e-12 * expected.flux[i], "{seed}: d{i} {found}\n{}", text());
        }
        let n = state.len();
        let times = |matrix: &[f64], x: &[f64]| -> Vec<f64> {
            matrix.chunks_exact(n.max(1)).map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
        };
        let sizes = |x: &[f64]| -> Vec<f64> { x.iter().map(|v| v.abs()).collect() };
        let scale = times(&expected.magnitude, &sizes(direction));
        for (i, wanted) in times(&expected.jacobian, direction).iter().enumerate() {
            let found = answers["product"].values[i];
            assert!(
                (found - wanted).abs() <= 1e-12 * scale[i],
                "{seed}: (J v){i} {found} {wanted}\n{}",
                text()
            );
        }
        let solution = &answers["solution"].values;
        let scale = times(&expected.magnitude, &sizes(solution));
        for (i, product) in times(&expected.jacobian, solution).iter().enumerate() {
            let right = answers["product"].values[i];
            let residual = SHIFT * solution[i] - product - right;
            let size = SHIFT * solution[i].abs() + scale[i] + right.abs();
            assert!(residual.abs() <= 1e-10 * size, "{seed}: solve {i} leaves {residual}\n{}", text());
        }
        assert_eq!(answers["exact"].values, [1.0]);
    }
}
