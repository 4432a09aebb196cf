//! How near, and from where.

/// How near the outputs are to come, and from where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settle {
    /// How far an output may be from its rest, as a number of the file.
    pub within: f64,
    /// Where the variables are at time 0.
    pub start: Start,
}

/// Where the variables are at time 0. Inputs are held from then on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Start {
    /// At the initial concentrations of the file.
    File,
    /// Anywhere in the class of the totals where no concentration is negative and none that changes is above `most`, which may
    /// be infinite.
    Any {
        /// The largest concentration at the start.
        most: f64,
    },
}
