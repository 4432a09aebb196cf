//! The answer about a place for people.

use std::fmt::{Result, Write};

use super::shown::{Equation, Listed, ReactionFact, Shown};
use crate::numbers::{count, short};

/// Values of inputs that are written out.
const MOST_INPUTS: usize = 8;

impl Shown {
    /// For people: paragraphs with titles, columns in line.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> Result {
        writeln!(out, "{}: {}", self.place, self.what)?;
        self.remarks.iter().try_for_each(|remark| writeln!(out, "  {remark}"))?;
        if !self.computes.is_empty() {
            writeln!(out, "\nComputes")?;
            self.computes.iter().try_for_each(|formula| writeln!(out, "  {formula}"))?;
        }
        let rows = self.values.shown.iter().map(|value| {
            let chemistry =
                value.chemistry.map_or(String::new(), |value| format!("{} at rest", short(value)));
            vec![value.name.clone(), format!("{} in closed form", short(value.closed_form)), chemistry]
        });
        table(out, "Value", rows.collect(), self.values.left_out)?;
        let rows = self.sources.shown.iter().map(|source| {
            let name = source.source.clone().unwrap_or_else(|| "bias".to_owned());
            let value =
                source.source.as_ref().map_or(String::new(), |_| format!("of {}", short(source.value)));
            vec![name, format!("weight {}", short(source.weight)), source.held_by.join(", "), value]
        });
        table(out, "Fed by", rows.collect(), self.sources.left_out)?;
        let state = if self.moving.is_none() { "at rest" } else { "at the start" };
        let rows = self.species.shown.iter().map(|species| {
            let rest = species.rest.map_or(String::new(), |rest| format!("{} at rest", short(rest)));
            let change = if species.made == 0.0 && species.removed == 0.0 {
                String::new()
            } else {
                format!("made at {}, removed at {}", short(species.made), short(species.removed))
            };
            let initial = format!("{} at the start", short(species.initial));
            vec![species.id.clone(), species.name.clone(), initial, rest, change]
        });
        table(out, "Species", rows.collect(), self.species.left_out)?;
        let rows = self.families.shown.iter().map(|family| {
            let range = match family.range {
                None => String::new(),
                Some((low, high)) if low == high => short(low),
                Some((low, high)) => format!("{} to {}", short(low), short(high)),
            };
            vec![family.name.clone(), count(family.members), range, family.scheme.clone()]
        });
        table(
            out,
            "Families (members, range of their numbers, scheme)",
            rows.collect(),
            self.families.left_out,
        )?;
        let rows = self.constants.shown.iter().map(|constant| {
            vec![
                constant.id.clone(),
                constant.name.clone(),
                short(constant.value),
                reactions(constant.reactions),
            ]
        });
        table(out, "Rate constants", rows.collect(), self.constants.left_out)?;
        reaction_table(out, &format!("Reactions (flux {state})"), &self.reactions)?;
        reaction_table(out, &format!("Read by (flux {state})"), &self.readers)?;
        if !self.equations.is_empty() {
            writeln!(out, "\nEquations")?;
            self.equations.iter().try_for_each(|equation| writeln!(out, "  {}", equation.text()))?;
        }
        let input: Vec<String> = self.input.iter().take(MOST_INPUTS).map(|value| short(*value)).collect();
        let more = if self.input.len() > MOST_INPUTS { ", …" } else { "" };
        writeln!(out, "\nFor input [{}{more}]", input.join(", "))?;
        if let Some(why) = &self.moving {
            writeln!(out, "Concentrations and fluxes are those of the start: {why}")?;
        }
        Ok(())
    }
}

impl Equation {
    /// `d hidden_2/dt = k_h_hidden - k_quench_hidden hidden_2^2`
    pub fn text(&self) -> String {
        let terms = self.terms.shown.join(" ");
        let terms = terms.strip_prefix("+ ").unwrap_or(&terms);
        let more = match self.terms.left_out {
            0 => String::new(),
            left_out => format!(" + … ({} more terms)", count(left_out)),
        };
        format!("d {}/dt = {terms}{more}", self.species)
    }
}

fn reactions(number: usize) -> String {
    match number {
        0 => "in no reaction".to_owned(),
        1 => "in 1 reaction".to_owned(),
        _ => format!("in {} reactions", count(number)),
    }
}

fn reaction_table(out: &mut String, title: &str, reactions: &Listed<ReactionFact>) -> Result {
    let rows = reactions.shown.iter().map(|reaction| {
        let constant = format!("{} = {}", reaction.constant, short(reaction.k));
        vec![reaction.id.clone(), reaction.scheme.clone(), constant, short(reaction.flux)]
    });
    table(out, title, rows.collect(), reactions.left_out)
}

/// Rows below a title, their cells in columns.
fn table(out: &mut String, title: &str, rows: Vec<Vec<String>>, left_out: usize) -> Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .filter(|(_, width)| **width > 0)
            .map(|(cell, &width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "{}", format!("  {}", cells.join("   ")).trim_end())?;
    }
    if left_out > 0 {
        writeln!(out, "  … and {} more", count(left_out))?;
    }
    Ok(())
}
