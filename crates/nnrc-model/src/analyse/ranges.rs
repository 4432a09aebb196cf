//! Ranges of all values: inputs from what is declared or seen, layers by interval arithmetic.

use crate::activation::Activation;
use crate::interval::Interval;
use crate::model::{Dataset, Node, NodeKind, Operation};

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

/// Pre-activation ranges of a layer: of z, and of the part of z that producing reactions make.
pub struct PreActivation {
    /// z
    pub z: Vec<Interval>,
    /// Its positive part
    pub zp: Vec<Interval>,
}

/// Ranges of the pre-activation of a layer whose sources have their ranges.
pub fn pre_activation(nodes: &[Node], operation: &Operation, sources: &[usize]) -> PreActivation {
    let columns: Vec<Interval> =
        sources.iter().flat_map(|&source| nodes[source].ranges.iter().copied()).collect();
    let sums: Vec<Vec<Interval>> = match operation {
        Operation::Dense { weights, bias } => (0..weights.shape[0])
            .map(|unit| {
                let row = &weights.values[unit * columns.len()..(unit + 1) * columns.len()];
                let mut terms: Vec<Interval> = row.iter().zip(&columns).map(|(w, a)| a.times(*w)).collect();
                terms.extend(bias.iter().map(|bias| Interval::point(bias.values[unit])));
                terms
            })
            .collect(),
        Operation::Add => {
            let width = sources.first().map_or(0, |&source| nodes[source].ranges.len());
            (0..width)
                .map(|unit| sources.iter().map(|&source| nodes[source].ranges[unit]).collect())
                .collect()
        }
        Operation::Concat => columns.into_iter().map(|range| vec![range]).collect(),
    };
    let zero = Interval::point(0.0);
    let total = |terms: &[Interval], part: fn(Interval) -> Interval| {
        terms.iter().fold(zero, |sum, &term| sum.plus(part(term)))
    };
    PreActivation {
        z: sums.iter().map(|terms| total(terms, |term| term)).collect(),
        zp: sums
            .iter()
            .map(|terms| total(terms, |t| Interval::new(t.low.max(0.0), t.high.max(0.0))))
            .collect(),
    }
}

/// Ranges after one activation.
pub fn activated(activation: Activation, pre: &PreActivation) -> Vec<Interval> {
    activation.ranges(&pre.z, &pre.zp)
}

/// Sets the ranges of all layers; inputs have theirs.
pub fn propagate(nodes: &mut [Node]) {
    for at in 0..nodes.len() {
        let NodeKind::Layer { operation, sources, activations } = &nodes[at].kind else { continue };
        let mut pre = pre_activation(nodes, operation, sources);
        for &activation in activations {
            let values = activated(activation, &pre);
            let zp = values.iter().map(|v| Interval::new(v.low.max(0.0), v.high.max(0.0))).collect();
            pre = PreActivation { z: values, zp };
        }
        nodes[at].ranges = pre.z;
    }
}
