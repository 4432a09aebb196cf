//! What an output is, and how it is judged by that: as classes, on either side of a border, or as values.

/// What the values of an output are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// One value for each class: the largest names it.
    Classes,
    /// One value, on either side of a border.
    Binary {
        /// The border of outputs: what is above it is the second class.
        threshold: f64,
        /// The border of targets, which outputs such as logits do not share.
        border: f64,
    },
    /// Numbers, which name no class.
    Values,
}

impl Reading {
    /// What targets say of an output of `width` values; they stand one row after another.
    ///
    /// Several values are classes where each row holds one value once and another one everywhere else, the larger one
    /// marking the class. One value is binary where the targets hold two values, and the border is their middle.
    /// Everything else is values.
    pub fn of(width: usize, targets: &[f64]) -> Self {
        match (width, two_values(targets)) {
            (1, Some(pair)) => {
                let border = middle(pair);
                Self::Binary { threshold: border, border }
            }
            (2.., Some((low, high))) if marks_one(width, targets, low, high) => Self::Classes,
            _ => Self::Values,
        }
    }

    /// The class that an output names, from 0; none where it names none. Of several largest values it is the first.
    pub fn class(self, output: &[f64]) -> Option<usize> {
        match self {
            Self::Classes => largest(output),
            Self::Binary { threshold, .. } => output.first().map(|y| usize::from(*y > threshold)),
            Self::Values => None,
        }
    }

    /// The class that a target names, from 0.
    pub fn wanted(self, target: &[f64]) -> Option<usize> {
        match self {
            Self::Classes => largest(target),
            Self::Binary { border, .. } => target.first().map(|t| usize::from(*t > border)),
            Self::Values => None,
        }
    }

    /// Whether the class is right; none where there are no classes. A tie is wrong, and so is what is no number.
    pub fn is_right(self, output: &[f64], target: &[f64]) -> Option<bool> {
        let wanted = self.wanted(target)?;
        Some(match self {
            Self::Classes => {
                let best = output.get(wanted).copied().unwrap_or(f64::NAN);
                !best.is_nan() && output.iter().enumerate().all(|(at, y)| at == wanted || *y < best)
            }
            Self::Binary { .. } | Self::Values => {
                !output.iter().any(|y| y.is_nan()) && self.class(output) == Some(wanted)
            }
        })
    }

    /// Whether outputs name classes.
    pub fn has_classes(self) -> bool {
        match self {
            Self::Classes | Self::Binary { .. } => true,
            Self::Values => false,
        }
    }
}

/// The smaller and the larger of the two values that targets hold. Where they hold one, its partner is taken from the
/// usual pairs: 0 and 1, −1 and 1.
pub fn two_values(targets: &[f64]) -> Option<(f64, f64)> {
    let low = targets.iter().copied().reduce(f64::min)?;
    let high = targets.iter().copied().reduce(f64::max)?;
    if !targets.iter().all(|value| *value == low || *value == high) {
        return None;
    }
    match (low, high) {
        (0.0 | 1.0, 0.0 | 1.0) => Some((0.0, 1.0)),
        (-1.0, -1.0) => Some((-1.0, 1.0)),
        (low, high) if low < high => Some((low, high)),
        _ => None,
    }
}

/// The middle of two values.
pub fn middle((low, high): (f64, f64)) -> f64 {
    low + (high - low) / 2.0
}

/// Whether each row holds `high` once and `low` everywhere else.
fn marks_one(width: usize, targets: &[f64], low: f64, high: f64) -> bool {
    let marks = |row: &[f64]| row.iter().filter(|value| **value == high).count() == 1;
    targets.iter().all(|value| *value == low || *value == high) && targets.chunks(width).all(marks)
}

fn largest(values: &[f64]) -> Option<usize> {
    (0..values.len()).reduce(|best, at| if values[at] > values[best] { at } else { best })
}

/// How outputs are compared with targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What they are.
    pub reading: Reading,
    /// What a difference of 1 means in the units of the data, for each output; 1 where nothing is said.
    pub units: Vec<f64>,
}

impl Measure {
    /// A measure in the units of the network.
    pub fn of(reading: Reading) -> Self {
        Self { reading, units: Vec::new() }
    }

    /// What a difference of 1 in an output means in the units of the data.
    pub fn unit(&self, output: usize) -> f64 {
        self.units.get(output).copied().unwrap_or(1.0)
    }

    /// The sum of squared deviations of targets from the mean of their column, in the units of the data: what r² relates
    /// squared errors to.
    pub fn spread<'a>(&self, targets: impl Iterator<Item = &'a [f64]> + Clone) -> f64 {
        let (mut means, mut rows) = (Vec::new(), 0_usize);
        for target in targets.clone() {
            means.resize(target.len(), 0.0);
            means.iter_mut().zip(target).for_each(|(mean, t)| *mean += t);
            rows += 1;
        }
        means.iter_mut().for_each(|mean| *mean /= rows.max(1) as f64);
        let square = |(at, (t, mean)): (usize, (&f64, &f64))| {
            let deviation = (t - mean) * self.unit(at);
            deviation * deviation
        };
        targets.map(|target| target.iter().zip(&means).enumerate().map(square).sum::<f64>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_tell_what_an_output_is() {
        let binary = |border: f64| Reading::Binary { threshold: border, border };
        assert_eq!(Reading::of(1, &[0.0, 1.0, 1.0]), binary(0.5));
        assert_eq!(Reading::of(1, &[1.0]), binary(0.5));
        assert_eq!(Reading::of(1, &[-1.0, 1.0]), binary(0.0));
        assert_eq!(Reading::of(1, &[-1.0, -1.0]), binary(0.0));
        assert_eq!(Reading::of(1, &[1.0, 2.0, 1.0]), binary(1.5));
        assert_eq!(Reading::of(1, &[0.1, 0.9]), binary(0.5));
        assert_eq!(Reading::of(1, &[0.0, 1.0, 2.0]), Reading::Values);
        assert_eq!(Reading::of(1, &[0.25, 3.5, -2.0]), Reading::Values);
        assert_eq!(Reading::of(1, &[7.0, 7.0]), Reading::Values);
        assert_eq!(Reading::of(1, &[]), Reading::Values);
        assert_eq!(Reading::of(2, &[1.0, 0.0, 0.0, 1.0]), Reading::Classes);
        assert_eq!(Reading::of(3, &[-1.0, 1.0, -1.0]), Reading::Classes);
        // Sum and carry: either bit may be set, or none.
        assert_eq!(Reading::of(2, &[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]), Reading::Values);
        assert_eq!(Reading::of(2, &[1.0, 1.0]), Reading::Values);
        assert_eq!(Reading::of(2, &[0.2, 0.8, 0.7, 0.3]), Reading::Values);
    }

    #[test]
    fn ties_and_what_is_no_number_are_wrong() {
        let right = |output: &[f64], target: &[f64]| Reading::Classes.is_right(output, target);
        assert_eq!(right(&[0.1, 0.9], &[0.0, 1.0]), Some(true));
        assert_eq!(right(&[0.9, 0.9], &[0.0, 1.0]), Some(false));
        assert_eq!(right(&[0.9, 0.9], &[1.0, 0.0]), Some(false));
        assert_eq!(right(&[f64::NAN, 0.9], &[1.0, 0.0]), Some(false));
        let logit = Reading::Binary { threshold: 0.0, border: 0.5 };
        assert_eq!(logit.is_right(&[0.2], &[1.0]), Some(true));
        assert_eq!(logit.is_right(&[0.0], &[1.0]), Some(false));
        assert_eq!(logit.is_right(&[f64::NAN], &[0.0]), Some(false));
        assert_eq!(Reading::Values.is_right(&[0.2], &[0.2]), None);
    }

    #[test]
    fn spread_is_in_units_of_the_data() {
        let targets = [[0.0, 10.0], [1.0, 14.0]];
        let rows = || targets.iter().map(|row| row.as_slice());
        assert_eq!(Measure::of(Reading::Values).spread(rows()), 0.5 + 8.0);
        let measure = Measure { reading: Reading::Values, units: vec![2.0, 0.5] };
        assert_eq!(measure.spread(rows()), 2.0 + 2.0);
    }
}
