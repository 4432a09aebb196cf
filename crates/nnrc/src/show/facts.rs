//! Facts about single species, rate constants and reactions.

use nnrc_crn::expand::Reaction;
use nnrc_crn::{Handle, RateConstant, namer, text};

use super::Atlas;
use super::shown::{ConstantFact, Equation, Listed, ReactionFact, SpeciesFact};

/// Terms of an equation that are written out.
const MOST_TERMS: usize = 12;

impl Atlas<'_> {
    pub(super) fn species(&self, species: usize) -> SpeciesFact {
        let (crn, info) = (&self.pot.lowered.crn, &self.pot.lowered.info);
        let (family, flat) = info.locate(species);
        let family = &crn.species[family];
        let (mut made, mut removed) = (0.0, 0.0);
        for &at in &self.touching[species] {
            let net = net(&self.reactions[at], species) as f64;
            let change = net * self.flux(&self.reactions[at]);
            if change > 0.0 { made += change } else { removed -= change }
        }
        SpeciesFact {
            id: self.pot.species_id(species),
            name: self.species_name(species),
            initial: family.initial[flat],
            rest: self.moving.is_none().then(|| self.concentrations[species]),
            made,
            removed,
        }
    }

    /// `hidden[2]+`
    pub(super) fn species_name(&self, species: usize) -> String {
        let crn = &self.pot.lowered.crn;
        let (family, flat) = self.pot.lowered.info.locate(species);
        let family = &crn.species[family];
        let mut name = String::new();
        namer::human_name(crn, &family.origin.label, &family.axes, flat, &family.origin.part, &mut name);
        name
    }

    pub(super) fn constant_id(&self, (constant, flat): (Handle<RateConstant>, usize)) -> String {
        let mut id = String::new();
        namer::rate_constant_id(
            &self.pot.lowered.crn,
            &self.pot.lowered.crn.rate_constants[constant],
            flat,
            &mut id,
        );
        id
    }

    pub(super) fn constant(&self, (constant, flat): (Handle<RateConstant>, usize)) -> ConstantFact {
        let crn = &self.pot.lowered.crn;
        let one = &crn.rate_constants[constant];
        let mut name = String::new();
        namer::human_name(crn, &one.origin.label, &one.axes, flat, &one.origin.part, &mut name);
        ConstantFact {
            id: self.constant_id((constant, flat)),
            name,
            value: one.values[flat].abs(),
            reactions: self.using((constant, flat)).count(),
        }
    }

    /// The reactions with this rate constant, by their numbers.
    pub(super) fn using(
        &self,
        constant: (Handle<RateConstant>, usize),
    ) -> impl Iterator<Item = usize> + use<'_> {
        let all = self.reactions.iter().enumerate();
        all.filter(move |(_, reaction)| reaction.constant == constant).map(|(at, _)| at)
    }

    pub(super) fn reaction_id(&self, at: usize) -> String {
        let crn = &self.pot.lowered.crn;
        let reaction = &self.reactions[at];
        let mut id = String::new();
        namer::reaction_id(crn, &crn.reactions[reaction.family], &reaction.values, &mut id);
        id
    }

    pub(super) fn reaction(&self, at: usize) -> ReactionFact {
        let (crn, info) = (&self.pot.lowered.crn, &self.pot.lowered.info);
        let reaction = &self.reactions[at];
        let side = |terms: &[(usize, u32)], text: &str| {
            if terms.is_empty() { "0".to_owned() } else { text.trim().to_owned() }
        };
        let scheme = text::single(crn, info, &reaction.reactants, &reaction.products);
        let (left, right) = scheme.split_once("->").unwrap_or((&scheme, ""));
        ReactionFact {
            id: self.reaction_id(at),
            scheme: format!("{} -> {}", side(&reaction.reactants, left), side(&reaction.products, right)),
            constant: self.constant_id(reaction.constant),
            k: reaction.k,
            flux: self.flux(reaction),
        }
    }

    /// k times the product of the concentrations.
    pub(super) fn flux(&self, reaction: &Reaction) -> f64 {
        let product = |product: f64, &(species, count): &(usize, u32)| {
            (0..count).fold(product, |product, _| product * self.concentrations[species])
        };
        reaction.reactants.iter().fold(reaction.k, product)
    }

    /// The flux as a formula: `k_W_y_1_2 hidden_2 y_1^2`.
    pub(super) fn law(&self, reaction: &Reaction) -> String {
        let mut law = self.constant_id(reaction.constant);
        for &(species, count) in &reaction.reactants {
            law.push(' ');
            law.push_str(&self.pot.species_id(species));
            if count > 1 {
                law.push_str(&format!("^{count}"));
            }
        }
        law
    }

    /// The differential equation of a species.
    pub(super) fn equation(&self, species: usize) -> Equation {
        let changing = self.changing(species);
        let terms = Listed::first(changing, MOST_TERMS, |at| {
            let reaction = &self.reactions[at];
            let (sign, count) = match net(reaction, species) {
                net if net < 0 => ("-", -net),
                net => ("+", net),
            };
            let count = if count == 1 { String::new() } else { format!("{count} ") };
            format!("{sign} {count}{}", self.law(reaction))
        });
        Equation { species: self.pot.species_id(species), terms }
    }

    /// The reactions that change a species, by their numbers.
    pub(super) fn changing(&self, species: usize) -> Vec<usize> {
        let touching = self.touching[species].iter().copied();
        touching.filter(|&at| net(&self.reactions[at], species) != 0).collect()
    }

    /// The reactions that change one of these species, and those that only read one, each once and in order.
    pub(super) fn around(&self, species: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let mut all: Vec<usize> =
            species.iter().flat_map(|&species| self.touching[species].iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().partition(|&at| species.iter().any(|&species| net(&self.reactions[at], species) != 0))
    }
}

/// How many molecules of a species a reaction makes, less those that it takes.
pub(super) fn net(reaction: &Reaction, species: usize) -> i64 {
    let count = |side: &[(usize, u32)]| {
        side.iter().find(|(other, _)| *other == species).map_or(0, |(_, count)| i64::from(*count))
    };
    count(&reaction.products) - count(&reaction.reactants)
}
