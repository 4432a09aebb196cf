//! The cost of a cycle of the XOR learner beside libRoadRunner on the same file.

use nnrc_sim::Method;
use serde_json::Value;

use super::learning::{TOLERANCE, Weights, arranged, distance, references, text_of};
use super::run::{Run, compile};
use crate::peers;

/// Tolerances at which libRoadRunner keeps the clock's tails.
const PEER: (f64, f64) = (1e-6, 1e-16);

/// CPU seconds for a cycle.
pub struct Speed {
    /// Of the engine.
    pub ours: f64,
    /// Of libRoadRunner.
    pub peer: f64,
    /// Cycles that were followed.
    pub cycles: usize,
    /// Largest deviation of the engine's weights from those of a course at far tighter tolerances.
    pub error: f64,
}

/// CPU seconds of this thread.
pub fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds: f64 = text.split_whitespace().next().unwrap().parse().unwrap();
    nanoseconds * 1e-9
}

/// Follows the learner for some cycles: its end, its weights, CPU seconds.
fn follow(cycles: usize, tolerance: (f64, f64)) -> (f64, Weights, f64) {
    let reference = references().into_iter().find(|reference| reference.gate == "xor").unwrap();
    let mut run = Run::new(&text_of(&reference), tolerance, Method::Explicit);
    let start = cpu();
    for _ in 0..cycles {
        run.cycle().unwrap();
    }
    let seconds = cpu() - start;
    (run.time, arranged(&run.weights()), seconds)
}

/// Measures both.
pub fn measure(cycles: usize) -> Speed {
    let (end, weights, seconds) = follow(cycles, TOLERANCE);
    let (_, exact, _) = follow(cycles, (1e-10, 1e-14));
    let reference = references().into_iter().find(|reference| reference.gate == "xor").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("xor.xml");
    let (_, lowered) = compile(&text_of(&reference), &[]);
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    nnrc_sbml::write(&lowered.crn, &lowered.info, &nnrc_sbml::Options::default(), &mut file).unwrap();
    drop(file);
    let numbers = [end, PEER.0, PEER.1].map(|number| format!("{number:e}"));
    let answer = peers::run(
        "bench_run.py",
        &[
            path.to_str().unwrap(),
            "--end",
            &numbers[0],
            "--rtol",
            &numbers[1],
            "--atol",
            &numbers[2],
            "--repeat",
            "1",
            "--engine",
            "roadrunner",
        ],
        None,
        &[],
    );
    let engines: &Vec<Value> = answer["engines"].as_array().unwrap();
    let peer = engines.iter().find(|engine| engine["engine"] == "roadrunner").unwrap();
    let peer = peer["simulate_cpu_s"].as_f64().unwrap();
    Speed {
        ours: seconds / cycles as f64,
        peer: peer / cycles as f64,
        cycles,
        error: distance(&weights, &exact),
    }
}
