//! The activations: what is applied to a pre-activation, one file for each, which holds all its facts: its words, its
//! value at rest with slope, range and rails, and which constructions have reactions for it. The reactions are in
//! `nnrc-lower`.
//!
//! The table below is the only place where activations are told apart: everything else asks [`Facts`] and [`Function`].

mod abs;
mod algebraic_sigmoid;
mod algebraic_tanh;
mod annihilated;
mod annihilation_relu;
mod canonical;
mod circuit;
mod elu;
mod facts;
mod function;
mod hill;
mod identity;
mod inverse_multiquadric;
mod inverse_quadratic;
mod michaelis;
mod rational_softmax;
mod restored_sigmoid;
mod sigmoid;
mod smooth_leaky_relu;
mod smooth_relu;
mod softmax;
mod softplus;
mod softsign;
mod square;
mod swish;
mod tanh;
mod winner_take_all;

#[cfg(test)]
mod tests;

pub use circuit::{Block, Circuit, Form, Origin, Product, Quantity};
pub use facts::{Bound, Clocked, CrossEntropy, Domain, Exposure, Facts, Learns, Parameter, Reads};
pub use function::{Function, Holding, Joint, Map, Pair, Pointwise, Produced, Rails};

pub use annihilated::annihilated_pair;
pub use canonical::smooth_relu;

use crate::interval::Interval;

/// An activation of the language.
pub struct Spec {
    /// What is known of it.
    pub facts: &'static Facts,
    /// Makes it from its parameters; those that are not given have their defaults.
    pub make: fn(&[f64]) -> Activation,
}

/// Makes the enum and everything that goes through all of it. A line is a variant, its parameters in the order of
/// [`Facts::parameters`], and the module of its file, which has `FACTS` and a type of the name of the variant.
macro_rules! activations {
    ($($(#[$doc:meta])* $variant:ident $({ $($parameter:ident),* })? = $file:ident;)*) => {
        /// What is applied to a pre-activation.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum Activation {
            $($(#[$doc])* $variant $({
                $(
                    #[doc = concat!("`", stringify!($parameter), "`")]
                    $parameter: f64
                ),*
            })?,)*
        }

        /// Every activation of the language.
        pub const SPECS: &[Spec] = &[$(Spec {
            facts: &$file::FACTS,
            make: |given| {
                // Those without parameters do not read it.
                let _ = given;
                Activation::$variant $({
                    $($parameter: $file::FACTS.given(stringify!($parameter), given)),*
                })?
            },
        }),*];

        impl Activation {
            /// What is known of it, whatever its parameters.
            pub fn facts(self) -> &'static Facts {
                match self {
                    $(Self::$variant { .. } => &$file::FACTS,)*
                }
            }

            /// Its parameters, in the order in which the language names them.
            pub fn parameters(self) -> Vec<f64> {
                match self {
                    $(Self::$variant $({ $($parameter),* })? => vec![$($($parameter),*)?],)*
                }
            }

            /// Hands over what it computes.
            pub fn with<T>(self, then: impl FnOnce(&dyn Function) -> T) -> T {
                match self {
                    $(Self::$variant $({ $($parameter),* })? => {
                        then(&$file::$variant $({ $($parameter),* })?)
                    })*
                }
            }
        }
    };
}

activations! {
    /// z
    Identity = identity;
    /// R_h(z) = (z + sqrt(z² + 4h)) / 2
    SmoothRelu { h } = smooth_relu;
    /// slope · z + (1 − slope) R_h(z)
    SmoothLeakyRelu { h, slope } = smooth_leaky_relu;
    /// (1 + z / sqrt(z² + 4h)) / 2
    AlgebraicSigmoid { h } = algebraic_sigmoid;
    /// z / sqrt(z² + 4h)
    AlgebraicTanh { h } = algebraic_tanh;
    /// (1 + z / (2a + sqrt(z² + 4a²))) / 2
    RestoredSigmoid { a } = restored_sigmoid;
    /// z / (k + z)
    Michaelis { k } = michaelis;
    /// z² / (k + z²)
    Hill { k } = hill;
    /// z / (1 + sqrt(z² + 4h))
    Softsign { h } = softsign;
    /// R_h(z) − v / (1 + v) with v = R_h(−z)
    Elu { h } = elu;
    /// sqrt(z² + 4h)
    Abs { h } = abs;
    /// z (1 + z / sqrt(z² + 4h)) / 2
    Swish { h } = swish;
    /// z²
    Square = square;
    /// 1 / sqrt(z² + 4h)
    InverseMultiquadric { h } = inverse_multiquadric;
    /// 1 / (1 + z²)
    InverseQuadratic = inverse_quadratic;
    /// The larger root u of u² − (z − 1/k) u − z₊/k = 0, which tends to max(z, 0)
    AnnihilationRelu { k } = annihilation_relu;
    /// h / (S − z_i) with S = Σ_i h / (S − z_i), S > max(0, z)
    WinnerTakeAll { h } = winner_take_all;
    /// R_h(z_i) / Σ_j R_h(z_j)
    RationalSoftmax { h } = rational_softmax;
    /// 1 / (1 + e^−z), by the clocked construction only
    Sigmoid = sigmoid;
    /// tanh z, by the clocked construction only
    Tanh = tanh;
    /// e^(z_i) / Σ_j e^(z_j), by the clocked construction only
    Softmax = softmax;
    /// ln(1 + e^z), by the clocked construction only
    Softplus = softplus;
}

impl Spec {
    /// The activation with its defaults.
    pub fn preset(&self) -> Activation {
        (self.make)(&[])
    }
}

/// The activation of a name, if there is one.
pub fn find(name: &str) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.facts.name == name)
}

/// As the language writes it, with every parameter: `smooth_relu(h = 0.1)`.
impl std::fmt::Display for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.facts().call_with(self.parameters()))
    }
}

impl Activation {
    /// Name in the language.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Whether a clock must sequence it: it is given its pre-activation as a dose.
    pub fn needs_phases(self) -> bool {
        self.facts().phased.is_some_and(|phased| phased.exposure.is_some())
    }

    /// Whether the outputs depend on all pre-activations of the layer together.
    pub fn is_joint(self) -> bool {
        self.with(|function| matches!(function.map(), Map::Joint(_)))
    }

    /// Whether the value depends on how much of its pre-activation is produced.
    pub fn depends_on_production(self) -> bool {
        self.with(|function| matches!(function.map(), Map::Produced(_)))
    }

    /// Values at rest for a layer driven by the rails (zp, zm), z = zp − zm.
    pub fn values(self, drive: &[Rails]) -> Vec<f64> {
        self.with(|function| match function.map() {
            Map::Pointwise(one) => drive.iter().map(|&(p, m)| one.value(p - m)).collect(),
            Map::Produced(one) => drive.iter().map(|&(p, m)| one.value(p - m, p)).collect(),
            Map::Joint(all) => all.values(drive),
        })
    }

    /// Value at rest of a unit with pre-activation `z`, of which `zp` comes from producing reactions. None for joint
    /// activations, of which a unit by itself has no value.
    pub fn value(self, z: f64, zp: f64) -> Option<f64> {
        self.with(|function| match function.map() {
            Map::Pointwise(one) => Some(one.value(z)),
            Map::Produced(one) => Some(one.value(z, zp)),
            Map::Joint(_) => None,
        })
    }

    /// dy/dz of the same unit, at constant `zp`.
    pub fn slope(self, z: f64, zp: f64) -> Option<f64> {
        self.with(|function| match function.map() {
            Map::Pointwise(one) => Some(one.slope(z)),
            Map::Produced(one) => Some(one.slope(z, zp)),
            Map::Joint(_) => None,
        })
    }

    /// The range of a value whose pre-activation lies in `z`, of which at most `zp` comes from producing reactions.
    pub fn range(self, z: Interval, zp: f64) -> Interval {
        self.with(|function| function.range(z, zp))
    }

    /// Upper bounds of the two rails of a value whose pre-activation lies in `z`, with rails of at most (`zp`, `zm`).
    pub fn rail_bounds(self, z: Interval, drive: Rails) -> Rails {
        self.with(|function| {
            let bounds = function.holding().bounds(z, drive);
            bounds.unwrap_or_else(|| (function.range(z, drive.0).high, 0.0))
        })
    }

    /// The equations by which a unit of a layer of `units` comes to rest, of a drive in which something pushes down or
    /// nothing does; none where nothing is proven of them.
    pub fn approach(self, signed: bool, units: usize) -> Option<Circuit> {
        self.with(|function| function.approach(signed, units))
    }
}
