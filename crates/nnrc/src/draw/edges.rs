//! Edges: a weight, its size as width, its sign as colour and dash.

use nnrc_model::{NodeKind, Operation};

use super::layout::{Layout, RADIUS, shown};
use super::pen::{Pen, Sign};
use crate::compiled::Compiled;
use crate::numbers::short;
use crate::plot::svg::number;
use crate::show::index_of;

/// Widths of the smallest and the largest edge, in pixels.
const WIDTHS: (f64, f64) = (0.35, 3.4);

pub fn draw(pen: &mut Pen, pot: &Compiled, layout: &Layout) {
    for (at, node) in pot.model.nodes.iter().enumerate() {
        let NodeKind::Layer { operation, sources, .. } = &node.kind else { continue };
        let mut first = 0;
        for &source in sources {
            from(pen, pot, layout, (source, at), operation, first);
            first += pot.model.nodes[source].width();
        }
    }
}

/// Edges from a source, whose values follow `first` others in what the layer takes.
fn from(
    pen: &mut Pen,
    pot: &Compiled,
    layout: &Layout,
    (source, at): (usize, usize),
    operation: &Operation,
    first: usize,
) {
    let nodes = &pot.model.nodes;
    let (Some(start), Some(end)) = (layout.column(source), layout.column(at)) else { return };
    let largest = match operation {
        Operation::Dense { weights, .. } => weights.values.iter().fold(0.0_f64, |most, w| most.max(w.abs())),
        Operation::Add | Operation::Concat => 1.0,
    };
    let units = |node: usize| shown(nodes[node].width()).into_iter().flatten();
    // Where many cross, those below shine through.
    pen.crowd(units(source).count() * units(at).count());
    for row in units(at) {
        for column in units(source) {
            let weight = match operation {
                Operation::Dense { weights, .. } => {
                    let columns = weights.shape.get(1).copied().unwrap_or(0);
                    weights.values[row * columns + first + column]
                }
                Operation::Add => f64::from(u8::from(row == column)),
                Operation::Concat => f64::from(u8::from(row == first + column)),
            };
            let ends = (layout.place(source, column), layout.place(at, row));
            let (true, (Some(from), Some(to))) = (weight != 0.0, ends) else { continue };
            let sign = match operation {
                Operation::Dense { .. } if weight > 0.0 => Sign::Up,
                Operation::Dense { .. } => Sign::Down,
                Operation::Add | Operation::Concat => Sign::Plain,
            };
            let share = if sign == Sign::Plain { 0.25 } else { weight.abs() / largest };
            let width = WIDTHS.0 + (WIDTHS.1 - WIDTHS.0) * share;
            let name = |node: usize, at| format!("{}[{}]", nodes[node].name, index_of(&nodes[node], at));
            let title = format!("{} → {}: {}", name(source, column), name(at, row), short(weight));
            let passes = (end - start > 1).then(|| layout.lane(source, column));
            pen.edge(&path(from, to, passes), sign, width, &title);
        }
    }
}

/// From the right of a unit to the left of another; what passes other columns goes below them.
fn path(from: (f64, f64), to: (f64, f64), below: Option<f64>) -> String {
    let [x1, y1, x2, y2] = [from.0 + RADIUS, from.1, to.0 - RADIUS, to.1].map(number);
    match below {
        None => format!("M {x1} {y1} L {x2} {y2}"),
        Some(floor) => {
            // Down behind the first column, along below the units, and up before the last.
            let (left, right) = (from.0 + RADIUS + 60.0, to.0 - RADIUS - 60.0);
            let [left, right, floor] = [left, right, floor].map(number);
            let [a, b] = [from.0 + RADIUS + 34.0, to.0 - RADIUS - 34.0].map(number);
            format!(
                "M {x1} {y1} C {a} {y1} {a} {floor} {left} {floor} L {right} {floor} C {b} {floor} {b} {y2} {x2} {y2}"
            )
        }
    }
}
