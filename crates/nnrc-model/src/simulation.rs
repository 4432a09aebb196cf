//! What the `simulate` block says.

use nnrc_syntax::Span;

/// How a time course is integrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The integrator chooses.
    Auto,
    /// Explicit Runge–Kutta.
    Explicit,
    /// Rosenbrock with the layered Jacobian.
    Rosenbrock,
    /// Explicit, with the weights of a pot that learns in steps of their own.
    Multirate,
}

/// The `simulate` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// End time, in time units.
    pub until: Option<f64>,
    /// Nodes to record; none: inputs and layers.
    pub record: Option<Vec<usize>>,
    /// Time between two rows of the output.
    pub every: Option<f64>,
    /// Number of rows of the output.
    pub points: Option<usize>,
    /// Values of the inputs.
    pub input: Option<Vec<f64>>,
    /// Integrator.
    pub method: Method,
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance.
    pub absolute: f64,
    /// Whether the start is the fixed point.
    pub settled: bool,
    /// Where the method is written, if it is.
    pub method_span: Option<Span>,
}
