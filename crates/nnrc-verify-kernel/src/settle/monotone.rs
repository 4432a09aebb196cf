//! A species of a total with followers.

use super::approach::Approach;
use super::segment::least_slope;
use super::size::Size;
use super::way::{Done, Way};
use crate::block::{Follower, Monotone};
use crate::interval::Interval;
use crate::poly::Poly;

/// V x′ = g₀ + Σ F g, V F′ = φ − κ F with x in [0, T], φ affine in x, and f = κ g₀ + Σ φ g a segment.
///
/// Let −l(x) (x − x*) = f*(x), as for a [segment](super::segment::settle), and φ′ = dφ/dx.
///
/// **Lemma.** Let l ≥ λ > 0, and |g| ≤ G and |φ′| ≤ P for each follower at rest, wherever x is in [0, T]. With
/// ν = λ / (4 Σ G), θ = λ / (4 Σ G (P + ν)) and ω = (1 + θ) (|φ′| + ν) / κ for each follower, the largest e of |x − x*| and all
/// |F − F*| / ω is an [`Approach`] from the time on at which the sources are near their rest. Its rate is
/// min(λ / (2 κ), κ θ / (1 + θ)), and its g the largest of |Δ x′| and |Δ F′| / ω, where Δ is by what the sources change V x′ and V F′.
///
/// *Proof.* With the sources at rest, V (F − F*)′ = φ′ (x − x*) − κ (F − F*), and V (x − x*)′ = −γ (x − x*) + Σ g(x) (F − F*), where γ is
/// the quotient of differences of g₀ + Σ F* g between x and x*, with the sign turned. As κ F* = φ(x*) and φ is affine,
/// κ γ = l(x) + Σ g(x) φ′, and g(x) φ′ = |g(x)| |φ′|, since their signs agree. Where e is |x − x*| it falls at least at
/// γ − Σ |g| ω = (l − Σ |g| (θ (|φ′| + ν) + ν)) / κ ≥ (λ − λ / 4 − λ / 4) / κ; where e is that of F, at
/// κ − |φ′| / ω ≥ κ − κ / (1 + θ). ∎
///
/// x is in [0, T], and F between its start and the ends of φ / κ, at all times.
pub(super) fn settle(way: &mut Way<'_>, block: &Monotone, slack: f64) -> Done {
    let (x, decay) = (block.leader.variable, block.decay.enclosure());
    let whole = Interval::between(0.0, block.leader.total.enclosure().high);
    let Some(slope) = least_slope(way, &block.leader, whole) else { return Ok(None) };
    // x is the same in both values of what the sources change.
    let of_x = |variable| (variable == x).then_some(whole);
    let at_rest = |polynomial: &Poly| polynomial.enclosure(&|v| if v == x { whole } else { way.rest.of(v) });
    let always = |polynomial: &Poly| polynomial.enclosure(&|v| if v == x { whole } else { way.of(v).all });
    let (mut gains, mut responses) = (Interval::ZERO, Vec::new());
    for follower in &block.followers {
        let gain = Interval::point(at_rest(&follower.gain).magnitude());
        let response = way.rest.enclosure(&follower.production.derivative(x)?);
        gains = gains.plus(gain);
        responses.push((gain, Interval::between(response.least_magnitude(), response.magnitude())));
    }
    let quarter = Interval::point(slope.low).over(Interval::point(4.0));
    let most = Interval::point(gains.high.max(f64::MIN_POSITIVE));
    let nu = Interval::point(quarter.over(most).low.min(1.0));
    let with_nu = |response: Interval| response.plus(nu);
    let given = responses.iter().fold(Interval::ZERO, |sum, (gain, response)| {
        sum.plus(gain.times(Interval::point(with_nu(*response).high)))
    });
    let theta =
        Interval::point(quarter.over(Interval::point(given.high.max(f64::MIN_POSITIVE))).low.min(1.0));
    let more = Interval::ONE.plus(theta);
    let of_leader = quarter.plus(quarter).over(decay).low;
    let rate = of_leader.min(decay.times(theta).over(more).low);
    let mut ready = way.ready_but(&block.own, x);
    let mut disturbance = way.off_with(&block.own, &of_x);
    let mut distance = Size::within(whole);
    let (mut own, mut largest) = (0.0f64, 1.0f64);
    let mut moves = Vec::new();
    for (follower, (_, response)) in block.followers.iter().zip(&responses) {
        let Follower { variable, production, gain } = follower;
        let weight = more.times(with_nu(*response)).over(decay);
        let all = way.begin(*variable).hull(always(production).over(decay)).at_least(0.0);
        let by_gain = Interval::point(all.magnitude()).times(Interval::point(way.off_with(gain, &of_x)));
        disturbance = Interval::point(disturbance).plus(by_gain).high;
        own = own.max(Interval::point(way.off_with(production, &of_x)).over(weight).high);
        let apart = Interval::point(all.minus(way.rest.of(*variable)).magnitude());
        distance = distance.plus(Size::within(apart.over(weight)));
        largest = largest.max(weight.high);
        ready = ready.max(way.ready_but(production, x)).max(way.ready_but(gain, x));
        moves.push((*variable, all, weight));
    }
    let slack = Interval::point(slack).over(Interval::point(largest)).low;
    let approach = Approach { rate, disturbance: disturbance.max(own) };
    let Some((off, time)) = approach.within(way, distance, slack) else { return Ok(None) };
    let time = Interval::point(ready).plus(Interval::point(time)).high;
    way.settled(x, whole, Size::within(whole), off, time);
    for (variable, all, weight) in moves {
        way.settled(variable, all, Size::within(all), weight.times(Interval::point(off)).high, time);
    }
    Ok(Some(()))
}
