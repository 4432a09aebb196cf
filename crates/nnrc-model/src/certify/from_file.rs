//! The way from the initial state of the compiled network: boxes in which every quantity stays at all times.

use super::formulas;
use super::magnitude::Magnitude;
use super::obstacle::Obstacle;
use super::stages::{Stages, total};
use super::whereabouts::{At, Whereabouts};
use crate::activation::{Block, Form, Origin, Quantity, smooth_relu};
use crate::interval::Interval;
use crate::network::{Node, NodeKind, Operation};
use crate::ranges::pre_activation;

/// Boxes of all times.
pub struct FromFile<'a> {
    stages: &'a Stages<'a>,
    /// Nodes with the range of their values at all times.
    nodes: Vec<Node>,
    /// By node: an upper bound of either rail of each value at all times; none where nothing bounds them.
    rails: Vec<Option<Vec<f64>>>,
    node: usize,
    /// By quantity and unit, of the stage at hand.
    boxes: Vec<Vec<Interval>>,
    /// What is produced of each pre-activation, at most.
    production: Option<Vec<f64>>,
}

impl<'a> FromFile<'a> {
    /// Before the first layer.
    pub fn new(stages: &'a Stages<'a>) -> Self {
        let of_input = |node: &Node| match node.kind {
            NodeKind::Input => Some(node.ranges.iter().map(|range| range.size()).collect()),
            NodeKind::Layer { .. } => None,
        };
        Self {
            stages,
            nodes: stages.nodes.clone(),
            rails: stages.nodes.iter().map(of_input).collect(),
            node: 0,
            boxes: Vec::new(),
            production: None,
        }
    }

    /// The box of the next block, from those of the earlier ones.
    fn next(&self, block: &Block, at: At<'_>) -> Result<Vec<Interval>, Obstacle> {
        let units = 0..at.stage.units();
        let z = &self.boxes[0];
        Ok(match block {
            &Block::Neuron { h, upright } => {
                let sign = if upright { 1.0 } else { -1.0 };
                let of = |z: &Interval| {
                    Interval::hull(
                        [z.low, z.high].map(|z| smooth_relu(sign * z, h)).into_iter().chain([h.sqrt()]),
                    )
                };
                z.iter().map(of).collect()
            }
            // u v = h holds at the start and from then on.
            &Block::Root { u, v, h } => units
                .map(|unit| {
                    let sum = self.boxes[u][unit].plus(self.boxes[v][unit]);
                    Interval::new(sum.low.max(2.0 * h.sqrt()), sum.high)
                })
                .collect(),
            &Block::Sum { of } => vec![total(&self.boxes[of]); at.stage.units()],
            Block::Linear { inflow, decay, start, origin } => units
                .map(|unit| self.linear((inflow, decay, *start, *origin), at, unit))
                .collect::<Result<_, _>>()?,
            Block::Annihilation { .. } => {
                self.production_of(at.layer)?.iter().map(|most| Interval::new(0.0, *most)).collect()
            }
            &Block::Logistic { a } | &Block::Followed { a } => {
                let share = |z: f64| (1.0 + z / (2.0 * a + formulas::root(z, a * a))) / 2.0;
                z.iter().map(|z| Interval::hull([share(z.low), 0.5, share(z.high)])).collect()
            }
            Block::Winners { h } => {
                let highest = z.iter().map(|z| z.high).fold(f64::NEG_INFINITY, f64::max);
                let all = at.stage.units() as f64 * h;
                vec![Interval::new(0.0, smooth_relu(highest, all).max(all.sqrt())); at.stage.units()]
            }
        })
    }

    /// y' = c − k y stays between its start and the extremes of c / k.
    fn linear(
        &self,
        (inflow, decay, start, origin): (&Form, &Form, f64, Origin),
        at: At<'_>,
        unit: usize,
    ) -> Result<Interval, Obstacle> {
        let of = |q: Quantity| self.boxes[q][unit];
        let (c, k) = (inflow.over(of), decay.over(of));
        if k.low > 0.0 {
            return Ok(c.over(k).with(Interval::point(start)));
        }
        match origin {
            Origin::Share => Ok(Interval::new(0.0, 1.0)),
            Origin::Difference => Ok(Interval::new(-1.0, 1.0)),
            Origin::Anywhere | Origin::Quotient => {
                Err(Obstacle::Decay { layer: at.layer.to_owned(), least: Some(k.low) })
            }
        }
    }

    fn production_of(&self, layer: &str) -> Result<&[f64], Obstacle> {
        self.production.as_deref().ok_or_else(|| {
            let source = unbounded(&self.stages.nodes, self.node, &self.rails, layer);
            Obstacle::Production { layer: layer.to_owned(), source }
        })
    }
}

/// Upper bounds of what is produced of each pre-activation of a node, from bounds of either rail of its sources.
pub fn production(node: &Node, nodes: &[Node], rails: &[Option<Vec<f64>>]) -> Option<Vec<f64>> {
    let NodeKind::Layer { operation, sources, .. } = &node.kind else { return None };
    // As what intervals around 0 give for the largest sizes of weights.
    let mut bounded = nodes.to_vec();
    for &source in sources {
        bounded[source].ranges =
            rails[source].as_ref()?.iter().map(|most| Interval::new(-most, *most)).collect();
    }
    let z = pre_activation(&bounded, operation, sources);
    Some(z.into_iter().map(Interval::size).collect())
}

/// The first source of a node whose rails nothing bounds.
fn unbounded(nodes: &[Node], node: usize, rails: &[Option<Vec<f64>>], layer: &str) -> String {
    let NodeKind::Layer { sources, .. } = &nodes[node].kind else { return layer.to_owned() };
    let source = sources.iter().find(|&&source| rails[source].is_none());
    source.map_or_else(|| layer.to_owned(), |&source| nodes[source].name.clone())
}

impl Whereabouts for FromFile<'_> {
    fn enter(&mut self, node: usize, _ready: f64) -> Result<(), Obstacle> {
        self.node = node;
        let NodeKind::Layer { operation, sources, .. } = &self.nodes[node].kind else { return Ok(()) };
        let (operation, sources): (&Operation, &[usize]) = (operation, sources);
        self.boxes = vec![pre_activation(&self.nodes, operation, sources)];
        self.production = production(&self.nodes[node], &self.nodes, &self.rails);
        Ok(())
    }

    fn begin(&mut self, at: At<'_>, _ready: f64) -> Result<(), Obstacle> {
        for (block, near) in at.stage.circuit.blocks.iter().zip(&at.budget.of[1..]) {
            // What nothing asks for is read by nothing.
            let boxes = if near.is_infinite() { Vec::new() } else { self.next(block, at)? };
            self.boxes.push(boxes);
        }
        Ok(())
    }

    fn neuron(&self, q: Quantity, unit: usize, at: At<'_>) -> Interval {
        match at.stage.block(q) {
            // What reads inputs alone sets out where the network starts it.
            Some(Block::Neuron { h, .. }) if !at.budget.moves => Interval::point(h.sqrt()),
            _ => self.boxes[q][unit],
        }
    }

    fn distance(&mut self, q: Quantity, at: At<'_>, _ready: f64) -> Result<Magnitude, Obstacle> {
        let apart = |(now, rest): (&Interval, &Interval)| (now.high - rest.low).max(rest.high - now.low);
        let farthest = self.boxes[q].iter().zip(&at.stage.rest[q]).map(apart).fold(0.0, f64::max);
        Ok(Magnitude::of(farthest))
    }

    fn rails(&mut self, at: At<'_>, _ready: f64) -> Result<Magnitude, Obstacle> {
        // Both are between 0 and what is produced.
        Ok(Magnitude::of(self.production_of(at.layer)?.iter().copied().fold(0.0, f64::max)))
    }

    fn logistic(&self, q: Quantity, at: At<'_>, a: f64) -> (f64, f64) {
        let odds = |x: f64| nnrc_sim::elementary::ln(x / (1.0 - x));
        let farthest = self.boxes[q].iter().zip(&at.stage.rest[0]).map(|(now, z)| {
            let rest = Interval::hull([z.low, z.high].map(|z| formulas::logit_at_rest(z, a)));
            (odds(now.high) - rest.low).max(rest.high - odds(now.low))
        });
        (0.0, farthest.fold(0.0, f64::max))
    }

    fn settled(&mut self, _q: Quantity, _at: At<'_>, _time: f64) {}

    fn end(&mut self, at: At<'_>, _time: f64, _rails: f64) {
        let units = 0..at.stage.units();
        let read = at.stage.circuit.value.quantities();
        let value: Vec<Interval> = if read.iter().all(|&q| !self.boxes[q].is_empty()) {
            units.map(|unit| at.stage.circuit.value.over(|q| self.boxes[q][unit])).collect()
        } else {
            Vec::new()
        };
        self.production = if !at.stage.dual {
            Some(value.iter().map(|range| range.high.max(0.0)).collect())
        } else if at.stage.circuit.is_linear() {
            self.production.take()
        } else {
            None
        };
        self.nodes[self.node].ranges.clone_from(&value);
        self.rails[self.node].clone_from(&self.production);
        self.boxes = vec![value];
    }
}
