//! From source text to files and results, by the command.

use std::fmt::Write;
use std::path::Path;

use nnrc_tests::acceptance::sbml::{WORKLOADS, spread, workload};
use nnrc_tests::compiled::compile;
use nnrc_tests::peers;
use serde_json::json;

use super::common::{Row, arrows, file, measure, number, text};

/// `check` of a file of a thousand lines.
pub fn check(nnrc: &Path, folder: &Path) -> Row {
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
pub fn sbml(nnrc: &Path, folder: &Path) -> Vec<Row> {
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

/// From the source text to a result, by the command.
pub fn results(nnrc: &Path, folder: &Path) -> Vec<Row> {
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
