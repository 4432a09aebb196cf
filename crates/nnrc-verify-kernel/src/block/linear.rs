//! y′ = c − k y.

use crate::block::earlier::{Earlier, enclosure_by_roots};
use crate::block::positive::positive;
use crate::change::Changed;
use crate::fault::Fault;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;

/// A variable that decays linearly: y′ = c − k y, where c and k read sources only.
///
/// **Lemma.** If k > 0 where the sources rest, then y = c / k is the only rest, it attracts every start, and the
/// eigenvalue is −k.
///
/// *Proof.* The equation is linear. With k(t) → k > 0 and c(t) → c, variation of constants gives y(t) → c / k. ∎
///
/// A species rests at c ≥ 0: no reaction consumes it without it, so c has no negative term. A species of a total stays in
/// [0, T], which is closed, and so does its limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// y.
    pub variable: Variable,
    /// c.
    pub constant: Poly,
    /// k.
    pub decay: Poly,
}

impl Linear {
    pub(crate) fn recognised(changed: &Changed<'_>, y: Variable) -> Result<Option<Self>, Fault> {
        let Ok([constant, decay]) = <[Poly; 2]>::try_from(changed.equations[&y].powers_of(y)) else {
            return Ok(None);
        };
        Ok(Some(Self { variable: y, constant, decay: decay.negated() }))
    }

    pub(crate) fn enclose(&self, of: &Earlier<'_>, rest: &mut Rest) -> Result<f64, Fault> {
        let decay = positive(enclosure_by_roots(&self.decay, of, rest), "its decay")?;
        let mut root = rest.enclosure(&self.constant).over(decay);
        if (self.variable as usize) < of.species && root.is_finite() {
            root = root.at_least(0.0);
        }
        if let Some(total) = of.totals.get(&self.variable) {
            let most = total.total.enclosure().high;
            root.high = root.high.min(most);
            root.low = root.low.clamp(0.0, most);
        }
        rest.boxes[self.variable as usize] = root;
        Ok(decay.low)
    }
}
