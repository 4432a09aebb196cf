//! Loss and gradient of a batch on several threads, the same bits on any number of them.
//!
//! A batch is cut into at most [`PARTS`] parts of whole blocks, whatever the number of threads; each part adds its
//! samples in order into a gradient of its own, and the parts are summed in order.

use super::metrics::Totals;
use super::optimiser::Optimiser;
use super::state::State;
use crate::parallel;

/// Parts of a batch: the most threads that can help, and how many gradients are held.
const PARTS: usize = 8;

/// Products below which starting threads costs more than it saves (about 20 µs against 1 ns for each product).
const WORTH_A_THREAD: usize = 100_000;

/// Something with parameters and a loss on samples.
pub trait Learner: Sync {
    /// Room for the values of one block.
    type Space: Send;

    /// Room for one block.
    fn space(&self) -> Self::Space;

    /// Samples in a block.
    fn block(&self) -> usize;

    /// How much the targets of samples spread, for r²: see [`Measure::spread`](crate::reading::Measure::spread). 0: nobody
    /// asks.
    fn spread(&self, _rows: &[usize]) -> f64 {
        0.0
    }

    /// Judges at most one block of samples; adds the gradient of their summed loss to `gradient`, if there is one.
    fn learn(
        &self,
        parameters: &[f64],
        rows: &[usize],
        space: &mut Self::Space,
        gradient: Option<&mut [f64]>,
    ) -> Totals;
}

/// What one part of a batch needs.
struct Part<S> {
    space: S,
    gradient: Vec<f64>,
    totals: Totals,
}

/// Parts for a learner, made once.
pub(super) struct Parts<S> {
    parts: Vec<Part<S>>,
    threads: usize,
}

impl<S: Send> Parts<S> {
    pub(super) fn new<L: Learner<Space = S>>(learner: &L, threads: usize) -> Self {
        let part = |_| Part { space: learner.space(), gradient: Vec::new(), totals: Totals::default() };
        Self { parts: (0..PARTS).map(part).collect(), threads: threads.max(1) }
    }

    /// Judges all rows; with `learns` the gradients of the parts are made as well. Returns the sums and the number
    /// of parts.
    pub(super) fn judge<L: Learner<Space = S>>(
        &mut self,
        learner: &L,
        parameters: &[f64],
        rows: &[usize],
        learns: bool,
    ) -> (Totals, usize) {
        let block = learner.block().max(1);
        let blocks = rows.len().div_ceil(block);
        let used = blocks.min(PARTS);
        let range = |part: usize| {
            let end = |part: usize| (part * blocks / used * block).min(rows.len());
            end(part)..end(part + 1)
        };
        let run = |at: usize, part: &mut Part<S>| {
            part.totals = Totals::default();
            if learns {
                part.gradient.clear();
                part.gradient.resize(parameters.len(), 0.0);
            }
            for rows in rows[range(at)].chunks(block) {
                let gradient = learns.then_some(part.gradient.as_mut_slice());
                let totals = learner.learn(parameters, rows, &mut part.space, gradient);
                part.totals.add(&totals);
            }
        };
        let work = rows.len() * parameters.len();
        let threads = self.threads.min(used).min(work / WORTH_A_THREAD + 1);
        let parts = &mut self.parts[..used];
        if threads <= 1 {
            parts.iter_mut().enumerate().for_each(|(at, part)| run(at, part));
        } else {
            let share = used.div_ceil(threads);
            parallel::each(parts.chunks_mut(share).enumerate(), |(thread, parts)| {
                for (at, part) in parts.iter_mut().enumerate() {
                    run(thread * share + at, part);
                }
            });
        }
        let mut totals = Totals::default();
        for part in &self.parts[..used] {
            totals.add(&part.totals);
        }
        (totals, used)
    }

    /// Moves the parameters by the mean gradient of the samples that were judged last, in `used` parts.
    pub(super) fn step(
        &mut self,
        (used, samples): (usize, usize),
        optimiser: Optimiser,
        how: (f64, u64, f64),
        state: &mut State,
    ) {
        let (parameters, first) = (state.parameters.as_mut_slice(), state.first.as_mut_slice());
        let second = state.second.as_mut_slice();
        let (sums, others) = self.parts[..used].split_at_mut(1);
        let Some(sum) = sums.first_mut() else { return };
        let others: Vec<&[f64]> = others.iter().map(|part| part.gradient.as_slice()).collect();
        let move_range = |start: usize, w: &mut [f64], g: &mut [f64], m: &mut [f64], v: &mut [f64]| {
            for other in &others {
                for (g, o) in g.iter_mut().zip(&other[start..]) {
                    *g += o;
                }
            }
            for g in g.iter_mut() {
                *g /= samples as f64;
            }
            optimiser.step(how, w, g, m, v);
        };
        let threads = self.threads.min(parameters.len() / (WORTH_A_THREAD / 4) + 1);
        if threads <= 1 {
            return move_range(0, parameters, &mut sum.gradient, first, second);
        }
        let share = parameters.len().div_ceil(threads);
        let mut second = second;
        let pieces =
            parameters.chunks_mut(share).zip(sum.gradient.chunks_mut(share)).zip(first.chunks_mut(share));
        let pieces = pieces.enumerate().map(|(thread, ((w, g), m))| {
            let (v, rest) = std::mem::take(&mut second).split_at_mut(share.min(second_length(w, optimiser)));
            second = rest;
            (thread * share, w, g, m, v)
        });
        parallel::each(pieces, |(start, w, g, m, v)| move_range(start, w, g, m, v));
    }
}

/// How much of the second moments belongs to some parameters.
fn second_length(parameters: &[f64], optimiser: Optimiser) -> usize {
    if optimiser.has_second_moment() { parameters.len() } else { 0 }
}

/// The metrics of a learner on some rows.
pub fn evaluate<L: Learner>(learner: &L, parameters: &[f64], rows: &[usize], threads: usize) -> Totals {
    Parts::new(learner, threads).judge(learner, parameters, rows, false).0
}
