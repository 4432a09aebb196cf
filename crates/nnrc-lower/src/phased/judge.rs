//! The judge: whether a sample's error is beyond the tolerance.
//!
//! ```text
//! AU = R_he(f), AV = R_he(−f)        two smoothed ReLUs for each output, at ka >= 4 kc:  a = Σ (AU + AV) = Σ |f|
//! Q -> 2 Q,   AU + Q -> AU + 2 Q,  AV + Q -> AV + 2 Q,  2 Q -> Q,  QN + Q -> QN (twice as fast)      @ kc
//! QN -> 2 QN @ kc (1 + tol),                            2 QN -> QN,  Q + QN -> Q (twice as fast)     @ kc
//! Q + N -> Q + K,  QN + K -> QN + N  @ kc     k = q/(q + qn),  K + N = 1
//! RELEASE_L -> RELEASE_L + Q (q̄ kr),  RELEASE_L + Q -> RELEASE_L (kr),   and QN: both begin equal at q̄ = (1 + tol)/3
//! C_q + AU -> C_q,  C_q + AV -> C_q       in the slots JUDGE and CLEAR, faster than AU can grow: a = 0, so k = 0
//! ```
//!
//! ODE: q' = kc q (1 + a − q − 2 qn), qn' = kc qn (1 + tol − qn − 2 q). Each suppresses the other more than itself, so
//! only one survives; from an equal start that is Q for a > tol and QN for a < tol. Their difference grows as
//! e^(kc q̄ t), so a sample that is d away from the tolerance is judged after a time of
//! ln(1/d)/(kc q̄), and none is left undecided: k is 1 for a violation, 0 for a sample within the tolerance. Q and QN
//! begin equal in the last phase before the latch, when the output has settled. With several outputs the sum of
//! their errors is judged.
//!
//! The rivalry goes on while they are refilled, and the refill is faster by `gated`: kr = gated + kc q̄. For a = tol and
//! an open gate δ = q − qn follows δ' = δ (kc (1 + tol − s) − kr), s = q + qn; s >= 2 q̄ once holds for ever, since
//! s' >= kc s (1 + tol − 3 s/2) + kr (2 q̄ − s). So |δ| shrinks at least as e^(−gated t), from any state: what is left of the
//! last verdict is what a phase leaves of every register. Where a is not tol, kc q (a − tol) adds to δ' what is right.
//!
//! AU and AV grow as e^(ka |f| t) from as little as he. An error of tol that n outputs share must have grown before
//! RELEASE_L ends, and the output takes 7/gated of it to settle; so ka is at least 20 n/(tol (length − 7/gated)).

use nnrc_crn::Rate;

use super::order::Order;
use super::pot_builder::{I, PotBuilder, RAILS, at, times};
use crate::layer_builder::Species;
use nnrc_model::judge::{H_ERROR, RIVALRY, saddle, speed};

/// Speed with which the slots without a sample silence the judge, relative to the fastest growth of AU and AV.
const SILENCE: f64 = 1.5;

/// K: 1 for a violation, 0 for a sample within the tolerance. `largest` bounds the error of an output.
pub fn lower(
    pot: &mut PotBuilder<'_>,
    name: &str,
    f: [Species; 2],
    (tolerance, largest): (f64, f64),
    order: &Order,
) -> Species {
    pot.module("judge");
    let axis = pot.crn.species[f[0]].axes[0];
    let speed = speed(&pot.settings, tolerance, pot.crn.axes[axis].size());
    let rate = pot.constant("judge", speed);
    let inflow = pot.constant("judge_error_inflow", speed * H_ERROR);
    let silence = pot.constant("judge_silence", SILENCE * speed * largest);
    let mut sizes = Vec::new();
    for (suffix, up, down) in [("AU", f[0], f[1]), ("AV", f[1], f[0])] {
        let a = pot.species(name, suffix, &[axis], H_ERROR.sqrt());
        let (one, two) = ([at(a, &[I])], [times(2, a, &[I])]);
        let family = |what: &str| format!("{name}.judge.{suffix}.{what}");
        pot.react(&family("excite"), &[axis], &[at(up, &[I])], (&one, &two), &rate);
        pot.react(&family("inhibit"), &[axis], &[at(down, &[I])], (&one, &[]), &rate);
        pot.react(&family("inflow"), &[axis], &[], (&[], &one), &inflow);
        pot.react(&family("quench"), &[axis], &[], (&two, &one), &rate);
        for (slot, place) in [("judge", order.judge()), ("clear", order.clear())] {
            pot.react(&family(slot), &[axis], &[at(order.turn, &[place])], (&one, &[]), &silence);
        }
        sizes.push((suffix, a));
    }
    // An error at the tolerance makes AU + AV a little more than itself.
    let bound = tolerance.hypot(2.0 * H_ERROR.sqrt());
    let (kc, kg) = (pot.settings.combinational, pot.settings.gated);
    let rate = pot.combinational();
    let suppress = pot.constant("judge_rivalry", RIVALRY * kc);
    let saddle = saddle(bound);
    let reset = kg + kc * saddle;
    let (fill, empty) = (pot.constant("judge_fill", saddle * reset), pot.constant("judge_empty", reset));
    let begin = [pot.gate(pot.phases.before_latch())];
    let [q, qn] = ["Q", "QN"].map(|suffix| pot.species("judge", suffix, &[], saddle));
    let growth = [rate.clone(), pot.constant("judge_tolerance", kc * (1.0 + bound))];
    for ((suffix, own, other), growth) in [("Q", q, qn), ("QN", qn, q)].into_iter().zip(growth) {
        let (one, two) = ([at(own, &[])], [times(2, own, &[])]);
        let family = |what: &str| format!("judge.{suffix}.{what}");
        pot.react(&family("grow"), &[], &[], (&one, &two), &growth);
        pot.react(&family("limit"), &[], &[], (&two, &one), &rate);
        pot.react(&family("yield"), &[], &[at(other, &[])], (&one, &[]), &suppress);
        pot.react(&family("fill"), &[], &begin, (&[], &one), &fill);
        pot.react(&family("empty"), &[], &begin, (&one, &[]), &empty);
    }
    let (one, two) = ([at(q, &[])], [times(2, q, &[])]);
    for &(size, a) in &sizes {
        pot.react(&format!("judge.Q.{size}"), &[axis], &[at(a, &[I])], (&one, &two), &rate);
    }
    comparator(pot, q, qn, &rate)
}

fn comparator(pot: &mut PotBuilder<'_>, q: Species, qn: Species, rate: &Rate) -> Species {
    let k = pot.species("judge", "K", &[], 0.0);
    let n = pot.species("judge", "N", &[], 1.0);
    let (guilty, innocent) = ([at(k, &[])], [at(n, &[])]);
    pot.react("judge.convict", &[], &[at(q, &[])], (&innocent, &guilty), rate);
    pot.react("judge.acquit", &[], &[at(qn, &[])], (&guilty, &innocent), rate);
    k
}

/// The error that reaches the weights: all of it, or what the judge lets through.
///
/// ```text
/// F^s + K -> F^s + K + E^s    @ kc       (without a judge: F^s -> F^s + E^s)
/// ```
///
/// ODE: e' = kc (k f − e), with the decay of `delta`. No update for a sample that is within the tolerance.
pub fn gate(
    pot: &mut PotBuilder<'_>,
    name: &str,
    f: [Species; 2],
    e: [Species; 2],
    verdict: Option<Species>,
) {
    pot.module("gate");
    let axis = pot.crn.species[f[0]].axes[0];
    let rate = pot.combinational();
    for ((&(_, rail), from), to) in RAILS.iter().zip(f).zip(e) {
        let mut seen = vec![at(from, &[I])];
        seen.extend(verdict.map(|k| at(k, &[])));
        pot.react(&format!("{name}.gate_{rail}"), &[axis], &seen, (&[], &[at(to, &[I])]), &rate);
    }
}
