//! The network that the reactions are to compute: exact numbers, and enclosures of its values.

use crate::fault::Fault;
use crate::interval::Interval;

/// A feed-forward network. Nodes are numbered: first the inputs, then the layers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// Name and number of values of each input.
    pub inputs: Vec<(String, usize)>,
    /// The layers, each behind its sources.
    pub layers: Vec<Layer>,
    /// The node that is the output.
    pub output: usize,
}

/// A layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// What makes its pre-activations.
    pub operation: Operation,
    /// The nodes that it reads.
    pub sources: Vec<usize>,
    /// What is applied, one after another; none is the identity.
    pub activations: Vec<Activation>,
}

/// What makes the pre-activations of a layer from its sources, one after another.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// W a + b.
    Dense {
        /// The rows of W.
        weights: Vec<Vec<f64>>,
        /// b; zeros where there is none.
        bias: Vec<f64>,
    },
    /// The sum of sources of one width.
    Add,
    /// The sources one after another.
    Concat,
}

/// What is applied to a pre-activation z, with u = R_h(z) = (z + sqrt(z² + 4 h)) / 2 and v = R_h(−z) = u − z.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "the formulas name the parameters")]
pub enum Activation {
    /// z
    Identity,
    /// u
    SmoothRelu { h: f64 },
    /// u − slope · v
    SmoothLeakyRelu { h: f64, slope: f64 },
    /// u / (u + v)
    AlgebraicSigmoid { h: f64 },
    /// z / (u + v)
    AlgebraicTanh { h: f64 },
    /// The root x in (0, 1) of z x (1 − x) + a (1 − 2 x)
    RestoredSigmoid { a: f64 },
    /// z / (k + z), for z ≥ 0
    Michaelis { k: f64 },
    /// z² / (k + z²)
    Hill { k: f64 },
    /// z / (1 + u + v)
    Softsign { h: f64 },
    /// u − v / (1 + v)
    Elu { h: f64 },
    /// u + v
    Abs { h: f64 },
    /// z u / (u + v)
    Swish { h: f64 },
    /// z²
    Square,
    /// 1 / (u + v)
    InverseMultiquadric { h: f64 },
    /// 1 / (1 + z²)
    InverseQuadratic,
    /// The root p ≥ 0 of p² − (z − 1/k) p − z₊ / k, where z₊ is what pushes z up: the sum of its positive terms, counted
    /// in the rails of the sources
    AnnihilationRelu { k: f64 },
    /// xᵢ = h / (S − zᵢ) with S = Σ x > zᵢ
    WinnerTakeAll { h: f64 },
    /// uᵢ / Σ u
    RationalSoftmax { h: f64 },
}

impl Activation {
    /// Its word in certificates and its parameters.
    pub fn parts(self) -> (&'static str, Vec<(&'static str, f64)>) {
        match self {
            Self::Identity => ("identity", vec![]),
            Self::SmoothRelu { h } => ("smooth_relu", vec![("h", h)]),
            Self::SmoothLeakyRelu { h, slope } => ("smooth_leaky_relu", vec![("h", h), ("slope", slope)]),
            Self::AlgebraicSigmoid { h } => ("algebraic_sigmoid", vec![("h", h)]),
            Self::AlgebraicTanh { h } => ("algebraic_tanh", vec![("h", h)]),
            Self::RestoredSigmoid { a } => ("restored_sigmoid", vec![("a", a)]),
            Self::Michaelis { k } => ("michaelis", vec![("k", k)]),
            Self::Hill { k } => ("hill", vec![("k", k)]),
            Self::Softsign { h } => ("softsign", vec![("h", h)]),
            Self::Elu { h } => ("elu", vec![("h", h)]),
            Self::Abs { h } => ("abs", vec![("h", h)]),
            Self::Swish { h } => ("swish", vec![("h", h)]),
            Self::Square => ("square", vec![]),
            Self::InverseMultiquadric { h } => ("inverse_multiquadric", vec![("h", h)]),
            Self::InverseQuadratic => ("inverse_quadratic", vec![]),
            Self::AnnihilationRelu { k } => ("annihilation_relu", vec![("k", k)]),
            Self::WinnerTakeAll { h } => ("winner_take_all", vec![("h", h)]),
            Self::RationalSoftmax { h } => ("rational_softmax", vec![("h", h)]),
        }
    }

    /// The activation of a word and its parameters by name; none where one of them is missing, unknown, or none that the
    /// formulas allow.
    pub fn named(word: &str, parameters: &[(String, f64)]) -> Option<Self> {
        let mut taken = 0;
        let mut get = |name: &str| {
            taken += 1;
            parameters.iter().find(|(key, _)| key == name).map(|(_, value)| *value).filter(|v| v.is_finite())
        };
        let mut above = |name: &str| get(name).filter(|value| *value > 0.0);
        let activation = match word {
            "identity" => Self::Identity,
            "smooth_relu" => Self::SmoothRelu { h: above("h")? },
            "smooth_leaky_relu" => {
                Self::SmoothLeakyRelu { h: above("h")?, slope: get("slope").filter(|s| *s >= 0.0)? }
            }
            "algebraic_sigmoid" => Self::AlgebraicSigmoid { h: above("h")? },
            "algebraic_tanh" => Self::AlgebraicTanh { h: above("h")? },
            "restored_sigmoid" => Self::RestoredSigmoid { a: above("a")? },
            "michaelis" => Self::Michaelis { k: above("k")? },
            "hill" => Self::Hill { k: above("k")? },
            "softsign" => Self::Softsign { h: above("h")? },
            "elu" => Self::Elu { h: above("h")? },
            "abs" => Self::Abs { h: above("h")? },
            "swish" => Self::Swish { h: above("h")? },
            "square" => Self::Square,
            "inverse_multiquadric" => Self::InverseMultiquadric { h: above("h")? },
            "inverse_quadratic" => Self::InverseQuadratic,
            "annihilation_relu" => Self::AnnihilationRelu { k: above("k")? },
            "winner_take_all" => Self::WinnerTakeAll { h: above("h")? },
            "rational_softmax" => Self::RationalSoftmax { h: above("h")? },
            _ => return None,
        };
        (taken == parameters.len()).then_some(activation)
    }

    /// Whether a value depends on all pre-activations of the layer together.
    pub fn is_joint(self) -> bool {
        matches!(self, Self::WinnerTakeAll { .. } | Self::RationalSoftmax { .. })
    }

    /// h, of those that are made of u and v.
    pub fn smoothing(self) -> Option<f64> {
        match self {
            Self::SmoothRelu { h }
            | Self::SmoothLeakyRelu { h, .. }
            | Self::AlgebraicSigmoid { h }
            | Self::AlgebraicTanh { h }
            | Self::Softsign { h }
            | Self::Elu { h }
            | Self::Abs { h }
            | Self::Swish { h }
            | Self::InverseMultiquadric { h }
            | Self::RationalSoftmax { h } => Some(h),
            Self::Identity
            | Self::RestoredSigmoid { .. }
            | Self::Michaelis { .. }
            | Self::Hill { .. }
            | Self::Square
            | Self::InverseQuadratic
            | Self::AnnihilationRelu { .. }
            | Self::WinnerTakeAll { .. } => None,
        }
    }
}

impl Layer {
    /// What is applied, with the identity where nothing is.
    pub fn applied(&self) -> Vec<Activation> {
        if self.activations.is_empty() { vec![Activation::Identity] } else { self.activations.clone() }
    }
}

/// The most values of a layer.
const MOST_VALUES: usize = 1 << 24;

impl Network {
    /// Number of values of each node.
    ///
    /// # Errors
    ///
    /// `bad-network`: sources that come later or have other widths than the layer reads, numbers that are none.
    pub fn widths(&self) -> Result<Vec<usize>, Fault> {
        let mut widths: Vec<usize> = self.inputs.iter().map(|(_, width)| *width).collect();
        for layer in &self.layers {
            let bad =
                |what: &str| Fault::invalid("bad-network", format!("the layer `{}` {what}", layer.name));
            let sources: Option<Vec<usize>> =
                layer.sources.iter().map(|at| widths.get(*at).copied()).collect();
            let sources = sources.ok_or_else(|| bad("reads a node that comes later or is none"))?;
            let total = sources.iter().try_fold(0usize, |sum, width| sum.checked_add(*width));
            let total = total
                .filter(|total| *total <= MOST_VALUES)
                .ok_or_else(|| bad("reads more values than there can be"))?;
            widths.push(match &layer.operation {
                Operation::Dense { weights, bias } => {
                    if weights.len() != bias.len() || weights.iter().any(|row| row.len() != total) {
                        return Err(bad("has a matrix of another shape than its sources and bias"));
                    }
                    if weights.iter().flatten().chain(bias).any(|value| !value.is_finite()) {
                        return Err(bad("has a weight that is no finite number"));
                    }
                    weights.len()
                }
                Operation::Add => match sources.first() {
                    Some(width) if sources.iter().all(|other| other == width) => *width,
                    _ => return Err(bad("adds sources of several widths")),
                },
                Operation::Concat => total,
            });
        }
        if self.output >= widths.len() {
            return Err(Fault::invalid("bad-network", "the output is no node of the network"));
        }
        Ok(widths)
    }

    /// Whether a value depends on how its sources are split into rails.
    pub fn reads_rails(&self) -> bool {
        let mut all = self.layers.iter().flat_map(|layer| &layer.activations);
        all.any(|activation| matches!(activation, Activation::AnnihilationRelu { .. }))
    }

    /// The terms of a pre-activation, as (source node, position in it, weight), and its bias.
    pub fn terms(&self, layer: &Layer, unit: usize, widths: &[usize]) -> (Vec<(usize, usize, f64)>, f64) {
        let places = layer.sources.iter().flat_map(|&node| (0..widths[node]).map(move |at| (node, at)));
        match &layer.operation {
            Operation::Dense { weights, bias } => {
                let weighted = places.zip(&weights[unit]).filter(|(_, weight)| **weight != 0.0);
                (weighted.map(|((node, at), weight)| (node, at, *weight)).collect(), bias[unit])
            }
            Operation::Add => (layer.sources.iter().map(|&node| (node, unit, 1.0)).collect(), 0.0),
            Operation::Concat => (places.skip(unit).take(1).map(|(node, at)| (node, at, 1.0)).collect(), 0.0),
        }
    }

    /// Enclosures of the values of every node, for exact or enclosed inputs. `pushed_up` encloses z₊ of a unit of
    /// `annihilation_relu`: layer, stage and unit.
    ///
    /// # Errors
    ///
    /// As [`Network::widths`].
    pub fn enclosures(
        &self,
        inputs: &[Interval],
        pushed_up: &dyn Fn(usize, usize, usize) -> Interval,
    ) -> Result<Vec<Vec<Interval>>, Fault> {
        let widths = self.widths()?;
        let mut values: Vec<Vec<Interval>> = Vec::new();
        let mut rest = inputs;
        for (_, width) in &self.inputs {
            let Some((own, others)) = rest.split_at_checked(*width) else {
                return Err(Fault::invalid("bad-network", "an input has another number of values"));
            };
            values.push(own.to_vec());
            rest = others;
        }
        for (number, layer) in self.layers.iter().enumerate() {
            let width = widths[self.inputs.len() + number];
            let mut drive: Vec<Interval> = (0..width)
                .map(|unit| {
                    let (terms, bias) = self.terms(layer, unit, &widths);
                    terms.iter().fold(Interval::point(bias), |sum, (node, at, weight)| {
                        sum.plus(values[*node][*at].times(Interval::point(*weight)))
                    })
                })
                .collect();
            for (stage, activation) in layer.applied().into_iter().enumerate() {
                drive = activation.values(&drive, &|unit| pushed_up(number, stage, unit));
            }
            values.push(drive);
        }
        Ok(values)
    }
}

impl Activation {
    /// Enclosures of its values for enclosed pre-activations.
    pub fn values(self, drive: &[Interval], pushed_up: &dyn Fn(usize) -> Interval) -> Vec<Interval> {
        let one = Interval::ONE;
        let each = |value: &dyn Fn(Interval) -> Interval| drive.iter().map(|z| value(*z)).collect();
        match self {
            Self::Identity => drive.to_vec(),
            Self::SmoothRelu { h } => each(&|z| rectified(h, z)),
            Self::SmoothLeakyRelu { h, slope } => {
                each(&|z| rectified(h, z).minus(Interval::point(slope).times(rectified(h, z.negated()))))
            }
            Self::AlgebraicSigmoid { h } => each(&|z| rectified(h, z).over(spread(h, z))),
            Self::AlgebraicTanh { h } => each(&|z| z.over(spread(h, z))),
            Self::RestoredSigmoid { a } => each(&|z| restored(a, z)),
            Self::Michaelis { k } => each(&|z| z.over(z.plus(Interval::point(k)))),
            Self::Hill { k } => each(&|z| z.power(2).over(z.power(2).plus(Interval::point(k)))),
            Self::Softsign { h } => each(&|z| z.over(one.plus(spread(h, z)))),
            Self::Elu { h } => each(&|z| {
                let v = rectified(h, z.negated());
                rectified(h, z).minus(v.over(one.plus(v)))
            }),
            Self::Abs { h } => each(&|z| spread(h, z)),
            Self::Swish { h } => each(&|z| z.times(rectified(h, z).over(spread(h, z)))),
            Self::Square => each(&|z| z.power(2)),
            Self::InverseMultiquadric { h } => each(&|z| one.over(spread(h, z))),
            Self::InverseQuadratic => each(&|z| one.over(one.plus(z.power(2)))),
            Self::AnnihilationRelu { k } => {
                let inverse = one.over(Interval::point(k));
                let value = |(unit, z): (usize, &Interval)| {
                    crate::block::root(pushed_up(unit).times(inverse), z.minus(inverse), one)
                };
                drive.iter().enumerate().map(value).collect()
            }
            Self::WinnerTakeAll { h } => {
                let sources: Vec<(Interval, Interval)> =
                    drive.iter().map(|z| (Interval::point(h), *z)).collect();
                crate::block::shares(&sources, one)
                    .map_or_else(|_| vec![Interval::ALL; drive.len()], |all| all.0)
            }
            Self::RationalSoftmax { h } => {
                let units: Vec<Interval> = drive.iter().map(|z| rectified(h, *z)).collect();
                let sum = units.iter().fold(Interval::ZERO, |sum, u| sum.plus(*u));
                units.iter().map(|u| u.over(sum)).collect()
            }
        }
    }
}

/// R_h(z).
pub fn rectified(h: f64, z: Interval) -> Interval {
    crate::block::root(Interval::point(h), z, Interval::ONE)
}

/// u + v = sqrt(z² + 4 h).
pub fn spread(h: f64, z: Interval) -> Interval {
    z.power(2).plus(Interval::point(h).times(Interval::point(4.0))).root()
}

/// (1 + z / (2 a + sqrt(z² + 4 a²))) / 2
fn restored(a: f64, z: Interval) -> Interval {
    let a = Interval::point(a);
    let spread = z.power(2).plus(a.power(2).times(Interval::point(4.0))).root();
    let quotient = z.over(a.plus(a).plus(spread));
    Interval::ONE.plus(quotient).over(Interval::point(2.0))
}
