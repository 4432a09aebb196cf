//! Pointwise products with powers of one variable, in one pass: what a neuron does with itself.

use crate::arrays::{Line, Sources};
use crate::simple::Pointwise;

/// target\[i\] += a\[i\] + y\[i\] (b\[i\] + y\[i\] c\[i\]), every array contiguous; a coefficient that is the same
/// everywhere is a number instead.
#[derive(Debug)]
pub(crate) struct Polynomial {
    count: usize,
    target: usize,
    variable: Line,
    /// Scale and coefficients of degree 0, 1 and 2.
    coefficients: [(f64, Option<Line>); 3],
}

impl Polynomial {
    /// Takes three pointwise kernels together if they are the terms of a polynomial.
    pub fn new(terms: [&Pointwise; 3]) -> Option<Self> {
        let [_, linear, _] = terms;
        linear.factors.iter().find_map(|variable| {
            let mut coefficients = Vec::with_capacity(3);
            for (degree, term) in terms.into_iter().enumerate() {
                let same_target = term.count == linear.count && term.target == linear.target;
                let (powers, others): (Vec<&Line>, Vec<&Line>) =
                    term.factors.iter().partition(|line| *line == variable);
                let coefficient = match *others.as_slice() {
                    [] => None,
                    [line] if line.stride == 1 => Some(line.clone()),
                    _ => return None,
                };
                if !same_target || powers.len() != degree {
                    return None;
                }
                coefficients.push((term.scale, coefficient));
            }
            if variable.stride != 1 || linear.target.stride != 1 {
                return None;
            }
            Some(Self {
                count: linear.count,
                target: linear.target.base,
                variable: variable.clone(),
                coefficients: coefficients.try_into().ok()?,
            })
        })
    }

    /// Adds the polynomial.
    pub fn run(&self, sources: &Sources<'_>, target: &mut [f64]) {
        let slice = |line: &Line| &line.slice(sources)[..self.count];
        let y = slice(&self.variable);
        let target = &mut target[self.target..self.target + self.count];
        let [(p, a), (q, b), (r, c)] = &self.coefficients;
        match (a.as_ref().map(slice), b.as_ref().map(slice), c.as_ref().map(slice)) {
            (Some(a), Some(b), Some(c)) => add(target, y, |i| p * a[i], |i| q * b[i], |i| r * c[i]),
            (Some(a), Some(b), None) => add(target, y, |i| p * a[i], |i| q * b[i], |_| *r),
            (Some(a), None, Some(c)) => add(target, y, |i| p * a[i], |_| *q, |i| r * c[i]),
            (Some(a), None, None) => add(target, y, |i| p * a[i], |_| *q, |_| *r),
            (None, Some(b), Some(c)) => add(target, y, |_| *p, |i| q * b[i], |i| r * c[i]),
            (None, Some(b), None) => add(target, y, |_| *p, |i| q * b[i], |_| *r),
            (None, None, Some(c)) => add(target, y, |_| *p, |_| *q, |i| r * c[i]),
            (None, None, None) => add(target, y, |_| *p, |_| *q, |_| *r),
        }
    }
}

#[inline(always)]
fn add(
    target: &mut [f64],
    y: &[f64],
    a: impl Fn(usize) -> f64,
    b: impl Fn(usize) -> f64,
    c: impl Fn(usize) -> f64,
) {
    for (i, (target, y)) in target.iter_mut().zip(y).enumerate() {
        *target += a(i) + y * (b(i) + y * c(i));
    }
}
