//! Where the values of hidden layers stand in a file, whatever its species are called.
//!
//! A value is found by its numbers: at some inputs the steady state of the reactions is known, and so are the values of
//! the network, and the combination of species that has the value of a unit at all of them is the place of that unit.
//! Documented identifiers are tried first. Nothing of this is believed: the kernel compares equations.

use std::collections::{BTreeMap, BTreeSet};

use nnrc_verify_kernel::change::{Change, Input};
use nnrc_verify_kernel::dyadic::Dyadic;
use nnrc_verify_kernel::fault::Fault;
use nnrc_verify_kernel::identity::{Combination, Unit};
use nnrc_verify_kernel::interval::Interval;
use nnrc_verify_kernel::network::{Activation, Layer};
use nnrc_verify_kernel::poly::{Poly, Variable};
use nnrc_verify_kernel::proof::Claim;
use nnrc_verify_kernel::rest::Rest;
use nnrc_verify_kernel::sbml::System;
use nnrc_verify_kernel::triangular::Triangular;

use crate::places::Ids;
use crate::search::{self, Hints};

/// How far apart numbers may be that are taken for the same, relative to the larger one: files that other tools wrote are
/// rounded.
const SAME: f64 = 1e-6;

/// How far apart they may be near 0, where differences of concentrations leave rounding.
const NEAR_ZERO: f64 = 1e-13;

/// How many blocks stand between a value and its pre-activation at most.
const MAX_DEPTH: usize = 4;

/// The most species that are tried as the other rail of one, for each polynomial that reads it.
const MAX_OPPOSITES: usize = 16;

/// The places of all units, as far as they are found.
///
/// # Errors
///
/// Polynomials that are too large.
pub fn units(
    of: &Triangular<'_>,
    claim: &Claim,
    ids: &Ids<'_>,
    points: &[Vec<f64>],
) -> Result<Vec<Unit>, Fault> {
    let mut samples = Vec::new();
    for point in points {
        let rails = point.iter().map(|x| (Interval::point(*x), Interval::point((-x).max(0.0))));
        if let Ok(rest) = of.at_rest(&rails.collect::<Vec<_>>()) {
            samples.push((point.clone(), rest));
        }
    }
    let hints = ids.units(&claim.network, &claim.outputs);
    if samples.is_empty() {
        return Ok(hints);
    }
    let mut search = Search { of, claim, samples, candidates: Vec::new(), used: BTreeSet::new() };
    search.walk(&hints)
}

/// What the places of a claim say of changes of variables that it has otherwise.
pub fn hints(claim: &Claim, system: &System) -> Result<Hints, Fault> {
    let mut hints = Hints::default();
    for unit in &claim.units {
        let applied = claim.network.layers.get(unit.layer).map(Layer::applied).unwrap_or_default();
        let activation = applied.get(unit.stage).copied().unwrap_or(Activation::Identity);
        for place in std::iter::once(&unit.value).chain(&unit.relay) {
            let with = |positive: bool| {
                place.iter().find(|(_, factor)| factor.is_positive() == positive).map(|(species, _)| *species)
            };
            let (Some(own), other) = (with(true), with(false)) else { continue };
            let mut is_known = false;
            for change in &claim.plan.changes {
                match change {
                    Change::Rails { plus, minus, .. } => {
                        is_known |= Some((own, other.unwrap_or(*minus))) == Some((*plus, *minus));
                        // The value is the positive rail alone.
                        let is_rail = matches!(activation, Activation::AnnihilationRelu { .. });
                        if is_rail && *minus == own && other.is_none() {
                            hints.rails.push((own, *plus));
                        }
                    }
                    Change::Total { law, eliminate } => {
                        is_known |= law.contains_key(&own);
                        if *eliminate == own && matches!(activation, Activation::RestoredSigmoid { .. }) {
                            hints.kept.insert(own);
                        }
                    }
                }
            }
            if let Some(other) = other.filter(|_| !is_known)
                && search::are_rails(system, own, other)?
            {
                hints.rails.push((own, other));
            }
        }
    }
    Ok(hints)
}

/// A value that may be that of a unit, with its numbers at the samples.
struct Candidate {
    value: Combination,
    numbers: Vec<f64>,
}

struct Search<'a, 's> {
    of: &'a Triangular<'s>,
    claim: &'a Claim,
    samples: Vec<(Vec<f64>, Rest)>,
    candidates: Vec<Candidate>,
    /// Species of places that are taken.
    used: BTreeSet<Variable>,
}

fn one(species: Variable) -> Combination {
    Combination::from([(species, Dyadic::one())])
}

fn less(plus: Variable, minus: Variable) -> Combination {
    Combination::from([(plus, Dyadic::one()), (minus, Dyadic::one().negated())])
}

impl Search<'_, '_> {
    /// The numbers of a combination at the samples.
    fn numbers(&self, value: &Combination) -> Result<Vec<f64>, Fault> {
        let mut form = Poly::zero();
        for (species, factor) in value {
            form = form.plus(&Poly::variable(*species).scaled(factor)?)?;
        }
        let form = self.of.reduced(&form)?;
        Ok(self.samples.iter().map(|(_, rest)| middle(rest.enclosure(&form))).collect())
    }

    /// All that is looked through: rails, members of totals with each other, and species alone.
    fn candidates(&self) -> Result<Vec<Candidate>, Fault> {
        let mut values = Vec::new();
        for change in &self.claim.plan.changes {
            match change {
                Change::Rails { plus, minus, .. } => {
                    values.extend([less(*plus, *minus), less(*minus, *plus)])
                }
                Change::Total { law, .. } if law.len() == 2 => {
                    let members: Vec<Variable> = law.keys().copied().collect();
                    values.extend([less(members[0], members[1]), less(members[1], members[0])]);
                }
                Change::Total { .. } => {}
            }
        }
        values.extend(self.opposites()?.into_iter().map(|(plus, minus)| less(plus, minus)));
        let species = (0..).zip(&self.of.system.species).filter(|(_, one)| !one.derivative.is_zero());
        values.extend(species.map(|(variable, _)| one(variable)));
        let with_numbers = |value: Combination| Ok(Candidate { numbers: self.numbers(&value)?, value });
        values.into_iter().map(with_numbers).collect()
    }

    /// Pairs of species that an equation of the file reads with opposite signs, as rails are read by a neuron, and by the
    /// difference of two rails.
    fn opposites(&self) -> Result<BTreeSet<(Variable, Variable)>, Fault> {
        let species = &self.of.system.species;
        let mut polynomials: Vec<Poly> = species.iter().map(|one| one.derivative.clone()).collect();
        for (plus, minus) in self.of.rails.values() {
            let (own, other) = (&species[*plus as usize].derivative, &species[*minus as usize].derivative);
            polynomials.push(own.minus(other)?);
        }
        let mut pairs = BTreeSet::new();
        for polynomial in &polynomials {
            let mut factors: BTreeMap<Variable, Vec<(Vec<Variable>, Dyadic)>> = BTreeMap::new();
            for (monomial, coefficient) in polynomial.terms() {
                let mut read: Vec<Variable> = monomial.to_vec();
                read.dedup();
                for variable in read.into_iter().filter(|v| !self.of.system.is_held(*v)) {
                    let rest = monomial.iter().copied().filter(|other| *other != variable).collect();
                    factors.entry(variable).or_default().push((rest, coefficient.clone()));
                }
            }
            let all: Vec<_> = factors.into_iter().collect();
            for (at, (first, factor)) in all.iter().enumerate() {
                let negated: Vec<_> = factor.iter().map(|(rest, c)| (rest.clone(), c.negated())).collect();
                let others = all[at + 1..].iter().filter(|(_, other)| *other == negated);
                for (second, _) in others.take(MAX_OPPOSITES) {
                    pairs.extend([(*first, *second), (*second, *first)]);
                }
            }
        }
        Ok(pairs)
    }

    /// Layer after layer: each value from those before it, and its place.
    fn walk(&mut self, hints: &[Unit]) -> Result<Vec<Unit>, Fault> {
        let network = &self.claim.network;
        let widths = network.widths()?;
        let hint: BTreeMap<_, &Unit> =
            hints.iter().map(|unit| ((unit.layer, unit.stage, unit.index), unit)).collect();
        // Of each node: numbers of each value at each sample, and its place.
        let mut nodes: Vec<Vec<Placed>> = Vec::new();
        let mut rest = self.claim.plan.inputs.iter();
        for (_, width) in &network.inputs {
            let mut node = Vec::new();
            for Input { plus, minus } in rest.by_ref().take(*width) {
                let value = minus.map_or_else(|| one(*plus), |minus| less(*plus, minus));
                self.used.extend(value.keys());
                node.push(self.placed(value, None)?);
            }
            nodes.push(node);
        }
        let mut units = Vec::new();
        for (layer, made) in network.layers.iter().enumerate() {
            let width = widths[network.inputs.len() + layer];
            let mut values: Vec<Placed> = Vec::new();
            for (stage, activation) in made.applied().into_iter().enumerate() {
                let drives: Vec<Placed> = (0..width)
                    .map(|index| {
                        if stage > 0 {
                            return values[index].clone();
                        }
                        let (terms, bias) = network.terms(made, index, &widths);
                        self.drive(terms.iter().map(|(node, at, w)| (&nodes[*node][*at], *w)), bias)
                    })
                    .collect();
                let mut next = Vec::new();
                for (index, drive) in drives.iter().enumerate() {
                    let hint = hint.get(&(layer, stage, index)).copied();
                    let numbers = self.applied(activation, &drives, index);
                    let found = self.place(&numbers, drive, activation, hint)?;
                    next.push(match &found {
                        Some((value, _)) => self.placed(value.clone(), Some(numbers))?,
                        None => Placed { plus: numbers.clone(), minus: vec![0.0; numbers.len()], numbers },
                    });
                    units.extend(found.map(|(value, relay)| Unit { layer, stage, index, value, relay }));
                }
                values = next;
            }
            nodes.push(values);
        }
        Ok(units)
    }

    /// A value at its place, and the parts of it that are added and subtracted.
    fn placed(&self, value: Combination, numbers: Option<Vec<f64>>) -> Result<Placed, Fault> {
        let side = |positive: bool| {
            let part = value.iter().filter(|(_, factor)| factor.is_positive() == positive);
            self.numbers(&part.map(|(species, factor)| (*species, factor.absolute())).collect())
        };
        let numbers = numbers.map_or_else(|| self.numbers(&value), Ok)?;
        Ok(Placed { numbers, plus: side(true)?, minus: side(false)? })
    }

    fn drive<'p>(&self, terms: impl Iterator<Item = (&'p Placed, f64)>, bias: f64) -> Placed {
        let all = |value: f64| vec![value; self.samples.len()];
        let mut sum = Placed { numbers: all(bias), plus: all(bias.max(0.0)), minus: all((-bias).max(0.0)) };
        for (value, weight) in terms {
            let (plus, minus) =
                if weight < 0.0 { (&value.minus, &value.plus) } else { (&value.plus, &value.minus) };
            for at in 0..self.samples.len() {
                sum.numbers[at] += weight * value.numbers[at];
                sum.plus[at] += weight.abs() * plus[at];
                sum.minus[at] += weight.abs() * minus[at];
            }
        }
        sum
    }

    /// What an activation makes of the pre-activation of a unit.
    fn applied(&self, activation: Activation, drives: &[Placed], index: usize) -> Vec<f64> {
        let at_sample = |at: usize| {
            let all: Vec<Interval> = drives.iter().map(|drive| Interval::point(drive.numbers[at])).collect();
            let (own, place) = if activation.is_joint() { (all, index) } else { (vec![all[index]], 0) };
            let pushed_up = |_: usize| Interval::point(drives[index].plus[at]);
            middle(activation.values(&own, &pushed_up)[place])
        };
        (0..self.samples.len()).map(at_sample).collect()
    }

    /// The combination with these numbers, and the pre-activation before it, where the file has one. The hint is taken where
    /// its numbers are right.
    fn place(
        &mut self,
        numbers: &[f64],
        drive: &Placed,
        activation: Activation,
        hint: Option<&Unit>,
    ) -> Result<Option<(Combination, Option<Combination>)>, Fault> {
        let is_right = |value: &Combination| Ok::<_, Fault>(same(&self.numbers(value)?, numbers));
        let by_name = match hint {
            Some(unit) if is_right(&unit.value)? => Some(unit.value.clone()),
            _ => self.by_numbers(numbers, activation)?,
        };
        // Where nothing has the numbers, the kernel says what is wrong with the one that has the name.
        let Some(value) = by_name.or_else(|| hint.map(|unit| unit.value.clone())) else { return Ok(None) };
        self.used.extend(value.keys());
        let relay = match hint.and_then(|unit| unit.relay.clone()) {
            Some(relay) if same(&self.numbers(&relay)?, &drive.numbers) => Some(relay),
            named => self.relay(&value, drive, activation)?.or(named),
        };
        Ok(Some((value, relay)))
    }

    /// The first combination of species that are in no place yet with these numbers.
    fn by_numbers(&mut self, numbers: &[f64], activation: Activation) -> Result<Option<Combination>, Fault> {
        if self.candidates.is_empty() {
            self.candidates = self.candidates()?;
        }
        // A follower of a restored sigmoid may have its numbers.
        let is_total = |species: &Variable| {
            let total = self.of.totals.contains_key(species)
                || self.of.totals.values().any(|t| t.eliminated == *species);
            total || !matches!(activation, Activation::RestoredSigmoid { .. })
        };
        let is_free = |one: &&Candidate| {
            one.value.keys().all(|species| !self.used.contains(species) && is_total(species))
        };
        // Where one of two rails rests at 0, the other one has the numbers of their difference.
        let is_signed = matches!(
            activation,
            Activation::Identity
                | Activation::SmoothLeakyRelu { .. }
                | Activation::AlgebraicTanh { .. }
                | Activation::Michaelis { .. }
                | Activation::Softsign { .. }
                | Activation::Elu { .. }
                | Activation::Swish { .. }
                | Activation::Hill { .. }
                | Activation::Square
        );
        let all = || self.candidates.iter().filter(is_free).filter(|one| same(&one.numbers, numbers));
        let found = all().find(|one| (one.value.len() > 1) == is_signed).or_else(|| all().next());
        Ok(found.map(|one| one.value.clone()))
    }

    /// What stands before a value in the file and has the numbers of its pre-activation, if a block of its own follows it.
    fn relay(
        &mut self,
        value: &Combination,
        drive: &Placed,
        activation: Activation,
    ) -> Result<Option<Combination>, Fault> {
        if matches!(activation, Activation::Identity | Activation::AnnihilationRelu { .. }) {
            return Ok(None);
        }
        let mut seen: BTreeSet<Variable> = BTreeSet::new();
        let mut edge: BTreeSet<Variable> = BTreeSet::new();
        for species in value.keys() {
            edge.extend(self.of.reduced(&Poly::variable(*species))?.variables());
        }
        for _ in 0..MAX_DEPTH {
            let mut next = BTreeSet::new();
            for variable in edge {
                let Some(block) = self.of.block_of.get(&variable).and_then(|at| self.of.blocks.get(*at))
                else {
                    continue;
                };
                if seen.insert(variable) {
                    next.extend(block.reads());
                }
            }
            // Differences have the larger numbers; a rail of one may have the same value as it.
            for variable in next.iter().rev() {
                let places = match self.of.rails.get(variable) {
                    Some((plus, minus)) => vec![less(*plus, *minus), less(*minus, *plus)],
                    None if (*variable as usize) < self.of.system.species.len() => vec![one(*variable)],
                    None => Vec::new(),
                };
                for place in places {
                    let is_free = place.keys().all(|species| !self.used.contains(species));
                    if is_free && same(&self.numbers(&place)?, &drive.numbers) {
                        self.used.extend(place.keys());
                        return Ok(Some(place));
                    }
                }
            }
            edge = next.into_iter().filter(|variable| !self.is_place(*variable)).collect();
        }
        Ok(None)
    }

    /// Whether a variable is of a place that is taken.
    fn is_place(&self, variable: Variable) -> bool {
        match self.of.rails.get(&variable) {
            Some((plus, _)) => self.used.contains(plus),
            None => self.used.contains(&variable),
        }
    }
}

/// A value of the network by its numbers at the samples, and those of the parts of it.
#[derive(Debug, Clone)]
struct Placed {
    numbers: Vec<f64>,
    plus: Vec<f64>,
    minus: Vec<f64>,
}

fn middle(interval: Interval) -> f64 {
    interval.low + (interval.high - interval.low) / 2.0
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SAME * a.abs().max(b.abs()) + NEAR_ZERO)
}
