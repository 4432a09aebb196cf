//! Why the program stops before its time.

use super::usage::Usage;
use crate::error::Error;

/// A sentence for the user, and the exit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong.
    pub message: String,
    /// 1: wrong usage or a file that does not fit; 5: the pot does not settle; 6: the solver failed; 7: training
    /// diverged.
    pub exit: u8,
}

/// The pot does not settle.
const NOT_SETTLED: u8 = 5;
/// The solver failed.
const SOLVER_FAILED: u8 = 6;
/// Training diverged.
const DIVERGED: u8 = 7;

impl Failure {
    /// Training diverged.
    pub fn diverged(message: String) -> Self {
        Self { message, exit: DIVERGED }
    }

    /// The same with words before it.
    #[must_use]
    pub fn context(self, words: &str) -> Self {
        Self { message: format!("{words}: {}", self.message), ..self }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self { message, exit: 1 }
    }
}

impl From<Usage> for Failure {
    fn from(slip: Usage) -> Self {
        slip.to_string().into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = if matches!(error, Error::NotSettled { .. }) { NOT_SETTLED } else { SOLVER_FAILED };
        Self { message: error.to_string(), exit }
    }
}
