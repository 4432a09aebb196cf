//! Loss and gradient of a batch on several threads, the same bits on any number of them.
//!
//! A batch is cut into at most [`CHUNKS`] chunks of whole blocks, whatever the number of threads; each chunk adds its
//! samples in order into a gradient of its own, and the chunks are summed in order.

use super::metrics::Totals;
use super::optimiser::Optimiser;
use super::state::State;
use crate::parallel;

/// Chunks of a batch: the most threads that can help, and how many gradients are held.
const CHUNKS: usize = 8;

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

/// What one chunk of a batch needs.
struct Chunk<S> {
    space: S,
    gradient: Vec<f64>,
    totals: Totals,
}

/// Chunks for a learner, made once.
pub(super) struct Chunks<S> {
    chunks: Vec<Chunk<S>>,
    threads: usize,
}

impl<S: Send> Chunks<S> {
    pub(super) fn new<L: Learner<Space = S>>(learner: &L, threads: usize) -> Self {
        let chunk = |_| Chunk { space: learner.space(), gradient: Vec::new(), totals: Totals::default() };
        Self { chunks: (0..CHUNKS).map(chunk).collect(), threads: threads.max(1) }
    }

    /// Judges all rows; with `learns` the gradients of the chunks are made as well. Returns the sums and the number
    /// of chunks.
    pub(super) fn judge<L: Learner<Space = S>>(
        &mut self,
        learner: &L,
        parameters: &[f64],
        rows: &[usize],
        learns: bool,
    ) -> (Totals, usize) {
        let block = learner.block().max(1);
        let blocks = rows.len().div_ceil(block);
        let used = blocks.min(CHUNKS);
        let range = |chunk: usize| {
            let end = |chunk: usize| (chunk * blocks / used * block).min(rows.len());
            end(chunk)..end(chunk + 1)
        };
        let run = |at: usize, chunk: &mut Chunk<S>| {
            chunk.totals = Totals::default();
            if learns {
                chunk.gradient.clear();
                chunk.gradient.resize(parameters.len(), 0.0);
            }
            for rows in rows[range(at)].chunks(block) {
                let gradient = learns.then_some(chunk.gradient.as_mut_slice());
                let totals = learner.learn(parameters, rows, &mut chunk.space, gradient);
                chunk.totals.add(&totals);
            }
        };
        let work = rows.len() * parameters.len();
        let threads = self.threads.min(used).min(work / WORTH_A_THREAD + 1);
        let chunks = &mut self.chunks[..used];
        if threads <= 1 {
            chunks.iter_mut().enumerate().for_each(|(at, chunk)| run(at, chunk));
        } else {
            let share = used.div_ceil(threads);
            parallel::each(chunks.chunks_mut(share).enumerate(), |(thread, chunks)| {
                for (at, chunk) in chunks.iter_mut().enumerate() {
                    run(thread * share + at, chunk);
                }
            });
        }
        let mut totals = Totals::default();
        for chunk in &self.chunks[..used] {
            totals.add(&chunk.totals);
        }
        (totals, used)
    }

    /// Moves the parameters by the mean gradient of the samples that were judged last, in `used` chunks.
    pub(super) fn step(
        &mut self,
        (used, samples): (usize, usize),
        optimiser: Optimiser,
        how: (f64, u64, f64),
        state: &mut State,
    ) {
        let (parameters, first) = (state.parameters.as_mut_slice(), state.first.as_mut_slice());
        let second = state.second.as_mut_slice();
        let (sums, others) = self.chunks[..used].split_at_mut(1);
        let Some(sum) = sums.first_mut() else { return };
        let others: Vec<&[f64]> = others.iter().map(|chunk| chunk.gradient.as_slice()).collect();
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
    Chunks::new(learner, threads).judge(learner, parameters, rows, false).0
}
