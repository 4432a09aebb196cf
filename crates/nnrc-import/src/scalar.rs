//! Functions of single numbers: what element-wise ops do.

use crate::element::Element;
use crate::node_error::NodeFault;
use crate::op::{Op, attribute};
use crate::ops;
use crate::special::{erf, gelu, gelu_tanh, sigmoid, softplus};

/// A function of one number or more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scalar {
    Abs,
    And,
    Add,
    Cast(Element),
    Ceil,
    Celu(f64),
    /// Limits that are attributes; inputs count where there are some.
    Clip(f64, f64),
    Div,
    /// Whole numbers: towards 0.
    DivWhole,
    Elu(f64),
    Equal,
    Erf,
    Exp,
    Floor,
    Gelu,
    GeluTanh,
    Greater,
    GreaterOrEqual,
    HardSigmoid(f64, f64),
    HardSwish,
    Keep,
    LeakyRelu(f64),
    Less,
    LessOrEqual,
    Log,
    Max,
    Mean,
    Min,
    Mish,
    Mul,
    Neg,
    Not,
    Or,
    PRelu,
    Pow,
    Reciprocal,
    Relu,
    Round,
    Selu(f64, f64),
    Sigmoid,
    Sign,
    Softplus,
    Softsign,
    Sqrt,
    Sub,
    Sum,
    Swish(f64),
    Tanh,
    ThresholdedRelu(f64),
    Where,
    Xor,
}

impl Scalar {
    /// The function of a node; none where it is not element-wise.
    pub fn of(op: &Op<'_>) -> Result<Option<Self>, NodeFault> {
        Ok(Some(match op.node.op.as_str() {
            "Abs" => Self::Abs,
            "Add" => Self::Add,
            "And" => Self::And,
            "Cast" => Self::Cast(ops::target(op).ok_or_else(|| attribute("to", "a type of numbers"))?),
            "Ceil" => Self::Ceil,
            "Celu" => Self::Celu(op.float("alpha", 1.0)?),
            "Clip" => Self::Clip(op.float("min", f64::NEG_INFINITY)?, op.float("max", f64::INFINITY)?),
            "Div" if op.input(0).is_none_or(|fact| fact.element().is_float()) => Self::Div,
            "Div" => Self::DivWhole,
            "Elu" => Self::Elu(op.float("alpha", 1.0)?),
            "Equal" => Self::Equal,
            "Erf" => Self::Erf,
            "Exp" => Self::Exp,
            "Floor" => Self::Floor,
            "Gelu" if op.text("approximate", "none")? == "tanh" => Self::GeluTanh,
            "Gelu" => Self::Gelu,
            "Greater" => Self::Greater,
            "GreaterOrEqual" => Self::GreaterOrEqual,
            "HardSigmoid" => Self::HardSigmoid(op.float("alpha", 0.2)?, op.float("beta", 0.5)?),
            "HardSwish" => Self::HardSwish,
            "Identity" | "Dropout" | "CastLike" => Self::Keep,
            "LeakyRelu" => Self::LeakyRelu(op.float("alpha", 0.01)?),
            "Less" => Self::Less,
            "LessOrEqual" => Self::LessOrEqual,
            "Log" => Self::Log,
            "Max" => Self::Max,
            "Mean" => Self::Mean,
            "Min" => Self::Min,
            "Mish" => Self::Mish,
            "Mul" => Self::Mul,
            "Neg" => Self::Neg,
            "Not" => Self::Not,
            "Or" => Self::Or,
            "PRelu" => Self::PRelu,
            "Pow" => Self::Pow,
            "Reciprocal" => Self::Reciprocal,
            "Relu" => Self::Relu,
            "Round" => Self::Round,
            "Selu" => {
                Self::Selu(op.float("alpha", 1.6732632423543772)?, op.float("gamma", 1.0507009873554805)?)
            }
            "Sigmoid" => Self::Sigmoid,
            "Sign" => Self::Sign,
            "Softplus" => Self::Softplus,
            "Softsign" => Self::Softsign,
            "Sqrt" => Self::Sqrt,
            "Sub" => Self::Sub,
            "Sum" => Self::Sum,
            "Swish" => Self::Swish(op.float("alpha", 1.0)?),
            "Tanh" => Self::Tanh,
            "ThresholdedRelu" => Self::ThresholdedRelu(op.float("alpha", 1.0)?),
            "Where" => Self::Where,
            "Xor" => Self::Xor,
            _ => return Ok(None),
        }))
    }

    /// The type of the results, by those of the inputs.
    pub fn element(self, inputs: &[Element]) -> Element {
        let input = |slot: usize| inputs.get(slot).copied().unwrap_or(Element::Float32);
        match self {
            Self::Cast(element) => element,
            Self::And
            | Self::Equal
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Not
            | Self::Or
            | Self::Xor => Element::Bool,
            Self::Where => input(1),
            _ => input(0),
        }
    }

    /// The least number of inputs.
    pub fn arity(self) -> usize {
        match self {
            Self::Where => 3,
            Self::Add
            | Self::And
            | Self::Div
            | Self::DivWhole
            | Self::Equal
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Mul
            | Self::Or
            | Self::PRelu
            | Self::Pow
            | Self::Sub
            | Self::Xor => 2,
            Self::Abs
            | Self::Cast(_)
            | Self::Ceil
            | Self::Celu(_)
            | Self::Clip(_, _)
            | Self::Elu(_)
            | Self::Erf
            | Self::Exp
            | Self::Floor
            | Self::Gelu
            | Self::GeluTanh
            | Self::HardSigmoid(_, _)
            | Self::HardSwish
            | Self::Keep
            | Self::LeakyRelu(_)
            | Self::Log
            | Self::Max
            | Self::Mean
            | Self::Min
            | Self::Mish
            | Self::Neg
            | Self::Not
            | Self::Reciprocal
            | Self::Relu
            | Self::Round
            | Self::Selu(_, _)
            | Self::Sigmoid
            | Self::Sign
            | Self::Softplus
            | Self::Softsign
            | Self::Sqrt
            | Self::Sum
            | Self::Swish(_)
            | Self::Tanh
            | Self::ThresholdedRelu(_) => 1,
        }
    }

    /// The value at `x`, which has at least as many numbers as [`Scalar::arity`] says; NaN for an input that is left
    /// out.
    pub fn apply(self, x: &[f64]) -> f64 {
        let truth = |is_true: bool| f64::from(u8::from(is_true));
        let z = x[0];
        match self {
            Self::Abs => z.abs(),
            Self::Add => z + x[1],
            Self::And => truth(z != 0.0 && x[1] != 0.0),
            Self::Cast(element) => element.round(z),
            Self::Ceil => z.ceil(),
            Self::Celu(alpha) => z.max(0.0) + (alpha * ((z / alpha).exp() - 1.0)).min(0.0),
            Self::Clip(low, high) => {
                let limit = |slot: usize, attribute: f64| {
                    x.get(slot).copied().filter(|limit| !limit.is_nan()).unwrap_or(attribute)
                };
                z.max(limit(1, low)).min(limit(2, high))
            }
            Self::Div => z / x[1],
            Self::DivWhole => (z / x[1]).trunc(),
            Self::Elu(alpha) => {
                if z > 0.0 {
                    z
                } else {
                    alpha * z.exp_m1()
                }
            }
            Self::Equal => truth(z == x[1]),
            Self::Erf => erf(z),
            Self::Exp => z.exp(),
            Self::Floor => z.floor(),
            Self::Gelu => gelu(z),
            Self::GeluTanh => gelu_tanh(z),
            Self::Greater => truth(z > x[1]),
            Self::GreaterOrEqual => truth(z >= x[1]),
            Self::HardSigmoid(alpha, beta) => (alpha * z + beta).clamp(0.0, 1.0),
            Self::HardSwish => z * (z / 6.0 + 0.5).clamp(0.0, 1.0),
            Self::Keep => z,
            Self::LeakyRelu(alpha) => {
                if z < 0.0 {
                    alpha * z
                } else {
                    z
                }
            }
            Self::Less => truth(z < x[1]),
            Self::LessOrEqual => truth(z <= x[1]),
            Self::Log => z.ln(),
            Self::Max => x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Mean => x.iter().sum::<f64>() / x.len() as f64,
            Self::Min => x.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Mish => z * softplus(z).tanh(),
            Self::Mul => z * x[1],
            Self::Neg => -z,
            Self::Not => truth(z == 0.0),
            Self::Or => truth(z != 0.0 || x[1] != 0.0),
            Self::PRelu => {
                if z < 0.0 {
                    x[1] * z
                } else {
                    z
                }
            }
            Self::Pow => z.powf(x[1]),
            Self::Reciprocal => 1.0 / z,
            Self::Relu => z.max(0.0),
            Self::Round => z.round_ties_even(),
            Self::Selu(alpha, gamma) => gamma * if z > 0.0 { z } else { alpha * z.exp_m1() },
            Self::Sigmoid => sigmoid(z),
            Self::Sign => {
                if z == 0.0 {
                    0.0
                } else {
                    z.signum()
                }
            }
            Self::Softplus => softplus(z),
            Self::Softsign => z / (1.0 + z.abs()),
            Self::Sqrt => z.sqrt(),
            Self::Sub => z - x[1],
            Self::Sum => x.iter().sum(),
            Self::Swish(alpha) => z * sigmoid(alpha * z),
            Self::Tanh => z.tanh(),
            Self::ThresholdedRelu(alpha) => {
                if z > alpha {
                    z
                } else {
                    0.0
                }
            }
            Self::Where => {
                if z != 0.0 {
                    x[1]
                } else {
                    x[2]
                }
            }
            Self::Xor => truth((z != 0.0) != (x[1] != 0.0)),
        }
    }
}
