//! In-process simulation of reaction networks, family by family.
//!
//! An [`Engine`] evaluates the mass-action equations of a validated network without ever expanding a family
//! into single reactions: a dense layer costs one pass over its weights. It keeps as state only the species
//! that reactions change; everything that depends on the other species alone, such as the input layer of a
//! network with constant inputs, is *folded*: computed once and kept until [`Engine::set`] changes them.
//!
//! # How a network becomes loops
//!
//! 1. `plan`: each net term of each reaction family is a `Sum` `target[..] += Σ Π factor[..]` over
//!    its index variables, every array read through affine positions. Sums that differ in their constants only
//!    are merged: excitation and inhibition become one signed matrix.
//! 2. `sum`: factors that are constant for a while (rate constants, held species, the linearisation point) are
//!    split off into a tensor that another, rarer sum fills.
//! 3. `kernel`: each sum becomes a loop: pointwise, polynomial, matrix times vector, separable, or a general nest.
//!    Where the families are so small that beginning a loop costs more than running it, `flat` makes one list of
//!    products of all of them instead.
//! 4. `linear`, `layered`: the derivative of a sum by a factor is again a sum. Families are ordered by their
//!    dependencies; blocks on the diagonal are factorised, everything below is applied by kernels.
//!
//! [`Multirate`] integrates large slow families apart from the rest, and [`Presentations`] shows samples to a network.
//!
//! [`NoisyEngine`] is an engine whose rate constants can be disturbed.

mod arrays;
mod blocks;
mod engine;
mod flat;
mod fold;
mod kernel;
mod layered;
mod layout;
mod linear;
mod linearisation;
mod local;
mod loops;
mod matvec;
mod multirate;
mod nest;
mod noisy;
mod plan;
mod polynomial;
mod presentations;
mod runs;
mod simple;
mod sum;
mod wide;

pub use engine::{Engine, SetError};
pub use multirate::{Multirate, Pace};
pub use noisy::NoisyEngine;
pub use presentations::{Position, Presentations, sequence};
