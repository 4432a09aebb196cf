//! Numbers of all sizes and byte orders as f64.

/// How one number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One byte, 0 or not.
    Bool,
    /// Two's complement of 1, 2, 4 or 8 bytes.
    Signed(usize),
    /// 1, 2, 4 or 8 bytes.
    Unsigned(usize),
    /// IEEE 754 of 2, 4 or 8 bytes.
    Float(usize),
    /// The upper half of an IEEE 754 number of 4 bytes.
    BrainFloat,
}

impl Format {
    /// Bytes of one number.
    pub fn size(self) -> usize {
        match self {
            Format::Bool => 1,
            Format::BrainFloat => 2,
            Format::Signed(size) | Format::Unsigned(size) | Format::Float(size) => size,
        }
    }
}

/// Converts whole numbers in `bytes`; an incomplete one at the end is left out.
pub fn decode(bytes: &[u8], format: Format, big_endian: bool) -> Vec<f64> {
    let size = format.size();
    let mut values = Vec::with_capacity(bytes.len() / size);
    for number in bytes.chunks_exact(size) {
        let mut wide = [0; 8];
        wide[..size].copy_from_slice(number);
        if big_endian {
            wide[..size].reverse();
        }
        values.push(convert(u64::from_le_bytes(wide), format));
    }
    values
}

fn convert(bits: u64, format: Format) -> f64 {
    match format {
        Format::Bool => f64::from(u8::from(bits != 0)),
        Format::Unsigned(_) => bits as f64,
        Format::Signed(size) => {
            let unused = 64 - 8 * size as u32;
            ((bits << unused) as i64 >> unused) as f64
        }
        Format::Float(2) => half(bits as u16),
        Format::Float(4) => f64::from(f32::from_bits(bits as u32)),
        Format::Float(_) => f64::from_bits(bits),
        Format::BrainFloat => f64::from(f32::from_bits((bits as u32) << 16)),
    }
}

/// IEEE 754 binary16: 1 sign bit, 5 bits of exponent (bias 15), 10 bits of fraction.
fn half(bits: u16) -> f64 {
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        let cases = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333251953125),
            (0x7bff, 65504.0),
            (0x0001, 5.960464477539063e-8),
            (0x0400, 6.103515625e-5),
            (0x7c00, f64::INFINITY),
        ];
        for (bits, value) in cases {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn both_byte_orders() {
        assert_eq!(decode(&[0xff, 0xfe], Format::Signed(2), true), [-2.0]);
        assert_eq!(decode(&[0xfe, 0xff], Format::Signed(2), false), [-2.0]);
        assert_eq!(decode(&1.5f64.to_be_bytes(), Format::Float(8), true), [1.5]);
        assert_eq!(decode(&[0xff; 8], Format::Unsigned(8), false), [u64::MAX as f64]);
        assert_eq!(decode(&[0x80, 0x3f], Format::BrainFloat, false), [1.0]);
        assert_eq!(decode(&[0, 1, 2], Format::Bool, false), [0.0, 1.0, 1.0]);
    }
}
