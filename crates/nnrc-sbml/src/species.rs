//! Species and their initial concentrations.

use std::io::Write;

use nnrc_crn::{Crn, CrnInfo, Role, SpeciesFamily};

use crate::annotation;
use crate::error::Error;
use crate::ids::{COMPARTMENT, SpeciesIds};
use crate::meaning;
use crate::options::{Inputs, Options, Provenance};
use crate::sbo;
use crate::template::{Template, slot};
use crate::xml::{Xml, clean, set_number};

const ID: usize = 0;
const INDEX: usize = 1;
const VALUE: usize = 2;
const NAME: usize = 3;

/// Writes the list of species.
pub(crate) fn write<W: Write>(
    crn: &Crn,
    info: &CrnInfo,
    (ids, initial): (&SpeciesIds, &[f64]),
    options: &Options,
    xml: &mut Xml<W>,
) -> Result<(), Error> {
    if info.species_count() == 0 {
        return Ok(());
    }
    xml.open("listOfSpecies", &[])?;
    let (mut index, mut value) = (String::new(), String::new());
    for (handle, family) in crn.species.iter() {
        let template = template(family, options)?;
        let names = meaning::names(&options.meanings, &family.origin.label);
        for flat in 0..family.initial.len() {
            let species = info.species_index(handle, flat);
            let (id, initial) = (ids.get(species), initial[species]);
            set_number(&mut value, initial);
            annotation::set_index(crn, &family.axes, flat, &mut index);
            template.fill(xml.bytes(), |slot| match slot {
                ID => id,
                INDEX => &index,
                NAME => names.get(index.as_str()).map_or("", String::as_str),
                _ => &value,
            })?;
        }
    }
    Ok(xml.close()?)
}

fn template(family: &SpeciesFamily, options: &Options) -> Result<Template, Error> {
    let origin = &family.origin;
    let index = annotation::index_slot(&family.axes, INDEX);
    let mut name = annotation::name(&origin.label, &index, &origin.part);
    // Auxiliary species of an output are not what it is called.
    if matches!(family.role, Role::Input | Role::Output) {
        name.push_str(&slot(NAME));
    }
    let boundary = options.inputs == Inputs::Boundary && family.role == Role::Input;
    let (id, value) = (slot(ID), slot(VALUE));
    let attributes = [
        ("id", id.as_str()),
        ("name", name.as_str()),
        ("compartment", COMPARTMENT),
        ("initialConcentration", value.as_str()),
        ("hasOnlySubstanceUnits", "false"),
        ("boundaryCondition", if boundary { "true" } else { "false" }),
        ("constant", "false"),
        ("sboTerm", sbo::SPECIES),
    ];
    let template = Template::render(3, |xml| {
        if options.provenance == Provenance::None {
            return xml.empty("species", &attributes);
        }
        xml.open("species", &attributes)?;
        let (tensor, part) = (clean(&origin.label), clean(&origin.part));
        let facts =
            [("tensor", &*tensor), ("index", &index), ("part", part.trim()), ("role", role(family.role))];
        annotation::origin(xml, &facts, origin.line)?;
        xml.close()
    })?;
    Ok(template)
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Input => "input",
        Role::Output => "output",
        Role::Parameter => "parameter",
        Role::Internal => "internal",
        Role::Clock => "clock",
    }
}
