//! Mean and worst of the replicates.

/// Mean and worst of the replicates.
#[derive(Debug, Clone, Copy)]
pub struct MeanAndWorst {
    /// Over all replicates that have the number.
    pub mean: f64,
    /// Of one replicate.
    pub worst: f64,
}

impl MeanAndWorst {
    pub(super) fn of(values: &[f64], worse: fn(f64, f64) -> f64) -> Self {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Self { mean, worst: values.iter().copied().reduce(worse).unwrap_or(f64::NAN) }
    }
}
