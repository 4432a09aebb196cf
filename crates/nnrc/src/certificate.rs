//! What is proven of a chemistry, and what was measured.

use std::fmt::Write;

use nnrc_crn::{structure, text};
use nnrc_model::certify::{Certificate, Claim, Inputs, certify};
use nnrc_sim::Error;
use serde_json::{Value, json};

use crate::compiled::Compiled;
use crate::explain::explain;
use crate::failure::Failure;
use crate::numbers::{plural, short};
use crate::runner::NEAR;
use crate::size::Size;

/// The inputs for which something is to be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those that are given.
    Given,
    /// All in their ranges.
    Ranges,
}

/// What is proven of a pot that comes to rest, and what was measured.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    pot: &'a Compiled,
    /// What is proven.
    pub certificate: Certificate,
    /// For which inputs.
    pub scope: Scope,
    /// What was measured; none: the pot does not settle.
    pub measured: Option<Measured>,
}

/// What a simulation from the initial state shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Values of the inputs.
    pub input: Vec<f64>,
    /// When every concentration is within [`NEAR`] of its end for good; none: not within a million time units.
    pub time: Option<f64>,
    /// The slowest rate of approach.
    pub rate: Option<f64>,
}

impl Compiled {
    /// What is proven of the pot for the inputs of `scope`, and what is measured for `input`, which it was made with.
    /// A pot that a clock runs never rests: of that, [`phases::Report`](crate::phases::Report) tells.
    ///
    /// # Errors
    ///
    /// A time course that cannot be followed. One that does not settle is a result.
    pub fn evidence(&self, input: &[f64], scope: Scope) -> Result<Evidence<'_>, Failure> {
        let inputs = match scope {
            Scope::Given => Inputs::Point(input),
            Scope::Ranges => Inputs::Ranges,
        };
        let certificate = certify(&self.model, inputs, NEAR);
        let measured = match measure(self, input) {
            Ok(measured) => Some(measured),
            Err(Error::NotSettled { .. }) => None,
            Err(error) => return Err(self.failed(explain(self, &self.runner(), &error, "the time course"))),
        };
        Ok(Evidence { pot: self, certificate, scope, measured })
    }
}

impl Evidence<'_> {
    /// For people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "{} ({})\n", self.pot.model.name, self.pot.model.chemistry.construction.name())?;
        self.write_proof(out)?;
        self.write_measured(out)?;
        self.write_chemistry(out)
    }

    fn write_proof(&self, out: &mut String) -> std::fmt::Result {
        let certificate = &self.certificate;
        let scope = match self.scope {
            Scope::Given => "for the given input",
            Scope::Ranges => "for every input in its range",
        };
        if certificate.claims.is_empty() {
            writeln!(out, "Not certified {scope}:")?;
            for obstacle in &certificate.obstacles {
                writeln!(out, "  - {obstacle}")?;
            }
            if certificate.obstacles.is_empty() {
                writeln!(out, "  - no theorem applies")?;
            }
        } else {
            writeln!(out, "Proven {scope}:")?;
            let mut hypotheses: Vec<&str> = Vec::new();
            for claim in &certificate.claims {
                writeln!(out, "  - {}\n      ({})", claim.statement, claim.theorem)?;
                for hypothesis in &claim.hypotheses {
                    if !hypotheses.contains(&hypothesis.as_str()) {
                        hypotheses.push(hypothesis);
                    }
                }
            }
            writeln!(out, "Checked for it:")?;
            for hypothesis in hypotheses {
                writeln!(out, "  - {hypothesis}")?;
            }
        }
        let gaps = [
            ("a settling time", &certificate.unsettled),
            ("a settling time from any start", &certificate.unsettled_any_start),
        ];
        let gaps: Vec<_> = gaps.iter().filter_map(|(what, why)| Some((what, why.as_ref()?))).collect();
        if !gaps.is_empty() {
            writeln!(out, "Not certified {scope}:")?;
        }
        for (what, why) in gaps {
            writeln!(out, "  - {what}: {why}")?;
        }
        Ok(())
    }

    fn write_measured(&self, out: &mut String) -> std::fmt::Result {
        let units = self.pot.time_units();
        match &self.measured {
            None => writeln!(out, "\nMeasured: the pot does not settle"),
            Some(measured) => {
                let input: Vec<String> = measured.input.iter().take(8).map(|value| short(*value)).collect();
                let more = if measured.input.len() > 8 { ", …" } else { "" };
                writeln!(out, "\nMeasured for input [{}{more}], not proven:", input.join(", "))?;
                if let Some(rate) = measured.rate {
                    writeln!(out, "  slowest rate of approach about {} per time unit", short(rate))?;
                }
                match measured.time {
                    Some(time) => writeln!(
                        out,
                        "  within {} of the fixed point after time {}{units}",
                        short(NEAR),
                        short(time)
                    ),
                    None => writeln!(out, "  settles, but not within a million time units"),
                }
            }
        }
    }

    fn write_chemistry(&self, out: &mut String) -> std::fmt::Result {
        let pot = self.pot;
        writeln!(out, "\nReactions: {}", reactions(pot))?;
        let laws = laws(pot);
        writeln!(out, "\nConserved by the reactions:")?;
        if laws.is_empty() {
            writeln!(out, "  nothing but the inputs")?;
        }
        for (law, each) in &laws {
            writeln!(out, "  {law}{}", if *each { "" } else { ", summed over all i" })?;
        }
        writeln!(
            out,
            "\nFamilies of reactions ({} in all):",
            plural(pot.lowered.info.reaction_count(), "reaction")
        )?;
        for (handle, family) in pot.lowered.crn.reactions.iter() {
            let line = text::reaction(&pot.lowered.crn, family);
            let line = line.strip_prefix("family ").unwrap_or(&line);
            writeln!(out, "  {:>8} x  {line}", pot.lowered.info.members(handle))?;
        }
        Ok(())
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let Self { pot, certificate, scope, measured } = self;
        let claim = |claim: &Claim| json!({ "statement": claim.statement, "theorem": claim.theorem, "hypotheses": claim.hypotheses });
        let claims: Vec<Value> = certificate.claims.iter().map(claim).collect();
        let families: Vec<Value> = pot
            .lowered
            .crn
            .reactions
            .iter()
            .map(|(handle, family)| {
                json!({
                    "name": family.name,
                    "scheme": text::reaction(&pot.lowered.crn, family),
                    "reactions": pot.lowered.info.members(handle),
                    "order": pot.lowered.info.facts(handle).molecularity,
                })
            })
            .collect();
        let laws: Vec<Value> =
            laws(pot).into_iter().map(|(law, each)| json!({ "total": law, "each_index": each })).collect();
        json!({
            "network": pot.model.name,
            "construction": pot.model.chemistry.construction.name(),
            "inputs": match scope {
                Scope::Given => "point",
                Scope::Ranges => "ranges",
            },
            "certified": !claims.is_empty(),
            "claims": claims,
            "obstacles": certificate.obstacles.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "local_rate": certificate.local_rate,
            "global_rate": certificate.global_rate,
            "settling_time": certificate.settling_time,
            "settling_time_any_start": certificate.settling_time_any_start,
            "largest_start": certificate.largest_start,
            "not_certified": json!({
                "settling_time": certificate.unsettled.as_ref().map(ToString::to_string),
                "settling_time_any_start": certificate.unsettled_any_start.as_ref().map(ToString::to_string),
            }),
            "tolerance": certificate.tolerance,
            "measured": measured.as_ref().map(|measured| json!({
                "input": measured.input, "settling_time": measured.time, "slowest_rate": measured.rate,
            })),
            "largest_molecularity": pot.lowered.info.by_molecularity().len().saturating_sub(1),
            "realisable": structure::is_realisable(&pot.lowered.crn, &pot.lowered.info),
            "conservation_laws": laws,
            "families": families,
            "size": Size::of(pot).json(),
        })
    }
}

fn measure(pot: &Compiled, input: &[f64]) -> Result<Measured, Error> {
    let mut runner = pot.runner();
    let start = runner.initial_state();
    let mut state = start.clone();
    let settled = runner.settle(&mut state)?;
    let time = match runner.settling_time(&start, &state, &settled) {
        Ok(time) => Some(time),
        Err(Error::NotSettled { .. }) => None,
        Err(error) => return Err(error),
    };
    // Where a theorem gives the rate it is exact; the estimate is good to a few percent.
    let rate = certify(&pot.model, Inputs::Point(input), NEAR).local_rate.or(settled.slowest_rate);
    Ok(Measured { input: input.to_vec(), time, rate })
}

/// What the reactions conserve, and whether each index of it by itself.
fn laws(pot: &Compiled) -> Vec<(String, bool)> {
    structure::conservation_laws(&pot.lowered.crn, &pot.lowered.info)
        .into_iter()
        .map(|law| {
            let terms: Vec<String> = law
                .terms
                .iter()
                .map(|&(family, coefficient)| {
                    let name = text::name(&pot.lowered.crn.species[family]);
                    let index = if pot.lowered.crn.species[family].axes.is_empty() { "" } else { "[i]" };
                    match coefficient {
                        1 => format!("{name}{index}"),
                        -1 => format!("-{name}{index}"),
                        other => format!("{other} {name}{index}"),
                    }
                })
                .collect();
            (terms.join(" + ").replace("+ -", "- "), law.each_index)
        })
        .collect()
}

/// Molecularity and realisability in words.
fn reactions(pot: &Compiled) -> String {
    let most = pot.lowered.info.by_molecularity().len().saturating_sub(1);
    let realisable = if structure::is_realisable(&pot.lowered.crn, &pot.lowered.info) {
        "realisable"
    } else {
        "not realisable"
    };
    format!(
        "at most {} on the left; {realisable}: whatever is consumed is a reactant",
        plural(most, "molecule")
    )
}
