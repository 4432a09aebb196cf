//! Imports beside what onnxruntime takes to load the same models.

use nnrc_tests::peers;
use serde_json::json;

use super::common::{Bench, Row, measure, number, text};

/// Reading the file alone takes at most so many times what onnxruntime takes.
const TIMES: f64 = 10.0;

/// A dense network and a small convolutional one.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let folder = bench.folder.path().to_owned();
    let peer = peers::run("bench_onnx.py", &[], Some(&json!({ "folder": folder })), &[]);
    bench.versions.insert(peer["version"].as_str().unwrap().to_owned());
    let models = [("dense", "784-128-10", 200.0), ("cnn", "two convolutions of 8x8 pixels", 200.0)];
    let mut rows = Vec::new();
    for (name, what, most) in models {
        let (model, network) = (folder.join(format!("{name}.onnx")), folder.join(format!("{name}.nnr")));
        let taken = measure(5, &[text(&bench.nnrc), "import", text(&model), "-o", text(&network), "--quiet"]);
        let (seconds, memory) = (number(&taken["wall_s"]), number(&taken["peak_rss_mib"]));
        rows.push(Row {
            what: format!("`import` of {what}, both files written"),
            ours: format!("{seconds:.3} s, {memory:.0} MiB"),
            peer: String::new(),
            ratio: String::new(),
            goal: format!("under 0.5 s and {most} MiB"),
            met: seconds < 0.5 && memory < most,
        });
        let read = measure(9, &[text(&bench.nnrc), "emit", "affine", text(&model)]);
        let (own, theirs) = (number(&read["wall_s"]), number(&peer[name]));
        rows.push(Row {
            what: format!("reading {what} (`emit affine`, the start of the process included)"),
            ours: format!("{:.1} ms", own * 1e3),
            peer: format!("onnxruntime loads it in {:.1} ms", theirs * 1e3),
            ratio: format!("{:.1}", own / theirs),
            goal: format!("at most {TIMES} times"),
            met: own <= TIMES * theirs,
        });
    }
    rows
}
