//! Kernels without a matrix: pointwise products and separable sums.

use crate::arrays::{Line, Scratch, Sources};
use crate::loops::{Strided, add_product, add_product_of_two, add_scaled, fill_product};

/// How many lines are collected at a time without allocating.
const FEW: usize = 6;

/// target\[i\] += scale · Π factor\[i\].
#[derive(Debug)]
pub(crate) struct Pointwise {
    pub count: usize,
    pub target: Line,
    pub scale: f64,
    pub factors: Vec<Line>,
}

impl Pointwise {
    /// Adds the product.
    pub fn run(&self, sources: &Sources<'_>, target: &mut [f64]) {
        let target = &mut target[self.target.base..];
        // Families of a few members are many: what surrounds the loop counts.
        let slice = |line: &Line| &line.slice(sources)[..self.count];
        match (self.target.stride, self.factors.as_slice()) {
            (1, [a @ Line { stride: 1, .. }]) => {
                return add_scaled(self.scale, slice(a), &mut target[..self.count]);
            }
            (1, [a @ Line { stride: 1, .. }, b @ Line { stride: 1, .. }]) => {
                return add_product_of_two(self.scale, slice(a), slice(b), &mut target[..self.count]);
            }
            _ => {}
        }
        with_lines(sources, self.scale, &self.factors, None, |scale, lines| {
            add_product(target, self.target.stride, self.count, scale, lines);
        });
    }
}

/// target\[i\] += scale · Π outer\[i\] · Σ_j Π inner\[j\], optionally without j = i.
#[derive(Debug)]
pub(crate) struct Separable {
    pub rows: usize,
    pub columns: usize,
    /// Whether j = i is left out.
    pub exclusive: bool,
    pub target: Line,
    pub scale: f64,
    pub outer: Vec<Line>,
    pub inner: Vec<Line>,
}

impl Separable {
    /// Adds the sums.
    pub fn run(&self, sources: &Sources<'_>, target: &mut [f64], scratch: &mut Scratch) {
        let target = &mut target[self.target.base..];
        let Scratch { inner, rows, .. } = scratch;
        inner.clear();
        inner.resize(self.columns, 0.0);
        with_lines(sources, 1.0, &self.inner, None, |scale, lines| fill_product(inner, scale, lines));
        if !self.exclusive {
            let sum = inner.iter().sum::<f64>() * self.scale;
            return with_lines(sources, sum, &self.outer, None, |scale, lines| {
                add_product(target, self.target.stride, self.rows, scale, lines);
            });
        }
        // Sums of what stands before and behind, not total minus own: no cancellation.
        rows.clear();
        rows.resize(self.rows.max(self.columns), 0.0);
        let mut behind = 0.0;
        for (row, value) in rows[..self.columns].iter_mut().zip(inner.iter()).rev() {
            *row = behind;
            behind += value;
        }
        let mut before = 0.0;
        for (row, value) in rows[..self.columns].iter_mut().zip(inner.iter()) {
            *row += before;
            before += value;
        }
        rows[self.columns..].fill(before);
        with_lines(sources, self.scale, &self.outer, Some(rows), |scale, lines| {
            add_product(target, self.target.stride, self.rows, scale, lines);
        });
    }
}

/// Collects the lines that vary and `extra`, takes those that do not into the scale, and hands both on.
pub(crate) fn with_lines<R>(
    sources: &Sources<'_>,
    scale: f64,
    lines: &[Line],
    extra: Option<&[f64]>,
    then: impl FnOnce(f64, &[Strided<'_>]) -> R,
) -> R {
    let mut scale = scale;
    let mut few = [Strided { data: &[], stride: 0 }; FEW];
    let mut count = 0;
    if let Some(data) = extra {
        few[0] = Strided { data, stride: 1 };
        count = 1;
    }
    let mut many = Vec::new();
    for line in lines {
        let data = line.slice(sources);
        if line.stride == 0 {
            scale *= data[0];
            continue;
        }
        let strided = Strided { data, stride: line.stride };
        if count < FEW {
            few[count] = strided;
            count += 1;
        } else {
            many.push(strided);
        }
    }
    if many.is_empty() {
        return then(scale, &few[..count]);
    }
    // High orders are rare; they may allocate.
    many.extend_from_slice(&few);
    then(scale, &many)
}
