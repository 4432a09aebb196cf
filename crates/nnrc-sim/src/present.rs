//! Samples presented one after another: the parts of a presentation, and their integration.
//!
//! A presentation lasts `hold` time units. Where a gate opens for a while it has three parts, before, while and after;
//! else it is one. Every part is an integration of its own, which begins with the length of step that the same part of
//! the presentation before began with. So what follows depends on nothing but the state and these lengths: a run that
//! goes on from them is the same, bit for bit, as one that was never interrupted.
//!
//! [`Sequence::present`] is the one loop over the parts: whatever learns while samples are presented is [`Presentable`].

mod presenter;
mod sequence;
mod timing;

pub use presenter::{Interruption, Presenter};
pub use sequence::{Presentable, Sequence};
pub use timing::{PARTS, Part, Timing};

/// The number of presentations in a checkpoint, if it is one: whole, and as many as `epochs` whole epochs of `samples`
/// have, with those of the epoch that runs.
pub fn presentations(number: f64, samples: usize, epochs: usize) -> Option<usize> {
    let count = whole(number)?;
    (count.checked_div(samples)? == epochs).then_some(count)
}

/// A count that was written as a number.
pub fn whole(number: f64) -> Option<usize> {
    let is_count = number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
    is_count.then_some(number as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_counts_whole_presentations_of_its_epochs() {
        assert_eq!(presentations(7.0, 4, 1), Some(7));
        assert_eq!(presentations(8.0, 4, 2), Some(8));
        assert_eq!(presentations(0.0, 4, 0), Some(0));
        for (number, samples, epochs) in
            [(-1.0, 4, 0), (0.5, 4, 0), (1e300, 4, 0), (f64::NAN, 4, 0), (8.0, 4, 1), (3.0, 0, 0)]
        {
            assert_eq!(presentations(number, samples, epochs), None, "{number}");
        }
    }
}
