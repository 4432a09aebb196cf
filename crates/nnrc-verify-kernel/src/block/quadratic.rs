//! y′ = c + z y − q y².

use crate::block::positive::positive;
use crate::change::Changed;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;

/// A species that is made, grows or shrinks by itself, and quenches itself: y′ = c + z y − q y².
///
/// **Lemma.** If q > 0 is a number and c > 0 at rest, there is one rest that is not negative, (z + sqrt(z² + 4 c q)) / (2 q). It attracts
/// every start that is not negative, and the eigenvalue is −sqrt(z² + 4 c q).
///
/// *Proof.* The coefficients c, z, −q change their sign once, so there is one positive root (Descartes); y = 0 is none,
/// since c > 0. The right side is positive below the root and negative above it, and the equation is scalar. At the root
/// its slope is z − 2 q y. ∎
///
/// c > 0 is needed: with c = 0 the state y = 0 is a second rest. That q is a number is needed, too: one that depends on
/// sources could be negative while they are on their way, and y would be beyond all bounds in finite time.
#[derive(Debug, Clone, PartialEq)]
pub struct Quadratic {
    /// y.
    pub variable: Variable,
    /// c.
    pub constant: Poly,
    /// z.
    pub growth: Poly,
    /// q.
    pub quench: Poly,
}

impl Quadratic {
    pub(crate) fn recognised(changed: &Changed<'_>, y: Variable) -> Result<Option<Self>, Fault> {
        // A difference of rails may be negative, and then the lemma says nothing.
        if y as usize >= changed.system.species.len() {
            return Ok(None);
        }
        let Ok([constant, growth, quench]) = <[Poly; 3]>::try_from(changed.equations[&y].powers_of(y)) else {
            return Ok(None);
        };
        if quench.as_constant().is_none() {
            return Ok(None);
        }
        Ok(Some(Self { variable: y, constant, growth, quench: quench.negated() }))
    }

    pub(crate) fn enclose(&self, rest: &mut Rest) -> Result<f64, Fault> {
        let constant = positive(rest.enclosure(&self.constant), "its production")?;
        let quench = positive(rest.enclosure(&self.quench), "its quenching")?;
        let growth = rest.enclosure(&self.growth);
        rest.boxes[self.variable as usize] = root(constant, growth, quench);
        let least = Interval::point(growth.least_magnitude()).power(2);
        let product = Interval::point(constant.low).times(Interval::point(quench.low));
        Ok(least.plus(product.times(Interval::point(4.0))).root().low)
    }
}

/// The root of c + z y − q y² that is not negative, for c ≥ 0 and q > 0.
///
/// It rises in c and z and falls in q, so the ends of its interval are roots for ends of the coefficients.
pub(crate) fn root(c: Interval, z: Interval, q: Interval) -> Interval {
    if !(c.is_finite() && z.is_finite() && q.is_finite()) {
        return Interval::ALL;
    }
    let low = root_of(c.low, z.low, q.high);
    let high = root_of(c.high, z.high, q.low);
    Interval::between(low.low.max(0.0), high.high)
}

/// The same for numbers, by the formula in which nothing cancels.
fn root_of(c: f64, z: f64, q: f64) -> Interval {
    let (c, z, q) = (Interval::point(c.max(0.0)), Interval::point(z), Interval::point(q));
    let root = z.power(2).plus(c.times(q).times(Interval::point(4.0))).root();
    if z.low >= 0.0 { z.plus(root).over(q.plus(q)) } else { c.plus(c).over(root.minus(z)) }
}
