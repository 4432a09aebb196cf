//! What is said of an import.

use nnrc_syntax::{Diagnostic, Severity, codes};

use super::mapped;
use super::shares::Shares;
use crate::numbers::short;

pub(super) fn too_large(large: &mapped::TooLarge) -> Diagnostic {
    let mapped::TooLarge { layer, rows, columns } = large;
    let message = format!("the matrix of `{layer}` has {rows} x {columns} numbers");
    Diagnostic::global(Severity::Error, codes::NOT_SERVED, message)
        .label("more than a dense layer is read with")
        .help("use fewer channels or larger strides: until the language has `conv2d`, a convolution is a dense layer")
}

pub(super) fn some_classes(found: usize, classes: usize) -> Diagnostic {
    let message =
        format!("the targets hold {found} classes, and the network tells {classes} apart: which are they?");
    Diagnostic::global(Severity::Error, codes::SHAPE_MISMATCH, message)
        .help("number the classes from 0, as the outputs stand, or give samples of every one")
}

pub(super) fn no_targets() -> Diagnostic {
    Diagnostic::global(Severity::Error, codes::MISSING_ARGUMENT, "fine-tuning needs targets, and the data have none")
        .help("an .npz file has them as the array `t`, or as the one that is named; a table as a column that is named")
}

pub(super) fn pruned_away(layer: &str) -> Diagnostic {
    let message = format!("`{layer}`: every weight is below the one that is asked for, and is 0 now");
    Diagnostic::global(Severity::Warning, codes::OUT_OF_RANGE, message)
        .label("the layer depends on nothing")
        .help("weights are compared as they stand in the file, where scales are folded in: prune less")
}

pub(super) fn other_shares(shares: &Shares) -> Diagnostic {
    let message = "a rational softmax is another function: its shares are no probabilities of the source";
    let (largest, mean, place) = (short(shares.largest), short(shares.mean), shares.place());
    Diagnostic::global(Severity::Warning, codes::UNSUPPORTED_ACTIVATION, message)
        .label(format!("off by up to {largest} {place}, {mean} on average; the class is the same"))
}

pub(super) fn no_softmax() -> Diagnostic {
    let message = "the file ends in no softmax that could become a rational one";
    Diagnostic::global(Severity::Warning, codes::UNUSED_NAME, message).label("changes nothing")
}

pub(super) fn unknown_range(input: &str) -> Diagnostic {
    let message = format!("nothing says which values `{input}` has: it is taken to be in [0, 1]");
    Diagnostic::global(Severity::Warning, codes::INPUT_OUT_OF_RANGE, message)
        .label("the range decides which signals need two rails")
        .help("give the data that the network is for, or the range")
}

pub(super) fn another_function(layer: &str, source: nnrc_import::Activation) -> Diagnostic {
    let message =
        format!("`{layer}`: `{source}` becomes `elu(h)`, which is another function for negative values");
    Diagnostic::global(Severity::Warning, codes::UNSUPPORTED_ACTIVATION, message)
        .label("off by up to 0.2037")
        .help("train on through the chemistry's own function, or train the source with another activation")
}
