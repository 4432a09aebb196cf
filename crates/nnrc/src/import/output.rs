//! What the output of an imported network is.

use nnrc_import::{Activation, Head, Network};
use nnrc_model::output::{OutputKind, is_counted};
use nnrc_model::{Dataset, Targets};
use nnrc_sim::reading::two_values;

/// The network that is imported: with a sigmoid as the function of its last layer, where that is no matter of two
/// classes.
pub(super) fn computed(source: &Network, samples: Option<&Dataset>) -> Network {
    let mut network = source.clone();
    if is_computed(source, samples)
        && let Some(last) = network.layers.last_mut()
    {
        (last.activation, network.head) = (Activation::Sigmoid, Head::Values);
        // Of several labels each may hold.
        network.class_names.clear();
    }
    network
}

/// Whether a sigmoid at the end is a function like any other: of several outputs, or of one that has more than two
/// targets.
fn is_computed(source: &Network, samples: Option<&Dataset>) -> bool {
    let is_plain = source.layers.last().is_some_and(|last| last.activation == Activation::Identity);
    let has_values = samples.is_some_and(|samples| match &samples.targets {
        Targets::None | Targets::Classes { .. } => false,
        Targets::Values { values, .. } => {
            two_values(values).is_none() && values.iter().any(|value| *value != 0.0 && *value != 1.0)
        }
    });
    source.head == Head::Sigmoid && is_plain && (source.output_width() > 1 || has_values)
}

/// What may be said of an output to find out what samples are: nothing, and where nothing else is known that it is
/// values.
pub(super) fn drafts(network: &Network) -> Vec<Option<OutputKind>> {
    match network.head {
        Head::Softmax | Head::LogSoftmax | Head::Logits | Head::BinaryProbability => vec![None],
        Head::Sigmoid if network.output_width() > 1 => vec![Some(OutputKind::Values)],
        Head::Sigmoid | Head::Values => vec![None, Some(OutputKind::Values)],
    }
}

/// What a file says of its output.
pub(super) fn said(network: &Network) -> Option<OutputKind> {
    // Numbers of classes from 0 say nothing: data may name them.
    let names = &network.class_names;
    let names = if is_counted(names) { Vec::new() } else { names.clone() };
    let width = network.output_width();
    let classes = |names| Some(OutputKind::Classes { names });
    let binary = |names: Vec<String>| {
        let names = if names.len() == 2 { names } else { Vec::new() };
        Some(OutputKind::Binary { threshold: Some(0.0), names })
    };
    match network.head {
        Head::Softmax | Head::LogSoftmax => classes(names),
        Head::Logits if width > 1 => classes(names),
        Head::Logits | Head::BinaryProbability => binary(names),
        Head::Sigmoid if width == 1 => binary(names),
        Head::Sigmoid => Some(OutputKind::Values),
        Head::Values if network.class_names.len() == width => classes(names),
        Head::Values => None,
    }
}

/// What samples say of an output of which the file says nothing: with two classes one number is a logit, unless the
/// border between the targets tells them apart better.
pub(super) fn seen(network: &Network, samples: &Dataset) -> Option<OutputKind> {
    match &samples.targets {
        Targets::Classes { .. } if network.output_width() > 1 => {
            Some(OutputKind::Classes { names: Vec::new() })
        }
        Targets::Classes { labels, .. } => Some(logit(network, samples, labels)),
        Targets::Values { width: 1, values } if network.output_width() == 1 => {
            let (low, _) = two_values(values)?;
            let labels: Vec<usize> = values.iter().map(|value| usize::from(*value != low)).collect();
            Some(logit(network, samples, &labels))
        }
        Targets::None | Targets::Values { .. } => None,
    }
}

/// One output that tells two classes apart.
fn logit(network: &Network, samples: &Dataset, labels: &[usize]) -> OutputKind {
    let right = |threshold: f64| {
        let is_right = |row: usize, label: usize| {
            let raw = samples.scale.as_ref().map(|scale| scale.undo(samples.input(row)));
            let output = network.logits(raw.as_deref().unwrap_or(samples.input(row)));
            usize::from(output.first().is_some_and(|y| *y > threshold)) == label
        };
        labels.iter().enumerate().filter(|&(row, &label)| is_right(row, label)).count()
    };
    let threshold = if right(0.5) > right(0.0) { 0.5 } else { 0.0 };
    OutputKind::Binary { threshold: Some(threshold), names: Vec::new() }
}
