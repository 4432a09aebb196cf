//! The three products of a dense layer.
//!
//! All matrices stand in [panels](crate::panels). A matrix of values may come in several segments, each of whole
//! panels. Sums of the first two products are one chain of fused products for each element, from the first term to
//! the last; those of the third are eight chains, one for each lane of units, which [`total`] adds in one order. So
//! results are the same bits for every shape of tile, level and division into segments.

use nnrc_dispatch::dispatched;
use nnrc_model::lanes::{LANES, Lanes};

/// Samples whose inputs stay in the second level of the cache while all units go by.
const BLOCK: usize = 32;

dispatched! {
    /// Z = X W + b: `x` are values [sample, input] of `rows` samples, `w` weights [input, unit] with `columns` inputs, `b`
    /// an eight for each panel of units, `z` values [sample, unit].
    pub fn forward(x: &[&[Lanes]], rows: usize, columns: usize, w: &[Lanes], b: &[Lanes], z: &mut [Lanes]) =
        baseline forward_tiled::<2, 1>(x, rows, columns, w, b, z),
        avx2 forward_tiled::<4, 1>(x, rows, columns, w, b, z),
        avx512 forward_tiled::<8, 2>(x, rows, columns, w, b, z);
}

dispatched! {
    /// G = Xᵀ D, or G += Xᵀ D unless `fresh`: `x` are values [sample, input], `d` is [sample, unit], `g` [input, unit].
    pub fn outer(x: &[&[Lanes]], d: &[Lanes], rows: usize, columns: usize, fresh: bool, g: &mut [Lanes]) =
        baseline outer_tiled::<2, 1>(x, d, rows, columns, fresh, g),
        avx2 outer_tiled::<4, 1>(x, d, rows, columns, fresh, g),
        avx512 outer_tiled::<8, 2>(x, d, rows, columns, fresh, g);
}

dispatched! {
    /// A = D Wᵀ, or A += D Wᵀ unless `fresh`, for at most one panel of inputs: `d` are the segments of [sample, unit], `w`
    /// those of the weights [input, unit], of which the inputs that `inputs` says count.
    pub fn backward(d: &[&[Lanes]], w: &[&[Lanes]], inputs: Inputs, fresh: bool, a: &mut [Lanes]) =
        baseline backward_tiled::<1, 2>(d, w, inputs, fresh, a),
        avx2 backward_tiled::<2, 4>(d, w, inputs, fresh, a),
        avx512 backward_tiled::<4, 4>(d, w, inputs, fresh, a);
}

dispatched! {
    /// Sums over the samples of [sample, unit], added to an eight for each panel unless `fresh`.
    pub fn sums(d: &[Lanes], rows: usize, fresh: bool, sums: &mut [Lanes]) = sums_plain(d, rows, fresh, sums);
}

/// Some inputs of a layer, one panel at most.
#[derive(Debug, Clone, Copy)]
pub struct Inputs {
    /// All inputs of the layer.
    pub columns: usize,
    /// The first of these.
    pub first: usize,
    /// How many they are.
    pub count: usize,
}

#[inline(always)]
fn forward_tiled<const M: usize, const N: usize>(
    x: &[&[Lanes]],
    rows: usize,
    columns: usize,
    w: &[Lanes],
    b: &[Lanes],
    z: &mut [Lanes],
) {
    let whole = rows / M * M;
    for start in (0..whole).step_by(BLOCK) {
        let block = (start, whole.min(start + BLOCK));
        forward_block::<M, N>(x, (rows, columns), block, w, b, z);
    }
    // Few samples: several panels of units, so that there are sums which do not wait for each other.
    forward_block::<1, 4>(x, (rows, columns), (whole, rows), w, b, z);
}

/// The samples of a block, M at a time, for all panels of units, N at a time.
#[inline(always)]
fn forward_block<const M: usize, const N: usize>(
    x: &[&[Lanes]],
    (rows, columns): (usize, usize),
    (start, end): (usize, usize),
    w: &[Lanes],
    b: &[Lanes],
    z: &mut [Lanes],
) {
    if start == end {
        return;
    }
    let grouped = b.len() / N * N;
    for panel in (0..grouped).step_by(N) {
        for sample in (start..end).step_by(M) {
            forward_tile::<M, N>(x, (rows, columns), (sample, panel), w, b, z);
        }
    }
    for panel in grouped..b.len() {
        for sample in (start..end).step_by(M) {
            forward_tile::<M, 1>(x, (rows, columns), (sample, panel), w, b, z);
        }
    }
}

#[inline(always)]
fn forward_tile<const M: usize, const N: usize>(
    x: &[&[Lanes]],
    (rows, columns): (usize, usize),
    (sample, panel): (usize, usize),
    w: &[Lanes],
    b: &[Lanes],
    z: &mut [Lanes],
) {
    let mut sums: [[Lanes; N]; M] = [std::array::from_fn(|n| b[panel + n]); M];
    let w: [&[Lanes]; N] = std::array::from_fn(|n| &w[(panel + n) * columns..(panel + n + 1) * columns]);
    let mut first = 0;
    for segment in x {
        for inputs in segment.chunks_exact(rows) {
            let Some(inputs) = inputs[sample..].first_chunk::<M>() else { return };
            let whole: [Option<&[Lanes; LANES]>; N] = std::array::from_fn(|n| w[n][first..].first_chunk());
            if let Some(w) = all(whole) {
                for lane in 0..LANES {
                    for m in 0..M {
                        for n in 0..N {
                            fuse(&mut sums[m][n], inputs[m][lane], &w[n][lane]);
                        }
                    }
                }
            } else {
                for lane in 0..columns - first {
                    for m in 0..M {
                        for n in 0..N {
                            fuse(&mut sums[m][n], inputs[m][lane], &w[n][first + lane]);
                        }
                    }
                }
            }
            first += LANES;
        }
    }
    for n in 0..N {
        for m in 0..M {
            z[(panel + n) * rows + sample + m] = sums[m][n];
        }
    }
}

#[inline(always)]
fn outer_tiled<const M: usize, const N: usize>(
    x: &[&[Lanes]],
    d: &[Lanes],
    rows: usize,
    columns: usize,
    fresh: bool,
    g: &mut [Lanes],
) {
    let count = d.len() / rows.max(1);
    let grouped = count / N * N;
    let mut first = 0;
    for segment in x {
        for inputs in segment.chunks_exact(rows) {
            let here = LANES.min(columns - first);
            let whole = here / M * M;
            for panel in (0..grouped).step_by(N) {
                for lane in (0..whole).step_by(M) {
                    outer_tile::<M, N>(inputs, d, (rows, columns), (first, lane, panel), fresh, g);
                }
                for lane in whole..here {
                    outer_tile::<1, N>(inputs, d, (rows, columns), (first, lane, panel), fresh, g);
                }
            }
            for panel in grouped..count {
                for lane in (0..whole).step_by(M) {
                    outer_tile::<M, 1>(inputs, d, (rows, columns), (first, lane, panel), fresh, g);
                }
                for lane in whole..here {
                    outer_tile::<1, 1>(inputs, d, (rows, columns), (first, lane, panel), fresh, g);
                }
            }
            first += LANES;
        }
    }
}

/// M inputs of a panel against N panels of units.
#[inline(always)]
fn outer_tile<const M: usize, const N: usize>(
    x: &[Lanes],
    d: &[Lanes],
    (rows, columns): (usize, usize),
    (first, lane, panel): (usize, usize, usize),
    fresh: bool,
    g: &mut [Lanes],
) {
    let place = |m: usize, n: usize| (panel + n) * columns + first + lane + m;
    let mut sums: [[Lanes; N]; M] = [[[0.0; LANES]; N]; M];
    if !fresh {
        sums = std::array::from_fn(|m| std::array::from_fn(|n| g[place(m, n)]));
    }
    let d: [&[Lanes]; N] = std::array::from_fn(|n| &d[(panel + n) * rows..(panel + n + 1) * rows]);
    for (sample, x) in x.iter().enumerate().take(rows) {
        let Some(x) = x[lane..].first_chunk::<M>() else { return };
        for n in 0..N {
            let d = &d[n][sample];
            for m in 0..M {
                fuse(&mut sums[m][n], x[m], d);
            }
        }
    }
    for n in 0..N {
        for m in 0..M {
            g[place(m, n)] = sums[m][n];
        }
    }
}

#[inline(always)]
fn backward_tiled<const S: usize, const J: usize>(
    d: &[&[Lanes]],
    w: &[&[Lanes]],
    inputs: Inputs,
    fresh: bool,
    a: &mut [Lanes],
) {
    let (whole, even) = (a.len() / S * S, inputs.count / J * J);
    for sample in (0..whole).step_by(S) {
        for input in (0..even).step_by(J) {
            backward_tile::<S, J>(d, w, inputs, (sample, input), fresh, a);
        }
        for input in even..inputs.count {
            backward_tile::<S, 1>(d, w, inputs, (sample, input), fresh, a);
        }
    }
    let even = inputs.count / 4 * 4;
    for sample in whole..a.len() {
        for input in (0..even).step_by(4) {
            backward_tile::<1, 4>(d, w, inputs, (sample, input), fresh, a);
        }
        for input in even..inputs.count {
            backward_tile::<1, 1>(d, w, inputs, (sample, input), fresh, a);
        }
    }
}

#[inline(always)]
fn backward_tile<const S: usize, const J: usize>(
    d: &[&[Lanes]],
    w: &[&[Lanes]],
    Inputs { columns, first, .. }: Inputs,
    (sample, input): (usize, usize),
    fresh: bool,
    a: &mut [Lanes],
) {
    let mut sums = [[[0.0; LANES]; J]; S];
    for (d, w) in d.iter().zip(w) {
        // Panel after panel of units, by places: a division for each tile costs as much as its products.
        let (mut of_d, mut of_w) = (sample, first + input);
        while let (Some(d), Some(w)) = (d.get(of_d..of_d + S), w.get(of_w..of_w + J)) {
            for s in 0..S {
                for j in 0..J {
                    fuse_lanes(&mut sums[s][j], &d[s], &w[j]);
                }
            }
            of_d += a.len();
            of_w += columns;
        }
    }
    // Seen together with what adds the lanes, the loop above is vectorised across the inputs, which stand apart in memory:
    // a third of the speed.
    let sums = std::hint::black_box(sums);
    for s in 0..S {
        let totals: [f64; J] = std::array::from_fn(|j| total(sums[s][j]));
        let Some(places) = a[sample + s][input..].first_chunk_mut::<J>() else { return };
        let before = if fresh { [0.0; J] } else { *places };
        *places = std::array::from_fn(|j| before[j] + totals[j]);
    }
}

#[inline(always)]
fn sums_plain(d: &[Lanes], rows: usize, fresh: bool, sums: &mut [Lanes]) {
    for (d, sums) in d.chunks_exact(rows.max(1)).zip(sums) {
        let mut sum = if fresh { [0.0; LANES] } else { *sums };
        for d in d {
            for lane in 0..LANES {
                sum[lane] += d[lane];
            }
        }
        *sums = sum;
    }
}

/// Sum of lanes: halves are added, which stay in place in vector registers.
#[inline(always)]
pub fn total(lanes: Lanes) -> f64 {
    let half: [f64; 4] = std::array::from_fn(|at| lanes[at] + lanes[at + 4]);
    (half[0] + half[2]) + (half[1] + half[3])
}

/// sum + factor · values, lane by lane. Arrays are made whole, here and below: the optimiser then keeps them in registers,
/// where it takes loops over their elements apart.
#[inline(always)]
fn fuse(sum: &mut Lanes, factor: f64, values: &Lanes) {
    let (before, values) = (*sum, *values);
    *sum = std::array::from_fn(|lane| factor.mul_add(values[lane], before[lane]));
}

/// sum + a · b, lane by lane.
#[inline(always)]
fn fuse_lanes(sum: &mut Lanes, a: &Lanes, b: &Lanes) {
    let (before, a, b) = (*sum, *a, *b);
    *sum = std::array::from_fn(|lane| a[lane].mul_add(b[lane], before[lane]));
}

#[inline(always)]
fn all<T: Copy, const N: usize>(options: [Option<T>; N]) -> Option<[T; N]> {
    let first = options[0]?;
    let mut values = [first; N];
    for (value, option) in values.iter_mut().zip(options) {
        *value = option?;
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::{Eights, panels};
    use nnrc_dispatch::Level;

    /// Numbers whose sums round.
    fn numbers(rows: usize, columns: usize, seed: usize) -> Vec<Vec<f64>> {
        let number = |row: usize, column: usize| {
            let at = (row * 31 + column * 17 + seed * 7 + row * column) % 1009;
            (at as f64 - 504.0) / 327.0
        };
        (0..rows).map(|row| (0..columns).map(|column| number(row, column)).collect()).collect()
    }

    /// A matrix in panels.
    fn panelled(matrix: &[Vec<f64>], columns: usize) -> Eights {
        let rows = matrix.len();
        let mut eights = Eights::zeros(panels(columns) * rows);
        for (row, values) in matrix.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                eights[column / LANES * rows + row][column % LANES] = *value;
            }
        }
        eights
    }

    /// A matrix in segments of the panels that begin with these.
    fn segments<'a>(matrix: &'a Eights, rows: usize, starts: &[usize]) -> Vec<&'a [Lanes]> {
        let count = matrix.len() / rows;
        let ends = starts[1..].iter().copied().chain([count]);
        starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| &matrix[start.min(count) * rows..end.min(count) * rows])
            .collect()
    }

    fn bits(matrix: &[Lanes]) -> Vec<u64> {
        matrix.as_flattened().iter().map(|value| value.to_bits()).collect()
    }

    /// All products of a layer at every level, against plain loops: every remainder of every tile.
    fn check(rows: usize, columns: usize, units: usize) {
        let (x, w, d) = (numbers(rows, columns, 1), numbers(columns, units, 2), numbers(rows, units, 3));
        let (bias, before) = (numbers(1, units, 4), numbers(columns, units, 5));
        let [px, pw, pd] = [(&x, columns), (&w, units), (&d, units)].map(|(m, columns)| panelled(m, columns));
        let b = panelled(&bias, units);
        let chain = |start: f64, terms: &dyn Fn(usize) -> (f64, f64), count: usize| {
            (0..count).fold(start, |sum, k| terms(k).0.mul_add(terms(k).1, sum))
        };
        let matrix = |rows: usize, columns: usize, value: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..rows).map(|row| (0..columns).map(|column| value(row, column)).collect()).collect()
        };
        let z = matrix(rows, units, &|s, u| chain(bias[0][u], &|k| (x[s][k], w[k][u]), columns));
        let fresh = matrix(columns, units, &|k, u| chain(0.0, &|s| (x[s][k], d[s][u]), rows));
        let added = matrix(columns, units, &|k, u| chain(before[k][u], &|s| (x[s][k], d[s][u]), rows));
        let back = matrix(rows, columns, &|s, k| {
            total(std::array::from_fn(|lane| {
                let own: Vec<usize> = (lane..units).step_by(LANES).collect();
                let sum = chain(0.0, &|at| (d[s][own[at]], w[k][own[at]]), own.len());
                // What is beyond the last unit is 0 times 0.
                if own.len() < panels(units) { 0f64.mul_add(0.0, sum) } else { sum }
            }))
        });
        let what = format!("{rows} samples, {columns} inputs, {units} units");
        for (level, starts) in Level::ALL.into_iter().zip([vec![0], vec![0, 1], vec![0, 0, 2]]) {
            let level = level.limit();
            let what = format!("{what} at {level:?}");
            let x = segments(&px, rows, &starts);
            let mut found = Eights::zeros(panels(units) * rows);
            forward(&x, rows, columns, &pw, &b, &mut found);
            assert_eq!(bits(&found), bits(&panelled(&z, units)), "forward, {what}");
            for (expected, is_fresh) in [(&fresh, true), (&added, false)] {
                let mut found = panelled(&before, units);
                outer(&x, &pd, rows, columns, is_fresh, &mut found);
                assert_eq!(bits(&found), bits(&panelled(expected, units)), "outer, {what}");
            }
            let (ds, ws) = (segments(&pd, rows, &starts), segments(&pw, columns, &starts));
            let mut found = Eights::zeros(panels(columns) * rows);
            for (panel, found) in found.chunks_exact_mut(rows).enumerate() {
                let first = panel * LANES;
                let inputs = Inputs { columns, first, count: LANES.min(columns - first) };
                backward(&ds, &ws, inputs, true, found);
            }
            assert_eq!(bits(&found), bits(&panelled(&back, columns)), "backward, {what}");
        }
        Level::widest().limit();
    }

    #[test]
    fn products_are_the_plain_loops_by_bits() {
        for rows in (1..=18).chain([32, 33, 63, 100]) {
            check(rows, 11, 13);
            check(rows, 16, 40);
        }
        for columns in 1..=26 {
            check(5, columns, 9);
        }
        for units in 1..=50 {
            check(9, 7, units);
        }
    }
}
