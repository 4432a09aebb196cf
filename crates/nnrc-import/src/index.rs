//! Where the elements of an array come from, when it is made of another one.

use crate::limits;

/// The mark of an element that comes from nowhere.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// How far apart neighbours of each axis are, row-major.
pub(crate) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1usize; shape.len()];
    for k in (1..shape.len()).rev() {
        strides[k - 1] = strides[k].saturating_mul(shape[k]);
    }
    strides
}

/// For each element of an array with the axes of `tables`, its place in another array: the sum of what the tables say
/// of its indices. None in a table is nowhere.
pub(crate) fn gather(tables: &[Vec<Option<usize>>]) -> Vec<u32> {
    let count: usize = tables.iter().map(Vec::len).product();
    let mut places = Vec::with_capacity(count);
    // The last axis is the inner loop; the others are counted.
    let (last, outer) = match tables.split_last() {
        Some((last, outer)) => (last.clone(), outer),
        None => (vec![Some(0)], tables),
    };
    if count == 0 {
        return places;
    }
    let mut index = vec![0; outer.len()];
    loop {
        let base = outer.iter().zip(&index).try_fold(0, |sum, (table, &k)| table[k].map(|place| sum + place));
        places.extend(last.iter().map(|place| match (base, place) {
            (Some(base), Some(place)) => (base + place) as u32,
            _ => NOWHERE,
        }));
        if !advance(&mut index, |axis| outer[axis].len()) {
            return places;
        }
    }
}

/// The next index, row-major; false after the last one.
pub(crate) fn advance(index: &mut [usize], size: impl Fn(usize) -> usize) -> bool {
    for axis in (0..index.len()).rev() {
        index[axis] += 1;
        if index[axis] < size(axis) {
            return true;
        }
        index[axis] = 0;
    }
    false
}

/// The shape that arrays of these shapes have together; none where they do not fit.
pub(crate) fn broadcast<'s>(shapes: impl IntoIterator<Item = &'s [usize]>) -> Option<Vec<usize>> {
    let mut all: Vec<usize> = Vec::new();
    for shape in shapes {
        if shape.len() > all.len() {
            all.splice(0..0, std::iter::repeat_n(1, shape.len() - all.len()));
        }
        let shift = all.len() - shape.len();
        for (k, &size) in shape.iter().enumerate() {
            let own = &mut all[shift + k];
            match (*own, size) {
                (own, size) if own == size => {}
                (1, size) => *own = size,
                (_, 1) => {}
                _ => return None,
            }
        }
    }
    (all.len() <= limits::RANK).then_some(all)
}

/// Where the elements of an array come from that `shape` is stretched to. `shape` must fit `all`.
pub(crate) fn stretch(shape: &[usize], all: &[usize]) -> Vec<u32> {
    if shape == all {
        return (0..shape.iter().product::<usize>() as u32).collect();
    }
    let shift = all.len().saturating_sub(shape.len());
    let strides = strides(shape);
    let tables: Vec<Vec<Option<usize>>> = all
        .iter()
        .enumerate()
        .map(|(axis, &size)| {
            let is_stretched = axis < shift || shape[axis - shift] == 1;
            let stride = if is_stretched { 0 } else { strides[axis - shift] };
            (0..size).map(|k| Some(k * stride)).collect()
        })
        .collect();
    gather(&tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_together() {
        assert_eq!(broadcast([&[4, 1][..], &[3]]), Some(vec![4, 3]));
        assert_eq!(broadcast([&[][..], &[2, 2]]), Some(vec![2, 2]));
        assert_eq!(broadcast([&[4][..], &[3]]), None);
        assert_eq!(stretch(&[2, 1], &[2, 3]), [0, 0, 0, 1, 1, 1]);
        assert_eq!(stretch(&[], &[2]), [0, 0]);
        assert_eq!(gather(&[]), [0]);
    }
}
