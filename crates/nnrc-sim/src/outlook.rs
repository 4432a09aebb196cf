//! Whether the end of a time course can be reached with the steps that are left.

use crate::error::Error;
use crate::integrator::STEP_LIMIT;

/// As many steps are taken before anything is foretold: transients are over, and what rests takes steps that grow.
const FIRST: usize = 1 << 17;
/// The end is out of reach where it would take so many times the limit of steps: far beyond what the forecast may err.
const MARGIN: f64 = 100.0;

/// Foretells the number of steps from those of the second half of the way so far.
#[derive(Debug, Clone)]
pub struct Outlook {
    end: f64,
    /// Steps and time at the last look.
    last: (usize, f64),
    next: usize,
}

impl Outlook {
    /// For a time course over `start` to `end`.
    pub fn new(start: f64, end: f64) -> Self {
        Self { end, last: (0, start), next: FIRST / 2 }
    }

    /// Looks ahead each time that the number of steps has doubled.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfReach`].
    pub fn look(&mut self, steps: usize, time: f64) -> Result<(), Error> {
        if steps < self.next {
            return Ok(());
        }
        let (before, start) = self.last;
        let each = (time - start) / (steps - before) as f64;
        self.last = (steps, time);
        self.next = 2 * steps;
        if steps >= FIRST && (self.end - time) / each > MARGIN * STEP_LIMIT as f64 {
            return Err(Error::OutOfReach { time, steps, end: self.end });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_never_rests_is_out_of_reach() {
        let follow = |end: f64, time: fn(f64) -> f64| {
            let mut outlook = Outlook::new(0.0, end);
            (1..STEP_LIMIT)
                .take_while(|steps| time(*steps as f64) < end)
                .find_map(|steps| outlook.look(steps, time(steps as f64)).err())
        };
        let clock = |steps: f64| 0.01 * steps;
        assert_eq!(
            follow(1e300, clock),
            Some(Error::OutOfReach { time: 0.01 * FIRST as f64, steps: FIRST, end: 1e300 })
        );
        assert_eq!(follow(1e6, clock), None);
        assert_eq!(follow(1e300, |steps| (steps / 100.0).exp()), None);
    }
}
