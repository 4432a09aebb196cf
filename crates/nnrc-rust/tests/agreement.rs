//! Generated code computes what the reactions say: derivative, Jacobian, solve and fixed point.
#![allow(clippy::disallowed_methods, reason = "these tests write crates and run cargo")]
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{EXAMPLES, cargo, example, folder};
use nnrc_crn::expand::expand;
use nnrc_engine::Engine;
use nnrc_gradient::{Graph, Propagation};
use nnrc_model::Model;
use nnrc_rust::{Options, generate};
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_sim::{Settle, System, Tolerances, settle};
use nnrc_tests::compiled::{Compiled, compile, load, lower, trainable, training};
use nnrc_tests::random_network::{Kind, draw};

/// States at which the right-hand side is compared.
const STATES: usize = 3;
/// The shift of the solve.
const SHIFT: f64 = 2.5;

/// The program that answers for all networks at once: one module each.
const CHECKER: &str = r#"
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_sim::program::{Network, Tensors};
use nnrc_sim::{Settle, Tolerances, settle};

fn array(rows: &[Vec<f64>]) -> Array {
    Array { shape: vec![rows.len(), rows[0].len()], values: rows.concat() }
}

fn answer<N: Network>(folder: &str) {
    let folder = std::path::Path::new(folder);
    let mut network = N::load(&mut Tensors::read(&folder.join("data/model.npz")).unwrap()).unwrap();
    let questions = npz::read(&std::fs::read(folder.join("questions.npz")).unwrap()).unwrap();
    network.set_inputs(&questions["input"].values);
    let dimension = network.dimension();
    let mut answers = Arrays::new();
    let (mut derivatives, mut products, mut solutions) = (Vec::new(), Vec::new(), Vec::new());
    for (state, vector) in questions["states"].values.chunks(dimension).zip(questions["vectors"].values.chunks(dimension)) {
        let (mut derivative, mut product) = (vec![0.0; dimension], vec![0.0; dimension]);
        network.derivative(state, &mut derivative);
        network.linearise(state);
        network.jacobian_times(vector, &mut product);
        network.shift(2.5);
        // A change that leaves conserved totals alone, as every product with the Jacobian does.
        let mut solution = product.clone();
        network.solve(&mut solution);
        derivatives.push(derivative);
        products.push(product);
        solutions.push(solution);
    }
    let mut state = network.start();
    settle(&mut network, &mut state, &Tolerances::default(), &Settle::default()).unwrap();
    let mut values = Vec::new();
    network.observe(&state, &mut values);
    answers.insert("derivatives".to_owned(), array(&derivatives));
    answers.insert("products".to_owned(), array(&products));
    answers.insert("solutions".to_owned(), array(&solutions));
    answers.insert("settled".to_owned(), array(&[values]));
    npz::write(std::fs::File::create(folder.join("answers.npz")).unwrap(), &answers).unwrap();
}

fn gradient<N: nnrc_sim::gradient::Differentiable>(folder: &str) {
    let folder = std::path::Path::new(folder);
    let mut network = N::load(&mut Tensors::read(&folder.join("data/model.npz")).unwrap()).unwrap();
    let questions = npz::read(&std::fs::read(folder.join("questions.npz")).unwrap()).unwrap();
    network.set_inputs(&questions["input"].values);
    let mut state = network.start();
    let found = network.steady_state(&mut state, true);
    let mut answers = Arrays::new();
    let mut values = Vec::new();
    network.observe(&state, &mut values);
    answers.insert("found".to_owned(), array(&[vec![f64::from(u8::from(found))]]));
    answers.insert("rest".to_owned(), array(&[values]));
    let mut gradient = vec![0.0; N::tensors().iter().map(nnrc_sim::gradient::Tensor::len).sum()];
    let finite = network.adjoint(&state, &questions["adjoint"].values, &mut gradient);
    let mut start = 0;
    for tensor in N::tensors() {
        let end = start + tensor.len();
        let values = gradient[start..end].iter().map(|g| g * tensor.scale).collect();
        answers.insert(tensor.name.to_owned(), array(&[values]));
        start = end;
    }
    answers.insert("finite".to_owned(), array(&[vec![f64::from(u8::from(finite))]]));
    npz::write(std::fs::File::create(folder.join("gradient.npz")).unwrap(), &answers).unwrap();
}
"#;

/// Pseudo-random numbers in (0, 1).
struct Random(u64);

impl Random {
    fn vector(&mut self, len: usize) -> Vec<f64> {
        let mut next = || {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((self.0 >> 12) as f64 + 0.5) / (1u64 << 52) as f64
        };
        (0..len).map(|_| next()).collect()
    }
}

struct Case {
    name: String,
    network: Compiled,
    input: Vec<f64>,
    states: Vec<Vec<f64>>,
    vectors: Vec<Vec<f64>>,
    /// Derivatives of a loss by all values.
    adjoint: Vec<f64>,
}

fn cases(relower: &dyn Fn(Model, &[f64]) -> Compiled) -> Vec<Case> {
    let mut networks: Vec<(String, Compiled, Vec<f64>)> = EXAMPLES
        .iter()
        .map(|name| {
            let (network, input) = load(&example(name));
            ((*name).to_owned(), network, input)
        })
        .collect();
    for seed in 0..36 {
        let drawn = draw(seed, Kind::Any);
        networks.push((format!("random{seed}"), compile(&drawn.text, &drawn.input), drawn.input));
    }
    let mut random = Random(7);
    let case = |(name, network, input): (String, Compiled, Vec<f64>)| {
        let network = relower(network.model, &input);
        let dimension = Engine::new(&network.crn, &network.info).dimension();
        let values = |at: usize| network.crn.axes[network.crn.observables[at].axis].size();
        // Only the output takes part in the loss.
        let is_output = |at: usize| at == network.model.output;
        let adjoint = (0..network.crn.observables.len())
            .flat_map(|at| {
                let drawn = random.vector(values(at));
                if is_output(at) { drawn } else { vec![0.0; drawn.len()] }
            })
            .collect();
        let states = (0..STATES).map(|_| random.vector(dimension)).collect();
        let vectors = (0..STATES).map(|_| random.vector(dimension)).collect();
        Case { name, network, input, states, vectors, adjoint }
    };
    networks.into_iter().map(case).collect()
}

fn rows(rows: &[Vec<f64>]) -> Array {
    Array { shape: vec![rows.len(), rows[0].len()], values: rows.concat() }
}

/// Writes and runs a program with all networks, which answers by this function; one folder of answers for each.
fn run(cases: &[Case], root: &Path, answer: &str, options: &dyn Fn(&Case) -> Options) -> Vec<PathBuf> {
    let sim = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nnrc-sim").canonicalize().unwrap();
    let mut main = String::from("#![allow(dead_code)]\n");
    let mut calls = String::new();
    let mut folders = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let folder = root.join("networks").join(&case.name);
        let files = generate(&case.network.crn, &case.network.info, &options(case))
            .unwrap_or_else(|error| panic!("{}: {error}", case.name));
        common::write(
            &folder,
            &files.into_iter().filter(|(path, _)| !path.starts_with("nnrc-sim")).collect(),
        );
        let mut questions = Arrays::new();
        let len = case.input.len();
        questions.insert("input".to_owned(), Array { shape: vec![len], values: case.input.clone() });
        questions.insert("states".to_owned(), rows(&case.states));
        questions.insert("vectors".to_owned(), rows(&case.vectors));
        let len = case.adjoint.len();
        questions.insert("adjoint".to_owned(), Array { shape: vec![len], values: case.adjoint.clone() });
        npz::write(fs::File::create(folder.join("questions.npz")).unwrap(), &questions).unwrap();
        main += &format!("#[path = {:?}]\nmod n{at};\n", folder.join("src/crn.rs"));
        calls += &format!("    {answer}::<n{at}::Network>({folder:?});\n");
        folders.push(folder);
    }
    main += &format!("{CHECKER}\nfn main() {{\n{calls}}}\n");
    let manifest = format!(
        "[package]\nname = \"checker-{answer}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nnnrc-sim = {{ path = {sim:?} }}\n[profile.dev]\nopt-level = 1\ndebug = false\n[workspace]\n"
    );
    fs::create_dir_all(root.join("src")).unwrap();
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::write(root.join("src/main.rs"), main).unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    fs::copy(workspace, root.join("Cargo.lock")).unwrap();
    cargo(root, &["build", "--offline", "-q"]);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("shared/debug/checker-{answer}"));
    assert!(Command::new(program).status().unwrap().success());
    folders
}

/// Derivative and Σ |flux| of each changing species, reaction by reaction.
fn plain(network: &Compiled, engine: &Engine, state: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let all = engine.full_state(state);
    let (mut derivative, mut sizes) = (vec![0.0; all.len()], vec![0.0; all.len()]);
    for reaction in expand(&network.crn, &network.info) {
        let powers = reaction.reactants.iter().map(|&(species, count)| all[species].powi(count as i32));
        let flux = reaction.k * powers.product::<f64>();
        for (side, sign) in [(&reaction.reactants, -1.0), (&reaction.products, 1.0)] {
            for &(species, count) in side {
                derivative[species] += sign * f64::from(count) * flux;
                sizes[species] += f64::from(count) * flux;
            }
        }
    }
    let changing = |values: Vec<f64>| -> Vec<f64> {
        let families = network.crn.species.iter().map(|(handle, _)| handle);
        let families = families.filter(|&handle| !network.info.is_constant(handle));
        families.flat_map(|handle| values[network.info.species_range(handle)].to_vec()).collect()
    };
    (changing(derivative), changing(sizes))
}

#[test]
fn generated_code_agrees_with_the_reactions() {
    let cases = cases(&lower);
    let folders = run(&cases, &folder("agreement"), "answer", &|_| Options::default());
    for (case, folder) in cases.iter().zip(folders) {
        let Case { name, network, input, states, vectors, .. } = case;
        let answers = npz::read(&fs::read(folder.join("answers.npz")).unwrap()).unwrap();
        let mut engine = Engine::new(&network.crn, &network.info);
        let dimension = engine.dimension();
        let row = |array: &str, at: usize| answers[array].values[at * dimension..][..dimension].to_vec();
        for (at, (state, vector)) in states.iter().zip(vectors).enumerate() {
            let (expected, sizes) = plain(network, &engine, state);
            for (i, found) in row("derivatives", at).into_iter().enumerate() {
                let error = (found - expected[i]).abs();
                assert!(error <= 1e-12 * sizes[i], "{name}: d{i} {found} {} {}", expected[i], sizes[i]);
            }
            let jacobian = engine.jacobian(state);
            let (products, solution) = (row("products", at), row("solutions", at));
            for i in 0..dimension {
                let line = &jacobian[i * dimension..][..dimension];
                let product = |x: &[f64]| line.iter().zip(x).map(|(a, b)| a * b).sum::<f64>();
                let size = |x: &[f64]| line.iter().zip(x).map(|(a, b)| (a * b).abs()).sum::<f64>();
                let error = (products[i] - product(vector)).abs();
                assert!(error <= 1e-12 * size(vector).max(1e-300), "{name}: (J v){i} {}", products[i]);
                let residual = SHIFT * solution[i] - product(&solution) - products[i];
                let scale = SHIFT * solution[i].abs() + size(&solution) + products[i].abs();
                assert!(residual.abs() <= 1e-10 * scale, "{name}: solve {i} leaves {residual}");
            }
        }
        let mut state = engine.initial_state();
        settle(&mut engine, &mut state, &Tolerances::default(), &Settle::default()).unwrap();
        let expected: Vec<f64> =
            (0..network.crn.observables.len()).flat_map(|at| engine.observe(&state, at)).collect();
        assert_eq!(expected.len(), answers["settled"].values.len());
        for (found, expected) in answers["settled"].values.iter().zip(expected) {
            assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{name}: {found} {expected}");
        }
        assert!(!input.is_empty());
    }
}

#[test]
fn gradients_agree_with_the_closed_forms() {
    let mut cases = cases(&trainable);
    cases.retain(|case| !Graph::new(&case.network.model).parameters().is_empty());
    let options = |case: &Case| Options { training: Some(training(&case.network)), ..Options::default() };
    let folders = run(&cases, &folder("gradients"), "gradient", &options);
    let mut faults = Vec::new();
    for (case, folder) in cases.iter().zip(folders) {
        let Case { name, network, input, adjoint, .. } = case;
        let answers = npz::read(&fs::read(folder.join("gradient.npz")).unwrap()).unwrap();
        let graph = Graph::new(&network.model);
        let mut propagation = Propagation::new(&graph, 1);
        propagation.forward(&[input]);
        let output = propagation.outputs();
        let widths: Vec<usize> =
            network.crn.observables.iter().map(|one| network.crn.axes[one.axis].size()).collect();
        let start: usize = widths[..network.model.output].iter().sum();
        let found = &answers["rest"].values[start..start + output.len()];
        let mut worst = found.iter().zip(&output).fold(0.0f64, |worst, (a, b)| worst.max((a - b).abs()));
        propagation.backward(|_, output, slopes| {
            slopes.copy_from_slice(&adjoint[start..start + output.len()]);
        });
        let expected = propagation.gradient();
        let largest = expected.iter().fold(1.0f64, |largest, g| largest.max(g.abs()));
        for parameter in graph.parameters() {
            for (a, b) in answers[&parameter.key].values.iter().zip(&expected[parameter.range()]) {
                let error = if a.is_nan() { f64::INFINITY } else { (a - b).abs() / largest };
                worst = worst.max(error);
            }
        }
        let settled = answers["found"].values == [1.0] && answers["finite"].values == [1.0];
        if worst > 1e-9 || !settled {
            faults.push(format!(
                "{name}: {worst:e}, at rest {settled}\n{}",
                nnrc_crn::text::print(&network.crn, &network.info)
            ));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
