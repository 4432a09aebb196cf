//! Scaling of data, column by column: what a data set was made with, and how to get back.

/// How the columns of a data set are scaled. The constants are those fitted on its training rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// One for each column, in the order of the inputs or targets.
    pub columns: Vec<ColumnScale>,
    /// Between which values `minmax` takes the training rows; none for other scalings.
    pub ends: Option<[f64; 2]>,
}

/// How one column is scaled: value = (raw − shift) · factor + start, kept within `clip` if there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnScale {
    /// What is taken off a raw value: the smallest of the training rows, or their mean.
    pub shift: f64,
    /// What the difference is multiplied by; 0 for a column that never changes on the training rows.
    pub factor: f64,
    /// What is added at the end: the value of the smallest, or 0.
    pub start: f64,
    /// Where values beyond it are set to its nearer end.
    pub clip: Option<[f64; 2]>,
    /// Smallest and largest raw value of the training rows.
    pub seen: [f64; 2],
}

impl ColumnScale {
    /// Whether raw values become the same scaled ones, whatever the training rows of both have held.
    pub fn is_like(self, other: Self) -> bool {
        Self { seen: other.seen, ..self } == other
    }

    /// The scaled value of a raw one.
    pub fn apply(self, raw: f64) -> f64 {
        // A column that never changes says nothing, whatever a later row holds there.
        let value =
            if self.factor == 0.0 { self.start } else { (raw - self.shift) * self.factor + self.start };
        match self.clip {
            Some([low, high]) => value.clamp(low, high),
            None => value,
        }
    }

    /// The raw value of a scaled one, up to rounding; of a column that never changes, its only value. What was
    /// clipped does not come back.
    pub fn undo(self, value: f64) -> f64 {
        if self.factor == 0.0 { self.shift } else { (value - self.start) / self.factor + self.shift }
    }
}

impl Scaling {
    /// The scaled values of raw rows, one after another.
    pub fn apply(&self, raw: &[f64]) -> Vec<f64> {
        self.each(raw, ColumnScale::apply)
    }

    /// The raw values of scaled rows, one after another; see [`ColumnScale::undo`].
    pub fn undo(&self, values: &[f64]) -> Vec<f64> {
        self.each(values, ColumnScale::undo)
    }

    fn each(&self, values: &[f64], map: fn(ColumnScale, f64) -> f64) -> Vec<f64> {
        self.columns.iter().cycle().zip(values).map(|(column, value)| map(*column, *value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let seen = [2.0, 7.0];
        let column = ColumnScale { shift: 2.0, factor: 0.25, start: -1.0, clip: None, seen };
        let clipped = ColumnScale { clip: Some([-1.0, 1.0]), ..column };
        let constant = ColumnScale { shift: 7.0, factor: 0.0, start: 0.0, ..column };
        let scaling = Scaling { columns: vec![column, clipped, constant], ends: None };
        let raw = [4.0, 4.0, 7.0, 14.0, 14.0, 8.0];
        assert_eq!(scaling.apply(&raw), [-0.5, -0.5, 0.0, 2.0, 1.0, 0.0]);
        assert_eq!(scaling.undo(&[-0.5, -0.5, 0.0, 2.0, 1.0, 3.0]), [4.0, 4.0, 7.0, 14.0, 10.0, 7.0]);
    }
}
