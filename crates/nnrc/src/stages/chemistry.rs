//! A chemistry: its families as text, and families or single reactions as JSON objects, one on each line.

use std::io::{self, Write};

use nnrc_crn::{Axis, Handle, expand, text};
use serde_json::{Map, Value, json};

use crate::compiled::Compiled;
use crate::numbers::json as number;

/// Axes, species, rate constants and families of reactions as text.
pub fn families_text(pot: &Compiled) -> String {
    text::print(&pot.lowered.crn, &pot.lowered.info)
}

/// Axes, species, rate constants and families of reactions, an object for each.
///
/// # Errors
///
/// Those of `out`.
pub fn families_json(pot: &Compiled, out: &mut dyn Write) -> io::Result<()> {
    let crn = &pot.lowered.crn;
    let names = |axes: &[Handle<Axis>]| -> Vec<&str> {
        axes.iter().map(|&axis| crn.axes[axis].name.as_str()).collect()
    };
    let numbers = |values: &[f64]| -> Vec<Value> { values.iter().copied().map(number).collect() };
    for (_, axis) in crn.axes.iter() {
        writeln!(out, "{}", json!({ "axis": axis.name, "shape": axis.shape }))?;
    }
    for (_, family) in crn.species.iter() {
        let object = json!({
            "species": text::name(family),
            "axes": names(&family.axes),
            "role": format!("{:?}", family.role).to_lowercase(),
            "initial": numbers(&family.initial),
        });
        writeln!(out, "{object}")?;
    }
    for (_, constant) in crn.rate_constants.iter() {
        let object = json!({
            "constant": constant.stem,
            "axes": names(&constant.axes),
            "values": numbers(&constant.values),
        });
        writeln!(out, "{object}")?;
    }
    for (handle, family) in crn.reactions.iter() {
        let object = json!({
            "family": family.name,
            "scheme": text::reaction(crn, family),
            "reactions": pot.lowered.info.members(handle),
            "order": pot.lowered.info.facts(handle).molecularity,
        });
        writeln!(out, "{object}")?;
    }
    Ok(())
}

/// Every reaction: molecules on either side by species, and its rate constant in the units of the network.
///
/// # Errors
///
/// Those of `out`.
pub fn reactions_json(pot: &Compiled, out: &mut dyn Write) -> io::Result<()> {
    let ids: Vec<String> =
        (0..pot.lowered.info.species_count()).map(|species| pot.species_id(species)).collect();
    let side = |terms: &[(usize, u32)]| -> Map<String, Value> {
        terms.iter().map(|&(species, count)| (ids[species].clone(), json!(count))).collect()
    };
    let mut result = Ok(());
    expand::for_each(&pot.lowered.crn, &pot.lowered.info, |reaction| {
        if result.is_ok() {
            let object = json!({
                "family": pot.lowered.crn.reactions[reaction.family].name,
                "reactants": side(&reaction.reactants),
                "products": side(&reaction.products),
                "k": number(reaction.k),
            });
            result = writeln!(out, "{object}");
        }
    });
    result
}
