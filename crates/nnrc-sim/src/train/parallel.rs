//! Batches whose samples are shared among threads, the same bits on any number of them.
//!
//! A batch is cut into at most [`CHUNKS`] chunks of whole blocks, whatever the number of threads; each chunk adds its
//! samples in order into a gradient of its own, and the chunks are summed in order.

use super::batches::{Batches, Variables};
use super::metrics::Totals;
use super::optimiser::{Optimiser, Step};
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

/// A learner with its parameters, trained in chunks.
pub struct Chunks<'a, L: Learner> {
    learner: &'a L,
    variables: Variables,
    chunks: Vec<Chunk<L::Space>>,
    threads: usize,
}

impl<'a, L: Learner> Chunks<'a, L> {
    /// Chunks for a learner, worked on by this many threads.
    pub fn new(learner: &'a L, threads: usize) -> Self {
        let chunk = |_| Chunk { space: learner.space(), gradient: Vec::new(), totals: Totals::default() };
        let chunks = (0..CHUNKS).map(chunk).collect();
        Self { learner, variables: Variables::default(), chunks, threads: threads.max(1) }
    }

    /// Judges all rows; with `learns` the gradients of the chunks are made as well. Returns the sums and the number
    /// of chunks.
    fn run(&mut self, rows: &[usize], learns: bool) -> (Totals, usize) {
        let (learner, parameters) = (self.learner, self.variables.parameters.as_slice());
        let block = learner.block().max(1);
        let blocks = rows.len().div_ceil(block);
        let used = blocks.min(CHUNKS);
        let range = |chunk: usize| {
            let end = |chunk: usize| (chunk * blocks / used * block).min(rows.len());
            end(chunk)..end(chunk + 1)
        };
        let run = |at: usize, chunk: &mut Chunk<L::Space>| {
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
}

impl<L: Learner> Batches for Chunks<'_, L> {
    fn spread(&self, rows: &[usize]) -> f64 {
        self.learner.spread(rows)
    }

    fn load(&mut self, variables: &Variables) {
        self.variables.clone_from(variables);
    }

    fn store(&mut self, variables: &mut Variables) {
        variables.clone_from(&self.variables);
    }

    fn judge(&mut self, rows: &[usize]) -> Totals {
        self.run(rows, false).0
    }

    fn step(&mut self, rows: &[usize], optimiser: Optimiser, step: Step) -> Totals {
        let (totals, used) = self.run(rows, true);
        if !totals.loss.is_finite() {
            return totals;
        }
        let Variables { parameters, first, second } = &mut self.variables;
        let (sums, others) = self.chunks[..used].split_at_mut(1);
        let Some(sum) = sums.first_mut() else { return totals };
        let others: Vec<&[f64]> = others.iter().map(|chunk| chunk.gradient.as_slice()).collect();
        let move_range = |start: usize, w: &mut [f64], g: &mut [f64], m: &mut [f64], v: &mut [f64]| {
            for other in &others {
                for (g, o) in g.iter_mut().zip(&other[start..]) {
                    *g += o;
                }
            }
            optimiser.step(step, w, g, m, v);
        };
        let threads = self.threads.min(parameters.len() / (WORTH_A_THREAD / 4) + 1);
        let share = parameters.len().div_ceil(threads).max(1);
        let mut second = second.as_mut_slice();
        let pieces =
            parameters.chunks_mut(share).zip(sum.gradient.chunks_mut(share)).zip(first.chunks_mut(share));
        let pieces = pieces.enumerate().map(|(thread, ((w, g), m))| {
            let own = w.len().min(second.len());
            let (v, rest) = std::mem::take(&mut second).split_at_mut(own);
            second = rest;
            (thread * share, w, g, m, v)
        });
        parallel::each(pieces, |(start, w, g, m, v)| move_range(start, w, g, m, v));
        totals
    }
}
