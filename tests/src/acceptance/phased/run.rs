//! A phased network followed cycle by cycle.

use nnrc_engine::Engine;
use nnrc_lower::{Lowered, lower};
use nnrc_model::Model;
use nnrc_model::{clock, clock::phase_length};
use nnrc_sim::{Integrator, Method, Rises, Tolerances};

use crate::compiled::analyse;

/// A network and its course.
pub struct Run {
    /// The model.
    pub model: Model,
    /// Its chemistry.
    pub lowered: Lowered,
    /// The engine.
    pub engine: Engine,
    rises: Rises,
    /// The end of the last cycle: when the gap behind its last phase begins.
    pub time: f64,
}

/// Far beyond every course.
const END: f64 = 1e9;

/// Compiles a text; panics with its diagnostics.
pub fn compile(text: &str, input: &[f64]) -> (Model, Lowered) {
    let model = analyse(text).unwrap_or_else(|words| panic!("{words}\nin\n{text}"));
    let lowered = lower(&model, input).unwrap_or_else(|finding| panic!("{}", finding.message));
    (model, lowered)
}

/// The clock's tolerance: a ten-thousandth of the level of a phase that is off.
pub fn tolerances(
    model: &Model,
    lowered: &Lowered,
    engine: &Engine,
    (relative, absolute): (f64, f64),
) -> Tolerances {
    engine.tolerances(&lowered.crn, relative, absolute, clock::tolerance(model.chemistry.phased().unwrap()))
}

impl Run {
    /// Begins at the initial state, inputs at 0.
    pub fn new(text: &str, tolerance: (f64, f64), method: Method) -> Self {
        Self::at(text, &[0.0; 64], tolerance, method)
    }

    /// Begins at the initial state for an input.
    pub fn at(text: &str, input: &[f64], tolerance: (f64, f64), method: Method) -> Self {
        let (model, lowered) = compile(text, input);
        let mut engine = Engine::new(&lowered.crn, &lowered.info);
        let state = engine.initial_state();
        let tolerances = tolerances(&model, &lowered, &engine, tolerance);
        let last = engine.state_range(lowered.clocked().unwrap().clock).unwrap().end - 1;
        let rises = Rises::start(&mut engine, method, &tolerances, &state, 0.0..END, (last, 0.5)).unwrap();
        Self { model, lowered, engine, rises, time: 0.0 }
    }

    /// Predicted length of a cycle.
    pub fn period(&self) -> f64 {
        phase_length(self.model.chemistry.phased().unwrap())
            * self.engine.state_range(self.lowered.clocked().unwrap().clock).unwrap().len() as f64
    }

    /// The end of the next cycle; none if the clock has stopped.
    pub fn cycle(&mut self) -> Option<f64> {
        let until = self.time + 2.0 * self.period();
        let found = self.rises.next(&mut self.engine, until, |_| {}).unwrap();
        self.time = found.unwrap_or(self.time);
        found
    }

    /// Goes on for a time; what was reached.
    pub fn pass(&mut self, time: f64) {
        let until = self.integrator().time() + time;
        while self.rises.next(&mut self.engine, until, |_| {}).unwrap().is_some() {}
    }

    /// The integration.
    pub fn integrator(&self) -> &Integrator {
        self.rises.integrator()
    }

    /// Concentrations of a family at the end of the last cycle.
    pub fn family(&self, family: nnrc_crn::Handle<nnrc_crn::SpeciesFamily>) -> Vec<f64> {
        let range = self.engine.state_range(family).unwrap();
        self.rises.state()[range].to_vec()
    }

    /// Weights with biases, tensor by tensor.
    pub fn weights(&self) -> Vec<Vec<f64>> {
        let difference = |[p, m]: [_; 2]| -> Vec<f64> {
            self.family(p).iter().zip(self.family(m)).map(|(p, m)| p - m).collect()
        };
        self.lowered.rails().map(|(_, rails)| difference(rails)).collect()
    }

    /// Values of the output.
    pub fn output(&self) -> Vec<f64> {
        self.engine.observe(self.rises.state(), self.model.output)
    }
}
