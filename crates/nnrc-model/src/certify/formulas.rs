//! Times and rates of single blocks, in units of the forward speed: every formula that a certificate rests on.
//!
//! With x₊ > 0 > x₋ the roots of h + z x − x² and w = x₊ − x₋ = sqrt(z² + 4h), (x₊ − x) / (x − x₋) of a neuron shrinks
//! as e^(−w t). A solution driven by more than z lies above, one driven by less below.

use nnrc_sim::elementary::{exp, ln, ln_1p};

use crate::activation::smooth_relu;
use crate::interval::Interval;

/// sqrt(z² + 4h), the rate of a neuron near its rest.
pub fn root(z: f64, h: f64) -> f64 {
    z.hypot(2.0 * h.sqrt())
}

/// The least of it over an interval.
pub fn least_root(z: Interval, h: f64) -> f64 {
    root(z.nearest_to_zero(), h)
}

/// The time that a neuron takes, from a concentration in `from`, until it lies between `slack` below where z − `error`
/// would bring it and `slack` above where z + `error` would, if its drive is within `error` of z all the time; for
/// every z of the interval.
pub fn neuron(z: Interval, error: f64, from: Interval, slack: f64, h: f64) -> f64 {
    let shifted = |by: f64| Interval::new(z.low + by, z.high + by);
    let below = cells(shifted(-error), h).map(|z| from_below(z, from.low, slack, h));
    let above = cells(shifted(error), h).map(|z| from_above(z, from.high, slack, h));
    below.chain(above).fold(0.0, f64::max)
}

/// Until it is at most `slack` below x₊.
fn from_below(z: Interval, y: f64, slack: f64, h: f64) -> f64 {
    let missing = smooth_relu(z.high, h) - y;
    if missing <= slack {
        return 0.0;
    }
    let widest = root(z.low, h).max(root(z.high, h));
    // x₋ = −R_h(−z)
    let above_negative = y + smooth_relu(-z.high, h);
    (ln(missing / above_negative * ((widest - slack) / slack)) / least_root(z, h)).max(0.0)
}

/// Until it is at most `slack` above x₊.
fn from_above(z: Interval, y: f64, slack: f64, h: f64) -> f64 {
    let rate = least_root(z, h);
    if y == f64::INFINITY {
        return ln_1p(rate / slack) / rate;
    }
    let excess = y - smooth_relu(z.low, h);
    if excess <= slack {
        return 0.0;
    }
    let widest = root(z.low, h).max(root(z.high, h));
    let above_negative = y + smooth_relu(-z.high, h);
    (ln(excess / above_negative * ((slack + widest) / slack)) / rate).max(0.0)
}

/// Parts of an interval in each of which sqrt(z² + 4h) changes little. Their ends lie on one grid, so that parts of a
/// smaller interval lie within those of a larger one: z = 2 sqrt(h) sinh(n / 8).
fn cells(z: Interval, h: f64) -> impl Iterator<Item = Interval> {
    const PARTS: f64 = 8.0;
    let scale = 2.0 * h.sqrt();
    let place = |z: f64| {
        let size = (z / scale).abs();
        (ln(size + size.hypot(1.0)) * PARTS).copysign(z)
    };
    let end = move |n: f64| {
        let grown = exp(n.abs() / PARTS);
        (scale * (grown - 1.0 / grown) / 2.0).copysign(n)
    };
    let (first, last) = (place(z.low).floor(), place(z.high).floor());
    let count = (last - first).clamp(0.0, 1e5) as usize;
    (0..=count).map(move |at| {
        let n = first + at as f64;
        let low = if at == 0 { z.low } else { end(n).clamp(z.low, z.high) };
        let high = if at == count { z.high } else { end(n + 1.0).clamp(z.low, z.high) };
        Interval::new(low, high.max(low))
    })
}

/// The time in which a distance of e^`ln_distance` that shrinks at `rate` comes down to `near`.
pub fn decay(ln_distance: f64, near: f64, rate: f64) -> f64 {
    ((ln_distance - ln(near)) / rate).max(0.0)
}

/// y = ln(x / (1 − x)) of a logistic unit at rest, where 2a sinh(y) = z: y' = z − 2a sinh(y) shrinks distances at 2a at
/// least, and |Δx| ≤ |Δy| / 4.
pub fn logit_at_rest(z: f64, a: f64) -> f64 {
    let size = (z / (2.0 * a)).abs();
    ln(size + size.hypot(1.0)).copysign(z)
}

/// Time after which a logistic unit that started anywhere, driven by at most |z| = `most`, lies between e^(−y) and
/// e^y for its odds x / (1 − x), and that y: x' ≥ a − (2a + |z|) x, and likewise for 1 − x.
pub fn logistic_from_anywhere(most: f64, a: f64) -> (f64, f64) {
    let rate = 2.0 * a + most;
    let least = a / rate * (1.0 - exp(-1.0));
    (1.0 / rate, ln((1.0 - least) / least))
}

/// The slow rate of a logistic unit with followers whose rest has the rate `root` = sqrt(z² + 4a²) without them, and in
/// which f + b + 2a is at most `turnover`: of λ² − (1 + s) λ + r = 0 the smaller root.
pub fn followed(root: f64, turnover: f64) -> f64 {
    let sum = 1.0 + turnover;
    let discriminant = (sum * sum - 4.0 * root).max(0.0);
    (2.0 * root / (sum + discriminant.sqrt())).min(1.0)
}

/// What is known of a layer in which the winner takes all, driven by z of at most `most`, at least `least`.
///
/// In V(x) = −h Σ ln x − Σ z x + (Σ x)² / 2 the equations are x' = −x ∂V/∂x. The Bregman divergence
/// D = Σ x* (r − 1 − ln r), r = x / x*, has D' ≤ −μ D with μ = h / X while no x is beyond X, since V − μ Σ x ln x is
/// convex there; an error ζ of every z adds n X ζ² / (2 μ) at most.
#[derive(Debug, Clone, Copy)]
pub struct Winners {
    /// X: above all of Σ x after `ready`.
    pub most: f64,
    /// Time after which no sum is beyond X and no concentration below `least`, from any start.
    pub ready: f64,
    /// The smallest concentration after `ready`.
    pub least: f64,
    /// μ
    pub rate: f64,
    units: f64,
}

impl Winners {
    /// Of a layer of `units`, whose drives lie in z.
    pub fn new(z: Interval, units: usize, h: f64) -> Self {
        let units = units as f64;
        // (Σ x)' ≤ n h + z Σ x − (Σ x)², from infinity to twice its root; then x' ≥ h − (X − z) x.
        let total = smooth_relu(z.high, units * h);
        let most = 2.0 * total;
        let down = from_above(Interval::point(z.high), f64::INFINITY, total, units * h);
        let loss = (most - z.low).max(h / most);
        Self { most, ready: down + 1.0 / loss, least: h / loss * (1.0 - exp(-1.0)), rate: h / most, units }
    }

    /// The divergence below which no concentration is further than `near` from its rest.
    fn divergence(&self, near: f64) -> f64 {
        // x (ε − ln(1 + ε)) with ε = near / x falls with x, and is the smaller of both sides.
        let share = near / self.most;
        let series = share * share * (0.5 - share / 3.0);
        self.most * if share < 1e-3 { series } else { share - ln_1p(share) }
    }

    /// The error of every z that leaves half of what `near` allows.
    pub fn error(&self, near: f64) -> f64 {
        self.rate * (self.divergence(near) / (self.most * self.units)).sqrt()
    }

    /// The time until no concentration is further than `near` from its rest; half of it is for errors of z where these
    /// `move`.
    pub fn time(&self, near: f64, moves: bool) -> f64 {
        let first = self.most * ln(self.most / self.least).max(0.0) + self.most;
        let allowed = self.divergence(near) * if moves { 0.5 } else { 1.0 };
        self.ready + decay(ln(first), allowed, self.rate)
    }
}

/// The slowest rate of a layer in which the winner takes all, at rest at `x`: the smallest eigenvalue of
/// diag(h / x) + √x √xᵀ, which has one root of 1 = Σ x / (λ − h / x) between any two of h / x.
pub fn slowest_of_winners(x: &[f64], h: f64) -> f64 {
    let mut poles: Vec<(f64, f64)> = x.iter().map(|x| (h / x, *x)).collect();
    poles.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some(&(first, _)) = poles.first() else { return f64::INFINITY };
    let end = poles.get(1).map_or_else(|| first + x.iter().sum::<f64>(), |pole| pole.0);
    // Below zero just above the first pole, rising.
    let secular = |rate: f64| 1.0 + poles.iter().map(|(pole, x)| x / (pole - rate)).sum::<f64>();
    let (mut low, mut high) = (first, end);
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if secular(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x' = h + z x − x² by its solution.
    fn exact(z: f64, h: f64, from: f64, time: f64) -> f64 {
        let (high, width) = (smooth_relu(z, h), root(z, h));
        let low = high - width;
        let shrunk = (high - from) / (from - low) * (-width * time).exp();
        (high + low * shrunk) / (1.0 + shrunk)
    }

    #[test]
    fn at_a_point_the_time_of_a_neuron_is_that_of_its_solution() {
        for (z, h, from) in [(0.75, 0.01, 0.1), (-2.0, 0.1, 5.0), (0.3, 1e-4, 0.0), (4.0, 0.25, 1e3)] {
            let time = neuron(Interval::point(z), 0.0, Interval::point(from), 1e-3, h);
            let found = (exact(z, h, from, time) - smooth_relu(z, h)).abs();
            assert!((found - 1e-3).abs() < 1e-9, "{z} {h} {from}: {time} {found}");
        }
        // From infinity.
        let time = neuron(Interval::point(0.5), 0.0, Interval::new(1.0, f64::INFINITY), 1e-3, 0.1);
        let found = exact(0.5, 0.1, 1e12, time) - smooth_relu(0.5, 0.1);
        assert!((found - 1e-3).abs() < 1e-8, "{found}");
    }

    /// Uniform in z, from any start: the times are those of a plain maximum over z.
    #[test]
    fn over_all_z_the_time_is_little_more_than_the_largest() {
        for h in [0.1, 0.01, 1e-4] {
            let largest = (-4000..4000)
                .map(|step| f64::from(step) * 1e-3)
                .map(|z| {
                    let (high, width) = (smooth_relu(z, h), root(z, h));
                    let up = ((high / (width - high)) * ((width - 1e-3) / 1e-3)).ln() / width;
                    up.max((width / 1e-3).ln_1p() / width)
                })
                .fold(0.0, f64::max);
            let any = Interval::new(0.0, f64::INFINITY);
            let found = neuron(Interval::new(-4.0, 4.0), 0.0, any, 1e-3, h);
            assert!(found >= largest - 1e-9 && found < 1.2 * largest, "{h}: {found} {largest}");
        }
    }

    #[test]
    fn parts_of_an_interval_cover_it() {
        for (low, high) in [(-3.0, 2.0), (0.5, 0.5), (-1e-9, 1e4)] {
            let parts: Vec<Interval> = cells(Interval::new(low, high), 0.01).collect();
            assert_eq!((parts[0].low, parts[parts.len() - 1].high), (low, high));
            assert!(parts.windows(2).all(|pair| pair[0].high == pair[1].low), "{parts:?}");
        }
    }

    #[test]
    fn one_winner_is_a_neuron() {
        let x = smooth_relu(0.7, 0.1);
        assert!((slowest_of_winners(&[x], 0.1) - root(0.7, 0.1)).abs() < 1e-12);
        // Two equal ones: one mode is h / x, with x = h / (S − z) and S = 2x.
        assert!((slowest_of_winners(&[0.5, 0.5], 0.1) - 0.2).abs() < 1e-12);
    }
}
