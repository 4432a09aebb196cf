//! Pad: with a constant, by reflection or by repeating the edge.

use crate::index::{NOWHERE, gather, strides};
use crate::node_error::NodeFault;
use crate::op::{Fault, Op, Steps, attribute};
use crate::step::Step;

/// Attributes before op set 11, inputs since. Negative pads cut.
pub(crate) fn pad(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let pads = match op.ints("paddings")? {
        Some(pads) => pads.to_vec(),
        None => op.ints_or_input("pads", 1)?.ok_or(NodeFault::MissingInput(1))?,
    };
    let value = match op.optional(2)? {
        Some(value) => value.values.first().copied().unwrap_or(0.0),
        None => op.float("value", 0.0)?,
    };
    let axes = match op.optional(3)? {
        Some(axes) => {
            axes.to_ints().iter().map(|&axis| op.axis(axis, old.len())).collect::<Result<_, _>>()?
        }
        None => (0..old.len()).collect::<Vec<_>>(),
    };
    let mode = op.text("mode", "constant")?;
    if !matches!(mode, "constant" | "reflect" | "edge") {
        return Err(Fault::Unserved(format!("its mode {mode}; served are constant, reflect and edge")));
    }
    if pads.len() != 2 * axes.len() {
        return Err(attribute("pads", "two numbers for each axis").into());
    }
    let strides = strides(old);
    let mut lengths = old.to_vec();
    let mut firsts = vec![0; old.len()];
    for (k, &axis) in axes.iter().enumerate() {
        let (before, after) = (pads[k], pads[k + axes.len()]);
        let length = (old[axis] as i64).saturating_add(before).saturating_add(after);
        lengths[axis] =
            usize::try_from(length).map_err(|_| attribute("pads", "no more cut than is there"))?;
        firsts[axis] = before.saturating_neg();
    }
    op.budget.elements(&lengths)?;
    let tables: Vec<Vec<Option<usize>>> = (0..old.len())
        .map(|axis| {
            (0..lengths[axis])
                .map(|k| {
                    source(firsts[axis].saturating_add(k as i64), old[axis], mode).map(|k| k * strides[axis])
                })
                .collect()
        })
        .collect();
    let from = gather(&tables);
    let constant = if value == 0.0 {
        Vec::new()
    } else {
        from.iter().map(|&place| if place == NOWHERE { value } else { 0.0 }).collect()
    };
    let mut step = Step::moving(lengths, from);
    step.constant = constant;
    Ok(vec![Some(step)])
}

/// The element of an axis that stands at a place, which may be outside.
fn source(place: i64, size: usize, mode: &str) -> Option<usize> {
    let last = size as i64 - 1;
    if (0..=last).contains(&place) {
        return Some(place as usize);
    }
    match mode {
        "edge" if last >= 0 => Some(place.clamp(0, last) as usize),
        "reflect" if last >= 1 => {
            let turned = place.rem_euclid(2 * last);
            Some(turned.min(2 * last - turned) as usize)
        }
        _ => None,
    }
}
