//! What a block may ask of its cascade.

use std::collections::BTreeMap;

use crate::block::quadratic::Quadratic;
use crate::change::Total;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;

/// What a block may ask of its cascade.
pub(crate) struct Earlier<'a> {
    /// The quadratic block of a variable, if it has one.
    pub root: &'a dyn Fn(Variable) -> Option<&'a Quadratic>,
    /// The total that bounds a species, if there is one.
    pub totals: &'a BTreeMap<Variable, Total>,
    /// How many variables are species.
    pub species: usize,
}

/// An enclosure of a polynomial that is linear in roots u of quadratic blocks.
///
/// At rest 2 q u − z = sqrt(z² + 4 c q) for such a root, so with the coefficient t of u
///
/// ```text
/// 2 q k = t sqrt(z² + 4 c q) + (2 q k − t (2 q u − z))
/// ```
///
/// where z in the last bracket cancels that of k: 2 u − z of a gate is bounded below, which intervals for u and z apart
/// do not see.
pub(crate) fn enclosure_by_roots(polynomial: &Poly, of: &Earlier<'_>, rest: &Rest) -> Interval {
    let plain = rest.enclosure(polynomial);
    if plain.low > 0.0 {
        return plain;
    }
    let mut best = plain;
    for variable in polynomial.variables() {
        let Some(root) = (of.root)(variable) else { continue };
        let by_root = || -> Result<Option<Interval>, Fault> {
            let Some(quench) = root.quench.as_constant() else { return Ok(None) };
            let factor = polynomial.coefficient(&[variable]);
            let twice = quench.times(&2.into())?;
            let slope = Poly::variable(variable).scaled(&twice)?.minus(&root.growth)?;
            let left = polynomial.scaled(&twice)?.minus(&slope.scaled(&factor)?)?;
            let (c, z, q) =
                (rest.enclosure(&root.constant), rest.enclosure(&root.growth), quench.enclosure());
            let slope = z.power(2).plus(c.times(q).times(Interval::point(4.0))).root();
            Ok(Some(factor.enclosure().times(slope).plus(rest.enclosure(&left)).over(twice.enclosure())))
        };
        if let Ok(Some(bounds)) = by_root() {
            best = best.common(bounds).unwrap_or(best);
        }
    }
    best
}
