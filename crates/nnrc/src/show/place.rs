//! Places, and indices that count from 1.

use nnrc_crn::{Handle, RateConstant, ReactionFamily, SpeciesFamily};

/// A place that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// An input or a layer.
    Node(usize),
    /// A value of a node.
    Unit { node: usize, at: usize },
    /// An element of a tensor of weights, by its position among those of the chemistry.
    Weight { tensor: usize, flat: usize },
    /// A species by its place in the whole state.
    Species(usize),
    /// All species of a family.
    SpeciesFamily(Handle<SpeciesFamily>),
    /// A reaction by its number.
    Reaction(usize),
    /// All reactions of a family.
    ReactionFamily(Handle<ReactionFamily>),
    /// A rate constant; of one that stands in reactions of several orders perhaps those of one order.
    Constant { constant: Handle<RateConstant>, flat: usize, order: Option<u32> },
    /// All rate constants of a family.
    ConstantFamily(Handle<RateConstant>),
    /// A parameter of the events of the SBML, by its number.
    Event(usize),
}

/// `NAME[1,2]PART` taken apart; none where there are no brackets with numbers in them.
pub(super) fn indexed(text: &str) -> Option<(&str, Vec<usize>, &str)> {
    let (name, rest) = text.split_once('[')?;
    let (inside, part) = rest.split_once(']')?;
    let indices: Result<Vec<usize>, _> = inside.split(',').map(|index| index.trim().parse()).collect();
    Some((name, indices.ok()?, part))
}

/// The position at indices from 1 within a shape, row by row; one index alone counts through all of it.
pub(super) fn position(shape: &[usize], indices: &[usize]) -> Option<usize> {
    let all: usize = shape.iter().product();
    if let [only] = indices {
        return only.checked_sub(1).filter(|at| *at < all);
    }
    if indices.len() != shape.len() {
        return None;
    }
    shape.iter().zip(indices).try_fold(0, |flat, (&size, &index)| {
        let at = index.checked_sub(1).filter(|at| *at < size)?;
        Some(flat * size + at)
    })
}

/// `1 to 8`, or `[1..8, 1..4]`: which indices there are.
pub(super) fn range(shape: &[usize]) -> String {
    match shape {
        [] => "no index".to_owned(),
        [1] => "index 1 alone".to_owned(),
        [size] => format!("indices 1 to {size}"),
        _ => {
            let each: Vec<String> = shape.iter().map(|size| format!("1..{size}")).collect();
            format!("indices [{}]", each.join(", "))
        }
    }
}

/// Indices from 1 of a position within a shape: `2,1`.
pub(super) fn index(shape: &[usize], at: usize) -> String {
    let mut rest = at;
    let mut parts: Vec<String> = Vec::new();
    for size in shape.iter().rev() {
        parts.push((rest % size + 1).to_string());
        rest /= size;
    }
    parts.reverse();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_count_from_one_row_by_row() {
        assert_eq!(indexed("hidden.W[2, 3]"), Some(("hidden.W", vec![2, 3], "")));
        assert_eq!(indexed("hidden[3]+"), Some(("hidden", vec![3], "+")));
        assert_eq!(indexed("hidden[i]"), None);
        assert_eq!(indexed("hidden[-1]"), None);
        assert_eq!(indexed("hidden"), None);
        assert_eq!(position(&[8, 4], &[2, 3]), Some(6));
        assert_eq!(position(&[8, 4], &[7]), Some(6));
        assert_eq!(position(&[8, 4], &[9, 1]), None);
        assert_eq!(position(&[8, 4], &[1, 0]), None);
        assert_eq!(position(&[8], &[0]), None);
        assert_eq!(position(&[8], &[1, 1]), None);
        assert_eq!(index(&[8, 4], 6), "2,3");
    }
}
