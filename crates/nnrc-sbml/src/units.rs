//! What the numbers of the file mean: pure numbers, or numbers of the network's own units.
//!
//! A file in moles and litres would hold numbers of 10⁻⁶ and less, which lie below what tools resolve by default:
//! COPASI's steady-state task takes 10⁻⁹ for nothing. So the units of substance, volume and time are such that
//! concentrations and rate constants are the numbers of the network, and the size of the pot is one from 1 to 1000.

use std::borrow::Cow;
use std::io::{self, Write};

use nnrc_crn::Units;

use crate::error::Error;
use crate::options::Level;
use crate::xml::{Xml, set_number};

/// What a parameter of events is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A concentration that is set or compared with.
    Concentration,
    /// A time, or a period.
    Time,
}

/// The unit system of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitSystem {
    /// What the numbers 1 stand for; none: everything is a pure number.
    molar: Option<Molar>,
    /// Size of the compartment.
    size: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Molar {
    /// Unit of concentration, of mol/L.
    concentration: Multiple,
    /// Unit of volume: that power of ten, times a litre.
    volume: i32,
    /// Unit of time, of a second.
    time: Multiple,
}

/// A multiple of a unit, as SBML writes it: a power of ten that is a power of a thousand, and a number.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Multiple {
    scale: i32,
    multiplier: f64,
}

/// Powers of ten that numbers can hold, with room for the exponents of rate constants.
const LARGEST_SCALE: i32 = 90;

impl UnitSystem {
    /// The units of the file of a network: those of the network. Without dimension the size of the pot is 1, as a volume
    /// has no effect on pure numbers.
    ///
    /// # Errors
    ///
    /// [`Error::BadUnit`] for what is not a positive number, or beyond all bounds of sense.
    pub fn new(units: &Units) -> Result<Self, Error> {
        let time = multiple("unit time", units.time)?;
        let volume = multiple("volume", units.volume)?;
        let Some(concentration) = units.concentration else { return Ok(Self { molar: None, size: 1.0 }) };
        let concentration = multiple("unit concentration", concentration)?;
        // Minutes and hours are multiples of a second, as tools know them.
        let time = if units.time < 1.0 { time } else { Multiple { scale: 0, multiplier: units.time } };
        let molar = Molar { concentration, volume: volume.scale, time };
        Ok(Self { molar: Some(molar), size: volume.multiplier })
    }

    /// Whether the numbers have units.
    pub fn is_molar(&self) -> bool {
        self.molar.is_some()
    }

    /// Size of the compartment.
    pub(crate) fn size(&self) -> f64 {
        self.size
    }

    /// The unit of concentrations in words: `uM`, `10 nM`; none without dimension.
    pub fn concentration_words(&self) -> Option<String> {
        self.molar.map(|molar| molar.concentration.words("M"))
    }

    /// The unit of time in words: `min`, `7 s`; none without dimension.
    pub fn time_words(&self) -> Option<String> {
        self.molar.map(|Molar { time, .. }| match time {
            Multiple { scale: 0, multiplier: 60.0 } => "min".to_owned(),
            Multiple { scale: 0, multiplier: 3600.0 } => "h".to_owned(),
            Multiple { scale: 0, multiplier: 86_400.0 } => "d".to_owned(),
            other => other.words("s"),
        })
    }

    /// Identifier of the unit of concentrations.
    pub(crate) fn concentration_unit(&self) -> &'static str {
        self.named(CONCENTRATION)
    }

    /// Identifier of the unit of substance and extent.
    pub(crate) fn substance_unit(&self) -> &'static str {
        self.named(SUBSTANCE)
    }

    /// Identifier of the unit of time.
    pub(crate) fn time_unit(&self) -> &'static str {
        self.named(TIME)
    }

    /// Identifier of the unit of the compartment.
    pub(crate) fn volume_unit(&self) -> &'static str {
        self.named(VOLUME)
    }

    /// Units of length and area. Nothing in the file has them, but COPASI warns where they are not set.
    pub(crate) fn length_and_area(&self) -> (&'static str, &'static str) {
        (self.named("metre"), self.named(AREA))
    }

    /// Identifier of the unit of a parameter of events.
    pub(crate) fn of(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Concentration => self.concentration_unit(),
            Kind::Time => self.time_unit(),
        }
    }

    /// The units of the model and their definitions, as Antimony writes them.
    pub(crate) fn antimony(&self, orders: &[u32]) -> Vec<(String, String)> {
        let Some(molar) = self.molar else {
            let pure = |id: &str| (id.to_owned(), DIMENSIONLESS.to_owned());
            return ["substance", "extent", "volume", "time_unit", "area", "length"].map(pure).to_vec();
        };
        let volume = Multiple { scale: molar.volume, multiplier: 1.0 };
        let substance = Multiple { scale: molar.concentration.scale + molar.volume, ..molar.concentration };
        let [mole, litre, second] = [(substance, "mole"), (volume, "litre"), (molar.time, "second")]
            .map(|(multiple, unit)| multiple.of_antimony(unit));
        let mut all = vec![("substance", mole.clone()), ("extent", mole.clone()), ("volume", litre.clone())];
        all.extend([("time_unit", second.clone()), ("area", "metre^2".to_owned())]);
        all.push((CONCENTRATION, format!("{mole} / {litre}")));
        let mut all: Vec<(String, String)> =
            all.into_iter().map(|(id, text)| (id.to_owned(), text)).collect();
        for &order in orders {
            let definition = match order {
                0 => format!("{mole} / ({litre} * {second})"),
                1 => format!("1 / ({second})"),
                _ => format!("({litre})^{0} / (({mole})^{0} * {second})", order - 1),
            };
            all.push((self.rate_unit(order).into_owned(), definition));
        }
        all
    }

    fn named(&self, unit: &'static str) -> &'static str {
        if self.is_molar() { unit } else { DIMENSIONLESS }
    }

    /// Identifier of the unit of rate constants for `order` reactant molecules.
    pub(crate) fn rate_unit(&self, order: u32) -> Cow<'static, str> {
        if !self.is_molar() {
            return DIMENSIONLESS.into();
        }
        match order {
            0 => "concentration_per_time".into(),
            1 => "per_time".into(),
            2 => "per_concentration_per_time".into(),
            _ => format!("per_concentration{}_per_time", order - 1).into(),
        }
    }

    /// Writes the definitions of the units of the model, of rate constants of these orders, and of concentrations
    /// where some parameter is one.
    pub(crate) fn definitions<W: Write>(
        &self,
        level: Level,
        orders: &[u32],
        has_concentrations: bool,
        xml: &mut Xml<W>,
    ) -> io::Result<()> {
        let Some(molar) = self.molar else {
            return if level.is_3() { Ok(()) } else { pure_numbers(xml) };
        };
        let volume = Multiple { scale: molar.volume, multiplier: 1.0 };
        let substance = Multiple { scale: molar.concentration.scale + molar.volume, ..molar.concentration };
        let (mole, litre, second) = (("mole", substance), ("litre", volume), ("second", molar.time));
        let metre = ("metre", Multiple { scale: 0, multiplier: 1.0 });
        let (concentration, time) =
            (self.concentration_words().unwrap_or_default(), self.time_words().unwrap_or_default());
        xml.open("listOfUnitDefinitions", &[])?;
        definition(xml, SUBSTANCE, &substance.words("mol"), &[(mole, 1)])?;
        definition(xml, VOLUME, &volume.words("L"), &[(litre, 1)])?;
        definition(xml, AREA, "m^2", &[(metre, 2)])?;
        definition(xml, TIME, &time, &[(second, 1)])?;
        if has_concentrations {
            definition(xml, CONCENTRATION, &concentration, &[(mole, 1), (litre, -1)])?;
        }
        for &order in orders {
            let power = 1 - i64::from(order);
            let units: Vec<(Unit, i64)> = [(mole, power), (litre, -power), (second, -1)]
                .into_iter()
                .filter(|&(_, exponent)| exponent != 0)
                .collect();
            definition(xml, &self.rate_unit(order), &rate_words(order, &concentration, &time), &units)?;
        }
        xml.close()
    }
}

/// A unit of SBML without its exponent.
type Unit = (&'static str, Multiple);

const DIMENSIONLESS: &str = "dimensionless";
// Level 2 has no attributes for the units of a model: a definition of this name takes the place of its default.
const SUBSTANCE: &str = "substance";
const VOLUME: &str = "volume";
const AREA: &str = "area";
const TIME: &str = "time";
const CONCENTRATION: &str = "concentration";

/// Says in Level 2 that nothing has a dimension.
fn pure_numbers<W: Write>(xml: &mut Xml<W>) -> io::Result<()> {
    xml.open("listOfUnitDefinitions", &[])?;
    for id in [SUBSTANCE, VOLUME, AREA, "length", TIME] {
        definition(xml, id, "1", &[((DIMENSIONLESS, Multiple { scale: 0, multiplier: 1.0 }), 1)])?;
    }
    xml.close()
}

fn definition<W: Write>(xml: &mut Xml<W>, id: &str, name: &str, units: &[(Unit, i64)]) -> io::Result<()> {
    xml.open("unitDefinition", &[("id", id), ("name", name)])?;
    xml.open("listOfUnits", &[])?;
    let mut number = String::new();
    for &((kind, Multiple { scale, multiplier }), exponent) in units {
        set_number(&mut number, multiplier);
        let (exponent, scale) = (exponent.to_string(), scale.to_string());
        let unit = [("kind", kind), ("exponent", &exponent), ("scale", &scale), ("multiplier", &number)];
        xml.empty("unit", &unit)?;
    }
    xml.close()?;
    xml.close()
}

/// The unit of rate constants in words: `1/(uM s)`.
fn rate_words(order: u32, concentration: &str, time: &str) -> String {
    let group = |unit: &str| if unit.contains(' ') { format!("({unit})") } else { unit.to_owned() };
    match order {
        0 => format!("{concentration}/{}", group(time)),
        1 => format!("1/{}", group(time)),
        2 => format!("1/({concentration} {time})"),
        _ => format!("1/({}^{} {time})", group(concentration), order - 1),
    }
}

impl Multiple {
    /// As Antimony writes it: `1e-9 mole`.
    fn of_antimony(self, unit: &str) -> String {
        match (self.scale, self.multiplier) {
            (0, 1.0) => unit.to_owned(),
            (0, multiplier) => format!("{multiplier} {unit}"),
            (scale, multiplier) => format!("{multiplier}e{scale} {unit}"),
        }
    }

    /// In words, with a prefix where there is one: `uM`, `10 nM`.
    fn words(self, unit: &str) -> String {
        let prefix = match self.scale {
            3 => "k",
            0 => "",
            -3 => "m",
            -6 => "u",
            -9 => "n",
            -12 => "p",
            -15 => "f",
            -18 => "a",
            -21 => "z",
            -24 => "y",
            scale if self.multiplier == 1.0 => return format!("10^{scale} {unit}"),
            scale => return format!("{} 10^{scale} {unit}", self.multiplier),
        };
        if self.multiplier == 1.0 {
            format!("{prefix}{unit}")
        } else {
            format!("{} {prefix}{unit}", self.multiplier)
        }
    }
}

/// A positive number as a multiple from 1 to 1000 of a power of a thousand.
fn multiple(what: &'static str, value: f64) -> Result<Multiple, Error> {
    let bad = || Error::BadUnit { what, value };
    if !(value.is_finite() && value > 0.0) {
        return Err(bad());
    }
    // Through the shortest decimal, as powers of ten are no binary numbers.
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').ok_or_else(bad)?;
    let exponent: i32 = exponent.parse().map_err(|_| bad())?;
    let scale = 3 * exponent.div_euclid(3);
    if scale.abs() > LARGEST_SCALE {
        return Err(bad());
    }
    let multiplier = format!("{digits}e{}", exponent - scale).parse().map_err(|_| bad())?;
    Ok(Multiple { scale, multiplier })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(concentration: f64, time: f64, volume: f64) -> UnitSystem {
        UnitSystem::new(&Units { concentration: Some(concentration), time, volume }).unwrap()
    }

    fn definitions(units: UnitSystem) -> String {
        let mut xml = Xml::new(Vec::new(), 0);
        units.definitions(Level::L3V1, &[2], false, &mut xml).unwrap();
        String::from_utf8(xml.into_inner()).unwrap()
    }

    #[test]
    fn units_are_those_of_the_network() {
        let words = |units: UnitSystem| {
            [units.concentration_words(), units.time_words()].map(Option::unwrap).join(", ")
        };
        assert_eq!(words(system(1e-6, 60.0, 1.0)), "uM, min");
        assert_eq!(words(system(1.0, 1e-3, 1.0)), "M, ms");
        assert_eq!(words(system(1e-8, 3600.0, 1.0)), "10 nM, h");
        assert_eq!(words(system(3e-7, 5e-4, 1.0)), "300 nM, 500 us");
        assert_eq!(words(system(1e-12, 7.0, 1.0)), "pM, 7 s");
        assert_eq!(rate_words(0, "10 nM", "7 s"), "10 nM/(7 s)");
        assert_eq!(rate_words(3, "10 nM", "s"), "1/((10 nM)^2 s)");
    }

    #[test]
    fn a_pot_is_of_order_one() {
        for (volume, size) in [(1.0, 1.0), (2.5, 2.5), (1e-9, 1.0), (3e-15, 3.0), (0.05, 50.0), (2e-4, 200.0)]
        {
            assert_eq!(system(1e-6, 1.0, volume).size(), size, "{volume}");
        }
        let zeptomoles = definitions(system(1e-6, 1.0, 3e-15));
        assert!(zeptomoles.contains(r#"<unitDefinition id="substance" name="zmol">"#));
        assert!(zeptomoles.contains(r#"<unit kind="mole" exponent="1" scale="-21" multiplier="1"/>"#));
        assert!(zeptomoles.contains(r#"<unit kind="litre" exponent="1" scale="-15" multiplier="1"/>"#));
        assert!(definitions(system(1e-12, 1.0, 3e-15)).contains(r#"name="10^-27 mol""#));
        let odd = definitions(system(1e-8, 7.0, 1.0));
        assert!(odd.contains(r#"name="1/(10 nM 7 s)""#), "{odd}");
        assert!(odd.contains(r#"<unit kind="mole" exponent="-1" scale="-9" multiplier="10"/>"#), "{odd}");
    }

    #[test]
    fn a_volume_has_no_effect_without_dimension() {
        let units = UnitSystem::new(&Units { concentration: None, time: 60.0, volume: 2e-12 }).unwrap();
        assert_eq!(units.rate_unit(2), "dimensionless");
        assert_eq!(units.size(), 1.0);
        assert_eq!(units.time_words(), None);
    }

    #[test]
    fn units_must_be_positive_and_within_reason() {
        let units = |concentration, volume| UnitSystem::new(&Units { concentration, time: 1.0, volume });
        assert!(matches!(units(Some(0.0), 1.0), Err(Error::BadUnit { what: "unit concentration", .. })));
        assert!(matches!(units(None, f64::NAN), Err(Error::BadUnit { what: "volume", .. })));
        assert!(matches!(units(Some(1e-200), 1.0), Err(Error::BadUnit { what: "unit concentration", .. })));
        assert!(matches!(units(Some(1e-6), 1e-200), Err(Error::BadUnit { what: "volume", .. })));
    }
}
