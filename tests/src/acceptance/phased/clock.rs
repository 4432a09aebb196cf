//! The chemical clock by itself: period, overlap, memory.

use nnrc_engine::Engine;
use nnrc_lower::Lowered;
use nnrc_model::clock as rules;
use nnrc_sim::{Method, Rises};

use super::learning::{TOLERANCE, arranged, distance, learner, references, step, table};
use super::modules::alone;
use super::run::{Run, compile};
use crate::Finding;

/// The smallest phased network, whose clock has 6 species, with a clock of at least `species`.
fn text(clock: &str) -> String {
    format!(
        "network net {{ input x[1]; layer y = dense(1) | sigmoid(); output y; }}\n\
         weights {{ y.W = [[1]]; y.b = [0]; }}\nchemistry {{ construction = phased; clock = {clock}; }}\n"
    )
}

/// A clock under observation.
struct Watch {
    engine: Engine,
    tolerances: nnrc_sim::Tolerances,
    state: Vec<f64>,
    time: f64,
}

/// What a number of cycles showed.
struct Seen {
    /// Mean period.
    period: f64,
    /// Largest product of two species that are no neighbours.
    overlap: f64,
}

impl Watch {
    fn new(clock: &str) -> (Self, Lowered) {
        let (model, lowered) = compile(&text(clock), &[0.0]);
        let (crn, info) = alone(&lowered, &["clock"]);
        let engine = Engine::new(&crn, &info);
        let tolerance = rules::tolerance(model.chemistry.phased().unwrap());
        let tolerances = engine.tolerances(&crn, 1e-8, 1e-10, tolerance);
        let state = engine.initial_state();
        (Self { engine, tolerances, state, time: 0.0 }, lowered)
    }

    /// Follows some cycles from the present state.
    fn cycles(&mut self, count: usize) -> Seen {
        let (mut first, mut last, mut overlap) = (None, 0.0, 0.0f64);
        let span = self.time..1e12;
        let mut rises =
            Rises::start(&mut self.engine, Method::Explicit, &self.tolerances, &self.state, span, (0, 0.5))
                .unwrap();
        for _ in 0..=count {
            let product = |integrator: &nnrc_sim::Integrator| {
                let state = integrator.state();
                let n = state.len();
                for i in 0..n {
                    for j in 0..i {
                        let apart = (i - j).min(n - (i - j));
                        if apart > 1 {
                            overlap = overlap.max(state[i] * state[j]);
                        }
                    }
                }
            };
            last = rises.next(&mut self.engine, 1e12, product).unwrap().unwrap();
            first.get_or_insert(last);
        }
        self.state = rises.state().to_vec();
        self.time = last;
        Seen { period: (last - first.unwrap()) / count as f64, overlap }
    }
}

/// Period and overlap for the sizes and levels, after many periods, and after a perturbation.
pub fn periods(long: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    for species in [6, 16] {
        for epsilon in [1e-6, 1e-9, 1e-12f64] {
            let clock = format!("may_leonard(epsilon = {epsilon:e}, species = {species})");
            let (mut watch, _) = Watch::new(&clock);
            let expected = -(species as f64) * epsilon.ln();
            watch.cycles(2);
            let early = watch.cycles(4);
            watch.cycles(long);
            let late = watch.cycles(4);
            for value in &mut watch.state {
                *value *= 1.2;
            }
            watch.cycles(2);
            let perturbed = watch.cycles(4);
            let deviation = |seen: &Seen| (seen.period / expected - 1.0).abs();
            let worst = deviation(&early).max(deviation(&late)).max(deviation(&perturbed));
            let overlap = early.overlap.max(late.overlap).max(perturbed.overlap);
            findings.push(Finding::new(
                format!(
                    "clock of {species} species, epsilon {epsilon:e}: period n ln(1/epsilon)/k = {expected:.2} within 0.1 %, also after \
                     {long} periods and after a perturbation of 20 %; overlap of phases that are no neighbours at most 1.001 epsilon"
                ),
                format!(
                    "{:.3}, {:.3}, {:.3}: off by {:.4} %; overlap {:.6} epsilon",
                    early.period,
                    late.period,
                    perturbed.period,
                    100.0 * worst,
                    overlap / epsilon
                ),
                worst <= 1e-3 && overlap <= 1.001 * epsilon,
            ));
        }
    }
    findings
}

/// The ring conserves Σ O and ln Π O, so that it remembers a perturbation; the other clock forgets it.
pub fn memory() -> Vec<Finding> {
    let mut kept = Vec::new();
    for clock in ["may_leonard(epsilon = 1e-6)", "ring(delta = 1e-6)"] {
        let (mut watch, _) = Watch::new(clock);
        watch.cycles(2);
        let before = watch.cycles(4).period;
        for value in &mut watch.state {
            *value *= 1.2;
        }
        watch.cycles(2);
        kept.push((watch.cycles(4).period / before - 1.0).abs());
    }
    vec![Finding::new(
        "a perturbation of 20 %: may_leonard forgets it (period back within 0.01 %), ring does not (more than 1 % off)",
        format!("{:.1e} and {:.1e}", kept[0], kept[1]),
        kept[0] <= 1e-4 && kept[1] > 1e-2,
    )]
}

/// A learner on a ring: one epoch of OR, without a judge.
pub fn ring_learner() -> Vec<Finding> {
    let reference = references().into_iter().find(|reference| reference.gate == "or").unwrap();
    let rows = table("or");
    let text = learner(&rows, &reference.weights, 4.0, "", "clock = ring(delta = 1e-9);");
    let mut run = Run::new(&text, TOLERANCE, Method::Explicit);
    let run_start = reference.weights;
    let mut plain = run_start.clone();
    let (mut worst, mut ends) = (0.0f64, vec![0.0]);
    for row in &rows {
        ends.extend(run.cycle());
        step(&mut plain, row, 4.0, 0.0);
        worst = worst.max(distance(&arranged(&run.weights()), &plain));
    }
    let cycles: Vec<f64> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let judged = learner(&rows, &run_start, 4.0, "stop when error < 0.25;", "clock = ring(delta = 1e-12);");
    let refused = crate::compiled::analyse(&judged).err().unwrap_or_default();
    vec![
        Finding::new(
            "a judge beside a ring with delta = 1e-12, which halts falsely, is refused",
            if refused.contains("phase-leak") { "phase-leak" } else { "accepted" },
            refused.contains("phase-leak"),
        ),
        Finding::new(
            "a learner of OR on a ring, delta = 1e-9: every cycle of an epoch is an online step, weights within 2e-5",
            format!("largest deviation {worst:.1e}; cycles of {cycles:.1?} time units"),
            worst <= 2e-5 && cycles.len() == rows.len(),
        ),
    ]
}
