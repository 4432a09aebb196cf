//! Gradients through the fixed point, in process.

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use nnrc_gradient::{Graph, Propagation};
use nnrc_tests::acceptance::sbml::{WORKLOADS, spread, workload};
use nnrc_tests::compiled::compile;
use nnrc_tests::root;

use super::common::{Bench, Row, arrows, number, question, readable};
use super::crates::limits;

/// Samples that go through a network together.
const TOGETHER: usize = 8;

/// One sample, and one of several together, beside loops of constant sizes and JAX.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let limits = limits(bench);
    let mut rows = Vec::new();
    for (name, widths) in [WORKLOADS[0], WORKLOADS[1], WORKLOADS[2], WORKLOADS[3], WORKLOADS[6]] {
        let input = spread(widths[0]);
        let compiled = compile(&workload(widths, ""), &input);
        let graph = Graph::new(&compiled.model);
        let limit = number(&limits[name]["grad"]) * 1e-9;
        for (what, samples) in
            [("one sample".to_owned(), 1), (format!("each of {TOGETHER} samples"), TOGETHER)]
        {
            let mut question = question("grad", &compiled, &input, 0.25);
            question["samples"] = samples.into();
            let jax = number(&bench.ask("bench_jax.py", &question)["seconds"]) / samples as f64;
            let ours = time(&graph, &input, samples) / samples as f64;
            let (of_limit, of_jax) = (ours / limit, jax / ours);
            let (goal, met) = match (name, samples) {
                ("S7", _) => ("reported", true),
                (_, 1) => (
                    "at most 1.5 times the loops, 10 times faster than JAX",
                    of_limit <= 1.5 && of_jax >= 10.0,
                ),
                _ => ("at most 1.5 times the loops", of_limit <= 1.5),
            };
            rows.push(Row {
                what: format!("gradient of {name} ({}), {what}", arrows(widths)),
                ours: readable(ours),
                peer: format!("loops of constant sizes {}, JAX {}", readable(limit), readable(jax)),
                ratio: format!("{of_limit:.2}; {of_jax:.1}"),
                goal: goal.to_owned(),
                met,
            });
        }
    }
    rows
}

/// One sample in a generated crate, beside plain loops over constant sizes that do the same in one program.
pub fn in_crates(_: &mut Bench) -> Vec<Row> {
    let output = Command::new("cargo")
        .args(["run", "--release", "--quiet", "--package", "nnrc-rust", "--example", "gradient"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = [WORKLOADS[1], WORKLOADS[2], WORKLOADS[3], WORKLOADS[6]];
    let row = |((name, widths), line): ((&str, &[usize]), &str)| {
        // `[4, 16, 3]: 158 ns, plain loops 82 ns, ratio 1.92, difference 1e-16`
        let (_, figures) = line.split_once("]: ").unwrap();
        let words: Vec<&str> = figures.split(", ").collect();
        let ratio: f64 = words[2].trim_start_matches("ratio ").parse().unwrap();
        Row {
            what: format!("gradient of {name} ({}), one sample in a generated crate", arrows(widths)),
            ours: words[0].to_owned(),
            peer: words[1].to_owned(),
            ratio: format!("{ratio:.2}"),
            goal: "at most 1.5 times the loops".to_owned(),
            met: ratio <= 1.5,
        }
    };
    names.into_iter().zip(text.lines()).map(row).collect()
}

/// Seconds of a gradient of ½ Σ (y − t)² of several equal samples: the least of many rounds.
fn time(graph: &Graph, input: &[f64], samples: usize) -> f64 {
    let mut propagation = Propagation::new(graph, samples);
    let inputs = vec![input; samples];
    let mut call = || {
        propagation.forward(black_box(&inputs));
        propagation.backward(|_, output, slopes| {
            slopes.iter_mut().zip(output).for_each(|(slope, y)| *slope = *y - 0.3);
        });
        black_box(&propagation);
    };
    let mut calls = 1;
    loop {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        if start.elapsed().as_secs_f64() > 2e-3 {
            break;
        }
        calls *= 2;
    }
    let round = |_| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64() / f64::from(calls)
    };
    (0..41).map(round).fold(f64::INFINITY, f64::min)
}
