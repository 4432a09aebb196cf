//! Inner loops of the way back from a loss to rate constants, and the borrowing of single tensors from a vector.

/// Adds factor · values to target, element by element.
#[inline]
pub fn add_scaled(target: &mut [f64], factor: f64, values: &[f64]) {
    for (target, value) in target.iter_mut().zip(values) {
        *target += factor * value;
    }
}

/// The same where a reaction fires with the positive part of `constants`: those above 0.
#[inline]
pub fn add_to_positive(target: &mut [f64], factor: f64, values: &[f64], constants: &[f64]) {
    for ((target, value), constant) in target.iter_mut().zip(values).zip(constants) {
        *target += if *constant > 0.0 { factor * value } else { 0.0 };
    }
}

/// The same where a reaction fires with the size of the negative part of `constants`.
#[inline]
pub fn add_to_negative(target: &mut [f64], factor: f64, values: &[f64], constants: &[f64]) {
    for ((target, value), constant) in target.iter_mut().zip(values).zip(constants) {
        *target -= if *constant <= 0.0 { factor * value } else { 0.0 };
    }
}

/// Derivative of the positive part of a rate constant: 1 above 0.
#[inline]
pub fn positive_slope(constant: f64) -> f64 {
    f64::from(u8::from(constant > 0.0))
}

/// Derivative of the size of the negative part of a rate constant: −1 up to 0, so that
/// one of the two parts follows a constant that is 0.
#[inline]
pub fn negative_slope(constant: f64) -> f64 {
    -f64::from(u8::from(constant <= 0.0))
}

/// Takes the rows of a matrix off `rest` into `matrix`.
///
/// # Panics
///
/// If fewer are left: the sizes of tensors add up to that of the vector.
pub fn take_rows<const R: usize, const C: usize>(rest: &mut &[f64], matrix: &mut [[f64; C]; R]) {
    let (own, others) = rest.split_at(R * C);
    *rest = others;
    matrix.as_flattened_mut().copy_from_slice(own);
}

/// Takes a matrix of `R` rows and `C` columns off `rest`, to be changed.
///
/// # Panics
///
/// If fewer are left: the sizes of tensors add up to that of the vector.
#[inline]
pub fn take_rows_mut<'a, const R: usize, const C: usize>(rest: &mut &'a mut [f64]) -> &'a mut [[f64; C]; R] {
    let all = std::mem::take(rest);
    let found = all.len();
    let Some((own, others)) = all.split_at_mut_checked(R * C) else {
        panic!("{found} elements are left where {R} rows of {C} are needed")
    };
    *rest = others;
    match own.as_chunks_mut().0.try_into() {
        Ok(rows) => rows,
        Err(_) => unreachable!("{R} rows of {C} are {R} rows"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_parts_follows_a_constant() {
        for constant in [-2.0, 0.0, 3.0] {
            // Positive part minus size of the negative part is the constant itself.
            assert_eq!(positive_slope(constant) - negative_slope(constant), 1.0);
            let mut target = [0.5];
            add_to_positive(&mut target, 2.0, &[3.0], &[constant]);
            add_to_negative(&mut target, -2.0, &[3.0], &[constant]);
            assert_eq!(target, [6.5]);
        }
    }

    #[test]
    fn rows_come_and_go() {
        let mut all = [1.0, 2.0, 3.0, 4.0, 5.0];
        let mut matrix = [[0.0; 2]; 2];
        take_rows(&mut &all[..], &mut matrix);
        assert_eq!(matrix, [[1.0, 2.0], [3.0, 4.0]]);
        let mut rest = &mut all[..];
        take_rows_mut::<2, 2>(&mut rest)[1][0] = 9.0;
        assert_eq!(rest, [5.0]);
        assert_eq!(all[2], 9.0);
    }
}
