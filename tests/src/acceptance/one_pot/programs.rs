//! The training network as a generated program, which presents samples by itself.

use std::path::Path;

use nnrc_engine::{Engine, Presentations};
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_sim::{Method, Tolerances};

use super::functions::{initial_weights, xor};
use super::nnrc;
use crate::Finding;
use crate::compiled::{Compiled, analyse, lower};
use crate::generated::build;
use crate::training::{read, succeeds};

const TOLERANCES: [f64; 2] = [1e-9, 1e-12];

/// Pots with and without a gate learn in generated programs what they learn in the engine, also when interrupted.
pub fn programs() -> Vec<Finding> {
    let entries = initial_weights("one_pot");
    let entry = entries.iter().find(|e| e["layers"][1] == 4 && e["seed"] == 0).unwrap();
    let plain = xor(entry, 6).replace("cycle(hold = 20)", "shuffle(hold = 20, seed = 5)");
    let gated = plain
        .replace("weight_annihilation = 1 };", "}; schedule = { settle = 8, learn = 8, flush = 4 };")
        .replace("hold = 20, ", "");
    [("plain", plain), ("gated", gated)].into_iter().flat_map(|(name, text)| one(name, &text)).collect()
}

fn one(name: &str, text: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("pot.nnr"), text).unwrap();
    nnrc(folder.path(), &["compile", "pot.nnr", "--target", "rust", "-o", "crate"]).unwrap();
    let program = build(&file("crate"));
    let pot = lower(analyse(text).unwrap(), &[0.0, 0.0]);
    write_samples(&pot, &file("samples.npz"));
    let train = |output: &str, more: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command.args(["train", "--data", "samples.npz", "-o", output, "--model", "crate/data/model.npz"]);
        command.args(["--checkpoint", &format!("{output}.checkpoint"), "--metrics", "metrics.csv"]);
        command.args(
            TOLERANCES
                .iter()
                .zip(["--rtol", "--atol"])
                .map(|(number, option)| format!("{option}={number:e}")),
        );
        succeeds(&command.args(more).current_dir(folder.path()).output().unwrap());
    };
    train("whole.npz", &[]);
    train("halves.npz", &["--epochs", "2"]);
    train("halves.npz", &["--resume"]);
    let epochs = std::fs::read_to_string(file("metrics.csv")).unwrap().lines().count() - 1;
    let found = read(&file("whole.npz"));
    let expected = engine(&pot);
    let worst = found
        .iter()
        .flat_map(|(key, array)| array.values.iter().zip(&expected[key].values))
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    let bytes = |name: &str| std::fs::read(file(name)).unwrap();
    let same = bytes("whole.npz") == bytes("halves.npz");
    vec![
        Finding::new(
            format!("generated program ({name}): the weights of the engine within 1e-7"),
            format!("{epochs} epochs, {} tensors, largest deviation {worst:.1e}", found.len()),
            worst <= 1e-7 && found.len() == 4 && epochs == 6,
        ),
        Finding::new(
            format!("generated program ({name}): two epochs and four more are six, bit by bit"),
            format!("{same}"),
            same,
        ),
    ]
}

fn write_samples(pot: &Compiled, path: &Path) {
    let tables = &pot.crn.protocol.feed.as_ref().unwrap().tables;
    let array = |at: usize| Array {
        shape: vec![tables[at].rows(), tables[at].columns],
        values: tables[at].values.to_vec(),
    };
    let mut bytes = Vec::new();
    npz::write(&mut bytes, &Arrays::from([("x".to_owned(), array(0)), ("t".to_owned(), array(1))])).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The weights after all presentations in the engine, by name.
fn engine(pot: &Compiled) -> Arrays {
    let feed = pot.crn.protocol.feed.as_ref().unwrap();
    let tolerances = Tolerances::new(TOLERANCES[0], TOLERANCES[1]);
    let mut course = Presentations::new(Engine::new(&pot.crn, &pot.info), feed, Method::Explicit, tolerances);
    for _ in 0..feed.presentations() {
        course.present().unwrap();
    }
    let state = course.engine().full_state(&course.position().state);
    let rail = |stem: &str, suffix: &str| -> Vec<f64> {
        let found = pot.crn.species.iter().find(|(_, family)| family.stem == stem && family.suffix == suffix);
        state[pot.info.species_range(found.unwrap().0)].to_vec()
    };
    ["hidden.W", "hidden.b", "y.W", "y.b"]
        .into_iter()
        .map(|key| {
            let (layer, what) = key.split_once('.').unwrap();
            let (p, m) = (rail(&format!("{what}_{layer}"), "p"), rail(&format!("{what}_{layer}"), "m"));
            let values: Vec<f64> = p.iter().zip(&m).map(|(p, m)| p - m).collect();
            (key.to_owned(), Array { shape: vec![values.len()], values })
        })
        .collect()
}
