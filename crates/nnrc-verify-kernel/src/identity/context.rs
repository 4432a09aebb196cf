//! A checked cascade with its boxes, as the comparison of one unit asks for it.

use std::collections::BTreeMap;

use crate::block::{Block, Linear};
use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;
use crate::triangular::Triangular;

/// A combination of species: Σ coefficient · species.
pub type Combination = BTreeMap<Variable, Dyadic>;

/// The pre-activation of a unit.
#[derive(Debug, Clone)]
pub(crate) struct Drive {
    /// L, linear in the variables of the cascade.
    pub form: Poly,
    /// What pushes it up, counted in rails.
    pub up: Poly,
    /// What pushes it down.
    pub down: Poly,
    /// How far L may be from the network's.
    pub error: f64,
}

/// What the comparison of one unit needs.
pub(crate) struct Context<'a> {
    pub of: &'a Triangular<'a>,
    pub rest: &'a Rest,
}

impl Context<'_> {
    /// The linear block of a variable, or the linear part of its rails.
    pub(crate) fn linear(&self, variable: Variable) -> Option<&Linear> {
        match self.of.blocks.get(*self.of.block_of.get(&variable)?)? {
            Block::Linear(block) => Some(block),
            Block::Rails(block) if block.difference.variable == variable => Some(&block.difference),
            _ => None,
        }
    }

    /// Bounds of the magnitude of a polynomial over the boxes; 0 alone for the polynomial 0.
    pub(crate) fn size(&self, polynomial: &Poly) -> Interval {
        if polynomial.is_zero() {
            return Interval::ZERO;
        }
        Interval::point(self.rest.enclosure(polynomial).magnitude())
    }
}

/// A combination of species in the variables of the cascade: all of it, the part that is added, and the part that is
/// subtracted.
pub(crate) fn reduced(of: &Triangular<'_>, combination: &Combination) -> Result<(Poly, Poly, Poly), Fault> {
    let (mut plus, mut minus) = (Vec::new(), Vec::new());
    for (variable, coefficient) in combination {
        let side = if coefficient.is_negative() { &mut minus } else { &mut plus };
        side.extend(Poly::variable(*variable).scaled(&coefficient.absolute())?.into_terms());
    }
    let (plus, minus) = (of.reduced(&Poly::sum_of(plus)?)?, of.reduced(&Poly::sum_of(minus)?)?);
    Ok((plus.minus(&minus)?, plus, minus))
}
