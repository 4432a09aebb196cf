//! Inner loops that generated crates share, and the borrowing of single families from a state vector.

/// Number of independent accumulators of a reduction: measured the fastest of 4, 8 and 16.
const LANES: usize = 4;

/// Σ a\[i\] b\[i\] over the length of `b`, which is at most that of `a`. Always inlined: it is compiled for the registers
/// of whoever calls it.
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_chunks, a_tail) = a[..b.len()].as_chunks::<LANES>();
    let (b_chunks, b_tail) = b.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let tail: f64 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    // Halves are added, not neighbours: the lanes then stay in place in vector registers.
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]) + tail
}

/// For each element the sum of all others, by sums of what stands before and behind: total minus own would cancel.
#[inline]
pub fn sum_of_others<const N: usize>(values: &[f64; N]) -> [f64; N] {
    let mut others = [0.0; N];
    let mut behind = 0.0;
    for (other, value) in others.iter_mut().zip(values).rev() {
        *other = behind;
        behind += value;
    }
    let mut before = 0.0;
    for (other, value) in others.iter_mut().zip(values) {
        *other += before;
        before += value;
    }
    others
}

/// Splits signed values into two rails: the positive parts, and the sizes of the negative ones.
pub fn split_rails<const N: usize>(values: &[f64; N], positive: &mut [f64; N], negative: &mut [f64; N]) {
    *positive = values.map(|value| value.max(0.0));
    *negative = values.map(|value| (-value).max(0.0));
}

/// A matrix of zeros that is never on the stack.
///
/// # Panics
///
/// Never: the number of rows is that of the type.
pub fn zero_matrix<const R: usize, const C: usize>() -> Box<[[f64; C]; R]> {
    match vec![[0.0; C]; R].into_boxed_slice().try_into() {
        Ok(matrix) => matrix,
        Err(_) => unreachable!("a vector of {R} rows has {R} rows"),
    }
}

/// Takes the first `N` elements off `rest`.
///
/// # Panics
///
/// If fewer are left: the lengths of families add up to that of the vector.
#[inline]
pub fn take<'a, const N: usize>(rest: &mut &'a [f64]) -> &'a [f64; N] {
    match rest.split_first_chunk() {
        Some((first, others)) => {
            *rest = others;
            first
        }
        None => panic!("{} elements are left where {N} are needed", rest.len()),
    }
}

/// Takes the first `N` elements off `rest`, to be changed.
///
/// # Panics
///
/// As [`take`].
#[inline]
pub fn take_mut<'a, const N: usize>(rest: &mut &'a mut [f64]) -> &'a mut [f64; N] {
    let all = std::mem::take(rest);
    let found = all.len();
    match all.split_first_chunk_mut() {
        Some((first, others)) => {
            *rest = others;
            first
        }
        None => panic!("{found} elements are left where {N} are needed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_sums() {
        let a: Vec<f64> = (0..11).map(f64::from).collect();
        assert_eq!(dot(&a, &a[..10]), 285.0);
        assert_eq!(sum_of_others(&[1.0, 2.0, 4.0]), [6.0, 5.0, 3.0]);
        let (mut positive, mut negative) = ([9.0; 2], [9.0; 2]);
        split_rails(&[1.5, -2.0], &mut positive, &mut negative);
        assert_eq!((positive, negative), ([1.5, 0.0], [0.0, 2.0]));
    }

    #[test]
    fn families_come_one_after_another() {
        let mut all = [1.0, 2.0, 3.0];
        let mut rest = &mut all[..];
        take_mut::<2>(&mut rest)[1] = 5.0;
        take_mut::<1>(&mut rest)[0] = 7.0;
        let mut rest = &all[..];
        assert_eq!((take::<2>(&mut rest), take::<1>(&mut rest)), (&[1.0, 5.0], &[7.0]));
    }
}
