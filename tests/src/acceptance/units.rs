//! Files in any unit and volume are right in COPASI and libRoadRunner as these tools are out of the box.

use std::path::{Path, PathBuf};

use nnrc_sbml::{Inputs, Level, Options};
use serde_json::{Value, json};

use crate::acceptance::agreement::{clean, laws, numpy};
use crate::compiled::{Compiled, compile, deviation, slowest_rates};
use crate::peers::Simulator;
use crate::{Effort, Finding};

/// What the tools' own tolerances are good for: |a − b| <= 1e-5 max(1, |b|).
const TOLERANCE: f64 = 1e-5;

/// Reactions of every order from 0 to 2, values of one and of two rails. A root of its equations is negative.
const NETWORK: &str = "network units {
    input x[2] in [0, 2]; input s[1] in [-1, 1];
    layer hidden = dense(3) | smooth_relu(h = 0.0004) from x, s;
    layer y = dense(2);
    output y;
}
weights {
    hidden.W = [[1.5, -2, 0.5], [0.5, 1, -1], [-1, 0.75, 0.25]]; hidden.b = [0.25, -1, 0.1];
    y.W = [[1, -0.5, 2], [-1.5, 0.25, 0.5]]; y.b = [-0.3, 0.6];
}
";

const INPUT: [f64; 3] = [1.25, 0.5, -0.75];

const CONCENTRATIONS: [&str; 5] = ["1 M", "1 mM", "1 uM", "10 nM", "1 pM"];
const VOLUMES: [&str; 4] = ["1 L", "1 nL", "1 pL", "3 fL"];
const LEVELS: [Level; 3] = [Level::L3V1, Level::L3V2, Level::L2V4];

/// A file of the network.
struct Case {
    /// What the `chemistry` block says.
    chemistry: String,
    level: Level,
    /// What else is said of the file.
    inputs: Inputs,
    settled: bool,
}

impl Case {
    fn new(chemistry: String, level: Level) -> Self {
        Self { chemistry, level, inputs: Inputs::Species, settled: false }
    }

    fn molar(concentration: &str, volume: &str, level: Level) -> Self {
        let chemistry = format!("units = molar; unit_concentration = {concentration}; volume = {volume};");
        Self::new(chemistry, level)
    }

    fn timed(time: &str, level: Level) -> Self {
        Self::new(format!("units = molar; unit_time = {time};"), level)
    }

    fn words(&self) -> String {
        let settled = if self.settled { ", settled" } else { "" };
        format!("{} ({:?}, {:?}{settled})", self.chemistry, self.level, self.inputs)
    }

    fn write(&self, folder: &Path, number: usize) -> (Compiled, PathBuf) {
        let mut compiled = compile(&format!("{NETWORK}chemistry {{ {} }}", self.chemistry), &INPUT);
        if self.settled {
            let settled = compiled.settle();
            let families: Vec<_> = compiled.crn.species.iter().map(|(handle, _)| handle).collect();
            for family in families {
                let range = compiled.info.species_range(family);
                compiled.crn.species[family].initial.copy_from_slice(&settled[range]);
            }
        }
        let path = folder.join(format!("{number}.xml"));
        compiled.write_sbml(&path, &Options { level: self.level, inputs: self.inputs, ..Options::default() });
        (compiled, path)
    }
}

fn cases(effort: Effort) -> Vec<Case> {
    let plain = |volume: &str, level| Case::new(format!("units = dimensionless; volume = {volume};"), level);
    let odd = |level| Case::molar("370 nM", "0.123 nL", level);
    let mut cases = vec![
        Case { inputs: Inputs::Boundary, ..Case::molar("1 uM", "3 fL", Level::L3V1) },
        Case { settled: true, ..Case::molar("10 nM", "1 pL", Level::L2V4) },
        odd(Level::L3V1),
    ];
    if effort == Effort::Test {
        cases.extend([
            Case::molar("1 M", "3 fL", Level::L3V1),
            Case::molar("1 mM", "1 L", Level::L2V4),
            Case::molar("1 pM", "1 nL", Level::L3V2),
            plain("1 pL", Level::L3V1),
            plain("1 L", Level::L2V4),
            Case::timed("1 h", Level::L2V4),
        ]);
        return cases;
    }
    cases.extend([
        Case { inputs: Inputs::Boundary, ..Case::molar("10 nM", "1 nL", Level::L2V4) },
        Case { settled: true, ..Case::molar("1 pM", "3 fL", Level::L3V2) },
        odd(Level::L2V4),
    ]);
    for level in LEVELS {
        for volume in VOLUMES {
            cases.extend(CONCENTRATIONS.map(|concentration| Case::molar(concentration, volume, level)));
            cases.push(plain(volume, level));
        }
        cases.extend(["1 us", "1 ms", "7.3 s", "1 min", "1 h"].map(|time| Case::timed(time, level)));
    }
    cases
}

/// COPASI's steady state, and the time courses of COPASI and libRoadRunner, with their own tolerances and settings,
/// for concentrations from 1 pM to 1 M, volumes from 3 fL to 1 L, and without units.
pub fn grid(effort: Effort) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases(effort);
    let (networks, files): (Vec<Compiled>, Vec<PathBuf>) =
        cases.iter().enumerate().map(|(number, case)| case.write(folder.path(), number)).unzip();
    // Units change no number of the network.
    let expected = numpy(&[(&networks[0], &INPUT)]).remove(0);
    let end = 50.0 / slowest_rates([&networks[0]])[0];
    let jobs = |mode: &str| -> Value {
        files.iter().map(|file| json!({ "sbml": file, "end": end, "defaults": true, "mode": mode })).collect()
    };
    let mut findings = Vec::new();
    for (simulator, mode, what) in [
        (Simulator::Copasi, "steady", "COPASI's steady state"),
        (Simulator::Copasi, "timecourse", "COPASI's time course"),
        (Simulator::RoadRunner, "timecourse", "libRoadRunner's time course"),
    ] {
        let answers = simulator.run(&jobs(mode));
        let (mut worst, mut failed) = (0.0f64, Vec::new());
        for ((case, network), answer) in cases.iter().zip(&networks).zip(answers.as_array().unwrap()) {
            let found = network.values(&network.concentrations(&answer["runs"][0]["final"]));
            let deviation = deviation(&found, &expected);
            worst = worst.max(deviation);
            if deviation > TOLERANCE {
                failed.push(format!("{}: {deviation:.1e}", case.words()));
            }
        }
        findings.push(Finding::new(
            format!("{} files in other units, volumes and levels: {what} by its own settings agrees with numpy within 1e-5", cases.len()),
            if failed.is_empty() { format!("largest deviation {worst:.1e}") } else { failed.join("; ") },
            failed.is_empty(),
        ));
    }
    findings.extend(clean("units, volumes and levels", &files));
    findings.push(laws("units, volumes and levels", &files));
    findings
}

/// Values of two rails as rules: both simulators give the difference, libSBML finds nothing, in every level.
pub fn rules() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut networks = Vec::new();
    for level in LEVELS {
        for chemistry in
            ["units = dimensionless;", "units = molar; unit_concentration = 10 nM; volume = 3 fL;"]
        {
            let network = compile(&format!("{NETWORK}chemistry {{ {chemistry} }}"), &INPUT);
            let path = folder.path().join(format!("{}.xml", files.len()));
            let observables = nnrc_sbml::Observables::Rules;
            network.write_sbml(&path, &Options { level, observables, ..Options::default() });
            files.push(path);
            networks.push(network);
        }
    }
    let expected = numpy(&[(&networks[0], &INPUT)]).remove(0);
    let end = 50.0 / slowest_rates([&networks[0]])[0];
    let ids = ["s_1", "y_1", "y_2"];
    let right = [INPUT[2], expected[3][0], expected[3][1]];
    let jobs: Value =
        files.iter().map(|file| json!({ "sbml": file, "end": end, "defaults": true, "read": ids })).collect();
    let mut findings = Vec::new();
    for simulator in Simulator::ALL {
        let answers = simulator.run(&jobs);
        let found: Vec<Vec<f64>> = answers
            .as_array()
            .unwrap()
            .iter()
            .map(|answer| ids.map(|id| answer["runs"][0]["final"][id].as_f64().unwrap()).to_vec())
            .collect();
        let worst = deviation(&found, &vec![right.to_vec(); files.len()]);
        findings.push(Finding::new(
            format!(
                "values of two rails as rules: {} gives numpy's in {} files within 1e-5",
                simulator.name(),
                files.len()
            ),
            format!("largest deviation {worst:.1e}"),
            worst <= TOLERANCE,
        ));
    }
    findings.extend(clean("values of two rails as rules", &files));
    findings.push(laws("values of two rails as rules", &files));
    findings
}
