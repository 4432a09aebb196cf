//! Which row each presentation shows, and what happens while it does.

use super::timing::{Part, Timing};
use crate::train::Order;

/// What samples are presented to: its inputs and its gate are set from outside, and its time course is followed.
pub trait Presentable {
    /// Why a presentation could not be finished.
    type Error;

    /// Sets inputs and target to those of a row.
    ///
    /// # Errors
    ///
    /// What keeps them from being set.
    fn show(&mut self, row: usize) -> Result<(), Self::Error>;

    /// Opens or closes the gate, if there is one.
    ///
    /// # Errors
    ///
    /// What keeps it from being set.
    fn set_gate(&mut self, is_open: bool) -> Result<(), Self::Error>;

    /// Follows the time course through a part of the presentation.
    ///
    /// # Errors
    ///
    /// What stops the integration.
    fn integrate(&mut self, part: &Part) -> Result<(), Self::Error>;
}

/// Rows presented one after another, epoch after epoch.
///
/// Which row a presentation shows follows from its number alone, so there is no state to keep.
#[derive(Debug, Clone)]
pub struct Sequence {
    timing: Timing,
    rows: Vec<usize>,
    order: Order,
    /// Rows in the order of the epoch `arranged`.
    current: Vec<usize>,
    arranged: Option<usize>,
}

impl Sequence {
    /// Presents `rows`, of which there is at least one.
    pub fn new(timing: Timing, rows: Vec<usize>, order: Order) -> Self {
        let current = Vec::with_capacity(rows.len());
        Self { timing, rows, order, current, arranged: None }
    }

    /// Times of a presentation.
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// Whether an epoch ends with presentation `number`, counted from 1, or none has begun.
    pub fn is_between_epochs(&self, number: usize) -> bool {
        number.is_multiple_of(self.rows.len())
    }

    /// The row of a presentation, counted from 0.
    pub fn row(&mut self, presentation: usize) -> usize {
        let (epoch, at) = (presentation / self.rows.len(), presentation % self.rows.len());
        if self.arranged != Some(epoch) {
            self.order.arrange_into(epoch, &self.rows, &mut self.current);
            self.arranged = Some(epoch);
        }
        self.current[at]
    }

    /// Shows the next row for as long as a presentation lasts, `done` presentations after the first; which row it was.
    /// `done` counts it if nothing stopped it. No presentation allocates.
    ///
    /// # Errors
    ///
    /// Those of `pot`, which is in the middle of the presentation then.
    pub fn present<P: Presentable>(&mut self, done: &mut usize, pot: &mut P) -> Result<usize, P::Error> {
        let row = self.row(*done);
        pot.show(row)?;
        for part in self.timing.parts() {
            if let Some(is_open) = part.open {
                pot.set_gate(is_open)?;
            }
            pot.integrate(&part)?;
        }
        *done += 1;
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes what happens to it, and stops when told to.
    #[derive(Default)]
    struct Notes {
        told: Vec<String>,
        stops: bool,
    }

    impl Presentable for Notes {
        type Error = ();

        fn show(&mut self, row: usize) -> Result<(), ()> {
            self.told.push(format!("row {row}"));
            Ok(())
        }

        fn set_gate(&mut self, is_open: bool) -> Result<(), ()> {
            self.told.push(if is_open { "open" } else { "closed" }.to_owned());
            Ok(())
        }

        fn integrate(&mut self, part: &Part) -> Result<(), ()> {
            self.told.push(format!("{:?}", part.span));
            if self.stops { Err(()) } else { Ok(()) }
        }
    }

    #[test]
    fn a_presentation_sets_inputs_and_then_the_gate_of_each_part() {
        let timing = Timing { hold: 5.0, gate: Some((1.0, 5.0)) };
        let mut sequence = Sequence::new(timing, vec![7, 3], Order::Cycle);
        let (mut done, mut pot) = (1, Notes::default());
        assert_eq!(sequence.present(&mut done, &mut pot), Ok(3));
        assert_eq!(pot.told, ["row 3", "closed", "0.0..1.0", "open", "1.0..5.0"]);
        assert!(done == 2 && sequence.is_between_epochs(done) && !sequence.is_between_epochs(1));
        pot.stops = true;
        assert_eq!(sequence.present(&mut done, &mut pot), Err(()));
        assert_eq!(done, 2);
    }

    #[test]
    fn rows_follow_from_the_number_of_the_presentation() {
        let timing = Timing { hold: 1.0, gate: None };
        let rows = vec![4, 5, 6, 7, 8];
        let order = Order::Shuffle { seed: 3 };
        let mut sequence = Sequence::new(timing, rows.clone(), order);
        let all: Vec<usize> = (0..15).map(|number| sequence.row(number)).collect();
        for (epoch, own) in all.chunks(5).enumerate() {
            let mut expected = Vec::new();
            order.arrange_into(epoch, &rows, &mut expected);
            assert_eq!(own, expected);
        }
        // Also for one that goes on from there.
        assert_eq!((sequence.row(7), sequence.row(2)), (all[7], all[2]));
    }
}
