//! `nnrc verify` beside what libRoadRunner takes to load the same files.

use std::path::{Path, PathBuf};

use nnrc_tests::acceptance::sbml::{WORKLOADS, workload};
use nnrc_tests::{peers, root};

use super::common::{Bench, Row, arrows, file, measure, number, readable, text};

/// Peak memory of the largest file, in MiB.
const MOST_MEMORY: f64 = 2048.0;

/// Examples, a file of five thousand reactions and one of a hundred thousand.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let (nnrc, folder) = (bench.nnrc.clone(), bench.folder.path().to_owned());
    let example = |name: &str| root().join(format!("examples/{name}/{name}.nnr"));
    let network = |at: usize| {
        let (name, widths) = WORKLOADS[at];
        let path = file(&folder, &format!("{}.nnr", name.to_lowercase()), &workload(widths, ""));
        (path, format!("{name} ({}), all inputs", arrows(widths)))
    };
    let ((s4, of_s4), (s7, of_s7)) = (network(3), network(6));
    // libRoadRunner has not loaded the last one within hours.
    let jobs: [(PathBuf, String, &[&str], f64, bool); 5] = [
        (
            example("iris"),
            "Iris, 150 rows and all inputs".to_owned(),
            &["--data", "iris", "--box"],
            0.1,
            true,
        ),
        (example("digits"), "digits (64-20-10), all inputs".to_owned(), &[], 0.5, true),
        (example("digits"), "digits (64-20-10), 360 rows".to_owned(), &["--data", "probe"], 3.0, false),
        (s4, of_s4, &[], 3.0, true),
        (s7, of_s7, &[], 60.0, false),
    ];
    let mut rows = Vec::new();
    for (model, what, more, most, has_peer) in jobs {
        let (sbml, reactions) = compiled(&nnrc, &model, &folder);
        let command = [&[text(&nnrc), "verify", text(&model), text(&sbml), "--quiet"], more].concat();
        let taken = measure(5, &command);
        let (seconds, memory) = (number(&taken["wall_s"]), number(&taken["peak_rss_mib"]));
        let load = has_peer.then(|| load(bench, &sbml));
        rows.push(Row {
            what: format!("`verify` of {what}, {reactions} reactions"),
            ours: format!("{}, {memory:.0} MiB", readable(seconds)),
            peer: load.map_or(String::new(), |load| format!("libRoadRunner loads it in {}", readable(load))),
            ratio: load.map_or(String::new(), |load| format!("{:.1}", load / seconds)),
            goal: format!("under {most} s and {} GiB", MOST_MEMORY / 1024.0),
            met: seconds < most && memory < MOST_MEMORY,
        });
    }
    rows
}

/// The SBML file of a model, without annotations, and its number of reactions.
fn compiled(nnrc: &Path, model: &Path, folder: &Path) -> (PathBuf, usize) {
    let path = folder.join(model.file_name().unwrap()).with_extension("verified.xml");
    let words = ["compile", text(model), "--target", "sbml", "--provenance", "none", "-q", "-o", text(&path)];
    let output = std::process::Command::new(nnrc).args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reactions = std::fs::read_to_string(&path).unwrap().matches("<reaction ").count();
    (path, reactions)
}

/// CPU seconds in which libRoadRunner loads a file, by its quicker back end.
fn load(bench: &mut Bench, sbml: &Path) -> f64 {
    let words = [text(sbml), "--engine", "roadrunner", "--end", "1", "--repeat", "1", "--loads", "3"];
    let answer = peers::run("bench_run.py", &words, None, &[]);
    let engine = &answer["engines"][0];
    bench.versions.insert(format!("roadrunner {}", engine["version"].as_str().unwrap()));
    number(&engine["load_cpu_s"])
}
