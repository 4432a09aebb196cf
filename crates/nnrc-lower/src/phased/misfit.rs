//! The misfit: amounts that add up to the error of a sample, for the judge.
//!
//! ```text
//! RELEASE_L + S -> RELEASE_L + S + A_c,   RELEASE_L + A_c -> RELEASE_L    @ gated     c: copies of everything, two of each
//!
//! targets at the ends of what an output can be:
//!   S is X, erased where t = high, and Y = high − X, erased where t = low:   C_q + A -> C_q    @ kc
//!   shares: S is X_i, erased where t_i = 1; their sum is half of Σ |y − t|
//! any other targets:
//!   S is F+ and F-,   A+ + A- -> 0    @ kj
//! ```
//!
//! With targets at the ends no difference is taken: what an output lacks of its target is a species. That species is
//! copied, and the one that is not meant is erased, at all times; so the misfit is as exact as the copy. A register is
//! off by what its two constants are apart. Copies have constants of their own, and what is judged is their mean.
//! In the slots JUDGE and CLEAR, which have no sample, everything is erased.

use nnrc_crn::{Axis, Handle, Index, Rate};

use super::assign::SlotRows;
use super::error::{self, Parts};
use super::order::Order;
use super::pot_builder::{I, J, PotBuilder, at};
use crate::layer_builder::Species;

/// Registers of everything that is compared.
pub const COPIES: usize = 2;

/// Amounts that are set against a tolerance.
pub struct Misfit {
    /// Copies, in the first axis, of what each output lacks or has too much.
    pub amounts: Vec<Species>,
    /// Those axes.
    pub axes: [Handle<Axis>; 2],
    /// Σ |y − t|, divided by the sum of all amounts.
    pub scale: f64,
}

/// A species that is copied, and how fast each sample erases the copy; none: not at all.
struct Source {
    suffix: &'static str,
    species: Species,
    erased: Option<Rate>,
}

/// What the judge compares; `f` are the rails of the error.
pub fn lower(
    pot: &mut PotBuilder<'_>,
    name: &str,
    (f, parts): ([Species; 2], Parts),
    (order, targets): (&Order, &SlotRows<'_>),
    annihilate: &Rate,
) -> Misfit {
    let is_end = |low: f64| targets.rows.iter().all(|target| *target == low || *target == 1.0);
    let ends = match parts {
        Parts::Open => None,
        Parts::Pair([x, y]) => is_end(0.0).then_some((vec![x, y], 1.0)),
        Parts::Rails([x, y]) => is_end(-1.0).then_some((vec![x, y], 2.0)),
        Parts::Shares(x) => is_end(0.0).then_some((vec![x], 2.0)),
    };
    let is_silent = ends.is_none() && !matches!(parts, Parts::Open);
    let copies = pot.axis("copies", COPIES);
    let axes = [copies, targets.axis];
    // A value is erased by samples that have it, what it lacks by those that do not.
    let erased = ends.as_ref().map(|_| error::rates(pot, parts, order, targets));
    let (sources, scale) = ends.unwrap_or((f.to_vec(), 1.0));
    let suffixes: &[&str] = if sources.len() == 1 { &["A"] } else { &["A_p", "A_m"] };
    let mut amounts = Vec::new();
    for (place, (species, &suffix)) in sources.into_iter().zip(suffixes).enumerate() {
        let erased = erased.as_ref().map(|[above, below]| if place == 0 { below } else { above }.clone());
        amounts.push(copy(pot, name, Source { suffix, species, erased }, axes, order, is_silent));
    }
    if let (None, [positive, negative]) = (&erased, &*amounts) {
        let both = [*positive, *negative].map(|rail| at(rail, &[I, J]));
        pot.react(&format!("{name}.misfit.annihilate"), &axes, &[], (&both, &[]), annihilate);
    }
    Misfit { amounts, axes, scale: scale / COPIES as f64 }
}

fn copy(
    pot: &mut PotBuilder<'_>,
    name: &str,
    source: Source,
    axes: [Handle<Axis>; 2],
    order: &Order,
    is_silent: bool,
) -> Species {
    let amount = pot.species(name, source.suffix, &axes, 0.0);
    let (own, gated) = ([at(amount, &[I, J])], pot.gated());
    let gate = pot.gate(pot.phases.before_judge());
    let family = |what: &str| format!("{name}.misfit.{what}_{}", source.suffix);
    let seen = [gate.clone(), at(source.species, &[J])];
    pot.react(&family("load"), &axes, &seen, (&[], &own), &gated);
    pot.react(&family("unload"), &axes, &[gate], (&own, &[]), &gated);
    if let Some(mut rate) = source.erased {
        // Copies and outputs are the first indices of these reactions, samples the last.
        let sample = Index::Variable { position: 2, offset: 0 };
        rate.indices = vec![sample, J];
        let over = [axes[0], axes[1], order.samples];
        pot.react(&family("erase"), &over, &[at(order.turn, &[sample])], (&own, &[]), &rate);
    }
    if !is_silent {
        let rate = pot.combinational();
        for (slot, place) in [("judge", order.judge()), ("clear", order.clear())] {
            pot.react(&family(slot), &axes, &[at(order.turn, &[place])], (&own, &[]), &rate);
        }
    }
    amount
}
