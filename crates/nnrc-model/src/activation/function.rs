//! What an activation computes: its values at rest, their slopes, ranges and rails.
//!
//! The fixed point of `s' = f(s, z)` moves with z by implicit differentiation, ds/dz = −f_s⁻¹ f_z; each slope is that
//! quotient for one activation. Values and slopes are written so that nothing cancels.

use super::circuit::Circuit;
use crate::chemistry::Signs;
use crate::interval::Interval;
use crate::lanes::{LANES, Lanes};

/// What counts as positive and what counts as negative: a value is the first less the second.
pub type Rails = (f64, f64);

/// An activation with its parameters.
pub trait Function {
    /// How values follow from pre-activations.
    fn map(&self) -> Map<'_>;

    /// The range of a value whose pre-activation lies in `z`, of which at most `zp` comes from producing reactions.
    fn range(&self, z: Interval, zp: f64) -> Interval;

    /// What holds a value at rest.
    fn holding(&self) -> Holding<'_>;

    /// The equations by which a unit of a layer of `units` comes to rest, of a drive in which something pushes down or
    /// nothing does; none where nothing is proven of them.
    fn approach(&self, signed: bool, units: usize) -> Option<Circuit>;
}

/// How values follow from pre-activations.
pub enum Map<'a> {
    /// Unit by unit.
    Pointwise(&'a dyn Pointwise),
    /// Unit by unit, and from what produces a pre-activation as well as from the pre-activation.
    Produced(&'a dyn Produced),
    /// From all pre-activations of a layer together.
    Joint(&'a dyn Joint),
}

/// A value that follows from its own pre-activation.
pub trait Pointwise {
    /// The value at rest.
    fn value(&self, z: f64) -> f64;

    /// dy/dz. Where the activation is not defined the slope goes on as the value does that training takes.
    fn slope(&self, z: f64) -> f64;

    /// The value that training takes where the activation is not defined, so that it finds its way back; none where
    /// [`Pointwise::value`] serves there, too.
    fn beyond(&self, z: f64) -> Option<f64>;

    /// Values and slopes of a block of samples for training: `[unit][lane]`.
    fn block(&self, z: &[Lanes], y: &mut [Lanes], slopes: &mut [Lanes]) {
        for ((z, y), slope) in z.iter().zip(y).zip(slopes) {
            for lane in 0..LANES {
                y[lane] = self.beyond(z[lane]).unwrap_or_else(|| self.value(z[lane]));
                slope[lane] = self.slope(z[lane]);
            }
        }
    }

    /// The same for training in single precision: each is computed in double precision, and rounded once.
    fn single(&self, z: &[f32], y: &mut [f32], slopes: &mut [f32]) {
        rounded(|z, y, slopes| self.block(z, y, slopes), z, y, slopes);
    }
}

/// A value that depends on how much of its pre-activation `z` is produced, `zp`.
pub trait Produced {
    /// The value at rest.
    fn value(&self, z: f64, zp: f64) -> f64;

    /// dy/dz at constant zp.
    fn slope(&self, z: f64, zp: f64) -> f64;

    /// dy/dzp at constant z.
    fn slope_of_production(&self, z: f64, zp: f64) -> f64;
}

/// The values of a layer, which depend on all its pre-activations.
pub trait Joint {
    /// Values at rest for a layer driven by these rails.
    fn values(&self, drive: &[Rails]) -> Vec<f64>;

    /// dL/dz from the pre-activations `z`, the values `y` and dL/dy.
    fn pull_back(&self, z: &[f64], y: &[f64], adjoint: &[f64]) -> Vec<f64>;
}

/// What holds a value at rest.
pub enum Holding<'a> {
    /// One concentration.
    One,
    /// Two concentrations.
    Two(&'a dyn Pair),
    /// Two concentrations where something pushes the pre-activation down, else one.
    AsDriven(&'a dyn Pair),
    /// The same, and two as well where the chemistry asks for them.
    Linear(&'a dyn Pair),
    /// What the clocked construction makes: no reactions at rest hold it, and its rails are counted there.
    Clocked,
}

/// Two rails of a value.
pub trait Pair {
    /// Rails at rest for a pre-activation with these rails; `k` is the rate constant of annihilation in units of the
    /// forward speed.
    fn at_rest(&self, drive: Rails, k: f64) -> Rails;

    /// Upper bounds of the rails for a pre-activation in `z` with rails of at most `drive`.
    fn bounds(&self, z: Interval, drive: Rails) -> Rails;
}

impl<'a> Holding<'a> {
    /// The two rails, if it has them.
    pub fn pair(&self, signed_drive: bool, signs: Signs) -> Option<&'a dyn Pair> {
        match *self {
            Self::One | Self::Clocked => None,
            Self::Two(pair) => Some(pair),
            Self::AsDriven(pair) => signed_drive.then_some(pair),
            Self::Linear(pair) => (signed_drive || signs == Signs::DualRail).then_some(pair),
        }
    }

    /// Upper bounds of its rails as [`Pair::bounds`] gives them; none where it is one concentration.
    pub fn bounds(&self, z: Interval, drive: Rails) -> Option<Rails> {
        match *self {
            Self::One | Self::Clocked => None,
            Self::Two(pair) | Self::AsDriven(pair) | Self::Linear(pair) => Some(pair.bounds(z, drive)),
        }
    }
}

/// The range of what grows with z, or falls.
pub fn monotone(function: &impl Pointwise, z: Interval) -> Interval {
    Interval::new(function.value(z.low), function.value(z.high))
}

/// The range of what depends on |z| alone.
pub fn even(function: &impl Pointwise, z: Interval) -> Interval {
    Interval::hull([z.low, z.high, z.nearest_to_zero()].map(|z| function.value(z)))
}

/// What `block` makes of numbers in double precision, rounded once.
#[allow(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
pub fn rounded(
    block: impl Fn(&[Lanes], &mut [Lanes], &mut [Lanes]),
    z: &[f32],
    y: &mut [f32],
    slopes: &mut [f32],
) {
    for ((z, y), slopes) in z.chunks(LANES).zip(y.chunks_mut(LANES)).zip(slopes.chunks_mut(LANES)) {
        let (mut wide, mut values, mut steps) = ([[0.0; LANES]], [[0.0; LANES]], [[0.0; LANES]]);
        wide[0].iter_mut().zip(z).for_each(|(wide, z)| *wide = f64::from(*z));
        block(&wide, &mut values, &mut steps);
        y.iter_mut().zip(&values[0]).for_each(|(y, value)| *y = *value as f32);
        slopes.iter_mut().zip(&steps[0]).for_each(|(slope, step)| *slope = *step as f32);
    }
}
