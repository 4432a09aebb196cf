//! The three products of a dense layer.
//!
//! All matrices stand in [panels](crate::panels). A matrix of values may come in several segments, each of whole
//! panels. Sums of the first two products are one chain of fused products for each element, from the first term to
//! the last; those of the third are as many chains as there are lanes of units, which [`Laned::total`] adds in one order. So
//! results are the same bits for every shape of tile, level and division into segments.

use nnrc_dispatch::dispatched;

use crate::lanes::Laned;

/// Samples whose inputs stay in the second level of the cache while all units go by.
const BLOCK: usize = 32;

dispatched! {
    /// Z = X W + b: `x` are values [sample, input] of `rows` samples, `w` weights [input, unit] with `columns` inputs, `b`
    /// a line for each panel of units, `z` values [sample, unit].
    pub fn forward<R: Laned>(x: &[&[R::Lanes]], rows: usize, columns: usize, w: &[R::Lanes], b: &[R::Lanes], z: &mut [R::Lanes]) =
        baseline forward_tiled::<R, 2, 1>(x, rows, columns, w, b, z),
        avx2 forward_tiled::<R, 4, 1>(x, rows, columns, w, b, z),
        avx512 forward_tiled::<R, 8, 2>(x, rows, columns, w, b, z);
}

dispatched! {
    /// G = Xᵀ D, or G += Xᵀ D unless `fresh`: `x` are values [sample, input], `d` is [sample, unit], `g` [input, unit].
    pub fn outer<R: Laned>(x: &[&[R::Lanes]], d: &[R::Lanes], rows: usize, columns: usize, fresh: bool, g: &mut [R::Lanes]) =
        baseline outer_tiled::<R, 2, 1>(x, d, rows, columns, fresh, g),
        avx2 outer_tiled::<R, 4, 1>(x, d, rows, columns, fresh, g),
        avx512 outer_tiled::<R, 8, 2>(x, d, rows, columns, fresh, g);
}

dispatched! {
    /// A = D Wᵀ, or A += D Wᵀ unless `fresh`, for at most one panel of inputs: `d` are the segments of [sample, unit], `w`
    /// those of the weights [input, unit], of which the inputs that `inputs` says count.
    pub fn backward<R: Laned>(d: &[&[R::Lanes]], w: &[&[R::Lanes]], inputs: Inputs, fresh: bool, a: &mut [R::Lanes]) =
        baseline backward_tiled::<R, 1, 2>(d, w, inputs, fresh, a),
        avx2 backward_tiled::<R, 2, 4>(d, w, inputs, fresh, a),
        avx512 backward_tiled::<R, 4, 4>(d, w, inputs, fresh, a);
}

dispatched! {
    /// Sums over the samples of [sample, unit], added to a line for each panel unless `fresh`.
    pub fn sums<R: Laned>(d: &[R::Lanes], rows: usize, fresh: bool, sums: &mut [R::Lanes]) = sums_plain::<R>(d, rows, fresh, sums);
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
fn forward_tiled<R: Laned, const M: usize, const N: usize>(
    x: &[&[R::Lanes]],
    rows: usize,
    columns: usize,
    w: &[R::Lanes],
    b: &[R::Lanes],
    z: &mut [R::Lanes],
) {
    let whole = rows / M * M;
    for start in (0..whole).step_by(BLOCK) {
        let block = (start, whole.min(start + BLOCK));
        forward_block::<R, M, N>(x, (rows, columns), block, w, b, z);
    }
    // Few samples: several panels of units, so that there are sums which do not wait for each other.
    forward_block::<R, 1, 4>(x, (rows, columns), (whole, rows), w, b, z);
}

/// The samples of a block, M at a time, for all panels of units, N at a time.
#[inline(always)]
fn forward_block<R: Laned, const M: usize, const N: usize>(
    x: &[&[R::Lanes]],
    (rows, columns): (usize, usize),
    (start, end): (usize, usize),
    w: &[R::Lanes],
    b: &[R::Lanes],
    z: &mut [R::Lanes],
) {
    if start == end {
        return;
    }
    let grouped = b.len() / N * N;
    for panel in (0..grouped).step_by(N) {
        for sample in (start..end).step_by(M) {
            forward_tile::<R, M, N>(x, (rows, columns), (sample, panel), w, b, z);
        }
    }
    for panel in grouped..b.len() {
        for sample in (start..end).step_by(M) {
            forward_tile::<R, M, 1>(x, (rows, columns), (sample, panel), w, b, z);
        }
    }
}

#[inline(always)]
fn forward_tile<R: Laned, const M: usize, const N: usize>(
    x: &[&[R::Lanes]],
    (rows, columns): (usize, usize),
    (sample, panel): (usize, usize),
    w: &[R::Lanes],
    b: &[R::Lanes],
    z: &mut [R::Lanes],
) {
    let mut sums: [[R::Lanes; N]; M] = [std::array::from_fn(|n| b[panel + n]); M];
    let w: [&[R::Lanes]; N] = std::array::from_fn(|n| &w[(panel + n) * columns..(panel + n + 1) * columns]);
    let mut first = 0;
    for segment in x {
        for inputs in segment.chunks_exact(rows) {
            let Some(inputs) = inputs[sample..].first_chunk::<M>() else { return };
            let whole: [Option<&[R::Lanes]>; N] = std::array::from_fn(|n| w[n].get(first..first + R::LANES));
            if let Some(w) = all(whole) {
                for lane in 0..R::LANES {
                    for m in 0..M {
                        for n in 0..N {
                            fuse::<R>(&mut sums[m][n], inputs[m][lane], &w[n][lane]);
                        }
                    }
                }
            } else {
                for lane in 0..columns - first {
                    for m in 0..M {
                        for n in 0..N {
                            fuse::<R>(&mut sums[m][n], inputs[m][lane], &w[n][first + lane]);
                        }
                    }
                }
            }
            first += R::LANES;
        }
    }
    for n in 0..N {
        for m in 0..M {
            z[(panel + n) * rows + sample + m] = sums[m][n];
        }
    }
}

#[inline(always)]
fn outer_tiled<R: Laned, const M: usize, const N: usize>(
    x: &[&[R::Lanes]],
    d: &[R::Lanes],
    rows: usize,
    columns: usize,
    fresh: bool,
    g: &mut [R::Lanes],
) {
    let count = d.len() / rows.max(1);
    let grouped = count / N * N;
    let mut first = 0;
    for segment in x {
        for inputs in segment.chunks_exact(rows) {
            let here = R::LANES.min(columns - first);
            let whole = here / M * M;
            for panel in (0..grouped).step_by(N) {
                for lane in (0..whole).step_by(M) {
                    outer_tile::<R, M, N>(inputs, d, (rows, columns), (first, lane, panel), fresh, g);
                }
                for lane in whole..here {
                    outer_tile::<R, 1, N>(inputs, d, (rows, columns), (first, lane, panel), fresh, g);
                }
            }
            for panel in grouped..count {
                for lane in (0..whole).step_by(M) {
                    outer_tile::<R, M, 1>(inputs, d, (rows, columns), (first, lane, panel), fresh, g);
                }
                for lane in whole..here {
                    outer_tile::<R, 1, 1>(inputs, d, (rows, columns), (first, lane, panel), fresh, g);
                }
            }
            first += R::LANES;
        }
    }
}

/// M inputs of a panel against N panels of units.
#[inline(always)]
fn outer_tile<R: Laned, const M: usize, const N: usize>(
    x: &[R::Lanes],
    d: &[R::Lanes],
    (rows, columns): (usize, usize),
    (first, lane, panel): (usize, usize, usize),
    fresh: bool,
    g: &mut [R::Lanes],
) {
    let place = |m: usize, n: usize| (panel + n) * columns + first + lane + m;
    let mut sums: [[R::Lanes; N]; M] = [[R::ZEROS; N]; M];
    if !fresh {
        sums = std::array::from_fn(|m| std::array::from_fn(|n| g[place(m, n)]));
    }
    let d: [&[R::Lanes]; N] = std::array::from_fn(|n| &d[(panel + n) * rows..(panel + n + 1) * rows]);
    for (sample, x) in x.iter().enumerate().take(rows) {
        let Some(x) = R::flat(std::slice::from_ref(x))[lane..].first_chunk::<M>() else { return };
        for n in 0..N {
            let d = &d[n][sample];
            for m in 0..M {
                fuse::<R>(&mut sums[m][n], x[m], d);
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
fn backward_tiled<R: Laned, const S: usize, const J: usize>(
    d: &[&[R::Lanes]],
    w: &[&[R::Lanes]],
    inputs: Inputs,
    fresh: bool,
    a: &mut [R::Lanes],
) {
    let (whole, even) = (a.len() / S * S, inputs.count / J * J);
    for sample in (0..whole).step_by(S) {
        for input in (0..even).step_by(J) {
            backward_tile::<R, S, J>(d, w, inputs, (sample, input), fresh, a);
        }
        for input in even..inputs.count {
            backward_tile::<R, S, 1>(d, w, inputs, (sample, input), fresh, a);
        }
    }
    let even = inputs.count / 4 * 4;
    for sample in whole..a.len() {
        for input in (0..even).step_by(4) {
            backward_tile::<R, 1, 4>(d, w, inputs, (sample, input), fresh, a);
        }
        for input in even..inputs.count {
            backward_tile::<R, 1, 1>(d, w, inputs, (sample, input), fresh, a);
        }
    }
}

#[inline(always)]
fn backward_tile<R: Laned, const S: usize, const J: usize>(
    d: &[&[R::Lanes]],
    w: &[&[R::Lanes]],
    Inputs { columns, first, .. }: Inputs,
    (sample, input): (usize, usize),
    fresh: bool,
    a: &mut [R::Lanes],
) {
    let mut sums = [[R::ZEROS; J]; S];
    for (d, w) in d.iter().zip(w) {
        // Panel after panel of units, by places: a division for each tile costs as much as its products.
        let (mut of_d, mut of_w) = (sample, first + input);
        while let (Some(d), Some(w)) = (d.get(of_d..of_d + S), w.get(of_w..of_w + J)) {
            for s in 0..S {
                for j in 0..J {
                    fuse_lanes::<R>(&mut sums[s][j], &d[s], &w[j]);
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
        let totals: [R; J] = std::array::from_fn(|j| R::total(sums[s][j]));
        let place = R::flat_mut(&mut a[sample + s..=sample + s]);
        let Some(places) = place[input..].first_chunk_mut::<J>() else { return };
        let before = if fresh { [R::ZERO; J] } else { *places };
        *places = std::array::from_fn(|j| before[j] + totals[j]);
    }
}

#[inline(always)]
fn sums_plain<R: Laned>(d: &[R::Lanes], rows: usize, fresh: bool, sums: &mut [R::Lanes]) {
    for (d, sums) in d.chunks_exact(rows.max(1)).zip(sums) {
        let mut sum = if fresh { R::ZEROS } else { *sums };
        for d in d {
            for lane in 0..R::LANES {
                sum[lane] += d[lane];
            }
        }
        *sums = sum;
    }
}

/// sum + factor · values, lane by lane. Arrays are made whole, here and below: the optimiser then keeps them in registers,
/// where it takes loops over their elements apart.
#[inline(always)]
fn fuse<R: Laned>(sum: &mut R::Lanes, factor: R, values: &R::Lanes) {
    let (before, values) = (*sum, *values);
    *sum = R::lanes(|lane| factor.fused(values[lane], before[lane]));
}

/// sum + a · b, lane by lane.
#[inline(always)]
fn fuse_lanes<R: Laned>(sum: &mut R::Lanes, a: &R::Lanes, b: &R::Lanes) {
    let (before, a, b) = (*sum, *a, *b);
    *sum = R::lanes(|lane| a[lane].fused(b[lane], before[lane]));
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
    use crate::panels::{Lines, panels};
    use nnrc_dispatch::Level;

    /// Numbers whose sums round.
    fn numbers<R: Laned>(rows: usize, columns: usize, seed: usize) -> Vec<Vec<R>> {
        let number = |row: usize, column: usize| {
            let at = (row * 31 + column * 17 + seed * 7 + row * column) % 1009;
            R::of((at as f64 - 504.0) / 327.0)
        };
        (0..rows).map(|row| (0..columns).map(|column| number(row, column)).collect()).collect()
    }

    /// A matrix in panels.
    fn panelled<R: Laned>(matrix: &[Vec<R>], columns: usize) -> Lines<R> {
        let rows = matrix.len();
        let mut lines = Lines::<R>::zeros(panels::<R>(columns) * rows);
        for (row, values) in matrix.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                lines[column / R::LANES * rows + row][column % R::LANES] = *value;
            }
        }
        lines
    }

    /// A matrix in segments of the panels that begin with these.
    fn segments<'a, R: Laned>(matrix: &'a Lines<R>, rows: usize, starts: &[usize]) -> Vec<&'a [R::Lanes]> {
        let count = matrix.len() / rows;
        let ends = starts[1..].iter().copied().chain([count]);
        starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| &matrix[start.min(count) * rows..end.min(count) * rows])
            .collect()
    }

    /// What numbers of either precision keep apart as they do.
    fn bits<R: Laned>(matrix: &Lines<R>) -> Vec<u64> {
        matrix.flat().iter().map(|value| value.wide().to_bits()).collect()
    }

    /// All products of a layer at every level, against plain loops: every remainder of every tile.
    fn check<R: Laned>(rows: usize, columns: usize, units: usize) {
        let (x, w, d) =
            (numbers::<R>(rows, columns, 1), numbers::<R>(columns, units, 2), numbers::<R>(rows, units, 3));
        let (bias, before) = (numbers::<R>(1, units, 4), numbers::<R>(columns, units, 5));
        let [px, pw, pd] = [(&x, columns), (&w, units), (&d, units)].map(|(m, columns)| panelled(m, columns));
        let b = panelled(&bias, units);
        let chain = |start: R, terms: &dyn Fn(usize) -> (R, R), count: usize| {
            (0..count).fold(start, |sum, k| terms(k).0.fused(terms(k).1, sum))
        };
        let matrix = |rows: usize, columns: usize, value: &dyn Fn(usize, usize) -> R| -> Vec<Vec<R>> {
            (0..rows).map(|row| (0..columns).map(|column| value(row, column)).collect()).collect()
        };
        let z = matrix(rows, units, &|s, u| chain(bias[0][u], &|k| (x[s][k], w[k][u]), columns));
        let fresh = matrix(columns, units, &|k, u| chain(R::ZERO, &|s| (x[s][k], d[s][u]), rows));
        let added = matrix(columns, units, &|k, u| chain(before[k][u], &|s| (x[s][k], d[s][u]), rows));
        let back = matrix(rows, columns, &|s, k| {
            R::total(R::lanes(|lane| {
                let own: Vec<usize> = (lane..units).step_by(R::LANES).collect();
                let sum = chain(R::ZERO, &|at| (d[s][own[at]], w[k][own[at]]), own.len());
                // What is beyond the last unit is 0 times 0.
                if own.len() < panels::<R>(units) { R::ZERO.fused(R::ZERO, sum) } else { sum }
            }))
        });
        let what = format!("{rows} samples, {columns} inputs, {units} units");
        for (level, starts) in Level::ALL.into_iter().zip([vec![0], vec![0, 1], vec![0, 0, 2]]) {
            let level = level.limit();
            let what = format!("{what} at {level:?}");
            let x = segments(&px, rows, &starts);
            let mut found = Lines::<R>::zeros(panels::<R>(units) * rows);
            forward::<R>(&x, rows, columns, &pw, &b, &mut found);
            assert_eq!(bits(&found), bits(&panelled(&z, units)), "forward, {what}");
            for (expected, is_fresh) in [(&fresh, true), (&added, false)] {
                let mut found = panelled(&before, units);
                outer::<R>(&x, &pd, rows, columns, is_fresh, &mut found);
                assert_eq!(bits(&found), bits(&panelled(expected, units)), "outer, {what}");
            }
            let (ds, ws) = (segments(&pd, rows, &starts), segments(&pw, columns, &starts));
            let mut found = Lines::<R>::zeros(panels::<R>(columns) * rows);
            for (panel, found) in found.chunks_exact_mut(rows).enumerate() {
                let first = panel * R::LANES;
                let inputs = Inputs { columns, first, count: R::LANES.min(columns - first) };
                backward::<R>(&ds, &ws, inputs, true, found);
            }
            assert_eq!(bits(&found), bits(&panelled(&back, columns)), "backward, {what}");
        }
        Level::widest().limit();
    }

    /// Sizes up to beyond two panels, of either number of lanes.
    fn check_all<R: Laned>() {
        for rows in (1..=18).chain([32, 33, 63, 100]) {
            check::<R>(rows, 11, 13);
            check::<R>(rows, 16, 40);
        }
        for columns in 1..=2 * R::LANES + 10 {
            check::<R>(5, columns, 9);
        }
        for units in (1..=50).chain([64, 65, 80, 100]) {
            check::<R>(9, 7, units);
        }
    }

    #[test]
    fn products_are_the_plain_loops_by_bits() {
        check_all::<f64>();
    }

    #[test]
    fn products_in_single_precision_are_the_plain_loops_by_bits() {
        check_all::<f32>();
    }
}
