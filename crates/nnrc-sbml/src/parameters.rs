//! Rate constants as global parameters: those that at least one reaction uses.

use std::io::Write;

use nnrc_crn::{Crn, CrnInfo, Handle, Part, RateConstant, expand, namer};

use crate::annotation;
use crate::error::Error;
use crate::events::Events;
use crate::ids;
use crate::options::{Options, Provenance};
use crate::rules::Rules;
use crate::sbo;
use crate::template::{Template, slot};
use crate::units::UnitSystem;
use crate::xml::{Xml, clean, set_number};

const ID: usize = 0;
const INDEX: usize = 1;
const VALUE: usize = 2;
const SIGN: usize = 3;
const BAR: usize = 4;

/// Which members of which rate constants are used, and by reactions of which order.
pub(crate) struct Parameters {
    by_constant: Vec<Vec<Use>>,
    signed: Vec<bool>,
}

/// The parameters that one family of rate constants becomes.
struct Use {
    /// Orders of the reactions that use them, ascending.
    orders: Vec<u32>,
    /// Which members are used.
    members: Vec<bool>,
    /// Appended to the identifiers.
    suffix: String,
}

impl Parameters {
    /// Finds out what the reactions use.
    ///
    /// In molar units the unit of a rate constant depends on the order of the reaction. A rate constant that
    /// stands in reactions of different orders then becomes one parameter for each, `k_x_1_order0` and
    /// `k_x_1_order2`; as pure numbers they are the same and stay one parameter.
    pub(crate) fn new(crn: &Crn, info: &CrnInfo, units: &UnitSystem) -> Self {
        let mut signed = vec![false; crn.rate_constants.len()];
        for (_, family) in crn.reactions.iter() {
            signed[family.rate.constant.index()] |= family.rate.part != Part::Whole;
        }
        let mut by_constant: Vec<Vec<Use>> = crn.rate_constants.iter().map(|_| Vec::new()).collect();
        expand::for_each(crn, info, |reaction| {
            let (constant, flat) = reaction.constant;
            let order = info.facts(reaction.family).molecularity;
            let uses = &mut by_constant[constant.index()];
            let at =
                uses.iter().position(|u| !units.is_molar() || u.orders == [order]).unwrap_or_else(|| {
                    let members = vec![false; crn.rate_constants[constant].values.len()];
                    uses.push(Use { orders: vec![order], members, suffix: String::new() });
                    uses.len() - 1
                });
            uses[at].members[flat] = true;
            if !uses[at].orders.contains(&order) {
                uses[at].orders.push(order);
                uses[at].orders.sort_unstable();
            }
        });
        if by_constant.iter().any(|uses| uses.len() > 1) {
            let suffix = ids::order_suffix(crn);
            for uses in by_constant.iter_mut().filter(|uses| uses.len() > 1) {
                uses.sort_by(|a, b| a.orders.cmp(&b.orders));
                for each in uses {
                    each.suffix = format!("{suffix}{}", each.orders[0]);
                }
            }
        }
        Self { by_constant, signed }
    }

    /// All orders that occur, ascending.
    pub(crate) fn orders(&self) -> Vec<u32> {
        let mut orders: Vec<u32> =
            self.by_constant.iter().flatten().flat_map(|each| each.orders.iter().copied()).collect();
        orders.sort_unstable();
        orders.dedup();
        orders
    }

    /// What follows the identifier of a rate constant in reactions of this order.
    pub(crate) fn suffix(&self, constant: Handle<RateConstant>, order: u32) -> &str {
        let uses = &self.by_constant[constant.index()];
        uses.iter().find(|each| each.orders.contains(&order)).map_or("", |each| &each.suffix)
    }

    /// Calls `visit` for each parameter: identifier, name, value, and the orders of its reactions.
    pub(crate) fn for_each<E>(
        &self,
        crn: &Crn,
        mut visit: impl FnMut(&str, &str, f64, &[u32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut id, mut index) = (String::new(), String::new());
        for (handle, constant) in crn.rate_constants.iter() {
            let bar = if self.signed[handle.index()] { "|" } else { "" };
            for each in &self.by_constant[handle.index()] {
                for flat in (0..constant.values.len()).filter(|&flat| each.members[flat]) {
                    let stored = constant.values[flat];
                    id.clear();
                    namer::rate_constant_id(crn, constant, flat, &mut id);
                    id.push_str(&each.suffix);
                    annotation::set_index(crn, &constant.axes, flat, &mut index);
                    let name = annotation::name(&constant.origin.label, &index, &constant.origin.part);
                    let bar = if stored < 0.0 { bar } else { "" };
                    visit(&id, &format!("{bar}{name}{bar}"), stored.abs(), &each.orders)?;
                }
            }
        }
        Ok(())
    }

    /// Writes the list of parameters.
    pub(crate) fn write<W: Write>(
        &self,
        crn: &Crn,
        (rules, events): (&Rules<'_>, &Events),
        units: &UnitSystem,
        options: &Options,
        xml: &mut Xml<W>,
    ) -> Result<(), Error> {
        if self.by_constant.iter().all(Vec::is_empty) && rules.is_empty() && events.is_empty() {
            return Ok(());
        }
        xml.open("listOfParameters", &[])?;
        let (mut id, mut index, mut value) = (String::new(), String::new(), String::new());
        for (handle, constant) in crn.rate_constants.iter() {
            let signed = self.signed[handle.index()];
            for each in &self.by_constant[handle.index()] {
                let template = template(constant, each, signed, units, options)?;
                for flat in (0..constant.values.len()).filter(|&flat| each.members[flat]) {
                    let stored = constant.values[flat];
                    id.clear();
                    namer::rate_constant_id(crn, constant, flat, &mut id);
                    id.push_str(&each.suffix);
                    // Only one part of a signed value is not 0, and only its reactions exist.
                    set_number(&mut value, stored.abs());
                    annotation::set_index(crn, &constant.axes, flat, &mut index);
                    // The number in the file is the magnitude, and so is what its name says.
                    let (sign, bar) = if stored < 0.0 { ("-", "|") } else { ("+", "") };
                    template.fill(xml.bytes(), |slot| match slot {
                        ID => &id,
                        INDEX => &index,
                        VALUE => &value,
                        BAR => bar,
                        _ => sign,
                    })?;
                }
            }
        }
        rules.parameters(crn, units, options, xml)?;
        events.parameters(units, xml)?;
        Ok(xml.close()?)
    }
}

fn template(
    constant: &RateConstant,
    each: &Use,
    signed: bool,
    units: &UnitSystem,
    options: &Options,
) -> Result<Template, Error> {
    let origin = &constant.origin;
    let index = annotation::index_slot(&constant.axes, INDEX);
    let bar = if signed { slot(BAR) } else { String::new() };
    let name = format!("{bar}{}{bar}", annotation::name(&origin.label, &index, &origin.part));
    let unit = units.rate_unit(each.orders[0]);
    let id = slot(ID);
    let value = slot(VALUE);
    let attributes = [
        ("id", id.as_str()),
        ("name", name.as_str()),
        ("value", value.as_str()),
        ("units", &unit),
        ("constant", "true"),
        ("sboTerm", sbo::rate_constant(&each.orders)),
    ];
    let template = Template::render(3, |xml| {
        if options.provenance == Provenance::None {
            return xml.empty("parameter", &attributes);
        }
        xml.open("parameter", &attributes)?;
        let (tensor, part) = (clean(&origin.label), clean(&origin.part));
        let sign = if signed { slot(SIGN) } else { String::new() };
        // AMICI parses the annotation of each parameter by itself, so that its prefix must be declared in it.
        let facts = [
            ("xmlns:nnrc", annotation::NAMESPACE),
            ("tensor", &*tensor),
            ("index", &index),
            ("part", part.trim()),
            ("sign", &sign),
        ];
        annotation::origin(xml, &facts, origin.line)?;
        xml.close()
    })?;
    Ok(template)
}
