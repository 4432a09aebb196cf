//! Activations that are recognised.

use std::fmt;

use crate::special;

/// A function that is applied to each number of a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// z
    Identity,
    /// max(z, 0)
    Relu,
    /// z above 0, this slope times z below; from 0 to below 1
    LeakyRelu(f64),
    /// tanh(z)
    Tanh,
    /// 1 / (1 + e^-z)
    Sigmoid,
    /// z / (1 + |z|)
    Softsign,
    /// ln(1 + e^z)
    Softplus,
    /// z / (1 + e^-z), also called swish
    Silu,
    /// z Φ(z), with the normal distribution
    Gelu,
    /// z (1 + tanh(sqrt(2/π) (z + 0.044715 z³))) / 2
    GeluTanh,
    /// z above 0, e^z − 1 below
    Elu,
}

impl Activation {
    /// Activations without a number in them, by the names that frameworks give them.
    pub(crate) const NAMES: [(&str, Self); 11] = [
        ("identity", Self::Identity),
        ("linear", Self::Identity),
        ("relu", Self::Relu),
        ("tanh", Self::Tanh),
        ("sigmoid", Self::Sigmoid),
        ("softsign", Self::Softsign),
        ("softplus", Self::Softplus),
        ("silu", Self::Silu),
        ("gelu", Self::Gelu),
        ("gelu_tanh", Self::GeluTanh),
        ("elu", Self::Elu),
    ];

    /// The activation of a name: `relu`, `leaky_relu(0.1)`.
    pub fn named(name: &str) -> Option<Self> {
        if let Some(slope) = name.strip_prefix("leaky_relu(").and_then(|rest| rest.strip_suffix(')')) {
            let slope = slope.trim().parse::<f64>().ok().filter(|slope| (0.0..1.0).contains(slope))?;
            return Some(Self::LeakyRelu(slope));
        }
        match name {
            "leaky_relu" => Some(Self::LeakyRelu(0.01)),
            "swish" => Some(Self::Silu),
            "logistic" => Some(Self::Sigmoid),
            _ => Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, activation)| *activation),
        }
    }

    /// The value at `z`.
    pub fn apply(self, z: f64) -> f64 {
        match self {
            Self::Identity => z,
            Self::Relu => z.max(0.0),
            Self::LeakyRelu(slope) => {
                if z < 0.0 {
                    slope * z
                } else {
                    z
                }
            }
            Self::Tanh => z.tanh(),
            Self::Sigmoid => special::sigmoid(z),
            Self::Softsign => z / (1.0 + z.abs()),
            Self::Softplus => special::softplus(z),
            Self::Silu => z * special::sigmoid(z),
            Self::Gelu => special::gelu(z),
            Self::GeluTanh => special::gelu_tanh(z),
            Self::Elu => {
                if z > 0.0 {
                    z
                } else {
                    z.exp_m1()
                }
            }
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity => write!(f, "identity"),
            Self::Relu => write!(f, "relu"),
            // Files store it in single precision: 0.1, and not 0.10000000149011612.
            Self::LeakyRelu(slope) if f64::from(*slope as f32) == *slope => {
                write!(f, "leaky_relu(slope = {:?})", *slope as f32)
            }
            Self::LeakyRelu(slope) => write!(f, "leaky_relu(slope = {slope:?})"),
            Self::Tanh => write!(f, "tanh"),
            Self::Sigmoid => write!(f, "sigmoid"),
            Self::Softsign => write!(f, "softsign"),
            Self::Softplus => write!(f, "softplus"),
            Self::Silu => write!(f, "silu"),
            Self::Gelu => write!(f, "gelu"),
            Self::GeluTanh => write!(f, "gelu_tanh"),
            Self::Elu => write!(f, "elu"),
        }
    }
}
