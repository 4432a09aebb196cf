//! What a model file says about its simulation, as constants of the generated program.

use crate::settings::Method;

/// Defaults of the verb `simulate`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defaults {
    /// End of the time course, in time units; none: when all has settled.
    pub until: Option<f64>,
    /// Rows of the time course.
    pub points: usize,
    /// Time between two rows, where that counts instead of their number.
    pub every: Option<f64>,
    /// Names of the quantities that are shown; none: all.
    pub record: Option<&'static [&'static str]>,
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance, in concentration units.
    pub absolute: f64,
    /// How to step through time.
    pub method: Method,
}

impl Defaults {
    /// Those of a file that says nothing.
    pub const NONE: Self = Self {
        until: None,
        points: 201,
        every: None,
        record: None,
        relative: 1e-7,
        absolute: 1e-10,
        method: Method::Auto,
    };
}
