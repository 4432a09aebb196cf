//! Certificates: what the search found, written down, and checked again from nothing.

mod content;
mod read;

use crate::fault::Fault;
use crate::interval::Interval;
use crate::proof::Proof;
use crate::sbml::System;
use crate::{json, sbml, sha256};

pub use content::{ATTRACTING, Certificate, FORMAT, HYPOTHESES, STARTS, VERSION};

/// How far two runs of the same computation may be apart, relative to its numbers: none on one version, and rounding
/// where a later version bounds better.
const PLAY: f64 = 1e-9;

/// What a checked certificate proves.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The certificate.
    pub certificate: Certificate,
    /// The file.
    pub system: System,
}

/// Checks a certificate against a file.
///
/// # Errors
///
/// A text that is no certificate, a file that it is not about, and everything of it that does not follow from the file:
/// nothing in it is believed.
pub fn check(file: &[u8], certificate: &[u8]) -> Result<Checked, Fault> {
    let system = sbml::read(file)?;
    let (certificate, system) = read::certificate(&json::read(certificate)?, system)?;
    if certificate.sha256 != sha256::hash(file) {
        return Err(Fault::invalid(
            "other-file",
            "the certificate is about another file: its SHA-256 is not that of this one",
        ));
    }
    if (certificate.species, certificate.reactions) != (system.species.len(), system.reactions) {
        return Err(tampered("the numbers of species and reactions"));
    }
    let Found { eps, rate, settled, rest } = proven(&system, &certificate)?;
    require(eps, certificate.eps, "eps", eps <= certificate.eps)?;
    require(rate, certificate.rate, "rate", rate >= certificate.rate)?;
    if let Some((_, claimed)) = certificate.settled {
        require(settled, claimed, "time of `settle`", settled <= claimed)?;
    }
    if rest.len() != certificate.rest.len() {
        return Err(tampered("rest"));
    }
    for (found, claimed) in rest.iter().flatten().zip(certificate.rest.iter().flatten()) {
        require(found.low, claimed.low, "rest", found.low >= claimed.low)?;
        require(found.high, claimed.high, "rest", found.high <= claimed.high)?;
    }
    Ok(Checked { certificate, system })
}

/// What a certificate claims, found again.
struct Found {
    eps: f64,
    rate: f64,
    /// The time to settle; 0 where there is no claim of one.
    settled: f64,
    /// The boxes of the blocks.
    rest: Vec<Vec<Interval>>,
}

fn proven(system: &System, certificate: &Certificate) -> Result<Found, Fault> {
    let settle = certificate.settled.map(|(settle, _)| settle);
    let proof = Proof::new(system, &certificate.claim)?.settling(settle);
    let mut all = Found { eps: 0.0, rate: f64::INFINITY, settled: 0.0, rest: Vec::new() };
    if let Some(ranges) = &certificate.ranges {
        let over = proof.over_box(ranges)?;
        let rest = boxes(&proof, &over.rest);
        all = Found { eps: over.eps, rate: over.rate, settled: over.settled.unwrap_or(0.0), rest };
    } else if certificate.points.is_empty() {
        return Err(Fault::invalid("bad-certificate", "the statement is about no input"));
    }
    for (input, claimed) in &certificate.points {
        let point = proof.at(input)?;
        let found = point.at_most();
        if !found.is_finite() {
            return Err(Fault::undecided("not-finite", "a deviation at a point has no bound"));
        }
        require(found, *claimed, "eps of a point", found <= *claimed)?;
        if certificate.ranges.is_none() {
            all.eps = all.eps.max(found);
            all.rate = all.rate.min(point.rate);
            all.settled = all.settled.max(proof.settled_at(input)?.unwrap_or(0.0));
        }
    }
    Ok(all)
}

/// The boxes of each block of a proof.
pub fn boxes(proof: &Proof<'_>, rest: &[Interval]) -> Vec<Vec<Interval>> {
    let of = |variable: u32| rest.get(variable as usize).copied().unwrap_or(Interval::ALL);
    proof.cascade.blocks.iter().map(|block| block.variables().into_iter().map(of).collect()).collect()
}

/// Requires a claim that follows from what was found, `follows`, and is no weaker than by rounding.
fn require(found: f64, claimed: f64, what: &str, follows: bool) -> Result<(), Fault> {
    let play = PLAY * found.abs().max(f64::MIN_POSITIVE);
    let is_near = found == claimed || (found - claimed).abs() <= play;
    if follows && is_near { Ok(()) } else { Err(tampered(what)) }
}

fn tampered(what: &str) -> Fault {
    Fault::invalid(
        "bad-certificate",
        format!("{what}: the certificate says something else than follows from the file"),
    )
}
