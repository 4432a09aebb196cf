//! `fold_scale = true`: the scale of the data becomes part of the dense layers behind the inputs, so that the pot
//! takes raw measurements.
//!
//! A layer computes z = W s + b of scaled values s = (x − shift) · factor + start of measurements x. Sorted by x,
//!
//! ```text
//! z = (W · factor) x + (b + W · (start − shift · factor))
//! ```
//!
//! with shift, factor and start column by column: another matrix and another bias for the same values.

use std::collections::BTreeMap;

use nnrc_syntax::{Diagnostic, Span, codes};

use crate::skeleton::{DraftKind, DraftOperation, Skeleton};
use crate::value::Scope;
use nnrc_model::Tensor;
use nnrc_model::interval::Interval;
use nnrc_model::{Construction, Dataset, Node, NodeKind, Operation};
use nnrc_sim::scaling::{ColumnScale, Scaling};

/// The scale to fold, where it can be folded; what stands against it is reported. `span` is where it is asked for.
pub fn scale(
    scope: &mut Scope,
    span: Span,
    construction: Construction,
    skeleton: &Skeleton,
    datasets: &BTreeMap<String, Dataset>,
) -> Option<Scaling> {
    if !construction.is_fixed_point() {
        let message = format!("`fold_scale` is for networks that compute, not for `{}`", construction.name());
        scope.report(
            Diagnostic::error(codes::RULE_MISMATCH, span, message)
                .label("the weights behind the inputs change while the pot learns")
                .help(format!(
                    "leave it out, or compile what was learned: {} with {}",
                    (scope.words.setting)("chemistry.construction", "fixed_point"),
                    scope.words.weights
                )),
        );
        return None;
    }
    let mut scaled = datasets.iter().filter_map(|(name, data)| Some((name, data, data.scale.as_ref()?)));
    let Some((first, _, scaling)) = scaled.next() else {
        scope.report(
            Diagnostic::error(codes::MISSING_ARGUMENT, span, "there is no scale to fold")
                .label("no data set of the file has `scale`")
                .help("leave the line out: the network takes measurements as they are"),
        );
        return None;
    };
    for (name, data) in datasets {
        if data.scale.as_ref() != Some(scaling) {
            scope.report(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    span,
                    format!(
                        "`{name}` is scaled in another way than `{first}`, and one network folds one scale"
                    ),
                )
                .label("which of the two?")
                .other(data.span, "this one differs")
                .help("leave one of the data sets out of the file"),
            );
            return None;
        }
    }
    if scaling.columns.iter().any(|column| column.clip.is_some()) {
        scope.report(
            Diagnostic::error(
                codes::WRONG_TYPE,
                span,
                "what clips is no matrix, and cannot be folded into one",
            )
            .label("the scale has `clip = true`")
            .help("leave `clip` out: measurements outside the training rows then go beyond its ends"),
        );
        return None;
    }
    for layer in &skeleton.nodes {
        let DraftKind::Layer { operation, sources, .. } = &layer.kind else { continue };
        let mut sources = sources.iter().map(|&at| &skeleton.nodes[at]);
        let input = sources.find(|node| matches!(node.kind, DraftKind::Input { .. }));
        if let (Some(input), DraftOperation::Add | DraftOperation::Concat) = (input, operation) {
            scope.report(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    span,
                    format!(
                        "`{}` takes the input `{}` as it is: it has no matrix to fold a scale into",
                        layer.name, input.name
                    ),
                )
                .label("needs a dense layer behind every input")
                .other(layer.span, "takes an input without one"),
            );
            return None;
        }
    }
    Some(scaling.clone())
}

/// Folds a scale into the dense layers behind the inputs.
pub fn fold(nodes: &mut [Node], scaling: &Scaling) {
    let mut starts = vec![None; nodes.len()];
    let mut next = 0;
    for (node, start) in nodes.iter().zip(&mut starts).filter(|(node, _)| node.kind == NodeKind::Input) {
        *start = Some(next);
        next += node.width();
    }
    let widths: Vec<usize> = nodes.iter().map(Node::width).collect();
    for node in nodes.iter_mut() {
        let NodeKind::Layer { operation: Operation::Dense { weights, bias }, sources, .. } = &mut node.kind
        else {
            continue;
        };
        // For each column of the matrix, the column of the data that it reads.
        let read: Vec<Option<ColumnScale>> = sources
            .iter()
            .flat_map(|&source| (0..widths[source]).map(move |at| (source, at)))
            .map(|(source, at)| starts[source].map(|start| scaling.columns[start + at]))
            .collect();
        let rows = weights.values.chunks_exact_mut(read.len().max(1));
        let mut shifts = Vec::with_capacity(rows.len());
        for row in rows {
            let mut shift = 0.0;
            for (weight, column) in row.iter_mut().zip(&read) {
                if let Some(column) = column {
                    shift += *weight * (column.start - column.shift * column.factor);
                    *weight *= column.factor;
                }
            }
            shifts.push(shift);
        }
        if shifts.iter().any(|shift| *shift != 0.0) {
            let bias = bias
                .get_or_insert_with(|| Tensor { shape: vec![shifts.len()], values: vec![0.0; shifts.len()] });
            bias.values.iter_mut().zip(shifts).for_each(|(bias, shift)| *bias += shift);
        }
    }
}

/// The range of the measurements of a column whose scaled values have the range `declared`; `seen` are its
/// measurements, which lie within up to rounding.
pub fn measured(declared: Interval, column: ColumnScale, seen: impl Iterator<Item = f64>) -> Interval {
    let ends = [declared.low, declared.high].map(|end| column.undo(end));
    Interval::hull(ends.into_iter().chain(seen))
}
