//! LU factorisation of small dense matrices, row-major, with partial pivoting.

/// Matrices up to this size need no work space of their own.
const SMALL: usize = 8;

/// Factorises the `n` × `n` matrix in place; `pivots` receives the row swapped with each row. Pivots are chosen relative to
/// the largest element of their row: rows may be of any magnitude, and a small unknown keeps its digits beside a large one.
///
/// A pivot that is 0 leaves factors with which every solve gives values that are not finite. With `strict` a
/// pivot that is nothing but rounding error, compared both with its row and with its column, counts as 0.
pub fn factor(a: &mut [f64], n: usize, pivots: &mut [usize], strict: bool) {
    let magnitude = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |max: f64, v| max.max(v.abs()));
    let mut room = [0.0; SMALL];
    let mut large = if n > SMALL { vec![0.0; n] } else { Vec::new() };
    let row_sizes = if n > SMALL { large.as_mut_slice() } else { &mut room[..n] };
    for (size, row) in row_sizes.iter_mut().zip(a.chunks_exact(n)) {
        *size = magnitude(&mut row.iter().copied());
    }
    let mut column_sizes: Vec<f64> = Vec::new();
    if strict {
        column_sizes.extend((0..n).map(|j| magnitude(&mut a.iter().skip(j).step_by(n).copied())));
    }
    for k in 0..n {
        let mut pivot = k;
        for i in k + 1..n {
            // |a[i]| / row_sizes[i] > |a[pivot]| / row_sizes[pivot]
            if a[i * n + k].abs() * row_sizes[pivot] > a[pivot * n + k].abs() * row_sizes[i] {
                pivot = i;
            }
        }
        pivots[k] = pivot;
        if pivot != k {
            let (above, below) = a.split_at_mut(pivot * n);
            above[k * n..(k + 1) * n].swap_with_slice(&mut below[..n]);
            row_sizes.swap(k, pivot);
        }
        let (above, below) = a.split_at_mut((k + 1) * n);
        let row = &mut above[k * n..];
        if strict {
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

/// Puts conserved totals in the place of equations of shift · I − J, `n` × `n`, row-major: each law, members with their
/// coefficients, makes one equation superfluous. Appends the equations taken to `taken`; their right-hand side is 0 for
/// a change that leaves the totals alone.
///
/// The matrix is nearly singular where the shift is far below its elements, and says next to nothing about the totals
/// then. The equation taken is that of the member with the largest inflow from the others: the small ones keep theirs,
/// and with them their digits. Members that the laws before determine already are no choice: their equation says something
/// else.
pub fn conserve(a: &mut [f64], n: usize, laws: &[Vec<(usize, f64)>], taken: &mut Vec<usize>) {
    // What each law says beyond those before it, where it is not alone, and the equation that it took.
    let mut news: Vec<(usize, Vec<f64>)> = Vec::new();
    for law in laws {
        let own = if laws.len() > 1 { beyond(law, &news, n) } else { Vec::new() };
        let is_free = |row: usize| own.is_empty() || own[row] != 0.0;
        let inflow = |row: usize| {
            let others = law.iter().filter(|(other, _)| *other != row);
            others.fold(0.0f64, |largest, (other, _)| largest.max(a[row * n + other].abs()))
        };
        let free = law.iter().map(|(row, _)| *row).filter(|row| is_free(*row));
        let largest = free.fold(None, |best: Option<(usize, f64)>, row| match (best, inflow(row)) {
            (Some((_, most)), own) if own.is_nan() || own <= most => best,
            (_, own) => Some((row, own)),
        });
        // A law may have all its members in common with others, and still say something of theirs.
        let row = largest.map(|(row, _)| row).or_else(|| own.iter().position(|value| *value != 0.0));
        // Independent laws leave one free for each.
        let row = row.unwrap_or(law[0].0);
        news.push((row, own));
        taken.push(row);
    }
    let first = taken.len() - laws.len();
    for (law, &row) in laws.iter().zip(&taken[first..]) {
        a[row * n..(row + 1) * n].fill(0.0);
        law.iter().for_each(|(member, coefficient)| a[row * n + member] = *coefficient);
    }
}

/// The coefficients of a law, less the multiples of those before it that leave nothing at the equations they took.
fn beyond(law: &[(usize, f64)], before: &[(usize, Vec<f64>)], n: usize) -> Vec<f64> {
    let mut own = vec![0.0; n];
    law.iter().for_each(|(member, coefficient)| own[*member] = *coefficient);
    for (row, other) in before {
        let factor = own[*row] / other[*row];
        if factor != 0.0 && factor.is_finite() {
            own.iter_mut().zip(other).for_each(|(own, other)| *own -= factor * other);
        }
        own[*row] = 0.0;
    }
    // Coefficients are small whole numbers: what is left of a difference is nothing or one of their size.
    own.iter_mut().filter(|value| value.abs() < 1e-9).for_each(|value| *value = 0.0);
    own
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
    use super::{conserve, factor, solve};

    #[test]
    fn solves_with_pivoting() {
        let mut a = [0.0, 2.0, 1.0, 1.0];
        let mut pivots = [0; 2];
        factor(&mut a, 2, &mut pivots, true);
        let mut x = [4.0, 3.0];
        solve(&a, &pivots, &mut x);
        assert_eq!(x, [1.0, 2.0]);
    }

    /// Two species that quench each other, of 1e-15 and 1e10: by columns alone the second row would be the pivot of the
    /// first unknown, which then is the difference of large numbers.
    #[test]
    fn small_unknowns_keep_their_digits() {
        let (small, large) = (2.7e-15, 2.9e10);
        let a = [2.8e10, small, large, 2.0 * large];
        let (mut factors, mut pivots, mut x) = (a, [0; 2], [1e-12, 3.0]);
        factor(&mut factors, 2, &mut pivots, false);
        solve(&factors, &pivots, &mut x);
        // Cramer's rule; the products are of very different size, so nothing cancels.
        let determinant = a[0] * a[3] - a[1] * a[2];
        let expected = [(1e-12 * a[3] - 3.0 * a[1]) / determinant, (3.0 * a[0] - 1e-12 * a[2]) / determinant];
        for (x, expected) in x.iter().zip(expected) {
            assert!((x - expected).abs() <= 1e-14 * expected.abs(), "{x} {expected}");
        }
    }

    /// A, B and C, all of which A + B, and A + B + C are conserved: the two totals may not take the equations of A and B.
    #[test]
    fn totals_with_common_members_take_equations_that_they_determine() {
        let laws = [vec![(0, 1.0), (1, 1.0)], vec![(0, 1.0), (1, 1.0), (2, 1.0)]];
        // A turns into B and back; C stays.
        let mut a = [1e-3 + 2.0, -5.0, 0.0, -2.0, 1e-3 + 5.0, 0.0, 0.0, 0.0, 1e-3];
        let (mut taken, mut pivots) = (Vec::new(), [0; 3]);
        conserve(&mut a, 3, &laws, &mut taken);
        factor(&mut a, 3, &mut pivots, false);
        let mut x = [7.0, -7.0, 0.0];
        taken.iter().for_each(|&row| x[row] = 0.0);
        solve(&a, &pivots, &mut x);
        // (shift + 2 + 5) x = 7 for both of A and B, with opposite signs.
        let expected = 7.0 / (1e-3 + 7.0);
        assert!((x[0] - expected).abs() < 1e-14 && (x[1] + expected).abs() < 1e-14 && x[2] == 0.0, "{x:?}");
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
