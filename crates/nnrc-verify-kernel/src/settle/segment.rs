//! Quadratic equations on [0, T].

use super::approach::{Approach, Reached, arrive};
use super::size::Size;
use super::way::{Done, Way};
use crate::block::{Segment, root};
use crate::interval::Interval;
use crate::poly::Poly;

/// V y′ = f(y) on [0, T], with A = f(0) > 0 and D = −f(T) > 0 at rest.
///
/// **Lemma.** From the time on at which the sources are near their rest, e = y − y* is an [`Approach`] with g above
/// |f − f*| on [0, T], and κ the least of ((T − r) A / y* + r D / (T − y*)) / T for r at the ends of where y is.
///
/// *Proof.* f* has degree 2 and the root y*, so f*(y) = −(y − y*) l(y) with l linear, l(0) = A / y* and
/// l(T) = D / (T − y*): l(r) is what stands above. Between the ends of an interval l is at least the smaller one. So
/// V e′ = (f − f*) − l(y) e. ∎
///
/// At all times y is between its start and the roots for the ends of the coefficients in the basis of Bernstein, in
/// which f rises with A and B and falls with D.
pub(super) fn settle(way: &mut Way<'_>, block: &Segment, slack: f64) -> Done {
    let read = [&block.start, &block.middle, &block.end];
    let ready = way.ready(&read);
    let total = block.total.enclosure();
    let reached = where_it_is(way, block, way.is_still(&read));
    let same = |variable| (variable == block.variable).then_some(Interval::between(0.0, total.high));
    let disturbance = way.off_with(&block.equation, &same);
    let rate = least_slope(way, block, reached.all).map_or(0.0, |slope| slope.low);
    arrive(way, block.variable, &reached, (&Approach { rate, disturbance }, ready), slack)
}

fn where_it_is(way: &Way<'_>, block: &Segment, is_still: bool) -> Reached {
    let total = block.total.enclosure();
    let bounds = |polynomial: &Poly| {
        // f(0) and −f(T) are never negative: neither species of the total is consumed where there is none of it.
        if is_still { way.rest.enclosure(polynomial) } else { way.always(polynomial) }
    };
    let [start, end] = [&block.start, &block.end].map(|p| bounds(p).at_least(0.0));
    let whole = Interval::between(0.0, total.high);
    let all = if end.low > 0.0 {
        let odds = root(start, bounds(&block.middle), end);
        let share = |s: f64| Interval::point(s).over(Interval::ONE.plus(Interval::point(s))).times(total);
        let roots = Interval::between(share(odds.low).low, share(odds.high).high);
        way.begin(block.variable).hull(roots).common(whole).unwrap_or(whole)
    } else {
        whole
    };
    Reached { all, size: Size::within(all), forever: true }
}

/// Below l(y) where y is in an interval, by the lemma.
pub(super) fn least_slope(way: &Way<'_>, block: &Segment, from: Interval) -> Option<Interval> {
    let total = block.total.enclosure();
    let at_rest = way.rest.of(block.variable);
    let [start, end] = [&block.start, &block.end].map(|polynomial| way.rest.enclosure(polynomial));
    let left = Interval::point(total.high).minus(Interval::point(at_rest.low));
    let [first, last] = [(start, at_rest.high), (end, left.high)]
        .map(|(made, distance)| Interval::point(made.low).over(Interval::point(distance)));
    let slope = |at: f64| {
        let at = Interval::point(at).over(total);
        Interval::ONE.minus(at).times(first).plus(at.times(last))
    };
    let least = slope(from.low).low.min(slope(from.high).low);
    (least > 0.0 && least.is_finite()).then_some(Interval::point(least))
}
