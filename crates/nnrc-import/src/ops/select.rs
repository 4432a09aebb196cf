//! Ops that choose, repeat or join numbers: Slice, Split, Gather, Tile, Concat.

use crate::index::{NOWHERE, gather as places, strides};
use crate::limits;
use crate::node_error::NodeFault;
use crate::op::{Fact, Fault, Op, Steps, attribute};
use crate::step::{Factor, Map, Part, Step};

/// For each axis of a shape, all its elements.
fn whole(shape: &[usize]) -> Vec<Vec<Option<usize>>> {
    let strides = strides(shape);
    shape.iter().zip(strides).map(|(&size, stride)| (0..size).map(|k| Some(k * stride)).collect()).collect()
}

/// Slice: attributes before op set 10, inputs since.
pub(crate) fn slice(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let starts = op.ints_or_input("starts", 1)?.ok_or(NodeFault::MissingInput(1))?;
    let ends = op.ints_or_input("ends", 2)?.ok_or(NodeFault::MissingInput(2))?;
    let axes = match op.ints_or_input("axes", 3)? {
        Some(axes) => axes,
        None => (0..starts.len() as i64).collect(),
    };
    let steps = op.optional(4)?.map_or_else(|| vec![1; starts.len()], crate::tensor::Tensor::to_ints);
    if ends.len() != starts.len() || axes.len() != starts.len() || steps.len() != starts.len() {
        return Err(op.mismatch("as many ends, axes and steps as starts", &[1, 2, 3, 4]).into());
    }
    let strides = strides(old);
    let mut tables = whole(old);
    for (k, &axis) in axes.iter().enumerate() {
        let axis = op.axis(axis, old.len())?;
        let chosen = range(old[axis], starts[k], ends[k], steps[k]);
        let chosen = chosen.ok_or_else(|| attribute("steps", "a number other than 0"))?;
        tables[axis] = chosen.into_iter().map(|k| Some(k * strides[axis])).collect();
    }
    moved(op, &tables)
}

/// The indices that a slice of an axis chooses; none if the step is 0.
fn range(size: usize, start: i64, end: i64, step: i64) -> Option<Vec<usize>> {
    let size = size as i64;
    let from_end = |place: i64| if place < 0 { place.saturating_add(size) } else { place };
    let (start, end) = (from_end(start), from_end(end));
    if step == 0 || size == 0 {
        return (step != 0).then(Vec::new);
    }
    let (start, end) = if step > 0 {
        (start.clamp(0, size), end.clamp(0, size))
    } else {
        (start.clamp(0, size - 1), end.clamp(-1, size - 1))
    };
    let mut chosen = Vec::new();
    let mut place = start;
    while (step > 0 && place < end) || (step < 0 && place > end) {
        chosen.push(place as usize);
        place = place.saturating_add(step);
    }
    Some(chosen)
}

/// Split: sizes from an attribute (before op set 13) or an input, else equal ones.
pub(crate) fn split(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let axis = op.axis(op.int("axis", 0)?, old.len())?;
    let count = op.node.outputs.len();
    let sizes = match op.ints_or_input("split", 1)? {
        Some(sizes) => sizes.iter().map(|&size| usize::try_from(size).ok()).collect(),
        None => {
            // The last one is smaller where they do not come out even.
            let size = old[axis].div_ceil(count.max(1));
            let size_of = |k: usize| size.min(old[axis].saturating_sub(k * size));
            Some((0..count).map(size_of).collect::<Vec<_>>())
        }
    };
    let sizes = sizes.filter(|sizes| {
        sizes.len() == count
            && sizes.iter().try_fold(0usize, |sum, &size| sum.checked_add(size)) == Some(old[axis])
    });
    let sizes =
        sizes.ok_or_else(|| op.mismatch(format!("{count} sizes that sum to {}", old[axis]), &[0, 1]))?;
    let mut tables = whole(old);
    let own = std::mem::take(&mut tables[axis]);
    let mut rest = own.as_slice();
    let mut steps = Vec::with_capacity(count);
    for size in sizes {
        let (part, after) = rest.split_at(size);
        tables[axis] = part.to_vec();
        steps.extend(moved(op, &tables)?);
        rest = after;
    }
    Ok(steps)
}

/// Gather with constant indices.
pub(crate) fn gather(op: &Op<'_>) -> Steps {
    let rank = op.shape(0)?.len();
    let axis = op.axis(op.int("axis", 0)?, rank)?;
    gathered(op, axis, &op.constant(1)?.shape)
}

/// ArrayFeatureExtractor: some of the last axis.
pub(crate) fn columns(op: &Op<'_>) -> Steps {
    let rank = op.shape(0)?.len();
    let count = op.constant(1)?.values.len();
    gathered(op, op.axis(-1, rank)?, &[count])
}

/// Elements of an axis by the second input; `own` is the shape that takes the place of the axis.
fn gathered(op: &Op<'_>, axis: usize, own: &[usize]) -> Steps {
    let old = op.shape(0)?;
    let size = old[axis] as i64;
    let strides = strides(old);
    let mut tables = whole(old);
    tables[axis] = op
        .constant(1)?
        .to_ints()
        .into_iter()
        .map(|index| {
            let index = if index < 0 { index.saturating_add(size) } else { index };
            (0..size).contains(&index).then(|| Some(index as usize * strides[axis]))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| op.mismatch(format!("indices below {size}"), &[0, 1]))?;
    let shape = [&old[..axis], own, &old[axis + 1..]].concat();
    if shape.len() > limits::RANK {
        return Err(op.mismatch("at most 16 axes", &[0, 1]).into());
    }
    op.budget.elements(&shape)?;
    Ok(vec![Some(Step::moving(shape, places(&tables)))])
}

/// Tile: repeats along each axis.
pub(crate) fn tile(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let repeats = op.constant(1)?.to_ints();
    let repeats: Option<Vec<usize>> = repeats.iter().map(|&count| usize::try_from(count).ok()).collect();
    let repeats = repeats.filter(|repeats| repeats.len() == old.len());
    let repeats = repeats.ok_or_else(|| op.mismatch("a number of repeats for each axis", &[0, 1]))?;
    let shape: Vec<usize> =
        old.iter().zip(&repeats).map(|(&size, &count)| size.saturating_mul(count)).collect();
    op.budget.elements(&shape)?;
    let tables = whole(old)
        .into_iter()
        .zip(&shape)
        .map(|(table, &size)| (0..size).map(|k| table[k % table.len()]).collect())
        .collect::<Vec<Vec<_>>>();
    Ok(vec![Some(Step::moving(shape, places(&tables)))])
}

/// Concat. A FeatureVectorizer joins columns.
pub(crate) fn concat(op: &Op<'_>) -> Steps {
    let first = op.shape(0)?;
    let axis = if op.node.op == "Concat" { op.int("axis", 1)? } else { 1 };
    let axis = op.axis(axis, first.len())?;
    let mut shape = first.to_vec();
    shape[axis] = 0;
    for slot in 0..op.inputs.len() {
        let other = op.shape(slot)?;
        let fits = other.len() == shape.len() && (0..shape.len()).all(|k| k == axis || other[k] == shape[k]);
        if !fits {
            let slots: Vec<usize> = (0..op.inputs.len()).collect();
            return Err(op.mismatch(format!("shapes that differ at axis {axis} only"), &slots).into());
        }
        shape[axis] = shape[axis].saturating_add(other[axis]);
    }
    let count = op.budget.elements(&shape)?;
    let outer = strides(&shape);
    let mut owners = vec![(NOWHERE, 0); count];
    let (mut parts, mut constant) = (Vec::new(), Vec::new());
    let mut start = 0;
    for (slot, fact) in op.inputs.iter().enumerate() {
        let Some(fact) = fact else { continue };
        let own = op.shape(slot)?;
        let tables: Vec<Vec<Option<usize>>> = (0..own.len())
            .map(|k| {
                let first = if k == axis { start } else { 0 };
                (first..first + own[k]).map(|k_th| Some(k_th * outer[k])).collect()
            })
            .collect();
        start += own[axis];
        let targets = places(&tables);
        match fact {
            Fact::Computed { .. } => {
                for (element, &target) in targets.iter().enumerate() {
                    owners[target as usize] = (parts.len() as u32, element as u32);
                }
                let from = (0..targets.len() as u32).collect();
                parts.push(Part { slot, map: Map::Pick { from, factor: Factor::All(1.0) } });
            }
            Fact::Constant(tensor) => {
                constant.resize(count, 0.0);
                for (&target, &value) in targets.iter().zip(tensor.values.iter()) {
                    constant[target as usize] = value;
                }
            }
        }
    }
    Ok(vec![Some(Step { shape, parts, constant, owners: Some(owners) })])
}

/// A step that moves elements by tables, one for each axis.
fn moved(op: &Op<'_>, tables: &[Vec<Option<usize>>]) -> Result<Vec<Option<Step>>, Fault> {
    let shape: Vec<usize> = tables.iter().map(Vec::len).collect();
    op.budget.elements(&shape)?;
    Ok(vec![Some(Step::moving(shape, places(tables)))])
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges() {
        assert_eq!(range(5, 1, i64::MAX, 2), Some(vec![1, 3]));
        assert_eq!(range(5, -1, i64::MIN, -2), Some(vec![4, 2, 0]));
        assert_eq!(range(5, 7, 9, 1), Some(vec![]));
        assert_eq!(range(0, 0, 1, -1), Some(vec![]));
        assert_eq!(range(3, 0, 3, 0), None);
    }
}
