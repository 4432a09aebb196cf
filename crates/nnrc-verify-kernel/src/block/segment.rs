//! A quadratic equation on [0, T].

use crate::block::positive::positive;
use crate::block::quadratic;
use crate::change::Changed;
use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;

/// A species of a total of two, y + e = T, whose equation y′ = f(y) has degree 2 at most.
///
/// In the basis of Bernstein, with t = y / T, f = A (1 − t)² + 2 B t (1 − t) − D t², A = f(0), D = −f(T).
///
/// **Lemma.** If A > 0 and D > 0, there is one rest in [0, T]. It attracts every start there, and the eigenvalue is
/// −2 sqrt(B² + A D) / T.
///
/// *Proof.* With s = t / (1 − t), f / (1 − t)² = A + 2 B s − D s², which has one root s > 0 (Descartes), positive before
/// it and negative behind it; so f has one root in (0, T), and it is scalar. [0, T] is never left, since y and e stay
/// non-negative. With f = c₀ + c₁ y + c₂ y², c₀ = A, c₁ = 2 (B − A) / T, c₂ = (A − 2 B − D) / T², the slope at the root
/// is −sqrt(c₁² − 4 c₀ c₂), and c₁² − 4 c₀ c₂ = 4 (B² + A D) / T². ∎
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// y.
    pub variable: Variable,
    /// T.
    pub total: Dyadic,
    /// f, in y and the sources.
    pub equation: Poly,
    /// A.
    pub start: Poly,
    /// 2 B.
    pub middle: Poly,
    /// D.
    pub end: Poly,
}

impl Segment {
    pub(crate) fn recognised(changed: &Changed<'_>, y: Variable) -> Result<Option<Self>, Fault> {
        Self::of(changed, y, &changed.equations[&y])
    }

    /// The same for another equation of a species of a total.
    pub(crate) fn of(changed: &Changed<'_>, y: Variable, equation: &Poly) -> Result<Option<Self>, Fault> {
        let Some(total) = changed.totals.get(&y).filter(|total| total.members == 2) else {
            return Ok(None);
        };
        let powers = equation.powers_of(y);
        if powers.len() > 3 {
            return Ok(None);
        }
        let power = |n: usize| powers.get(n).cloned().unwrap_or_default();
        let (total, start) = (total.total.clone(), power(0));
        let first = power(1).scaled(&total)?;
        let second = power(2).scaled(&total)?.scaled(&total)?;
        let middle = start.plus(&start)?.plus(&first)?;
        let end = start.plus(&first)?.plus(&second)?.negated();
        Ok(Some(Self { variable: y, total, equation: equation.clone(), start, middle, end }))
    }

    pub(crate) fn enclose(&self, rest: &mut Rest) -> Result<f64, Fault> {
        let start = positive(rest.enclosure(&self.start), "its production where it is 0")?;
        let end = positive(rest.enclosure(&self.end), "its consumption where it is the whole total")?;
        let middle = rest.enclosure(&self.middle);
        let (total, one) = (self.total.enclosure(), Interval::ONE);
        // t = s / (1 + s) rises in s.
        let odds = quadratic::root(start, middle, end);
        let share = |s: f64| Interval::point(s).over(one.plus(Interval::point(s)));
        let (low, high) = (share(odds.low).times(total).low, share(odds.high).times(total).high);
        rest.boxes[self.variable as usize] = Interval::between(low.max(0.0), high.min(total.high));
        let half = Interval::point(middle.least_magnitude()).power(2).over(Interval::point(4.0));
        let product = Interval::point(start.low).times(Interval::point(end.low));
        Ok(half.plus(product).root().times(Interval::point(2.0)).over(total).low)
    }
}
