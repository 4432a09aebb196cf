//! Units of measure: the closed table of the language, and dimensions under arithmetic.

use std::fmt;

/// Exponents of time, concentration and volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dimension {
    /// Of seconds.
    pub time: i8,
    /// Of mol/L.
    pub concentration: i8,
    /// Of litres.
    pub volume: i8,
}

impl Dimension {
    /// A plain number.
    pub const NONE: Self = Self { time: 0, concentration: 0, volume: 0 };
    /// Time.
    pub const TIME: Self = Self { time: 1, concentration: 0, volume: 0 };
    /// First-order rate constant.
    pub const FREQUENCY: Self = Self { time: -1, concentration: 0, volume: 0 };
    /// Concentration.
    pub const CONCENTRATION: Self = Self { time: 0, concentration: 1, volume: 0 };
    /// Second-order rate constant.
    pub const SECOND_ORDER: Self = Self { time: -1, concentration: -1, volume: 0 };
    /// Volume.
    pub const VOLUME: Self = Self { time: 0, concentration: 0, volume: 1 };

    /// The dimension of a product; `sign` −1 for a quotient. None if an exponent leaves all bounds of sense.
    pub fn combine(self, other: Self, sign: i8) -> Option<Self> {
        let sum = |own: i8, other: i8| own.checked_add(other.checked_mul(sign)?);
        Some(Self {
            time: sum(self.time, other.time)?,
            concentration: sum(self.concentration, other.concentration)?,
            volume: sum(self.volume, other.volume)?,
        })
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match *self {
            Self::NONE => "a plain number",
            Self::TIME => "a time (such as `20 s`)",
            Self::FREQUENCY => "a first-order rate constant (such as `5 /s`)",
            Self::CONCENTRATION => "a concentration (such as `1 uM`)",
            Self::SECOND_ORDER => "a second-order rate constant (such as `1 /uM/s`)",
            Self::VOLUME => "a volume (such as `1 fL`)",
            Self { time: -1, concentration: 1, volume: 0 } => {
                "a zeroth-order rate constant (such as `1 uM/s`)"
            }
            _ => "a quantity of an unusual dimension",
        };
        f.write_str(words)
    }
}

/// Factor to seconds, mol/L and litres, and dimension, of a unit of the language.
pub fn lookup(unit: &str) -> Option<(f64, Dimension)> {
    let prefix = |text: &str| match text {
        "" => Some(1.0),
        "m" => Some(1e-3),
        "u" => Some(1e-6),
        "n" => Some(1e-9),
        "p" => Some(1e-12),
        "f" => Some(1e-15),
        _ => None,
    };
    let time = |text: &str| match text {
        "s" => Some(1.0),
        "min" => Some(60.0),
        "h" => Some(3600.0),
        "ms" => Some(1e-3),
        "us" => Some(1e-6),
        _ => None,
    };
    if let Some(seconds) = time(unit) {
        return Some((seconds, Dimension::TIME));
    }
    if let Some(rest) = unit.strip_prefix('/') {
        if let Some(seconds) = time(rest) {
            return Some((1.0 / seconds, Dimension::FREQUENCY));
        }
        let molar = rest.strip_suffix("M/s").and_then(prefix)?;
        return Some((1.0 / molar, Dimension::SECOND_ORDER));
    }
    if let Some(molar) = unit.strip_suffix("M/s").and_then(prefix) {
        return Some((molar, Dimension { time: -1, concentration: 1, volume: 0 }));
    }
    if let Some(molar) = unit.strip_suffix('M').and_then(prefix) {
        return Some((molar, Dimension::CONCENTRATION));
    }
    unit.strip_suffix('L').and_then(prefix).map(|litres| (litres, Dimension::VOLUME))
}
