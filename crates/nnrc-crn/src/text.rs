//! The text form of the IR: one line for each family.

use std::fmt::Write;

use crate::crn::Crn;
use crate::index::Index;
use crate::info::CrnInfo;
use crate::members;
use crate::namer;
use crate::network::{Part, Rate, ReactionFamily, SpeciesFamily, Term};
use crate::protocol::{Feed, Order};

/// The whole network in text: axes, species, rate constants, reaction families, observables.
pub fn print(crn: &Crn, info: &CrnInfo) -> String {
    let mut out = String::new();
    print_into(crn, info, &mut out).unwrap_or_default();
    out
}

fn print_into(crn: &Crn, info: &CrnInfo, out: &mut String) -> std::fmt::Result {
    writeln!(out, "crn {}", crn.name)?;
    for (_, axis) in crn.axes.iter() {
        let shape: Vec<String> = axis.shape.iter().map(usize::to_string).collect();
        writeln!(out, "axis {} = {}", axis.name, shape.join(" x "))?;
    }
    for (_, family) in crn.species.iter() {
        let role = format!("{:?}", family.role).to_lowercase();
        let axes = axis_names(crn, &family.axes);
        writeln!(out, "species {}{axes}   {role}   initial {}", name(family), range(&family.initial))?;
    }
    for (_, constant) in crn.rate_constants.iter() {
        let axes = axis_names(crn, &constant.axes);
        writeln!(out, "constant {}{axes} = {}", constant.stem, range(&constant.values))?;
    }
    for (handle, family) in crn.reactions.iter() {
        writeln!(out, "{}   # {}", reaction(crn, family), info.members(handle))?;
    }
    for observable in &crn.observables {
        let rails = |families: &[crate::Handle<SpeciesFamily>], sign: &str| -> String {
            families.iter().map(|&f| format!(" {sign} {}", name(&crn.species[f]))).collect()
        };
        let sum = rails(&observable.positive, "+") + &rails(&observable.negative, "-");
        writeln!(out, "observable {} ={}", observable.stem, sum.strip_prefix(" +").unwrap_or(&sum))?;
    }
    for setting in &crn.protocol.settings {
        let species = name(&crn.species[setting.species]);
        let unless = setting.unless.map_or(String::new(), |above| {
            format!("   unless {} > {}", name(&crn.species[above.species]), above.level)
        });
        writeln!(out, "at {}   {species} := {}{unless}", setting.time, range(&setting.values))?;
    }
    if let Some(period) = crn.protocol.period {
        writeln!(out, "period {period}")?;
    }
    match &crn.protocol.feed {
        Some(feed) => print_feed(crn, feed, out),
        None => Ok(()),
    }
}

/// What is set for a row, then when.
fn print_feed(crn: &Crn, feed: &Feed, out: &mut String) -> std::fmt::Result {
    for channel in &feed.channels {
        let family = &crn.species[channel.species];
        let (first, last) = (channel.column + 1, channel.column + family.initial.len());
        let part = match channel.part {
            Part::Whole => "",
            Part::Positive => "+",
            Part::Negative => "-",
        };
        writeln!(out, "set {} := table {} [{first}..{last}]{part}", name(family), channel.table + 1)?;
    }
    if let Some(gate) = &feed.gate {
        let species = name(&crn.species[gate.species]);
        writeln!(out, "set {species} := 1 from {} to {}, else 0", gate.open, gate.close)?;
    }
    let order = match feed.order {
        Order::Cycle => "cycle".to_owned(),
        Order::Shuffle { seed } => format!("shuffle(seed = {seed})"),
    };
    writeln!(out, "feed {order} of {} rows, {} each, {} times", feed.rows.len(), feed.hold, feed.epochs)
}

/// One family, one line.
pub fn reaction(crn: &Crn, family: &ReactionFamily) -> String {
    let over: Vec<String> =
        family.over.iter().map(|v| format!("{}: {}", v.name, crn.axes[v.axis].name)).collect();
    let mut scope = if over.is_empty() { String::new() } else { format!(" [{}]", over.join(", ")) };
    let distinct =
        family.distinct.map(|(a, b)| format!("{} != {}", family.over[a].name, family.over[b].name));
    let within = members::guards(crn, family).into_iter().map(|guard| {
        let form = guard.form.text(|position| &family.over[position].name);
        format!("{form} in {}", crn.axes[guard.axis].name)
    });
    let conditions: Vec<String> = distinct.into_iter().chain(within).collect();
    if !conditions.is_empty() {
        scope.push(' ');
        scope.push_str(&conditions.join(", "));
    }
    format!(
        "family {}{scope}   {} -> {}    {}",
        family.name,
        side(crn, family, &family.reactants),
        side(crn, family, &family.products),
        rate(crn, family, &family.rate)
    )
}

/// A single reaction in text, `2 A + B -> C`, with identifiers.
pub fn single(crn: &Crn, info: &CrnInfo, reactants: &[(usize, u32)], products: &[(usize, u32)]) -> String {
    let side = |terms: &[(usize, u32)]| -> String {
        let parts: Vec<String> = terms
            .iter()
            .map(|&(species, count)| {
                let (family, flat) = info.locate(species);
                let mut id = if count == 1 { String::new() } else { format!("{count} ") };
                namer::species_id(crn, &crn.species[family], flat, &mut id);
                id
            })
            .collect();
        parts.join(" + ")
    };
    format!("{} -> {}", side(reactants), side(products)).trim().to_owned()
}

/// The name of a species family as shown to people: `hidden.Z+`.
pub fn name(family: &SpeciesFamily) -> String {
    let suffix = &family.suffix;
    let (base, rail) = match suffix.strip_suffix('p').or(suffix.strip_suffix('m')) {
        Some(base) if base.is_empty() || base.ends_with('_') => {
            (base.trim_end_matches('_'), if suffix.ends_with('p') { "+" } else { "-" })
        }
        _ => (suffix.as_str(), ""),
    };
    let dot = if base.is_empty() { "" } else { "." };
    format!("{}{dot}{base}{rail}", family.stem)
}

fn side(crn: &Crn, family: &ReactionFamily, terms: &[Term]) -> String {
    if terms.is_empty() {
        return "0".to_owned();
    }
    let parts: Vec<String> = terms
        .iter()
        .map(|term| {
            let count =
                if term.stoichiometry == 1 { String::new() } else { format!("{} ", term.stoichiometry) };
            format!("{count}{}{}", name(&crn.species[term.species]), indices(family, &term.indices))
        })
        .collect();
    parts.join(" + ")
}

fn rate(crn: &Crn, family: &ReactionFamily, rate: &Rate) -> String {
    let part = match rate.part {
        Part::Whole => "",
        Part::Positive => "+",
        Part::Negative => "-",
    };
    format!("{}{part}{}", crn.rate_constants[rate.constant].stem, indices(family, &rate.indices))
}

fn indices(family: &ReactionFamily, indices: &[Index]) -> String {
    if indices.is_empty() {
        return String::new();
    }
    let parts: Vec<String> = indices
        .iter()
        .map(|index| match *index {
            Index::Variable { position, offset: 0 } => family.over[position].name.clone(),
            Index::Variable { position, offset } => format!("{}+{offset}", family.over[position].name),
            Index::At(place) => (place + 1).to_string(),
            Index::Affine(form) => form.text(|position| &family.over[position].name),
        })
        .collect();
    format!("[{}]", parts.join(","))
}

fn axis_names(crn: &Crn, axes: &[crate::Handle<crate::Axis>]) -> String {
    if axes.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = axes.iter().map(|&a| crn.axes[a].name.as_str()).collect();
    format!("[{}]", names.join(", "))
}

fn range(values: &[f64]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low == high { format!("{low}") } else { format!("{low} .. {high}") }
}
