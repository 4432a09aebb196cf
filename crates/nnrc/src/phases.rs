//! What `nnrc analyze` says of a phased pot: its phases, what each module leaves undone, and the error of a step.

use std::fmt::Write;

use nnrc_crn::{structure, text};
use nnrc_lower::phased::{Clocked, epoch, phases::Phase};
use nnrc_model::activation::Activation;
use nnrc_model::{Clock, Model, NodeKind};
use nnrc_model::{clock, judge};
use serde_json::{Value, json};

use crate::compiled::Compiled;
use crate::cycles::clock_species;
use crate::numbers::{plural, short};
use crate::steps;

/// Steps over which the bound on the error is quoted.
const STEPS: [usize; 3] = [1, 10, 100];

/// A module, and what it leaves undone.
struct Residual {
    module: &'static str,
    /// What decides it, in words.
    by: String,
    /// Part of the change that is missing.
    value: f64,
}

/// All figures.
pub struct Report<'a> {
    pot: &'a Compiled,
    clocked: &'a Clocked,
    /// Length of a phase, and of a cycle.
    length: f64,
    period: f64,
    /// Level of a phase that is off, and largest product of two phases that are not neighbours.
    off: f64,
    residuals: Vec<Residual>,
    /// Part of a register that leaks in a cycle.
    leak: f64,
    /// Error of one step, relative to the largest weight and the largest change.
    step: f64,
    /// The bound on the error of the weights after each of [`STEPS`], where it is known.
    bounds: Option<Vec<f64>>,
    /// How far from the tolerance errors are judged as by plain numbers; none without a judge.
    margin: Option<f64>,
}

impl<'a> Report<'a> {
    /// The figures of a phased pot; none of another.
    pub fn new(pot: &'a Compiled) -> Option<Self> {
        let clocked = pot.lowered.clocked()?;
        let phased = &clocked.settings;
        let length = clock::phase_length(phased);
        let period = clocked.period(&pot.lowered.info);
        let off = clock::off_level(phased);
        let residuals = residuals(&pot.model, clocked, length);
        let leak = off * phased.gated * period;
        let simulation = &pot.model.simulation;
        let step = residuals.iter().map(|residual| residual.value).sum::<f64>()
            + leak
            + simulation.relative
            + simulation.absolute;
        let training = pot.model.clocked_sgd();
        let bounds = training.and_then(|training| steps::bounds(&pot.model, training, step, &STEPS));
        let outputs = pot.model.nodes[pot.model.output].width();
        let tolerance = training.and_then(|training| training.tolerance);
        let margin = tolerance.map(|tolerance| judge::margin(phased, tolerance, outputs));
        Some(Self { pot, clocked, length, period, off, residuals, leak, step, bounds, margin })
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let units = self.pot.time_units();
        let model = &self.pot.model;
        writeln!(out, "{} ({})\n", model.name, model.chemistry.construction.name())?;
        writeln!(
            out,
            "Clock: {}, {} species; a phase lasts {}{units}, a cycle {}{units}",
            clock_words(self.clocked.settings.clock),
            clock_species(&self.pot.lowered.info, self.clocked),
            short(self.length),
            short(self.period)
        )?;
        writeln!(
            out,
            "  a phase that is off rests at {}: phases that are no neighbours overlap by that much",
            short(self.off)
        )?;
        writeln!(out, "\nPhases of a cycle (every second species of the clock; the others are gaps):")?;
        for phase in &self.clocked.phases.all {
            let place = self.clocked.phases.species_of(*phase);
            writeln!(
                out,
                "  {:<12} clock_{:<4} {:>9} to {:>9}   {}",
                phase.to_string(),
                place + 1,
                short(place as f64 * self.length),
                short((place + 1) as f64 * self.length),
                meaning(*phase)
            )?;
        }
        writeln!(out, "\nModules:                  species  reactions   left undone when it counts")?;
        for (name, species, reactions) in self.clocked.sizes(&self.pot.lowered.crn, &self.pot.lowered.info) {
            let residual = self.residuals.iter().find(|residual| residual.module == name);
            let words = residual.map_or(String::new(), |r| format!("{:.1e}   {}", r.value, r.by));
            writeln!(out, "  {name:<22} {species:>8} {reactions:>10}   {words}")?;
        }
        writeln!(
            out,
            "  all                    {:>8} {:>10}",
            self.pot.lowered.info.species_count(),
            self.pot.lowered.info.reaction_count()
        )?;
        if let Some(training) = model.clocked_sgd() {
            let rows = model.rows(&training.data).len();
            let slots = rows + if training.tolerance.is_some() { 2 } else { 0 };
            writeln!(
                out,
                "\nLearning: {} and {} slots in an epoch of {} cycles, time {}{units}",
                plural(rows, "sample"),
                slots - rows,
                slots,
                short(slots as f64 * self.period)
            )?;
            writeln!(out, "  leak of a register in a cycle     {:.1e}", self.leak)?;
            writeln!(out, "  predicted error of one step       {:.1e} of weight and change", self.step)?;
            if let Some(bounds) = &self.bounds {
                let bounds: Vec<String> = STEPS
                    .iter()
                    .zip(bounds)
                    .map(|(steps, bound)| format!("{bound:.1e} after {}", plural(*steps, "step")))
                    .collect();
                writeln!(out, "  error of a weight at most         {}", bounds.join(", "))?;
                writeln!(
                    out,
                    "    (against online steps from the file's weights, as long as the verdicts agree)"
                )?;
            }
            if let Some(margin) = self.margin {
                writeln!(
                    out,
                    "  verdicts are those of numbers     where the error is {margin:.1e} or more off the tolerance"
                )?;
                writeln!(
                    out,
                    "  false halt by leaking turns       {:.1e} in an epoch (halts at 0.05)",
                    self.false_halt(slots)
                )?;
            }
        }
        writeln!(out, "\nConserved by the reactions:")?;
        for law in structure::conservation_laws(&self.pot.lowered.crn, &self.pot.lowered.info) {
            let terms: Vec<String> = law
                .terms
                .iter()
                .map(|(family, c)| format!("{c} {}", text::name(&self.pot.lowered.crn.species[*family])))
                .collect();
            let rest = if law.each_index { "" } else { ", summed over all indices" };
            writeln!(out, "  {}{rest}", terms.join(" + ").replace("+ -", "- "))?;
        }
        writeln!(
            out,
            "\nFamilies of reactions ({} in all):",
            plural(self.pot.lowered.info.reaction_count(), "reaction")
        )?;
        for (handle, family) in self.pot.lowered.crn.reactions.iter() {
            let line = text::reaction(&self.pot.lowered.crn, family);
            let line = line.strip_prefix("family ").unwrap_or(&line);
            writeln!(out, "  {:>8} x  {line}", self.pot.lowered.info.members(handle))?;
        }
        Ok(())
    }

    /// HALT that slots without a turn make in an epoch: the token that leaks ahead, times rate and time of the slot.
    fn false_halt(&self, slots: usize) -> f64 {
        let phased = &self.clocked.settings;
        let rate = match phased.clock {
            Clock::MayLeonard { rate, .. } | Clock::Ring { rate, .. } => epoch::SLOT * rate,
            Clock::External { phase } => epoch::SLOT / phase,
        };
        // While RESET moves the token on, ADVANCE is off but for its level.
        let ahead = self.off * phased.gated * self.length;
        ahead * rate * self.period * slots as f64
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let phases: Vec<Value> = self
            .clocked
            .phases
            .all
            .iter()
            .map(|phase| {
                let place = self.clocked.phases.species_of(*phase);
                json!({ "phase": phase.to_string(), "clock": place + 1, "from": place as f64 * self.length, "to": (place + 1) as f64 * self.length })
            })
            .collect();
        let modules: Vec<Value> = self
            .clocked
            .sizes(&self.pot.lowered.crn, &self.pot.lowered.info)
            .into_iter()
            .map(|(name, species, reactions)| {
                let residual = self.residuals.iter().find(|residual| residual.module == name);
                json!({ "module": name, "species": species, "reactions": reactions, "residual": residual.map(|r| r.value) })
            })
            .collect();
        let bounds: Vec<Value> = STEPS
            .iter()
            .zip(self.bounds.iter().flatten())
            .map(|(steps, bound)| json!({ "steps": steps, "bound": bound }))
            .collect();
        json!({
            "network": self.pot.model.name,
            "construction": self.pot.model.chemistry.construction.name(),
            "phase_length": self.length,
            "cycle": self.period,
            "overlap": self.off,
            "phases": phases,
            "modules": modules,
            "leak": self.leak,
            "step_error": self.step,
            "bounds": bounds,
            "judge_margin": self.margin,
        })
    }
}

fn clock_words(clock: Clock) -> String {
    match clock {
        Clock::MayLeonard { epsilon, rate, gamma, .. } => {
            format!("may_leonard (epsilon {epsilon:e}, rate {}, gamma {})", short(rate), short(gamma))
        }
        Clock::Ring { delta, rate } => format!("ring (delta {delta:e}, rate {})", short(rate)),
        Clock::External { phase } => format!("external (gates on for {})", short(phase)),
    }
}

/// What a phase is for, in words.
pub(crate) fn meaning(phase: Phase) -> &'static str {
    match phase {
        Phase::Reset => "registers return to their start; the turn is kept",
        Phase::Advance => "the next slot has its turn",
        Phase::Load(_) => "pre-activations are stored",
        Phase::Release(_) => "and spent on the activations",
        Phase::Settle(_) => "a fixed point follows its pre-activations",
        Phase::Judge => "the error is set against the tolerance",
        Phase::Latch => "steps and verdict are stored",
        Phase::Transfer => "steps become weights",
    }
}

/// What each module leaves undone: e^(−rate · time) for the time that it has.
fn residuals(model: &Model, clocked: &Clocked, length: f64) -> Vec<Residual> {
    let phased = &clocked.settings;
    let has = |name: &str| clocked.modules.iter().any(|module| module.name == name);
    let mut all = Vec::new();
    let mut add = |module: &'static str, rate: f64, time: f64, what: &str| {
        if has(module) {
            let by = format!("rate {} for {} ({what})", short(rate), short(time));
            all.push(Residual { module, by, value: (-rate * time).exp() });
        }
    };
    let (kg, kc) = (phased.gated, phased.combinational);
    // The last phase's own time, and that of the gap behind it.
    let (one, two) = (length, 2.0 * length);
    add("order", kg, one, "a phase");
    add("assign", kc, one, "the gap behind ADVANCE");
    add("sum", kc, one, "the gap before the load");
    add("exposure", kg, one, "a phase");
    add("sigmoid", 2.0 * kc, one, "a gap");
    add("tanh", 2.0 * kc, one, "a gap");
    add("softmax", kc * softmax_floor(model), one, "a gap, at the smallest sum of exponentials");
    add("softplus", kc, one, "a gap");
    for node in &model.nodes {
        if let NodeKind::Layer { activations, .. } = &node.kind
            && let Some(Activation::SmoothRelu { h }) = activations.first()
        {
            add("smooth_relu", 2.0 * h.sqrt() * kc, two, "a phase and a gap");
            break;
        }
    }
    let depth = model.nodes.iter().filter(|node| matches!(node.kind, NodeKind::Layer { .. })).count() as f64;
    // A verdict comes between the two, with a gap behind it.
    let is_judged = has("judge");
    let since = if is_judged { 2.0 * two } else { two };
    add("derivative", kc, since, "from the last release to the end of the latch");
    add("error", kc, two, if is_judged { "from the last release to the judge" } else { "the same" });
    let parting = judge::parting(phased);
    add(
        "judge",
        parting,
        two,
        "from its phase to the end of the latch: a sample this close to the tolerance is judged in part",
    );
    add("gate", kc, two, "the same");
    add("delta", kc / depth, two, "the same, shared by the layers");
    add("gradient", kc, two, "the same");
    add("latch", kg, one, "a phase");
    add("transfer", kg, one, "a phase; what is left is overwritten");
    all
}

/// The smallest Σ e^z of a softmax layer over the ranges of its pre-activations; 1 where none is known.
fn softmax_floor(model: &Model) -> f64 {
    let width = model.nodes[model.output].width() as f64;
    // Shares are ratios: what matters is that not all pre-activations are far below zero.
    (width * (-2.0_f64).exp()).min(1.0)
}
