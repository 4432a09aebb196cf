//! The members of a pair of families over macro steps: taken out of the state, advanced, summed up, put back.

use nnrc_sim::elementary::exp;

use super::flow::{self, Row, Span};
use super::lumped::Places;
use super::structure::Pair;
use crate::layout::Layout;
use crate::loops::axpy;

/// A pair with its places, its active columns side by side, and what it sums up to.
pub(super) struct Work {
    pub pair: Pair,
    pub places: Places,
    /// Starts of the rails in the whole state.
    pub starts: [usize; 2],
    active: Vec<usize>,
    /// For each column how long it has been idle.
    pub idle: Vec<f64>,
    /// For each column: its values in `Held`, one held column after the other, in all columns.
    columns: Vec<Vec<f64>>,
    /// The same in the active columns.
    held: Vec<Vec<f64>>,
    /// For each held column that is read and each production: the product of both.
    pub weights: Vec<Vec<Vec<f64>>>,
    /// Rails before and after a macro step, active columns only.
    pub before: [Vec<f64>; 2],
    pub after: [Vec<f64>; 2],
    made: [Vec<f64>; 4],
    /// Sums at the beginning and at the end of the macro step.
    pub now: Vec<Sums>,
    pub next: Vec<Sums>,
}

/// What a held column that is read sums up to, row by row.
#[derive(Default)]
pub(super) struct Sums {
    pub rails: [Vec<f64>; 2],
    pub forcing: Vec<f64>,
    pub drain: Vec<f64>,
    pub made: Vec<Vec<f64>>,
}

impl Work {
    pub fn new(pair: Pair, places: Places, layout: &Layout) -> Self {
        let (rows, columns, kinds) = (pair.rows, pair.columns, pair.held.len());
        let room = || Vec::with_capacity(rows * columns);
        let sums = || -> Vec<Sums> {
            let rows = || vec![0.0; rows];
            (places.forcing.iter())
                .map(|forcing| match forcing {
                    None => Sums::default(),
                    Some(_) => Sums {
                        rails: [rows(), rows()],
                        forcing: rows(),
                        drain: rows(),
                        made: pair.productions.iter().map(|_| rows()).collect(),
                    },
                })
                .collect()
        };
        Self {
            starts: pair.families.map(|family| layout.state[family].start),
            active: Vec::with_capacity(columns),
            idle: vec![0.0; columns],
            columns: vec![vec![0.0; columns]; kinds],
            held: vec![Vec::with_capacity(columns); kinds],
            weights: vec![vec![Vec::with_capacity(columns); pair.productions.len()]; kinds],
            before: [room(), room()],
            after: [room(), room()],
            made: [vec![0.0; columns], vec![0.0; columns], vec![0.0; columns], vec![0.0; columns]],
            now: sums(),
            next: sums(),
            pair,
            places,
        }
    }

    /// Takes the active columns out of the state, and sums them up.
    pub fn gather(&mut self, state: &[f64], constants: &[f64]) {
        let (rows, columns) = (self.pair.rows, self.pair.columns);
        for (held, values) in self.pair.held.iter().zip(&mut self.columns) {
            held.fill(constants, values);
        }
        self.active.clear();
        let is_active = |column: &usize| self.columns.iter().any(|values| values[*column] != 0.0);
        self.active.extend((0..columns).filter(is_active));
        for (held, values) in self.held.iter_mut().zip(&self.columns) {
            held.clear();
            held.extend(self.active.iter().map(|&column| values[column]));
        }
        for (held, of_held) in self.weights.iter_mut().enumerate() {
            for (weights, production) in of_held.iter_mut().zip(&self.pair.productions) {
                weights.clear();
                let factors = self.held[held].iter().zip(&self.held[production.held]);
                weights.extend(factors.map(|(b, a)| b * a));
            }
        }
        let n = self.active.len();
        for rail in 0..2 {
            self.before[rail].clear();
            for row in 0..rows {
                let from = &state[self.starts[rail] + row * columns..][..columns];
                self.before[rail].extend(self.active.iter().map(|&column| from[column]));
            }
            self.after[rail].clear();
            self.after[rail].resize(rows * n, 0.0);
        }
        let [p, q] = &mut self.before;
        for (at, &column) in self.active.iter().enumerate() {
            if self.idle[column] > 0.0 {
                let span = span(&self.pair, self.idle[column]);
                let (exposure, left) = (flow::exposure(span), exp(-span.decay * span.step));
                for row in 0..rows {
                    let at = row * n + at;
                    (p[at], q[at]) = flow::idle(p[at], q[at], exposure, left);
                }
            }
        }
        for row in 0..rows {
            self.sum_up(row, false);
        }
    }

    pub fn scatter(&mut self, state: &mut [f64], duration: f64) {
        let (rows, columns, n) = (self.pair.rows, self.pair.columns, self.active.len());
        for rail in 0..2 {
            for row in 0..rows {
                let to = &mut state[self.starts[rail] + row * columns..][..columns];
                for (&column, value) in self.active.iter().zip(&self.before[rail][row * n..]) {
                    to[column] = *value;
                }
            }
        }
        for idle in &mut self.idle {
            *idle += duration;
        }
        for &column in &self.active {
            self.idle[column] = 0.0;
        }
    }

    /// Sums of a row, of the members before or after the macro step.
    fn sum_up(&mut self, row: usize, after: bool) {
        let n = self.active.len();
        let (rails, all) = if after { (&self.after, &mut self.next) } else { (&self.before, &mut self.now) };
        let [p, q] = [0, 1].map(|rail: usize| &rails[rail][row * n..(row + 1) * n]);
        let kappa = self.pair.annihilation;
        for (held, sums) in all.iter_mut().enumerate().filter(|(_, sums)| !sums.forcing.is_empty()) {
            let [of_p, of_q, product, drain] = flow::moments(&self.held[held], p, q);
            (sums.rails[0][row], sums.rails[1][row]) = (of_p, of_q);
            (sums.forcing[row], sums.drain[row]) = (kappa * product, kappa * kappa * drain);
            for (at, production) in self.pair.productions.iter().enumerate() {
                let other = [q, p][production.rail];
                sums.made[at][row] = kappa * production.rate * flow::product(&self.weights[held][at], other);
            }
        }
    }

    /// Takes all rows over a macro step; the largest error relative to the tolerances.
    pub fn advance(
        &mut self,
        step: f64,
        (middle, end): (&[f64], &[f64]),
        (relative, absolute): (f64, f64),
    ) -> f64 {
        let n = self.active.len();
        let span = span(&self.pair, step);
        let mut largest: f64 = 0.0;
        for row in 0..self.pair.rows {
            for (at, made) in self.made.iter_mut().enumerate() {
                let (rail, lumped) = (at % 2, [middle, end][at / 2]);
                made[..n].fill(0.0);
                for (production, &gain) in self.pair.productions.iter().zip(&self.places.gains) {
                    if production.rail == rail {
                        let amount = production.rate * lumped[gain + row];
                        axpy(amount, &self.held[production.held], &mut made[..n]);
                    }
                }
            }
            let [pm, qm, pe, qe] = &self.made;
            let (first, second) = self.after.split_at_mut(1);
            let range = row * n..(row + 1) * n;
            let error = flow::advance(
                span,
                Row {
                    before: [&self.before[0][range.clone()], &self.before[1][range.clone()]],
                    middle: [&pm[..n], &qm[..n]],
                    end: [&pe[..n], &qe[..n]],
                    after: [&mut first[0][range.clone()], &mut second[0][range]],
                },
                (relative, absolute),
            );
            if error.is_nan() {
                return error;
            }
            largest = largest.max(error);
            self.sum_up(row, true);
            for (sums, next) in self.places.sums.iter().zip(&self.next) {
                for (rail, sum) in sums.iter().enumerate() {
                    if let Some(sum) = sum {
                        let exact = next.rails[rail][row];
                        let scale = absolute + relative * exact.abs();
                        largest = largest.max((end[sum + row] - exact).abs() / scale);
                    }
                }
            }
        }
        largest
    }

    pub fn catch_up(&mut self, state: &mut [f64]) {
        self.caught_up(state);
        self.idle.fill(0.0);
    }

    pub fn caught_up(&self, state: &mut [f64]) {
        let (rows, columns) = (self.pair.rows, self.pair.columns);
        let [p, q] = self.starts;
        for (column, &time) in self.idle.iter().enumerate() {
            if time > 0.0 {
                let span = span(&self.pair, time);
                let (exposure, left) = (flow::exposure(span), exp(-span.decay * span.step));
                for row in 0..rows {
                    let (p, q) = (p + row * columns + column, q + row * columns + column);
                    (state[p], state[q]) = flow::idle(state[p], state[q], exposure, left);
                }
            }
        }
    }
}

fn span(pair: &Pair, step: f64) -> Span {
    Span { annihilation: pair.annihilation, decay: pair.decay, step }
}
