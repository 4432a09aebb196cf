//! What the chemistry consists of, as a list beside the columns: families of reactions with their schemes, or, where
//! there are too many, the modules that they belong to.

use nnrc_crn::text;

use super::layout::MARGIN;
use super::pen::Pen;
use crate::compiled::Compiled;
use crate::numbers::{count, plural};
use crate::plot::legend::cut;

/// Families that are listed with their schemes.
const MOST_FAMILIES: usize = 18;
/// Entries of any list.
const MOST_ENTRIES: usize = 32;
/// Characters of a scheme.
const LONGEST: usize = 52;
/// Pixels of a character.
const CHARACTER: f64 = 5.9;

/// The list.
pub struct Families {
    title: String,
    /// Name, number of reactions, and scheme.
    entries: Vec<(String, String, String)>,
    more: Option<String>,
}

impl Families {
    pub fn new(pot: &Compiled) -> Self {
        let (crn, info) = (&pot.lowered.crn, &pot.lowered.info);
        let families = || crn.reactions.iter().filter(|(handle, _)| info.members(*handle) > 0);
        let number = families().count();
        let title = format!(
            "{} in {}",
            plural(info.reaction_count(), "reaction"),
            if number == 1 { "1 family".to_owned() } else { format!("{} families", count(number)) }
        );
        let mut entries: Vec<(String, usize, String)> = Vec::new();
        if number <= MOST_FAMILIES {
            entries.extend(families().map(|(handle, family)| {
                let line = text::reaction(crn, family);
                let scheme = line.split("   ").nth(1).unwrap_or_default();
                let scheme = scheme.trim().split("    ").next().unwrap_or_default();
                (family.name.clone(), info.members(handle), cut(&scheme.replace("->", "→"), LONGEST))
            }));
        } else if let Some(clocked) = pot.lowered.clocked() {
            let sizes = clocked.sizes(crn, info).into_iter().filter(|(_, _, reactions)| *reactions > 0);
            entries.extend(sizes.map(|(name, _, reactions)| (name.to_owned(), reactions, String::new())));
        } else {
            // What comes before the last point: the value that the reactions make.
            for (handle, family) in families() {
                let name = family.name.rsplit_once('.').map_or(family.name.as_str(), |(name, _)| name);
                match entries.iter_mut().find(|(other, ..)| other == name) {
                    Some((_, reactions, _)) => *reactions += info.members(handle),
                    None => entries.push((name.to_owned(), info.members(handle), String::new())),
                }
            }
        }
        let hidden = entries.split_off(entries.len().min(MOST_ENTRIES));
        let reactions: usize = hidden.iter().map(|(_, reactions, _)| reactions).sum();
        let more = (!hidden.is_empty())
            .then(|| format!("and {} more, {}", count(hidden.len()), plural(reactions, "reaction")));
        let entries = entries.into_iter().map(|(name, reactions, scheme)| (name, count(reactions), scheme));
        Self { title, entries: entries.collect(), more }
    }

    fn line(&self) -> f64 {
        if self.entries.iter().all(|(_, _, scheme)| scheme.is_empty()) { 18.0 } else { 34.0 }
    }

    pub fn height(&self) -> f64 {
        34.0 + self.line() * (self.entries.len() + usize::from(self.more.is_some())) as f64
    }

    pub fn width(&self) -> f64 {
        let names = self.entries.iter().map(|(name, ..)| 1.2 * name.chars().count() as f64 + 8.0);
        let schemes = self.entries.iter().map(|(_, _, scheme)| scheme.chars().count() as f64 + 8.0);
        let title = 1.5 * self.title.chars().count() as f64;
        CHARACTER * names.chain(schemes).fold(title, f64::max) + MARGIN
    }

    /// Draws it with its corner at (x, y).
    pub fn draw(&self, pen: &mut Pen, (x, y): (f64, f64)) {
        pen.name(x, y + 4.0, "start", &self.title);
        let mut y = y + 28.0;
        for (name, reactions, scheme) in &self.entries {
            pen.text(x + 38.0, y, "end", reactions);
            pen.text(x + 48.0, y, "start", name);
            if !scheme.is_empty() {
                pen.faint(x + 48.0, y + 14.0, "start", scheme);
            }
            y += self.line();
        }
        if let Some(more) = &self.more {
            pen.faint(x + 48.0, y, "start", more);
        }
    }
}
