//! The numbers of the canonical pair, in which most activations are written: u = R_h(z), v = R_h(−z), with
//! u − v = z, u v = h and u + v = sqrt(z² + 4h).

/// R_h(z), without cancellation for negative z.
pub fn smooth_relu(z: f64, h: f64) -> f64 {
    let root = z.hypot(2.0 * h.sqrt());
    if z >= 0.0 { (z + root) / 2.0 } else { 2.0 * h / (root - z) }
}

/// (u, v)
pub fn pair(z: f64, h: f64) -> (f64, f64) {
    (smooth_relu(z, h), smooth_relu(-z, h))
}

/// u + v
pub fn root(z: f64, h: f64) -> f64 {
    z.hypot(2.0 * h.sqrt())
}

/// u / (u + v), the slope of R_h.
pub fn share(z: f64, h: f64) -> f64 {
    smooth_relu(z, h) / root(z, h)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smooth_relu_solves_its_quadratic_on_both_sides() {
        for z in [-1e6, -3.0, 0.0, 2.0, 1e6] {
            let x = smooth_relu(z, 0.25);
            assert!(((x * x - z * x - 0.25) / (x * x + z.abs() * x + 0.25)).abs() < 1e-12, "{z}");
        }
    }
}
