//! Mutants of a network: how much of what could be wrong with a compiled network its test bench notices.
//!
//! A mutant is the network with one fault. It is *noticed* if an expectation of the file fails on it, *equivalent* if
//! none does and no output differs at any of the inputs that are tried, and else a *survivor*: a fault that the
//! expectations let through.

mod apply;
mod mutation;
mod report;

pub use mutation::{KINDS, Kind, Mutation};
pub use report::Addition;

use nnrc_lower::{Course, Lowered};
use nnrc_model::ExpectationKind;
use nnrc_model::random::Random;
use nnrc_sim::parallel;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::compiled::Compiled;
use crate::expectations::{Judge, SETTLED};
use crate::failure::Failure;

/// Outputs that differ by no more than this, relative to max(1, |y|), are the same: as near as a pot counts as settled.
pub const SAME: f64 = SETTLED;

/// Steps of a time course after which a mutant counts as one that never rests.
const MOST_STEPS: usize = 20_000;

/// Most rows of data, and how many points in the ranges of the inputs, at which outputs are compared.
const ROWS: usize = 24;
const POINTS: usize = 16;

/// Widest input of which all corners of its ranges are tried.
const CORNERS: usize = 5;

/// Which mutants.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many.
    pub count: usize,
    /// The seed of what is drawn: mutations, and points in the ranges of the inputs.
    pub seed: u64,
    /// Number of threads; no result depends on it.
    pub threads: usize,
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// The expectation at this place of the list fails on it.
    Noticed(usize),
    /// Every expectation holds, and so does every output at the inputs that were tried, within [`SAME`].
    Equivalent,
    /// Every expectation holds.
    Survived(Difference),
}

/// Where a survivor differs most from the network.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The input.
    pub input: Vec<f64>,
    /// Which output, counted from 0.
    pub output: usize,
    /// The value of the network.
    pub original: f64,
    /// That of the mutant; none: it does not come to rest there.
    pub mutated: Option<f64>,
}

/// A mutant with its fate.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutant {
    /// The fault.
    pub mutation: Mutation,
    /// What became of it.
    pub fate: Fate,
}

/// All mutants of a network, with the inputs that were tried.
#[derive(Debug)]
pub struct Mutants<'a> {
    pot: &'a Compiled,
    /// The seed with which they were drawn.
    pub seed: u64,
    /// In the order in which they were drawn.
    pub all: Vec<Mutant>,
    /// How many inputs were tried.
    pub inputs: usize,
}

impl Compiled {
    /// Mutants of this network, judged by the expectations of its file, all of which hold on the network itself.
    ///
    /// # Errors
    ///
    /// A pot that a clock runs, one that does not come to rest.
    pub fn mutants(&self, options: Options) -> Result<Mutants<'_>, Failure> {
        if !matches!(self.lowered.course, Course::Rests) {
            let message =
                "mutants are tried of pots that come to rest; this one goes through the phases of a clock";
            let finding = Diagnostic::global(Severity::Error, codes::NOT_SERVED, message)
                .help("try those of its network at rest: `--set chemistry.construction=fixed_point`");
            return Err(self.failed(finding));
        }
        let Lowered { crn, info, .. } = &self.lowered;
        let inputs = inputs(self, options.seed);
        let originals = self.outputs(&inputs, options.threads)?;
        let mutations = mutation::draw(crn, info, options.count, options.seed);
        let fates = parallel::map(mutations.len(), options.threads, &(), |(), at| {
            self.fate(&mutations[at], &inputs, &originals)
        });
        let all = mutations
            .into_iter()
            .zip(fates)
            .filter_map(|(mutation, fate)| fate.map(|fate| Mutant { mutation, fate }))
            .collect();
        Ok(Mutants { pot: self, seed: options.seed, all, inputs: inputs.len() })
    }

    /// The outputs of the network at all inputs.
    fn outputs(&self, inputs: &[Vec<f64>], threads: usize) -> Result<Vec<Vec<f64>>, Failure> {
        let judge = Judge::new(self, 1);
        let found = parallel::map(inputs.len(), threads, &judge, |judge, at| judge.output(&inputs[at]));
        let mut outputs = Vec::new();
        for (input, found) in inputs.iter().zip(found) {
            match found {
                Ok(Some(output)) => outputs.push(output),
                Ok(None) => {
                    let message = format!("the pot does not come to rest for the input {input:?}");
                    return Err(self.failed(Diagnostic::global(
                        Severity::Error,
                        codes::SOLVER_FAILED,
                        message,
                    )));
                }
                Err(error) => {
                    let finding = crate::explain::explain(self, &self.runner(), &error, "the time course");
                    return Err(self.failed(finding));
                }
            }
        }
        Ok(outputs)
    }

    /// What becomes of a mutation; none of one that is no network.
    fn fate(&self, mutation: &Mutation, inputs: &[Vec<f64>], originals: &[Vec<f64>]) -> Option<Fate> {
        let (crn, info) = apply::apply(&self.lowered.crn, &self.lowered.info, mutation).ok()?;
        let mutant = Self { lowered: Lowered { crn, info, ..self.lowered.clone() }, ..self.clone() };
        let mut judge = Judge::new(&mutant, 1).giving_up_after(MOST_STEPS);
        for (at, expectation) in self.model.expectations.iter().enumerate() {
            if !judge.judge(expectation).holds() {
                return Some(Fate::Noticed(at));
            }
        }
        let mut worst: Option<(f64, Difference)> = None;
        for (input, original) in inputs.iter().zip(originals) {
            // An error of the solver is a pot that runs away.
            let Some(output) = judge.output(input).ok().flatten() else {
                let (input, original) = (input.clone(), original[0]);
                return Some(Fate::Survived(Difference { input, output: 0, original, mutated: None }));
            };
            for (at, (&mutated, &original)) in output.iter().zip(original).enumerate() {
                let difference = (mutated - original).abs() / original.abs().max(1.0);
                if difference > SAME && worst.as_ref().is_none_or(|(most, _)| difference > *most) {
                    let (input, mutated) = (input.clone(), Some(mutated));
                    worst = Some((difference, Difference { input, output: at, original, mutated }));
                }
            }
        }
        Some(worst.map_or(Fate::Equivalent, |(_, difference)| Fate::Survived(difference)))
    }
}

/// The inputs that are tried: those of the expectations, rows of the data sets, the corners of the ranges where there
/// are few, and points within them.
fn inputs(pot: &Compiled, seed: u64) -> Vec<Vec<f64>> {
    let model = &pot.model;
    let mut all: Vec<Vec<f64>> = Vec::new();
    let mut add = |input: Vec<f64>| {
        if !all.contains(&input) {
            all.push(input);
        }
    };
    for expectation in &model.expectations {
        if let ExpectationKind::Value { input, .. } = &expectation.kind {
            add(input.clone());
        }
    }
    let width = model.input_width();
    for data in model.datasets.values().filter(|data| data.width == width && data.rows() > 0) {
        let step = data.rows().div_ceil(ROWS);
        (0..data.rows()).step_by(step).for_each(|row| add(data.input(row).to_vec()));
    }
    let ranges: Vec<_> = model.inputs().flat_map(|(_, node)| node.ranges.iter().copied()).collect();
    if width <= CORNERS {
        for corner in 0..1usize << width {
            let end = |(at, range): (usize, &nnrc_model::interval::Interval)| {
                if corner >> at & 1 == 0 { range.low } else { range.high }
            };
            add(ranges.iter().enumerate().map(end).collect());
        }
    }
    let random = &mut Random::new(seed);
    for _ in 0..POINTS {
        // Three digits, so that the input can be written down.
        let point = |range: &nnrc_model::interval::Interval| {
            let value = random.uniform(range.low, range.high);
            let step = 10f64.powf((range.high - range.low).log10().floor() - 2.0);
            let rounded = if step > 0.0 && step.is_finite() { (value / step).round() * step } else { value };
            let tidy: f64 = format!("{rounded:.12}").parse().unwrap_or(rounded);
            tidy.clamp(range.low, range.high)
        };
        add(ranges.iter().map(point).collect());
    }
    // A row of data outside of the declared ranges is none of the network's inputs.
    all.retain(|input| model.outside_range(input).is_none());
    all
}
