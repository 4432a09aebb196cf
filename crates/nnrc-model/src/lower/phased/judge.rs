//! The judge: whether a sample's error is beyond the tolerance.
//!
//! ```text
//! AU = R_he(f), AV = R_he(−f)             two smoothed ReLUs for each output, at 10 kc:  |f| = AU + AV
//! Q  = R_hq(Σ|f| − tol)                   AU + Q -> AU + 2 Q, AV + Q -> AV + 2 Q, Q -> 0 @ tol
//! QN = R_hq(tol − Σ|f|)                   AU + QN -> AU,      AV + QN -> AV,      QN -> 2 QN @ tol
//! Q + N -> Q + K,   QN + K -> QN + N      at 10 kc:  k = q/(q + qn),  K + N = 1
//! C_q + Q -> C_q,   C_q + QN -> C_q + 2 QN     at 15 kc, in the slots JUDGE and CLEAR:  k = 0
//! ```
//!
//! Fixed point: k = (1 + d/sqrt(d² + 4 hq))/2 with d = Σ|f| − tol: 1 for a violation, 0 for a sample within the
//! tolerance, 1 − k ≈ hq/d² away from it. The rate is 10 kc sqrt(d² + 4 hq): a sample within 0.01 of the tolerance is
//! judged in part, and slowly. With several outputs the sum of their errors is judged.

use nnrc_crn::Rate;

use super::order::Order;
use super::vessel::{I, RAILS, Vessel, at, times};
use crate::lower::pot::Species;

/// h of the absolute value.
pub const H_ERROR: f64 = 1e-6;
/// h of the comparison with the tolerance.
pub const H_VERDICT: f64 = 1e-7;
/// Speed of the judge relative to what else runs always.
pub const SPEED: f64 = 10.0;
/// Speed with which the slots without a sample silence the judge.
const SILENCE: f64 = 15.0;

/// K: 1 for a violation, 0 for a sample within the tolerance.
pub fn lower(vessel: &mut Vessel<'_>, name: &str, f: [Species; 2], tolerance: f64, order: &Order) -> Species {
    vessel.module("judge");
    let axis = vessel.crn.species[f[0]].axes[0];
    let speed = SPEED * vessel.settings().combinational;
    let rate = vessel.constant("judge", speed);
    let inflow = vessel.constant("judge_error_inflow", speed * H_ERROR);
    let mut sizes = Vec::new();
    for (suffix, up, down) in [("AU", f[0], f[1]), ("AV", f[1], f[0])] {
        let a = vessel.species(name, suffix, &[axis], H_ERROR.sqrt());
        let (one, two) = ([at(a, &[I])], [times(2, a, &[I])]);
        let family = |what: &str| format!("{name}.judge.{suffix}.{what}");
        vessel.react(&family("excite"), &[axis], &[at(up, &[I])], (&one, &two), &rate);
        vessel.react(&family("inhibit"), &[axis], &[at(down, &[I])], (&one, &[]), &rate);
        vessel.react(&family("inflow"), &[axis], &[], (&[], &one), &inflow);
        vessel.react(&family("quench"), &[axis], &[], (&two, &one), &rate);
        sizes.push((suffix, a));
    }
    let bound = vessel.constant("judge_tolerance", speed * tolerance);
    let inflow = vessel.constant("judge_verdict_inflow", speed * H_VERDICT);
    let silence = vessel.constant("judge_silence", SILENCE * vessel.settings().combinational);
    let mut compare = |suffix: &str, above: bool| {
        let q = vessel.species("judge", suffix, &[], H_VERDICT.sqrt());
        let (one, two) = ([at(q, &[])], [times(2, q, &[])]);
        let (more, less): ((&[_], &[_]), (&[_], &[_])) = ((&one, &two), (&one, &[]));
        let family = |what: &str| format!("judge.{suffix}.{what}");
        for &(size, a) in &sizes {
            let change = if above { more } else { less };
            vessel.react(&family(size), &[axis], &[at(a, &[I])], change, &rate);
        }
        vessel.react(&family("tolerance"), &[], &[], if above { less } else { more }, &bound);
        vessel.react(&family("inflow"), &[], &[], (&[], &one), &inflow);
        vessel.react(&family("quench"), &[], &[], (&two, &one), &rate);
        for (slot, place) in [("judge", order.judge()), ("clear", order.clear())] {
            let change = if above { less } else { more };
            vessel.react(&family(slot), &[], &[at(order.turn, &[place])], change, &silence);
        }
        q
    };
    let (q, qn) = (compare("Q", true), compare("QN", false));
    comparator(vessel, q, qn, &rate)
}

fn comparator(vessel: &mut Vessel<'_>, q: Species, qn: Species, rate: &Rate) -> Species {
    let k = vessel.species("judge", "K", &[], 0.0);
    let n = vessel.species("judge", "N", &[], 1.0);
    let (guilty, innocent) = ([at(k, &[])], [at(n, &[])]);
    vessel.react("judge.convict", &[], &[at(q, &[])], (&innocent, &guilty), rate);
    vessel.react("judge.acquit", &[], &[at(qn, &[])], (&guilty, &innocent), rate);
    k
}

/// The error that reaches the weights: all of it, or what the judge lets through.
///
/// ```text
/// F^s + K -> F^s + K + E^s    @ kc       (without a judge: F^s -> F^s + E^s)
/// ```
///
/// ODE: e' = kc (k f − e), with the decay of `delta`. No update for a sample that is within the tolerance.
pub fn gate(vessel: &mut Vessel<'_>, name: &str, f: [Species; 2], e: [Species; 2], verdict: Option<Species>) {
    vessel.module("gate");
    let axis = vessel.crn.species[f[0]].axes[0];
    let rate = vessel.combinational();
    for ((&(_, rail), from), to) in RAILS.iter().zip(f).zip(e) {
        let mut seen = vec![at(from, &[I])];
        seen.extend(verdict.map(|k| at(k, &[])));
        vessel.react(&format!("{name}.gate_{rail}"), &[axis], &seen, (&[], &[at(to, &[I])]), &rate);
    }
}
