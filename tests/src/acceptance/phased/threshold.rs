//! Where the judge draws the line when every rate constant of the pot is off.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use nnrc_engine::{Engine, NoisyEngine};
use nnrc_lower::Lowered;
use nnrc_model::Model;
use nnrc_model::clock::phase_length;
use nnrc_noise::{Distribution, Disturbance, Disturber, Rates};
use nnrc_sim::Method;

use super::run::{compile, tolerances};
use crate::{Effort, Finding};

const TOLERANCE: f64 = 0.25;
/// Halvings of an interval of ± 40 % about the tolerance.
const HALVINGS: usize = 10;
const REACH: f64 = 0.4;
/// At most so many sizes of the noise may the threshold's be.
const LARGEST: f64 = 1.5;

/// A pot of one unit and one sample, whose pre-activation is its bias.
struct Pot {
    model: Model,
    lowered: Lowered,
    engine: NoisyEngine,
    target: f64,
}

impl Pot {
    fn new(activation: &str, target: f64) -> Self {
        let text = format!(
            "dataset d = rows([{{ x = [0], t = [{target}] }}]);\n\
             network n {{ input x[1]; layer y = dense(1) | {activation}(); output y; }}\n\
             weights {{ y.W = [[0]]; y.b = [0]; }}\nchemistry {{ construction = phased; }}\n\
             train {{ data = d; rule = sgd(rate = 1e-9); epochs = 2; stop when error < {TOLERANCE}; }}\n"
        );
        let (model, lowered) = compile(&text, &[]);
        let engine = NoisyEngine::new(&lowered.crn, &lowered.info);
        Self { model, lowered, engine, target }
    }

    /// The error that the pot makes with a bias, and whether it is called a violation: |y − t| by the output that stands
    /// in the pot, and K, at the end of the first cycle.
    fn judged(&self, bias: f64, noise: f64, replicate: u64) -> (f64, bool) {
        let mut engine = self.engine.clone();
        let plain = Engine::new(&self.lowered.crn, &self.lowered.info);
        let tolerances = tolerances(&self.model, &self.lowered, &plain, (1e-9, 1e-12));
        let rates = Rates::Static { size: noise, distribution: Distribution::LogNormal };
        let disturbance = Disturbance { rates, ..Disturbance::default() };
        let mut disturber =
            Disturber::new(&mut engine, disturbance, (1, replicate), Method::Explicit, &tolerances);
        let mut state = engine.initial_state();
        let (_, [plus, minus]) = self.lowered.rails().nth(1).unwrap();
        state[engine.state_range(plus).unwrap().start] = bias.max(0.0);
        state[engine.state_range(minus).unwrap().start] = (-bias).max(0.0);
        let clocked = self.lowered.clocked().unwrap();
        let range = engine.state_range(clocked.clock).unwrap();
        let length = phase_length(self.model.chemistry.phased().unwrap());
        loop {
            let before = state[range.end - 1];
            disturber.advance(&mut engine, &mut state, length / 4.0).unwrap();
            if before < 0.5 && state[range.end - 1] >= 0.5 {
                break;
            }
        }
        let y = engine.observe(&state, self.model.output)[0];
        let verdict = clocked.learning.unwrap().judge.unwrap().verdict;
        ((y - self.target).abs(), state[engine.state_range(verdict).unwrap().start] > 0.5)
    }

    /// The error at which the verdict changes, by halving; relative to the tolerance, less one.
    fn threshold(&self, noise: f64, replicate: u64) -> f64 {
        // Biases of errors on either side.
        let bias = |error: f64| {
            let y = self.target + if self.target > 0.5 { -error } else { error };
            match self.model.nodes[self.model.output].ranges[0].low < 0.0 {
                true => y.atanh(),
                false => (y / (1.0 - y)).ln(),
            }
        };
        let (mut low, mut high) = (TOLERANCE * (1.0 - REACH), TOLERANCE * (1.0 + REACH));
        let mut ends = [0.0; 2];
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            let (error, is_guilty) = self.judged(bias(middle), noise, replicate);
            if is_guilty {
                high = middle;
            } else {
                low = middle;
            }
            ends[usize::from(is_guilty)] = error;
        }
        (ends[0] + ends[1]) / 2.0 / TOLERANCE - 1.0
    }
}

/// How much the threshold spreads, and its mean.
fn spread(pot: &Pot, noise: f64, seeds: u64) -> (f64, f64) {
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed) as u64;
            if seed >= seeds {
                break;
            }
            let own = pot.threshold(noise, seed);
            all.lock().unwrap().push((seed, own));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let mut all = all.into_inner().unwrap();
    all.sort_by_key(|(seed, _)| *seed);
    let mean = all.iter().map(|(_, own)| own).sum::<f64>() / seeds as f64;
    let squares: f64 = all.iter().map(|(_, own)| (own - mean).powi(2)).sum();
    ((squares / (seeds - 1) as f64).sqrt(), mean)
}

/// The spread of the threshold under static noise of all rate constants, at most one and a half times that of a constant.
pub fn thresholds(effort: Effort) -> Vec<Finding> {
    let seeds = if effort == Effort::Full { 40 } else { 20 };
    let mut findings = Vec::new();
    let pots = [("sigmoid", 0.0), ("tanh", 1.0), ("sigmoid", 1.0), ("sigmoid", 0.5)];
    for &(activation, target) in &pots[..if effort == Effort::Full { 4 } else { 2 }] {
        let pot = Pot::new(activation, target);
        let cases: &[f64] = if effort == Effort::Full { &[0.01, 0.03, 0.1] } else { &[0.03] };
        for &noise in cases {
            let (spread, mean) = spread(&pot, noise, seeds);
            // Targets between the ends, and much noise, are reported.
            let is_claimed = target != 0.5 && noise <= 0.03;
            findings.push(Finding::new(
                format!(
                    "the judge of a {activation} with the target {target}: under static noise of {noise} on every rate constant, \
                     {seeds} seeds, the standard deviation of its threshold, relative to the tolerance{}",
                    if is_claimed { format!(", is at most {LARGEST} times the noise") } else { String::new() }
                ),
                format!(
                    "{spread:.4}, {:.2} times the noise; mean {mean:+.4} ± {:.4}",
                    spread / noise,
                    spread / (seeds as f64).sqrt()
                ),
                !is_claimed || spread <= LARGEST * noise,
            ));
        }
    }
    findings
}
