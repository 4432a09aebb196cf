//! The statement about a file and a model, and what became of it.

use nnrc_model::Model;
use nnrc_verify_kernel::certificate::{self, Certificate};
use nnrc_verify_kernel::dyadic::Dyadic;
use nnrc_verify_kernel::fault::{Fault, Kind};
use nnrc_verify_kernel::proof::{Claim, OverBox, Proof};
use nnrc_verify_kernel::sbml::{self, System};
use nnrc_verify_kernel::settle::{Settle, Start};
use nnrc_verify_kernel::sha256;
use nnrc_verify_kernel::triangular::Triangular;

use crate::places::{Ids, Places};
use crate::search::{self, Hints};
use crate::{form, matching};

/// Up to where concentrations may start for a time that holds from any start, where such a bound is needed.
pub const LARGEST_START: f64 = 1000.0;

/// What is to be proven.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whether for all inputs in the ranges of the network.
    pub over_box: bool,
    /// The points at which outputs are compared.
    pub points: Vec<Vec<f64>>,
    /// How far an output may be from the network's value.
    pub eps: f64,
    /// The least rate, per time unit of the file, if one is asked for.
    pub rate: Option<f64>,
    /// How near the outputs are to come, and from where, if a time for that is asked for. The bound on where
    /// concentrations start is dropped where none is needed.
    pub settle: Option<Settle>,
    /// What concentrations are multiplied by to be values: 1 over the concentration that 1 means; none for 1.
    pub times: Option<f64>,
    /// Inputs and outputs, where they have not the documented identifiers.
    pub places: Option<Places>,
}

impl Request {
    /// For all inputs in their ranges, with a look at these points first.
    pub fn over_box(points: Vec<Vec<f64>>) -> Self {
        Self { over_box: true, points, eps: 1e-9, rate: None, settle: None, times: None, places: None }
    }
}

/// One input at which the outputs are certainly apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The values of the inputs.
    pub input: Vec<f64>,
    /// The output, from 0.
    pub output: usize,
    /// Bounds of its value in the reactions.
    pub found: (f64, f64),
    /// Bounds of the network's value.
    pub expected: (f64, f64),
}

/// What became of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Every check holds.
    Proven,
    /// There is an input at which it is false.
    Refuted(Box<Witness>),
    /// No method decided, for this reason.
    Undecided(Fault),
}

/// What was found out about a file.
#[derive(Debug, Clone)]
pub struct Report {
    /// What became of the statement.
    pub verdict: Verdict,
    /// What holds over the box, if that was asked for and found.
    pub over_box: Option<OverBox>,
    /// The points that were compared, each with the largest deviation that an output may have.
    pub points: Vec<(Vec<f64>, f64)>,
    /// The least rate over the box or, without one, over the points.
    pub rate: f64,
    /// How near the outputs come, from where, and after which time, in time units of the file, where that was asked for and found.
    pub settled: Option<(Settle, f64)>,
    /// The ranges of the inputs, where a box was asked for.
    pub ranges: Vec<(f64, f64)>,
    /// The claim, as far as it was found.
    pub claim: Claim,
    /// The file.
    pub system: System,
    /// The certificate, where the statement is proven.
    pub certificate: Option<Certificate>,
}

/// Verifies that the reactions of a file compute a model.
///
/// # Errors
///
/// A file, a network or a map that is invalid or outside the class.
pub fn verify(model: &Model, file: &[u8], request: &Request) -> Result<Report, Fault> {
    let system = sbml::read(file)?;
    let times = request.times.map(|times| Dyadic::from_f64(times).unwrap_or_else(Dyadic::zero));
    let system = times.as_ref().map_or_else(|| Ok(system.clone()), |times| system.scaled(times))?;
    let network = form::network(model)?;
    let ids = Ids::of(&system);
    let places = match &request.places {
        Some(places) => places.clone(),
        None => Places { inputs: ids.inputs(model)?, outputs: ids.outputs(model)? },
    };
    let ranges: Vec<(f64, f64)> = model
        .inputs()
        .flat_map(|(_, node)| node.ranges.iter().map(|range| (range.low, range.high)))
        .collect();
    for (what, needed, there) in [
        ("inputs", network.inputs.iter().map(|(_, width)| width).sum::<usize>(), places.inputs.len()),
        ("outputs", model.nodes[model.output].width(), places.outputs.len()),
    ] {
        if needed != there {
            let message = format!("the network has {needed} {what}, and the map {there}");
            return Err(Fault::invalid("bad-map", message));
        }
    }
    let mut claim = Claim { network, outputs: places.outputs, times, ..Claim::default() };
    claim.plan.inputs.clone_from(&places.inputs);
    let mut report = Report {
        verdict: Verdict::Proven,
        over_box: None,
        points: Vec::new(),
        rate: f64::INFINITY,
        settled: None,
        ranges: if request.over_box { ranges.clone() } else { Vec::new() },
        claim: claim.clone(),
        system: system.clone(),
        certificate: None,
    };
    if let Err(fault) = look(&system, &mut claim, &ids, &inner_points(&ranges)) {
        report.claim = claim;
        return undecided(report, fault);
    }
    report.claim = claim.clone();
    let proof = match Proof::new(&system, &claim) {
        Ok(proof) => proof,
        Err(fault) => return undecided(report, fault),
    };
    let settle = request.settle.map(|settle| least_bounded(settle, &proof));
    let proof = proof.settling(settle);
    let mut time: Option<f64> = None;
    let mut reason = None;
    let mut point_rate = f64::INFINITY;
    for input in &request.points {
        let point = match proof.at(input) {
            Ok(point) => point,
            Err(fault) if fault.kind == Kind::Invalid => return Err(fault),
            Err(fault) => {
                reason.get_or_insert(fault);
                continue;
            }
        };
        let (output, apart) = point.at_least();
        if apart > request.eps {
            let (found, expected) = (point.outputs[output], point.values[output]);
            report.verdict = Verdict::Refuted(Box::new(Witness {
                input: input.clone(),
                output,
                found: (found.low, found.high),
                expected: (expected.low, expected.high),
            }));
            return Ok(report);
        }
        point_rate = point_rate.min(point.rate);
        let apart = point.at_most();
        if !request.over_box {
            match proof.settled_at(input) {
                Ok(found) => time = found.map(|found| found.max(time.unwrap_or(0.0))),
                Err(fault) => drop(reason.get_or_insert(fault)),
            }
        }
        if apart.is_finite() {
            report.points.push((input.clone(), apart));
        } else {
            let message = "an output or a value of the network has no bound at a point";
            reason.get_or_insert(Fault::undecided("not-finite", message));
        }
    }
    let mut eps = report.points.iter().fold(0.0, |most: f64, (_, apart)| most.max(*apart));
    report.rate = point_rate;
    let mut rest = Vec::new();
    if request.over_box {
        match proof.over_box(&ranges) {
            Ok(over) => {
                (eps, report.rate, reason) = (over.eps, over.rate, None);
                time = over.settled;
                rest = certificate::boxes(&proof, &over.rest);
                report.over_box = Some(over);
            }
            Err(fault) => return undecided(report, fault),
        }
    }
    if !request.over_box && request.points.is_empty() {
        reason.get_or_insert(Fault::undecided("no-input", "the statement is about no input"));
    }
    report.settled = settle.zip(time);
    if let Some(fault) = reason.or_else(|| too_weak(eps, report.rate, request)) {
        return undecided(report, fault);
    }
    report.certificate = Some(Certificate {
        sha256: sha256::hash(file),
        species: system.species.len(),
        reactions: system.reactions,
        claim: claim.clone(),
        ranges: request.over_box.then_some(ranges),
        points: report.points.clone(),
        eps,
        rate: report.rate,
        settled: report.settled,
        rest,
    });
    Ok(report)
}

/// Looks for a cascade, and for the places of the units in it. Which of two rails is the positive one, and which species of a
/// total is a value, may be seen from the places only; then the cascade is made again.
fn look(system: &System, claim: &mut Claim, ids: &Ids<'_>, points: &[Vec<f64>]) -> Result<(), Fault> {
    let again = |claim: &Claim, hints: &Hints| {
        let mut claim = claim.clone();
        claim.plan = search::plan(system, claim.plan.inputs.clone(), hints)?;
        let cascade = Triangular::new(system, &claim.plan)?;
        claim.units = matching::units(&cascade, &claim, ids, points)?;
        Ok::<_, Fault>(claim)
    };
    *claim = again(claim, &Hints::default())?;
    let hints = matching::hints(claim, system)?;
    if hints != Hints::default()
        && let Ok(better) = again(claim, &hints)
    {
        *claim = better;
    }
    Ok(())
}

/// The same from any start whatever, where no output needs a bound on it.
fn least_bounded(settle: Settle, proof: &Proof<'_>) -> Settle {
    match settle.start {
        Start::Any { .. } if !proof.needs_bounded_start() => {
            Settle { start: Start::Any { most: f64::INFINITY }, ..settle }
        }
        Start::File | Start::Any { .. } => settle,
    }
}

/// Says that nothing is decided, unless the file is invalid.
fn undecided(mut report: Report, fault: Fault) -> Result<Report, Fault> {
    if fault.kind == Kind::Invalid {
        return Err(fault);
    }
    report.verdict = Verdict::Undecided(fault);
    Ok(report)
}

/// Why bounds do not prove what was asked for.
fn too_weak(eps: f64, rate: f64, request: &Request) -> Option<Fault> {
    if eps.is_nan() || eps > request.eps {
        let message =
            format!("outputs are within {eps:e} of the network's values; {:e} was asked for", request.eps);
        return Some(Fault::undecided("eps-too-large", message));
    }
    let least = request.rate.filter(|least| rate.is_nan() || rate < *least)?;
    Some(Fault::undecided(
        "rate-too-small",
        format!("the rate is at least {rate:e}; {least:e} was asked for"),
    ))
}

/// Points of a box for a first look: its corners, as far as they are few, and some between them, always the same ones.
pub fn sample_points(ranges: &[(f64, f64)]) -> Vec<Vec<f64>> {
    let mut points: Vec<Vec<f64>> = Vec::new();
    let corners = if ranges.len() <= 3 { 1usize << ranges.len() } else { 2 };
    for corner in 0..corners {
        // Two corners are all low and all high.
        let is_high = |at: usize| if ranges.len() <= 3 { corner >> at & 1 == 1 } else { corner == 1 };
        points.push(
            ranges
                .iter()
                .enumerate()
                .map(|(at, (low, high))| if is_high(at) { *high } else { *low })
                .collect(),
        );
    }
    points.extend(inner_points(ranges));
    points
}

/// Three points of a box, always the same ones.
fn inner_points(ranges: &[(f64, f64)]) -> Vec<Vec<f64>> {
    let mut points = Vec::new();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..3 {
        let mut point = Vec::new();
        for (low, high) in ranges {
            // Knuth's linear congruential generator; the high bits are the good ones.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            #[allow(clippy::cast_precision_loss, reason = "53 bits")]
            let share = (state >> 11) as f64 / (1u64 << 53) as f64;
            point.push((low + share * (high - low)).clamp(*low, *high));
        }
        points.push(point);
    }
    points
}
