//! For what a certificate holds.

/// For which inputs a certificate holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Inputs<'a> {
    /// Every input within the ranges of the model.
    Ranges,
    /// One input.
    Point(&'a [f64]),
}

/// From where a settling time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The initial state of the compiled network.
    File,
    /// Any concentrations that are not negative, with the totals of the network.
    Any,
}
