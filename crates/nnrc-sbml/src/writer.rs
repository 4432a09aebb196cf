//! The file from its first line to its last.

use std::io::{BufWriter, Write};

use nnrc_crn::{Crn, CrnInfo};

use crate::error::Error;
use crate::events::Events;
use crate::ids::{self, SpeciesIds};
use crate::options::{Feed, Level, Options, Provenance};
use crate::parameters::Parameters;
use crate::units::UnitSystem;
use crate::xml::{Xml, clean, set_number};
use crate::{annotation, notes, reactions, sbo, species};

/// Identifier of the compartment; the namer keeps it free.
pub(crate) const COMPARTMENT: &str = "pot";

/// Writes a network as one SBML model.
///
/// The text is streamed: what is in memory at a time does not grow with the number of reactions, but for a byte for
/// each rate constant. The same network and options give the same bytes. Initial concentrations
/// are those of the network: who wants certain inputs or settled values sets them there before.
///
/// With [`Units::concentration`](nnrc_crn::Units) the file is in moles, litres and seconds, and concentrations and
/// rate constants are brought to them; without, all of it is in pure numbers, substance, time and volume included.
///
/// # Errors
///
/// [`Error::TooManySettings`] if events are asked for and there are too many; [`Error::BadName`] and [`Error::BadUnit`] for names and
/// units that SBML cannot carry, before anything is written; [`Error::OutOfRange`] and [`Error::Io`] on the way.
pub fn write(crn: &Crn, info: &CrnInfo, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let events = match options.feed {
        Feed::Events => Events::new(crn, info)?,
        Feed::None => Events::none(),
    };
    let units = UnitSystem::new(&crn.units)?;
    ids::check(crn)?;
    let species_ids = SpeciesIds::new(crn, info);
    let parameters = Parameters::new(crn, info, &units);

    let mut xml = Xml::new(BufWriter::with_capacity(1 << 16, out), 0);
    xml.declaration()?;
    open_document(options, &mut xml)?;
    open_model(crn, &units, options, &mut xml)?;
    if options.provenance == Provenance::Full {
        notes::write(crn, options, &mut xml)?;
        annotation::model(crn, options, &mut xml)?;
    }
    units.definitions(&parameters.orders(), !events.is_empty(), &mut xml)?;
    compartment(&units, &mut xml)?;
    let mut initial = info.initial_state(crn);
    for &(species, value) in &events.initial {
        initial[species] = value;
    }
    species::write(crn, info, (&species_ids, &initial), &units, options, &mut xml)?;
    parameters.write(crn, &events, &units, options, &mut xml)?;
    reactions::write(crn, info, &species_ids, &parameters, options, &mut xml)?;
    events.write(&species_ids, &mut xml)?;
    xml.close()?;
    xml.close()?;
    xml.bytes().write_all(b"\n")?;
    Ok(xml.bytes().flush()?)
}

fn open_document<W: Write>(options: &Options, xml: &mut Xml<W>) -> Result<(), Error> {
    let (namespace, version) = match options.level {
        Level::L3V1 => ("http://www.sbml.org/sbml/level3/version1/core", "1"),
        Level::L3V2 => ("http://www.sbml.org/sbml/level3/version2/core", "2"),
    };
    let mut attributes = vec![("xmlns", namespace)];
    if options.provenance == Provenance::Full {
        attributes.push(("xmlns:nnrc", annotation::NAMESPACE));
    }
    attributes.extend([("level", "3"), ("version", version)]);
    Ok(xml.open("sbml", &attributes)?)
}

fn open_model<W: Write>(
    crn: &Crn,
    units: &UnitSystem,
    options: &Options,
    xml: &mut Xml<W>,
) -> Result<(), Error> {
    let id = ids::model_id(crn);
    let name = clean(&crn.name);
    let (length, area) = units.length_and_area();
    let mut attributes = Vec::new();
    if options.provenance == Provenance::Full {
        attributes.push(("metaid", annotation::MODEL_METAID));
    }
    attributes.extend([
        ("id", id.as_str()),
        ("name", &name),
        ("substanceUnits", units.substance()),
        ("timeUnits", units.time()),
        ("volumeUnits", units.size()),
        ("areaUnits", area),
        ("lengthUnits", length),
        ("extentUnits", units.substance()),
        ("sboTerm", sbo::MODEL),
    ]);
    Ok(xml.open("model", &attributes)?)
}

fn compartment<W: Write>(units: &UnitSystem, xml: &mut Xml<W>) -> Result<(), Error> {
    let mut size = String::new();
    set_number(&mut size, units.volume);
    xml.open("listOfCompartments", &[])?;
    xml.empty(
        "compartment",
        &[
            ("id", COMPARTMENT),
            ("spatialDimensions", "3"),
            ("size", &size),
            ("units", units.size()),
            ("constant", "true"),
            ("sboTerm", sbo::COMPARTMENT),
        ],
    )?;
    Ok(xml.close()?)
}
