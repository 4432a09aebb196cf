//! Activations of a strip of units, and what goes back through them.

use nnrc_dispatch::dispatched;
use nnrc_model::activation::{Activation, Map};
use nnrc_model::lanes::{LANES, Lanes};

use crate::graph::Node;
use crate::panels::{Eights, columns_in};

/// What a strip of units keeps of the way forward, for the way back: matrices [sample, unit].
#[derive(Debug)]
pub(crate) struct Trace {
    /// What each activation is applied to.
    pub inputs: Vec<Eights>,
    /// dy/dz of each activation that is not joint.
    pub slopes: Vec<Eights>,
    /// dy/dzp of each activation that depends on production.
    pub production: Vec<Eights>,
    /// The sources of a dense layer one after another, where there are several.
    pub taken: Eights,
}

impl Trace {
    /// Room for a strip of some panels.
    pub fn new(node: &Node, panels: usize, rows: usize) -> Self {
        let each = |wanted: &dyn Fn(&Activation) -> bool| {
            let room = |one: &Activation| Eights::zeros(if wanted(one) { panels * rows } else { 0 });
            node.activations().iter().map(room).collect()
        };
        let taken = match node.dense() {
            Some(dense) if node.sources().len() > 1 => dense.columns.div_ceil(LANES) * rows,
            Some(_) | None => 0,
        };
        Self {
            inputs: each(&|_| true),
            slopes: each(&|_| true),
            production: each(&|one| one.depends_on_production()),
            taken: Eights::zeros(taken),
        }
    }
}

/// The part of each pre-activation of a dense layer that is produced: the terms above 0. Signals count as held by one
/// rail; a second rail that annihilation keeps at about 1/k would change the value by terms of 1/k².
pub(crate) fn produced(
    x: &[&[Lanes]],
    rows: usize,
    columns: usize,
    (w, b): (&[Lanes], &[Lanes]),
    zp: &mut [Lanes],
) {
    for ((zp, b), w) in zp.chunks_exact_mut(rows).zip(b).zip(w.chunks_exact(columns.max(1))) {
        zp.fill(b.map(|b| b.max(0.0)));
        let panels = x.iter().flat_map(|segment| segment.chunks_exact(rows));
        for (x, w) in panels.zip(w.chunks(LANES)) {
            for (zp, x) in zp.iter_mut().zip(x) {
                for (w, x) in w.iter().zip(x) {
                    for lane in 0..LANES {
                        zp[lane] += (w[lane] * x).max(0.0);
                    }
                }
            }
        }
    }
}

/// Applies the activation at `stage`: `z` becomes `y`, and the trace keeps the slopes. `zp` is what produces each
/// pre-activation, where the activation depends on it.
pub(crate) fn activate(
    (activation, width, rows): (Activation, usize, usize),
    stage: usize,
    z: &[Lanes],
    zp: &[Lanes],
    y: &mut [Lanes],
    (slopes, production): (&mut Vec<Eights>, &mut Vec<Eights>),
) {
    let slopes = &mut slopes[stage][..z.len()];
    activation.with(|function| match function.map() {
        Map::Pointwise(one) => one.block(z, y, slopes),
        Map::Produced(one) => {
            let production = &mut production[stage][..z.len()];
            for at in 0..z.len() {
                for lane in 0..LANES {
                    let (z, zp) = (z[at][lane], zp[at][lane]);
                    y[at][lane] = one.value(z, zp);
                    slopes[at][lane] = one.slope(z, zp);
                    production[at][lane] = one.slope_of_production(z, zp);
                }
            }
        }
        Map::Joint(all) => {
            let mut rails = vec![(0.0, 0.0); width];
            for sample in 0..rows {
                for (unit, rail) in rails.iter_mut().enumerate() {
                    let z = z[unit / LANES * rows + sample][unit % LANES];
                    *rail = (z.max(0.0), (-z).max(0.0));
                }
                for (unit, value) in all.values(&rails).into_iter().enumerate() {
                    y[unit / LANES * rows + sample][unit % LANES] = value;
                }
            }
        }
    });
}

/// dL/dy becomes dL/dz for a joint activation.
pub(crate) fn pull_joint(
    (activation, width, rows): (Activation, usize, usize),
    z: &[Lanes],
    y: &[Lanes],
    d: &mut [Lanes],
) {
    activation.with(|function| {
        let Map::Joint(all) = function.map() else { return };
        let row = |values: &[Lanes], sample: usize| -> Vec<f64> {
            (0..width).map(|unit| values[unit / LANES * rows + sample][unit % LANES]).collect()
        };
        for sample in 0..rows {
            let pulled = all.pull_back(&row(z, sample), &row(y, sample), &row(d, sample));
            for (unit, pulled) in pulled.into_iter().enumerate() {
                d[unit / LANES * rows + sample][unit % LANES] = pulled;
            }
        }
    });
}

#[inline(always)]
fn multiply(d: &mut [Lanes], slopes: &[Lanes]) {
    for (d, slope) in d.iter_mut().zip(slopes) {
        for lane in 0..LANES {
            d[lane] *= slope[lane];
        }
    }
}

dispatched! {
    /// dL/dy becomes dL/dz for an activation of single units.
    pub(crate) fn pull(d: &mut [Lanes], slopes: &[Lanes]) = multiply(d, slopes);
}

/// Makes what stands beyond the last unit 0, where slopes may be no numbers. `own` are the panels of the strip.
pub(crate) fn clear_beyond(d: &mut [Lanes], rows: usize, width: usize, own: &std::ops::Range<usize>) {
    let Some(last) = own.clone().last() else { return };
    let inside = columns_in(last, width);
    if inside < LANES {
        let start = (last - own.start) * rows;
        d[start..start + rows].iter_mut().for_each(|d| d[inside..].fill(0.0));
    }
}
