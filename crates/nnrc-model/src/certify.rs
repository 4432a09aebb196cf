//! What is proven of a compiled network: fixed point, rate, time to settle.
//!
//! For networks of smoothed ReLU and linear layers the fixed point is unique, positive and exponentially attracting
//! (Anderson, Joshi and Deshpande 2021; constructions C2), layer after layer:
//!
//! - *Smoothed ReLU*, x' = g (h + z x − x²): two solutions approach each other in ln x at the rate 2 g sqrt(h) at
//!   least, and an error ζ of z makes an error of at most ζ / (2 sqrt h) in ln x (B-T2).
//! - *Linear*, y' = g (z − y) on the difference of the rails: errors decay as e^(−g t), and an error ζ of z makes an
//!   error of at most ζ.
//!
//! The certified time adds, along the slowest path to the output, the time in which each layer comes within what
//! its readers tolerate, once its sources are within what it tolerates itself (constructions C3).

use nnrc_sim::elementary::{ln, ln_1p};
use std::fmt;

use crate::activation::Approach;
use crate::encoding::or_identity;
use crate::interval::Interval;
use crate::model::Model;
use crate::network::{Node, NodeKind, Operation};
use crate::ranges::{pre_activation, propagate};
use crate::relay::{drive_order, is_relayed};

/// For which inputs a certificate holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Inputs<'a> {
    /// Every input within the ranges of the model.
    Ranges,
    /// One input.
    Point(&'a [f64]),
}

/// A proven statement with its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What holds.
    pub statement: String,
    /// The theorem.
    pub theorem: &'static str,
    /// The hypotheses that were checked.
    pub hypotheses: Vec<String>,
}

/// A layer that no theorem covers.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// It has several activations.
    SeveralActivations {
        /// Its name.
        layer: String,
    },
    /// Nothing is proven of its activation.
    Activation {
        /// Its name.
        layer: String,
        /// The activation's name in the language.
        activation: &'static str,
    },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralActivations { layer } => {
                write!(f, "layer `{layer}`: no theorem covers several activations in a row")
            }
            Self::Activation { layer, activation } => {
                write!(
                    f,
                    "layer `{layer}`: no theorem covers `{activation}`; certified are smooth_relu and linear layers"
                )
            }
        }
    }
}

/// What is proven, or why nothing is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Certificate {
    /// Proven statements; empty if not certified.
    pub claims: Vec<Claim>,
    /// Hypotheses that fail; empty if certified.
    pub obstacles: Vec<Obstacle>,
    /// Local rate of approach per time unit: exact for a point, a lower bound for ranges.
    pub local_rate: Option<f64>,
    /// Rate of approach from any start, per time unit.
    pub global_rate: Option<f64>,
    /// Time after which every output stays within `tolerance` of its value, from the initial state.
    pub settling_time: Option<f64>,
    /// Tolerance of the settling time, in concentration units.
    pub tolerance: f64,
}

/// Certifies a model for the given inputs; `tolerance` is that of the settling time.
pub fn certify(model: &Model, inputs: Inputs<'_>, tolerance: f64) -> Certificate {
    let mut certificate = Certificate { tolerance, ..Certificate::default() };
    let mut stages = Vec::new();
    for node in &model.nodes {
        match stages_of(model, node) {
            Ok(found) => stages.push(found),
            Err(obstacle) => certificate.obstacles.push(obstacle),
        }
    }
    if !certificate.obstacles.is_empty() {
        return certificate;
    }
    let boxes = Boxes::new(model, inputs, &stages);
    let speed = model.chemistry.forward;
    let all = || stages.iter().flatten();
    let local = boxes.local_rate(&stages, speed);
    let global = all().map(|stage| stage.global_rate(speed)).fold(f64::INFINITY, f64::min);
    certificate.local_rate = local.is_finite().then_some(local);
    certificate.global_rate = global.is_finite().then_some(global);
    certificate.settling_time = Some(settling_time(model, &stages, &boxes, tolerance));
    certificate.claims = claims(model, inputs, &certificate);
    certificate
}

fn claims(model: &Model, inputs: Inputs<'_>, certificate: &Certificate) -> Vec<Claim> {
    let layers = model.nodes.iter().filter(|node| node.kind != NodeKind::Input).count();
    let kinds = format!("every layer ({layers} in all) is linear or smooth_relu with h > 0");
    let graph = "the network is feed-forward".to_owned();
    let held = "no reaction changes an input".to_owned();
    let range = match inputs {
        Inputs::Ranges => "for every input within its range",
        Inputs::Point(_) => "for this input",
    };
    let mut claims = vec![Claim {
        statement: format!(
            "there is exactly one positive fixed point {range}, and it equals the network's value"
        ),
        theorem: "C2: one sign change, one positive root, layer by layer (Anderson, Joshi, Deshpande 2021)",
        hypotheses: vec![kinds.clone(), graph.clone(), held.clone()],
    }];
    if let Some(rate) = certificate.global_rate {
        claims.push(Claim {
            statement: format!("every positive start approaches it at the rate {rate:.6} or faster, up to a polynomial in time"),
            theorem: "B-T2: contraction in ln x at 2 sqrt(h); linear relays contract at 1",
            hypotheses: vec![kinds.clone(), graph.clone()],
        });
    }
    if let Some(rate) = certificate.local_rate {
        let bound = if matches!(inputs, Inputs::Point(_)) { "is" } else { "is at least" };
        claims.push(Claim {
            statement: format!("near the fixed point the slowest rate {bound} {rate:.6}"),
            theorem: "C2: block triangular Jacobian with diagonal blocks −sqrt(z² + 4h), −1 for linear units",
            hypotheses: vec![kinds.clone(), graph.clone()],
        });
    }
    if let Some(time) = certificate.settling_time {
        claims.push(Claim {
            statement: format!(
                "after {time:.4} time units every output stays within {} of its value",
                certificate.tolerance
            ),
            theorem: "C3: input-to-state bounds of B-T2, summed along the slowest path",
            hypotheses: vec![
                kinds,
                graph,
                held,
                "the start is the initial state of the compiled network".to_owned(),
            ],
        });
    }
    claims
}

/// The stages of a node, none for an input; an obstacle if it has no certificate.
fn stages_of(model: &Model, node: &Node) -> Result<Vec<Approach>, Obstacle> {
    let NodeKind::Layer { operation, activations, .. } = &node.kind else { return Ok(Vec::new()) };
    let activations = or_identity(activations);
    let [activation] = activations[..] else {
        return Err(Obstacle::SeveralActivations { layer: node.name.clone() });
    };
    let approach = activation
        .approach()
        .ok_or_else(|| Obstacle::Activation { layer: node.name.clone(), activation: activation.name() })?;
    let relayed = is_relayed(&model.chemistry, drive_order(&model.chemistry, operation), activation);
    Ok(if relayed { vec![Approach::Linear, approach] } else { vec![approach] })
}

/// Intervals of every stage of every node: of z at rest and at all times.
struct Boxes {
    /// Nodes with their ranges at rest.
    rest: Vec<Node>,
    /// By node and stage: intervals of z at rest, and of z at all times.
    z: Vec<Vec<(Vec<Interval>, Vec<Interval>)>>,
}

impl Boxes {
    fn new(model: &Model, inputs: Inputs<'_>, stages: &[Vec<Approach>]) -> Self {
        let mut rest = model.nodes.clone();
        if let Inputs::Point(point) = inputs {
            let mut values = point.iter();
            for node in rest.iter_mut().filter(|node| node.kind == NodeKind::Input) {
                node.ranges =
                    values.by_ref().take(node.width()).map(|value| Interval::point(*value)).collect();
            }
            propagate(&mut rest);
        }
        let mut always = rest.clone();
        let mut z = Vec::new();
        for (at, stages) in stages.iter().enumerate() {
            let NodeKind::Layer { operation, sources, .. } = &rest[at].kind else {
                z.push(Vec::new());
                continue;
            };
            let mut at_rest = pre_activation(&rest, operation, sources);
            let mut at_all_times = pre_activation(&always, operation, sources);
            let mut found = Vec::new();
            for stage in stages {
                let next_rest = at_rest.iter().map(|z| stage.rest(*z)).collect();
                let next_always = at_all_times.iter().map(|z| stage.transient(*z)).collect();
                found.push((
                    std::mem::replace(&mut at_rest, next_rest),
                    std::mem::replace(&mut at_all_times, next_always),
                ));
            }
            always[at].ranges = at_all_times;
            z.push(found);
        }
        Self { rest, z }
    }

    fn local_rate(&self, stages: &[Vec<Approach>], speed: f64) -> f64 {
        let by_stage = stages.iter().zip(&self.z).flat_map(|(stages, z)| stages.iter().zip(z));
        by_stage
            .flat_map(|(stage, (at_rest, _))| at_rest.iter().map(|z| stage.local_rate(*z, speed)))
            .fold(f64::INFINITY, f64::min)
    }
}

/// Time after which the output stays within the tolerance.
fn settling_time(model: &Model, stages: &[Vec<Approach>], boxes: &Boxes, tolerance: f64) -> f64 {
    let speed = model.chemistry.forward;
    // What each node may deviate by, and how long its own stages take: from the output backwards.
    let mut allowed = vec![f64::INFINITY; model.nodes.len()];
    allowed[model.output] = tolerance;
    let mut own = vec![0.0; model.nodes.len()];
    for at in (0..model.nodes.len()).rev() {
        let NodeKind::Layer { operation, sources, .. } = &model.nodes[at].kind else { continue };
        let gain = gain(&boxes.rest, operation, sources);
        let mut budget = allowed[at];
        if budget.is_infinite() {
            continue;
        }
        for (place, stage) in stages[at].iter().enumerate().rev() {
            let (z_rest, z_always) = &boxes.z[at][place];
            // Half of the error for what is still under way before this stage, if anything is.
            let share = if place == 0 && gain == 0.0 { 1.0 } else { 0.5 };
            let (time, passed_on) = stage_time(*stage, z_rest, z_always, budget, share, speed);
            own[at] += time;
            budget = passed_on;
        }
        for &source in sources {
            if gain > 0.0 && model.nodes[source].kind != NodeKind::Input {
                allowed[source] = allowed[source].min(budget / gain);
            }
        }
    }
    let mut finished = vec![0.0f64; model.nodes.len()];
    for (at, node) in model.nodes.iter().enumerate() {
        if let NodeKind::Layer { sources, .. } = &node.kind {
            finished[at] = own[at] + sources.iter().map(|&source| finished[source]).fold(0.0, f64::max);
        }
    }
    finished[model.output]
}

/// Time of one stage until its units deviate by at most `budget`, and the error of z that it allows for.
fn stage_time(
    stage: Approach,
    z_rest: &[Interval],
    z_always: &[Interval],
    budget: f64,
    share: f64,
    speed: f64,
) -> (f64, f64) {
    let units =
        || z_rest.iter().zip(z_always).map(|(rest, always)| (stage.rest(*rest), stage.transient(*always)));
    match stage {
        Approach::Linear => {
            let far = units()
                .map(|(rest, always)| (always.high - rest.low).max(rest.high - always.low))
                .fold(0.0, f64::max);
            ((ln(far / (share * budget)) / speed).max(0.0), budget / 2.0)
        }
        Approach::SmoothRelu { h } => {
            let highest = units().map(|(rest, _)| rest.high).fold(0.0, f64::max);
            // |x − x*| <= x* (e^r − 1) for the distance r in ln x.
            let near = ln_1p(budget / highest);
            let far = units()
                .map(|(rest, always)| ln(always.high / rest.low).max(ln(rest.high / always.low)))
                .fold(0.0, f64::max);
            let rate = stage.global_rate(speed);
            ((ln(far / (share * near)) / rate).max(0.0), near * h.sqrt())
        }
    }
}

/// Largest change of a pre-activation for a unit change of all sources that are not inputs.
fn gain(nodes: &[Node], operation: &Operation, sources: &[usize]) -> f64 {
    let moving = |source: &&usize| nodes[**source].kind != NodeKind::Input;
    match operation {
        Operation::Add => sources.iter().filter(moving).count() as f64,
        Operation::Concat => f64::from(u8::from(sources.iter().any(|source| moving(&source)))),
        Operation::Dense { weights, .. } => {
            let moves: Vec<bool> =
                sources.iter().flat_map(|source| vec![moving(&source); nodes[*source].width()]).collect();
            let row_sum =
                |row: &[f64]| row.iter().zip(&moves).filter(|(_, m)| **m).map(|(w, _)| w.abs()).sum();
            weights.values.chunks(moves.len().max(1)).map(row_sum).fold(0.0, f64::max)
        }
    }
}
