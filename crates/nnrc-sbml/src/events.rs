//! Timed settings as events.
//!
//! Every event advances its own time: the trigger is `time >= next`, and beside the settings it assigns
//! `next := next + period`. Triggers that look at the rest of `time / period` can be stepped over, and some
//! simulators read neither delays nor priorities. All values are parameters with units: a bare number in an assignment
//! has none.

use std::collections::BTreeMap;
use std::io::Write;

use nnrc_crn::{Crn, CrnInfo, Feed, Handle, SpeciesFamily};

use crate::error::Error;
use crate::ids::SpeciesIds;
use crate::options::Level;
use crate::units::{Kind, UnitSystem};
use crate::xml::{MATHML, Xml, set_number};

/// Assignments beyond which simulators take minutes to load a file.
pub const MOST_ASSIGNMENTS: usize = 20_000;

/// What is set at one time, again and again.
pub(crate) struct Event {
    /// First time, in the units of the network.
    pub first: f64,
    /// From one time to the next; none: it happens once.
    pub period: Option<f64>,
    /// Species by place in the state, with the concentrations that they take.
    pub assignments: Vec<(usize, f64)>,
    /// It does not happen while this species is above this concentration.
    pub unless: Option<(usize, f64)>,
}

/// The events of a protocol.
pub(crate) struct Events {
    /// In the order of the protocol.
    pub(crate) events: Vec<Event>,
    /// What is set at the very beginning, which is no event.
    pub(crate) initial: Vec<(usize, f64)>,
    /// Distinct concentrations with their numbers, ordered as the bits of the values, none of which is negative.
    levels: BTreeMap<u64, usize>,
    /// Distinct periods.
    periods: BTreeMap<u64, usize>,
    /// What identifiers begin with.
    pub(crate) prefix: String,
}

/// A parameter of the events.
#[derive(Debug, Clone, PartialEq)]
pub struct EventParameter {
    /// Its identifier: `feed_next_2`.
    pub id: String,
    /// What it is, in words.
    pub meaning: String,
    /// Its value at the start, in the units of the network.
    pub value: f64,
}

/// The parameters that the events of a file read and set, in its order.
///
/// # Errors
///
/// More samples than events.
pub fn event_parameters(crn: &Crn, info: &CrnInfo) -> Result<Vec<EventParameter>, Error> {
    let mut all = Vec::new();
    Events::new(crn, info)?.for_each_parameter(|id, meaning, value, _, _| {
        all.push(EventParameter { id: id.to_owned(), meaning: meaning.to_owned(), value });
        Ok::<(), Error>(())
    })?;
    Ok(all)
}

impl Events {
    /// No events at all.
    pub(crate) fn none() -> Self {
        let (levels, periods) = (BTreeMap::new(), BTreeMap::new());
        Self { events: Vec::new(), initial: Vec::new(), levels, periods, prefix: String::new() }
    }

    /// The events of the protocol of a network.
    pub(crate) fn new(crn: &Crn, info: &CrnInfo) -> Result<Self, Error> {
        let mut all = Self { prefix: prefix(crn), ..Self::none() };
        let protocol = &crn.protocol;
        for setting in &protocol.settings {
            let range = info.species_range(setting.species);
            let assignments = range.zip(setting.values.iter().copied()).collect();
            let unless = setting.unless.map(|above| (info.species_index(above.species, 0), above.level));
            all.add(setting.time, protocol.period, assignments, unless);
        }
        if let Some(feed) = &protocol.feed {
            let members: usize = feed.channels.iter().map(|c| crn.species[c.species].initial.len()).sum();
            let assignments = members.saturating_mul(feed.rows.len());
            if assignments > MOST_ASSIGNMENTS {
                return Err(Error::TooManySettings { rows: feed.rows.len(), assignments });
            }
            all.present(crn, info, feed);
        }
        for (at, event) in all.events.iter().enumerate() {
            for &(_, value) in event.assignments.iter().chain(&event.unless) {
                let next = all.levels.len() + 1;
                all.levels.entry(value.to_bits()).or_insert(next);
            }
            if let Some(period) = event.period {
                let next = all.periods.len() + 1;
                all.periods.entry(period.to_bits()).or_insert(next);
            }
            debug_assert!(event.first > 0.0, "event {at} belongs to the initial concentrations");
        }
        Ok(all)
    }

    /// What happens at the beginning is part of the initial concentrations.
    fn add(
        &mut self,
        time: f64,
        period: Option<f64>,
        assignments: Vec<(usize, f64)>,
        unless: Option<(usize, f64)>,
    ) {
        if time > 0.0 {
            self.events.push(Event { first: time, period, assignments, unless });
            return;
        }
        self.initial.extend_from_slice(&assignments);
        if let Some(period) = period {
            self.events.push(Event { first: period, period: Some(period), assignments, unless });
        }
    }

    /// One event for each row, and two for the gate.
    fn present(&mut self, crn: &Crn, info: &CrnInfo, feed: &Feed) {
        let period = feed.hold * feed.rows.len() as f64;
        for (place, &row) in feed.rows.iter().enumerate() {
            let mut assignments = Vec::new();
            for channel in &feed.channels {
                let mut values = vec![0.0; crn.species[channel.species].initial.len()];
                feed.fill(channel, row, &mut values);
                // Minus zero is zero.
                let values = values.into_iter().map(|value| value + 0.0);
                assignments.extend(info.species_range(channel.species).zip(values));
            }
            self.add(feed.hold * place as f64, Some(period), assignments, None);
        }
        if let Some(gate) = &feed.gate {
            let species = |family: Handle<SpeciesFamily>| info.species_index(family, 0);
            let always = gate.open == 0.0 && gate.close == feed.hold;
            self.initial.push((species(gate.species), f64::from(u8::from(gate.open == 0.0))));
            if !always {
                let set = |value: f64| vec![(species(gate.species), value)];
                let first = if gate.open > 0.0 { gate.open } else { feed.hold };
                self.add(first, Some(feed.hold), set(1.0), None);
                self.add(gate.close, Some(feed.hold), set(0.0), None);
            }
        }
    }

    /// The parameter of a concentration.
    pub(crate) fn level(&self, value: f64) -> String {
        let number = self.levels.get(&value.to_bits()).copied().unwrap_or_default();
        format!("{}_level_{number}", self.prefix)
    }

    /// The parameter of a period.
    pub(crate) fn period(&self, period: f64) -> String {
        let number = self.periods.get(&period.to_bits()).copied().unwrap_or_default();
        format!("{}_period_{number}", self.prefix)
    }

    /// Calls `visit` for each parameter with identifier, name, value, kind, and whether it never changes.
    pub(crate) fn for_each_parameter<E>(
        &self,
        mut visit: impl FnMut(&str, &str, f64, Kind, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        for &bits in self.levels.keys() {
            let value = f64::from_bits(bits);
            let name = "a concentration that events set or compare with";
            visit(&self.level(value), name, value, Kind::Concentration, true)?;
        }
        for &bits in self.periods.keys() {
            let value = f64::from_bits(bits);
            visit(&self.period(value), "time from one event to the same again", value, Kind::Time, true)?;
        }
        for (at, event) in self.events.iter().enumerate() {
            let id = format!("{}_next_{}", self.prefix, at + 1);
            visit(&id, "time of the next event", event.first, Kind::Time, event.period.is_none())?;
        }
        Ok(())
    }

    /// Whether there is any.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Writes the parameters that the events read and set.
    pub(crate) fn parameters<W: Write>(&self, units: &UnitSystem, xml: &mut Xml<W>) -> Result<(), Error> {
        self.for_each_parameter(|id, name, value, kind, constant| {
            let mut number = String::new();
            set_number(&mut number, value);
            let constant = if constant { "true" } else { "false" };
            let attributes = [
                ("id", id),
                ("name", name),
                ("value", &number),
                ("units", units.of(kind)),
                ("constant", constant),
            ];
            Ok(xml.empty("parameter", &attributes)?)
        })
    }

    /// Writes the list of events.
    pub(crate) fn write<W: Write>(
        &self,
        ids: &SpeciesIds,
        level: Level,
        xml: &mut Xml<W>,
    ) -> Result<(), Error> {
        // In Level 2 every trigger is as these attributes say.
        let trigger: &[(&str, &str)] =
            if level.is_3() { &[("initialValue", "false"), ("persistent", "true")] } else { &[] };
        if self.is_empty() {
            return Ok(());
        }
        let prefix = &self.prefix;
        xml.open("listOfEvents", &[])?;
        for (at, event) in self.events.iter().enumerate() {
            let number = at + 1;
            let next = format!("{prefix}_next_{number}");
            let id = format!("{prefix}_{number}");
            xml.open("event", &[("id", &id), ("useValuesFromTriggerTime", "true")])?;
            xml.open("trigger", trigger)?;
            xml.open_line("math", &[("xmlns", MATHML)])?;
            if let Some((species, level)) = event.unless {
                xml.open("apply", &[])?;
                xml.empty("and", &[])?;
                xml.open("apply", &[])?;
                xml.empty("leq", &[])?;
                xml.text("ci", ids.get(species))?;
                xml.text("ci", &self.level(level))?;
                xml.close()?;
            }
            xml.open("apply", &[])?;
            xml.empty("geq", &[])?;
            let time = [("encoding", "text"), ("definitionURL", "http://www.sbml.org/sbml/symbols/time")];
            xml.text_with("csymbol", &time, "time")?;
            xml.text("ci", &next)?;
            for _ in 0..if event.unless.is_some() { 4 } else { 3 } {
                xml.close()?;
            }
            xml.open("listOfEventAssignments", &[])?;
            for &(species, value) in &event.assignments {
                xml.open("eventAssignment", &[("variable", ids.get(species))])?;
                xml.open_line("math", &[("xmlns", MATHML)])?;
                xml.text("ci", &self.level(value))?;
                xml.close()?;
                xml.close()?;
            }
            if let Some(period) = event.period {
                xml.open("eventAssignment", &[("variable", &next)])?;
                xml.open_line("math", &[("xmlns", MATHML)])?;
                xml.open("apply", &[])?;
                xml.empty("plus", &[])?;
                xml.text("ci", &next)?;
                xml.text("ci", &self.period(period))?;
                for _ in 0..3 {
                    xml.close()?;
                }
            }
            xml.close()?;
            xml.close()?;
        }
        Ok(xml.close()?)
    }
}

/// What no other identifier of the network begins with.
fn prefix(crn: &Crn) -> String {
    let mut prefix = "feed".to_owned();
    let is_met = |prefix: &str| {
        crn.name.starts_with(prefix)
            || crn.species.iter().any(|(_, family)| family.stem.starts_with(prefix))
            || crn.rate_constants.iter().any(|(_, constant)| constant.stem.starts_with(prefix))
    };
    while is_met(&prefix) {
        prefix.push('_');
    }
    prefix
}
