//! The chemistry layer by layer: families of reactions with their schemes, counts and rate constants.

use nnrc_crn::{expand, text};

use super::escape::escape;
use super::page;
use crate::compiled::Compiled;
use crate::numbers::{count, plural, short};

/// Families that a page shows.
const MOST_FAMILIES: usize = 400;

pub fn html(pot: &Compiled) -> String {
    let (crn, info) = (&pot.lowered.crn, &pot.lowered.info);
    let mut ranges: Vec<Option<(f64, f64)>> = vec![None; crn.reactions.len()];
    expand::for_each(crn, info, |reaction| {
        let range = &mut ranges[reaction.family.index()];
        let (low, high) = range.unwrap_or((reaction.k, reaction.k));
        *range = Some((low.min(reaction.k), high.max(reaction.k)));
    });
    let mut groups: Vec<(&str, usize, Vec<Vec<String>>)> = Vec::new();
    for (handle, family) in crn.reactions.iter().take(MOST_FAMILIES) {
        let members = info.members(handle);
        let Some((low, high)) = ranges[handle.index()] else { continue };
        let name = family.name.split('.').next().unwrap_or_default();
        let range = if low == high { short(low) } else { format!("{} to {}", short(low), short(high)) };
        let line = text::reaction(crn, family);
        // `family hidden.excite [i: hidden, j: x]   x[j] + hidden[i] -> …    k_W_hidden+[i,j]`
        let mut parts = line.split("   ").map(str::trim);
        let scope = parts.next().unwrap_or_default();
        let scope = scope.strip_prefix(&format!("family {}", family.name)).unwrap_or(scope).trim();
        let scheme = parts.next().unwrap_or_default().replace("->", "→");
        let constant = parts.next().unwrap_or_default();
        let row =
            vec![family.name.clone(), scope.to_owned(), scheme, constant.to_owned(), count(members), range];
        match groups.iter_mut().find(|(other, ..)| *other == name) {
            Some((_, reactions, rows)) => {
                *reactions += members;
                rows.push(row);
            }
            None => groups.push((name, members, vec![row])),
        }
    }
    let mut out = String::new();
    for (name, reactions, rows) in groups {
        out.push_str(&format!(
            "<details open><summary>{}: {}</summary>{}</details>\n",
            escape(name),
            plural(reactions, "reaction"),
            page::table(&["family", "over", "scheme", "rate constant", "reactions", "range"], &rows)
        ));
    }
    let left_out = crn.reactions.len().saturating_sub(MOST_FAMILIES);
    if left_out > 0 {
        out.push_str(&format!("<p class=\"out\">{} more families are left out.</p>", count(left_out)));
    }
    out
}
