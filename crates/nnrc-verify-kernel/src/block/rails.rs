//! Two rails that annihilate each other.

use crate::block::earlier::Earlier;
use crate::block::linear::Linear;
use crate::block::positive::positive;
use crate::block::quadratic;
use crate::change::Changed;
use crate::fault::Fault;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;

/// p′ = s₊ − k p − a p m, m′ = s₋ − k m − a p m, in the variables d = p − m and m:
///
/// ```text
/// d′ = (s₊ − s₋) − k d          m′ = s₋ − (k + a d) m − a m²
/// ```
///
/// **Lemma.** If a > 0 is a number and k > 0 at rest, there is one rest with p, m ≥ 0: d = (s₊ − s₋) / k, and m the larger root of its
/// equation. It attracts every such start, and both eigenvalues are at most −k.
///
/// *Proof.* s₊, s₋ ≥ 0: no species is consumed without it, so they have no negative term. d is linear. The roots of m
/// have the product −s₋ / a ≤ 0. For s₋ > 0 one is positive and the other negative. For s₋ = 0 they are 0 and
/// −(k + a d) / a; if that is positive, p = m + d = −k / a is not. So one root is compatible. Where p, m ≥ 0 the slope
/// of m′ by m is −(k + a (p + m)) ≤ −k, so two solutions with one d(t) come together at the rate k. ∎
#[derive(Debug, Clone, PartialEq)]
pub struct Rails {
    /// d.
    pub difference: Linear,
    /// The variable m.
    pub minus: Variable,
    /// s₋.
    pub source: Poly,
    /// a.
    pub annihilation: Poly,
}

impl Rails {
    pub(crate) fn recognised(changed: &Changed<'_>, d: Variable, m: Variable) -> Result<Option<Self>, Fault> {
        // m must be the negative rail of this difference: p = d + m is what makes the other root incompatible.
        let is_rail = changed.substitution.values().any(|form| {
            form.terms().len() == 2 && form.coefficient(&[d]).is_one() && form.coefficient(&[m]).is_one()
        });
        let Some(difference) = Linear::recognised(changed, d)? else { return Ok(None) };
        if !is_rail || difference.constant.has(m) || difference.decay.has(m) {
            return Ok(None);
        }
        let Ok([source, first, second]) = <[Poly; 3]>::try_from(changed.equations[&m].powers_of(m)) else {
            return Ok(None);
        };
        let annihilation = second.negated();
        let expected = difference.decay.plus(&annihilation.times(&Poly::variable(d))?)?.negated();
        // One that depends on sources could be negative while they are on their way: rails would grow beyond all bounds.
        if annihilation.as_constant().is_none() || source.has(d) || first != expected {
            return Ok(None);
        }
        Ok(Some(Self { difference, minus: m, source, annihilation }))
    }

    pub(crate) fn enclose(&self, of: &Earlier<'_>, rest: &mut Rest) -> Result<f64, Fault> {
        let rate = self.difference.enclose(of, rest)?;
        let annihilation = positive(rest.enclosure(&self.annihilation), "the annihilation of its rails")?;
        let decay = rest.enclosure(&self.difference.decay);
        let d = rest.of(self.difference.variable);
        let source = rest.enclosure(&self.source).at_least(0.0);
        let growth = decay.plus(annihilation.times(d)).negated();
        rest.boxes[self.minus as usize] = quadratic::root(source, growth, annihilation);
        Ok(rate)
    }
}
