//! Proven times to settle against simulations in the engine, and beside those of `nnrc analyze`, which come from the
//! network by formulas of their own.

use std::path::Path;

use nnrc::verification::{LARGEST_START, Request, Settle, Start, Verdict};
use nnrc::{Checked, Disk, Project};
use nnrc_engine::Engine;
use nnrc_model::certify::{Inputs, certify};
use nnrc_model::forward::forward;
use nnrc_model::random::Random;

use super::compiled;
use crate::acceptance::certificate::{TOLERANCE, farthest, random_start};
use crate::compiled::{Compiled, lower};
use crate::random_network::{Kind, draw};
use crate::{Finding, root};

/// How many times that of `nnrc analyze` a proven time may be.
const FACTOR: f64 = 8.0;

/// The two starts.
const STARTS: [Start; 2] = [Start::File, Start::Any { most: LARGEST_START }];

/// Examples and random networks of every activation: no simulation is later than a proven time.
pub fn times(count: usize, starts: usize) -> Vec<Finding> {
    let examples = ["xor/xor.nnr", "iris/iris.nnr", "signed/signed.nnr", "skip/skip.nnr"].map(|name| {
        let path = root().join("examples").join(name);
        let disk = Disk::of(&path);
        let model = Project::open(&path, &disk).and_then(|project| project.check());
        (name.to_owned(), model.unwrap_or_else(|failure| panic!("{failure}")), None)
    });
    let networks = (0..count as u64).map(|seed| {
        let network = draw(seed, if seed.is_multiple_of(4) { Kind::Certified } else { Kind::Any });
        (format!("seed {seed}"), super::checked(&network.text), Some(network.input))
    });
    let mut all = Found::default();
    for (name, model, input) in examples.into_iter().chain(networks) {
        all.network(&name, &model, input, starts);
    }
    all.findings(count + 4)
}

#[derive(Default)]
struct Found {
    proven: [usize; 2],
    /// The nearest that outputs were to the tolerance when they had to be within it.
    nearest: [f64; 2],
    /// Proven times over those of `nnrc analyze`.
    ratios: [Vec<f64>; 2],
    failed: Vec<String>,
    untimed: Vec<String>,
    /// What the integrator gave up.
    unsimulated: Vec<String>,
}

impl Found {
    fn network(&mut self, name: &str, model: &Checked, input: Option<Vec<f64>>, starts: usize) {
        let file = compiled(model, nnrc_sbml::Options::default());
        let input = input.unwrap_or_else(|| model.model.default_input());
        let circuit = lower(model.model.clone(), &input);
        let expected = &forward(&model.model, &input)[model.model.output];
        let analysed = certify(&model.model, Inputs::Point(&input), TOLERANCE);
        let analysed = [analysed.settling_time, analysed.settling_time_any_start];
        for (at, start) in STARTS.into_iter().enumerate() {
            let at_point = Request {
                over_box: false,
                settle: Some(Settle { within: TOLERANCE, start }),
                ..Request::over_box(vec![input.clone()])
            };
            let time = match proven(model, &file, at_point.clone()) {
                Ok(time) => time,
                Err(why) => {
                    self.untimed.push(format!("{name}: {why}"));
                    continue;
                }
            };
            self.proven[at] += 1;
            if let Some(analysed) = analysed[at] {
                self.ratios[at].push(time / analysed);
            }
            let wide = proven(model, &file, Request { over_box: true, ..at_point });
            if wide.is_ok_and(|wide| wide < time * (1.0 - 1e-9)) {
                self.failed.push(format!("{name}: the time for one input is beyond that for all"));
            }
            let random = &mut Random::new(at as u64 + 77);
            for _ in 0..if at == 0 { 1 } else { starts } {
                match self::off(&circuit, (start, random), time, expected) {
                    Ok(off) => self.nearest[at] = self.nearest[at].max(off),
                    Err(why) if why.starts_with("at time") => {
                        self.failed.push(format!("{name}, {start:?}: {why}"));
                    }
                    Err(why) => self.unsimulated.push(format!("{name}, {start:?}: {why}")),
                }
            }
        }
    }

    fn findings(mut self, count: usize) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (at, word) in
            ["from the start of the file", "from random starts up to 1e3"].into_iter().enumerate()
        {
            let proven = self.proven[at];
            let figure = format!(
                "outputs are at most {:.2} of 1e-3 away; {}; without a time: {}; not simulated: {}",
                self.nearest[at],
                self.failed.join("; "),
                self.untimed.join("; "),
                self.unsimulated.join("; ")
            );
            findings.push(Finding::new(
                format!("{count} networks: {proven} have a proven time {word}, which no simulation exceeds"),
                figure,
                self.failed.is_empty() && self.unsimulated.len() < 3 && proven * 10 > count * 9,
            ));
            let ratios = &mut self.ratios[at];
            ratios.sort_by(f64::total_cmp);
            let (middle, most) = (ratios[ratios.len() / 2], ratios[ratios.len() - 1]);
            findings.push(Finding::new(
                format!("{} of them, {word}: within {FACTOR} times that of `nnrc analyze`", ratios.len()),
                format!("{middle:.2} times in the middle, {most:.2} at the most"),
                most < FACTOR && middle < 1.5,
            ));
        }
        findings
    }
}

/// The time that is proven.
fn proven(model: &Checked, file: &str, request: Request) -> Result<f64, String> {
    let found = model.verify(Path::new("file.xml"), file.as_bytes(), None, request);
    let found = found.unwrap_or_else(|failure| panic!("{failure}"));
    match found.report.verdict {
        Verdict::Proven => Ok(found.report.settled.map_or(f64::NAN, |(_, time)| time)),
        Verdict::Refuted(witness) => panic!("refuted at {:?}", witness.input),
        Verdict::Undecided(fault) => Err(fault.to_string()),
    }
}

/// How far outputs are from their values from a time on, in units of the tolerance.
fn off(
    circuit: &Compiled,
    (start, random): (Start, &mut Random),
    time: f64,
    expected: &[f64],
) -> Result<f64, String> {
    let mut engine = Engine::new(&circuit.crn, &circuit.info);
    let state = match start {
        Start::File => engine.initial_state(),
        Start::Any { .. } => random_start(circuit, &engine, random),
    };
    farthest(circuit, &mut engine, state, time, expected)
}
