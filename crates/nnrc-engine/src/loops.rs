//! The innermost loops: slices of equal length, several accumulators, no bounds checks.

use nnrc_dispatch::dispatched;
use nnrc_sim::loops::dot;

use crate::wide::FEW;

/// Every `stride`-th element of a slice.
#[derive(Clone, Copy)]
pub(crate) struct Strided<'a> {
    pub data: &'a [f64],
    pub stride: usize,
}

impl Strided<'_> {
    fn at(&self, i: usize) -> f64 {
        self.data[i * self.stride]
    }
}

/// target\[i\] += scale · column\[i\].
#[inline(always)]
pub(crate) fn axpy(scale: f64, column: &[f64], target: &mut [f64]) {
    for (target, value) in target.iter_mut().zip(column) {
        *target += scale * value;
    }
}

/// target\[i\] += scale · a\[i\] · b\[i\].
#[inline(always)]
fn add_pair(scale: f64, a: &[f64], b: &[f64], target: &mut [f64]) {
    for ((target, a), b) in target.iter_mut().zip(a).zip(b) {
        *target += scale * a * b;
    }
}

/// target\[i\] += scale · a\[i\] · b\[i\] · c\[i\].
#[inline(always)]
fn add_triple(scale: f64, a: &[f64], b: &[f64], c: &[f64], target: &mut [f64]) {
    for (((target, a), b), c) in target.iter_mut().zip(a).zip(b).zip(c) {
        *target += scale * a * b * c;
    }
}

dispatched! {
    fn axpy_widely(scale: f64, column: &[f64], target: &mut [f64]) = axpy(scale, column, target);
}

dispatched! {
    fn add_pair_widely(scale: f64, a: &[f64], b: &[f64], target: &mut [f64]) = add_pair(scale, a, b, target);
}

dispatched! {
    fn add_triple_widely(scale: f64, a: &[f64], b: &[f64], c: &[f64], target: &mut [f64]) =
        add_triple(scale, a, b, c, target);
}

/// target\[i\] += scale · column\[i\], for the registers at hand where that pays.
#[inline]
pub(crate) fn add_scaled(scale: f64, column: &[f64], target: &mut [f64]) {
    if target.len() < FEW { axpy(scale, column, target) } else { axpy_widely(scale, column, target) }
}

/// target\[i\] += scale · a\[i\] · b\[i\], likewise.
#[inline]
pub(crate) fn add_product_of_two(scale: f64, a: &[f64], b: &[f64], target: &mut [f64]) {
    if target.len() < FEW { add_pair(scale, a, b, target) } else { add_pair_widely(scale, a, b, target) }
}

/// target\[i\] += Σ scale\[k\] · column\[k\]\[i\] for four columns.
#[inline(always)]
pub(crate) fn axpy_four(scale: [f64; 4], columns: [&[f64]; 4], target: &mut [f64]) {
    let n = target.len();
    let columns = columns.map(|column| &column[..n]);
    for i in 0..n {
        target[i] += (scale[0] * columns[0][i] + scale[1] * columns[1][i])
            + (scale[2] * columns[2][i] + scale[3] * columns[3][i]);
    }
}

/// target\[i · stride\] += scale · Π factor\[i\] for i < `count`.
pub(crate) fn add_product(
    target: &mut [f64],
    stride: usize,
    count: usize,
    scale: f64,
    factors: &[Strided<'_>],
) {
    if stride == 1 && factors.iter().all(|factor| factor.stride == 1) {
        let target = &mut target[..count];
        match *factors {
            [] => target.iter_mut().for_each(|target| *target += scale),
            [a] => add_scaled(scale, &a.data[..count], target),
            [a, b] => add_product_of_two(scale, &a.data[..count], &b.data[..count], target),
            [a, b, c] => {
                let (a, b, c) = (&a.data[..count], &b.data[..count], &c.data[..count]);
                if count < FEW {
                    add_triple(scale, a, b, c, target);
                } else {
                    add_triple_widely(scale, a, b, c, target);
                }
            }
            _ => add_general(target, 1, count, scale, factors),
        }
    } else {
        add_general(target, stride, count, scale, factors);
    }
}

fn add_general(target: &mut [f64], stride: usize, count: usize, scale: f64, factors: &[Strided<'_>]) {
    for i in 0..count {
        target[i * stride] += factors.iter().fold(scale, |product, factor| product * factor.at(i));
    }
}

/// Σ Π factor\[i\] for i < `count`.
pub(crate) fn sum_product(count: usize, factors: &[Strided<'_>]) -> f64 {
    match *factors {
        [] => count as f64,
        [Strided { data: a, stride: 1 }, Strided { data: b, stride: 1 }] => dot(a, &b[..count]),
        _ => (0..count).map(|i| factors.iter().map(|factor| factor.at(i)).product::<f64>()).sum(),
    }
}

/// out\[i\] = scale · Π factor\[i\] for the length of `out`.
pub(crate) fn fill_product(out: &mut [f64], scale: f64, factors: &[Strided<'_>]) {
    out.fill(0.0);
    add_product(out, 1, out.len(), scale, factors);
}
