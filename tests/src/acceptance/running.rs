//! What a file says about how long to run it, and at which tolerances, is so.

use serde_json::{Value, json};

use crate::Finding;
use crate::acceptance::agreement::numpy;
use crate::compiled::{compile, deviation};
use crate::peers::{self, Simulator};

/// The distance to which settling times refer.
const NEAR: f64 = 1e-3;

/// Networks with an input each: steep and slow, with relays, two rails and molar units in minutes.
const NETWORKS: [(&str, &[f64]); 3] = [
    (
        "network slow { input x[2] in [0, 1]; layer hidden = dense(2) | smooth_relu(h = 0.0001);
         layer y = dense(1) | smooth_relu(h = 0.0001); output y; }
         weights { hidden.W = [[1, 1], [1, 1]]; hidden.b = [0, -1]; y.W = [[1, -2]]; y.b = [0]; }",
        &[0.0, 1.0],
    ),
    (
        "network rails { input x[2] in [-1, 1]; layer hidden = dense(2); layer y = dense(2) | smooth_relu(h = 0.01);
         output y; }
         weights { hidden.W = [[1, -0.5], [2, 1]]; hidden.b = [0.5, -0.25]; y.W = [[1, -2], [0.5, 1]]; y.b = [0, 0.125]; }
         chemistry { units = molar; unit_time = 1 min; unit_concentration = 10 nM; volume = 3 fL; }",
        &[-0.5, 0.75],
    ),
    (
        "network competing { input x[3] in [0, 2]; layer y = dense(3) | winner_take_all(h = 0.01); output y; }
         weights { y.W = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]; y.b = [0, 0, 0]; }",
        &[1.0, 1.5, 0.5],
    ),
];

/// The measured settling time is that of libRoadRunner's time course; at the end that the file asks for, and with the
/// tolerances that the tools have by themselves, outputs are within 1e-3.
pub fn times() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let mut findings = Vec::new();
    for (text, input) in NETWORKS {
        let network = compile(text, input);
        let name = network.model.name.clone();
        let file = folder.path().join(format!("{name}.nnr"));
        std::fs::write(&file, text).unwrap();
        let values: Vec<String> = input.iter().map(f64::to_string).collect();
        let values = format!("--input={}", values.join(","));
        let nnrc = |args: &[&str]| {
            let output = std::process::Command::new(peers::nnrc())
                .args(args)
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        let source = file.to_str().unwrap();
        let report: Value =
            serde_json::from_slice(&nnrc(&["check", source, &values, "--message-format", "json"])).unwrap();
        let [settles, run] =
            ["settling_time", "run_time"].map(|key| report[key].as_f64().unwrap_or(f64::NAN));
        let path = folder.path().join(format!("{name}.xml"));
        let xml = path.to_str().unwrap();
        nnrc(&["compile", source, &values, "--target", "sbml", "-o", xml]);
        // Two digits are within 5 %.
        let times = [0.9 * settles, 1.1 * settles, run, 40.0 * run];
        let fine = json!([{ "sbml": xml, "times": times, "rtol": 1e-9, "atol": 1e-13 }]);
        let answer = &Simulator::RoadRunner.run(&fine)[0]["runs"][0];
        let rows: Vec<Vec<f64>> = serde_json::from_value(answer["values"].clone()).unwrap();
        let away =
            |row: usize| rows[row].iter().zip(&rows[3]).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        findings.push(Finding::new(
            format!("{name}: libRoadRunner comes within 1e-3 of its end at the time that `check` gives"),
            format!("{settles}: away by {:.1e} a tenth before, {:.1e} a tenth later", away(0), away(1)),
            away(0) > NEAR && away(1) <= NEAR,
        ));
        let expected = numpy(&[(&network, input)]).remove(0);
        let job = json!([{ "sbml": xml, "end": run, "defaults": true }]);
        for simulator in Simulator::ALL {
            let last = simulator.run(&job)[0]["runs"][0]["final"].clone();
            let found = network.values(&network.concentrations(&last));
            let worst = deviation(&found, &expected);
            findings.push(Finding::new(
                format!(
                    "{name}: {} by its own tolerances, until the time in the file, is within 1e-3",
                    simulator.name()
                ),
                format!("until {run}: {worst:.1e}"),
                worst <= NEAR,
            ));
        }
        let note = std::fs::read_to_string(&path).unwrap();
        findings.push(Finding::new(
            format!("{name}: the notes say that time"),
            note.lines().find(|line| line.contains("Run it for")).unwrap_or_default().trim().to_owned(),
            note.contains(&format!("Run it for {run}")) && note.contains("1e-6"),
        ));
    }
    findings
}
