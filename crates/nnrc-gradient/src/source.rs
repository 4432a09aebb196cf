//! What the adjoint of a source takes from the nodes that read it.

use std::ops::Range;

use crate::kernel::{self, Inputs};
use crate::lanes::Laned;
use crate::panels::columns_in;

/// A node that reads a source, in segments of whole panels.
pub(crate) struct Consumer<'a, R: Laned> {
    /// dL/dz.
    pub d: &'a [&'a [R::Lanes]],
    /// dL/dzp, if its activation depends on production.
    pub through: &'a [&'a [R::Lanes]],
    /// Weights [input, unit], if it has any.
    pub w: &'a [&'a [R::Lanes]],
}

/// A strip of a source.
pub(crate) struct Source<'a, R: Laned> {
    /// Its panels.
    pub own: &'a Range<usize>,
    /// Units of the whole source.
    pub width: usize,
    /// Where the source begins among the inputs of the node that reads it.
    pub first: usize,
    /// Samples.
    pub rows: usize,
    /// Its values.
    pub x: &'a [R::Lanes],
    /// dL/dx.
    pub adjoint: &'a mut [R::Lanes],
}

impl<R: Laned> Source<'_, R> {
    /// What a dense layer does with it.
    pub fn take_from_dense(&mut self, consumer: &Consumer<'_, R>, columns: usize, fresh: bool) {
        let rows = self.rows;
        let strips = self.adjoint.chunks_exact_mut(rows).zip(self.x.chunks_exact(rows));
        for (panel, (adjoint, x)) in self.own.clone().zip(strips) {
            let (first, count) = (self.first + panel * R::LANES, columns_in::<R>(panel, self.width));
            kernel::backward::<R>(consumer.d, consumer.w, Inputs { columns, first, count }, fresh, adjoint);
            for (through, w) in consumer.through.iter().zip(consumer.w) {
                for (through, w) in through.chunks_exact(rows).zip(w.chunks_exact(columns)) {
                    take_from_production::<R>(through, &w[first..first + count], x, adjoint);
                }
            }
        }
    }

    /// What a sum does with it.
    pub fn take_from_sum(&mut self, consumer: &Consumer<'_, R>, fresh: bool) {
        let own = self.own.start * self.rows..self.own.end * self.rows;
        let d = consumer.d.concat();
        if fresh {
            self.adjoint.copy_from_slice(&d[own.clone()]);
        } else {
            add::<R>(self.adjoint, &d[own.clone()]);
        }
        let through = consumer.through.concat();
        let Some(through) = through.get(own) else { return };
        for ((adjoint, through), x) in self.adjoint.iter_mut().zip(through).zip(self.x) {
            for lane in 0..R::LANES {
                adjoint[lane] += if x[lane] > R::ZERO { through[lane] } else { R::ZERO };
            }
        }
    }

    /// What a concatenation does with it.
    pub fn take_from_concatenation(&mut self, consumer: &Consumer<'_, R>, fresh: bool) {
        let d = consumer.d.concat();
        for (panel, adjoint) in self.own.clone().zip(self.adjoint.chunks_exact_mut(self.rows)) {
            for lane in 0..columns_in::<R>(panel, self.width) {
                let column = self.first + panel * R::LANES + lane;
                let from = &d[column / R::LANES * self.rows..(column / R::LANES + 1) * self.rows];
                for (adjoint, from) in adjoint.iter_mut().zip(from) {
                    let before = if fresh { R::ZERO } else { adjoint[lane] };
                    adjoint[lane] = before + from[column % R::LANES];
                }
            }
        }
    }
}

/// What goes through the production of the pre-activations of a panel of units to a panel of inputs with values `x`.
fn take_from_production<R: Laned>(
    through: &[R::Lanes],
    w: &[R::Lanes],
    x: &[R::Lanes],
    adjoint: &mut [R::Lanes],
) {
    for (input, w) in w.iter().enumerate() {
        for ((through, x), adjoint) in through.iter().zip(x).zip(adjoint.iter_mut()) {
            for unit in 0..R::LANES {
                let counts = w[unit] * x[input] > R::ZERO;
                adjoint[input] += if counts { w[unit] * through[unit] } else { R::ZERO };
            }
        }
    }
}

pub(crate) fn add<R: Laned>(target: &mut [R::Lanes], source: &[R::Lanes]) {
    for (target, source) in target.iter_mut().zip(source) {
        for lane in 0..R::LANES {
            target[lane] += source[lane];
        }
    }
}
