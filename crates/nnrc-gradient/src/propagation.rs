//! Values and gradients of some samples, in this thread.

use nnrc_sim::train::Variables;

use crate::engine::{Engine, Own};
use crate::graph::Graph;
use crate::lanes::Laned;
use crate::schedule::{Phase, Schedule};
use crate::slots::Alone;

/// Forward and backward propagation of up to a number of samples through a network.
pub struct Propagation<'a, R: Laned = f64> {
    engine: Engine<'a, Alone, R>,
    own: Own<R>,
    schedule: Schedule,
    room: usize,
    /// Samples that went forward last.
    rows: usize,
    parameters: usize,
}

impl<'a, R: Laned> Propagation<'a, R> {
    /// Room for `rows` samples at once, with the parameters that the network begins with.
    pub fn new(graph: &'a Graph, rows: usize) -> Self {
        let is_shared = vec![false; graph.nodes.len()];
        let room = rows.max(1);
        let (engine, mut owns) = Engine::new(graph, &is_shared, 1, room);
        let own = owns.swap_remove(0);
        let (schedule, parameters) = (Schedule::new(graph, &is_shared), graph.initial().len());
        let mut new = Self { engine, own, schedule, room, rows: 0, parameters };
        new.set_parameters(graph.initial());
        new
    }

    /// Takes other parameters.
    ///
    /// # Panics
    ///
    /// If there are fewer than the network has.
    pub fn set_parameters(&mut self, parameters: &[f64]) {
        let parameters = parameters.to_vec();
        self.engine.load(&mut self.own, &Variables { parameters, ..Variables::default() });
    }

    /// Values of all nodes.
    ///
    /// # Panics
    ///
    /// If there are no samples, or more than there is room for.
    pub fn forward(&mut self, samples: &[&[R]]) {
        assert!((1..=self.room).contains(&samples.len()), "{} samples of {}", samples.len(), self.room);
        self.rows = samples.len();
        for phase in &self.schedule.judge {
            if let Phase::Forward(at) = *phase {
                self.engine.forward(at, &mut self.own, samples);
            }
        }
    }

    /// Outputs, a row for each sample.
    pub fn outputs(&mut self) -> Vec<f64> {
        let mut outputs = Vec::new();
        self.engine.judge(&mut self.own, self.rows, false, |_, y, _| outputs.extend_from_slice(y));
        outputs
    }

    /// The gradient of a loss that is summed over the samples, from its derivatives by the outputs: `slope` is called
    /// for each sample with its number and outputs, and writes them.
    pub fn backward(&mut self, mut slope: impl FnMut(usize, &mut [f64], &mut [f64])) {
        self.engine.judge(&mut self.own, self.rows, true, &mut slope);
        for phase in &self.schedule.learn {
            match *phase {
                Phase::Backward(at) => self.engine.backward(at, &mut self.own, self.rows, true),
                Phase::Spread { from, place, fresh } => {
                    self.engine.spread((from, place, fresh), &mut self.own, self.rows);
                }
                Phase::Forward(_) | Phase::Judge | Phase::Update(_) | Phase::Meet => {}
            }
        }
    }

    /// The gradient of the last way back, in the order of the parameters.
    pub fn gradient(&self) -> Vec<f64> {
        let mut flat = vec![0.0; self.parameters];
        self.engine.gradient(&self.own, &mut flat);
        flat
    }
}
