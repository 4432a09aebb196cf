//! All replicates of all noises on all networks.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use nnrc_sim::{Error, parallel};

use super::Study;
use super::case::Case;
use super::clocked::{self, UnderClock};
use super::figures::Figures;
use super::inference::{self, Inference};
use super::learning::{self, Learning};
use super::reading::{self, Outputs, Reading};
use super::readings::Readings;
use super::results::{Label, Results};
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
    UnderClock(UnderClock<'a>),
}

impl Bench<'_> {
    fn outputs(&self, case: Case, replicates: Range<u64>) -> Vec<Result<Outputs, Error>> {
        match self {
            Self::Inference(bench) => bench.outputs(case, replicates),
            Self::Learning(bench) => replicates.map(|replicate| bench.outputs(case, replicate)).collect(),
            Self::UnderClock(bench) => replicates.map(|replicate| bench.outputs(case, replicate)).collect(),
        }
    }

    /// How many replicates are best run together.
    fn at_a_time(&self, case: Case) -> u64 {
        match self {
            Self::Inference(bench) => bench.at_a_time(case),
            Self::Learning(_) | Self::UnderClock(_) => 1,
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

/// What came of each draw, with its number, in their order.
type Outcomes = Vec<(Setting, u64, Result<Outputs, Error>)>;

/// What was read of a noise on a network at one running time, replicate by replicate; none: one that failed.
struct Group {
    variant: usize,
    case: Case,
    time: f64,
    readings: Vec<(u64, Option<Reading>)>,
}

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
        let groups = self.groups(test, variants, (0..self.replicates(), threads), observer)?;
        let judged = (test.merit(), test.spread());
        let mut rows: Vec<Row> = Vec::new();
        for Group { variant, case, time, readings } in groups {
            let network = variants[variant].name.clone();
            let readings: Vec<Option<Reading>> = readings.into_iter().map(|(_, reading)| reading).collect();
            // The noiseless rows of a network are its first, one for each running time.
            let is_own = |row: &&Row| row.case.is_noiseless() && row.time == time;
            let noiseless = rows.iter().rev().find(is_own).filter(|_| !case.is_noiseless());
            let figures = Figures::of(&readings, judged, noiseless.map(|row| &row.figures));
            rows.push(Row { network, case, time, figures });
        }
        Ok(Results { network: self.checked.model.name.clone(), rows })
    }

    /// How many replicates of each noise the study has.
    pub fn replicates(&self) -> u64 {
        self.noise.replicates as u64
    }

    /// Runs the replicates of a range, counted from 0, as [`Study::run`] runs all of them: each is what it is there.
    /// Every range has the noiseless run, which the others are compared with.
    ///
    /// # Errors
    ///
    /// As those of [`Study::run`].
    pub fn readings(
        &self,
        test: &TestSet,
        variants: &[Variant],
        (replicates, threads): (Range<u64>, usize),
        observer: &mut (dyn Observer + Send),
    ) -> Result<Readings, Failure> {
        let groups = self.groups(test, variants, (replicates, threads), observer)?;
        let labelled = |Group { variant, case, time, readings }| {
            (Label::of(&variants[variant].name, case), time, readings)
        };
        Ok(Readings::new((test.merit(), test.spread()), groups.into_iter().map(labelled)))
    }

    /// All networks, noises and running times in their order, with what was read of the replicates.
    fn groups(
        &self,
        test: &TestSet,
        variants: &[Variant],
        (replicates, threads): (Range<u64>, usize),
        observer: &mut (dyn Observer + Send),
    ) -> Result<Vec<Group>, Failure> {
        let pots = self.pots(test, variants)?;
        let Some(first) = pots.first() else { return Ok(Vec::new()) };
        let times = self.times(test, first)?;
        let seed = self.noise.seed;
        let bench = |pot| {
            let learning = Learning::new(pot, test, &times, seed).map(Bench::Learning);
            let clocked = || {
                let are_own = !self.noise.times.is_empty();
                UnderClock::new(pot, test, (&times, are_own), seed).map(Bench::UnderClock)
            };
            let inference = || Bench::Inference(Inference::new(pot, test, &times, seed));
            learning.or_else(clocked).unwrap_or_else(inference)
        };
        let benches: Vec<Bench<'_>> = pots.iter().map(bench).collect();
        let cases = Case::all(self.noise);
        observer.note(&format!(
            "{} of {}{}, {}, {} each",
            plural(test.len(), "sample"),
            test.source(),
            if first.lowered.crn.protocol.feed.is_some() { " after learning in the pot" } else { "" },
            plural(cases.len() - 1, "noise"),
            plural((replicates.end - replicates.start) as usize, "replicate"),
        ));
        let outcomes = outcomes(&benches, jobs(&benches, &cases, &replicates), threads, observer);
        let mut groups = Vec::new();
        for (at, (variant, pot)) in variants.iter().zip(&pots).enumerate() {
            let own: Vec<_> = outcomes.iter().filter(|(setting, _, _)| setting.variant == at).collect();
            let read = self.read(at, &own, (test, &times), &cases).map_err(|error| {
                let doing = format!("{} without noise", variant.name);
                pot.failed(explain(pot, &pot.runner(), error, &doing))
            })?;
            groups.extend(read);
        }
        Ok(groups)
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
        let time = learning::whole_time(pot)
            .or_else(|| clocked::whole_time(pot))
            .map_or_else(|| inference::settled_time(pot, test), Ok);
        time.map(|time| vec![time])
            .map_err(|error| pot.failed(explain(pot, &pot.runner(), &error, "without noise")))
    }

    /// What was read of one network; the error is that of its noiseless run.
    fn read<'o>(
        &self,
        variant: usize,
        outcomes: &[&'o (Setting, u64, Result<Outputs, Error>)],
        (test, times): (&TestSet, &[f64]),
        cases: &[Case],
    ) -> Result<Vec<Group>, &'o Error> {
        let loss = reading::loss(&self.checked.model);
        let mut groups = Vec::new();
        let mut noiseless: Option<&Outputs> = None;
        for &case in cases {
            let of_case: Vec<_> = outcomes.iter().filter(|(setting, _, _)| setting.case == case).collect();
            // Of a study that was cancelled there may be none.
            let Some((_, _, first)) = of_case.first() else { continue };
            if case.is_noiseless() {
                noiseless = Some(first.as_ref()?);
            }
            let Some(noiseless) = noiseless else { continue };
            for (place, &time) in times.iter().enumerate() {
                let read = |outputs: &Outputs| Reading::new(loss, (outputs, noiseless), test, place);
                let readings = of_case
                    .iter()
                    .map(|(_, replicate, result)| (*replicate, result.as_ref().ok().map(read)))
                    .collect();
                groups.push(Group { variant, case, time, readings });
            }
        }
        Ok(groups)
    }
}

/// Everything that is drawn; without noise every draw is the same.
fn jobs(benches: &[Bench<'_>], cases: &[Case], replicates: &Range<u64>) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (variant, bench) in benches.iter().enumerate() {
        for &case in cases {
            let replicates = if case.is_noiseless() { 0..1 } else { replicates.clone() };
            let (setting, width) = (Setting { variant, case }, bench.at_a_time(case));
            let starts = replicates.clone().step_by(width as usize);
            jobs.extend(starts.map(|start| (setting, start..replicates.end.min(start + width))));
        }
    }
    jobs
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
    let of_job = |((setting, replicates), results): (Job, Vec<_>)| {
        replicates.zip(results).map(move |(replicate, result)| (setting, replicate, result))
    };
    jobs.into_iter().zip(results).flat_map(of_job).collect()
}
