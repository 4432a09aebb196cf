//! The flow of a pair where nothing but the pair itself and what is known in advance acts on it.
//!
//! ```text
//! P' = a − κ P Q − μ P        Q' = b − κ P Q − μ Q
//! ```
//!
//! Factoring out the decay, by e^{μ t} P and κ e^{−μ t}, leaves μ = 0. P − Q then follows from a and b alone, and
//! the amount annihilated, which is the same for both, obeys M' = κ (p − M) (q − M) with p = P₀ + ∫a, q = Q₀ + ∫b.
#![allow(clippy::needless_range_loop, reason = "iterators are calls, which the optimiser may leave as such")]

use nnrc_dispatch::dispatched;
use nnrc_sim::elementary::{exp, exp_m1};
use nnrc_sim::loops::dot;

const LANES: usize = 4;

/// How long and how a pair flows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub annihilation: f64,
    pub decay: f64,
    /// Length of the step, in time units.
    pub step: f64,
}

impl Span {
    /// e^{−μ t} after a part of the step.
    fn left(&self, part: f64) -> f64 {
        exp(-self.decay * self.step * part)
    }
}

/// An idle pair, which nothing makes, after a time in which it would have decayed to `left` and that counts as
/// `exposure` = κ (1 − e^{−μ t}) / μ for annihilation: in closed form, for the smaller rail is Q₀ e^{−w e} / (1 + Q₀ (1 −
/// e^{−w e}) / w) with the difference w and the exposure e.
pub(crate) fn idle(p: f64, q: f64, exposure: f64, left: f64) -> (f64, f64) {
    let (large, small) = if p >= q { (p, q) } else { (q, p) };
    let difference = large - small;
    let fading = exp_m1(-difference * exposure);
    let share = if difference > 0.0 { -fading / difference } else { exposure };
    let scale = left / (1.0 + small * share);
    let (large, small) = (large * scale, small * (1.0 + fading) * scale);
    if p >= q { (large, small) } else { (small, large) }
}

/// κ (1 − e^{−μ t}) / μ.
pub(crate) fn exposure(span: Span) -> f64 {
    let lost = span.decay * span.step;
    let time = if lost > 0.0 { -exp_m1(-lost) / span.decay } else { span.step };
    span.annihilation * time
}

/// One row of a pair, what is made of both rails up to the middle and up to the end of the step (as it is left
/// there), and where the row after the step goes.
pub(crate) struct Row<'a> {
    pub before: [&'a [f64]; 2],
    pub middle: [&'a [f64]; 2],
    pub end: [&'a [f64]; 2],
    pub after: [&'a mut [f64]; 2],
}

dispatched! {
    /// Takes a row over a step by the classical Runge–Kutta method of order 4 for the amount annihilated, all columns side
    /// by side. Returns the largest error, estimated by the method of order 3 that the derivative at the end completes,
    /// relative to the second tolerance + the first · the smaller rail.
    pub(crate) fn advance(span: Span, row: Row, tolerances: (f64, f64)) -> f64 =
        advance_columns(span, row, tolerances);
}

dispatched! {
    /// Sums over the columns of a row with the weights b, c: b P, b Q, b P Q, b P Q (P + Q).
    pub(crate) fn moments(b: &[f64], p: &[f64], q: &[f64]) -> [f64; 4] = sum_moments(b, p, q);
}

dispatched! {
    /// Σ g x.
    pub(crate) fn product(g: &[f64], x: &[f64]) -> f64 = dot(x, g);
}

#[inline(always)]
fn advance_columns(span: Span, row: Row<'_>, (relative, absolute): (f64, f64)) -> f64 {
    let rates = Rates::new(span);
    let [p, q] = row.before;
    let [pm, qm] = row.middle;
    let [pe, qe] = row.end;
    let [p1, q1] = row.after;
    let n = p.len();
    let (q, pm, qm, pe, qe) = (&q[..n], &pm[..n], &qm[..n], &pe[..n], &qe[..n]);
    let (p1, q1) = (&mut p1[..n], &mut q1[..n]);
    // Comparisons of a lane with its own largest become vector maxima.
    let mut largest = [0.0; LANES];
    let whole = n / LANES * LANES;
    for start in (0..whole).step_by(LANES) {
        for lane in 0..LANES {
            let at = start + lane;
            let (p, q, error) = rates.member([p[at], q[at]], [pm[at], qm[at]], [pe[at], qe[at]]);
            let error = error / (absolute + relative * smaller(p, q));
            (p1[at], q1[at]) = (p, q);
            largest[lane] = if error > largest[lane] { error } else { largest[lane] };
        }
    }
    let mut all: f64 = largest.into_iter().fold(0.0, f64::max);
    for at in whole..n {
        let (p, q, error) = rates.member([p[at], q[at]], [pm[at], qm[at]], [pe[at], qe[at]]);
        let error = error / (absolute + relative * smaller(p, q));
        (p1[at], q1[at]) = (p, q);
        all = all.max(error);
    }
    if p1.iter().chain(q1.iter()).sum::<f64>().is_finite() { all } else { f64::NAN }
}

/// The size of the smaller of two rails.
#[inline(always)]
fn smaller(p: f64, q: f64) -> f64 {
    (if p < q { p } else { q }).abs()
}

/// What a step is for every member.
#[derive(Clone, Copy)]
struct Rates {
    step: f64,
    left: f64,
    half_gain: f64,
    gain: f64,
    /// κ e^{−μ t} at the beginning, in the middle and at the end.
    annihilation: [f64; 3],
}

impl Rates {
    fn new(span: Span) -> Self {
        let (half_left, left) = (span.left(0.5), span.left(1.0));
        let annihilation = [1.0, half_left, left].map(|left| span.annihilation * left);
        Self { step: span.step, left, half_gain: 1.0 / half_left, gain: 1.0 / left, annihilation }
    }

    /// Both rails after the step, and the error of one of them.
    #[inline(always)]
    fn member(self, [p, q]: [f64; 2], [pm, qm]: [f64; 2], [pe, qe]: [f64; 2]) -> (f64, f64, f64) {
        let (h, [k0, km, k1]) = (self.step, self.annihilation);
        let (pm, qm) = (p + self.half_gain * pm, q + self.half_gain * qm);
        let (pe, qe) = (p + self.gain * pe, q + self.gain * qe);
        let s1 = k0 * p * q;
        let m = 0.5 * h * s1;
        let s2 = km * (pm - m) * (qm - m);
        let m = 0.5 * h * s2;
        let s3 = km * (pm - m) * (qm - m);
        let m = h * s3;
        let s4 = k1 * (pe - m) * (qe - m);
        let m = h / 6.0 * (s1 + 2.0 * (s2 + s3) + s4);
        let (p, q) = (pe - m, qe - m);
        let error = h / 6.0 * self.left * (s4 - k1 * p * q).abs();
        (self.left * p, self.left * q, error)
    }
}

#[inline(always)]
fn sum_moments(b: &[f64], p: &[f64], q: &[f64]) -> [f64; 4] {
    let n = b.len();
    let (p, q) = (&p[..n], &q[..n]);
    let mut sums = [[0.0; LANES]; 4];
    let whole = n / LANES * LANES;
    let add = |sums: &mut [[f64; LANES]; 4], at: usize, lane: usize| {
        let (bp, q) = (b[at] * p[at], q[at]);
        let bpq = bp * q;
        sums[0][lane] += bp;
        sums[1][lane] += b[at] * q;
        sums[2][lane] += bpq;
        sums[3][lane] += bpq * (p[at] + q);
    };
    for start in (0..whole).step_by(LANES) {
        for lane in 0..LANES {
            add(&mut sums, start + lane, lane);
        }
    }
    for at in whole..n {
        add(&mut sums, at, at - whole);
    }
    sums.map(|lanes| (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same flow in very many small steps of the midpoint rule.
    fn finely(span: Span, (mut p, mut q): (f64, f64), made: impl Fn(f64) -> (f64, f64)) -> (f64, f64) {
        const STEPS: usize = 200_000;
        let h = span.step / STEPS as f64;
        for step in 0..STEPS {
            let (a, b) = made((step as f64 + 0.5) * h);
            let slope = |p: f64, q: f64| {
                let lost = span.annihilation * p * q;
                (a - lost - span.decay * p, b - lost - span.decay * q)
            };
            let (dp, dq) = slope(p, q);
            let (dp, dq) = slope(p + 0.5 * h * dp, q + 0.5 * h * dq);
            (p, q) = (p + h * dp, q + h * dq);
        }
        (p, q)
    }

    #[test]
    fn idle_pairs_follow_their_closed_form() {
        for (p, q) in [(1.0, 0.5), (0.3, 0.3), (0.2, 0.9), (0.7, 0.0), (0.0, 0.0), (0.4, 0.4 + 1e-13)] {
            for decay in [0.0, 0.03] {
                let span = Span { annihilation: 2.0, decay, step: 1.5 };
                let exact = finely(span, (p, q), |_| (0.0, 0.0));
                let found = idle(p, q, exposure(span), span.left(1.0));
                assert!((found.0 - exact.0).abs() < 1e-9 && (found.1 - exact.1).abs() < 1e-9, "{p} {q}");
            }
        }
    }

    #[test]
    fn a_row_is_of_order_four_and_its_error_is_known() {
        let (start, a, b) = ((0.6, 0.2), 0.3, 0.05);
        let mut errors = Vec::new();
        for step in [0.8, 0.4] {
            let span = Span { annihilation: 1.0, decay: 0.1, step };
            let exact = finely(span, start, |t| (a * t, b));
            // What ∫ leaves: the same flow without annihilation.
            let alone = |part: f64| {
                finely(Span { annihilation: 0.0, step: step * part, ..span }, (0.0, 0.0), |t| (a * t, b))
            };
            let (middle, end) = (alone(0.5), alone(1.0));
            let (mut p1, mut q1) = ([0.0], [0.0]);
            let estimate = advance(
                span,
                Row {
                    before: [&[start.0], &[start.1]],
                    middle: [&[middle.0], &[middle.1]],
                    end: [&[end.0], &[end.1]],
                    after: [&mut p1, &mut q1],
                },
                (0.0, 1.0),
            );
            let error = (p1[0] - exact.0).abs().max((q1[0] - exact.1).abs());
            assert!(error < estimate, "{error} {estimate}");
            errors.push(error);
        }
        // One step: local order 5.
        assert!((20.0..50.0).contains(&(errors[0] / errors[1])), "{errors:?}");
    }
}
