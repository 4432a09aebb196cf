//! The judge: whether a sample's error is beyond the tolerance.
//!
//! ```text
//! JUDGE + TW -> JUDGE + T                     @ gated      the tolerance, T + TS + TW = tol, comes forward
//! JUDGE + A -> JUDGE + B                      @ gated      and so do all amounts A that make up the error (`misfit`)
//! B + T -> TS                                 @ kj         one against the other
//! B + U -> B + K,   T + U -> T + N            @ kv         what is left decides
//! K + U -> 2 K,   N + U -> 2 N,   K + N -> 2 U             @ kv
//! JUDGE + K -> JUDGE + U,   JUDGE + N -> JUDGE + U         @ 2 kv + gated       K + N + U = 1
//! LATCH + T -> LATCH + TW,   LATCH + TS -> LATCH + TW,   LATCH + B -> LATCH     @ gated
//! ```
//!
//! Molecules are compared with molecules, one by one: whatever the rate constants are, what is left of B and T when one of
//! them is used up is |a − tol|, a being the sum of all A. T is an amount that no reaction makes or removes. So the
//! threshold is as exact as the copies in A: off by a part of itself, and of nothing larger.
//!
//! The vote, by approximate majority (Angluin, Aspnes, Eisenstat, Distributed Computing 21 (2008) 87): K and N are both 0
//! while JUDGE is on, but for what B and T make of U; d' = (k − n)' = kv u (d + b − t), so d has the sign of b − t ever after, and
//! as long as the vote is open, u >= 1/3, it grows at least as e^(kv t/3). With kv = 3 kc a sample that is δ away from
//! the tolerance is judged after a time of ln(1/δ)/kc. The end is k = 1 for a violation, n = 1 for none, which stay. What
//! JUDGE leaves of the last verdict is e^(−(kv + gated) ∫ o dt), less than any register: K and N are emptied twice as fast as
//! they grow, so that constants which are off by tens of percent leave it a verdict of its own.
//!
//! Before and after, neither B nor T is there: where one of K and N is 1 and nothing asks for the other, small numbers of
//! U and of the loser die out, of either sign, as solvers make them.
//!
//! An output without an error keeps of the rails of its error no more than 1/(kj t) each, t being a phase, which the pair
//! needs to annihilate. kj is so large that this is a part in a hundred of the tolerance for all outputs together.

use nnrc_crn::{Rate, Term};

use super::assign::SlotRows;
use super::error::Parts;
use super::misfit;
use super::order::Order;
use super::phases::Phase;
use super::pot_builder::{I, J, PotBuilder, RAILS, at, times};
use crate::layer_builder::Species;
use nnrc_model::judge::{VOTE, comparing};

/// K: 1 for a violation, 0 for a sample within the tolerance.
pub fn lower(
    pot: &mut PotBuilder<'_>,
    name: &str,
    error: ([Species; 2], Parts),
    tolerance: f64,
    samples: (&Order, &SlotRows<'_>),
) -> Species {
    pot.module("judge");
    let speed = comparing(&pot.settings, tolerance, pot.crn.axes[samples.1.axis].size());
    let compare = pot.constant("judge_compare", speed);
    let misfit = misfit::lower(pot, name, error, samples, &compare);
    let (open, latch, gated) = ([pot.gate(Phase::Judge)], [pot.gate(Phase::Latch)], pot.gated());
    let [set, spent] = ["T", "TS"].map(|suffix| pot.species("judge", suffix, &[], 0.0));
    let waiting = pot.species("judge", "TW", &[], tolerance / misfit.scale);
    pot.react("judge.set", &[], &open, (&[at(waiting, &[])], &[at(set, &[])]), &gated);
    for (what, from) in [("return", set), ("restore", spent)] {
        let change = (&[at(from, &[])][..], &[at(waiting, &[])][..]);
        pot.react(&format!("judge.{what}"), &[], &latch, change, &gated);
    }
    let rate = pot.constant("judge_vote", VOTE * pot.settings.combinational);
    let vote = Vote::lower(pot, &open, &rate);
    pot.react("judge.acquit", &[], &[at(set, &[])], (&[vote.open()], &[at(vote.innocent, &[])]), &rate);
    for amount in misfit.amounts {
        let rail = pot.crn.species[amount].suffix.replacen('A', "B", 1);
        let own = [at(pot.species(name, &rail, &misfit.axes, 0.0), &[I, J])];
        let brought = (&[at(amount, &[I, J])][..], &own[..]);
        pot.react(&format!("{name}.judge.bring_{rail}"), &misfit.axes, &open, brought, &gated);
        let family = |what: &str| format!("{name}.judge.{what}_{rail}");
        let both = [own[0].clone(), at(set, &[])];
        pot.react(&family("compare"), &misfit.axes, &[], (&both, &[at(spent, &[])]), &compare);
        let convicted = (&[vote.open()][..], &[at(vote.guilty, &[])][..]);
        pot.react(&family("convict"), &misfit.axes, &own, convicted, &rate);
        pot.react(&family("clear"), &misfit.axes, &latch, (&own, &[]), &gated);
    }
    vote.guilty
}

/// K, N, U.
struct Vote {
    guilty: Species,
    innocent: Species,
    undecided: Species,
}

impl Vote {
    fn lower(pot: &mut PotBuilder<'_>, open: &[Term; 1], rate: &Rate) -> Self {
        let [guilty, innocent, undecided] = [("K", 0.0), ("N", 1.0), ("U", 0.0)]
            .map(|(suffix, start)| pot.species("judge", suffix, &[], start));
        let reset = 2.0 * VOTE * pot.settings.combinational + pot.settings.gated;
        let reset = pot.constant("judge_reset", reset);
        let one = |species| at(species, &[]);
        for (suffix, own) in [("K", guilty), ("N", innocent)] {
            let win = (&[one(own), one(undecided)][..], &[times(2, own, &[])][..]);
            pot.react(&format!("judge.{suffix}.win"), &[], &[], win, rate);
            let blank = (&[one(own)][..], &[one(undecided)][..]);
            pot.react(&format!("judge.{suffix}.blank"), &[], open, blank, &reset);
        }
        let doubt = (&[one(guilty), one(innocent)][..], &[times(2, undecided, &[])][..]);
        pot.react("judge.doubt", &[], &[], doubt, rate);
        Self { guilty, innocent, undecided }
    }

    /// What votes for nobody.
    fn open(&self) -> Term {
        at(self.undecided, &[])
    }
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
