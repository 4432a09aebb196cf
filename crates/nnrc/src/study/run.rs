//! All replicates of all noises on all networks.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use nnrc_sim::{Error, parallel};

use super::Study;
use super::case::Case;
use super::inference::{self, Inference};
use super::learning::{self, Learning};
use super::reading::{self, Outputs, Reading};
use super::results::Results;
use super::row::Row;
use super::test_set::TestSet;
use super::variant::Variant;
use crate::compiled::Compiled;
use crate::explain::explain;
use crate::failure::Failure;
use crate::numbers::plural;
use crate::observer::Observer;
use crate::project::Checked;

/// A network that makes outputs under noise.
enum Bench<'a> {
    Inference(Inference<'a>),
    Learning(Learning<'a>),
}

impl Bench<'_> {
    fn outputs(&self, case: Case, replicates: Range<u64>) -> Vec<Result<Outputs, Error>> {
        match self {
            Self::Inference(bench) => bench.outputs(case, replicates),
            Self::Learning(bench) => replicates.map(|replicate| bench.outputs(case, replicate)).collect(),
        }
    }

    /// How many replicates are best run together.
    fn at_a_time(&self, case: Case) -> u64 {
        match self {
            Self::Inference(bench) => bench.at_a_time(case),
            Self::Learning(_) => 1,
        }
    }
}

/// A noise on a network.
#[derive(Debug, Clone, Copy)]
struct Setting {
    variant: usize,
    case: Case,
}

/// Draws of a noise that one thread makes together.
type Job = (Setting, Range<u64>);

/// What came of each draw, in their order.
type Outcomes = Vec<(Setting, Result<Outputs, Error>)>;

impl Study<'_> {
    /// Runs all replicates of all noises on all networks, divided among `threads`, of which the results are independent.
    /// `observer` is told what is run, and how many replicates are done: 0 at first, and all of them at last. If it
    /// cancels the study, rows are of the replicates that were done until then.
    ///
    /// # Errors
    ///
    /// A network that cannot be made chemistry, or does not compute without noise. A replicate that fails under noise is
    /// a result.
    pub fn run(
        &self,
        test: &TestSet,
        variants: &[Variant],
        threads: usize,
        observer: &mut (dyn Observer + Send),
    ) -> Result<Results, Failure> {
        let mut results = Results { network: self.checked.model.name.clone(), rows: Vec::new() };
        let pots = self.pots(test, variants)?;
        let Some(first) = pots.first() else { return Ok(results) };
        let times = self.times(test, first)?;
        let bench = |pot| match Learning::new(pot, test, &times, self.noise.seed) {
            Some(learning) => Bench::Learning(learning),
            None => Bench::Inference(Inference::new(pot, test, &times, self.noise.seed)),
        };
        let benches: Vec<Bench<'_>> = pots.iter().map(bench).collect();
        let cases = Case::all(self.noise);
        observer.note(&format!(
            "{} of {}{}, {}, {} each",
            plural(test.len(), "sample"),
            test.source(),
            if first.lowered.crn.protocol.feed.is_some() { " after learning in the pot" } else { "" },
            plural(cases.len() - 1, "noise"),
            plural(self.noise.replicates, "replicate"),
        ));
        let outcomes = outcomes(&benches, self.jobs(&benches, &cases), threads, observer);
        for (at, (variant, pot)) in variants.iter().zip(&pots).enumerate() {
            let own: Vec<_> = outcomes.iter().filter(|(setting, _)| setting.variant == at).collect();
            let rows = self.rows(&variant.name, &own, (test, &times), &cases).map_err(|error| {
                let doing = format!("{} without noise", variant.name);
                pot.failed(explain(pot, &pot.runner(), error, &doing))
            })?;
            results.rows.extend(rows);
        }
        Ok(results)
    }

    /// The chemistry of each network.
    fn pots(&self, test: &TestSet, variants: &[Variant]) -> Result<Vec<Compiled>, Failure> {
        let pot = |variant: &Variant| {
            let (source, model) = (self.checked.source.clone(), variant.model.clone());
            Checked { source, model, findings: Vec::new() }.compile(&test.inputs[0])
        };
        variants.iter().map(pot).collect()
    }

    /// The running times: those of the file, the whole of the learning, or when the network itself has settled.
    fn times(&self, test: &TestSet, pot: &Compiled) -> Result<Vec<f64>, Failure> {
        if !self.noise.times.is_empty() {
            return Ok(self.noise.times.clone());
        }
        let time = learning::whole_time(pot).map_or_else(|| inference::settled_time(pot, test), Ok);
        time.map(|time| vec![time])
            .map_err(|error| pot.failed(explain(pot, &pot.runner(), &error, "without noise")))
    }

    /// Everything that is drawn; without noise every draw is the same.
    fn jobs(&self, benches: &[Bench<'_>], cases: &[Case]) -> Vec<Job> {
        let mut jobs = Vec::new();
        for (variant, bench) in benches.iter().enumerate() {
            for &case in cases {
                let replicates = if case.is_noiseless() { 1 } else { self.noise.replicates as u64 };
                let (setting, width) = (Setting { variant, case }, bench.at_a_time(case));
                let starts = (0..replicates).step_by(width as usize);
                jobs.extend(starts.map(|start| (setting, start..replicates.min(start + width))));
            }
        }
        jobs
    }

    /// The rows of one network; the error is that of its noiseless run.
    fn rows<'o>(
        &self,
        name: &str,
        outcomes: &[&'o (Setting, Result<Outputs, Error>)],
        (test, times): (&TestSet, &[f64]),
        cases: &[Case],
    ) -> Result<Vec<Row>, &'o Error> {
        let loss = reading::loss(&self.checked.model);
        let spread = test.spread();
        let mut rows: Vec<Row> = Vec::new();
        let mut noiseless: Option<&Outputs> = None;
        for &case in cases {
            let of_case = outcomes.iter().filter(|(setting, _)| setting.case == case);
            let results: Vec<&Result<Outputs, Error>> = of_case.map(|(_, result)| result).collect();
            // Of a study that was cancelled there may be none.
            let Some(first) = results.first() else { continue };
            if case.is_noiseless() {
                noiseless = Some(first.as_ref()?);
            }
            let Some(noiseless) = noiseless else { continue };
            for (place, &time) in times.iter().enumerate() {
                let read = |result: &&Result<Outputs, Error>| {
                    let outputs = result.as_ref().ok()?;
                    Some(Reading::new(loss, (outputs, noiseless), test, place))
                };
                let readings: Vec<Option<Reading>> = results.iter().map(read).collect();
                // The noiseless rows are the first, one for each running time.
                rows.push(Row::new(name, (case, time), &readings, (test, spread), rows.get(place)));
            }
        }
        Ok(rows)
    }
}

/// Runs all jobs, or those that are begun before the observer cancels them.
fn outcomes(
    benches: &[Bench<'_>],
    jobs: Vec<Job>,
    threads: usize,
    observer: &mut (dyn Observer + Send),
) -> Outcomes {
    let all = jobs.iter().map(|(_, replicates)| (replicates.end - replicates.start) as usize).sum();
    observer.progress(0, all);
    let watch = Mutex::new((0, observer));
    let results = parallel::map(jobs.len(), threads, &(), |(), at| {
        let (Setting { variant, case }, replicates) = &jobs[at];
        let watch = || watch.lock().unwrap_or_else(PoisonError::into_inner);
        if watch().1.is_cancelled() {
            return Vec::new();
        }
        let results = benches[*variant].outputs(*case, replicates.clone());
        let (done, observer) = &mut *watch();
        *done += results.len();
        observer.progress(*done, all);
        results
    });
    let of_job =
        |((setting, _), results): (Job, Vec<_>)| results.into_iter().map(move |result| (setting, result));
    jobs.into_iter().zip(results).flat_map(of_job).collect()
}
