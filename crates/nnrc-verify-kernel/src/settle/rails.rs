//! Two rails that annihilate each other.

use super::approach::{self, Approach, Reached, arrive, until};
use super::way::{Done, Way};
use crate::block::Rails;
use crate::interval::Interval;

/// V d′ = (s₊ − s₋) − k d and V m′ = s₋ − (k + a d) m − a m². d is a linear block.
///
/// **Lemma.** From the time on at which k, s₋ and d are near their rest, e = m − m* is an
/// [`Approach`] with κ below k and g above |s₋ − s₋*| + m* (|k − k*| + a |d − d*|).
///
/// *Proof.* At rest s₋* = (k* + a d*) m* + a m*². So V e′ = (s₋ − s₋*) − (k − k*) m* − a (d − d*) m* − (k + a d + a (m + m*)) e,
/// and the last bracket is k + a p + a m* ≥ k, since p = m + d ≥ 0 and m* ≥ 0. ∎
///
/// At all times m ≥ 0 is below the solution of V m′ = s₋ − k m, since a p m ≥ 0.
pub(super) fn settle(way: &mut Way<'_>, block: &Rails, with_minus: bool, slack: f64) -> Done {
    let Rails { difference, minus, source, annihilation } = block;
    let done = approach::linear(way, difference, slack)?;
    if done.is_none() || !with_minus {
        return Ok(done);
    }
    let ready = way.ready(&[source, &difference.decay]).max(way.of(difference.variable).time);
    let begin = way.begin(*minus).at_least(0.0);
    let above = until(way, begin, (source, &difference.decay), ready)?;
    let reached = Reached { all: above.all.hull(Interval::ZERO), ..above };
    let at_rest = Interval::point(way.rest.of(*minus).magnitude());
    let meeting = way.rest.enclosure(annihilation).times(Interval::point(way.of(difference.variable).off));
    let disturbance = Interval::point(way.off(&difference.decay)).plus(meeting).times(at_rest);
    let disturbance = disturbance.plus(Interval::point(way.off(source))).high;
    let approach = Approach { rate: way.decay(&difference.decay), disturbance };
    arrive(way, *minus, &reached, (&approach, ready), slack)
}
