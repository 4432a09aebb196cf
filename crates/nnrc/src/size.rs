//! The size of a chemistry, and what in it may surprise.

use nnrc_crn::{structure, text};
use nnrc_model::Construction;
use nnrc_sbml::{Options, estimate, size_estimate};
use nnrc_syntax::{Diagnostic, Severity, codes};
use serde_json::{Value, json};

use crate::compiled::Compiled;
use crate::numbers::{count, duration, plural, short, size};
use crate::sbml::described_by;

/// Above this ratio of rate constants, solvers and wet labs get into trouble.
const WIDE: f64 = 1e6;

/// The same where learning is slow on purpose: weights move by a small part of the speed of the neurons, and forget
/// by a small part of that.
const WIDE_LEARNING: f64 = 1e9;

/// What the chemistry costs.
pub struct Size {
    species: usize,
    by_order: Vec<usize>,
    reactions: usize,
    families: usize,
    rates: Option<(f64, f64)>,
    sbml: estimate::SizeEstimate,
}

impl Size {
    /// Counts; the file is that of `nnrc compile --target sbml`, without its notes.
    pub fn of(pot: &Compiled) -> Self {
        let described_by = described_by(pot.model.chemistry.construction);
        let options = &Options { described_by, ..Options::default() };
        Self {
            species: pot.lowered.info.species_count(),
            by_order: pot.lowered.info.by_molecularity(),
            reactions: pot.lowered.info.reaction_count(),
            families: pot.lowered.crn.reactions.len(),
            rates: pot.lowered.info.rate_range(),
            sbml: size_estimate(&pot.lowered.crn, &pot.lowered.info, options),
        }
    }

    /// For people.
    pub fn text(&self) -> String {
        let orders: Vec<String> = self
            .by_order
            .iter()
            .enumerate()
            .filter(|(_, reactions)| **reactions > 0)
            .map(|(order, reactions)| format!("{} of order {order}", count(*reactions)))
            .collect();
        let rates = match self.rates {
            Some((low, high)) if low == high => short(low),
            Some((low, high)) => format!("{} to {}", short(low), short(high)),
            None => "none".to_owned(),
        };
        let orders = if orders.is_empty() { String::new() } else { format!(": {}", orders.join(", ")) };
        format!(
            "species         {}\n\
             reactions       {}{orders}\n\
             families        {}\n\
             rate constants  {rates}\n\
             SBML            about {}, loads in {} (libRoadRunner), {} (COPASI)\n",
            count(self.species),
            count(self.reactions),
            count(self.families),
            size(self.sbml.bytes),
            duration(self.sbml.roadrunner_seconds).trim_start_matches("about "),
            duration(self.sbml.copasi_seconds).trim_start_matches("about "),
        )
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "species": self.species,
            "reactions": self.reactions,
            "reactions_by_order": self.by_order,
            "families": self.families,
            "rate_range": self.rates.map(|(low, high)| [low, high]),
            "sbml_bytes": self.sbml.bytes,
            "roadrunner_load_seconds": self.sbml.roadrunner_seconds,
            "copasi_load_seconds": self.sbml.copasi_seconds,
        })
    }
}

/// What may surprise users of this chemistry. `for_sbml`: whether tools of SBML are to load it.
pub fn warnings(pot: &Compiled, for_sbml: bool) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let reactions = pot.lowered.info.reaction_count();
    if let Some(advice) = estimate::advice(reactions).filter(|_| for_sbml) {
        findings.push(
            Diagnostic::global(
                Severity::Warning,
                codes::MANY_REACTIONS,
                format!("the network has {}", plural(reactions, "reaction")),
            )
            .help(advice),
        );
    }
    let wide = match pot.model.chemistry.construction {
        Construction::FixedPoint(_) => WIDE,
        Construction::OnePot(_) => WIDE_LEARNING,
        // A chemical clock is made of a tiny inflow and fast competition.
        Construction::Phased(_) => f64::INFINITY,
    };
    if let Some((low, high)) = pot.lowered.info.rate_range().filter(|(low, high)| high / low > wide) {
        findings.push(
            Diagnostic::global(
                Severity::Warning,
                codes::WIDE_RATE_RANGE,
                format!("rate constants span from {} to {}", short(low), short(high)),
            )
            .help(smallest(pot, low))
            .help(largest(pot, high)),
        );
    }
    let names = |families: Vec<nnrc_crn::Handle<nnrc_crn::SpeciesFamily>>| -> Vec<String> {
        families
            .into_iter()
            .map(|family| format!("`{}`", text::name(&pot.lowered.crn.species[family])))
            .collect()
    };
    let unread = names(structure::unread_species(&pot.lowered.crn, &pot.lowered.info));
    if !unread.is_empty() {
        findings.push(Diagnostic::global(
            Severity::Note,
            codes::UNUSED_NAME,
            format!("nothing reads the species {}", unread.join(", ")),
        ));
    }
    let dead = names(structure::dead_species(&pot.lowered.crn, &pot.lowered.info));
    if !dead.is_empty() {
        findings.push(Diagnostic::global(
            Severity::Note,
            codes::UNUSED_NAME,
            format!("nothing makes the species {}: they stay at zero", dead.join(", ")),
        ));
    }
    findings
}

/// What the smallest rate constant is, and what makes it larger if it is far below 1.
fn smallest(pot: &Compiled, low: f64) -> String {
    let Some((constant, name)) = constant_of(pot, low) else {
        return format!("the smallest is {}", short(low));
    };
    let is_of = |kind: &str| low < 1e-3 && constant.stem.starts_with(kind);
    let remedy = if is_of("k_W_") {
        ": tiny weights can be cut: `weights from \"…\" { prune = 1e-4; }`"
    } else if is_of("k_b_") {
        ": write 0 if this bias hardly counts"
    } else if is_of("k_h_") {
        ": a larger `h` brings it closer to the others"
    } else {
        ""
    };
    format!("the smallest is `{name}`{remedy}")
}

/// What the largest rate constant is, and what makes it smaller if it is far above 1.
fn largest(pot: &Compiled, high: f64) -> String {
    let Some((constant, name)) = constant_of(pot, high) else {
        return format!("the largest is {}", short(high));
    };
    let is_of = |kind: &str| high > 1e3 && constant.stem.starts_with(kind);
    let remedy = if is_of("k_W_") || is_of("k_b_") {
        ": weights are smaller after training with `decay`, or on scaled inputs"
    } else if is_of("k_annihilation_") {
        ": `chemistry { speeds = { annihilation = … }; }` sets it"
    } else {
        ""
    };
    format!("the largest is `{name}`{remedy}")
}

/// The first rate constant of this magnitude, and its human name with indices.
fn constant_of(pot: &Compiled, value: f64) -> Option<(&nnrc_crn::RateConstant, String)> {
    pot.lowered.crn.rate_constants.iter().find_map(|(_, constant)| {
        let mut at = constant.values.iter().position(|own| own.abs() == value)?;
        let mut indices = Vec::new();
        for &size in
            constant.axes.iter().rev().flat_map(|&axis| pot.lowered.crn.axes[axis].shape.iter().rev())
        {
            indices.push((at % size + 1).to_string());
            at /= size;
        }
        indices.reverse();
        let label = &constant.origin.label;
        let name = if indices.is_empty() { label.clone() } else { format!("{label}[{}]", indices.join(",")) };
        Some((constant, name))
    })
}
