//! Where learning has diverged: what neither a loss nor a concentration comes back from.

/// How much larger than at first, or than 1, a loss is when training has diverged.
const EXPLODED_LOSS: f64 = 1e4;

/// A concentration so much larger than all that learning needs never comes back.
const EXPLODED_CONCENTRATION: f64 = 100.0;

/// Noise alone may lead to concentrations up to this one.
const NOISY_CONCENTRATION: f64 = 1e3;

/// How far below zero the errors of an integrator may leave a concentration.
const UNDERSHOOT: f64 = 1e-3;

/// Whether a loss is so large beside that of the first epoch that training has diverged.
pub fn is_exploded(loss: f64, first: f64) -> bool {
    loss > EXPLODED_LOSS * first.max(1.0)
}

/// The concentration beyond which learning has diverged: a hundred times the largest of 1, what the pot holds at the start,
/// the inputs and targets of all samples, and the weight that leads from the largest input to the largest target.
pub fn concentration_limit(
    start: impl IntoIterator<Item = f64>,
    inputs: impl IntoIterator<Item = f64>,
    targets: impl IntoIterator<Item = f64>,
) -> f64 {
    let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |most: f64, x| most.max(x.abs()));
    let input = largest(&mut inputs.into_iter());
    let target = largest(&mut targets.into_iter());
    let weight = if input > 0.0 { target / input } else { 0.0 };
    EXPLODED_CONCENTRATION * largest(&mut start.into_iter()).max(1.0).max(input).max(target).max(weight)
}

/// The limit under noise, where plain learning is allowed `limit`.
pub fn noisy_limit(limit: f64) -> f64 {
    NOISY_CONCENTRATION.max(limit)
}

/// Whether these can be the concentrations of a pot that was integrated.
pub fn are_concentrations(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_finite() && *value >= -UNDERSHOOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_samples_count_for_what_may_be_reached() {
        let of = |inputs: &[f64], targets: &[f64]| {
            concentration_limit([0.1, 0.2], inputs.iter().copied(), targets.iter().copied())
        };
        assert_eq!(of(&[0.5], &[1.0]), 200.0);
        // The order of the samples means nothing, nor does the sign of a target.
        assert_eq!(of(&[0.005, 1.0], &[1.0, -200.0]), of(&[1.0, 0.005], &[200.0, 1.0]));
        assert_eq!(of(&[0.005, 1.0], &[1.0, -200.0]), 20_000.0);
        // y = 1000 x, learned from small samples.
        assert_eq!(of(&[0.001, 0.002], &[1.0, 2.0]), 100_000.0);
        assert_eq!(of(&[0.0], &[0.0]), 100.0);
        assert_eq!(concentration_limit([7.0], [], []), 700.0);
    }

    #[test]
    fn integrated_concentrations_may_be_a_little_below_zero() {
        assert!(are_concentrations(&[0.0, 1e9, -1e-9]));
        assert!(!are_concentrations(&[0.5, -1.0]) && !are_concentrations(&[f64::NAN]));
    }
}
