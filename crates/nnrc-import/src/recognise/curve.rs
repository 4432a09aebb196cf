//! Which activation a function is, by its values: exporters write one function in many ways, and a list of patterns
//! would never be whole.

use crate::activation::Activation;

/// Where functions are compared: kinks, slopes and tails. GELU's two forms differ by 5e-4 near 2 and −2.
const POINTS: [f64; 43] = [
    0.0, 1e-3, 0.01, 0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.5, 4.0, 5.0,
    7.0, 12.0, 25.0, -1e-3, -0.01, -0.1, -0.25, -0.5, -0.75, -1.0, -1.25, -1.5, -1.75, -2.0, -2.25, -2.5,
    -2.75, -3.0, -3.5, -4.0, -5.0, -7.0, -12.0, -25.0,
];

/// How far values may be off, relative to the larger of 1 and the value: constants have seven digits.
const TOLERANCE: f64 = 5e-6;

/// A first look: most functions that are none of the activations differ here.
const FEW: [f64; 4] = [-1.0, -3.0, 0.5, 2.0];

/// The activation that a function is. `kinks` are numbers that it may change at.
pub(super) fn recognise(function: impl Fn(&[f64]) -> Option<Vec<f64>>, kinks: &[f64]) -> Option<Activation> {
    compare(&function, FEW.to_vec())?;
    let mut points = POINTS.to_vec();
    for &kink in kinks.iter().filter(|kink| kink.is_finite()).take(16) {
        points.extend([kink, -kink, 2.0 * kink, -2.0 * kink].into_iter().filter(|point| point.abs() < 1e6));
    }
    compare(&function, points)
}

/// The activation that has the values of a function at all points, of which one is −1.
fn compare(function: impl Fn(&[f64]) -> Option<Vec<f64>>, points: Vec<f64>) -> Option<Activation> {
    let values = function(&points)?;
    // Beyond 80 parts of a function may overflow although the function does not.
    let pairs: Vec<(f64, f64)> = points
        .into_iter()
        .zip(values)
        .filter(|(point, value)| value.is_finite() || point.abs() < 80.0)
        .collect();
    let slope = pairs.iter().find(|(point, _)| *point == -1.0).map(|(_, value)| -value)?;
    let candidates = [
        Activation::Relu,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Softsign,
        Activation::Softplus,
        Activation::Silu,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Elu,
        Activation::LeakyRelu(slope),
    ];
    candidates.into_iter().filter(|candidate| is_sloped(*candidate)).find(|candidate| {
        pairs.iter().all(|&(point, value)| {
            let expected = candidate.apply(point);
            (value - expected).abs() <= TOLERANCE * expected.abs().max(1.0)
        })
    })
}

/// A slope of 1 is no activation, and a negative one is not served.
fn is_sloped(activation: Activation) -> bool {
    match activation {
        Activation::LeakyRelu(slope) => slope > 0.0 && slope < 1.0,
        Activation::Identity
        | Activation::Relu
        | Activation::Tanh
        | Activation::Sigmoid
        | Activation::Softsign
        | Activation::Softplus
        | Activation::Silu
        | Activation::Gelu
        | Activation::GeluTanh
        | Activation::Elu => true,
    }
}

/// Whether one function is 1 minus the sigmoid, and the other the sigmoid.
pub(super) fn are_complements(function: impl Fn(&[f64]) -> Option<(Vec<f64>, Vec<f64>)>) -> bool {
    let Some((first, second)) = function(&POINTS) else { return false };
    POINTS.iter().zip(first.iter().zip(&second)).all(|(&point, (first, second))| {
        let expected = Activation::Sigmoid.apply(point);
        (second - expected).abs() <= TOLERANCE && (first - (1.0 - expected)).abs() <= TOLERANCE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(function: fn(f64) -> f64, kinks: &[f64]) -> Option<Activation> {
        recognise(|points| Some(points.iter().map(|&z| function(z)).collect()), kinks)
    }

    #[test]
    fn functions() {
        assert_eq!(known(|z| 0.5 * (1.0 + (z / 2.0).tanh()), &[]), Some(Activation::Sigmoid));
        assert_eq!(known(|z| z.max(0.25 * z), &[]), Some(Activation::LeakyRelu(0.25)));
        assert_eq!(known(|z| (1.0 + z.exp()).ln(), &[1.0]), Some(Activation::Softplus));
        assert_eq!(known(|z| z.clamp(0.0, 6.0), &[0.0, 6.0]), None);
        assert_eq!(known(|z| z.clamp(0.0, 5000.0), &[0.0, 5000.0]), None);
        assert_eq!(known(f64::abs, &[]), None);
        assert_eq!(known(|z| z / (1.0001 + z.abs()), &[]), None);
        assert_eq!(known(|z| z, &[]), None);
        assert_eq!(known(|z| z / (1.0 + (-1.702 * z).exp()), &[1.702]), None);
    }
}
