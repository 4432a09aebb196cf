//! A reaction system for Catalyst.jl, as Julia text.
//!
//! Catalyst divides rate constants by factorials of stoichiometries unless it is told not to, so the text says
//! `@combinatoric_ratelaws false`: without it, every quenching would run at half its speed.

use std::io::{self, Write};

use nnrc_crn::{expand, namer};
use nnrc_sim::io::table::number;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::compiled::Compiled;
use crate::failure::Failure;

/// Reactions beyond which Julia takes minutes to compile the text.
const MOST_REACTIONS: usize = 2_000;

/// The text as far as it can be one.
///
/// # Errors
///
/// More than 2,000 reactions; values that are set while the pot runs, for which a reaction system has no words.
pub fn text(pot: &Compiled) -> Result<String, Failure> {
    let (crn, info) = (&pot.lowered.crn, &pot.lowered.info);
    let refused = |message: String, help: &str| {
        Err(pot.failed(Diagnostic::global(Severity::Error, codes::NOT_SERVED, message).help(help)))
    };
    if info.reaction_count() > MOST_REACTIONS {
        let message = format!(
            "Julia text is for at most {MOST_REACTIONS} reactions, and these are {}",
            info.reaction_count()
        );
        return refused(message, "write SBML, which SBMLImporter.jl reads at any size");
    }
    if crn.protocol.feed.is_some() || !crn.protocol.settings.is_empty() {
        let message =
            "a reaction system of Catalyst has no words for values that are set while it runs".to_owned();
        return refused(message, "write SBML, whose events SBMLImporter.jl reads");
    }
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = write(pot, &mut out);
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn write(pot: &Compiled, out: &mut dyn Write) -> io::Result<()> {
    let (crn, info) = (&pot.lowered.crn, &pot.lowered.info);
    writeln!(
        out,
        "# {}: {} species, {} reactions",
        line(&pot.model.name),
        info.species_count(),
        info.reaction_count()
    )?;
    for reading in crate::reactions::readings(pot) {
        writeln!(out, "# Read {reading}")?;
    }
    writeln!(out, "using Catalyst\n\nnetwork = @reaction_network begin")?;
    writeln!(out, "    @combinatoric_ratelaws false")?;
    let ids: Vec<String> = (0..info.species_count()).map(|species| pot.species_id(species)).collect();
    writeln!(out, "    @species begin")?;
    for (id, value) in ids.iter().zip(info.initial_state(crn)) {
        writeln!(out, "        {id}(t) = {}", julia(value))?;
    }
    writeln!(out, "    end\n    @parameters begin")?;
    let mut used: Vec<Vec<bool>> =
        crn.rate_constants.iter().map(|(_, constant)| vec![false; constant.values.len()]).collect();
    expand::for_each(crn, info, |reaction| used[reaction.constant.0.index()][reaction.constant.1] = true);
    let mut id = String::new();
    for (handle, constant) in crn.rate_constants.iter() {
        for (flat, value) in
            constant.values.iter().enumerate().filter(|(flat, _)| used[handle.index()][*flat])
        {
            id.clear();
            namer::rate_constant_id(crn, constant, flat, &mut id);
            writeln!(out, "        {id} = {}", julia(value.abs()))?;
        }
    }
    writeln!(out, "    end")?;
    let mut result = Ok(());
    expand::for_each(crn, info, |reaction| {
        if result.is_ok() {
            id.clear();
            namer::rate_constant_id(
                crn,
                &crn.rate_constants[reaction.constant.0],
                reaction.constant.1,
                &mut id,
            );
            let [left, right] = [&reaction.reactants, &reaction.products].map(|terms| side(&ids, terms));
            result = writeln!(out, "    {id}, {left} --> {right}");
        }
    });
    result?;
    writeln!(out, "end")
}

fn side(ids: &[String], terms: &[(usize, u32)]) -> String {
    let part = |&(species, count): &(usize, u32)| match count {
        1 => ids[species].clone(),
        count => format!("{count}*{}", ids[species]),
    };
    if terms.is_empty() { "∅".to_owned() } else { terms.iter().map(part).collect::<Vec<_>>().join(" + ") }
}

/// Text that stays on its line.
fn line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

/// A number that Julia takes for one of double precision.
fn julia(value: f64) -> String {
    let text = number(value);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}
