//! Pointwise products with powers of one variable, in one pass: what a neuron does with itself.

use crate::kernel::{Line, Sources};
use crate::simple::Pointwise;

/// target\[i\] += a\[i\] + y\[i\] (b\[i\] + y\[i\] c\[i\]), every array contiguous.
#[derive(Debug)]
pub(crate) struct Polynomial {
    count: usize,
    target: usize,
    variable: Line,
    /// Scale and coefficients of degree 0, 1 and 2.
    coefficients: [(f64, Line); 3],
}

impl Polynomial {
    /// Takes three pointwise kernels together if they are the terms of a polynomial.
    pub fn new(terms: [&Pointwise; 3]) -> Option<Self> {
        let [_, linear, _] = terms;
        let [first, second] = linear.factors.as_slice() else { return None };
        [first, second].into_iter().find_map(|variable| {
            let mut coefficients = Vec::with_capacity(3);
            for (degree, term) in terms.into_iter().enumerate() {
                let same_target = term.count == linear.count && term.target == linear.target;
                let (powers, others): (Vec<&Line>, Vec<&Line>) =
                    term.factors.iter().partition(|line| *line == variable);
                let &[coefficient] = others.as_slice() else { return None };
                if !same_target || powers.len() != degree || coefficient.stride != 1 {
                    return None;
                }
                coefficients.push((term.scale, coefficient.clone()));
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
        let [(p, a), (q, b), (r, c)] = &self.coefficients;
        let (y, a, b, c) = (slice(&self.variable), slice(a), slice(b), slice(c));
        let target = &mut target[self.target..self.target + self.count];
        for ((((target, y), a), b), c) in target.iter_mut().zip(y).zip(a).zip(b).zip(c) {
            *target += p * a + y * (q * b + y * (r * c));
        }
    }
}
