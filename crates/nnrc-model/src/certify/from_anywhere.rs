//! The way from any start without negative concentrations: neurons from 0 to 1e300, shares anywhere in the class of
//! their totals, linear values and their rails up to [`LARGEST_START`].
//!
//! Of a quantity is known the integral of its size up to the time at which it is settled, and the largest size it has
//! had, where there is one: a neuron comes down from any height in no time, but then the integral grows with the
//! logarithm of the height alone, since x = z + h/x − (ln x)'.

use super::formulas;
use super::from_file::production;
use super::magnitude::Magnitude;
use super::obstacle::Obstacle;
use super::stages::Stages;
use super::whereabouts::{At, Whereabouts};
use crate::activation::{Block, Form, Origin, Product, Quantity};
use crate::interval::Interval;
use crate::network::{Node, NodeKind};
use crate::ranges::pre_activation;

/// Up to which a linear value may start.
pub const LARGEST_START: f64 = 1000.0;

/// ln of the concentration up to which a neuron may start.
const LN_LARGEST_NEURON: f64 = 690.8;

/// How large a quantity has been.
#[derive(Debug, Clone, Copy)]
struct Reach {
    /// Its largest size at any time.
    peak: Magnitude,
    /// The integral of its size up to `time`.
    before: Magnitude,
    /// When it is settled.
    time: f64,
    /// Its largest size from then on.
    size: f64,
}

impl Reach {
    /// A size that is never left.
    fn bounded(size: f64) -> Self {
        Self { peak: Magnitude::of(size), before: Magnitude::ZERO, time: 0.0, size }
    }

    /// The integral of its size up to a time.
    fn until(self, time: f64) -> Magnitude {
        self.before.plus(Magnitude::of(self.size * (time - self.time).max(0.0)))
    }

    /// `factor` times it, settled at `time`.
    fn scaled(self, factor: f64, time: f64) -> Self {
        let factor_size = Magnitude::of(factor);
        Self {
            peak: self.peak.times(factor_size),
            before: self.until(time).times(factor_size),
            time,
            size: self.size * factor.abs(),
        }
    }

    /// The sum of two that are settled at one time.
    fn plus(self, other: Self) -> Self {
        Self {
            peak: self.peak.plus(other.peak),
            before: self.before.plus(other.before),
            time: self.time,
            size: self.size + other.size,
        }
    }
}

/// Sizes of all quantities.
pub struct FromAnywhere<'a> {
    stages: &'a Stages<'a>,
    values: Vec<Option<Reach>>,
    /// By node: of either rail, where something bounds it.
    rails: Vec<Option<Reach>>,
    node: usize,
    /// By quantity, of the stage at hand.
    reach: Vec<Reach>,
    production: Option<Reach>,
    /// The distance of the block that was asked for last.
    last: Magnitude,
}

impl<'a> FromAnywhere<'a> {
    /// Before the first layer.
    pub fn new(stages: &'a Stages<'a>) -> Self {
        let of_input = |node: &Node| match node.kind {
            NodeKind::Input => Some(Reach::bounded(size(&node.ranges))),
            NodeKind::Layer { .. } => None,
        };
        let inputs: Vec<Option<Reach>> = stages.nodes.iter().map(of_input).collect();
        let (values, rails) = (inputs.clone(), inputs);
        Self { stages, values, rails, node: 0, reach: Vec::new(), production: None, last: Magnitude::ZERO }
    }

    /// The integral of |c| up to a time.
    fn integral(&self, form: &Form, at: At<'_>, time: f64) -> Magnitude {
        let of_product = |product: &Product| {
            let mut of = product.of.clone();
            let mut value = Magnitude::of(product.factor);
            // The quotient g / x times x is the gate g, which grows as e^(∫ z) at most: g' = x (1 − 2g) + z g.
            let is_quotient = |q: &Quantity| {
                matches!(at.stage.block(*q), Some(Block::Linear { origin: Origin::Quotient, .. }))
            };
            if let (Some(quotient), Some(neuron)) =
                (of.iter().position(is_quotient), of.iter().position(|q| *q == 1))
            {
                of = (0..of.len())
                    .filter(|place| ![quotient, neuron].contains(place))
                    .map(|place| of[place])
                    .collect();
                value = value.times(self.gate(time));
            }
            // One factor by its integral, the others by their peaks.
            let whole = of.iter().position(|&q| !self.reach[q].peak.is_finite()).unwrap_or(0);
            let factors = of.iter().enumerate().map(|(place, &q)| {
                if place == whole { self.reach[q].until(time) } else { self.reach[q].peak }
            });
            let value = factors.fold(value, Magnitude::times);
            if of.is_empty() { value.times(Magnitude::of(time)) } else { value }
        };
        form.0.iter().map(of_product).fold(Magnitude::ZERO, Magnitude::plus)
    }

    /// Above the gate of a unit up to a time.
    fn gate(&self, time: f64) -> Magnitude {
        Magnitude::of(LARGEST_START).times(Magnitude::power(self.reach[0].until(time).value()))
    }

    /// Whether a quantity is never negative.
    fn is_positive(q: Quantity, at: At<'_>) -> bool {
        match at.stage.block(q) {
            // Of what nothing pushes down every value is a concentration.
            None | Some(Block::Linear { .. }) => !at.stage.signed,
            Some(_) => true,
        }
    }

    fn neuron_reach(&self, h: f64, near: f64, size: f64, time: f64) -> Reach {
        let slow =
            Magnitude::of(2.0 * h.sqrt() * time + LN_LARGEST_NEURON - nnrc_sim::elementary::ln(h) / 2.0);
        let before = self.reach[0].until(time).plus(slow);
        Reach { peak: Magnitude::INFINITE, before, time, size: size + near }
    }

    /// Of what is `distance` from its rest at the most.
    fn linear_reach(distance: Magnitude, near: f64, size: f64, time: f64) -> Reach {
        let peak = distance.plus(Magnitude::of(size + near));
        Reach { peak, before: peak.times(Magnitude::of(time)), time, size: size + near }
    }

    /// How far one concentration that is made at the rate of what is produced, and decays at 1, is from its rest.
    fn produced(&self, at: At<'_>, ready: f64) -> Result<Magnitude, Obstacle> {
        let Some(production) = self.production else {
            return Err(Obstacle::Production { layer: at.layer.to_owned(), source: at.layer.to_owned() });
        };
        let at_rest = Magnitude::of(at.stage.drive.iter().map(|(p, m)| p.max(*m)).fold(0.0, f64::max));
        Ok(Magnitude::of(LARGEST_START).plus(production.until(ready)).plus(at_rest))
    }
}

/// The largest |member| of intervals.
fn size(of: &[Interval]) -> f64 {
    of.iter().map(|range| range.size()).fold(0.0, f64::max)
}

impl Whereabouts for FromAnywhere<'_> {
    fn enter(&mut self, node: usize, ready: f64) -> Result<(), Obstacle> {
        self.node = node;
        let nodes = &self.stages.nodes;
        let NodeKind::Layer { operation, sources, .. } = &nodes[node].kind else { return Ok(()) };
        let gain = self.stages.gain(operation, sources);
        // What inputs and biases add is there from the start.
        let mut still = nodes.clone();
        for &source in sources.iter().filter(|&&source| nodes[source].kind != NodeKind::Input) {
            still[source].ranges.fill(Interval::point(0.0));
        }
        let constant = Reach::bounded(size(&pre_activation(&still, operation, sources)));
        let constant = Reach { before: constant.until(ready), time: ready, ..constant };
        let moving = |of: &[Option<Reach>]| {
            let moving = sources.iter().filter(|&&source| nodes[source].kind != NodeKind::Input);
            let mut sum = constant;
            // Of several sources the largest would do; their sum is as good.
            for &source in moving {
                match of[source] {
                    Some(reach) => sum = sum.plus(reach.scaled(gain, ready)),
                    None if gain > 0.0 => return None,
                    None => {}
                }
            }
            Some(sum)
        };
        let z = moving(&self.values).unwrap_or(constant);
        self.production = moving(&self.rails);
        // Inputs of two rails produce no more than their size.
        let zero: Vec<Option<Vec<f64>>> = nodes
            .iter()
            .map(|node| match node.kind {
                NodeKind::Input => Some(node.ranges.iter().map(|range| range.size()).collect()),
                NodeKind::Layer { .. } => Some(vec![0.0; node.width()]),
            })
            .collect();
        if let (Some(production), Some(most)) = (&mut self.production, production(&nodes[node], nodes, &zero))
        {
            let most = Reach::bounded(most.into_iter().fold(0.0, f64::max));
            *production = production.plus(Reach { before: most.until(ready), time: ready, ..most });
        }
        self.reach = vec![z];
        Ok(())
    }

    fn begin(&mut self, at: At<'_>, _ready: f64) -> Result<(), Obstacle> {
        // What nothing asks for is read by nothing.
        self.reach.resize(at.stage.circuit.blocks.len() + 1, Reach::bounded(0.0));
        Ok(())
    }

    fn neuron(&self, _q: Quantity, _unit: usize, _at: At<'_>) -> Interval {
        Interval::new(0.0, f64::INFINITY)
    }

    fn distance(&mut self, q: Quantity, at: At<'_>, ready: f64) -> Result<Magnitude, Obstacle> {
        let rest = Magnitude::of(at.stage.size(q));
        let distance = match at.stage.block(q) {
            Some(Block::Linear { inflow, decay, origin, .. }) => match origin {
                Origin::Share => Magnitude::of(1.0),
                Origin::Difference => Magnitude::of(2.0),
                Origin::Anywhere => {
                    if !decay.quantities().iter().all(|&q| Self::is_positive(q, at)) {
                        return Err(Obstacle::Decay { layer: at.layer.to_owned(), least: None });
                    }
                    Magnitude::of(LARGEST_START).plus(self.integral(inflow, at, ready)).plus(rest)
                }
                // 1 / x is v / h of the mirrored neuron, which is settled by now.
                Origin::Quotient => {
                    let Some(&Block::Neuron { h, .. }) = at.stage.block(2) else {
                        return Ok(Magnitude::INFINITE);
                    };
                    let inverse = (at.stage.size(2) + at.budget.of[2]) / h;
                    self.gate(ready).times(Magnitude::of(inverse)).plus(rest)
                }
            },
            _ => self.produced(at, ready)?,
        };
        if !distance.is_finite() {
            return Err(Obstacle::Growth { layer: at.layer.to_owned() });
        }
        self.last = distance;
        Ok(distance)
    }

    fn rails(&mut self, at: At<'_>, ready: f64) -> Result<Magnitude, Obstacle> {
        self.last = self.produced(at, ready)?;
        Ok(self.last)
    }

    fn logistic(&self, _q: Quantity, at: At<'_>, a: f64) -> (f64, f64) {
        let error = if at.budget.moves { at.budget.of[0] } else { 0.0 };
        let (later, odds) = formulas::logistic_from_anywhere(at.stage.size(0) + error, a);
        (later, odds + formulas::logit_at_rest(at.stage.size(0), a))
    }

    fn settled(&mut self, q: Quantity, at: At<'_>, time: f64) {
        let (near, size) = (at.budget.of[q], at.stage.size(q));
        self.reach[q] = match at.stage.block(q) {
            Some(&Block::Neuron { h, .. }) => self.neuron_reach(h, near, size, time),
            Some(&Block::Winners { h }) => self.neuron_reach(h * at.stage.units() as f64, near, size, time),
            Some(&Block::Root { u, v, .. }) => {
                self.reach[u].scaled(1.0, time).plus(self.reach[v].scaled(1.0, time))
            }
            Some(&Block::Sum { of }) => self.reach[of].scaled(at.stage.units() as f64, time),
            Some(
                Block::Linear { origin: Origin::Share | Origin::Difference, .. } | Block::Logistic { .. },
            )
            | Some(Block::Followed { .. }) => {
                Reach { before: Magnitude::of(time), time, ..Reach::bounded(1.0) }
            }
            Some(Block::Linear { origin: Origin::Quotient, .. }) => {
                Reach { peak: Magnitude::INFINITE, before: Magnitude::INFINITE, time, size: size + near }
            }
            _ => Self::linear_reach(self.last, near, size, time),
        };
    }

    fn end(&mut self, at: At<'_>, time: f64, rails: f64) {
        let mut value = Reach { time, ..Reach::bounded(0.0) };
        for product in &at.stage.circuit.value.0 {
            let part = match product.of.first() {
                Some(&q) => self.reach[q].scaled(product.factor, time),
                None => {
                    let constant = Reach::bounded(product.factor.abs());
                    Reach { before: constant.until(time), time, ..constant }
                }
            };
            value = value.plus(part);
        }
        self.production = if !at.stage.dual {
            Some(value)
        } else if at.stage.circuit.is_linear() && at.budget.rails.is_finite() {
            let most = at.stage.drive.iter().map(|(p, m)| p.max(*m)).fold(0.0, f64::max);
            Some(Self::linear_reach(self.last, at.budget.rails, most, rails))
        } else {
            None
        };
        self.values[self.node] = Some(value);
        self.rails[self.node] = self.production;
        self.reach = vec![value];
    }
}
