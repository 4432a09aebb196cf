//! The size of a chemistry, and its reactions one by one.

use std::fmt::Write as _;
use std::io::{self, Write};

use nnrc_crn::{Order, expand, namer, structure, text};
use nnrc_model::Construction;
use nnrc_sbml::{Options, estimate, size_estimate};
use nnrc_sim::io::table;
use nnrc_syntax::{Diagnostic, Severity, codes};
use serde_json::{Value, json};

use crate::numbers::{count, duration, plural, short, size};
use crate::pot::Pot;

/// Above this ratio of rate constants, solvers and wet labs get into trouble.
const WIDE: f64 = 1e6;

/// The same where learning is slow on purpose: weights move by a small part of the speed of the neurons, and forget
/// by a small part of that.
const WIDE_LEARNING: f64 = 1e9;

/// Rows of a feed that a list of reactions shows.
const SHOWN_ROWS: usize = 1000;

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
    /// Counts.
    pub fn of(pot: &Pot<'_>, options: &Options) -> Self {
        Self {
            species: pot.info.species_count(),
            by_order: pot.info.by_molecularity(),
            reactions: pot.info.reaction_count(),
            families: pot.crn.reactions.len(),
            rates: pot.info.rate_range(),
            sbml: size_estimate(&pot.crn, &pot.info, options),
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
pub fn warnings(pot: &Pot<'_>, for_sbml: bool) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let reactions = pot.info.reaction_count();
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
        Construction::FixedPoint => WIDE,
        Construction::OnePot => WIDE_LEARNING,
        // A chemical clock is made of a tiny inflow and fast competition.
        Construction::Phased => f64::INFINITY,
    };
    if let Some((low, high)) = pot.info.rate_range().filter(|(low, high)| high / low > wide) {
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
        families.into_iter().map(|family| format!("`{}`", text::name(&pot.crn.species[family]))).collect()
    };
    let unread = names(structure::unread_species(&pot.crn, &pot.info));
    if !unread.is_empty() {
        findings.push(Diagnostic::global(
            Severity::Note,
            codes::UNUSED_NAME,
            format!("nothing reads the species {}", unread.join(", ")),
        ));
    }
    let dead = names(structure::dead_species(&pot.crn, &pot.info));
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
fn smallest(pot: &Pot<'_>, low: f64) -> String {
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
fn largest(pot: &Pot<'_>, high: f64) -> String {
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
fn constant_of<'a>(pot: &'a Pot<'_>, value: f64) -> Option<(&'a nnrc_crn::RateConstant, String)> {
    pot.crn.rate_constants.iter().find_map(|(_, constant)| {
        let mut at = constant.values.iter().position(|own| own.abs() == value)?;
        let mut indices = Vec::new();
        for &size in constant.axes.iter().rev().flat_map(|&axis| pot.crn.axes[axis].shape.iter().rev()) {
            indices.push((at % size + 1).to_string());
            at /= size;
        }
        indices.reverse();
        let label = &constant.origin.label;
        let name = if indices.is_empty() { label.clone() } else { format!("{label}[{}]", indices.join(",")) };
        Some((constant, name))
    })
}

/// How to read the values of the network, one line for each input and layer that is worth reading.
fn readings(pot: &Pot<'_>) -> Vec<String> {
    let id = |family: nnrc_crn::Handle<nnrc_crn::SpeciesFamily>| {
        let mut id = String::new();
        namer::species_id(&pot.crn, &pot.crn.species[family], 0, &mut id);
        id
    };
    pot.crn
        .observables
        .iter()
        .enumerate()
        .map(|(node, observable)| {
            let mut sum: Vec<String> = observable.positive.iter().map(|&family| id(family)).collect();
            sum.extend(observable.negative.iter().map(|&family| format!("- {}", id(family))));
            let sum = sum.join(" + ").replace("+ - ", "- ");
            let name = pot.value_id(node, 0);
            let equals = if name == sum { name } else { format!("{name} = {sum}") };
            match pot.crn.axes[observable.axis].size() {
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
pub fn write_reactions(pot: &Pot<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "# {}: {} species, {}",
        pot.model.name,
        pot.info.species_count(),
        plural(pot.info.reaction_count(), "reaction")
    )?;
    writeln!(out, "# Mass action; k in the units of the network: {}.", units(pot))?;
    writeln!(out, "# Read:")?;
    for reading in readings(pot) {
        writeln!(out, "#   {reading}")?;
    }
    writeln!(out, "# Initial concentrations (others are 0):")?;
    for (species, value) in pot.info.initial_state(&pot.crn).into_iter().enumerate() {
        if value != 0.0 {
            writeln!(out, "#   {} = {}", pot.species_id(species), table::number(value))?;
        }
    }
    write_protocol(pot, out)?;
    let ids: Vec<String> = (0..pot.info.species_count()).map(|species| pot.species_id(species)).collect();
    let mut line = String::new();
    let mut result = Ok(());
    expand::for_each(&pot.crn, &pot.info, |reaction| {
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
fn write_protocol(pot: &Pot<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_settings(pot, out)?;
    let Some(feed) = &pot.crn.protocol.feed else { return Ok(()) };
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
            let range = pot.info.species_range(channel.species);
            values.resize(range.len(), 0.0);
            feed.fill(channel, row, &mut values);
            settings.extend(range.zip(&values).map(|(species, &value)| {
                format!("{} = {}", pot.species_id(species), table::number(value + 0.0))
            }));
        }
        writeln!(out, "#   {}", settings.join(", "))?;
    }
    if let Some(gate) = &feed.gate {
        let id = pot.species_id(pot.info.species_index(gate.species, 0));
        let (open, close) = (table::number(gate.open), table::number(gate.close));
        writeln!(out, "# {id} = 1 from {open} to {close} of each, 0 otherwise")?;
    }
    Ok(())
}

/// Single settings: of each the species that stand out, and what the others of the family take.
fn write_settings(pot: &Pot<'_>, out: &mut dyn Write) -> io::Result<()> {
    let protocol = &pot.crn.protocol;
    if protocol.settings.is_empty() {
        return Ok(());
    }
    let again =
        protocol.period.map_or(String::new(), |period| format!(", again every {}", table::number(period)));
    writeln!(out, "# Set at these times{again}:")?;
    for setting in &protocol.settings {
        let lowest = setting.values.iter().copied().fold(f64::INFINITY, f64::min);
        let members = pot.info.species_range(setting.species).zip(&setting.values);
        let high: String = members
            .filter(|(_, value)| **value > lowest)
            .map(|(species, value)| format!("{} = {}, ", pot.species_id(species), table::number(*value)))
            .collect();
        let all = if high.is_empty() { "all" } else { "all others" };
        let unless = setting.unless.map_or(String::new(), |above| {
            let id = pot.species_id(pot.info.species_index(above.species, 0));
            format!("; not while {id} > {}", table::number(above.level))
        });
        let family = &pot.crn.species[setting.species].stem;
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

fn units(pot: &Pot<'_>) -> String {
    let units = &pot.crn.units;
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
