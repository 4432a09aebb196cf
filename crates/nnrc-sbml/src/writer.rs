//! The file from its first line to its last.

use std::io::{BufWriter, Write};

use nnrc_crn::{Crn, CrnInfo};

use crate::error::Error;
use crate::events::Events;
use crate::ids::{self, COMPARTMENT, SpeciesIds};
use crate::options::{Level, Options, Provenance, TimedSettings};
use crate::parameters::Parameters;
use crate::rules::Rules;
use crate::units::UnitSystem;
use crate::xml::{Xml, clean, set_number};
use crate::{annotation, notes, reactions, sbo, species};

/// Writes a network as one SBML model.
///
/// The text is streamed: what is in memory at a time does not grow with the number of reactions, but for a byte for
/// each rate constant. The same network and options give the same bytes. Initial concentrations
/// are those of the network: who wants certain inputs or settled values sets them there before.
///
/// With [`Units::concentration`](nnrc_crn::Units) the file has the units of the network, see [`UnitSystem`]; without, all
/// of it is in pure numbers, substance, time and volume included. Either way the numbers are those of the network.
///
/// # Errors
///
/// [`Error::TooManySettings`] if events are asked for and there are too many; [`Error::BadName`],
/// [`Error::IdCollision`] and [`Error::BadUnit`] for names and units that SBML cannot carry, before anything is written; [`Error::Io`] on the way.
pub fn write(crn: &Crn, info: &CrnInfo, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let events = match options.feed {
        TimedSettings::Events => Events::new(crn, info)?,
        TimedSettings::None => Events::none(),
    };
    let units = UnitSystem::new(&crn.units)?;
    ids::check(crn)?;
    let species_ids = SpeciesIds::new(crn, info);
    let parameters = Parameters::new(crn, info, &units);
    let rules = Rules::new(crn, info, &species_ids, options)?;

    let mut xml = Xml::new(BufWriter::with_capacity(1 << 16, out), 0);
    xml.declaration()?;
    open_document(options, &mut xml)?;
    open_model(crn, &rules, &units, options, &mut xml)?;
    if options.provenance == Provenance::Full {
        notes::write(crn, &units, options, &mut xml)?;
        annotation::model(crn, options, &mut xml)?;
    }
    units.definitions(
        options.level,
        &parameters.orders(),
        !events.is_empty() || !rules.is_empty(),
        &mut xml,
    )?;
    compartment(&units, options.level, &mut xml)?;
    let mut initial = info.initial_state(crn);
    for &(species, value) in &events.initial {
        initial[species] = value;
    }
    species::write(crn, info, (&species_ids, &initial), options, &mut xml)?;
    parameters.write(crn, (&rules, &events), &units, options, &mut xml)?;
    rules.write(&mut xml)?;
    reactions::write(crn, info, &species_ids, &parameters, options, &mut xml)?;
    events.write(&species_ids, options.level, &mut xml)?;
    xml.close()?;
    xml.close()?;
    xml.bytes().write_all(b"\n")?;
    Ok(xml.bytes().flush()?)
}

fn open_document<W: Write>(options: &Options, xml: &mut Xml<W>) -> Result<(), Error> {
    let (namespace, level, version) = match options.level {
        Level::L3V1 => ("http://www.sbml.org/sbml/level3/version1/core", "3", "1"),
        Level::L3V2 => ("http://www.sbml.org/sbml/level3/version2/core", "3", "2"),
        Level::L2V4 => ("http://www.sbml.org/sbml/level2/version4", "2", "4"),
    };
    let mut attributes = vec![("xmlns", namespace)];
    if options.provenance == Provenance::Full {
        attributes.push(("xmlns:nnrc", annotation::NAMESPACE));
    }
    attributes.extend([("level", level), ("version", version)]);
    Ok(xml.open("sbml", &attributes)?)
}

fn open_model<W: Write>(
    crn: &Crn,
    rules: &Rules<'_>,
    units: &UnitSystem,
    options: &Options,
    xml: &mut Xml<W>,
) -> Result<(), Error> {
    let id = rules.model_id(crn);
    let name = clean(&crn.name);
    let (length, area) = units.length_and_area();
    let mut attributes = Vec::new();
    if options.provenance == Provenance::Full {
        attributes.push(("metaid", annotation::MODEL_METAID));
    }
    attributes.extend([("id", id.as_str()), ("name", &name)]);
    if options.level.is_3() {
        attributes.extend([
            ("substanceUnits", units.substance_unit()),
            ("timeUnits", units.time_unit()),
            ("volumeUnits", units.volume_unit()),
            ("areaUnits", area),
            ("lengthUnits", length),
            ("extentUnits", units.substance_unit()),
        ]);
    }
    attributes.push(("sboTerm", sbo::MODEL));
    Ok(xml.open("model", &attributes)?)
}

fn compartment<W: Write>(units: &UnitSystem, level: Level, xml: &mut Xml<W>) -> Result<(), Error> {
    let mut size = String::new();
    set_number(&mut size, units.size());
    // Level 2 takes the unit that is defined as that of volumes; its attributes have defaults that say the same.
    let unit = level.is_3().then(|| ("units", units.volume_unit()));
    let attributes: Vec<(&str, &str)> = [("id", COMPARTMENT), ("spatialDimensions", "3"), ("size", &size)]
        .into_iter()
        .chain(unit)
        .chain([("constant", "true"), ("sboTerm", sbo::COMPARTMENT)])
        .collect();
    xml.open("listOfCompartments", &[])?;
    xml.empty("compartment", &attributes)?;
    Ok(xml.close()?)
}
