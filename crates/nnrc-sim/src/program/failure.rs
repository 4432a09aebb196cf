//! Why the program stops before its time.

use super::file_error::{FileError, InputError};
use super::places::Collision;
use super::usage::Usage;
use crate::error::Error;
use crate::model_error::ModelError;

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

/// What is wrong with usage or files, in the words of the error.
macro_rules! from_errors {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                error.to_string().into()
            }
        })*
    };
}

from_errors!(Usage, FileError, InputError, ModelError, Collision);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = if matches!(error, Error::NotSettled { .. }) { NOT_SETTLED } else { SOLVER_FAILED };
        Self { message: error.to_string(), exit }
    }
}
