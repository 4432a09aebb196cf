//! libSBML has nothing to say about any file, and COPASI knows every rate law.

use std::path::PathBuf;

use nnrc_model::random::Random;
use nnrc_model::{NodeKind, Operation};
use nnrc_sbml::{Level, Options};

use crate::acceptance::agreement::{clean, laws};
use crate::compiled::{Compiled, analyse, compile, lower};
use crate::{Effort, Finding};

/// The networks S1 to S7 of `docs/benchmarks.md`: layer widths.
pub const WORKLOADS: [(&str, &[usize]); 7] = [
    ("S1", &[2, 4, 1]),
    ("S2", &[4, 16, 3]),
    ("S3", &[16, 32, 32, 4]),
    ("S4", &[64, 64, 10]),
    ("S5", &[196, 64, 10]),
    ("S6", &[784, 64, 10]),
    ("S7", &[784, 128, 10]),
];

/// The text of a workload: smoothed ReLU with h = 0.25, He-normal weights, biases from N(0, 0.1), inputs in [0, 1].
pub fn workload(widths: &[usize], chemistry: &str) -> String {
    let mut random = Random::new(2);
    let mut network = format!("    input x[{}] in [0, 1];\n", widths[0]);
    let mut biases = String::new();
    for (at, width) in widths[1..].iter().enumerate() {
        network += &format!("    layer l{at} = dense({width}) | smooth_relu(h = 0.25);\n");
        let bias: Vec<String> = (0..*width).map(|_| random.normal(0.0, 0.1).to_string()).collect();
        biases += &format!("    l{at}.b = [{}];\n", bias.join(", "));
    }
    format!(
        "network workload {{\n{network}    output l{};\n}}\nweights {{\n    init = he_normal(seed = 1);\n{biases}}}\nchemistry {{ {chemistry} }}\n",
        widths.len() - 2
    )
}

/// A workload with all weights times `scale` and another `h`: the larger the scale and the smaller `h`, the
/// stiffer.
pub fn scaled(widths: &[usize], scale: f64, h: f64, input: &[f64]) -> Compiled {
    let text = workload(widths, "").replace("h = 0.25", &format!("h = {h}"));
    let mut model = analyse(&text).unwrap_or_else(|words| panic!("{words}"));
    for node in &mut model.nodes {
        if let NodeKind::Layer { operation: Operation::Dense { weights, .. }, .. } = &mut node.kind {
            weights.values.iter_mut().for_each(|weight| *weight *= scale);
        }
    }
    lower(model, input)
}

/// An input with values spread over [0, 1].
pub fn spread(width: usize) -> Vec<f64> {
    (0..width).map(|at| (at as f64 * 0.618_034).fract()).collect()
}

/// S1 to S4 in every level, unit system and volume.
pub fn workloads(effort: Effort) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, widths) in &WORKLOADS[..4] {
        let folder = tempfile::tempdir().unwrap();
        let mut files = Vec::new();
        for (units, volume, level) in combinations() {
            // The largest takes libSBML most of a minute for each combination.
            let large = level == Level::L3V2 || volume != "2 L";
            if *name == "S4" && effort == Effort::Test && large {
                continue;
            }
            let chemistry = format!("units = {units}; volume = {volume};");
            let compiled = compile(&workload(widths, &chemistry), &spread(widths[0]));
            files.push(write(
                &compiled,
                folder.path(),
                &format!("{units}_{volume}_{level:?}").replace(' ', "_"),
                level,
            ));
        }
        findings.extend(clean(
            &format!("{name}, {} combinations of units, volume and level", files.len()),
            &files,
        ));
        if *name != "S4" {
            findings.push(laws(name, &files[..1]));
        }
    }
    findings
}

/// Every combination of unit system, volume and level. A volume says nothing where nothing has units.
pub fn combinations() -> Vec<(&'static str, &'static str, Level)> {
    let mut all = Vec::new();
    for (units, volume) in [("dimensionless", "1 L"), ("molar", "2 L"), ("molar", "3 fL")] {
        for level in [Level::L3V1, Level::L3V2, Level::L2V4] {
            all.push((units, volume, level));
        }
    }
    all
}

fn write(compiled: &Compiled, folder: &std::path::Path, name: &str, level: Level) -> PathBuf {
    let path = folder.join(format!("{name}.xml"));
    compiled.write_sbml(&path, &Options { level, ..Options::default() });
    path
}
