//! Blocks of the way to a fixed point: species that depend on each other at equal index only, where everything else has
//! come to rest.
//!
//! Within a block each reaction is a flow (its rate constant times what stands still) times a product of powers of
//! the block's own species. [`quadratic`] is the block of one species with powers up to 2, whose fixed point is a root
//! in closed form; [`Block`] is any other.

use crate::lu;
use crate::steady_state::{NewtonSystem, steady_state};

/// The reactions of a block of `M` species, `T` of them.
#[derive(Debug, Clone, Copy)]
pub struct Block<const M: usize, const T: usize> {
    /// Powers of the species in each reaction.
    pub powers: [[u32; M]; T],
    /// What each reaction changes.
    pub changes: [[f64; M]; T],
    /// Conserved totals: the species whose equation each one takes, and its coefficients.
    pub laws: &'static [(usize, [f64; M])],
}

/// x' = flows\[0\] + flows\[1\] x + flows\[2\] x² at rest: the root that is positive and stable. False if there is none.
pub fn quadratic<const N: usize>(flows: &[[f64; N]; 3], values: &mut [f64; N]) -> bool {
    let [inflow, growth, quench] = flows;
    for i in 0..N {
        let root = (growth[i] * growth[i] - 4.0 * quench[i] * inflow[i]).sqrt();
        // Of the two forms of the root the one that does not cancel.
        let shrinks = growth[i] <= 0.0;
        let above = if shrinks { 2.0 * inflow[i] } else { root + growth[i] };
        let below = if shrinks { root - growth[i] } else { -2.0 * quench[i] };
        values[i] = above / below;
    }
    values.iter().fold(true, |all, x| all & (0.0..f64::INFINITY).contains(x))
}

/// Turns dL/dx into dL/df, f the flow of one molecule into each block of [`quadratic`]. False if a block does not come
/// back when it is disturbed.
pub fn quadratic_adjoint<const N: usize>(
    flows: &[[f64; N]; 3],
    values: &[f64; N],
    adjoint: &mut [f64; N],
) -> bool {
    let [_, growth, quench] = flows;
    for i in 0..N {
        adjoint[i] /= -(growth[i] + 2.0 * quench[i] * values[i]);
    }
    adjoint.iter().fold(true, |all, d| all & d.is_finite())
}

impl<const M: usize, const T: usize> Block<M, T> {
    /// Finds the fixed point of each block, from what stands in `families`, which receive it. False if one is not
    /// found.
    pub fn steady_state<const N: usize>(
        &self,
        flows: &[[f64; T]; N],
        mut families: [&mut [f64; N]; M],
    ) -> bool {
        for (at, flows) in flows.iter().enumerate() {
            let mut x = [0.0; M];
            for (x, family) in x.iter_mut().zip(&families) {
                *x = family[at];
            }
            let mut totals = [0.0; M];
            for ((row, law), total) in self.laws.iter().zip(&mut totals) {
                debug_assert!(*row < M);
                *total = law.iter().zip(&x).map(|(c, x)| c * x).sum();
            }
            if !steady_state(&mut AtIndex { block: self, flows, totals }, &mut x, &mut [0.0; M]) {
                return false;
            }
            for (x, family) in x.iter().zip(&mut families) {
                family[at] = *x;
            }
        }
        true
    }

    /// Turns dL/dx into dL/df, f the flow of one molecule into each species. False if a block does not come back
    /// when it is disturbed.
    pub fn adjoint<const N: usize>(
        &self,
        flows: &[[f64; T]; N],
        families: [&[f64; N]; M],
        mut adjoint: [&mut [f64; N]; M],
    ) -> bool {
        let mut finite = true;
        for (at, flows) in flows.iter().enumerate() {
            let x = families.map(|family| family[at]);
            let jacobian = self.jacobian(flows, &x);
            let mut transposed = [[0.0; M]; M];
            for (row, line) in jacobian.iter().enumerate() {
                for (column, element) in line.iter().enumerate() {
                    transposed[column][row] = -element;
                }
            }
            for (row, law) in self.laws {
                for (line, coefficient) in transposed.iter_mut().zip(law) {
                    line[*row] = -coefficient;
                }
            }
            let (mut d, mut pivots) = ([0.0; M], [0; M]);
            for (d, adjoint) in d.iter_mut().zip(&adjoint) {
                *d = adjoint[at];
            }
            lu::factor(transposed.as_flattened_mut(), M, &mut pivots, true);
            lu::solve(transposed.as_flattened(), &pivots, &mut d);
            // The equation of a total has no flow.
            self.laws.iter().for_each(|(row, _)| d[*row] = 0.0);
            finite &= d.iter().all(|d| d.is_finite());
            for (d, adjoint) in d.iter().zip(&mut adjoint) {
                adjoint[at] = *d;
            }
        }
        finite
    }

    fn jacobian(&self, flows: &[f64; T], x: &[f64]) -> [[f64; M]; M] {
        let mut jacobian = [[0.0; M]; M];
        for ((powers, changes), flow) in self.powers.iter().zip(&self.changes).zip(flows) {
            for by in 0..M {
                if powers[by] == 0 {
                    continue;
                }
                let mut slope = *flow * f64::from(powers[by]);
                for (other, x) in x.iter().enumerate() {
                    for _ in 0..powers[other] - u32::from(other == by) {
                        slope *= x;
                    }
                }
                for (line, change) in jacobian.iter_mut().zip(changes) {
                    line[by] += change * slope;
                }
            }
        }
        jacobian
    }
}

/// The block at one index on its way to rest.
struct AtIndex<'a, const M: usize, const T: usize> {
    block: &'a Block<M, T>,
    flows: &'a [f64; T],
    totals: [f64; M],
}

impl<const M: usize, const T: usize> NewtonSystem for AtIndex<'_, M, T> {
    fn derivative(&mut self, x: &[f64], f: &mut [f64]) {
        f.fill(0.0);
        for ((powers, changes), flow) in self.block.powers.iter().zip(&self.block.changes).zip(self.flows) {
            let mut flux = *flow;
            for (x, power) in x.iter().zip(powers) {
                for _ in 0..*power {
                    flux *= x;
                }
            }
            for (f, change) in f.iter_mut().zip(changes) {
                *f += change * flux;
            }
        }
    }

    fn step(&mut self, x: &[f64], shift: f64, f: &mut [f64]) {
        let mut matrix = self.block.jacobian(self.flows, x);
        for (at, line) in matrix.iter_mut().enumerate() {
            *line = line.map(|element| -element);
            line[at] += shift;
        }
        for ((row, law), total) in self.block.laws.iter().zip(&self.totals) {
            matrix[*row] = *law;
            f[*row] = total - law.iter().zip(x).map(|(c, x)| c * x).sum::<f64>();
        }
        let mut pivots = [0; M];
        lu::factor(matrix.as_flattened_mut(), M, &mut pivots, false);
        lu::solve(matrix.as_flattened(), &pivots, f);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_do_not_cancel() {
        // h + z x − x² at both ends of the scale, and a linear block.
        let flows = [[1e-8, 1e-8, 3.0], [50.0, -50.0, -2.0], [-1.0, -1.0, 0.0]];
        let mut values = [0.0; 3];
        assert!(quadratic(&flows, &mut values));
        assert!((values[0] - 50.000_000_000_2).abs() < 1e-12 && (values[1] / 2e-10 - 1.0).abs() < 1e-9);
        assert_eq!(values[2], 1.5);
        assert!(!quadratic(&[[1.0], [1.0], [0.0]], &mut [0.0]));
    }

    /// Two rails: 0 -> P @ 3, 0 -> M @ 1, P -> 0 and M -> 0 @ 1, P + M -> 0 @ 100.
    const RAILS: Block<2, 5> = Block {
        powers: [[0, 0], [0, 0], [1, 0], [0, 1], [1, 1]],
        changes: [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [-1.0, -1.0]],
        laws: &[],
    };

    #[test]
    fn rails_come_to_rest() {
        let flows = [[3.0, 1.0, 1.0, 1.0, 100.0], [0.0, 2.0, 1.0, 1.0, 100.0], [1.0, 1.0, 1.0, 1.0, 1e6]];
        let (mut p, mut m) = ([0.0; 3], [0.0; 3]);
        assert!(RAILS.steady_state(&flows, [&mut p, &mut m]));
        for (at, flow) in flows.iter().enumerate() {
            assert!((p[at] - m[at] - (flow[0] - flow[1])).abs() < 1e-12);
            assert!((flow[0] - p[at] - flow[4] * p[at] * m[at]).abs() < 1e-9);
        }
        // d(p − m)/d inflow is 1 for P and −1 for M.
        let (mut dp, mut dm) = ([1.0; 3], [-1.0; 3]);
        assert!(RAILS.adjoint(&flows, [&p, &m], [&mut dp, &mut dm]));
        assert!(dp.iter().all(|d| (d - 1.0).abs() < 1e-10) && dm.iter().all(|d| (d + 1.0).abs() < 1e-10));
    }

    /// X -> C @ a, C -> X @ b: the total is kept.
    const SWITCH: Block<2, 2> =
        Block { powers: [[1, 0], [0, 1]], changes: [[-1.0, 1.0], [1.0, -1.0]], laws: &[(0, [1.0, 1.0])] };

    #[test]
    fn totals_are_kept() {
        let flows = [[1.0, 3.0]];
        let (mut x, mut c) = ([0.1], [1.9]);
        assert!(SWITCH.steady_state(&flows, [&mut x, &mut c]));
        assert!((x[0] - 1.5).abs() < 1e-14 && (c[0] - 0.5).abs() < 1e-14);
        // x = b / (a + b) · 2, so dx/da = −2 b / (a + b)²; reaction a takes c dL/dx + … per unit of its flow.
        let (mut dx, mut dc) = ([1.0], [0.0]);
        assert!(SWITCH.adjoint(&flows, [&x, &c], [&mut dx, &mut dc]));
        let by_a = x[0] * (dc[0] - dx[0]);
        assert!((by_a + 2.0 * 3.0 / 16.0).abs() < 1e-14, "{by_a}");
    }
}
