//! The same model as Antimony, the text form of SBML that Tellurium and its relatives read.
//!
//! What Antimony has a word for is written: units, species, parameters, reactions, events, rules, human names and terms
//! of the Systems Biology Ontology. Annotations it has not, so what the notes of the SBML say is a comment at the beginning.

use std::io::{BufWriter, Write};

use nnrc_crn::expand::{self, Reaction};
use nnrc_crn::{Crn, CrnInfo, Role, namer};

use crate::annotation;
use crate::error::Error;
use crate::events::Events;
use crate::ids::{self, COMPARTMENT, SpeciesIds};
use crate::meaning;
use crate::notes;
use crate::options::{Inputs, Options, Provenance, TimedSettings};
use crate::parameters::Parameters;
use crate::rules::Rules;
use crate::sbo;
use crate::units::UnitSystem;
use crate::xml::set_number;

/// Writes a network as one Antimony model. Options mean what they mean for [`crate::write`]; the level of SBML has no
/// effect.
///
/// # Errors
///
/// As [`crate::write`].
pub fn write(crn: &Crn, info: &CrnInfo, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let events = match options.feed {
        TimedSettings::Events => Events::new(crn, info)?,
        TimedSettings::None => Events::none(),
    };
    let units = UnitSystem::new(&crn.units)?;
    ids::check(crn)?;
    let species = SpeciesIds::new(crn, info);
    let parameters = Parameters::new(crn, info, &units);
    let rules = Rules::new(crn, info, &species, options)?;
    let mut out = BufWriter::with_capacity(1 << 16, out);
    if options.provenance == Provenance::Full {
        for note in notes::paragraphs(crn, &units, options) {
            writeln!(out, "// {}", line(&note))?;
        }
        for publication in &options.described_by {
            writeln!(out, "// Described by {}", line(publication))?;
        }
    }
    let mut pen = Pen { crn, info, species: &species, options, number: String::new(), out: &mut out };
    writeln!(pen.out, "model *{}()", rules.model_id(crn))?;
    pen.units(&units, &parameters.orders())?;
    pen.species(&events)?;
    pen.parameters(&parameters, &events, &units)?;
    pen.reactions(&parameters)?;
    pen.rules(&rules)?;
    pen.events(&events)?;
    writeln!(pen.out, "end")?;
    Ok(out.flush()?)
}

struct Pen<'a, W> {
    crn: &'a Crn,
    info: &'a CrnInfo,
    species: &'a SpeciesIds,
    options: &'a Options,
    number: String,
    out: &'a mut W,
}

impl<W: Write> Pen<'_, W> {
    fn units(&mut self, units: &UnitSystem, orders: &[u32]) -> Result<(), Error> {
        for (id, definition) in units.antimony(orders) {
            writeln!(self.out, "  unit {id} = {definition};")?;
        }
        set_number(&mut self.number, units.size());
        let volume = units.volume_unit();
        writeln!(self.out, "  compartment {COMPARTMENT} = {}; {COMPARTMENT} has {volume};", self.number)?;
        self.term(COMPARTMENT, sbo::COMPARTMENT)
    }

    /// A term of the ontology: Antimony takes the number alone.
    fn term(&mut self, id: &str, term: &str) -> Result<(), Error> {
        let number = term.trim_start_matches("SBO:").trim_start_matches('0');
        Ok(writeln!(self.out, "  {id}.sboTerm = {number};")?)
    }

    fn name(&mut self, id: &str, name: &str) -> Result<(), Error> {
        Ok(writeln!(self.out, "  {id} is \"{}\";", line(name).replace('"', "'"))?)
    }

    fn species(&mut self, events: &Events) -> Result<(), Error> {
        let mut initial = self.info.initial_state(self.crn);
        for &(species, value) in &events.initial {
            initial[species] = value;
        }
        let mut index = String::new();
        for (handle, family) in self.crn.species.iter() {
            let boundary = self.options.inputs == Inputs::Boundary && family.role == Role::Input;
            let names = meaning::plain_names(&self.options.meanings, &family.origin.label);
            for flat in 0..family.initial.len() {
                let species = self.info.species_index(handle, flat);
                let id = self.species.get(species);
                set_number(&mut self.number, initial[species]);
                let sign = if boundary { "$" } else { "" };
                writeln!(self.out, "  species {sign}{id} in {COMPARTMENT} = {};", self.number)?;
                annotation::set_index(self.crn, &family.axes, flat, &mut index);
                let mut name = annotation::name(&family.origin.label, &index, &family.origin.part);
                if matches!(family.role, Role::Input | Role::Output)
                    && let Some(own) = names.get(index.as_str())
                {
                    name = format!("{name} {own}");
                }
                self.name(id, &name)?;
                self.term(id, sbo::SPECIES)?;
            }
        }
        Ok(())
    }

    fn parameters(
        &mut self,
        parameters: &Parameters,
        events: &Events,
        units: &UnitSystem,
    ) -> Result<(), Error> {
        parameters.for_each(self.crn, |id, name, value, orders| {
            set_number(&mut self.number, value);
            writeln!(self.out, "  const {id} = {}; {id} has {};", self.number, units.rate_unit(orders[0]))?;
            self.name(id, name)?;
            self.term(id, sbo::rate_constant(orders))
        })?;
        events.for_each_parameter(|id, name, value, kind, constant| {
            set_number(&mut self.number, value);
            let word = if constant { "const" } else { "var" };
            let unit = match units.of(kind) {
                // `time` is the time itself.
                "time" => "time_unit",
                unit => unit,
            };
            writeln!(self.out, "  {word} {id} = {}; {id} has {unit};", self.number)?;
            self.name(id, name)
        })
    }

    fn reactions(&mut self, parameters: &Parameters) -> Result<(), Error> {
        let (crn, info) = (self.crn, self.info);
        let (mut result, mut text) = (Ok(()), Texts::default());
        expand::for_each(crn, info, |reaction| {
            if result.is_ok() {
                result = self.reaction(reaction, parameters, &mut text);
            }
        });
        result
    }

    /// The same law as in SBML: compartment, rate constant, and each reactant as often as it reacts.
    fn reaction(
        &mut self,
        reaction: &Reaction,
        parameters: &Parameters,
        text: &mut Texts,
    ) -> Result<(), Error> {
        let (crn, family) = (self.crn, &self.crn.reactions[reaction.family]);
        let order = self.info.facts(reaction.family).molecularity;
        let (constant, flat) = reaction.constant;
        let Texts { id, constant: rate, index } = text;
        id.clear();
        namer::reaction_id(crn, family, &reaction.values, id);
        rate.clear();
        namer::rate_constant_id(crn, &crn.rate_constants[constant], flat, rate);
        rate.push_str(parameters.suffix(constant, order));
        write!(self.out, "  {id}:")?;
        self.side(&reaction.reactants)?;
        write!(self.out, " =>")?;
        self.side(&reaction.products)?;
        write!(self.out, "; {COMPARTMENT}*{rate}")?;
        for &(species, count) in &reaction.reactants {
            for _ in 0..count {
                write!(self.out, "*{}", self.species.get(species))?;
            }
        }
        writeln!(self.out, ";")?;
        let axes: Vec<_> = family.over.iter().map(|variable| variable.axis).collect();
        let place = axes
            .iter()
            .zip(&reaction.values)
            .fold(0, |place, (&axis, &value)| place * crn.axes[axis].size() + value);
        annotation::set_index(crn, &axes, place, index);
        self.name(id, &annotation::name(&family.name, index, ""))?;
        self.term(id, sbo::reaction(!reaction.products.is_empty()))
    }

    fn side(&mut self, terms: &[(usize, u32)]) -> Result<(), Error> {
        for (at, &(species, count)) in terms.iter().enumerate() {
            let plus = if at == 0 { "" } else { " +" };
            let count = if count == 1 { String::new() } else { format!("{count} ") };
            write!(self.out, "{plus} {count}{}", self.species.get(species))?;
        }
        Ok(())
    }

    fn rules(&mut self, rules: &Rules<'_>) -> Result<(), Error> {
        rules.for_each(self.crn, |reading, name| {
            let plus = reading.plus.join(" + ");
            let minus: String = reading.minus.iter().map(|id| format!(" - {id}")).collect();
            writeln!(self.out, "  var {0}; {0} := {1};", reading.id, format!("{plus}{minus}").trim())?;
            self.name(&reading.id, name)
        })
    }

    fn events(&mut self, events: &Events) -> Result<(), Error> {
        let prefix = &events.prefix;
        for (at, event) in events.events.iter().enumerate() {
            let next = format!("{prefix}_next_{}", at + 1);
            let unless = event.unless.map_or(String::new(), |(species, level)| {
                format!("{} <= {} && ", self.species.get(species), events.level(level))
            });
            write!(
                self.out,
                "  {prefix}_{}: at ({unless}time >= {next}), t0 = false, persistent = true, fromTrigger = true:",
                at + 1
            )?;
            let mut separator = " ";
            for &(species, value) in &event.assignments {
                write!(self.out, "{separator}{} = {}", self.species.get(species), events.level(value))?;
                separator = ", ";
            }
            if let Some(period) = event.period {
                write!(self.out, "{separator}{next} = {next} + {}", events.period(period))?;
            }
            writeln!(self.out, ";")?;
        }
        Ok(())
    }
}

/// Buffers for the texts of one reaction.
#[derive(Default)]
struct Texts {
    id: String,
    constant: String,
    index: String,
}

/// Text that stays on its line.
fn line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}
