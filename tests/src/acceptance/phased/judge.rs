//! The judge over many pots: errors on either side of the tolerance, after each other, at all speeds, by every clock.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use nnrc_engine::Engine;
use nnrc_lower::Lowered;
use nnrc_lower::phased::halt;
use nnrc_model::Clock;
use nnrc_sim::{Integrator, Method, Tolerances};

use super::learning::TOLERANCE;
use super::run::{Run, compile, tolerances};
use crate::{Effort, Finding};

/// The learning rate of these pots: their weights stand still, so that the errors are those of the file.
const RATE: f64 = 1e-9;
/// The least distance of an error from the tolerance.
const LEAST: f64 = 0.02;
/// Above this a verdict is a violation.
const GUILTY: f64 = 0.5;

const CLOCKS: [&str; 3] = ["", "clock = ring(delta = 1e-15);", "clock = external(phase = 20);"];
const SPEEDS: [&str; 9] = [
    "",
    "gated = 1",
    "gated = 4",
    "combinational = 2",
    "combinational = 8",
    "annihilation = 1",
    "annihilation = 100",
    "gated = 1, combinational = 8",
    "gated = 4, combinational = 2",
];
/// Other clocks, some of them with phases as short as the speeds allow.
const OTHERS: [&str; 9] = [
    "clock = external(phase = 7); speeds = { combinational = 2 };",
    "clock = external(phase = 14); speeds = { gated = 1, combinational = 1 };",
    "clock = external(phase = 100);",
    "clock = may_leonard(rate = 3.9 /s);",
    "clock = may_leonard(rate = 0.25 /s);",
    "clock = may_leonard(gamma = 1.5);",
    "clock = may_leonard(gamma = 4);",
    "clock = may_leonard(epsilon = 1e-15);",
    "clock = may_leonard(epsilon = 1e-10); speeds = { combinational = 2 };",
];
/// Activations with tolerances.
const TASKS: [(&str, f64); 7] = [
    ("sigmoid", 0.05),
    ("identity", 0.05),
    ("tanh", 0.4),
    ("identity", 0.8),
    ("sigmoid", 0.4),
    ("tanh", 1.2),
    ("identity", 2.0),
];
const OUTPUTS: [usize; 2] = [1, 3];

/// A pot whose outputs are off by given errors.
#[derive(Debug, Clone)]
struct Pot {
    activation: &'static str,
    tolerance: f64,
    /// y − t, a sample after another.
    errors: Vec<Vec<f64>>,
    chemistry: String,
}

/// What a pot said of a sample: K, and HALT at the end of the cycle.
struct Verdict {
    guilty: f64,
    halt: f64,
}

impl Pot {
    /// Errors of these sums, shared by the outputs in several ways; where the activation allows, of mixed signs.
    fn new(
        (activation, tolerance): (&'static str, f64),
        outputs: usize,
        sums: &[f64],
        chemistry: &str,
    ) -> Self {
        let shares: &[&[f64]] = match (outputs, activation) {
            (1, _) => &[&[1.0], &[-1.0]],
            (_, "identity") => &[&[0.5, -0.3, 0.2], &[-1.0, 0.0, 0.0], &[1.0 / 3.0, 1.0 / 3.0, -1.0 / 3.0]],
            _ => &[&[0.5, 0.3, 0.2], &[-0.4, -0.3, -0.3], &[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]],
        };
        let reach = match activation {
            "sigmoid" => 0.95,
            "tanh" => 1.95,
            _ => f64::INFINITY,
        };
        let errors = sums.iter().enumerate().map(|(at, sum)| {
            let sum = sum.min(reach * outputs as f64);
            shares[at % shares.len()].iter().map(|share| share * sum).collect()
        });
        Self { activation, tolerance, errors: errors.collect(), chemistry: chemistry.to_owned() }
    }

    /// The input of a sample, which is every pre-activation: one whose value leaves room for the error.
    fn input(&self, sample: usize) -> f64 {
        let is_above = self.errors[sample].iter().sum::<f64>() > 0.0;
        match (self.activation, is_above) {
            ("identity", _) => 0.5 + 0.25 * sample as f64,
            (_, true) => 3.5,
            (_, false) => -3.5,
        }
    }

    fn text(&self) -> String {
        let value = |z: f64| match self.activation {
            "sigmoid" => 1.0 / (1.0 + (-z).exp()),
            "tanh" => z.tanh(),
            _ => z,
        };
        let row = |(sample, errors): (usize, &Vec<f64>)| {
            let x = self.input(sample);
            let targets: Vec<f64> = errors.iter().map(|error| value(x) - error).collect();
            format!("{{ x = [{x:?}], t = {targets:?} }}")
        };
        let rows: Vec<String> = self.errors.iter().enumerate().map(row).collect();
        let outputs = self.errors[0].len();
        format!(
            "dataset d = rows([{}]);\nnetwork n {{ input x[1]; layer y = dense({outputs}) | {}(); output y; }}\n\
             weights {{ y.W = {:?}; y.b = {:?}; }}\nchemistry {{ construction = phased; {} }}\n\
             train {{ data = d; rule = sgd(rate = {RATE}); epochs = 2; stop when error < {:?}; }}\n",
            rows.join(", "),
            self.activation,
            vec![[1.0]; outputs],
            vec![0.0; outputs],
            self.chemistry,
            self.tolerance
        )
    }

    /// The sum of the errors of a sample.
    fn sum(&self, sample: usize) -> f64 {
        self.errors[sample].iter().map(|error| error.abs()).sum()
    }

    /// What is wrong with the verdicts of an epoch.
    fn misjudged(&self) -> Vec<String> {
        let mut course = Course::new(&self.text());
        let mut wrong = Vec::new();
        for sample in 0..self.errors.len() {
            let Some(verdict) = course.cycle() else {
                wrong.push(format!("{self:?} halts in cycle {sample}"));
                break;
            };
            let is_violation = self.sum(sample) > self.tolerance;
            if (verdict.guilty > GUILTY) != is_violation || verdict.halt > 1e-3 {
                wrong.push(format!(
                    "{} with {} outputs, tolerance {}, `{}`: errors {}, then {} are judged {:.3}",
                    self.activation,
                    self.errors[0].len(),
                    self.tolerance,
                    self.chemistry,
                    sample.checked_sub(1).map_or(0.0, |before| self.sum(before)),
                    self.sum(sample),
                    verdict.guilty
                ));
            }
        }
        wrong
    }
}

/// A pot that is followed cycle by cycle.
enum Course {
    Chemical(Box<Run>),
    External(Box<External>),
}

/// A pot with gates set from outside.
struct External {
    engine: Engine,
    state: Vec<f64>,
    tolerances: Tolerances,
    lowered: Lowered,
    phase: f64,
    text: String,
}

impl Course {
    fn new(text: &str) -> Self {
        let (model, lowered) = compile(text, &[]);
        let Clock::External { phase } = model.chemistry.phased().unwrap().clock else {
            return Self::Chemical(Box::new(Run::new(text, TOLERANCE, Method::Explicit)));
        };
        let engine = Engine::new(&lowered.crn, &lowered.info);
        let state = engine.initial_state();
        let tolerances = tolerances(&model, &lowered, &engine, TOLERANCE);
        Self::External(Box::new(External {
            engine,
            state,
            tolerances,
            lowered,
            phase,
            text: text.to_owned(),
        }))
    }

    fn cycle(&mut self) -> Option<Verdict> {
        match self {
            Self::Chemical(run) => {
                run.cycle()?;
                let judge = run.lowered.clocked().unwrap().learning?.judge?;
                Some(Verdict { guilty: run.family(judge.verdict)[0], halt: run.family(judge.halt)[0] })
            }
            Self::External(external) => external.cycle(),
        }
    }
}

impl External {
    /// As the protocol of the network says.
    fn cycle(&mut self) -> Option<Verdict> {
        let judge = self.lowered.clocked().unwrap().learning?.judge?;
        let value =
            |state: &[f64], engine: &Engine, species| state[engine.state_range(species).unwrap().start];
        for setting in &self.lowered.crn.protocol.settings {
            let is_kept = setting.unless.is_some_and(|above| {
                assert_eq!((above.species, above.level), (judge.halt, halt::LEVEL));
                value(&self.state, &self.engine, above.species) > above.level
            });
            if is_kept {
                return None;
            }
            self.engine.set_in(&mut self.state, setting.species, &setting.values).unwrap();
            let mut integrator = Integrator::new(self.state.len());
            let span = 0.0..self.phase;
            integrator
                .start(&mut self.engine, Method::Explicit, &self.tolerances, &self.state, span)
                .unwrap();
            while !integrator.finished() {
                if let Err(error) = integrator.step(&mut self.engine) {
                    panic!("{error:?} in\n{}", self.text);
                }
            }
            self.state.copy_from_slice(integrator.state());
        }
        Some(Verdict {
            guilty: value(&self.state, &self.engine, judge.verdict),
            halt: value(&self.state, &self.engine, judge.halt),
        })
    }
}

/// Sums of errors on either side of a tolerance, each after one on the other.
fn sums(tolerance: f64) -> [f64; 8] {
    let (near, far) = (tolerance - LEAST, tolerance + 0.4);
    [0.0, tolerance + LEAST, near, far, tolerance / 2.0, tolerance + 2.0 * LEAST, 0.0, tolerance + LEAST]
}

/// Every chemistry with some of the tasks; all of them, or every `stride`-th.
fn pots(stride: usize) -> Vec<Pot> {
    let speeds = CLOCKS.iter().flat_map(|clock| SPEEDS.iter().map(move |speed| (clock, speed)));
    let chemistries: Vec<String> = speeds
        .map(|(clock, speed)| format!("{clock} speeds = {{ {speed} }};"))
        .chain(OTHERS.map(str::to_owned))
        .collect();
    let tasks: Vec<_> =
        TASKS.iter().flat_map(|task| OUTPUTS.iter().map(move |&outputs| (*task, outputs))).collect();
    let all = chemistries.iter().enumerate().flat_map(|(at, chemistry)| {
        // Three neighbours in the list of tasks, others for each chemistry.
        let own = (0..3).map(move |more| (5 * at + more) % (TASKS.len() * OUTPUTS.len()));
        own.map(|task| Pot::new(tasks[task].0, tasks[task].1, &sums(tasks[task].0.1), chemistry))
            .collect::<Vec<_>>()
    });
    all.step_by(stride).collect()
}

/// Verdicts beside plain numbers.
pub fn sweep(effort: Effort) -> Vec<Finding> {
    let pots = pots(if effort == Effort::Full { 1 } else { 19 });
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(pot) = pots.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.lock().unwrap().extend(pot.misjudged());
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().unwrap();
    let samples: usize = pots.iter().map(|pot| pot.errors.len()).sum();
    vec![Finding::new(
        format!(
            "the judge: each of {samples} samples in {} pots is judged as by plain numbers, right after one on the other side of the \
             tolerance (tolerances 0.05 to 2, errors from {LEAST} off; 1 and 3 outputs; all speeds and clocks)",
            pots.len()
        ),
        format!("{} misjudged; {}", wrong.len(), wrong.join("; ")),
        wrong.is_empty(),
    )]
}

/// Pots whose samples are all within the tolerance halt after them, by every clock.
pub fn innocents() -> Vec<Finding> {
    let sums = [0.0, 0.4 - LEAST, 0.2];
    let halts: Vec<Option<usize>> = CLOCKS
        .iter()
        .map(|clock| {
            let mut course = Course::new(&Pot::new(("tanh", 0.4), 3, &sums, clock).text());
            (0..3 * sums.len()).find(|_| course.cycle().is_none())
        })
        .collect();
    vec![Finding::new(
        "the judge: a pot of three samples within the tolerance halts in cycle 3, by every clock",
        format!("{halts:?}"),
        halts.iter().all(|halt| *halt == Some(sums.len())),
    )]
}
