//! Ranges of all values: inputs from what is declared or seen, layers by interval arithmetic.

use crate::activation::Rails;
use crate::data::Dataset;
use crate::encoding::or_identity;
use crate::interval::Interval;
use crate::network::{Node, NodeKind, Operation};

/// The range of each input value: declared, else what data and rows hold, else [0, 1].
pub fn input_ranges<'a>(
    widths: &[(usize, Option<Interval>)],
    datasets: impl Iterator<Item = &'a Dataset>,
    rows: impl Iterator<Item = &'a [f64]>,
) -> Vec<Vec<Interval>> {
    let total: usize = widths.iter().map(|(width, _)| width).sum();
    // One range for a whole input: its rails are decided together.
    let mut seen: Vec<Option<Interval>> = vec![None; widths.len()];
    let mut add = |row: &[f64]| {
        let mut rest = row;
        for ((width, _), seen) in widths.iter().zip(&mut seen) {
            let (own, others) = rest.split_at(*width);
            rest = others;
            let bounds = seen.map(|range| [range.low, range.high]);
            *seen = Some(Interval::hull(own.iter().copied().chain(bounds.into_iter().flatten())));
        }
    };
    for data in datasets.filter(|data| data.width == total) {
        (0..data.rows()).for_each(|row| add(data.input(row)));
    }
    rows.filter(|row| row.len() == total).for_each(add);
    widths
        .iter()
        .zip(seen)
        .map(|((width, declared), seen)| vec![declared.or(seen).unwrap_or(Interval::new(0.0, 1.0)); *width])
        .collect()
}

/// Bounds of a layer's pre-activation.
#[derive(Debug, Clone)]
pub struct PreActivation {
    /// Ranges of z.
    pub z: Vec<Interval>,
    /// Upper bounds of what pushes z up, and of what pushes it down, as far as there are two rails.
    pub rails: Vec<Rails>,
}

/// Rails of an input, which holds max(x, 0) and max(−x, 0).
fn input_rails(range: Interval) -> Rails {
    (range.high.max(0.0), (-range.low).max(0.0))
}

/// Ranges of z for a layer whose sources have their ranges.
pub fn pre_activation(nodes: &[Node], operation: &Operation, sources: &[usize]) -> Vec<Interval> {
    let columns: Vec<Interval> =
        sources.iter().flat_map(|&source| nodes[source].ranges.iter().copied()).collect();
    let zero = Interval::point(0.0);
    match operation {
        Operation::Dense { weights, bias } => (0..weights.shape[0])
            .map(|unit| {
                let row = &weights.values[unit * columns.len()..(unit + 1) * columns.len()];
                let bias = bias.as_ref().map_or(zero, |bias| Interval::point(bias.values[unit]));
                row.iter().zip(&columns).fold(bias, |sum, (w, a)| sum.plus(a.times(*w)))
            })
            .collect(),
        Operation::Add => {
            let width = sources.first().map_or(0, |&source| nodes[source].ranges.len());
            let unit =
                |at: usize| sources.iter().fold(zero, |sum, &source| sum.plus(nodes[source].ranges[at]));
            (0..width).map(unit).collect()
        }
        Operation::Concat => columns,
    }
}

/// Rails of z for a layer whose sources have the given rails.
fn drive_rails(rails: &[Vec<Rails>], operation: &Operation, sources: &[usize]) -> Vec<Rails> {
    let columns: Vec<Rails> = sources.iter().flat_map(|&source| rails[source].iter().copied()).collect();
    match operation {
        Operation::Dense { weights, bias } => (0..weights.shape[0])
            .map(|unit| {
                let row = &weights.values[unit * columns.len()..(unit + 1) * columns.len()];
                let bias =
                    bias.as_ref().map_or((0.0, 0.0), |bias| input_rails(Interval::point(bias.values[unit])));
                row.iter().zip(&columns).fold(bias, |(p, m), (w, a)| {
                    if *w >= 0.0 { (p + w * a.0, m + w * a.1) } else { (p - w * a.1, m - w * a.0) }
                })
            })
            .collect(),
        Operation::Add => {
            let width = sources.first().map_or(0, |&source| rails[source].len());
            let unit = |at: usize| {
                sources.iter().fold((0.0, 0.0), |(p, m), &s| (p + rails[s][at].0, m + rails[s][at].1))
            };
            (0..width).map(unit).collect()
        }
        Operation::Concat => columns,
    }
}

/// What each activation of each node is applied to; sets the ranges of all layers, inputs have theirs.
pub fn propagate(nodes: &mut [Node]) -> Vec<Vec<PreActivation>> {
    let mut rails: Vec<Vec<Rails>> = Vec::new();
    let mut all = Vec::new();
    for at in 0..nodes.len() {
        let NodeKind::Layer { operation, sources, activations } = &nodes[at].kind else {
            rails.push(nodes[at].ranges.iter().map(|range| input_rails(*range)).collect());
            all.push(Vec::new());
            continue;
        };
        let mut pre = PreActivation {
            z: pre_activation(nodes, operation, sources),
            rails: drive_rails(&rails, operation, sources),
        };
        let mut applied = Vec::new();
        for activation in or_identity(activations) {
            let bounds: Vec<(Interval, Rails)> = pre
                .z
                .iter()
                .zip(&pre.rails)
                .map(|(z, rails)| (activation.range(*z, rails.0), activation.rail_bounds(*z, *rails)))
                .collect();
            let (z, rails) = bounds.into_iter().unzip();
            applied.push(std::mem::replace(&mut pre, PreActivation { z, rails }));
        }
        rails.push(pre.rails);
        nodes[at].ranges = pre.z;
        all.push(applied);
    }
    all
}
