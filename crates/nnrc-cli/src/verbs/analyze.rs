//! `nnrc analyze`: what is proven of a chemistry, and what was measured.

use std::fmt::Write;

use nnrc_crn::{structure, text};
use nnrc_model::certify::{Certificate, Inputs, certify};
use nnrc_sim::Error;
use serde_json::{Value, json};

use crate::args::AnalyzeArgs;
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::Compiled;
use nnrc::explain::explain;
use nnrc::numbers::{plural, short};
use nnrc::phases::Report;
use nnrc::runner::NEAR;
use nnrc::size::Size;

/// What a simulation from the initial state shows.
struct Measured {
    input: Vec<f64>,
    time: Option<f64>,
    rate: Option<f64>,
}

/// Runs the verb.
pub fn run(session: &Session, args: &AnalyzeArgs) -> Result<(), Stop> {
    let mut loaded = session.load(&args.file.file)?;
    if loaded.model.chemistry.construction == nnrc_model::Construction::OnePot {
        session.terminal.note(super::simulate::ALONE);
        loaded.model = loaded.model.inference();
    }
    // The phases of a clock do not depend on what is computed.
    session.refuse_input(&loaded, &args.values, "leave it out")?;
    let input = session.input(&loaded, &args.values)?;
    let pot = loaded.compile(&input)?;
    if let Some(report) = Report::new(&pot) {
        if session.terminal.is_json() {
            return session.terminal.print_json(&report.json());
        }
        return session.terminal.print(&report.text());
    }
    let is_point = args.values.input.is_some() || args.values.row.is_some() || args.values.data.is_some();
    let inputs = if is_point { Inputs::Point(&input) } else { Inputs::Ranges };
    let certificate = certify(&pot.model, inputs, NEAR);
    let measured = match measure(&pot, &input) {
        Ok(measured) => Some(measured),
        Err(Error::NotSettled { .. }) => None,
        Err(error) => {
            let finding = explain(&pot, &pot.runner(), &error, "the time course");
            return session.terminal.fail(&loaded.source, finding);
        }
    };
    if session.terminal.is_json() {
        return session.terminal.print_json(&as_json(&pot, &certificate, is_point, measured.as_ref()));
    }
    session.terminal.print(&as_text(&pot, &certificate, is_point, measured.as_ref()))
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

fn as_text(pot: &Compiled, certificate: &Certificate, is_point: bool, measured: Option<&Measured>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, pot, certificate, is_point, measured);
    out
}

fn write_text(
    out: &mut String,
    pot: &Compiled,
    certificate: &Certificate,
    is_point: bool,
    measured: Option<&Measured>,
) -> std::fmt::Result {
    let units = pot.time_units();
    let scope = if is_point { "for the given input" } else { "for every input in its range" };
    writeln!(out, "{} ({})\n", pot.model.name, pot.model.chemistry.construction.name())?;
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
    match measured {
        None => writeln!(out, "\nMeasured: the pot does not settle")?,
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
                )?,
                None => writeln!(out, "  settles, but not within a million time units")?,
            }
        }
    }
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

fn as_json(pot: &Compiled, certificate: &Certificate, is_point: bool, measured: Option<&Measured>) -> Value {
    let claims: Vec<Value> = certificate
        .claims
        .iter()
        .map(|claim| {
            json!({ "statement": claim.statement, "theorem": claim.theorem, "hypotheses": claim.hypotheses })
        })
        .collect();
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
        "inputs": if is_point { "point" } else { "ranges" },
        "certified": !claims.is_empty(),
        "claims": claims,
        "obstacles": certificate.obstacles,
        "local_rate": certificate.local_rate,
        "global_rate": certificate.global_rate,
        "settling_time": certificate.settling_time,
        "tolerance": certificate.tolerance,
        "measured": measured.map(|measured| json!({
            "input": measured.input, "settling_time": measured.time, "slowest_rate": measured.rate,
        })),
        "largest_molecularity": pot.lowered.info.by_molecularity().len().saturating_sub(1),
        "realisable": structure::is_realisable(&pot.lowered.crn, &pot.lowered.info),
        "conservation_laws": laws,
        "families": families,
        "size": Size::of(pot).json(),
    })
}
