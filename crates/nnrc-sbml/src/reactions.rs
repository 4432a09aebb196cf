//! Reactions and their kinetic laws.

use std::io::{self, Write};

use nnrc_crn::expand::{self, Reaction};
use nnrc_crn::{Axis, Crn, CrnInfo, Handle, ReactionFamily, namer};

use crate::annotation;
use crate::error::Error;
use crate::ids::{COMPARTMENT, SpeciesIds};
use crate::options::{Level, Options, Provenance};
use crate::parameters::Parameters;
use crate::sbo;
use crate::template::{Template, slot};
use crate::xml::{MATHML, Xml, clean};

const ID: usize = 0;
const INDEX: usize = 1;
const CONSTANT: usize = 2;
/// The first of the species: first those of the left side, then those of the right.
const SPECIES: usize = 3;

/// Writes the list of reactions.
pub(crate) fn write<W: Write>(
    crn: &Crn,
    info: &CrnInfo,
    ids: &SpeciesIds,
    parameters: &Parameters,
    options: &Options,
    xml: &mut Xml<W>,
) -> Result<(), Error> {
    if info.reaction_count() == 0 {
        return Ok(());
    }
    xml.open("listOfReactions", &[])?;
    let mut pen = Pen { crn, info, ids, parameters, options, family: None, text: Texts::default() };
    let mut result = Ok(());
    expand::for_each(crn, info, |reaction| {
        if result.is_ok() {
            result = pen.write(reaction, xml.bytes());
        }
    });
    result?;
    Ok(xml.close()?)
}

/// Writes one reaction after the other, with what the last one left behind.
struct Pen<'a> {
    crn: &'a Crn,
    info: &'a CrnInfo,
    ids: &'a SpeciesIds,
    parameters: &'a Parameters,
    options: &'a Options,
    /// The family of the last reaction, prepared.
    family: Option<Prepared<'a>>,
    text: Texts,
}

/// What all members of a family have in common.
struct Prepared<'a> {
    handle: Handle<ReactionFamily>,
    template: Template,
    /// The axes of the index variables.
    axes: Vec<Handle<Axis>>,
    /// What follows the identifier of the rate constant.
    suffix: &'a str,
}

/// Buffers for the texts of one reaction.
#[derive(Default)]
struct Texts {
    id: String,
    index: String,
    constant: String,
}

impl<'a> Pen<'a> {
    fn write(&mut self, reaction: &Reaction, out: &mut impl Write) -> io::Result<()> {
        let prepared = match self.family.take() {
            Some(prepared) if prepared.handle == reaction.family => prepared,
            _ => self.prepare(reaction)?,
        };
        let family = &self.crn.reactions[reaction.family];
        let (constant, position) = reaction.constant;
        let Texts { id, index, constant: constant_id } = &mut self.text;
        id.clear();
        namer::reaction_id(self.crn, family, &reaction.values, id);
        let flat = prepared
            .axes
            .iter()
            .zip(&reaction.values)
            .fold(0, |flat, (&axis, &value)| flat * self.crn.axes[axis].size() + value);
        annotation::set_index(self.crn, &prepared.axes, flat, index);
        constant_id.clear();
        namer::rate_constant_id(self.crn, &self.crn.rate_constants[constant], position, constant_id);
        constant_id.push_str(prepared.suffix);
        let left = reaction.reactants.len();
        prepared.template.fill(out, |slot| match slot {
            ID => id,
            INDEX => index,
            CONSTANT => constant_id,
            _ => {
                let place = slot - SPECIES;
                let side =
                    if place < left { &reaction.reactants[place] } else { &reaction.products[place - left] };
                self.ids.get(side.0)
            }
        })?;
        self.family = Some(prepared);
        Ok(())
    }

    /// Renders what the members of a family share. Every member has the same terms on both sides, because no two
    /// terms with different indices ever meet in one species; so any member can be the pattern.
    fn prepare(&self, reaction: &Reaction) -> io::Result<Prepared<'a>> {
        let family = &self.crn.reactions[reaction.family];
        let axes: Vec<Handle<Axis>> = family.over.iter().map(|variable| variable.axis).collect();
        let order = self.info.facts(reaction.family).molecularity;
        let index = annotation::index_slot(&axes, INDEX);
        let name = annotation::name(&family.name, &index, "");
        let id = slot(ID);
        let mut attributes = vec![("id", id.as_str()), ("name", name.as_str()), ("reversible", "false")];
        if self.options.level == Level::L3V1 {
            attributes.push(("fast", "false"));
        }
        attributes.push(("sboTerm", sbo::reaction(!reaction.products.is_empty())));
        let template = Template::render(3, |xml| {
            xml.open("reaction", &attributes)?;
            if self.options.provenance == Provenance::Full {
                let (name, tensor) = (clean(&family.name), clean(&family.origin.label));
                let facts = [("family", &*name), ("index", &index), ("tensor", &tensor)];
                annotation::origin(xml, &facts, family.origin.line)?;
            }
            let level = self.options.level;
            side(xml, level, ("listOfReactants", SPECIES), &reaction.reactants)?;
            side(xml, level, ("listOfProducts", SPECIES + reaction.reactants.len()), &reaction.products)?;
            law(xml, order, &reaction.reactants)?;
            xml.close()
        })?;
        let suffix = self.parameters.suffix(family.rate.constant, order);
        Ok(Prepared { handle: reaction.family, template, axes, suffix })
    }
}

fn side(
    xml: &mut Xml<Vec<u8>>,
    level: Level,
    (list, first_slot): (&'static str, usize),
    terms: &[(usize, u32)],
) -> io::Result<()> {
    if terms.is_empty() {
        return Ok(());
    }
    xml.open(list, &[])?;
    for (place, (_, stoichiometry)) in terms.iter().enumerate() {
        let (species, stoichiometry) = (slot(first_slot + place), stoichiometry.to_string());
        let attributes =
            [("species", species.as_str()), ("stoichiometry", &stoichiometry), ("constant", "true")];
        // A stoichiometry of Level 2 is always constant.
        let written = if level.is_3() { &attributes[..] } else { &attributes[..2] };
        xml.empty("speciesReference", written)?;
    }
    xml.close()
}

/// Mass action as one product: compartment, rate constant, and each reactant as often as it reacts. With the
/// compartment in front COPASI finds its own mass action in it, and the law is an extent per time in any volume.
fn law(xml: &mut Xml<Vec<u8>>, order: u32, reactants: &[(usize, u32)]) -> io::Result<()> {
    xml.open("kineticLaw", &[("sboTerm", sbo::law(order, reactants.len()))])?;
    xml.open_line("math", &[("xmlns", MATHML)])?;
    xml.open("apply", &[])?;
    xml.empty("times", &[])?;
    xml.text("ci", COMPARTMENT)?;
    xml.text("ci", &slot(CONSTANT))?;
    for (place, (_, stoichiometry)) in reactants.iter().enumerate() {
        for _ in 0..*stoichiometry {
            xml.text("ci", &slot(SPECIES + place))?;
        }
    }
    xml.close()?;
    xml.close()?;
    xml.close()
}
