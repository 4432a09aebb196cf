//! The general kernel: nested loops over any number of variables.

use crate::arrays::{Scratch, Sources};
use crate::loops::{Strided, add_product, add_scaled, sum_product};
use crate::sum::{Access, Source, Sum};

/// A sum of any shape; the last variable is the innermost loop.
#[derive(Debug)]
pub(crate) struct Nest {
    sizes: Vec<usize>,
    distinct: Option<(usize, usize)>,
    target: Access,
    scale: f64,
    /// Factors that do not change in the innermost loop.
    outer: Vec<(Source, Access)>,
    /// Factors that do.
    inner: Vec<(Source, Access)>,
}

impl Nest {
    /// Chooses the innermost variable: the one that steps by 1 through most arrays, the longest of those.
    pub fn new(sum: &Sum) -> Self {
        let innermost = (0..sum.sizes.len()).max_by_key(|&v| {
            let unit = |at: &Access| usize::from(at.strides[v] == 1);
            (unit(&sum.target) + sum.factors.iter().map(|f| unit(&f.at)).sum::<usize>(), sum.sizes[v])
        });
        let mut order: Vec<usize> = (0..sum.sizes.len()).filter(|&v| Some(v) != innermost).collect();
        order.extend(innermost);
        let pick =
            |at: &Access| Access { base: at.base, strides: order.iter().map(|&v| at.strides[v]).collect() };
        let place = |v: usize| order.iter().position(|&other| other == v).unwrap_or(v);
        let factors = sum.factors.iter().map(|factor| (factor.source, pick(&factor.at)));
        let (inner, outer) = factors.partition(|(_, at)| at.strides.last().is_some_and(|&stride| stride > 0));
        Self {
            sizes: order.iter().map(|&v| sum.sizes[v]).collect(),
            distinct: sum.distinct.map(|(a, b)| (place(a).min(place(b)), place(a).max(place(b)))),
            target: pick(&sum.target),
            scale: sum.scale,
            outer,
            inner,
        }
    }

    /// Adds the sum where it is a product of two vectors, one over the rows and one over the columns; whether it is.
    fn outer_product(&self, sources: &Sources<'_>, target: &mut [f64]) -> bool {
        let ([rows, columns], [(a, row)], [(b, column)]) =
            (self.sizes.as_slice(), self.outer.as_slice(), self.inner.as_slice())
        else {
            return false;
        };
        let (&[step, 1], &[stride, _], &[0, 1]) =
            (self.target.strides.as_slice(), row.strides.as_slice(), column.strides.as_slice())
        else {
            return false;
        };
        if self.distinct.is_some() {
            return false;
        }
        let left = &sources.array(*a)[row.base..];
        let right = &sources.array(*b)[column.base..][..*columns];
        for i in 0..*rows {
            let first = self.target.base + i * step;
            add_scaled(self.scale * left[i * stride], right, &mut target[first..first + columns]);
        }
        true
    }

    /// Adds the sum.
    pub fn run(&self, sources: &Sources<'_>, target: &mut [f64], scratch: &mut Scratch) {
        if self.outer_product(sources, target) {
            return;
        }
        let Some((&len, sizes)) = self.sizes.split_last() else { return };
        let values = &mut scratch.values;
        values.clear();
        values.resize(sizes.len(), 0);
        let mut lines = Vec::with_capacity(self.inner.len());
        loop {
            match self.distinct {
                Some((a, b)) if b == sizes.len() => {
                    let own = values[a].min(len);
                    self.row(sources, target, values, 0..own, &mut lines);
                    self.row(sources, target, values, (own + 1).min(len)..len, &mut lines);
                }
                Some((a, b)) if values[a] == values[b] => {}
                _ => self.row(sources, target, values, 0..len, &mut lines),
            }
            let Some(last) = (0..sizes.len()).rev().find(|&v| values[v] + 1 < sizes[v]) else { return };
            values[last] += 1;
            values[last + 1..].fill(0);
        }
    }

    /// The innermost loop over `range`.
    fn row<'a>(
        &self,
        sources: &Sources<'a>,
        target: &mut [f64],
        values: &[usize],
        range: std::ops::Range<usize>,
        lines: &mut Vec<Strided<'a>>,
    ) {
        if range.is_empty() {
            return;
        }
        let step = |at: &Access| at.strides.last().copied().unwrap_or(0);
        let start = |at: &Access| at.at(values) + range.start * step(at);
        let scale = self
            .outer
            .iter()
            .fold(self.scale, |product, (source, at)| product * sources.array(*source)[start(at)]);
        lines.clear();
        lines.extend(
            self.inner
                .iter()
                .map(|(source, at)| Strided { data: &sources.array(*source)[start(at)..], stride: step(at) }),
        );
        let first = start(&self.target);
        match step(&self.target) {
            0 => target[first] += scale * sum_product(range.len(), lines),
            stride => add_product(&mut target[first..], stride, range.len(), scale, lines),
        }
    }
}
