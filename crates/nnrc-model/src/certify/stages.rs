//! A network as stages: relays and activations one behind another, each with its blocks and their boxes at rest.

use super::formulas;
use super::inputs::Inputs;
use super::obstacle::Obstacle;
use crate::activation::{Block, Circuit, Quantity, Rails};
use crate::encoding::{encodings, or_identity};
use crate::forward::{drives, forward};
use crate::interval::Interval;
use crate::model::Model;
use crate::network::{Node, NodeKind, Operation};
use crate::ranges::propagate;
use crate::relay::{drive_order, is_relayed};

/// A relay or an activation of a layer.
pub struct Stage {
    /// Its equations.
    pub circuit: Circuit,
    /// Whether the value has two rails.
    pub dual: bool,
    /// Whether something pushes the pre-activation down.
    pub signed: bool,
    /// By quantity and unit: where it lies at rest.
    pub rest: Vec<Vec<Interval>>,
    /// By unit: what drives it up and down at rest; upper bounds, exact for one input.
    pub drive: Vec<Rails>,
}

/// A network as stages.
pub struct Stages<'a> {
    /// The model.
    pub model: &'a Model,
    /// Nodes with their ranges at rest for the inputs at hand.
    pub nodes: Vec<Node>,
    /// By node; none of an input.
    pub of: Vec<Vec<Stage>>,
    /// Whether the inputs are one point.
    pub point: bool,
}

impl<'a> Stages<'a> {
    /// Of a model, for these inputs; every activation that no theorem covers.
    pub fn new(model: &'a Model, inputs: Inputs<'_>) -> Result<Self, Vec<Obstacle>> {
        let mut nodes = model.nodes.clone();
        if let Inputs::Point(point) = inputs {
            let mut values = point.iter();
            for node in nodes.iter_mut().filter(|node| node.kind == NodeKind::Input) {
                node.ranges =
                    values.by_ref().take(node.width()).map(|value| Interval::point(*value)).collect();
            }
        }
        let applied = propagate(&mut nodes);
        // Ranges of what depends on several values are too wide even at a point; there all values are known.
        let exact = match inputs {
            Inputs::Point(point) => {
                for (node, values) in nodes.iter_mut().zip(forward(model, point)) {
                    node.ranges = values.into_iter().map(Interval::point).collect();
                }
                Some(drives(model, point))
            }
            Inputs::Ranges => None,
        };
        let encodings = encodings(model);
        let (mut of, mut obstacles) = (Vec::new(), Vec::new());
        for (at, node) in nodes.iter().enumerate() {
            let mut stages = Vec::new();
            if let NodeKind::Layer { operation, activations, .. } = &node.kind {
                for (place, &activation) in or_identity(activations).iter().enumerate() {
                    let signed = encodings[at].signed_drive[place];
                    let order = if place == 0 { drive_order(&model.chemistry, operation) } else { 1 };
                    let relayed = is_relayed(&model.chemistry, order, activation);
                    let Some(circuit) = activation.approach(signed, node.width()) else {
                        let layer = node.name.clone();
                        obstacles.push(Obstacle::Activation { layer, activation: activation.name() });
                        continue;
                    };
                    // Without any weight only biases drive it, which need no catalyst.
                    let is_empty = matches!(operation, Operation::Dense { weights, .. }
                        if weights.values.iter().all(|w| *w == 0.0));
                    let order = match (relayed, place == 0 && order == 1 && is_empty) {
                        (true, _) => 1,
                        (false, true) => 0,
                        (false, false) => order,
                    };
                    let circuit = followed(circuit, order + 2 > model.chemistry.max_order);
                    let z = exact.as_ref().map_or(applied[at][place].z.clone(), |exact| {
                        exact[at][place].iter().map(|(p, m)| Interval::point(p - m)).collect()
                    });
                    let bounds = applied[at][place].rails.clone();
                    let drive = exact.as_ref().map_or(bounds.clone(), |exact| exact[at][place].clone());
                    if relayed {
                        stages.push(Stage::new(Circuit::linear(), (signed, signed), z.clone(), bounds));
                    }
                    let dual = activation
                        .with(|function| function.holding().pair(signed, model.chemistry.signs).is_some());
                    stages.push(Stage::new(circuit, (dual, signed), z, drive));
                }
            }
            of.push(stages);
        }
        let point = exact.is_some();
        if obstacles.is_empty() { Ok(Self { model, nodes, of, point }) } else { Err(obstacles) }
    }

    /// Largest change of a pre-activation of a layer for a unit change of all sources that are not inputs.
    pub fn gain(&self, operation: &Operation, sources: &[usize]) -> f64 {
        let moving = |source: &&usize| self.nodes[**source].kind != NodeKind::Input;
        match operation {
            Operation::Add => sources.iter().filter(moving).count() as f64,
            Operation::Concat => f64::from(u8::from(sources.iter().any(|source| moving(&source)))),
            Operation::Dense { weights, .. } => {
                let moves: Vec<bool> = sources
                    .iter()
                    .flat_map(|source| vec![moving(&source); self.nodes[*source].width()])
                    .collect();
                let row_sum =
                    |row: &[f64]| row.iter().zip(&moves).filter(|(_, m)| **m).map(|(w, _)| w.abs()).sum();
                weights.values.chunks(moves.len().max(1)).map(row_sum).fold(0.0, f64::max)
            }
        }
    }
}

/// A logistic unit gets followers where the pair of catalysts is too many.
fn followed(mut circuit: Circuit, too_many: bool) -> Circuit {
    for block in &mut circuit.blocks {
        if let (Block::Logistic { a }, true) = (&block, too_many) {
            *block = Block::Followed { a: *a };
        }
    }
    circuit
}

impl Stage {
    fn new(circuit: Circuit, (dual, signed): (bool, bool), z: Vec<Interval>, drive: Vec<Rails>) -> Self {
        let mut stage = Self { circuit, dual, signed, rest: vec![z], drive };
        for at in 0..stage.circuit.blocks.len() {
            let boxes = stage.boxes_at_rest(at);
            stage.rest.push(boxes);
        }
        stage
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.rest[0].len()
    }

    /// Where a block lies at rest, unit by unit; earlier ones are known.
    fn boxes_at_rest(&self, at: usize) -> Vec<Interval> {
        let z = &self.rest[0];
        let ends = |value: &dyn Fn(f64) -> f64| -> Vec<Interval> {
            z.iter().map(|z| Interval::hull([value(z.low), value(z.high)])).collect()
        };
        match &self.circuit.blocks[at] {
            &Block::Neuron { h, upright } => {
                let sign = if upright { 1.0 } else { -1.0 };
                ends(&|z| crate::activation::smooth_relu(sign * z, h))
            }
            &Block::Root { h, .. } => z
                .iter()
                .map(|z| Interval::new(formulas::least_root(*z, h), formulas::root(z.size(), h)))
                .collect(),
            &Block::Sum { of } => vec![total(&self.rest[of]); self.units()],
            Block::Linear { inflow, decay, .. } => (0..self.units())
                .map(|unit| {
                    let of = |q: Quantity| self.rest[q][unit];
                    inflow.over(of).over(decay.over(of))
                })
                .collect(),
            // u is below what is produced.
            Block::Annihilation { .. } => self.drive.iter().map(|(p, _)| Interval::new(0.0, *p)).collect(),
            &Block::Logistic { a } | &Block::Followed { a } => {
                ends(&|z| (1.0 + z / (2.0 * a + formulas::root(z, a * a))) / 2.0)
            }
            &Block::Winners { h } => {
                z.iter().map(|z| Interval::new(0.0, crate::activation::smooth_relu(z.high, h))).collect()
            }
        }
    }

    /// The slowest local rate of the stage, at the forward speed 1: exact at a point, a lower bound for ranges.
    pub fn local_rate(&self, point: bool) -> f64 {
        let z = &self.rest[0];
        let of_block = |(at, block): (usize, &Block)| match *block {
            Block::Neuron { h, .. } => least(z.iter().map(|z| formulas::least_root(*z, h))),
            Block::Root { .. } | Block::Sum { .. } => f64::INFINITY,
            Block::Linear { ref decay, .. } => {
                least((0..self.units()).map(|unit| decay.over(|q| self.rest[q][unit]).low))
            }
            // That of the difference; that of u is sqrt((k d − 1)² + 4 k z₊) ≥ 1, as z₊ ≥ max(d, 0).
            Block::Annihilation { .. } => 1.0,
            Block::Logistic { a } => least(z.iter().map(|z| formulas::least_root(*z, a * a))),
            Block::Followed { a } => least((0..self.units()).map(|unit| {
                let (x, (up, down)) = (self.rest[at + 1][unit], self.drive[unit]);
                let turnover = if point { up * x.high + down * (1.0 - x.low) } else { up.max(down) };
                formulas::followed(formulas::least_root(z[unit], a * a), turnover + 2.0 * a)
            })),
            Block::Winners { h } if point => {
                let drive: Vec<Rails> = z.iter().map(|z| (z.high, 0.0)).collect();
                let x = crate::activation::Activation::WinnerTakeAll { h }.values(&drive);
                formulas::slowest_of_winners(&x, h)
            }
            Block::Winners { h } => h / self.rest[at + 1].iter().map(|x| x.high).fold(0.0, f64::max),
        };
        least(self.circuit.blocks.iter().enumerate().map(of_block))
    }

    /// A rate at which every start approaches the rest in the end, at the forward speed 1. Where a block has one for
    /// all drives, it is that.
    pub fn global_rate(&self) -> f64 {
        let of_block = |(at, block): (usize, &Block)| match *block {
            Block::Neuron { h, .. } => 2.0 * h.sqrt(),
            Block::Logistic { a } => 2.0 * a,
            Block::Linear { ref decay, .. } => least((0..self.units()).map(|unit| {
                let slowest = |q: Quantity| match self.block(q) {
                    Some(&Block::Root { h, .. }) => Interval::point(2.0 * h.sqrt()),
                    Some(Block::Neuron { .. }) => Interval::point(0.0),
                    _ => self.rest[q][unit],
                };
                decay.over(slowest).low
            })),
            Block::Winners { h } => h / self.rest[at + 1].iter().map(|x| x.high).fold(0.0, f64::max),
            Block::Root { .. } | Block::Sum { .. } | Block::Annihilation { .. } | Block::Followed { .. } => {
                f64::INFINITY
            }
        };
        least(self.circuit.blocks.iter().enumerate().map(of_block)).min(self.local_rate(false))
    }

    /// The block of a quantity; none of the pre-activation.
    pub fn block(&self, quantity: Quantity) -> Option<&Block> {
        quantity.checked_sub(1).map(|at| &self.circuit.blocks[at])
    }

    /// The largest |value| of a quantity at rest.
    pub fn size(&self, quantity: Quantity) -> f64 {
        self.rest[quantity].iter().map(|range| range.size()).fold(0.0, f64::max)
    }
}

/// The sum of intervals.
pub fn total(of: &[Interval]) -> Interval {
    of.iter().fold(Interval::point(0.0), |sum, range| sum.plus(*range))
}

/// The least of numbers; infinity if there is none.
fn least(of: impl Iterator<Item = f64>) -> f64 {
    of.fold(f64::INFINITY, f64::min)
}
