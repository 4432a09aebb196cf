//! Two rails that annihilate.

use super::function::Rails;

/// Rails (u, v) of a linear pair with annihilation: u' = p − u − k u v, v' = m − v − k u v at rest, so
/// u − v = p − m.
pub fn annihilated_pair(p: f64, m: f64, k: f64) -> Rails {
    if k == 0.0 {
        return (p, m);
    }
    let root = |own: f64, z: f64| {
        let q = z - 1.0 / k;
        let root = (q * q + 4.0 * own / k).sqrt();
        if q >= 0.0 { (q + root) / 2.0 } else { 2.0 * (own / k) / (root - q) }
    };
    let z = p - m;
    if z >= 0.0 {
        let v = root(m, -z);
        (v + z, v)
    } else {
        let u = root(p, z);
        (u, u - z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annihilated_pairs_rest() {
        for (p, m) in [(0.7, 0.0), (3.0, 2.0), (0.0, 0.0), (1.0, 4.0)] {
            let (u, v) = annihilated_pair(p, m, 100.0);
            assert!((p - u - 100.0 * u * v).abs() < 1e-12 * (1.0 + p + 100.0 * u * v));
            assert!((m - v - 100.0 * u * v).abs() < 1e-12 * (1.0 + m + 100.0 * u * v));
        }
    }
}
