//! The part of the Jacobian that limits explicit steps: what a species does to itself, and what two species that use each
//! other up do to each other.
//!
//! ```text
//! A[i,i] = min(∂f_i/∂x_i, 0)        A[p,q] = ∂f_p/∂x_q where x_p and x_q at one index stand in a product in both f_p and f_q
//! ```
//!
//! Annihilation of two rails at κ has the rates 0 and −κ (p + q), which are in A exactly. A is solved with number by number
//! and pair by pair. What it leaves out leads from family to family; a method whose order does not depend on A
//! ([`Method::RosenbrockW`](nnrc_sim::Method)) treats that explicitly.

use std::ops::Range;

use nnrc_dispatch::dispatched;
use nnrc_sim::System;
use nnrc_sim::system::Layered;

use crate::arrays::Sources;
use crate::engine::Engine;
use crate::kernel::{Kernel, compile_all};
use crate::linear::{Derivative, derivatives};
use crate::wide;

/// A at one state, and A with a shift.
pub(crate) struct Local {
    diagonal: Vec<Kernel>,
    across: Vec<Kernel>,
    /// Families that use each other up.
    pairs: Vec<[Range<usize>; 2]>,
    /// All others.
    singles: Vec<Range<usize>>,
    own: Vec<f64>,
    other: Vec<f64>,
    /// The inverse of shift · I − A: factors of the own element and of that of the partner.
    from_own: Vec<f64>,
    from_other: Vec<f64>,
}

impl Local {
    /// Plans A for the equations of an engine.
    pub fn new(engine: &Engine) -> Self {
        let (layout, sums) = (&engine.program.layout, &engine.program.sums);
        let all = derivatives(sums, |at| layout.family_of(at));
        let local: Vec<&Derivative> = all.iter().filter(|d| d.is_local(layout)).collect();
        // Whether both stand in the product.
        let is_of_both = |d: &&&Derivative| d.rest.factors.iter().any(|factor| factor.at == d.rest.target);
        let meets = |a: usize, b: usize| local.iter().filter(is_of_both).any(|d| d.families == (a, b));
        let mut partner: Vec<Option<usize>> = vec![None; layout.state.len()];
        for first in 0..partner.len() {
            for second in first + 1..partner.len() {
                let is_free = partner[first].is_none() && partner[second].is_none();
                let same = layout.state[first].len() == layout.state[second].len();
                if is_free && same && meets(first, second) && meets(second, first) {
                    (partner[first], partner[second]) = (Some(second), Some(first));
                }
            }
        }
        let family = |at: usize| layout.state[at].clone();
        let of = |select: &dyn Fn((usize, usize)) -> bool| {
            let chosen = local.iter().filter(|d| select(d.families)).map(|d| d.rest.clone());
            compile_all(&chosen.collect::<Vec<_>>())
        };
        let dimension = layout.dimension();
        Self {
            diagonal: of(&|(target, by)| target == by),
            across: of(&|(target, by)| partner[target] == Some(by)),
            pairs: (0..partner.len())
                .filter_map(|at| {
                    partner[at].filter(|other| at < *other).map(|other| [family(at), family(other)])
                })
                .collect(),
            singles: (0..partner.len()).filter(|at| partner[*at].is_none()).map(family).collect(),
            own: vec![0.0; dimension],
            other: vec![0.0; dimension],
            from_own: vec![0.0; dimension],
            from_other: vec![0.0; dimension],
        }
    }
}

/// An engine that solves with A in the place of its Jacobian.
pub(crate) struct Locally<'a> {
    pub engine: &'a mut Engine,
    pub local: &'a mut Local,
}

impl System for Locally<'_> {
    fn dimension(&self) -> usize {
        self.engine.dimension()
    }

    fn derivative(&mut self, state: &[f64], derivative: &mut [f64]) {
        self.engine.derivative(state, derivative);
    }

    fn is_cancelled(&self) -> bool {
        self.engine.is_cancelled()
    }

    wide::loops!();
}

impl Layered for Locally<'_> {
    fn linearise(&mut self, state: &[f64]) {
        self.engine.refold();
        let Engine { constants, tensors, scratch, .. } = &mut *self.engine;
        let sources = Sources { state, constants, vector: &[], tensors };
        for (kernels, target) in
            [(&self.local.diagonal, &mut self.local.own), (&self.local.across, &mut self.local.other)]
        {
            target.fill(0.0);
            for kernel in kernels {
                kernel.run(&sources, target, scratch);
            }
        }
        // What grows by itself is left to the explicit part.
        for own in &mut self.local.own {
            *own = own.min(0.0);
        }
    }

    fn shift(&mut self, shift: f64) {
        invert(self.local, shift);
    }

    fn solve(&mut self, vector: &mut [f64]) {
        multiply(self.local, vector);
    }

    fn jacobian_times(&mut self, vector: &[f64], product: &mut [f64]) {
        for ((product, own), value) in product.iter_mut().zip(&self.local.own).zip(vector) {
            *product = own * value;
        }
        for [first, second] in &self.local.pairs {
            for (p, q) in first.clone().zip(second.clone()) {
                product[p] += self.local.other[p] * vector[q];
                product[q] += self.local.other[q] * vector[p];
            }
        }
    }
}

dispatched! {
    /// Computes the inverse of shift · I − A.
    fn invert(local: &mut Local, shift: f64) = invert_all(local, shift);
}

dispatched! {
    /// Multiplies a vector by that inverse.
    fn multiply(local: &Local, vector: &mut [f64]) = multiply_all(local, vector);
}

#[inline(always)]
fn invert_all(local: &mut Local, shift: f64) {
    let Local { pairs, singles, own, other, from_own, from_other, .. } = local;
    for range in singles {
        for (inverse, own) in from_own[range.clone()].iter_mut().zip(&own[range.clone()]) {
            *inverse = 1.0 / (shift - own);
        }
    }
    for [first, second] in pairs {
        let (p, q) = (&own[first.clone()], &own[second.clone()]);
        let (across_p, across_q) = (&other[first.clone()], &other[second.clone()]);
        let [own_p, own_q] = both(from_own, first, second);
        let [other_p, other_q] = both(from_other, first, second);
        let n = p.len();
        let (q, across_p, across_q) = (&q[..n], &across_p[..n], &across_q[..n]);
        let (own_p, own_q) = (&mut own_p[..n], &mut own_q[..n]);
        let (other_p, other_q) = (&mut other_p[..n], &mut other_q[..n]);
        for i in 0..n {
            let (a, d) = (shift - p[i], shift - q[i]);
            let (alone, determinant) = (a * d, a * d - across_p[i] * across_q[i]);
            // Two species that make each other are left to the explicit part as well.
            let shared = if determinant > 0.0 { 1.0 } else { 0.0 };
            let per = 1.0 / if determinant > 0.0 { determinant } else { alone };
            (own_p[i], own_q[i]) = (d * per, a * per);
            (other_p[i], other_q[i]) = (shared * across_p[i] * per, shared * across_q[i] * per);
        }
    }
}

#[inline(always)]
fn multiply_all(local: &Local, vector: &mut [f64]) {
    let Local { pairs, singles, from_own, from_other, .. } = local;
    for range in singles {
        for (value, inverse) in vector[range.clone()].iter_mut().zip(&from_own[range.clone()]) {
            *value *= inverse;
        }
    }
    for [first, second] in pairs {
        let [x, y] = both(vector, first, second);
        let (own_p, own_q) = (&from_own[first.clone()], &from_own[second.clone()]);
        let (other_p, other_q) = (&from_other[first.clone()], &from_other[second.clone()]);
        let n = x.len();
        let (y, own_p, own_q) = (&mut y[..n], &own_p[..n], &own_q[..n]);
        let (other_p, other_q) = (&other_p[..n], &other_q[..n]);
        for i in 0..n {
            let (p, q) = (x[i], y[i]);
            x[i] = own_p[i] * p + other_p[i] * q;
            y[i] = own_q[i] * q + other_q[i] * p;
        }
    }
}

/// Two ranges of a vector, of which the first lies before the second.
#[inline(always)]
fn both<'a>(vector: &'a mut [f64], first: &Range<usize>, second: &Range<usize>) -> [&'a mut [f64]; 2] {
    let (before, behind) = vector.split_at_mut(second.start);
    [&mut before[first.clone()], &mut behind[..second.len()]]
}

#[cfg(test)]
mod tests {
    use nnrc_crn::Part;

    use super::*;
    use crate::layout::Layout;
    use crate::plan::{Contribution, Plan};
    use crate::sum::{Access, Factor, Source, Sum};

    /// Two rails p and q that are made and annihilate, and what p makes, x, which uses itself up.
    #[test]
    fn solves_with_what_species_do_to_themselves_and_to_their_partner() {
        let at = |family: usize| Access { base: 3 * family, strides: vec![1] };
        let sum = |target: usize, scale: f64, factors: &[(usize, u32)]| {
            let factor =
                |&(family, power): &(usize, u32)| Factor { source: Source::State, at: at(family), power };
            let factors = factors.iter().map(factor).collect();
            let sum = Sum { sizes: vec![3], distinct: None, target: at(target), scale, factors };
            Contribution { sums: vec![sum], rate_constants: &[], part: Part::Whole }
        };
        let [p, q, x] = [0, 1, 2];
        let sums = [
            sum(p, -100.0, &[(p, 1), (q, 1)]),
            sum(q, -100.0, &[(p, 1), (q, 1)]),
            sum(q, -2.0, &[(q, 1)]),
            sum(x, 3.0, &[(p, 1)]),
            sum(x, -5.0, &[(x, 2)]),
            sum(q, 1.0, &[(x, 1)]),
        ];
        let state = vec![0.5, 1.5, 0.2, 0.3, 0.1, 2.0, 0.7, 0.4, 0.9];
        let plan = Plan::of(sums.into_iter(), false);
        let mut engine =
            Engine::of_parts(Layout::of(&[3, 3, 3], 0), plan, Vec::new(), state.clone(), Vec::new());
        let jacobian = engine.jacobian(&state);
        let mut local = Local::new(&engine);
        let mut locally = Locally { engine: &mut engine, local: &mut local };
        locally.linearise(&state);
        locally.shift(7.0);
        let right: Vec<f64> = (1..10).map(f64::from).collect();
        let mut solution = right.clone();
        locally.solve(&mut solution);
        for (row, right) in right.iter().enumerate() {
            // p and q of one index belong to each other, x to itself.
            let belongs = |column: usize| row % 3 == column % 3 && (row < 6) == (column < 6);
            let product: f64 = (0..9)
                .filter(|column| belongs(*column))
                .map(|column| {
                    (7.0 * f64::from(u8::from(row == column)) - jacobian[row * 9 + column]) * solution[column]
                })
                .sum();
            assert!((product - right).abs() < 1e-12, "{row}: {product} {right}");
        }
    }
}
