//! Linear combinations of vectors, and the largest of many numbers.

/// The largest of non-negative numbers, which stays NaN once one of them is NaN.
#[derive(Clone, Copy, Default)]
pub(crate) struct Largest(u64);

impl Largest {
    /// Takes |`value`| into account. The bit patterns of non-negative floats are ordered as the floats
    /// are, with NaN above infinity, so an integer maximum loses no NaN.
    #[inline(always)]
    pub(crate) fn take(&mut self, value: f64) {
        self.0 = self.0.max(value.abs().to_bits());
    }

    #[inline(always)]
    pub(crate) fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// Writes `base` + `factor` · Σ `coefficients[j]` · `vectors[j]` into `out`. All lengths are equal.
#[inline(always)]
pub(crate) fn combine<const N: usize>(
    out: &mut [f64],
    base: &[f64],
    factor: f64,
    coefficients: [f64; N],
    vectors: [&[f64]; N],
) {
    let n = out.len();
    let base = &base[..n];
    let vectors = vectors.map(|vector| &vector[..n]);
    for i in 0..n {
        let mut sum = 0.0;
        for j in 0..N {
            sum += coefficients[j] * vectors[j][i];
        }
        out[i] = base[i] + factor * sum;
    }
}

/// Adds `factor` · Σ `coefficients[j]` · `vectors[j]` to `out`. All lengths are equal.
#[inline(always)]
pub(crate) fn accumulate<const N: usize>(
    out: &mut [f64],
    factor: f64,
    coefficients: [f64; N],
    vectors: [&[f64]; N],
) {
    let n = out.len();
    let vectors = vectors.map(|vector| &vector[..n]);
    for i in 0..n {
        let mut sum = 0.0;
        for j in 0..N {
            sum += coefficients[j] * vectors[j][i];
        }
        out[i] += factor * sum;
    }
}
