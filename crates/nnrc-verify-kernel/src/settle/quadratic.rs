//! Quadratic blocks.

use super::size::Size;
use super::way::{Done, Way};
use crate::block::{Quadratic, root};
use crate::interval::Interval;

/// A variable with V y′ = c + z y − q y², near whose rest c and z are within γ and ζ of c* and z*.
///
/// Let x₊ > 0 ≥ x₋ be the roots of c + z y − q y², w = x₊ − x₋ and r = q w = sqrt(z² + 4 c q).
///
/// **Lemma 1.** For constant c > 0 and z, with the time in units of V: a solution from y₀ > x₊ is at most x₊ + s after
/// ln((y₀ − x₊) / (y₀ − x₋) · (s + w) / s) / r, and from any start after ln(1 + w / s) / r. One from y₀ with 0 ≤ y₀ < x₊ − s is at least
/// x₊ − s after ln((x₊ − y₀) / (y₀ − x₋) · (w − s) / s) / r.
///
/// *Proof.* y′ = −q (y − x₊) (y − x₋), so ln |(y − x₊) / (y − x₋)| falls at the rate q w = r. It is ln(s / (s + w)) at
/// x₊ + s, and ln(s / (w − s)) at x₊ − s. From far away (y₀ − x₊) / (y₀ − x₋) → 1 from below. ∎
///
/// **Lemma 2.** From the time on at which c and z are near their rest, y is at most the solution for c* + γ, z* + ζ from the
/// same place, and at least that for max(c* − γ, 0), z* − ζ. The root x₊ of these is within γ / r + ζ min(1 / q, x₊ / r) of y*, with the
/// least r and the largest x₊ of all coefficients between.
///
/// *Proof.* y ≥ 0 and c ≥ 0, so the right sides are above and below that of y (comparison of scalar equations). From
/// c + z x − q x² = 0: ∂x₊/∂c = 1 / r and ∂x₊/∂z = x₊ / r = (1 + z / r) / (2 q) ≤ 1 / q. ∎
///
/// At all times y is between its start and the roots for the ends of c and z, since it falls above and rises below.
pub(super) fn settle(way: &mut Way<'_>, block: &Quadratic, slack: f64) -> Done {
    let Quadratic { variable, constant, growth, quench } = block;
    let ready = way.ready(&[constant, growth]);
    let q = way.rest.enclosure(quench);
    let begin = way.begin(*variable).at_least(0.0);
    let (c, z) = (way.rest.enclosure(constant), way.rest.enclosure(growth));
    let (always_c, always_z) =
        if way.is_still(&[constant, growth]) { (c, z) } else { (way.always(constant), way.always(growth)) };
    let roots = root(always_c.at_least(0.0), always_z, q);
    let all = if begin.is_finite() { begin.hull(roots) } else { Interval::ALL };
    let from = if ready == 0.0 { begin } else { all };
    let (off_c, off_z) = (way.off(constant), way.off(growth));
    let widest = Coefficients { c: c.widened(off_c), z: z.widened(off_z), q };
    let least = widest.rate();
    if !least.is_finite() || least.low <= 0.0 {
        return Ok(None);
    }
    let slope = root(widest.c.at_least(0.0), widest.z, q).over(least).high.min(Interval::ONE.over(q).high);
    let far = Interval::point(off_c)
        .over(least)
        .plus(Interval::point(off_z).times(Interval::point(slope)))
        .plus(Interval::point(slack));
    let moved = |by: f64| {
        let by = |interval: Interval, off: f64| interval.plus(Interval::point(by * off));
        Coefficients { c: by(c, off_c), z: by(z, off_z), q }
    };
    let (low, high) = if from.is_finite() { (from.low, from.high) } else { (0.0, f64::INFINITY) };
    let below = moved(-1.0).parts().map(|part| part.rise(low, slack));
    let above = moved(1.0).parts().map(|part| part.fall(high, slack));
    let time = below
        .chain(above)
        .fold(0.0, |most: f64, time| if time.is_nan() { f64::INFINITY } else { most.max(time) });
    let time =
        Interval::point(time).times(way.of.system.volume.enclosure()).plus(Interval::point(ready)).high;
    // Where c may vanish while it is off, only smaller slacks help.
    if !time.is_finite() || !far.is_finite() {
        return Ok(None);
    }
    // A root is at most |z| / q + sqrt(c / q), and that at most 1 + c / q more.
    let per_quench = Size::within(Interval::ONE.over(q));
    let size = way.size(growth).plus(way.size(constant)).times(per_quench).plus(Size::of(1.0));
    way.settled(*variable, all, size.plus(Size::within(begin)), far.high, time);
    Ok(Some(()))
}

/// Coefficients of c + z y − q y².
#[derive(Clone, Copy)]
struct Coefficients {
    c: Interval,
    z: Interval,
    q: Interval,
}

impl Coefficients {
    /// An interval that holds the least r.
    fn rate(self) -> Interval {
        let c = Interval::point(self.c.low.max(0.0));
        let least = Interval::point(self.z.least_magnitude()).power(2);
        least.plus(c.times(self.q).times(Interval::point(4.0))).root()
    }

    /// Above w.
    fn width(self) -> Interval {
        let most = Interval::point(self.z.magnitude()).power(2);
        let most =
            most.plus(self.c.at_least(0.0).times(self.q).times(Interval::point(4.0))).root().over(self.q);
        Interval::point(most.high)
    }

    /// |x₋|, the root of c − z y − q y² that is not negative.
    fn mirrored(self) -> Interval {
        root(self.c.at_least(0.0), self.z.negated(), self.q)
    }

    /// Parts that cover these, in each of which r changes little. Any cover is as sound, so its ends are rounded as they
    /// come.
    fn parts(self) -> impl Iterator<Item = Self> {
        const MOST: usize = 1024;
        let scale = 2.0 * (self.c.high.max(0.0) * self.q.high).max(f64::MIN_POSITIVE).sqrt();
        let (mut low, high) = (self.z.low, self.z.high);
        let mut parts = Vec::new();
        while parts.len() < MOST && low < high {
            let end = low + (low.abs() + scale) / 8.0;
            let end = if end > low && end < high && parts.len() + 1 < MOST { end } else { high };
            parts.push(Self { z: Interval::between(low, end), ..self });
            low = end;
        }
        if parts.is_empty() {
            parts.push(self);
        }
        parts.into_iter()
    }

    /// The time until y is at most `slack` below x₊, from y₀ ≥ 0 on, by the lemma.
    fn rise(self, from: f64, slack: f64) -> f64 {
        let (from, slack) = (Interval::point(from), Interval::point(slack));
        let missing = root(self.c.at_least(0.0), self.z, self.q).minus(from);
        if missing.is_finite() && missing.high <= slack.low {
            return 0.0;
        }
        let above = from.plus(self.mirrored());
        let ratio = Interval::point(missing.high).over(Interval::point(above.low));
        self.time(ratio.times(self.width().minus(slack).over(slack)))
    }

    /// The time until y is at most `slack` above x₊, from y₀ on, which may be infinite.
    fn fall(self, from: f64, slack: f64) -> f64 {
        let slack = Interval::point(slack);
        let rate = self.rate();
        // ln(1 + w / s) / w falls in w.
        let anywhere = Interval::ONE.plus(Interval::point(rate.low).over(self.q).over(slack));
        let anywhere = anywhere.ln().over(Interval::point(rate.low)).high;
        let excess = Interval::point(from).minus(root(self.c.at_least(0.0), self.z, self.q));
        if !excess.is_finite() {
            return anywhere;
        }
        if excess.high <= slack.low {
            return 0.0;
        }
        let above = Interval::point(from).plus(self.mirrored());
        let ratio = Interval::point(excess.high).over(Interval::point(above.low));
        self.time(ratio.times(self.width().plus(slack).over(slack))).min(anywhere)
    }

    /// ln(ratio) / r, and 0 where that is negative.
    fn time(self, ratio: Interval) -> f64 {
        if ratio.is_finite() && ratio.high <= 1.0 {
            return 0.0;
        }
        Interval::point(ratio.high).ln().over(Interval::point(self.rate().low)).high
    }
}
