//! The answer about a place: species, reactions, rate constants and parameters of events; other kinds have files of their
//! own.

use nnrc_crn::{Handle, RateConstant, Role};

use super::Atlas;
use super::find::NoPlace;
use super::place::Place;
use super::shown::{Kind, Listed, Shown};
use crate::numbers::{plural, short};
use crate::phases;

/// Species that an answer lists.
pub(super) const MOST_SPECIES: usize = 32;
/// Reactions that an answer lists.
pub(super) const MOST_REACTIONS: usize = 24;

impl Atlas<'_> {
    /// What stands at a place: `hidden[2]`, `hidden`, `hidden.W[2,3]`, or any identifier of the SBML.
    ///
    /// # Errors
    ///
    /// A text that names no place, with what there is.
    pub fn show(&self, place: &str) -> Result<Shown, NoPlace> {
        let text = place.trim();
        Ok(match self.find(text)? {
            Place::Node(node) => self.show_node(node),
            Place::Unit { node, at } => self.show_unit(node, at),
            Place::Weight { tensor, flat } => self.show_weight(tensor, flat),
            Place::Species(species) => self.show_species(species),
            Place::SpeciesFamily(family) => self.show_species_family(family),
            Place::Reaction(at) => self.show_reaction(at),
            Place::ReactionFamily(family) => self.show_reaction_family(family),
            Place::Constant { constant, flat, order } => self.show_constant(text, (constant, flat), order),
            Place::ConstantFamily(family) => self.show_constant_family(family),
            Place::Event(at) => self.show_event(at),
        })
    }

    /// An answer about which nothing is said yet.
    pub(super) fn blank(&self, place: String, kind: Kind, what: String) -> Shown {
        Shown {
            place,
            kind,
            what,
            remarks: Vec::new(),
            computes: Vec::new(),
            values: Listed::default(),
            species: Listed::default(),
            sources: Listed::default(),
            families: Listed::default(),
            constants: Listed::default(),
            reactions: Listed::default(),
            readers: Listed::default(),
            equations: Vec::new(),
            input: self.pot.input.clone(),
            moving: self.moving.clone(),
        }
    }

    /// Fills in these species, what changes them, and what reads them.
    pub(super) fn add_species(&self, shown: &mut Shown, species: &[usize]) {
        shown.species = Listed::first(species, MOST_SPECIES, |&species| self.species(species));
        let (changing, reading) = self.around(species);
        shown.reactions = Listed::first(changing, MOST_REACTIONS, |at| self.reaction(at));
        shown.readers = Listed::first(reading, MOST_REACTIONS, |at| self.reaction(at));
        let changed = species.iter().take(MOST_SPECIES);
        let changed = changed.filter(|&&species| !self.changing(species).is_empty());
        shown.equations = changed.map(|&species| self.equation(species)).collect();
    }

    fn show_species(&self, species: usize) -> Shown {
        let (handle, flat) = self.pot.lowered.info.locate(species);
        let family = &self.pot.lowered.crn.species[handle];
        let what = match family.role {
            Role::Input => "species that is set from outside",
            Role::Output => "species of the output",
            Role::Parameter => "species that holds a weight",
            Role::Internal => "species",
            Role::Clock => "species of the clock",
        };
        let name = self.species_name(species);
        let what = format!("{what}, {name}{}", line(family.origin.line));
        let mut shown = self.blank(self.pot.species_id(species), Kind::Species, what);
        if self.pot.lowered.info.is_constant(handle) {
            shown.remarks.push("no reaction changes it".to_owned());
        }
        shown.remarks.extend(self.settings(species));
        if family.role == Role::Clock
            && let Some(clocked) = self.pot.lowered.clocked()
        {
            shown.remarks.push(match clocked.phases.all.get(flat / 2).filter(|_| flat.is_multiple_of(2)) {
                Some(phase) => format!("it is on in the phase {phase}: {}", phases::meaning(*phase)),
                None => "it is on in the gap behind a phase".to_owned(),
            });
        }
        let position = self.pot.lowered.crn.species.iter().position(|(other, _)| other == handle);
        shown.remarks.extend(self.module(|module| position.is_some_and(|at| module.species.contains(&at))));
        self.add_species(&mut shown, &[species]);
        shown
    }

    /// How the protocol sets a species.
    pub(super) fn settings(&self, species: usize) -> Vec<String> {
        let (handle, flat) = self.pot.lowered.info.locate(species);
        let protocol = &self.pot.lowered.crn.protocol;
        let mut words = Vec::new();
        if let Some(feed) = &protocol.feed {
            let channels = feed.channels.iter().filter(|channel| channel.species == handle);
            words.extend(channels.map(|channel| {
                format!(
                    "set every {} time units, to what column {} of the sample says",
                    short(feed.hold),
                    channel.column + flat + 1
                )
            }));
            if let Some(gate) = feed.gate.as_ref().filter(|gate| gate.species == handle) {
                let (open, close) = (short(gate.open), short(gate.close));
                words.push(format!("set to 1 from {open} to {close} of each presentation, to 0 otherwise"));
            }
        }
        let settings = protocol.settings.iter().filter(|setting| setting.species == handle).count();
        if settings > 0 {
            let period = protocol
                .period
                .map_or(String::new(), |period| format!(", every {} time units", short(period)));
            words.push(format!("set at {}{period}", plural(settings, "time")));
        }
        words
    }

    fn module(&self, is_in: impl Fn(&nnrc_lower::phased::Module) -> bool) -> Option<String> {
        let module = self.pot.lowered.clocked()?.modules.iter().find(|module| is_in(module))?;
        Some(format!("part of the module {}", module.name))
    }

    fn show_reaction(&self, at: usize) -> Shown {
        let crn = &self.pot.lowered.crn;
        let reaction = &self.reactions[at];
        let family = &crn.reactions[reaction.family];
        let order: u32 = reaction.reactants.iter().map(|(_, count)| count).sum();
        let what =
            format!("reaction of order {order} in the family {}{}", family.name, line(family.origin.line));
        let mut shown = self.blank(self.reaction_id(at), Kind::Reaction, what);
        shown.remarks.push(format!("flux by mass action: {}", self.law(reaction)));
        let own = reaction.family;
        let position = crn.reactions.iter().position(|(other, _)| other == own);
        shown.remarks.extend(self.module(|module| position.is_some_and(|at| module.reactions.contains(&at))));
        shown.reactions = Listed::first([at], 1, |at| self.reaction(at));
        shown.constants = Listed::first([reaction.constant], 1, |constant| self.constant(constant));
        shown.families = Listed::first([own], 1, |family| self.reaction_family(family));
        let mut species: Vec<usize> =
            reaction.reactants.iter().chain(&reaction.products).map(|(species, _)| *species).collect();
        species.sort_unstable();
        species.dedup();
        shown.species = Listed::first(species, MOST_SPECIES, |species| self.species(species));
        shown
    }

    fn show_constant(&self, place: &str, at: (Handle<RateConstant>, usize), order: Option<u32>) -> Shown {
        let one = &self.pot.lowered.crn.rate_constants[at.0];
        let fact = self.constant(at);
        let place = if order.is_some() { place.to_owned() } else { fact.id.clone() };
        let what = format!("rate constant, {}{}", fact.name, line(one.origin.line));
        let mut shown = self.blank(place, Kind::RateConstant, what);
        let stored = one.values[at.1];
        if stored < 0.0 {
            shown.remarks.push(format!("it stands for {}: the sign is in the reactions", short(stored)));
        }
        if stored == 0.0 {
            shown.remarks.push("it is 0: no reaction has it".to_owned());
        }
        if let Some(order) = order {
            shown.remarks.push(format!(
                "in SBML it is a parameter for each order of reactions, as their units differ; this is that of order {order}"
            ));
        }
        let molecularity = |at: &usize| self.pot.lowered.info.facts(self.reactions[*at].family).molecularity;
        let using = self.using(at).filter(|at| order.is_none_or(|order| molecularity(at) == order));
        shown.reactions = Listed::first(using, MOST_REACTIONS, |at| self.reaction(at));
        shown.constants = Listed::first([fact], 1, |fact| fact);
        shown
    }

    fn show_event(&self, at: usize) -> Shown {
        let parameter = &self.events[at];
        let what = format!("parameter of the events of the SBML: {}", parameter.meaning);
        let mut shown = self.blank(parameter.id.clone(), Kind::EventParameter, what);
        shown.remarks.push(format!("it is {}", short(parameter.value)));
        shown
    }
}

/// `, line 7`
pub(super) fn line(line: u32) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}
