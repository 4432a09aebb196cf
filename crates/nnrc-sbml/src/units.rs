//! What the numbers of the file mean: pure numbers, or moles, litres and seconds.

use std::borrow::Cow;
use std::io::{self, Write};

use nnrc_crn::Units;

use crate::error::Error;
use crate::xml::Xml;

/// The unit system of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct UnitSystem {
    /// What the numbers 1 stand for; none: everything is a pure number.
    molar: Option<Molar>,
    /// Size of the compartment.
    pub(crate) volume: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Molar {
    /// Numerator and denominator of the unit of concentration in moles per litre: 1 and 10^6 for a micromolar, as
    /// 10^-6 is no binary number and would round every value.
    concentration: (f64, f64),
    /// Unit of time in seconds.
    time: f64,
}

impl UnitSystem {
    /// Checks the units of a network.
    pub(crate) fn new(units: &Units) -> Result<Self, Error> {
        let concentration =
            units.concentration.map(|value| positive("unit concentration", value)).transpose()?;
        let time = positive("unit time", units.time)?;
        let volume = positive("volume", units.volume)?;
        let molar = concentration.map(|value| {
            let inverse = (1.0 / value).round();
            let concentration = if 1.0 / inverse == value { (1.0, inverse) } else { (value, 1.0) };
            Molar { concentration, time }
        });
        Ok(Self { molar, volume })
    }

    /// Whether the numbers are moles, litres and seconds.
    pub(crate) fn is_molar(&self) -> bool {
        self.molar.is_some()
    }

    /// A concentration of the network in the units of the file.
    pub(crate) fn concentration(&self, value: f64) -> f64 {
        self.molar.map_or(value, |Molar { concentration: (unit, per), .. }| value * unit / per)
    }

    /// A rate constant of the network, for `order` reactant molecules, in the units of the file. Dividing step by
    /// step rounds better than a power of the unit.
    pub(crate) fn rate_constant(&self, value: f64, order: u32) -> f64 {
        let Some(Molar { concentration: (unit, per), time }) = self.molar else { return value };
        let scaled = match order {
            0 => value * unit / per,
            _ => (1..order).fold(value, |value, _| value * per / unit),
        };
        scaled / time
    }

    /// A time of the network in the units of the file.
    pub(crate) fn duration(&self, value: f64) -> f64 {
        self.molar.map_or(value, |Molar { time, .. }| value * time)
    }

    /// Unit of concentrations.
    pub(crate) fn concentration_unit(&self) -> &'static str {
        if self.is_molar() { MOLAR } else { DIMENSIONLESS }
    }

    /// Unit of substance and extent.
    pub(crate) fn substance(&self) -> &'static str {
        if self.is_molar() { "mole" } else { DIMENSIONLESS }
    }

    /// Unit of time.
    pub(crate) fn time(&self) -> &'static str {
        if self.is_molar() { "second" } else { DIMENSIONLESS }
    }

    /// Unit of the compartment.
    pub(crate) fn size(&self) -> &'static str {
        if self.is_molar() { "litre" } else { DIMENSIONLESS }
    }

    /// Units of length and area. Nothing in the file has them, but COPASI warns where they are not set.
    pub(crate) fn length_and_area(&self) -> (&'static str, &'static str) {
        if self.is_molar() { ("metre", AREA) } else { (DIMENSIONLESS, DIMENSIONLESS) }
    }

    /// Identifier of the unit of rate constants for `order` reactant molecules.
    pub(crate) fn rate_unit(&self, order: u32) -> Cow<'static, str> {
        if !self.is_molar() {
            return DIMENSIONLESS.into();
        }
        match order {
            0 => "M_per_s".into(),
            1 => "per_s".into(),
            2 => "per_M_per_s".into(),
            _ => format!("per_M{}_per_s", order - 1).into(),
        }
    }

    /// Writes the definitions of the unit of area, of the units of rate constants of these orders, and of the unit of
    /// concentrations where some parameter is one.
    pub(crate) fn definitions<W: Write>(
        &self,
        orders: &[u32],
        has_concentrations: bool,
        xml: &mut Xml<W>,
    ) -> io::Result<()> {
        if !self.is_molar() {
            return Ok(());
        }
        xml.open("listOfUnitDefinitions", &[])?;
        let square_metre = [("kind", "metre"), ("exponent", "2"), ("scale", "0"), ("multiplier", "1")];
        xml.open("unitDefinition", &[("id", AREA), ("name", "m^2")])?;
        xml.open("listOfUnits", &[])?;
        xml.empty("unit", &square_metre)?;
        xml.close()?;
        xml.close()?;
        if has_concentrations {
            xml.open("unitDefinition", &[("id", MOLAR), ("name", "mol/L")])?;
            xml.open("listOfUnits", &[])?;
            for (kind, exponent) in [("mole", "1"), ("litre", "-1")] {
                let unit = [("kind", kind), ("exponent", exponent), ("scale", "0"), ("multiplier", "1")];
                xml.empty("unit", &unit)?;
            }
            xml.close()?;
            xml.close()?;
        }
        for &order in orders {
            xml.open("unitDefinition", &[("id", &self.rate_unit(order)), ("name", &rate_unit_name(order))])?;
            xml.open("listOfUnits", &[])?;
            let power = 1 - i64::from(order);
            for (kind, exponent) in [("mole", power), ("litre", -power), ("second", -1)] {
                if exponent != 0 {
                    let exponent = exponent.to_string();
                    let unit = [("kind", kind), ("exponent", &exponent), ("scale", "0"), ("multiplier", "1")];
                    xml.empty("unit", &unit)?;
                }
            }
            xml.close()?;
            xml.close()?;
        }
        xml.close()
    }
}

const DIMENSIONLESS: &str = "dimensionless";
/// Identifier of the unit of concentrations.
const MOLAR: &str = "molar";
/// Identifier of the unit of area.
const AREA: &str = "square_metre";

fn rate_unit_name(order: u32) -> String {
    match order {
        0 => "M/s".to_owned(),
        1 => "1/s".to_owned(),
        2 => "1/(M s)".to_owned(),
        _ => format!("1/(M^{} s)", order - 1),
    }
}

fn positive(what: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(Error::BadUnit { what, value }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_constants_scale_with_their_order() {
        let units = UnitSystem::new(&Units { concentration: Some(1e-6), time: 60.0, volume: 1.0 }).unwrap();
        let per_second = |value: f64| value / 60.0;
        assert_eq!(units.rate_constant(3.0, 0), per_second(3e-6));
        assert_eq!(units.rate_constant(3.0, 1), per_second(3.0));
        assert_eq!(units.rate_constant(3.0, 2), per_second(3e6));
        assert_eq!(units.rate_constant(3.0, 3), per_second(3e12));
        assert_eq!(units.rate_unit(4), "per_M3_per_s");
        assert_eq!(units.concentration(1.25), 1.25e-6);
        let units = UnitSystem::new(&Units { concentration: Some(3e-7), ..Units::default() }).unwrap();
        assert_eq!(units.rate_constant(6.0, 2), 6.0 / 3e-7);
        assert_eq!(units.concentration(2.0), 6e-7);
    }

    #[test]
    fn numbers_stay_as_they_are_without_dimension() {
        let units = UnitSystem::new(&Units { concentration: None, time: 60.0, volume: 2.0 }).unwrap();
        assert_eq!(units.rate_constant(3.0, 2), 3.0);
        assert_eq!(units.concentration(3.0), 3.0);
        assert_eq!(units.rate_unit(2), "dimensionless");
    }

    #[test]
    fn units_must_be_positive() {
        let units = Units { concentration: Some(0.0), ..Units::default() };
        assert!(matches!(UnitSystem::new(&units), Err(Error::BadUnit { what: "unit concentration", .. })));
        let units = Units { volume: f64::NAN, ..Units::default() };
        assert!(matches!(UnitSystem::new(&units), Err(Error::BadUnit { what: "volume", .. })));
    }
}
