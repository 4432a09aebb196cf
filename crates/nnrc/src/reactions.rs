//! The reactions one by one, as text for other programs.

use std::fmt::Write as _;
use std::io::{self, Write};

use nnrc_crn::{Order, expand, namer};
use nnrc_sim::io::table;

use crate::compiled::Compiled;
use crate::numbers::plural;

/// Rows of a feed that a list of reactions shows.
const SHOWN_ROWS: usize = 1000;

/// How to read the values of the network, one line for each input and layer that is worth reading.
pub(crate) fn readings(pot: &Compiled) -> Vec<String> {
    let id = |family: nnrc_crn::Handle<nnrc_crn::SpeciesFamily>| {
        let mut id = String::new();
        namer::species_id(&pot.lowered.crn, &pot.lowered.crn.species[family], 0, &mut id);
        id
    };
    pot.lowered
        .crn
        .observables
        .iter()
        .enumerate()
        .map(|(node, observable)| {
            let mut sum: Vec<String> = observable.positive.iter().map(|&family| id(family)).collect();
            sum.extend(observable.negative.iter().map(|&family| format!("- {}", id(family))));
            let sum = sum.join(" + ").replace("+ - ", "- ");
            let name = pot.value_id(node, 0);
            let equals = if name == sum { name } else { format!("{name} = {sum}") };
            match pot.lowered.crn.axes[observable.axis].size() {
                1 => equals,
                width => format!("{equals}, and so on to {}", pot.value_id(node, width - 1)),
            }
        })
        .collect()
}

/// Writes the reactions one by one, in the form that Nuskell and its relatives read: `A + B -> C [k = 0.5]`.
///
/// That form knows neither `+` nor a fraction beside an exponent, so numbers are written as `0.5` or `15e-7`, and
/// it has no initial concentrations, so these are comments.
pub fn write_reactions(pot: &Compiled, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "# {}: {} species, {}",
        pot.model.name,
        pot.lowered.info.species_count(),
        plural(pot.lowered.info.reaction_count(), "reaction")
    )?;
    writeln!(out, "# Mass action; k in the units of the network: {}.", units(pot))?;
    writeln!(out, "# Read:")?;
    for reading in readings(pot) {
        writeln!(out, "#   {reading}")?;
    }
    writeln!(out, "# Initial concentrations (others are 0):")?;
    for (species, value) in pot.lowered.info.initial_state(&pot.lowered.crn).into_iter().enumerate() {
        if value != 0.0 {
            writeln!(out, "#   {} = {}", pot.species_id(species), table::number(value))?;
        }
    }
    write_protocol(pot, out)?;
    let ids: Vec<String> =
        (0..pot.lowered.info.species_count()).map(|species| pot.species_id(species)).collect();
    let mut line = String::new();
    let mut result = Ok(());
    expand::for_each(&pot.lowered.crn, &pot.lowered.info, |reaction| {
        if result.is_err() {
            return;
        }
        line.clear();
        side(&ids, &reaction.reactants, &mut line);
        line.push_str(if line.is_empty() { "->" } else { " ->" });
        if !reaction.products.is_empty() {
            line.push(' ');
        }
        side(&ids, &reaction.products, &mut line);
        // Writing to a string cannot fail.
        let _ = writeln!(line, " [k = {}]", rate(reaction.k));
        result = out.write_all(line.as_bytes());
    });
    result
}

/// What is set when, as comments.
fn write_protocol(pot: &Compiled, out: &mut dyn Write) -> io::Result<()> {
    write_settings(pot, out)?;
    let Some(feed) = &pot.lowered.crn.protocol.feed else { return Ok(()) };
    let order = match feed.order {
        Order::Cycle => "in this order, again and again".to_owned(),
        Order::Shuffle { seed } => format!("in a random order in each epoch (seed {seed})"),
    };
    writeln!(out, "# Set every {} time units, {order}:", table::number(feed.hold))?;
    let mut values = Vec::new();
    for (shown, &row) in feed.rows.iter().enumerate() {
        if shown == SHOWN_ROWS {
            writeln!(out, "#   and {} more", plural(feed.rows.len() - shown, "row"))?;
            break;
        }
        let mut settings = Vec::new();
        for channel in &feed.channels {
            let range = pot.lowered.info.species_range(channel.species);
            values.resize(range.len(), 0.0);
            feed.fill(channel, row, &mut values);
            settings.extend(range.zip(&values).map(|(species, &value)| {
                format!("{} = {}", pot.species_id(species), table::number(value + 0.0))
            }));
        }
        writeln!(out, "#   {}", settings.join(", "))?;
    }
    if let Some(gate) = &feed.gate {
        let id = pot.species_id(pot.lowered.info.species_index(gate.species, 0));
        let (open, close) = (table::number(gate.open), table::number(gate.close));
        writeln!(out, "# {id} = 1 from {open} to {close} of each, 0 otherwise")?;
    }
    Ok(())
}

/// Single settings: of each the species that stand out, and what the others of the family take.
fn write_settings(pot: &Compiled, out: &mut dyn Write) -> io::Result<()> {
    let protocol = &pot.lowered.crn.protocol;
    if protocol.settings.is_empty() {
        return Ok(());
    }
    let again =
        protocol.period.map_or(String::new(), |period| format!(", again every {}", table::number(period)));
    writeln!(out, "# Set at these times{again}:")?;
    for setting in &protocol.settings {
        let lowest = setting.values.iter().copied().fold(f64::INFINITY, f64::min);
        let members = pot.lowered.info.species_range(setting.species).zip(&setting.values);
        let high: String = members
            .filter(|(_, value)| **value > lowest)
            .map(|(species, value)| format!("{} = {}, ", pot.species_id(species), table::number(*value)))
            .collect();
        let all = if high.is_empty() { "all" } else { "all others" };
        let unless = setting.unless.map_or(String::new(), |above| {
            let id = pot.species_id(pot.lowered.info.species_index(above.species, 0));
            format!("; not while {id} > {}", table::number(above.level))
        });
        let family = &pot.lowered.crn.species[setting.species].stem;
        let (time, lowest) = (table::number(setting.time), table::number(lowest));
        writeln!(out, "#   {time}: {high}{all} of {family} = {lowest}{unless}")?;
    }
    Ok(())
}

fn side(ids: &[String], terms: &[(usize, u32)], line: &mut String) {
    for (at, &(species, stoichiometry)) in terms.iter().enumerate() {
        if at > 0 {
            line.push_str(" + ");
        }
        if stoichiometry != 1 {
            let _ = write!(line, "{stoichiometry} ");
        }
        line.push_str(&ids[species]);
    }
}

fn units(pot: &Compiled) -> String {
    let units = &pot.lowered.crn.units;
    match units.concentration {
        None => "pure numbers".to_owned(),
        Some(molar) => {
            format!("concentration {} M, time {} s", table::number(molar), table::number(units.time))
        }
    }
}

/// A rate constant with digits, an optional point, or an optional exponent, but never the last two together.
fn rate(value: f64) -> String {
    if (1e-5..1e15).contains(&value) {
        return format!("{value}");
    }
    let text = format!("{value:e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shift = exponent.parse::<i64>().unwrap_or_default() - fraction.len() as i64;
    format!("{whole}{fraction}e{shift}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_constants_keep_their_value_without_point_and_exponent_together() {
        for value in [0.5, 1.0, 1e-5, 1.5e-7, 3e-12, 123.25, 2.5e20, 1e300, f64::MIN_POSITIVE] {
            let text = rate(value);
            assert_eq!(text.parse::<f64>().ok(), Some(value), "{text}");
            assert!(!(text.contains('.') && text.contains('e')), "{text}");
            assert!(!text.contains('+'), "{text}");
        }
        assert_eq!(rate(1.5e-7), "15e-8");
    }
}
