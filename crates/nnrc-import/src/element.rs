//! Types of the elements of tensors.

use std::fmt;

use nnrc_sim::io::number::Format;

/// The type of the elements of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Single precision.
    Float32,
    /// Double precision.
    Float64,
    /// IEEE half precision.
    Float16,
    /// The upper half of single precision.
    BFloat16,
    /// Whole numbers with a sign, of so many bytes.
    Int(usize),
    /// Whole numbers without a sign, of so many bytes.
    Uint(usize),
    /// True or false.
    Bool,
    /// Text.
    Text,
}

impl Element {
    /// The type that the standard gives this number; none where it is none of these.
    pub(crate) fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            1 => Self::Float32,
            2 => Self::Uint(1),
            3 => Self::Int(1),
            4 => Self::Uint(2),
            5 => Self::Int(2),
            6 => Self::Int(4),
            7 => Self::Int(8),
            8 => Self::Text,
            9 => Self::Bool,
            10 => Self::Float16,
            11 => Self::Float64,
            12 => Self::Uint(4),
            13 => Self::Uint(8),
            16 => Self::BFloat16,
            _ => return None,
        })
    }

    /// How numbers of this type are stored; none for text.
    pub(crate) fn format(self) -> Option<Format> {
        Some(match self {
            Self::Float32 => Format::Float(4),
            Self::Float64 => Format::Float(8),
            Self::Float16 => Format::Float(2),
            Self::BFloat16 => Format::BrainFloat,
            Self::Int(size) => Format::Signed(size),
            Self::Uint(size) => Format::Unsigned(size),
            Self::Bool => Format::Bool,
            Self::Text => return None,
        })
    }

    /// Whether numbers of this type have fractions.
    pub fn is_float(self) -> bool {
        match self {
            Self::Float32 | Self::Float64 | Self::Float16 | Self::BFloat16 => true,
            Self::Int(_) | Self::Uint(_) | Self::Bool | Self::Text => false,
        }
    }

    /// The number of this type that `value` becomes.
    pub(crate) fn round(self, value: f64) -> f64 {
        match self {
            Self::Float32 => f64::from(value as f32),
            Self::Float64 | Self::Text => value,
            Self::Float16 => half(value),
            Self::BFloat16 => brain(value as f32),
            Self::Int(1) => f64::from(value as i64 as i8),
            Self::Int(2) => f64::from(value as i64 as i16),
            Self::Int(4) => f64::from(value as i64 as i32),
            Self::Int(_) => value as i64 as f64,
            Self::Uint(1) => f64::from(value as i64 as u8),
            Self::Uint(2) => f64::from(value as i64 as u16),
            Self::Uint(4) => f64::from(value as i64 as u32),
            Self::Uint(_) => value as u64 as f64,
            Self::Bool => f64::from(u8::from(value != 0.0)),
        }
    }
}

/// The nearest half: 11 digits from 2^-14 on, steps of 2^-24 below.
fn half(value: f64) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    let exponent = value.abs().log2().floor().max(-14.0);
    let step = (exponent - 10.0).exp2();
    let rounded = (value / step).round_ties_even() * step;
    if rounded.abs() > 65504.0 { f64::INFINITY.copysign(value) } else { rounded }
}

/// The nearest number of which the lower half is 0.
fn brain(value: f32) -> f64 {
    if !value.is_finite() {
        return f64::from(value);
    }
    let bits = value.to_bits();
    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) & 0xffff_0000;
    f64::from(f32::from_bits(rounded))
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float32 => write!(f, "float"),
            Self::Float64 => write!(f, "double"),
            Self::Float16 => write!(f, "float16"),
            Self::BFloat16 => write!(f, "bfloat16"),
            Self::Int(size) => write!(f, "int{}", 8 * size),
            Self::Uint(size) => write!(f, "uint{}", 8 * size),
            Self::Bool => write!(f, "bool"),
            Self::Text => write!(f, "string"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding() {
        assert_eq!(Element::Float16.round(0.1), 0.0999755859375);
        assert_eq!(Element::Float16.round(1e-7), 1.1920928955078125e-7);
        assert_eq!(Element::Float16.round(65520.0), f64::INFINITY);
        assert_eq!(Element::BFloat16.round(0.1), 0.10009765625);
        assert_eq!(Element::Float32.round(0.1), f64::from(0.1f32));
        assert_eq!(Element::Int(8).round(-2.7), -2.0);
        assert_eq!(Element::Int(1).round(300.0), 44.0);
        assert_eq!(Element::Bool.round(-3.0), 1.0);
    }
}
