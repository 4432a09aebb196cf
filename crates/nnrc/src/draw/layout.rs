//! Where columns and units stand.

use nnrc_model::Node;

use crate::compiled::Compiled;
use crate::plot::legend::cut;

/// Units, or columns, that are all drawn; of more the first and the last [`ENDS`].
const MOST: usize = 24;
/// Drawn at either end of more.
const ENDS: usize = 8;
/// Characters of the name of a value.
const LONGEST_NAME: usize = 24;

/// Around everything, in pixels.
pub const MARGIN: f64 = 24.0;
/// Where the columns begin.
pub const TOP: f64 = 78.0;
/// Radius of a unit.
pub const RADIUS: f64 = 15.0;
/// From one column to the next.
const COLUMN: f64 = 190.0;
/// From one unit to the next.
const UNIT: f64 = 44.0;
/// Captions of columns.
const CAPTION: f64 = 62.0;
/// Pixels of a character of a name.
const CHARACTER: f64 = 7.4;
/// From the units down to what passes below them.
const BOW: f64 = 20.0;
/// Between two edges that pass there.
const LANE: f64 = 6.0;

/// Which of many are drawn; none stands for those in between.
pub fn shown(count: usize) -> Vec<Option<usize>> {
    if count <= MOST {
        return (0..count).map(Some).collect();
    }
    (0..ENDS).map(Some).chain([None]).chain((count - ENDS..count).map(Some)).collect()
}

/// How many are not drawn.
pub fn left_out(count: usize) -> usize {
    if count <= MOST { 0 } else { count - 2 * ENDS }
}

/// The name of a value outside the network, cut to what has a place.
pub fn value_name(node: &Node, names: &[String], at: usize) -> String {
    let name = node.features.get(at).or_else(|| names.get(at)).filter(|name| !name.is_empty());
    name.map_or(String::new(), |name| cut(name, LONGEST_NAME))
}

/// Columns and rows of a network.
pub struct Layout {
    /// Nodes in the order of their columns; none stands for those in between.
    pub columns: Vec<Option<usize>>,
    left: f64,
    names: f64,
    rows: usize,
    /// First lane of each node whose values pass other columns, and the number of all lanes.
    lanes: (Vec<Option<usize>>, usize),
    widths: Vec<usize>,
}

impl Layout {
    pub fn new(pot: &Compiled) -> Self {
        let model = &pot.model;
        let columns = shown(model.nodes.len());
        let widths: Vec<usize> = model.nodes.iter().map(Node::width).collect();
        let outputs = model.output_names();
        let longest = |node: usize, names: &[String]| {
            let all = shown(widths[node]).into_iter().flatten();
            let lengths = all.map(|at| value_name(&model.nodes[node], names, at).chars().count());
            CHARACTER * lengths.max().unwrap_or(0) as f64
        };
        let inputs = model.inputs().map(|(node, _)| longest(node, &[])).fold(0.0, f64::max);
        let rows = columns.iter().flatten().map(|&node| shown(widths[node]).len()).max().unwrap_or(1);
        let column = |node: usize| columns.iter().position(|other| *other == Some(node));
        let mut lanes = (vec![None; widths.len()], 0);
        for (at, node) in model.nodes.iter().enumerate() {
            let nnrc_model::NodeKind::Layer { sources, .. } = &node.kind else { continue };
            for &source in sources {
                let skips = matches!((column(source), column(at)), (Some(a), Some(b)) if b - a > 1);
                if skips && lanes.0[source].is_none() {
                    lanes.0[source] = Some(lanes.1);
                    lanes.1 += shown(widths[source]).len();
                }
            }
        }
        let left = MARGIN + (inputs + 12.0).max(70.0);
        let names = longest(model.output, &outputs).max(50.0) + 16.0;
        Self { left, names, rows, lanes, widths, columns }
    }

    /// The middle of a column.
    pub fn x(&self, column: usize) -> f64 {
        self.left + COLUMN * column as f64
    }

    /// The column of a node, if it is drawn.
    pub fn column(&self, node: usize) -> Option<usize> {
        self.columns.iter().position(|other| *other == Some(node))
    }

    /// The middle of a unit, if it is drawn.
    pub fn place(&self, node: usize, at: usize) -> Option<(f64, f64)> {
        let slot = shown(self.widths[node]).into_iter().position(|other| other == Some(at))?;
        Some((self.x(self.column(node)?), self.slot(node, slot)))
    }

    /// The height of what stands at a slot of a column.
    pub fn slot(&self, node: usize, slot: usize) -> f64 {
        let own = shown(self.widths[node]).len();
        let free = (self.rows - own) as f64 / 2.0;
        TOP + CAPTION + UNIT * (free + slot as f64)
    }

    /// Below all units.
    pub fn floor(&self) -> f64 {
        TOP + CAPTION + UNIT * (self.rows as f64 - 0.5)
    }

    /// Below everything.
    pub fn bottom(&self) -> f64 {
        let lanes = if self.lanes.1 > 0 { BOW + LANE * self.lanes.1 as f64 } else { 0.0 };
        self.floor() + lanes + 16.0
    }

    /// Where the lists beside the columns begin.
    pub fn right(&self) -> f64 {
        self.x(self.columns.len().saturating_sub(1)) + RADIUS + self.names + 30.0
    }

    /// How far down the edges of a value go that pass other columns.
    pub fn lane(&self, node: usize, at: usize) -> f64 {
        let slot = shown(self.widths[node]).into_iter().position(|other| other == Some(at)).unwrap_or(0);
        self.floor() + BOW + LANE * (self.lanes.0[node].unwrap_or(0) + slot) as f64
    }
}
