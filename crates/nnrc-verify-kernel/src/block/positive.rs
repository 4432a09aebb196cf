//! Hypotheses that are inequalities.

use crate::fault::Fault;
use crate::interval::Interval;

/// An interval above 0.
pub(crate) fn positive(interval: Interval, what: &str) -> Result<Interval, Fault> {
    if interval.low > 0.0 && interval.is_finite() {
        return Ok(interval);
    }
    let message =
        format!("{what} lies in [{:e}, {:e}], which is not certainly above 0", interval.low, interval.high);
    Err(Fault::undecided("not-above-zero", message))
}
