//! Replicates of one small network, eight at a time.
//!
//! A lane of the vectors is a replicate. For each event of all of them every propensity is computed from the numbers
//! of molecules, in one chain of operations; so nothing gathers rounding errors, nothing happens that cannot, and a
//! replicate's course depends neither on its lane nor on its mates nor on the width of the registers. A lane that is
//! done stands still.
//!
//! An event takes two numbers of 52 bits from the replicate's stream; a call of [`Ensemble::run`] begins with a block
//! of its own.

mod course;
mod draft;
mod draws;
mod lanes;
mod layout;
mod plan;
#[cfg(test)]
mod tests;

use course::Course;
use draws::Draws;
pub use lanes::LANES;
use plan::Plan;

use super::network::{Network, Term};
use crate::random::Stream;

/// Up to [`LANES`] realisations of the process that go on together.
#[derive(Debug, Clone)]
pub struct Ensemble {
    plan: Plan,
    /// The terms of each lane's network.
    terms: Vec<Vec<Term>>,
    /// The numbers that each lane started with, held species among them.
    start: Vec<Vec<f64>>,
    course: Course,
    draws: Draws,
}

impl Ensemble {
    /// Whether there are ensembles of this network: it has at most 64 channels, which are not sums of too many terms.
    pub fn is_for(network: &Network) -> bool {
        Plan::of(network).is_some()
    }

    /// A realisation for each stream, of at most [`LANES`], at time 0 without molecules; none if
    /// [`Ensemble::is_for`] says no.
    pub fn new(network: &Network, streams: &[Stream]) -> Option<Self> {
        let plan = Plan::of(network)?;
        let filled = streams.len().min(LANES);
        let course = Course {
            rows: lanes::rows(),
            sums: lanes::rows(),
            coefficients: vec![[0.0; LANES]; plan.reads.len()],
            time: [0.0; LANES],
            events: [0.0; LANES],
        };
        let mut ensemble = Self {
            plan,
            terms: vec![network.terms.clone(); filled],
            start: vec![vec![0.0; network.species()]; filled],
            course,
            draws: Draws::new(streams),
        };
        for lane in 0..filled {
            ensemble.restart(lane);
        }
        Some(ensemble)
    }

    /// How many realisations there are.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Gives a lane the rate constants of this network, which differs in them alone. Returns whether it does.
    pub fn set_rates(&mut self, lane: usize, network: &Network) -> bool {
        let like = |(a, b): (&Term, &Term)| (a.channel, &a.factors) == (b.channel, &b.factors);
        let Some(terms) = self.terms.get_mut(lane) else { return false };
        let fits = terms.len() == network.terms.len() && terms.iter().zip(&network.terms).all(like);
        if fits {
            terms.clone_from(&network.terms);
            self.fold(lane);
        }
        fits
    }

    /// Puts a lane at time 0 with these numbers of molecules, one for each species; as for
    /// [`Simulation::new`](super::Simulation::new), those of species that no reaction changes may be any.
    pub fn start(&mut self, lane: usize, numbers: &[f64]) {
        if let Some(start) = self.start.get_mut(lane) {
            start.fill(0.0);
            start.iter_mut().zip(numbers).for_each(|(start, number)| *start = *number);
            self.restart(lane);
        }
    }

    /// Lets things happen in all lanes until `end`, or until a lane has had `limit` further events. Returns whether
    /// all reached the end.
    pub fn run(&mut self, end: f64, limit: u64) -> bool {
        let filled = self.len();
        course::run(&self.plan, &mut self.course, &mut self.draws, end, limit as f64, filled);
        self.course.time[..filled].iter().all(|time| *time >= end)
    }

    /// Time reached in a lane, in time units.
    pub fn time(&self, lane: usize) -> f64 {
        self.course.time[lane]
    }

    /// Events in a lane since its start.
    pub fn events(&self, lane: usize) -> u64 {
        self.course.events[lane] as u64
    }

    /// Numbers of molecules in a lane.
    pub fn numbers(&self, lane: usize) -> Vec<f64> {
        let mut numbers = self.start[lane].clone();
        for changing in &self.plan.changing {
            numbers[changing.species as usize] = self.course.rows[usize::from(changing.row)][lane];
        }
        numbers
    }

    /// A lane as it started.
    fn restart(&mut self, lane: usize) {
        let (rows, start) = (&mut self.course.rows, &self.start[lane]);
        rows[layout::ONE][lane] = 1.0;
        let mut less = 0;
        for changing in &self.plan.changing {
            let number = start[changing.species as usize];
            rows[usize::from(changing.row)][lane] = number;
            for &(row, taken) in &self.plan.less[less..changing.less as usize] {
                rows[usize::from(row)][lane] = number - taken;
            }
            less = changing.less as usize;
        }
        (self.course.time[lane], self.course.events[lane]) = (0.0, 0.0);
        self.fold(lane);
    }

    /// Computes the coefficients of a lane from its rate constants and what is held in it.
    fn fold(&mut self, lane: usize) {
        let (coefficients, start) = (&mut self.course.coefficients, &self.start[lane]);
        coefficients.iter_mut().for_each(|coefficient| coefficient[lane] = 0.0);
        for fold in &self.plan.folds {
            let term = &self.terms[lane][fold.term as usize];
            let held = fold.held.iter().map(|&(species, taken)| start[species as usize] - taken);
            coefficients[fold.coefficient as usize][lane] += term.k * held.product::<f64>();
        }
    }
}
