//! Units, their names, and their values.

use nnrc_model::{Node, NodeKind, Operation};

use super::layout::{Layout, RADIUS, TOP, left_out, shown, value_name};
use super::pen::{Pen, Sign};
use super::values::Values;
use crate::compiled::Compiled;
use crate::numbers::{count, plural, short};
use crate::plot::legend::cut;
use crate::plot::svg::number;

/// Length of what is seen of the line between two rails.
const TICK: f64 = 4.5;
/// Characters of the name above a column, and of what stands below it in smaller letters.
const LONGEST: (usize, usize) = (20, 27);

pub fn draw(pen: &mut Pen, pot: &Compiled, layout: &Layout, values: Option<&Values>) {
    let model = &pot.model;
    let outputs = model.output_names();
    for (column, node) in layout.columns.iter().enumerate() {
        let x = layout.x(column);
        let Some(node) = *node else {
            pen.faint(x, TOP + 10.0, "middle", "…");
            pen.faint(x, TOP + 26.0, "middle", &plural(left_out(model.nodes.len()), "more layer"));
            continue;
        };
        let one = &model.nodes[node];
        pen.name(x, TOP + 4.0, "middle", &cut(&one.name, LONGEST.0));
        let (size, activations) = captions(one);
        pen.faint(x, TOP + 19.0, "middle", &size);
        pen.faint(x, TOP + 33.0, "middle", &cut(&activations, LONGEST.1));
        let is_dual = !pot.lowered.value(node).negative.is_empty();
        for (slot, at) in shown(one.width()).into_iter().enumerate() {
            let place = (x, layout.slot(node, slot));
            let Some(at) = at else {
                pen.text(x, place.1 - 2.0, "middle", "⋮");
                pen.faint(x, place.1 + 13.0, "middle", &format!("{} more", count(left_out(one.width()))));
                continue;
            };
            unit(
                pen,
                (node == model.output, is_dual),
                place,
                (one, at),
                values.map(|values| values.share(node, at)),
            );
            let names = if node == model.output { &outputs[..] } else { &[] };
            let name = value_name(one, names, at);
            if one.kind == NodeKind::Input {
                pen.text(x - RADIUS - 7.0, place.1 + 4.0, "end", &name);
            } else if node == model.output {
                pen.text(x + RADIUS + 10.0, place.1 + 4.0, "start", &name);
            }
        }
    }
}

/// What a node is, in two lines.
fn captions(node: &Node) -> (String, String) {
    let shape: Vec<String> = node.shape.iter().map(usize::to_string).collect();
    let shape = shape.join(" × ");
    match &node.kind {
        NodeKind::Input => (format!("input, {shape}"), String::new()),
        NodeKind::Layer { operation, activations, .. } => {
            let operation = match operation {
                Operation::Dense { .. } => "dense",
                Operation::Add => "add",
                Operation::Concat => "concat",
            };
            let names: Vec<String> = activations.iter().map(ToString::to_string).collect();
            (format!("{operation}, {shape}"), names.join(" | "))
        }
    }
}

/// A circle; with `share` the value, and the shares of its rails in the largest of the layer.
fn unit(
    pen: &mut Pen,
    (is_output, is_dual): (bool, bool),
    (x, y): (f64, f64),
    (node, at): (&Node, usize),
    share: Option<(f64, [f64; 2])>,
) {
    let index = crate::show::index_of(node, at);
    let value = share.map_or(String::new(), |(value, _)| format!(" = {}", short(value)));
    let bias = bias(node, at).map_or(String::new(), |bias| format!(", bias {}", short(bias)));
    if is_output {
        pen.disc((x, y), RADIUS + 3.5, "");
    }
    pen.disc((x, y), RADIUS, &format!("{}[{index}]{value}{bias}", node.name));
    if let Some((_, [positive, negative])) = share {
        if is_dual {
            pen.fill(&half((x, y), 1), Sign::Up, positive);
            pen.fill(&half((x, y), 0), Sign::Down, negative);
        } else {
            pen.fill(
                &format!("{} {}", half((x, y), 1), half((x, y), 0)),
                if negative > 0.0 { Sign::Down } else { Sign::Up },
                positive.max(negative),
            );
        }
    }
    if is_dual {
        // In the middle stands the label.
        pen.rule((x - RADIUS, y), (x - RADIUS + TICK, y));
        pen.rule((x + RADIUS - TICK, y), (x + RADIUS, y));
    }
    let label = share.map_or_else(|| index.clone(), |(value, _)| tiny(value));
    pen.inside((x, y), &label);
}

/// The upper (1) or lower half of a unit.
fn half((x, y): (f64, f64), sweep: u8) -> String {
    let radius = RADIUS - 1.0;
    let [left, right, y, r] = [x - radius, x + radius, y, radius].map(number);
    format!("M {left} {y} A {r} {r} 0 0 {sweep} {right} {y} Z")
}

fn bias(node: &Node, at: usize) -> Option<f64> {
    let NodeKind::Layer { operation: Operation::Dense { bias, .. }, .. } = &node.kind else { return None };
    bias.as_ref()?.values.get(at).copied()
}

/// A number of at most five characters.
fn tiny(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        0.0 => return "0".to_owned(),
        _ if !(5e-3..999.5).contains(&size) => return format!("{value:.0e}"),
        _ if size < 9.995 => format!("{value:.2}"),
        _ if size < 99.95 => format!("{value:.1}"),
        _ => return format!("{value:.0}"),
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_place_in_a_circle() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (-0.254, "-0.25"),
            (9.999, "10"),
            (123.4, "123"),
            (4e-3, "4e-3"),
            (-2.5e7, "-2e7"),
            (99.97, "100"),
        ];
        for (value, expected) in cases {
            assert_eq!(tiny(value), expected);
        }
    }
}
