//! The chemical Langevin equation (Gillespie 2000), reactions of one direction taken together.
//!
//! ```text
//! dx = Σ_r ν_r v_r dt + Σ_r ν_r √(v_r / Ω) dB_r
//! ```
//!
//! Reactions whose net changes are multiples c_r of one direction d have noise of the same direction, and a sum of
//! independent normal values is normal: Σ_r c_r √(v_r) dB_r has the distribution of √(Σ_r c_r² v_r) dB. So one normal
//! value for each direction gives exactly the distribution that one for each reaction would: a neuron with a thousand
//! inputs, whose reactions all change that neuron by ±1, needs one.
//!
//! An increment that would take a concentration below zero is reflected within the range along its direction that
//! keeps all concentrations, so that conserved totals stay conserved.

use crate::random::Stream;

/// The directions in which reactions move the state.
///
/// The first directions are the axes of the state, one for each variable; the others move several variables at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Directions {
    /// Number of state variables.
    pub dimension: usize,
    /// Ends in `moves` of the directions that move several variables.
    pub ends: Vec<usize>,
    /// Variables and their changes, direction after direction.
    pub moves: Vec<(usize, f64)>,
}

impl Directions {
    /// Number of directions.
    pub fn len(&self) -> usize {
        self.dimension + self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Moves `state` by the noise of a step: `activity` holds Σ c² v of each direction, `scale` is Δt / Ω.
    pub(super) fn disturb(&self, state: &mut [f64], activity: &[f64], scale: f64, stream: &mut Stream) {
        let (single, joint) = activity.split_at(self.dimension.min(activity.len()));
        for (x, activity) in state.iter_mut().zip(single) {
            if *activity > 0.0 {
                *x = (*x + (activity * scale).sqrt() * stream.normal()).abs();
            }
        }
        let mut start = 0;
        for (&end, activity) in self.ends.iter().zip(joint) {
            let moves = &self.moves[start..end];
            start = end;
            if *activity > 0.0 {
                let wanted = (activity * scale).sqrt() * stream.normal();
                let length = reflect(wanted, range(moves, state));
                for &(at, change) in moves {
                    // Rounding may leave a tiny negative number at the end of the range.
                    state[at] = (state[at] + change * length).max(0.0);
                }
            }
        }
    }
}

/// How far the state can move along a direction, down and up.
fn range(moves: &[(usize, f64)], state: &[f64]) -> (f64, f64) {
    moves.iter().fold((f64::NEG_INFINITY, f64::INFINITY), |(low, high), &(at, change)| {
        let bound = -state[at].max(0.0) / change;
        if change > 0.0 { (low.max(bound), high) } else { (low, high.min(bound)) }
    })
}

/// Folds a length into a range that holds 0, as a mirror at each end would.
fn reflect(length: f64, (low, high): (f64, f64)) -> f64 {
    match (low.is_finite(), high.is_finite()) {
        (false, false) => length,
        (true, false) => low + (length - low).abs(),
        (false, true) => high - (high - length).abs(),
        (true, true) => {
            let width = high - low;
            if width <= 0.0 {
                return low;
            }
            let place = (length - low).rem_euclid(2.0 * width);
            low + place.min(2.0 * width - place)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_conserved_and_nothing_falls_below_zero() {
        // X <-> Y, a direction of two variables.
        let directions = Directions { dimension: 2, ends: vec![2], moves: vec![(0, 1.0), (1, -1.0)] };
        let mut state = [0.02, 0.98];
        let mut stream = Stream::new(5, 0);
        for _ in 0..10_000 {
            directions.disturb(&mut state, &[0.0, 0.0, 1.0], 0.05, &mut stream);
            assert!(state.iter().all(|x| (0.0..=1.0 + 1e-9).contains(x)), "{state:?}");
        }
        assert!((state[0] + state[1] - 1.0).abs() < 1e-9, "{state:?}");
    }

    #[test]
    fn mirrors() {
        assert_eq!(reflect(-3.0, (-1.0, f64::INFINITY)), 1.0);
        assert_eq!(reflect(3.0, (f64::NEG_INFINITY, 1.0)), -1.0);
        assert_eq!(reflect(0.5, (-1.0, 1.0)), 0.5);
        assert_eq!(reflect(2.5, (-1.0, 1.0)), -0.5);
        assert_eq!(reflect(-6.0, (-1.0, 1.0)), 0.0_f64.max(reflect(-6.0, (-1.0, 1.0))));
        assert_eq!(reflect(4.0, (0.0, 0.0)), 0.0);
    }
}
