//! Batches of samples on a team of threads, which share the units of wide layers.
//!
//! Each thread has a strip of the units of every shared layer, with their weights and moments. It computes their values
//! and adjoints for all samples of a block, and the gradient of their weights, so that nothing is added across
//! threads: the result is the same bits for any number of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use nnrc_sim::barrier::{Barrier, Broken};
use nnrc_sim::reading::Measure;
use nnrc_sim::train::{Batches, Loss, Optimiser, Step, Totals, Variables};

use crate::engine::{Engine, Own};
use crate::graph::Graph;
use crate::lanes::Laned;
use crate::schedule::{Phase, Schedule, products};
use crate::slots::{Alone, Shared, Slots};
use crate::team::{Work, with_team};

/// Samples that go through the network together.
const BLOCK: usize = 64;
/// Products of a block above which a layer is worth two meetings, a few µs.
const WORTH_SHARING: usize = 50_000;
/// Products of a block for each thread, 5 to 10 µs.
const WORTH_A_THREAD: usize = 250_000;
/// Inputs of a block above which threads share the copying.
const WORTH_COPYING: usize = 8_192;

/// A network with a loss on samples.
pub struct Task<'a, R = f64> {
    /// The network.
    pub graph: &'a Graph,
    /// What is made small.
    pub loss: Loss,
    /// How outputs are compared with targets.
    pub measure: &'a Measure,
    /// Inputs of each sample, in the precision that it is trained in.
    pub inputs: &'a [&'a [R]],
    /// Targets, a row for each sample.
    pub targets: &'a [f64],
}

impl<R: Laned> Task<'_, R> {
    fn target(&self, row: usize) -> &[f64] {
        let width = self.graph.output_width();
        &self.targets[row * width..(row + 1) * width]
    }

    /// How much the targets of samples spread, for r².
    pub fn spread(&self, rows: &[usize]) -> f64 {
        self.measure.spread(rows.iter().map(|&row| self.target(row)))
    }

    /// Calls `run` with the samples as batches of at most `batch` that `threads` threads train, or fewer where a batch is
    /// too little work for them.
    ///
    /// # Panics
    ///
    /// With the panic of one of the threads.
    pub fn with_batches<T>(
        &self,
        threads: usize,
        batch: usize,
        run: impl FnOnce(&mut dyn Batches) -> T,
    ) -> T {
        let rows = batch.min(BLOCK).min(self.inputs.len()).max(1);
        let nodes = 0..self.graph.nodes.len();
        let all: usize = nodes.clone().map(|at| products(self.graph, at)).sum();
        let threads = threads.min(all * rows / WORTH_A_THREAD + 1);
        let is_input = |at: usize| self.graph.nodes[at].sources().is_empty();
        let worth = |at: usize| {
            products(self.graph, at) * rows >= if is_input(at) { WORTH_COPYING } else { WORTH_SHARING }
        };
        self.on_threads(threads, rows, &nodes.map(worth).collect::<Vec<_>>(), run)
    }

    /// The same in blocks of `rows` samples, by as many threads as the machine starts.
    fn on_threads<T>(
        &self,
        threads: usize,
        rows: usize,
        is_shared: &[bool],
        run: impl FnOnce(&mut dyn Batches) -> T,
    ) -> T {
        if threads <= 1 || !is_shared.contains(&true) {
            return run(&mut Leader(&Crew::<Alone, R>::new(self, &vec![false; is_shared.len()], 1, rows)));
        }
        let make = |started| Crew::<Shared, R>::new(self, is_shared, started, rows);
        with_team(threads, make, |crew| run(&mut Leader(crew)))
    }
}

/// What the threads are to do next.
#[derive(Debug, Clone, Copy)]
enum Order {
    Load,
    Store,
    Judge,
    Learn(Optimiser, Step),
    End,
}

/// All that the threads of a training share.
struct Crew<'a, S: Slots, R: Laned> {
    task: &'a Task<'a, R>,
    engine: Engine<'a, S, R>,
    schedule: Schedule,
    /// Samples in a block.
    block: usize,
    barrier: Barrier,
    /// What each thread has for itself.
    owns: Vec<Mutex<Own<R>>>,
    order: RwLock<(Order, Vec<usize>)>,
    /// Of the order that is carried out, and whether its loss is a number.
    totals: Mutex<Totals>,
    is_finite: AtomicBool,
    /// What is loaded or stored.
    variables: Mutex<Variables>,
}

impl<'a, S: Slots, R: Laned> Crew<'a, S, R> {
    fn new(task: &'a Task<'a, R>, is_shared: &[bool], threads: usize, block: usize) -> Self {
        let (engine, owns) = Engine::new(task.graph, is_shared, threads, block);
        Self {
            task,
            engine,
            schedule: Schedule::new(task.graph, is_shared),
            block,
            barrier: Barrier::new(threads),
            owns: owns.into_iter().map(Mutex::new).collect(),
            order: RwLock::new((Order::End, Vec::new())),
            totals: Mutex::default(),
            is_finite: AtomicBool::new(true),
            variables: Mutex::default(),
        }
    }

    fn give(&self, order: Order, rows: &[usize]) {
        let mut place = self.order.write().unwrap_or_else(PoisonError::into_inner);
        place.0 = order;
        place.1.clear();
        place.1.extend_from_slice(rows);
    }

    /// Does the part of a thread; whether there will be more.
    fn carry_out(&self, rank: usize) -> Result<bool, Broken> {
        let order = self.order.read().unwrap_or_else(PoisonError::into_inner);
        let mut own = locked(&self.owns[rank]);
        let mut samples = Vec::new();
        let mut go = |phases: &[Phase], rows: &[usize], how: How| -> Result<(), Broken> {
            samples.clear();
            samples.extend(rows.iter().map(|&row| self.task.inputs[row]));
            for phase in phases {
                self.phase(*phase, rank, &mut own, (rows, &samples), how)?;
            }
            Ok(())
        };
        match order.0 {
            Order::Load => {
                self.engine.load(&mut own, &locked(&self.variables));
                self.barrier.meet()?;
            }
            Order::Store => {
                self.engine.store(&own, &mut locked(&self.variables));
                self.barrier.meet()?;
            }
            Order::Judge => {
                for rows in order.1.chunks(self.block) {
                    go(&self.schedule.judge, rows, How::Judge)?;
                }
            }
            Order::Learn(optimiser, step) => {
                for (at, rows) in order.1.chunks(self.block).enumerate() {
                    if at > 0 {
                        self.barrier.meet()?;
                    }
                    go(&self.schedule.learn, rows, How::Learn { fresh: at == 0 })?;
                }
                go(&self.schedule.update, &[], How::Move(optimiser, step))?;
            }
            Order::End => return Ok(false),
        }
        Ok(true)
    }

    fn phase(
        &self,
        phase: Phase,
        rank: usize,
        own: &mut Own<R>,
        (rows, samples): (&[usize], &[&[R]]),
        how: How,
    ) -> Result<(), Broken> {
        let fresh = how.is_fresh();
        match phase {
            Phase::Forward(at) => self.engine.forward(at, own, samples),
            Phase::Judge if rank == 0 => self.judge(own, rows, how),
            Phase::Judge => {}
            Phase::Backward(at) => self.engine.backward(at, own, rows.len(), fresh),
            Phase::Spread { from, place, fresh } => {
                self.engine.spread((from, place, fresh), own, rows.len());
            }
            Phase::Update(at) => {
                if let How::Move(optimiser, step) = how
                    && self.is_finite.load(Ordering::Acquire)
                {
                    self.engine.update(at, own, optimiser, step);
                }
            }
            Phase::Meet => self.barrier.meet()?,
        }
        Ok(())
    }

    fn judge(&self, own: &mut Own<R>, rows: &[usize], how: How) {
        let Task { loss, measure, .. } = *self.task;
        let mut totals = locked(&self.totals);
        self.engine.judge(own, rows.len(), how.learns(), |sample, y, d| {
            loss.judge(measure, y, self.task.target(rows[sample]), d, &mut totals);
        });
        self.is_finite.store(totals.loss.is_finite(), Ordering::Release);
    }
}

/// What phases are for.
#[derive(Debug, Clone, Copy)]
enum How {
    Judge,
    Learn { fresh: bool },
    Move(Optimiser, Step),
}

impl How {
    fn learns(self) -> bool {
        matches!(self, Self::Learn { .. })
    }

    fn is_fresh(self) -> bool {
        matches!(self, Self::Learn { fresh: true })
    }
}

#[cfg(test)]
mod tests;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<R: Laned> Work for Crew<'_, Shared, R> {
    fn work(&self, rank: usize) -> Result<bool, Broken> {
        self.carry_out(rank)
    }

    fn barrier(&self) -> &Barrier {
        &self.barrier
    }

    fn order_end(&self) {
        self.give(Order::End, &[]);
    }
}

/// The thread that gives the orders.
struct Leader<'a, 'b, S: Slots, R: Laned>(&'a Crew<'b, S, R>);

impl<S: Slots, R: Laned> Leader<'_, '_, S, R> {
    fn order(&self, order: Order, rows: &[usize]) -> Totals {
        *locked(&self.0.totals) = Totals::default();
        self.0.give(order, rows);
        // The panic of the other thread is passed on by the team.
        let done = self.0.barrier.meet().and_then(|()| self.0.carry_out(0));
        assert!(done.is_ok(), "a thread of the training has panicked");
        *locked(&self.0.totals)
    }
}

impl<S: Slots, R: Laned> Batches for Leader<'_, '_, S, R> {
    fn spread(&self, rows: &[usize]) -> f64 {
        self.0.task.spread(rows)
    }

    fn load(&mut self, variables: &Variables) {
        locked(&self.0.variables).clone_from(variables);
        self.order(Order::Load, &[]);
    }

    fn store(&mut self, variables: &mut Variables) {
        self.order(Order::Store, &[]);
        variables.clone_from(&locked(&self.0.variables));
    }

    fn judge(&mut self, rows: &[usize]) -> Totals {
        self.order(Order::Judge, rows)
    }

    fn step(&mut self, rows: &[usize], optimiser: Optimiser, step: Step) -> Totals {
        self.order(Order::Learn(optimiser, step), rows)
    }
}
