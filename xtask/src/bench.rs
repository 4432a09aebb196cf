//! `cargo xtask bench`: nnrc beside its peers in one run, written into `docs/benchmarks.md`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nnrc_engine::Engine;
use nnrc_sim::{Method, Tolerances};
use nnrc_tests::acceptance::sbml::{WORKLOADS, spread, workload};
use nnrc_tests::compiled::{Compiled, compile, deviation};
use nnrc_tests::{peers, root};
use serde_json::{Value, json};

use crate::environment;

/// A row of the table: what, figures, goal, whether it is met.
struct Row {
    what: String,
    ours: String,
    peer: String,
    ratio: String,
    goal: String,
    met: bool,
}

/// Measures everything; whether every goal is met. Times are taken in release builds only.
pub fn run() -> bool {
    if cfg!(debug_assertions) {
        return environment::cargo(&["run", "--quiet", "--release", "--package", "xtask", "--", "bench"]);
    }
    let nnrc = peers::nnrc();
    let folder = tempfile::tempdir().unwrap();
    let mut rows = vec![check_row(&nnrc, folder.path())];
    rows.extend(write_rows(&nnrc, folder.path()));
    let (simulations, versions) = simulation_rows(folder.path());
    rows.extend(simulations);
    rows.extend(source_to_result_rows(&nnrc, folder.path()));
    let table = table(&rows, &versions);
    println!("{table}");
    std::fs::write(root().join("docs/benchmarks.md"), table).unwrap();
    rows.iter().all(|row| row.met)
}

fn measure(repeat: usize, command: &[&str]) -> Value {
    let repeat = repeat.to_string();
    peers::run("measure.py", &[&["--repeat", &repeat, "--"], command].concat(), None, &[])
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// `check` of a file of a thousand lines.
fn check_row(nnrc: &Path, folder: &Path) -> Row {
    let mut lines = String::from("nnr 1;\nnetwork long {\n    input x[4] in [0, 1];\n");
    let layers = 160;
    for layer in 0..layers {
        let _ = writeln!(
            lines,
            "    // Layer {layer} takes the one before it.\n    layer l{layer} = dense(4) | smooth_relu(h = 0.1);"
        );
    }
    let _ = writeln!(lines, "    output l{};\n}}\nweights {{", layers - 1);
    for layer in 0..layers {
        let _ = writeln!(
            lines,
            "    l{layer}.W = [[0.1, 0.2, -0.3, 0.4], [0.5, -0.1, 0.2, 0.3],\n                [0.1, 0.2, 0.3, -0.4], [0.2, 0.2, 0.2, 0.2]];\n    l{layer}.b = [0.1, 0, 0, -0.1];"
        );
    }
    lines.push_str("}\n");
    while lines.lines().count() < 1000 {
        lines.push_str("// a thousand lines\n");
    }
    let path = file(folder, "long.nnr", &lines);
    let taken = measure(9, &[text(nnrc), "check", text(&path)]);
    let seconds = number(&taken["wall_s"]);
    Row {
        what: format!("`check` of a file of {} lines", lines.lines().count()),
        ours: format!("{:.1} ms", seconds * 1e3),
        peer: String::new(),
        ratio: String::new(),
        goal: "under 50 ms".to_owned(),
        met: seconds < 0.05,
    }
}

/// The SBML file of S7, and libSBML's from Python.
fn write_rows(nnrc: &Path, folder: &Path) -> Vec<Row> {
    let (name, widths) = WORKLOADS[6];
    let source = file(folder, "s7.nnr", &workload(widths, ""));
    let target = folder.join("s7.xml");
    let command = |provenance: &'static str| {
        measure(
            5,
            &[
                text(nnrc),
                "compile",
                text(&source),
                "--target",
                "sbml",
                "--provenance",
                provenance,
                "--quiet",
                "-o",
                text(&target),
            ],
        )
    };
    let plain = command("none");
    let full = command("full");
    let sizes: Vec<String> = widths.iter().map(usize::to_string).collect();
    let sizes: Vec<&str> = sizes.iter().map(String::as_str).collect();
    let peer = peers::run("bench_write.py", &sizes, None, &[]);
    let (ours, theirs) = (number(&plain["cpu_s"]), number(&peer["cpu_s"]));
    let ratio = theirs / ours;
    let memory = number(&plain["peak_rss_mib"]);
    let reactions = compile(&workload(widths, ""), &spread(widths[0])).info.reaction_count();
    vec![
        Row {
            what: format!("{name} ({reactions} reactions) from source to SBML, `--provenance none`"),
            ours: format!("{ours:.2} CPU s, {memory:.0} MiB"),
            peer: format!(
                "libSBML from Python {theirs:.1} CPU s, {:.0} MiB ({} reactions, linear outputs)",
                number(&peer["peak_rss_mib"]),
                peer["reactions"]
            ),
            ratio: format!("{ratio:.0}"),
            goal: "under 0.5 CPU s and 300 MB, at least 30 times libSBML".to_owned(),
            met: ours < 0.5 && memory < 286.0 && ratio >= 30.0,
        },
        Row {
            what: format!("{name} with full provenance"),
            ours: format!("{:.2} CPU s, {:.0} MiB", number(&full["cpu_s"]), number(&full["peak_rss_mib"])),
            peer: String::new(),
            ratio: String::new(),
            goal: "reported".to_owned(),
            met: true,
        },
    ]
}

/// SS: t = 0 to 20 at rtol 1e-6, atol 1e-9, in process, beside libRoadRunner and COPASI.
fn simulation_rows(folder: &Path) -> (Vec<Row>, Vec<String>) {
    let mut rows = Vec::new();
    let mut versions = Vec::new();
    for ((name, widths), goal) in WORKLOADS[1..4].iter().zip([3.0, 8.0, 15.0]) {
        let input = spread(widths[0]);
        let compiled = compile(&workload(widths, ""), &input);
        let (seconds, error) = time_course(&compiled, &input);
        let path = folder.join(format!("{name}.xml"));
        let options = nnrc_sbml::Options { provenance: nnrc_sbml::Provenance::None, ..Default::default() };
        compiled.write_sbml(&path, &options);
        let args = [
            text(&path),
            "--end",
            "20",
            "--rtol",
            "1e-6",
            "--atol",
            "1e-9",
            "--repeat",
            "21",
            "--loads",
            "1",
        ];
        let answer = peers::run("bench_run.py", &args, None, &[]);
        let engines = answer["engines"].as_array().unwrap();
        versions =
            engines.iter().map(|e| format!("{} {}", e["engine"], e["version"]).replace('"', "")).collect();
        let simulate: Vec<f64> = engines.iter().map(|engine| number(&engine["simulate_cpu_s"])).collect();
        let load: Vec<f64> = engines.iter().map(|engine| number(&engine["load_cpu_s"])).collect();
        let ratio = simulate[0] / seconds;
        rows.push(Row {
            what: format!("{name} ({}), t = 0 to 20 in process", arrows(widths)),
            ours: format!("{:.3} ms, error {error:.0e}", seconds * 1e3),
            peer: format!(
                "libRoadRunner {:.2} ms (loads in {:.1} s), COPASI {:.2} ms ({:.1} s)",
                simulate[0] * 1e3,
                load[0],
                simulate[1] * 1e3,
                load[1]
            ),
            ratio: format!("{ratio:.0}; COPASI {:.0}", simulate[1] / seconds),
            goal: format!("at least {goal} times libRoadRunner, error at most 1e-6"),
            met: ratio >= goal && error <= 1e-6,
        });
    }
    (rows, versions)
}

/// Median seconds of a time course from the initial state, and how far its end is from the fixed point.
fn time_course(compiled: &Compiled, input: &[f64]) -> (f64, f64) {
    let mut engine = Engine::new(&compiled.crn, &compiled.info);
    let tolerances = Tolerances::new(1e-6, 1e-9);
    let mut times = Vec::new();
    let mut end = Vec::new();
    for _ in 0..101 {
        let start = Instant::now();
        let mut state = engine.initial_state();
        nnrc_sim::integrate(&mut engine, Method::Auto, &tolerances, &mut state, 0.0..20.0, &[], |_, _| {})
            .unwrap();
        times.push(start.elapsed().as_secs_f64());
        end = state;
    }
    times.sort_by(f64::total_cmp);
    let values = compiled.values(&engine.full_state(&end));
    let expected = nnrc_model::forward::forward(&compiled.model, input);
    (times[times.len() / 2], deviation(&values, &expected))
}

fn arrows(widths: &[usize]) -> String {
    widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
}

/// From the source text to a result, by the command.
fn source_to_result_rows(nnrc: &Path, folder: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, verb, goal) in [(1, "--steady", 0.02), (6, "--until=20", 2.0)] {
        let (name, widths) = WORKLOADS[at];
        let source = file(folder, &format!("{name}.nnr"), &workload(widths, ""));
        let taken = measure(9, &[text(nnrc), "simulate", text(&source), verb]);
        let seconds = number(&taken["wall_s"]);
        rows.push(Row {
            what: format!("{name} ({}), `nnrc simulate {verb}`: from file to result", arrows(widths)),
            ours: format!("{:.1} ms, {:.0} MiB", seconds * 1e3, number(&taken["peak_rss_mib"])),
            peer: String::new(),
            ratio: String::new(),
            goal: format!("under {} ms", json!(goal * 1e3)),
            met: seconds < goal,
        });
    }
    rows
}

fn table(rows: &[Row], versions: &[String]) -> String {
    let mut out = String::from(
        "# Benchmarks\n\n`cargo xtask bench`, nnrc and its peers in one run on one machine.\nMedians; ratios carry over to other machines better than times do.\n\n",
    );
    let _ = writeln!(out, "nnrc {}, {}.", env!("CARGO_PKG_VERSION"), versions.join(", "));
    let _ = writeln!(out, "{}.\n", machine());
    out.push_str("| workload | nnrc | peers | ratio | goal | met |\n|---|---|---|---|---|---|\n");
    for row in rows {
        let met = if row.met { "yes" } else { "no" };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {met} |",
            row.what, row.ours, row.peer, row.ratio, row.goal
        );
    }
    out
}

/// Processor and number of cores.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown processor");
    format!("{}, {cores} cores, {}", model.trim_start_matches([' ', '\t', ':']), std::env::consts::OS)
}
