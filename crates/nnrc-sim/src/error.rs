//! Why an integration stopped early.

use std::fmt;

/// Why a time course or a fixed point could not be computed. Times are in model units.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// The request makes no sense: lengths differ, times are not sorted, a tolerance is not positive.
    Invalid {
        /// What is wrong, as a clause.
        reason: String,
    },
    /// The step needed to keep the tolerances is below the resolution of the time.
    StepTooSmall {
        /// Time reached.
        time: f64,
        /// Step that would have been needed.
        step: f64,
    },
    /// The limit on accepted and rejected steps was reached.
    TooManySteps {
        /// Time reached.
        time: f64,
        /// Steps tried.
        steps: usize,
    },
    /// At the pace of the steps so far, the end would take far more than their limit.
    OutOfReach {
        /// Time reached.
        time: f64,
        /// Steps tried.
        steps: usize,
        /// The end of the time course.
        end: f64,
    },
    /// A concentration or its derivative became infinite or not a number.
    NonFinite {
        /// Time reached; the state there is the last finite one.
        time: f64,
        /// Index of the first variable concerned, where one could be named.
        variable: Option<usize>,
    },
    /// The state was still moving when the time allowed was over.
    NotSettled {
        /// Time reached.
        time: f64,
        /// Estimated distance that remains, relative to each variable; infinite where no estimate exists.
        residual: f64,
        /// Estimated slowest rate (1 / time) still at work, where one could be estimated.
        slowest_rate: Option<f64>,
    },
    /// Whoever waits for the integration wanted it to end.
    Cancelled {
        /// Time reached.
        time: f64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Invalid { reason } => write!(f, "{reason}"),
            Error::StepTooSmall { time, step } => write!(
                f,
                "at time {time} the tolerances need a step of {step:e}, which is too small to be taken"
            ),
            Error::TooManySteps { time, steps } => {
                write!(f, "at time {time} the limit of {steps} steps was reached")
            }
            Error::OutOfReach { time, steps, end } => {
                write!(f, "{steps} steps reached time {time}: at that pace the end, {end:e}, is out of reach")
            }
            Error::NonFinite { time, variable: Some(variable) } => {
                write!(f, "after time {time} variable {variable} is no longer a finite number")
            }
            Error::NonFinite { time, variable: None } => {
                write!(f, "after time {time} the state is no longer finite")
            }
            Error::NotSettled { time, residual, slowest_rate } => {
                write!(f, "not settled at time {time}: estimated relative distance {residual:e}")?;
                match slowest_rate {
                    Some(rate) => write!(f, ", slowest rate about {rate:e}"),
                    None => Ok(()),
                }
            }
            Error::Cancelled { time } => write!(f, "ended from outside at time {time}"),
        }
    }
}

impl std::error::Error for Error {}
