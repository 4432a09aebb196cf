//! Generated crates: the right-hand side against what it costs at least, and the way from source to result.

use std::path::Path;
use std::process::Command;

use nnrc_engine::Engine;
use nnrc_sim::System;
use nnrc_tests::acceptance::sbml::{WORKLOADS, spread, workload};
use nnrc_tests::compiled::{Compiled, compile};
use nnrc_tests::generated::{Question, Timing, time};
use nnrc_tests::{peers, root};
use serde_json::Value;

use super::common::{Bench, Row, arrows, file, measure, number, readable, text};

/// Loops of constant sizes, compiled and run: nanoseconds by workload.
pub fn limits(bench: &Bench) -> Value {
    let program = bench.folder.path().join("limits");
    if !program.exists() {
        let source = root().join("tests/peers/limits.rs");
        let mut rustc = Command::new("rustc");
        rustc.args(["-O", "-C", "codegen-units=1", "--edition", "2024", "-o"]).arg(&program).arg(source);
        assert!(rustc.status().unwrap().success(), "limits.rs does not compile");
    }
    let output = Command::new(program).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The generated derivative beside loops of constant sizes, and beside libRoadRunner.
pub fn right_hand_sides(bench: &mut Bench) -> Vec<Row> {
    let networks: Vec<(Compiled, Vec<f64>)> = WORKLOADS[1..]
        .iter()
        .map(|(_, widths)| {
            let input = spread(widths[0]);
            (compile(&workload(widths, ""), &input), input)
        })
        .collect();
    let questions: Vec<Question<'_>> = networks
        .iter()
        .map(|(network, input)| {
            let dimension = Engine::new(&network.crn, &network.info).dimension();
            Question { network, input, states: vec![vec![0.4; dimension]] }
        })
        .collect();
    let timings = time(&questions);
    let limits = limits(bench);
    let mut rows = Vec::new();
    for (at, (name, widths)) in WORKLOADS.iter().enumerate().skip(1) {
        let Timing { derivative, whole } = timings[at - 1];
        for (what, ours, limit) in [
            ("inputs stand still", derivative, &limits[name]["fold"]),
            ("inputs set anew", whole, &limits[name]["full"]),
        ] {
            let limit = number(limit) * 1e-9;
            let ratio = ours / limit;
            // S2 is so small that it times the call.
            let counts = *name != "S2" && what == "inputs stand still";
            rows.push(Row {
                what: format!("derivative of {name} ({}) in a generated crate, {what}", arrows(widths)),
                ours: readable(ours),
                peer: format!("loops of constant sizes {}", readable(limit)),
                ratio: format!("{ratio:.2}"),
                goal: if counts { "at most 1.5" } else { "reported" }.to_owned(),
                met: !counts || ratio <= 1.5,
            });
        }
        if ["S3", "S4"].contains(name) {
            rows.push(roadrunner(bench, name, &networks[at - 1].0, derivative));
        }
    }
    let weights =
        |widths: &[usize]| -> f64 { widths.windows(2).map(|pair| pair[0] * pair[1]).sum::<usize>() as f64 };
    let per_weight = |at: usize| timings[at - 1].whole / weights(WORKLOADS[at].1);
    let ratio = per_weight(6) / per_weight(3);
    rows.push(Row {
        what: "derivative for each weight, inputs set anew: S7 against S4".to_owned(),
        ours: format!("{:.3} and {:.3} ns", per_weight(6) * 1e9, per_weight(3) * 1e9),
        peer: String::new(),
        ratio: format!("{ratio:.2}"),
        goal: "at most 2".to_owned(),
        met: ratio <= 2.0,
    });
    rows
}

fn roadrunner(bench: &Bench, name: &str, network: &Compiled, ours: f64) -> Row {
    let path = bench.folder.path().join(format!("rhs-{name}.xml"));
    let options = nnrc_sbml::Options { provenance: nnrc_sbml::Provenance::None, ..Default::default() };
    network.write_sbml(&path, &options);
    let args = [text(&path), "--engine", "roadrunner", "--repeat", "1", "--loads", "1"];
    let answer = peers::run("bench_run.py", &args, None, &[]);
    let theirs = number(&answer["engines"][0]["rhs_cpu_s"]);
    Row {
        what: format!("derivative of {name} in a generated crate"),
        ours: readable(ours),
        peer: format!("libRoadRunner, called from Python, {}", readable(theirs)),
        ratio: format!("{:.0}", theirs / ours),
        goal: "at least 25".to_owned(),
        met: theirs / ours >= 25.0,
    }
}

/// From source to the first result by a generated crate, all its dependencies compiled anew.
pub fn from_source(bench: &Bench) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut sizes = Vec::new();
    for (name, widths) in [WORKLOADS[1], WORKLOADS[3], WORKLOADS[6]] {
        let source = file(bench.folder.path(), &format!("{name}.nnr"), &workload(widths, ""));
        let crate_folder = bench.folder.path().join(format!("{name}-sim"));
        let script = format!(
            "set -e; {nnrc} compile {source} --target rust --quiet -o {folder}; cd {folder}; \
             export CARGO_TARGET_DIR={folder}/target; cargo build --release --quiet --offline; \
             target/release/workload-crn simulate --steady",
            folder = text(&crate_folder),
            nnrc = text(&bench.nnrc),
            source = text(&source),
        );
        let whole = measure(1, &["bash", "-c", &script]);
        // The crate alone: what it depends on is the same for all, and stays compiled.
        let again = format!(
            "set -e; cd {folder}; touch src/crn.rs; export CARGO_TARGET_DIR={folder}/target; \
             cargo build --release --quiet --offline; target/release/workload-crn simulate --steady",
            folder = text(&crate_folder)
        );
        let alone = measure(3, &["bash", "-c", &again]);
        let lines = |path: &str| std::fs::read_to_string(crate_folder.join(path)).unwrap().lines().count();
        let program = std::fs::metadata(crate_folder.join("target/release/workload-crn")).unwrap().len();
        sizes.push((name, number(&alone["cpu_s"]), lines("src/crn.rs"), program));
        rows.push(result_row(bench, name, widths, &source, &whole));
        rows.push(Row {
            what: format!("{name}, the same again after a change of the network"),
            ours: format!("{:.1} CPU s, {:.0} MiB", number(&alone["cpu_s"]), number(&alone["peak_rss_mib"])),
            peer: String::new(),
            ratio: String::new(),
            goal: "reported".to_owned(),
            met: true,
        });
    }
    let words = |sizes: &(&str, f64, usize, u64)| {
        format!("{} {:.2} CPU s, {} lines, {} kB", sizes.0, sizes.1, sizes.2, sizes.3 / 1000)
    };
    let ratio = sizes[2].1 / sizes[0].1;
    rows.push(Row {
        what: "compiling a generated crate without its dependencies, and a result; its source; its program"
            .to_owned(),
        ours: sizes.iter().map(words).collect::<Vec<_>>().join("; "),
        peer: String::new(),
        ratio: format!("{ratio:.2}"),
        goal: "independent of the widths: S7 at most 1.5 times S2, the same number of lines".to_owned(),
        met: ratio <= 1.5 && sizes[0].2 == sizes[2].2,
    });
    rows
}

fn result_row(bench: &Bench, name: &str, widths: &[usize], source: &Path, taken: &Value) -> Row {
    let (seconds, memory) = (number(&taken["cpu_s"]), number(&taken["peak_rss_mib"]));
    let mut row = Row {
        what: format!(
            "{name} ({}), from source to first result by a generated crate, its dependencies compiled too",
            arrows(widths)
        ),
        ours: format!("{seconds:.1} CPU s, {memory:.0} MiB"),
        peer: String::new(),
        ratio: String::new(),
        goal: "reported".to_owned(),
        met: true,
    };
    if name == "S4" {
        let path = bench.folder.path().join("S4-load.xml");
        let mut command = Command::new(&bench.nnrc);
        command.args(["compile", "--target", "sbml", "--provenance", "none", "--quiet", "-o"]).arg(&path);
        assert!(command.arg(source).status().unwrap().success());
        let answer = peers::run("bench_run.py", &[text(&path), "--repeat", "1", "--loads", "1"], None, &[]);
        let loads = [0, 1].map(|at| number(&answer["engines"][at]["load_cpu_s"]));
        row.peer = format!("loading: libRoadRunner {:.1}, COPASI {:.1} CPU s", loads[0], loads[1]);
        row.ratio = format!("1/{:.1}; 1/{:.1}", loads[0] / seconds, loads[1] / seconds);
        row.goal = "at most 1/5 of libRoadRunner's load, 1/15 of COPASI's".to_owned();
        row.met = loads[0] / seconds >= 5.0 && loads[1] / seconds >= 15.0;
    }
    if name == "S7" {
        row.goal = "under 10 CPU s and 500 MB".to_owned();
        row.met = seconds < 10.0 && memory < 477.0;
    }
    row
}
