//! Species that quench each other as themselves.

use crate::block::positive::positive;
use crate::change::Changed;
use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Variable};
use crate::rest::Rest;

/// A species of a [`Winner`].
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// xᵢ.
    pub variable: Variable,
    /// hᵢ.
    pub constant: Poly,
    /// zᵢ.
    pub growth: Poly,
}

/// xᵢ′ = hᵢ + xᵢ (zᵢ − q Σ x), with one q for all.
///
/// **Lemma.** If q > 0 and every hᵢ > 0, there is one rest that is not negative: xᵢ = hᵢ / (q S − zᵢ), S = Σ x, with
/// q S > zᵢ for every i. It attracts every start that is not negative, and no eigenvalue is above −min hᵢ / xᵢ.
///
/// *Proof.* At rest xᵢ > 0, since hᵢ > 0, so q S − zᵢ = hᵢ / xᵢ > 0. Σ hᵢ / (q S − zᵢ) falls in S and S rises, so there
/// is one S. Starts at 0 leave it at once; for x > 0, xᵢ′ = −xᵢ ∂V/∂xᵢ with
/// V = −Σ hᵢ ln xᵢ − Σ zᵢ xᵢ + q S² / 2, which is strictly convex and infinite at the border and far away. So V falls along
/// every solution until its only minimum. The Jacobian there is −D H with D = diag x, H = diag(hᵢ / xᵢ²) + q 1 1ᵀ; it is
/// similar to −D^½ H D^½ ≤ −diag(hᵢ / xᵢ). ∎
#[derive(Debug, Clone, PartialEq)]
pub struct Winner {
    /// The species.
    pub members: Vec<Member>,
    /// q.
    pub quench: Dyadic,
}

impl Winner {
    pub(crate) fn recognised(changed: &Changed<'_>, variables: &[Variable]) -> Result<Option<Self>, Fault> {
        let mut members = Vec::new();
        let mut common: Option<Dyadic> = None;
        for &x in variables {
            if x as usize >= changed.system.species.len() {
                return Ok(None);
            }
            let Ok([constant, first, second]) = <[Poly; 3]>::try_from(changed.equations[&x].powers_of(x))
            else {
                return Ok(None);
            };
            let Some(quench) = second.negated().as_constant() else { return Ok(None) };
            if *common.get_or_insert_with(|| quench.clone()) != quench {
                return Ok(None);
            }
            let mut growth = first;
            for &other in variables.iter().filter(|other| **other != x) {
                growth = growth.plus(&Poly::variable(other).scaled(&quench)?)?;
            }
            if variables.iter().any(|v| growth.has(*v) || constant.has(*v)) {
                return Ok(None);
            }
            members.push(Member { variable: x, constant, growth });
        }
        Ok(common.map(|quench| Self { members, quench }))
    }

    pub(crate) fn enclose(&self, rest: &mut Rest) -> Result<f64, Fault> {
        let quench = positive(self.quench.enclosure(), "its quenching")?;
        let mut sources = Vec::new();
        for member in &self.members {
            let constant = positive(rest.enclosure(&member.constant), "a production")?;
            let growth = rest.enclosure(&member.growth);
            if !growth.is_finite() {
                return Err(Fault::undecided("not-finite", "its growth has no finite bounds"));
            }
            sources.push((constant, growth));
        }
        let (boxes, rate) = shares(&sources, quench)?;
        for (member, bounds) in self.members.iter().zip(boxes) {
            rest.boxes[member.variable as usize] = bounds;
        }
        Ok(rate)
    }
}

/// Enclosures of xᵢ = hᵢ / (q S − zᵢ) for sources (hᵢ, zᵢ), and a number below min hᵢ / xᵢ.
///
/// S rises in every hᵢ and zᵢ, so its bounds are those for the ends of the sources.
pub(crate) fn shares(
    sources: &[(Interval, Interval)],
    quench: Interval,
) -> Result<(Vec<Interval>, f64), Fault> {
    if sources.iter().any(|(h, z)| !h.is_finite() || !z.is_finite()) {
        return Err(no_sum());
    }
    let lows: Vec<(f64, f64)> = sources.iter().map(|(h, z)| (h.low, z.low)).collect();
    let highs: Vec<(f64, f64)> = sources.iter().map(|(h, z)| (h.high, z.high)).collect();
    let (low, high) = (sum_below(&lows, quench)?, sum_above(&highs, quench)?);
    let mut boxes = Vec::new();
    let mut rate = f64::INFINITY;
    for (h, z) in sources {
        let widest = quench.times(Interval::point(high)).minus(Interval::point(z.low));
        let narrowest = quench.times(Interval::point(low)).minus(Interval::point(z.high));
        let least = if widest.high > 0.0 {
            Interval::point(h.low).over(Interval::point(widest.high)).low.max(0.0)
        } else {
            0.0
        };
        let most = Interval::point(h.high).over(Interval::point(narrowest.low.max(0.0))).high.min(high);
        boxes.push(Interval::between(least.min(most), most));
        rate = rate.min(Interval::point(h.low).over(Interval::point(high)).low);
    }
    Ok((boxes, rate))
}

/// Whether Σ h / (q S − z) is certainly at most S; not where a denominator may be 0.
fn is_above(sources: &[(f64, f64)], q: Interval, sum: f64) -> bool {
    let at = q.times(Interval::point(sum));
    let total = sources.iter().fold(Interval::ZERO, |total, (h, z)| {
        let gap = at.minus(Interval::point(*z));
        total.plus(if gap.low > 0.0 { Interval::point(*h).over(gap) } else { Interval::ALL })
    });
    total.high <= sum
}

/// Whether Σ h / (q S − z) is certainly at least S, or S below max(0, z) / q, where no rest has its sum.
fn is_below(sources: &[(f64, f64)], q: Interval, sum: f64) -> bool {
    let at = q.times(Interval::point(sum));
    if sum <= 0.0 || sources.iter().any(|(_, z)| at.high <= *z) {
        return true;
    }
    let total = sources.iter().fold(Interval::ZERO, |total, (h, z)| {
        // A denominator that may be 0 is at most its upper end, and so the quotient at least what that gives.
        let gap = at.minus(Interval::point(*z));
        total.plus(Interval::point(Interval::point(*h).over(Interval::point(gap.high)).low))
    });
    total.low >= sum
}

/// The sum in plain arithmetic: a place to begin.
fn near(sources: &[(f64, f64)], q: Interval) -> f64 {
    let q = q.low;
    let floor = sources.iter().fold(0.0, |most: f64, (_, z)| most.max(z / q));
    let (mut low, mut high) = (floor, floor + (sources.iter().map(|(h, _)| h).sum::<f64>() / q).sqrt());
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        let total: f64 = sources.iter().map(|(h, z)| h / (q * middle - z)).sum();
        if total > middle { low = middle } else { high = middle }
    }
    high
}

fn sum_above(sources: &[(f64, f64)], q: Interval) -> Result<f64, Fault> {
    let near = near(sources, q);
    widening().map(|step| near + near * step).find(|sum| is_above(sources, q, *sum)).ok_or_else(no_sum)
}

fn sum_below(sources: &[(f64, f64)], q: Interval) -> Result<f64, Fault> {
    let near = near(sources, q);
    widening().map(|step| near - near * step).find(|sum| is_below(sources, q, *sum)).ok_or_else(no_sum)
}

/// Relative distances from the rounding of a double to 1.
fn widening() -> impl Iterator<Item = f64> {
    (0..53).map(|n| f64::EPSILON * 2f64.powi(n))
}

fn no_sum() -> Fault {
    Fault::undecided("not-finite", "its sum has no finite bounds")
}
