//! LU factorisation of small dense matrices, row-major, with partial pivoting.

/// Factorises the `n` × `n` matrix in place; `pivots` receives the row swapped with each row.
///
/// A pivot that is 0 leaves factors with which every solve gives values that are not finite. With `strict` a
/// pivot that is nothing but rounding error, compared both with its row and with its column, counts as 0.
pub fn factor(a: &mut [f64], n: usize, pivots: &mut [usize], strict: bool) {
    let magnitude = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |max: f64, v| max.max(v.abs()));
    let mut row_sizes: Vec<f64> = Vec::new();
    let mut column_sizes: Vec<f64> = Vec::new();
    if strict {
        row_sizes.extend(a.chunks_exact(n).map(|row| magnitude(&mut row.iter().copied())));
        column_sizes.extend((0..n).map(|j| magnitude(&mut a.iter().skip(j).step_by(n).copied())));
    }
    for k in 0..n {
        let pivot =
            (k..n).fold(k, |best, i| if a[i * n + k].abs() > a[best * n + k].abs() { i } else { best });
        pivots[k] = pivot;
        if pivot != k {
            let (above, below) = a.split_at_mut(pivot * n);
            above[k * n..(k + 1) * n].swap_with_slice(&mut below[..n]);
        }
        let (above, below) = a.split_at_mut((k + 1) * n);
        let row = &mut above[k * n..];
        if strict {
            row_sizes.swap(k, pivot);
            let noise = 4.0 * n as f64 * f64::EPSILON * row_sizes[k].min(column_sizes[k]);
            if row[k].abs() <= noise {
                row[k] = 0.0;
            }
        }
        let (pivot, row) = (row[k], &row[k + 1..]);
        for other in below.chunks_exact_mut(n) {
            let multiplier = other[k] / pivot;
            other[k] = multiplier;
            if multiplier != 0.0 {
                for (value, above) in other[k + 1..].iter_mut().zip(row) {
                    *value -= multiplier * above;
                }
            }
        }
    }
}

/// Solves with the factors of [`factor`], in place.
pub fn solve(a: &[f64], pivots: &[usize], vector: &mut [f64]) {
    let n = vector.len();
    for (k, &pivot) in pivots.iter().enumerate() {
        vector.swap(k, pivot);
    }
    for k in 1..n {
        vector[k] -= product(&a[k * n..k * n + k], &vector[..k]);
    }
    for k in (0..n).rev() {
        let row = &a[k * n..(k + 1) * n];
        vector[k] = (vector[k] - product(&row[k + 1..], &vector[k + 1..])) / row[k];
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    crate::loops::dot(a, b)
}

#[cfg(test)]
mod tests {
    use super::{factor, solve};

    #[test]
    fn solves_with_pivoting() {
        let mut a = [0.0, 2.0, 1.0, 1.0];
        let mut pivots = [0; 2];
        factor(&mut a, 2, &mut pivots, true);
        let mut x = [4.0, 3.0];
        solve(&a, &pivots, &mut x);
        assert_eq!(x, [1.0, 2.0]);
    }

    #[test]
    fn rounding_error_is_no_pivot() {
        // Columns in proportion up to rounding.
        let mut a = [0.1, 0.3, 0.2, 0.1 + 0.2 + 0.3 + f64::EPSILON];
        a[3] = 0.6 + 1e-16;
        let mut pivots = [0; 2];
        factor(&mut a, 2, &mut pivots, true);
        let mut x = [1.0, 1.0];
        solve(&a, &pivots, &mut x);
        assert!(x.iter().all(|value| !value.is_finite()));
    }
}
