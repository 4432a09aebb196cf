//! Values of two rails as assignment rules: `y_1 = y_1_p − y_1_m`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use nnrc_crn::{Crn, CrnInfo, Observable, expand, namer};

use crate::annotation::{self, Reading};
use crate::error::Error;
use crate::ids::{SpeciesIds, is_taken};
use crate::options::{Observables, Options, Provenance};
use crate::units::UnitSystem;
use crate::xml::{MATHML, Xml, clean};

/// The values that are no species by themselves, each a parameter with a rule.
pub(crate) struct Rules<'a> {
    values: Vec<Value<'a>>,
}

struct Value<'a> {
    observable: &'a Observable,
    flat: usize,
    reading: Reading,
}

impl<'a> Rules<'a> {
    /// The rules that the options ask for, none of which shares its identifier with anything else.
    pub(crate) fn new(
        crn: &'a Crn,
        info: &CrnInfo,
        species: &SpeciesIds,
        options: &Options,
    ) -> Result<Self, Error> {
        let mut values = Vec::new();
        if options.observables == Observables::Rules {
            for observable in &crn.observables {
                let count = observable.positive.len() + observable.negative.len();
                if count < 2 {
                    continue;
                }
                for flat in 0..crn.axes[observable.axis].size() {
                    values.push(Value { observable, flat, reading: Reading::new(crn, observable, flat) });
                }
            }
        }
        let rules = Self { values };
        rules.check(crn, info, species)?;
        Ok(rules)
    }

    fn check(&self, crn: &Crn, info: &CrnInfo, species: &SpeciesIds) -> Result<(), Error> {
        let mut free = BTreeSet::new();
        for value in &self.values {
            if !free.insert(value.reading.id.as_str()) {
                return Err(Error::IdCollision { id: value.reading.id.clone(), with: "another value" });
            }
        }
        if free.is_empty() {
            return Ok(());
        }
        let meets = |id: &str, with: &'static str| match free.contains(id) {
            true => Err(Error::IdCollision { id: id.to_owned(), with }),
            false => Ok(()),
        };
        (0..info.species_count()).try_for_each(|at| meets(species.get(at), "a species"))?;
        let mut id = String::new();
        for (_, constant) in crn.rate_constants.iter() {
            for flat in 0..constant.values.len() {
                id.clear();
                namer::rate_constant_id(crn, constant, flat, &mut id);
                meets(&id, "a rate constant")?;
            }
        }
        let mut result = Ok(());
        expand::for_each(crn, info, |reaction| {
            if result.is_ok() {
                id.clear();
                namer::reaction_id(crn, &crn.reactions[reaction.family], &reaction.values, &mut id);
                result = meets(&id, "a reaction");
            }
        });
        result
    }

    /// Whether there is any.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The identifier of the model. SBML wants it to differ from those of species, parameters and reactions; as
    /// nothing refers to it, it gives way.
    pub(crate) fn model_id(&self, crn: &Crn) -> String {
        let mut id = namer::bare(&crn.name);
        while is_taken(crn, &id) || self.has(&id) {
            id.push('_');
        }
        id
    }

    /// Whether a value has this identifier.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.values.iter().any(|value| value.reading.id == id)
    }

    /// Calls `visit` for each value, with its human name.
    pub(crate) fn for_each<E>(
        &self,
        crn: &Crn,
        mut visit: impl FnMut(&Reading, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut index = String::new();
        for Value { observable, flat, reading } in &self.values {
            annotation::set_index(crn, &[observable.axis], *flat, &mut index);
            visit(reading, &annotation::name(&observable.stem, &index, ""))?;
        }
        Ok(())
    }

    /// Writes the parameters that hold the values.
    pub(crate) fn parameters<W: Write>(
        &self,
        crn: &Crn,
        units: &UnitSystem,
        options: &Options,
        xml: &mut Xml<W>,
    ) -> io::Result<()> {
        let mut index = String::new();
        for Value { observable, flat, reading } in &self.values {
            annotation::set_index(crn, &[observable.axis], *flat, &mut index);
            let name = annotation::name(&observable.stem, &index, "");
            let attributes = [
                ("id", reading.id.as_str()),
                ("name", &name),
                ("units", units.concentration_unit()),
                ("constant", "false"),
            ];
            if options.provenance == Provenance::None {
                xml.empty("parameter", &attributes)?;
                continue;
            }
            xml.open("parameter", &attributes)?;
            let tensor = clean(&observable.stem);
            let facts = [
                ("xmlns:nnrc", annotation::NAMESPACE),
                ("tensor", &*tensor),
                ("index", &index),
                ("role", "value"),
            ];
            let family = observable.positive.iter().chain(&observable.negative).next();
            annotation::origin(xml, &facts, family.map_or(0, |&family| crn.species[family].origin.line))?;
            xml.close()?;
        }
        Ok(())
    }

    /// Writes the list of rules.
    pub(crate) fn write<W: Write>(&self, xml: &mut Xml<W>) -> io::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        xml.open("listOfRules", &[])?;
        for Value { reading, .. } in &self.values {
            xml.open("assignmentRule", &[("variable", &reading.id)])?;
            xml.open_line("math", &[("xmlns", MATHML)])?;
            if reading.minus.is_empty() {
                sum(xml, &reading.plus)?;
            } else {
                xml.open("apply", &[])?;
                xml.empty("minus", &[])?;
                // With one operand it is the negative.
                for side in [&reading.plus, &reading.minus].into_iter().filter(|side| !side.is_empty()) {
                    sum(xml, side)?;
                }
                xml.close()?;
            }
            xml.close()?;
            xml.close()?;
        }
        xml.close()
    }
}

fn sum<W: Write>(xml: &mut Xml<W>, species: &[String]) -> io::Result<()> {
    if let [one] = species {
        return xml.text("ci", one);
    }
    xml.open("apply", &[])?;
    xml.empty("plus", &[])?;
    species.iter().try_for_each(|id| xml.text("ci", id))?;
    xml.close()
}
