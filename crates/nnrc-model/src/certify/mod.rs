//! What is proven of a compiled network: fixed point, rate, time to settle.
//!
//! Every activation with reactions at rest is a chain of blocks ([`Block`](crate::activation::Block)), each of which
//! has one rest and attracts every start once what it reads is at rest; layers stand in a row, so the whole has
//! (constructions, "What is proven"). Rates near the rest are those of the blocks, since the Jacobian is triangular.
//!
//! Times: `budget` divides the tolerance backwards from the outputs, `settle` adds up times forwards, once from
//! the initial state of the compiled network (`from_file`) and once from any start (`from_anywhere`). All formulas
//! stand in `formulas`.

mod budget;
mod formulas;
mod from_anywhere;
mod from_file;
mod inputs;
mod magnitude;
mod obstacle;
mod settle;
mod stages;
mod whereabouts;

pub use from_anywhere::LARGEST_START;
pub use inputs::{Inputs, Start};
pub use obstacle::Obstacle;

use crate::model::Model;
use crate::network::NodeKind;
use settle::{needs_bounded_start, settling_time};
use stages::Stages;

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
    /// Time after which every output stays within `tolerance` of its value, from the initial state; why there is none.
    pub settling_time: Option<f64>,
    /// What stands in the way of a settling time from the initial state.
    pub unsettled: Option<Obstacle>,
    /// Time after which the same holds from any start, never below `settling_time`.
    pub settling_time_any_start: Option<f64>,
    /// What stands in the way of a settling time from any start.
    pub unsettled_any_start: Option<Obstacle>,
    /// Up to where linear values and their rails may start for it, in concentration units; none: it needs no bound.
    pub largest_start: Option<f64>,
    /// Tolerance of the settling times, in concentration units.
    pub tolerance: f64,
}

/// Certifies a model for the given inputs; `tolerance` is that of the settling times.
pub fn certify(model: &Model, inputs: Inputs<'_>, tolerance: f64) -> Certificate {
    let mut certificate = Certificate { tolerance, ..Certificate::default() };
    let stages = match Stages::new(model, inputs) {
        Ok(stages) => stages,
        Err(obstacles) => {
            certificate.obstacles = obstacles;
            return certificate;
        }
    };
    let speed = model.chemistry.forward;
    let least = |rates: &mut dyn Iterator<Item = f64>| {
        let least = speed * rates.fold(f64::INFINITY, f64::min);
        least.is_finite().then_some(least)
    };
    let all = || stages.of.iter().flatten();
    certificate.local_rate = least(&mut all().map(|stage| stage.local_rate(stages.point)));
    certificate.global_rate = least(&mut all().map(stages::Stage::global_rate));
    // What holds for all inputs holds for one of them, and is the better bound now and then.
    let wide = match inputs {
        Inputs::Point(point) if model.outside_range(point).is_none() => {
            Stages::new(model, Inputs::Ranges).ok()
        }
        Inputs::Point(_) | Inputs::Ranges => None,
    };
    let time = |start| {
        let own = settling_time(&stages, start, tolerance);
        let of_all = wide.as_ref().and_then(|wide| settling_time(wide, start, tolerance).ok());
        let best = match (own, of_all) {
            (Ok(own), Some(of_all)) => Ok(own.min(of_all)),
            (Err(_), Some(of_all)) => Ok(of_all),
            (own, None) => own,
        };
        best.map(|time| time / speed)
    };
    let (file, any) = (time(Start::File), time(Start::Any));
    // What holds from any start holds from that of the file.
    certificate.settling_time = match (&file, &any) {
        (Ok(file), Ok(any)) => Some(file.min(*any)),
        (Ok(time), Err(_)) | (Err(_), Ok(time)) => Some(*time),
        (Err(_), Err(_)) => None,
    };
    certificate.unsettled = file.err().filter(|_| certificate.settling_time.is_none());
    certificate.settling_time_any_start = any.as_ref().ok().copied();
    certificate.unsettled_any_start = any.err();
    certificate.largest_start = needs_bounded_start(&stages, tolerance).then_some(LARGEST_START);
    certificate.claims = claims(model, inputs, &certificate);
    certificate
}

fn claims(model: &Model, inputs: Inputs<'_>, certificate: &Certificate) -> Vec<Claim> {
    let layers = model.nodes.iter().filter(|node| node.kind != NodeKind::Input).count();
    let kinds = format!("every block of every layer ({layers} in all) has one rest and attracts every start");
    let graph = "the network is feed-forward".to_owned();
    let held = "no reaction changes an input".to_owned();
    let range = match inputs {
        Inputs::Ranges => "for every input within its range",
        Inputs::Point(_) => "for this input",
    };
    let mut claims = vec![Claim {
        statement: format!(
            "there is exactly one fixed point without negative concentrations {range}, and it equals the network's value"
        ),
        theorem: "C2: one rest, block by block (Anderson, Joshi, Deshpande 2021)",
        hypotheses: vec![kinds.clone(), graph.clone(), held.clone()],
    }];
    if let Some(rate) = certificate.global_rate {
        claims.push(Claim {
            statement: format!(
                "every start approaches it at the rate {rate:.6} or faster, up to a polynomial in time"
            ),
            theorem: "B-T2: contraction block by block, in a cascade",
            hypotheses: vec![kinds.clone(), graph.clone()],
        });
    }
    if let Some(rate) = certificate.local_rate {
        let bound = if matches!(inputs, Inputs::Point(_)) { "is" } else { "is at least" };
        claims.push(Claim {
            statement: format!("near the fixed point the slowest rate {bound} {rate:.6}"),
            theorem: "C2: block triangular Jacobian, whose eigenvalues are those of the blocks",
            hypotheses: vec![kinds.clone(), graph.clone()],
        });
    }
    let tolerance = certificate.tolerance;
    if let Some(time) = certificate.settling_time {
        claims.push(Claim {
            statement: format!(
                "after {time:.4} time units every output stays within {tolerance} of its value"
            ),
            theorem: "C3: times of the blocks, added along the slowest path",
            hypotheses: vec![
                kinds.clone(),
                graph.clone(),
                held.clone(),
                "the start is the initial state of the compiled network".to_owned(),
            ],
        });
    }
    if let Some(time) = certificate.settling_time_any_start {
        let most = certificate.largest_start;
        let limit = most.map_or(String::new(), |most| format!(" (linear values starting at most at {most})"));
        claims.push(Claim {
            statement: format!(
                "from any start, every output is within {tolerance} after {time:.4} time units{limit}"
            ),
            theorem: "C3: a neuron comes down from any concentration in finite time",
            hypotheses: vec![
                kinds,
                graph,
                held,
                "no concentration is negative at the start, and totals are those of the network".to_owned(),
            ],
        });
    }
    claims
}
