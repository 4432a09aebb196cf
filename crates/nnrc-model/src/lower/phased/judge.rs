//! The judge: whether a sample's error is beyond the tolerance.
//!
//! ```text
//! AU = R_he(f), AV = R_he(−f)        two smoothed ReLUs for each output, at 10 kc:  |f| = AU + AV
//! AU + Q -> AU + 2 Q,  AV + Q -> AV + 2 Q,  Q -> 0 @ ks tol        Q grows as e^(ks d t), d = Σ|f| − tol
//! Q -> 2 Q,  QN -> 2 QN              @ c        both grow, and
//! 2 Q -> Q,  2 QN -> QN,  Q + QN -> Q,  Q + QN -> QN      @ c      limit each other
//! 0 -> Q,  0 -> QN                   @ ks hq
//! Q + N -> Q + K,  QN + K -> QN + N  @ kc/2     k = q/(q + qn),  K + N = 1
//! RELEASE_L -> RELEASE_L + Q,  RELEASE_L + Q -> RELEASE_L  @ gated,   and QN: both begin at 1
//! C_q + AU -> C_q,  C_q + AV -> C_q       in the slots JUDGE and CLEAR, faster than AU can grow: |f| = 0, so k = 0
//! ```
//!
//! Q and QN compete for one place: their ratio obeys (ln q/qn)' = ks d exactly, from 1 when the last phase before the
//! latch ends. So k = 1/(1 + e^(−ks d t)) after time t, 1 for a violation and 0 for a sample within the tolerance; at rest
//! what is wrong of k is hq/|d|. A sample is judged in part where ks |d| t is small: within some 1e-4 of the tolerance.
//! With several outputs the sum of their errors is judged.

use nnrc_crn::Rate;

use super::order::Order;
use super::vessel::{I, RAILS, Vessel, at, times};
use crate::lower::pot::Species;

/// h of the absolute value.
pub const H_ERROR: f64 = 1e-6;
/// h of the comparison with the tolerance.
pub const H_VERDICT: f64 = 1e-7;
/// Speed of the absolute value relative to what else runs always.
const SPEED: f64 = 10.0;
/// Speed of the comparison, ks, relative to what else runs always.
pub const VERDICT_SPEED: f64 = 80.0;
/// Speed of the competition, c, relative to what else runs always.
const COMPETITION: f64 = 5.0;
/// Speed of the comparator relative to what else runs always.
const COMPARATOR: f64 = 0.5;
/// Speed with which the slots without a sample silence the judge, relative to the fastest growth of AU and AV.
const SILENCE: f64 = 1.5;

/// K: 1 for a violation, 0 for a sample within the tolerance. `largest` bounds the error of an output.
pub fn lower(
    vessel: &mut Vessel<'_>,
    name: &str,
    f: [Species; 2],
    (tolerance, largest): (f64, f64),
    order: &Order,
) -> Species {
    vessel.module("judge");
    let axis = vessel.crn.species[f[0]].axes[0];
    let speed = SPEED * vessel.settings().combinational;
    let rate = vessel.constant("judge", speed);
    let inflow = vessel.constant("judge_error_inflow", speed * H_ERROR);
    let silence = vessel.constant("judge_silence", SILENCE * speed * largest);
    let mut sizes = Vec::new();
    for (suffix, up, down) in [("AU", f[0], f[1]), ("AV", f[1], f[0])] {
        let a = vessel.species(name, suffix, &[axis], H_ERROR.sqrt());
        let (one, two) = ([at(a, &[I])], [times(2, a, &[I])]);
        let family = |what: &str| format!("{name}.judge.{suffix}.{what}");
        vessel.react(&family("excite"), &[axis], &[at(up, &[I])], (&one, &two), &rate);
        vessel.react(&family("inhibit"), &[axis], &[at(down, &[I])], (&one, &[]), &rate);
        vessel.react(&family("inflow"), &[axis], &[], (&[], &one), &inflow);
        vessel.react(&family("quench"), &[axis], &[], (&two, &one), &rate);
        for (slot, place) in [("judge", order.judge()), ("clear", order.clear())] {
            vessel.react(&family(slot), &[axis], &[at(order.turn, &[place])], (&one, &[]), &silence);
        }
        sizes.push((suffix, a));
    }
    let verdict = VERDICT_SPEED * vessel.settings().combinational;
    let drive = vessel.constant("verdict", verdict);
    let bound = vessel.constant("judge_tolerance", verdict * tolerance);
    let inflow = vessel.constant("judge_verdict_inflow", verdict * H_VERDICT);
    let compete = vessel.constant("judge_competition", COMPETITION * vessel.settings().combinational);
    let (begin, gated) = ([vessel.gate(vessel.phases.before_latch())], vessel.gated());
    let rivals = ["Q", "QN"].map(|suffix| vessel.species("judge", suffix, &[], 1.0));
    for (suffix, own, other) in [("Q", rivals[0], rivals[1]), ("QN", rivals[1], rivals[0])] {
        let (one, two) = ([at(own, &[])], [times(2, own, &[])]);
        let family = |what: &str| format!("judge.{suffix}.{what}");
        vessel.react(&family("grow"), &[], &[], (&one, &two), &compete);
        vessel.react(&family("limit"), &[], &[], (&two, &one), &compete);
        vessel.react(&family("compete"), &[], &[at(other, &[])], (&one, &[]), &compete);
        vessel.react(&family("inflow"), &[], &[], (&[], &one), &inflow);
        vessel.react(&family("fill"), &[], &begin, (&[], &one), &gated);
        vessel.react(&family("empty"), &[], &begin, (&one, &[]), &gated);
    }
    let (one, two) = ([at(rivals[0], &[])], [times(2, rivals[0], &[])]);
    for &(size, a) in &sizes {
        vessel.react(&format!("judge.Q.{size}"), &[axis], &[at(a, &[I])], (&one, &two), &drive);
    }
    vessel.react("judge.Q.tolerance", &[], &[], (&one, &[]), &bound);
    let rate = vessel.constant("comparator", COMPARATOR * vessel.settings().combinational);
    comparator(vessel, rivals[0], rivals[1], &rate)
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
