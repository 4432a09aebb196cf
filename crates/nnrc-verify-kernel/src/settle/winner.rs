//! Species that quench each other as themselves.

use super::size::Size;
use super::start::Start;
use super::way::{Done, Way, duration};
use crate::block::{Winner, root};
use crate::interval::Interval;
use crate::poly::Poly;

/// V xᵢ′ = hᵢ + xᵢ (zᵢ − q S), S = Σ x, near whose rest hᵢ and zᵢ are within ηᵢ and ζᵢ of hᵢ* and zᵢ*.
///
/// With φ(r) = r − 1 − ln r and r = x / x*, let D = Σ xᵢ* φ(rᵢ), and μ = min hᵢ* / xᵢ*.
///
/// **Lemma.** Let X bound all xᵢ and l > 0 bound them from below from τ on, and g = Σ (ζᵢ + ηᵢ / l)² X / (2 μ). Then
/// V D′ ≤ g − μ D / 2, and V D′ ≤ −μ D where g is 0. Where D ≤ ε² / (2 (xᵢ* + ε)) for all i, every xᵢ is within ε of its rest.
///
/// *Proof.* With ωᵢ = (zᵢ − zᵢ*) + (hᵢ − hᵢ*) / xᵢ, V xᵢ′ / xᵢ = −hᵢ* (xᵢ − xᵢ*) / (xᵢ xᵢ*) − q (S − S*) + ωᵢ, so
///
/// ```text
/// V D′ = Σ (xᵢ − xᵢ*) V xᵢ′ / xᵢ = −Σ hᵢ* (xᵢ − xᵢ*)² / (xᵢ xᵢ*) − q (S − S*)² + Σ (xᵢ − xᵢ*) ωᵢ
/// ```
///
/// Half of the first sum bears the last one: a b ≤ a² c / 2 + b² / (2 c) with c = hᵢ* / (xᵢ xᵢ*), and 1 / c ≤ X / μ. The other half is
/// hᵢ* (rᵢ − 1)² / rᵢ ≥ hᵢ* φ(rᵢ), by ln r ≥ 1 − 1 / r, and so at least μ xᵢ* φ(rᵢ). Last, φ(1 + u) ≥ u² / (2 (1 + |u|)): for
/// u ≥ 0 from ln(1 + u) ≤ u (2 + u) / (2 (1 + u)), for u < 0 from the series of ln; and φ rises on both sides of 1. ∎
///
/// X: V S′ ≤ Σ hᵢ + S max zᵢ − q S², so S comes down from anywhere as in the lemma of quadratic blocks. l: V xᵢ′ ≥ hᵢ − L xᵢ with
/// L ≥ q S − zᵢ, so xᵢ is at least min(xᵢ(0), hᵢ / L) at all times, and at least hᵢ / (2 L) after V / L, as e > 2.
pub(super) fn settle(way: &mut Way<'_>, block: &Winner, slack: f64) -> Done {
    let read = block.members.iter().flat_map(|member| [&member.constant, &member.growth]);
    let read: Vec<&Poly> = read.collect();
    let Some(bounds) = bounds(way, block, way.ready(&read), way.is_still(&read)) else { return Ok(None) };
    let (least, most) = (Interval::point(bounds.least), Interval::point(bounds.most));
    let mut rate = f64::INFINITY;
    let (mut disturbance, mut first, mut largest) = (Interval::ZERO, Size::ZERO, 0.0f64);
    for member in &block.members {
        let at_rest = Interval::point(way.rest.of(member.variable).high);
        rate = rate.min(Interval::point(way.rest.enclosure(&member.constant).low).over(at_rest).low);
        let off = Interval::point(way.off(&member.constant)).over(least);
        disturbance = disturbance.plus(off.plus(Interval::point(way.off(&member.growth))).power(2));
        largest = largest.max(at_rest.high);
        // x* φ(x / x*) ≤ x + x* ln(x* / x), where the logarithm is above 0.
        let fall = Interval::point(at_rest.over(least).ln().high.max(0.0));
        first = first.plus(Size::within(most.plus(at_rest.times(fall))));
    }
    if rate.is_nan() || rate <= 0.0 {
        return Ok(None);
    }
    let (mu, two, largest) = (Interval::point(rate), Interval::point(2.0), Interval::point(largest));
    let disturbance = disturbance.times(most).over(two.times(mu));
    let rate = if disturbance.is_zero() { mu } else { mu.over(two) };
    // D comes to this, which is ε² / (2 (x* + ε)) for ε = D + sqrt(D² + 2 D x*).
    let end = Interval::point(disturbance.over(rate).high);
    let apart = end.plus(end.power(2).plus(two.times(end).times(largest)).root());
    let off = Interval::point(apart.plus(Interval::point(slack)).high);
    let goal = off.power(2).over(two.times(largest.plus(off)));
    let left = goal.minus(end).low;
    if left.is_nan() || left <= 0.0 {
        return Ok(None);
    }
    let time =
        Interval::point(bounds.from).plus(Interval::point(duration(way.of, first, left, rate.low))).high;
    if !time.is_finite() || !off.is_finite() {
        return Ok(None);
    }
    for member in &block.members {
        way.settled(member.variable, bounds.all, Size::within(bounds.all), off.high, time);
    }
    Ok(Some(()))
}

/// Where the members are.
struct Bounds {
    /// X, and l above 0, from `from` on.
    most: f64,
    least: f64,
    from: f64,
    /// Where each of them is at all times.
    all: Interval,
}

fn bounds(way: &Way<'_>, block: &Winner, ready: f64, is_still: bool) -> Option<Bounds> {
    let begin: Vec<Interval> = block.members.iter().map(|member| way.begin(member.variable)).collect();
    let first = begin.iter().fold(Interval::ZERO, |sum, own| sum.plus(*own)).high;
    let q = block.quench.enclosure();
    let always = if is_still { Sources::near_rest(way, block) } else { Sources::always(way, block) };
    let most = first.max(always.sum(q));
    let all = Interval::between(0.0, most);
    if way.start == Start::File {
        let start = begin.iter().map(|own| own.low).fold(f64::INFINITY, f64::min);
        let loss = always.loss(q, most);
        let rest = if loss > 0.0 {
            Interval::point(always.production).over(Interval::point(loss)).low
        } else {
            start
        };
        return is_usable(Bounds { most, least: start.min(rest), from: 0.0, all }.after(ready));
    }
    let near = Sources::near_rest(way, block);
    let root = near.sum(q);
    // Down to twice the root from anywhere, and up to half of h / L.
    let sum = Interval::point(root);
    let rate = near.growth.power(2).plus(near.all.times(q).times(Interval::point(4.0))).root();
    let down = Interval::ONE.plus(rate.over(q).over(sum)).ln().over(rate);
    let loss = near.loss(q, 2.0 * root).max(near.production / (2.0 * root));
    let up = Interval::ONE.over(Interval::point(loss));
    let least = Interval::point(near.production).over(Interval::point(2.0 * loss)).low;
    let from = way.of.system.volume.enclosure().times(down.plus(up)).high;
    is_usable(Bounds { most: 2.0 * root, least, from, all }.after(ready))
}

impl Bounds {
    fn after(self, ready: f64) -> Self {
        Self { from: Interval::point(self.from).plus(Interval::point(ready)).high, ..self }
    }
}

fn is_usable(bounds: Bounds) -> Option<Bounds> {
    (bounds.least > 0.0 && bounds.most.is_finite()).then_some(bounds)
}

/// Bounds of productions and growths.
struct Sources {
    /// Below every h.
    production: f64,
    /// Above Σ h.
    all: Interval,
    /// Above every z.
    growth: Interval,
    /// Below every z.
    least: f64,
}

impl Sources {
    /// Once what they read is near its rest.
    fn near_rest(way: &Way<'_>, block: &Winner) -> Self {
        Self::of(block, &|polynomial| way.rest.enclosure(polynomial).widened(way.off(polynomial)))
    }

    fn always(way: &Way<'_>, block: &Winner) -> Self {
        Self::of(block, &|polynomial| way.always(polynomial))
    }

    fn of(block: &Winner, bounds: &dyn Fn(&Poly) -> Interval) -> Self {
        let (mut all, mut production) = (Interval::ZERO, f64::INFINITY);
        let (mut growth, mut least) = (f64::NEG_INFINITY, f64::INFINITY);
        for member in &block.members {
            let (h, z) = (bounds(&member.constant), bounds(&member.growth));
            all = all.plus(h);
            production = production.min(h.low);
            growth = growth.max(z.high);
            least = least.min(z.low);
        }
        Self { production, all: Interval::point(all.high), growth: Interval::point(growth), least }
    }

    /// Above the positive root of Σ h + S z − q S².
    fn sum(&self, q: Interval) -> f64 {
        root(self.all.at_least(0.0), self.growth, q).high
    }

    /// L for S up to this sum.
    fn loss(&self, q: Interval, sum: f64) -> f64 {
        q.times(Interval::point(sum)).minus(Interval::point(self.least)).high
    }
}
