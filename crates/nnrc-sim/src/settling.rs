//! When a time course has come close to a target for good.

use crate::error::Error;
use crate::integrator::Integrator;
use crate::settings::{Method, Tolerances};
use crate::system::Layered;

/// Points at which each step is looked at, its end included.
const POINTS: usize = 4;
/// Halvings of the interval in which a time course comes close.
const HALVINGS: usize = 40;

/// The last time before `until` at which a variable of `targets` is further than `tolerance` from its
/// target value; 0 if that never happens. `targets` are pairs of variable and value, `tolerance` is in
/// concentration units and should be well above `tolerances`.
///
/// Each step is looked at in four points by dense output, and the crossing is then found to rounding: an
/// excursion shorter than a quarter of a step is overlooked.
///
/// # Errors
///
/// [`Error::NotSettled`] if the deviation at `until` is too large (`residual` is that deviation over
/// `tolerance`), [`Error::Invalid`] for a target outside the system, and those of
/// [`integrate`](crate::integrate).
pub fn settling_time<S: Layered + ?Sized>(
    system: &mut S,
    state: &[f64],
    targets: &[(usize, f64)],
    tolerance: f64,
    tolerances: &Tolerances,
    until: f64,
) -> Result<f64, Error> {
    let good = targets.iter().all(|&(variable, value)| variable < state.len() && value.is_finite());
    if !good || tolerance.is_nan() || tolerance <= 0.0 {
        let reason = "targets must be variables of the system, with finite values and a positive tolerance";
        return Err(Error::Invalid { reason: reason.to_owned() });
    }
    let deviation = |state: &[f64]| -> f64 {
        let deviations = targets.iter().map(|&(variable, value)| (state[variable] - value).abs());
        deviations.fold(0.0, f64::max)
    };
    let mut integrator = Integrator::new(state.len());
    integrator.start(system, Method::Auto, tolerances, state, 0.0..until)?;
    let mut buffer = state.to_vec();
    let mut outside = |integrator: &Integrator, time: f64| {
        integrator.interpolate(time, &mut buffer);
        deviation(&buffer) > tolerance
    };
    let mut last = 0.0;
    let mut was_outside = outside(&integrator, 0.0);
    while !integrator.finished() {
        integrator.step(system)?;
        let begin = integrator.previous_time();
        let part = (integrator.time() - begin) / POINTS as f64;
        for point in 1..=POINTS {
            let from = begin + part * (point - 1) as f64;
            let to = if point == POINTS { integrator.time() } else { begin + part * point as f64 };
            let is_outside = outside(&integrator, to);
            if was_outside && !is_outside {
                let (mut low, mut high) = (from, to);
                for _ in 0..HALVINGS {
                    let middle = 0.5 * (low + high);
                    if outside(&integrator, middle) { low = middle } else { high = middle }
                }
                last = low;
            }
            was_outside = is_outside;
        }
    }
    if was_outside {
        let residual = deviation(integrator.state()) / tolerance;
        return Err(Error::NotSettled { time: integrator.time(), residual, slowest_rate: None });
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Dense, rectifier, root};
    use nalgebra::DMatrix;

    #[test]
    fn matches_the_closed_form() {
        let mut decay = Dense::new(1, |x, f| f[0] = -2.0 * x[0], |_| DMatrix::from_element(1, 1, -2.0));
        let tolerances = Tolerances::new(1e-10, 1e-12);
        let time = settling_time(&mut decay, &[1.0], &[(0, 0.0)], 1e-3, &tolerances, 20.0).unwrap();
        assert!((time - 1e3_f64.ln() / 2.0).abs() < 1e-7, "{time}");

        // (x − x₊) / (x − x₋) = C e^(−λ t)
        let (z, h, x0, near) = (1.0_f64, 0.25_f64, 0.0, 1e-3);
        let rate = (z * z + 4.0 * h).sqrt();
        let (high, low) = (root(z, h), (z - rate) / 2.0);
        let ratio = |x: f64| (x - high) / (x - low);
        let expected = (ratio(x0) / ratio(high - near)).ln() / rate;
        let time = settling_time(&mut rectifier(z, h), &[x0], &[(0, high)], near, &tolerances, 50.0).unwrap();
        assert!((time - expected).abs() < 1e-6, "{time} {expected}");
    }

    /// A damped oscillation leaves the band again and again.
    #[test]
    fn the_last_excursion_counts() {
        let mut system = Dense::new(
            2,
            |x, f| {
                f[0] = -0.1 * x[0] - x[1];
                f[1] = x[0] - 0.1 * x[1];
            },
            |_| DMatrix::from_row_slice(2, 2, &[-0.1, -1.0, 1.0, -0.1]),
        );
        let tolerances = Tolerances::new(1e-9, 1e-12);
        let time = settling_time(&mut system, &[1.0, 0.0], &[(0, 0.0)], 0.2, &tolerances, 100.0).unwrap();
        // |e^(−0.1 t) cos t| = 0.2 for the last time, by bisection on a fine grid.
        let course = |t: f64| ((-0.1 * t).exp() * t.cos()).abs();
        let expected = (0..4_000_000).rev().map(|i| f64::from(i) * 1e-5).find(|&t| course(t) > 0.2).unwrap();
        assert!((time - expected).abs() < 2e-5, "{time} {expected}");
    }

    #[test]
    fn never_close_is_an_error_and_always_close_is_zero() {
        let tolerances = Tolerances::default();
        let mut system = rectifier(1.0, 0.25);
        let error = settling_time(&mut system, &[0.0], &[(0, 5.0)], 0.1, &tolerances, 10.0).unwrap_err();
        assert!(matches!(error, Error::NotSettled { .. }));
        assert_eq!(settling_time(&mut system, &[0.0], &[(0, 0.0)], 9.0, &tolerances, 10.0), Ok(0.0));
        let error = settling_time(&mut system, &[0.0], &[(1, 0.0)], 9.0, &tolerances, 10.0).unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }));
    }
}
