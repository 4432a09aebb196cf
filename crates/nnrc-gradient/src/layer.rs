//! Activations of a strip of units, and what goes back through them.

use nnrc_dispatch::dispatched;
use nnrc_model::activation::{Activation, Map, Pointwise};

use crate::graph::Node;
use crate::lanes::Laned;
use crate::panels::{Lines, columns_in};

/// What a strip of units keeps of the way forward, for the way back: matrices [sample, unit].
#[derive(Debug)]
pub(crate) struct Trace<R> {
    /// What each activation is applied to.
    pub inputs: Vec<Lines<R>>,
    /// dy/dz of each activation that is not joint.
    pub slopes: Vec<Lines<R>>,
    /// dy/dzp of each activation that depends on production.
    pub production: Vec<Lines<R>>,
    /// The sources of a dense layer one after another, where there are several.
    pub taken: Lines<R>,
}

impl<R: Laned> Trace<R> {
    /// Room for a strip of some panels.
    pub fn new(node: &Node, panels: usize, rows: usize) -> Self {
        let each = |wanted: &dyn Fn(&Activation) -> bool| {
            let room = |one: &Activation| Lines::zeros(if wanted(one) { panels * rows } else { 0 });
            node.activations().iter().map(room).collect()
        };
        let taken = match node.dense() {
            Some(dense) if node.sources().len() > 1 => dense.columns.div_ceil(R::LANES) * rows,
            Some(_) | None => 0,
        };
        Self {
            inputs: each(&|_| true),
            slopes: each(&|_| true),
            production: each(&|one| one.depends_on_production()),
            taken: Lines::zeros(taken),
        }
    }
}

/// The part of each pre-activation of a dense layer that is produced: the terms above 0. Signals count as held by one
/// rail; a second rail that annihilation keeps at about 1/k would change the value by terms of 1/k².
pub(crate) fn produced<R: Laned>(
    x: &[&[R::Lanes]],
    rows: usize,
    columns: usize,
    (w, b): (&[R::Lanes], &[R::Lanes]),
    zp: &mut [R::Lanes],
) {
    for ((zp, b), w) in zp.chunks_exact_mut(rows).zip(b).zip(w.chunks_exact(columns.max(1))) {
        zp.fill(R::lanes(|lane| b[lane].positive()));
        let panels = x.iter().flat_map(|segment| segment.chunks_exact(rows));
        for (x, w) in panels.zip(w.chunks(R::LANES)) {
            for (zp, x) in zp.iter_mut().zip(x) {
                for (input, w) in w.iter().enumerate() {
                    for lane in 0..R::LANES {
                        zp[lane] += (w[lane] * x[input]).positive();
                    }
                }
            }
        }
    }
}

/// Applies the activation at `stage`: `z` becomes `y`, and the trace keeps the slopes. `zp` is what produces each
/// pre-activation, where the activation depends on it.
pub(crate) fn activate<R: Laned>(
    (activation, width, rows): (Activation, usize, usize),
    stage: usize,
    z: &[R::Lanes],
    zp: &[R::Lanes],
    y: &mut [R::Lanes],
    (slopes, production): (&mut Vec<Lines<R>>, &mut Vec<Lines<R>>),
) {
    let slopes = &mut slopes[stage][..z.len()];
    activation.with(|function| match function.map() {
        Map::Pointwise(one) if 2 * width <= R::LANES && rows > 1 => {
            activate_narrow::<R>(one, (width, rows), z, y, slopes);
        }
        Map::Pointwise(one) => R::activate(one, z, y, slopes),
        Map::Produced(one) => {
            let production = &mut production[stage][..z.len()];
            for at in 0..z.len() {
                for lane in 0..R::LANES {
                    let (z, zp) = (z[at][lane].wide(), zp[at][lane].wide());
                    y[at][lane] = R::of(one.value(z, zp));
                    slopes[at][lane] = R::of(one.slope(z, zp));
                    production[at][lane] = R::of(one.slope_of_production(z, zp));
                }
            }
        }
        Map::Joint(all) => {
            let mut rails = vec![(0.0, 0.0); width];
            for sample in 0..rows {
                for (unit, rail) in rails.iter_mut().enumerate() {
                    let z = z[unit / R::LANES * rows + sample][unit % R::LANES].wide();
                    *rail = (z.max(0.0), (-z).max(0.0));
                }
                for (unit, value) in all.values(&rails).into_iter().enumerate() {
                    y[unit / R::LANES * rows + sample][unit % R::LANES] = R::of(value);
                }
            }
        }
    });
}

/// A narrow layer leaves most lanes of a line empty, and roots and quotients cost as much there: several samples share a
/// line.
fn activate_narrow<R: Laned>(
    one: &dyn Pointwise,
    (width, rows): (usize, usize),
    z: &[R::Lanes],
    y: &mut [R::Lanes],
    slopes: &mut [R::Lanes],
) {
    /// Lines that go through together.
    const LINES: usize = 8;
    let per = R::LANES / width;
    for start in (0..rows).step_by(LINES * per) {
        let here = start..rows.min(start + LINES * per);
        let lines = here.len().div_ceil(per);
        let mut packed = [R::ZEROS; LINES];
        let (mut values, mut rises) = (packed, packed);
        for (packed, z) in packed.iter_mut().zip(z[here.clone()].chunks(per)) {
            for (place, z) in z.iter().enumerate() {
                for unit in 0..width {
                    packed[place * width + unit] = z[unit];
                }
            }
        }
        R::activate(one, &packed[..lines], &mut values[..lines], &mut rises[..lines]);
        let parts = y[here.clone()].chunks_mut(per).zip(slopes[here].chunks_mut(per));
        for ((values, rises), (y, slopes)) in values.iter().zip(&rises).zip(parts) {
            for (place, (y, slope)) in y.iter_mut().zip(slopes).enumerate() {
                for unit in 0..width {
                    y[unit] = values[place * width + unit];
                    slope[unit] = rises[place * width + unit];
                }
            }
        }
    }
}

/// dL/dy becomes dL/dz for a joint activation.
pub(crate) fn pull_joint<R: Laned>(
    (activation, width, rows): (Activation, usize, usize),
    z: &[R::Lanes],
    y: &[R::Lanes],
    d: &mut [R::Lanes],
) {
    activation.with(|function| {
        let Map::Joint(all) = function.map() else { return };
        let row = |values: &[R::Lanes], sample: usize| -> Vec<f64> {
            (0..width).map(|unit| values[unit / R::LANES * rows + sample][unit % R::LANES].wide()).collect()
        };
        for sample in 0..rows {
            let pulled = all.pull_back(&row(z, sample), &row(y, sample), &row(d, sample));
            for (unit, pulled) in pulled.into_iter().enumerate() {
                d[unit / R::LANES * rows + sample][unit % R::LANES] = R::of(pulled);
            }
        }
    });
}

#[inline(always)]
fn multiply<R: Laned>(d: &mut [R::Lanes], slopes: &[R::Lanes]) {
    for (d, slope) in d.iter_mut().zip(slopes) {
        for lane in 0..R::LANES {
            d[lane] *= slope[lane];
        }
    }
}

dispatched! {
    /// dL/dy becomes dL/dz for an activation of single units.
    pub(crate) fn pull<R: Laned>(d: &mut [R::Lanes], slopes: &[R::Lanes]) = multiply::<R>(d, slopes);
}

/// Makes what stands beyond the last unit 0, where slopes may be no numbers. `own` are the panels of the strip.
pub(crate) fn clear_beyond<R: Laned>(
    d: &mut [R::Lanes],
    rows: usize,
    width: usize,
    own: &std::ops::Range<usize>,
) {
    let Some(last) = own.clone().last() else { return };
    let inside = columns_in::<R>(last, width);
    if inside < R::LANES {
        let start = (last - own.start) * rows;
        d[start..start + rows]
            .iter_mut()
            .for_each(|d| R::flat_mut(std::slice::from_mut(d))[inside..].fill(R::ZERO));
    }
}
