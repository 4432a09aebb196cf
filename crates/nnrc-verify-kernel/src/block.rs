//! Blocks of a cascade: shapes of equations of which uniqueness and attraction are proven once and for all.
//!
//! Every block reads sources that converge to constants (inputs and earlier blocks), its own state is bounded, and for
//! constant sources it has one rest that attracts every start. A scalar, gradient or cooperative system whose only
//! chain-recurrent point is that rest converges with its sources too (asymptotically autonomous systems: Thieme 1992;
//! Mischaikow, Smith, Thieme 1995), so the cascade converges, by induction over the order of the blocks. Its Jacobian is
//! block triangular, so its eigenvalues are those of the blocks.

mod earlier;
mod linear;
mod monotone;
mod positive;
mod quadratic;
mod rails;
mod segment;
mod winner;

use std::collections::BTreeSet;

use crate::change::Changed;
use crate::fault::Fault;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;

pub(crate) use earlier::{Earlier, enclosure_by_roots};
pub use linear::Linear;
pub use monotone::{Follower, Monotone};
pub use quadratic::Quadratic;
pub(crate) use quadratic::root;
pub use rails::Rails;
pub use segment::Segment;
pub(crate) use winner::shares;
pub use winner::{Member, Winner};

/// The shape that a block is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// y′ = c − k y.
    Linear,
    /// y′ = c + z y − q y².
    Quadratic,
    /// A quadratic equation on a segment [0, T] that it points into at both ends.
    Segment,
    /// A difference that decays, and a negative rail that annihilates with the positive one.
    Rails,
    /// xᵢ′ = hᵢ + xᵢ (zᵢ − q Σ x).
    WinnerTakeAll,
    /// A species of a total, with followers that it reads back.
    Monotone,
}

impl Shape {
    /// Every shape with its word in certificates.
    pub const WORDS: [(Self, &str); 6] = [
        (Self::Linear, "linear"),
        (Self::Quadratic, "quadratic"),
        (Self::Segment, "segment"),
        (Self::Rails, "rails"),
        (Self::WinnerTakeAll, "winner-take-all"),
        (Self::Monotone, "monotone"),
    ];

    /// Its word in certificates.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(shape, _)| *shape == self).map_or("", |(_, word)| word)
    }
}

/// A block whose equations have their shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// See [`Linear`].
    Linear(Linear),
    /// See [`Quadratic`].
    Quadratic(Quadratic),
    /// See [`Segment`].
    Segment(Segment),
    /// See [`Rails`].
    Rails(Rails),
    /// See [`Winner`].
    Winner(Winner),
    /// See [`Monotone`].
    Monotone(Monotone),
}

/// The block of a shape.
///
/// # Errors
///
/// `no-shape`, where the equations have another one.
pub fn recognised(changed: &Changed<'_>, shape: Shape, variables: &[Variable]) -> Result<Block, Fault> {
    let block = match (shape, variables) {
        (Shape::Linear, [y]) => Linear::recognised(changed, *y)?.map(Block::Linear),
        (Shape::Quadratic, [y]) => Quadratic::recognised(changed, *y)?.map(Block::Quadratic),
        (Shape::Segment, [y]) => Segment::recognised(changed, *y)?.map(Block::Segment),
        (Shape::Rails, [difference, minus]) => {
            Rails::recognised(changed, *difference, *minus)?.map(Block::Rails)
        }
        (Shape::WinnerTakeAll, members) => Winner::recognised(changed, members)?.map(Block::Winner),
        (Shape::Monotone, [x, followers @ ..]) => {
            Monotone::recognised(changed, *x, followers)?.map(Block::Monotone)
        }
        _ => None,
    };
    block.ok_or_else(|| {
        let names: Vec<&str> = variables.iter().map(|v| changed.names[*v as usize].as_str()).collect();
        let message = format!("the equations of {} have not the shape `{}`", names.join(", "), shape.word());
        Fault::undecided("no-shape", message)
    })
}

impl Block {
    /// Its variables, the leading one first.
    pub fn variables(&self) -> Vec<Variable> {
        match self {
            Self::Linear(block) => vec![block.variable],
            Self::Quadratic(block) => vec![block.variable],
            Self::Segment(block) => vec![block.variable],
            Self::Rails(block) => vec![block.difference.variable, block.minus],
            Self::Winner(block) => block.members.iter().map(|member| member.variable).collect(),
            Self::Monotone(block) => {
                let followers = block.followers.iter().map(|follower| follower.variable);
                std::iter::once(block.leader.variable).chain(followers).collect()
            }
        }
    }

    /// The variables that its equations read, its own among them where they do.
    pub fn reads(&self) -> BTreeSet<Variable> {
        self.polynomials().into_iter().flat_map(Poly::variables).collect()
    }

    /// The polynomials of sources that its equations are made of.
    pub fn polynomials(&self) -> Vec<&Poly> {
        match self {
            Self::Linear(block) => vec![&block.constant, &block.decay],
            Self::Quadratic(block) => vec![&block.constant, &block.growth],
            Self::Segment(block) => vec![&block.equation],
            Self::Rails(block) => {
                vec![&block.difference.constant, &block.difference.decay, &block.source]
            }
            Self::Winner(block) => {
                block.members.iter().flat_map(|member| [&member.constant, &member.growth]).collect()
            }
            Self::Monotone(block) => {
                let followers = block.followers.iter();
                let read = followers.flat_map(|follower| [&follower.production, &follower.gain]);
                read.chain([&block.own]).collect()
            }
        }
    }

    /// The shape that it has.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Linear(_) => Shape::Linear,
            Self::Quadratic(_) => Shape::Quadratic,
            Self::Segment(_) => Shape::Segment,
            Self::Rails(_) => Shape::Rails,
            Self::Winner(_) => Shape::WinnerTakeAll,
            Self::Monotone(_) => Shape::Monotone,
        }
    }

    /// Checks the hypotheses that are inequalities, encloses the rest, and gives a number below the rate, times V.
    pub(crate) fn enclose(&self, of: &Earlier<'_>, rest: &mut Rest) -> Result<f64, Fault> {
        match self {
            Self::Linear(block) => block.enclose(of, rest),
            Self::Quadratic(block) => block.enclose(rest),
            Self::Segment(block) => block.enclose(rest),
            Self::Rails(block) => block.enclose(of, rest),
            Self::Winner(block) => block.enclose(rest),
            Self::Monotone(block) => block.enclose(rest),
        }
    }
}
