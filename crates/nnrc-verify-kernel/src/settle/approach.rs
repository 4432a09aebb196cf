//! What shrinks at a rate of its own while it is disturbed, and linear blocks.

use super::size::Size;
use super::start::Start;
use super::way::{Done, Way, duration, unbounded};
use crate::block::Linear;
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Variable};

/// An error e with V |e|′ ≤ g − κ |e| from a time on.
///
/// **Lemma.** Let κ > 0 and |e| ≤ D at τ. Then |e(t)| ≤ max(D, g / κ) for t ≥ τ, and |e(t)| ≤ g / κ + s for
/// t ≥ τ + V ln(D / s) / κ.
///
/// *Proof.* V (|e| − g / κ)′ ≤ −κ (|e| − g / κ), so |e(t)| − g / κ ≤ (D − g / κ) e^(−κ (t − τ) / V), which is at most s
/// where e^(−κ (t − τ) / V) ≤ s / D. ∎
pub(super) struct Approach {
    /// Below κ.
    pub rate: f64,
    /// Above g.
    pub disturbance: f64,
}

impl Approach {
    /// g / κ, rounded up.
    pub fn end(&self) -> f64 {
        Interval::point(self.disturbance).over(Interval::point(self.rate)).high
    }

    /// g / κ + s, and the time until then for D; none where κ is not above 0, or g is not bounded.
    pub fn within(&self, way: &Way<'_>, distance: Size, slack: f64) -> Option<(f64, f64)> {
        let end = self.end();
        if self.rate.is_nan() || self.rate <= 0.0 || !end.is_finite() {
            return None;
        }
        let off = Interval::point(end).plus(Interval::point(slack)).high;
        let time = duration(way.of, distance, slack, self.rate);
        (off.is_finite() && time.is_finite()).then_some((off, time))
    }
}

/// Where a variable is up to a time.
pub(super) struct Reached {
    /// Where it is; everything where that has no double as bounds.
    pub all: Interval,
    /// Its magnitude, at most.
    pub size: Size,
    /// Whether this holds at all times.
    pub forever: bool,
}

/// Where V y′ = c − k y is until `ready`.
///
/// **Lemma.** (i) With k > 0 at all times y stays between its start and the ends of c / k. (ii) With |c| ≤ C and k ≥ −K up to
/// τ, |y(t)| ≤ (|y(0)| + C τ / V) e^(K τ / V).
///
/// *Proof.* (i) y′ ≤ 0 above both and y′ ≥ 0 below both. (ii) V |y|′ ≤ C + K |y| (Gronwall). ∎
pub(super) fn until(
    way: &Way<'_>,
    begin: Interval,
    (constant, decay): (&Poly, &Poly),
    ready: f64,
) -> Result<Reached, Fault> {
    let (c, k) = (way.always(constant), way.always(decay));
    let between = begin.hull(c.over(k));
    if k.is_finite() && k.low > 0.0 && between.is_finite() {
        return Ok(Reached { all: between, size: Size::within(between), forever: true });
    }
    if !begin.is_finite() {
        return Err(unbounded_start(way));
    }
    let steps = way.per_volume(ready);
    let growth = Interval::point(way.lowest(decay).min(0.0)).negated().times(Interval::point(steps)).high;
    if !growth.is_finite() {
        return Err(unbounded("its decay may be negative for a while, and nothing bounds by how much"));
    }
    let (made, start) = (way.size(constant).times(Size::of(steps)), Size::within(begin));
    let size = start.plus(made).grown(growth);
    // Within doubles an interval says more than a logarithm.
    let most = Interval::point(c.magnitude()).times(Interval::point(steps));
    let most = most.plus(Interval::point(begin.magnitude())).times(power_above(growth)).high;
    Ok(Reached { all: Interval::between(-most, most), size, forever: false })
}

/// Above e^x for x that is not negative: a power of 2, since 1 / ln 2 < 1.5.
fn power_above(x: f64) -> Interval {
    let exponent = Interval::point(x).times(Interval::point(1.5)).high.ceil();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
    if exponent <= 1000.0 { Interval::point(2.0).power(exponent as usize) } else { Interval::ALL }
}

fn unbounded_start(way: &Way<'_>) -> Fault {
    let message = match way.start {
        Start::Any { .. } => "it decays linearly, so it settles at no time that holds for all starts",
        Start::File => "its start is beyond doubles",
    };
    Fault::undecided("unbounded-start", message)
}

/// A variable with V y′ = c − k y.
///
/// **Lemma.** From the time on at which its sources are near their rest, e = y − y* is an [`Approach`] with κ below k and
/// g above |(c − c*) − (k − k*) y*|.
///
/// *Proof.* c* = k* y*, so V e′ = (c − c*) − (k − k*) y* − k e. ∎
pub(super) fn linear(way: &mut Way<'_>, block: &Linear, slack: f64) -> Done {
    let Linear { variable, constant, decay } = block;
    let (ready, is_still) = (way.ready(&[constant, decay]), way.is_still(&[constant, decay]));
    let begin = way.begin(*variable);
    let at_rest = way.rest.of(*variable);
    let mut reached = match way.of.totals.get(variable).map(|total| total.total.enclosure().high) {
        // A species of a total stays below it.
        Some(total) => {
            let all = Interval::between(0.0, total);
            Reached { all, size: Size::within(all), forever: true }
        }
        // Where nothing moves that it reads, it goes straight to its rest.
        None if is_still => {
            let all = begin.hull(at_rest);
            if !all.is_finite() {
                return Err(unbounded_start(way));
            }
            Reached { all, size: Size::within(all), forever: true }
        }
        None => until(way, begin, (constant, decay), ready)?,
    };
    if is_still {
        reached = Reached { all: reached.all.common(begin.hull(at_rest)).unwrap_or(reached.all), ..reached };
    }
    let error = Interval::point(way.off(constant))
        .plus(Interval::point(at_rest.magnitude()).times(Interval::point(way.off(decay))))
        .high;
    let approach = Approach { rate: way.decay(decay), disturbance: error };
    arrive(way, *variable, &reached, (&approach, ready), slack)
}

/// Settles a variable that approaches its rest from `ready` on.
pub(super) fn arrive(
    way: &mut Way<'_>,
    variable: Variable,
    reached: &Reached,
    (approach, ready): (&Approach, f64),
    slack: f64,
) -> Done {
    let at_rest = way.rest.of(variable);
    let from = if ready == 0.0 { way.begin(variable) } else { reached.all };
    let distance = if from.is_finite() {
        Size::within(from.minus(at_rest))
    } else {
        reached.size.plus(Size::within(at_rest))
    };
    let Some((off, time)) = approach.within(way, distance, slack) else { return Ok(None) };
    let mut all = reached.all;
    let mut size = reached.size;
    if !reached.forever {
        let farthest = from.minus(at_rest).magnitude().max(approach.end());
        all = all.hull(at_rest.widened(farthest));
        size = size.plus(distance).plus(Size::of(approach.end())).plus(Size::within(at_rest));
    }
    if way.is_species(variable) {
        all = if all.is_finite() { all.at_least(0.0) } else { all };
    }
    let time = Interval::point(ready).plus(Interval::point(time)).high;
    way.settled(variable, all, size, off, time);
    Ok(Some(()))
}
