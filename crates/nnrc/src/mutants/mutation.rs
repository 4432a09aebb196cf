//! Single mutations of a network of reactions, drawn at random.

use nnrc_crn::expand::Reaction;
use nnrc_crn::{Crn, CrnInfo, Role, expand, namer, text};
use nnrc_model::random::Random;

use crate::numbers::short;

/// What kind of fault a mutation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A rate constant is 10 % off.
    TenPercent,
    /// A rate constant is halved.
    Halved,
    /// A reaction is there twice.
    Doubled,
    /// A reaction is missing.
    Dropped,
    /// One molecule more or less is made, or one more reacts.
    Stoichiometry,
    /// What a reaction makes it takes away, or the other way round.
    Sign,
    /// The other rail stands in the place of one.
    Rails,
    /// Another species stands in the place of one.
    Swapped,
    /// An initial concentration, or a weight that is one, is another.
    Initial,
}

/// All kinds, in the order in which they are drawn and counted.
pub const KINDS: [Kind; 9] = [
    Kind::TenPercent,
    Kind::Halved,
    Kind::Doubled,
    Kind::Dropped,
    Kind::Stoichiometry,
    Kind::Sign,
    Kind::Rails,
    Kind::Swapped,
    Kind::Initial,
];

impl Kind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::TenPercent => "rate constant 10 % off",
            Self::Halved => "rate constant halved",
            Self::Doubled => "reaction doubled",
            Self::Dropped => "reaction dropped",
            Self::Stoichiometry => "stoichiometry",
            Self::Sign => "sign",
            Self::Rails => "rails swapped",
            Self::Swapped => "species swapped",
            Self::Initial => "initial value",
        }
    }
}

/// A single mutation.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutation {
    /// Its kind.
    pub kind: Kind,
    /// What it changes, in words.
    pub words: String,
    /// What it changes.
    pub change: Change,
}

/// What a mutation changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A reaction gives way to another one, or to none.
    Reaction {
        /// The reaction.
        old: Reaction,
        /// What stands there instead.
        new: Option<Single>,
    },
    /// The initial concentration of a species, counted over the whole network.
    Initial {
        /// The species.
        species: usize,
        /// The new concentration.
        value: f64,
    },
}

/// One reaction by itself; species are counted over the whole network, and stand once on each side.
#[derive(Debug, Clone, PartialEq)]
pub struct Single {
    /// Left side: species and stoichiometry.
    pub reactants: Vec<(usize, u32)>,
    /// Right side.
    pub products: Vec<(usize, u32)>,
    /// The rate constant.
    pub k: f64,
}

/// Draws up to `count` mutations that differ from each other; fewer where the network has no more.
pub fn draw(crn: &Crn, info: &CrnInfo, count: usize, seed: u64) -> Vec<Mutation> {
    let reactions = expand::expand(crn, info);
    let source = Drawing { crn, info, reactions: &reactions };
    let random = &mut Random::new(seed);
    let mut drawn: Vec<Mutation> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    // Kinds that a network does not have cost draws; what is drawn again costs more of them the fewer are left.
    for _ in 0..count.saturating_mul(50) {
        if drawn.len() == count || reactions.is_empty() {
            break;
        }
        let kind = KINDS[random.below(KINDS.len() as u64) as usize];
        if let Some(mutation) = source.one(kind, random)
            && known.insert(mutation.words.clone())
        {
            drawn.push(mutation);
        }
    }
    drawn
}

struct Drawing<'a> {
    crn: &'a Crn,
    info: &'a CrnInfo,
    reactions: &'a [Reaction],
}

impl Drawing<'_> {
    /// A mutation of a kind; none where what was drawn has none.
    fn one(&self, kind: Kind, random: &mut Random) -> Option<Mutation> {
        if kind == Kind::Initial {
            return self.initial(random);
        }
        let old = &self.reactions[random.below(self.reactions.len() as u64) as usize];
        let single = Single { reactants: old.reactants.clone(), products: old.products.clone(), k: old.k };
        let new = match kind {
            Kind::TenPercent => {
                let factor = if random.below(2) == 0 { 0.9 } else { 1.1 };
                Some(Single { k: old.k * factor, ..single })
            }
            Kind::Halved => Some(Single { k: old.k / 2.0, ..single }),
            Kind::Doubled => Some(Single { k: old.k * 2.0, ..single }),
            Kind::Dropped => None,
            Kind::Stoichiometry => Some(stoichiometry(single, random)?),
            Kind::Sign => Some(sign(single, random)?),
            Kind::Rails => Some(self.swapped(single, random, |species| self.other_rail(species))?),
            Kind::Swapped => {
                let other = random.unit();
                Some(self.swapped(single, random, |species| self.another(species, other))?)
            }
            Kind::Initial => return None,
        };
        let before = self.reaction(&old.reactants, &old.products);
        let mut name = String::new();
        namer::reaction_id(self.crn, &self.crn.reactions[old.family], &old.values, &mut name);
        let words = match &new {
            None => format!("{name}: {before} dropped"),
            Some(new) if (&new.reactants, &new.products) == (&old.reactants, &old.products) => {
                format!("{name}: {before} with k = {} instead of {}", short(new.k), short(old.k))
            }
            Some(new) => {
                format!("{name}: {} instead of {before}", self.reaction(&new.reactants, &new.products))
            }
        };
        Some(Mutation { kind, words, change: Change::Reaction { old: old.clone(), new } })
    }

    fn initial(&self, random: &mut Random) -> Option<Mutation> {
        let species = random.below(self.info.species_count() as u64) as usize;
        let factor = [0.5, 0.9, 1.1, 2.0][random.below(4) as usize];
        let (family, flat) = self.info.locate(species);
        // The values of inputs are set from outside.
        if self.crn.species[family].role == Role::Input {
            return None;
        }
        let old = self.crn.species[family].initial[flat];
        let value = if old == 0.0 { 0.1 } else { old * factor };
        let words = format!("{} starts at {} instead of {}", self.id(species), short(value), short(old));
        Some(Mutation { kind: Kind::Initial, words, change: Change::Initial { species, value } })
    }

    /// One species of the reaction, wherever it stands in it, replaced.
    fn swapped(
        &self,
        single: Single,
        random: &mut Random,
        other: impl Fn(usize) -> Option<usize>,
    ) -> Option<Single> {
        let mut all: Vec<usize> = single.reactants.iter().chain(&single.products).map(|(s, _)| *s).collect();
        all.sort_unstable();
        all.dedup();
        if all.is_empty() {
            return None;
        }
        let one = all[random.below(all.len() as u64) as usize];
        let other = other(one).filter(|other| *other != one)?;
        let replaced = |side: &[(usize, u32)]| {
            let mut new: Vec<(usize, u32)> = Vec::new();
            for &(species, count) in side {
                let species = if species == one { other } else { species };
                match new.iter_mut().find(|(known, _)| *known == species) {
                    Some((_, sum)) => *sum += count,
                    None => new.push((species, count)),
                }
            }
            new
        };
        Some(Single {
            reactants: replaced(&single.reactants),
            products: replaced(&single.products),
            ..single
        })
    }

    /// The species of the other rail: the same name with `m` for `p`.
    fn other_rail(&self, species: usize) -> Option<usize> {
        let (handle, flat) = self.info.locate(species);
        let family = &self.crn.species[handle];
        let mirrored = |suffix: &str| {
            let (base, rail) = suffix.split_at(suffix.len().checked_sub(1)?);
            let is_rail = base.is_empty() || base.ends_with('_');
            match rail {
                "p" if is_rail => Some(format!("{base}m")),
                "m" if is_rail => Some(format!("{base}p")),
                _ => None,
            }
        };
        let suffix = mirrored(&family.suffix)?;
        let twin = self.crn.species.iter().find(|(_, other)| {
            (&other.stem, &other.suffix, &other.axes) == (&family.stem, &suffix, &family.axes)
        });
        twin.map(|(twin, _)| self.info.species_index(twin, flat))
    }

    /// Another species of the same family, else any other; `share` in [0, 1) chooses.
    fn another(&self, species: usize, share: f64) -> Option<usize> {
        let (handle, _) = self.info.locate(species);
        let family = self.info.species_range(handle);
        let range = if family.len() > 1 { family } else { 0..self.info.species_count() };
        let others: Vec<usize> = range.filter(|other| *other != species).collect();
        others.get((share * others.len() as f64) as usize).copied()
    }

    fn id(&self, species: usize) -> String {
        let (family, flat) = self.info.locate(species);
        let mut id = String::new();
        namer::species_id(self.crn, &self.crn.species[family], flat, &mut id);
        id
    }

    fn reaction(&self, reactants: &[(usize, u32)], products: &[(usize, u32)]) -> String {
        format!("`{}`", text::single(self.crn, self.info, reactants, products))
    }
}

/// One molecule more or less on the right, or one more of a reactant on both sides.
fn stoichiometry(mut single: Single, random: &mut Random) -> Option<Single> {
    let choice = random.below(3);
    if choice == 2 {
        let at = pick(&single.reactants, random)?;
        single.reactants[at].1 += 1;
        let species = single.reactants[at].0;
        add(&mut single.products, species, 1);
        return Some(single);
    }
    let at = pick(&single.products, random)?;
    if choice == 0 {
        single.products[at].1 += 1;
    } else {
        single.products[at].1 -= 1;
        single.products.retain(|(_, count)| *count > 0);
    }
    Some(single)
}

/// The net change of one species with the other sign, where enough of it reacts.
fn sign(mut single: Single, random: &mut Random) -> Option<Single> {
    let at = pick(&single.reactants, random)?;
    let (species, reacting) = single.reactants[at];
    let made = single.products.iter().find(|(other, _)| *other == species).map_or(0, |(_, count)| *count);
    let mirrored = (2 * reacting).checked_sub(made).filter(|mirrored| *mirrored != made)?;
    single.products.retain(|(other, _)| *other != species);
    add(&mut single.products, species, mirrored);
    Some(single)
}

fn pick(side: &[(usize, u32)], random: &mut Random) -> Option<usize> {
    if side.is_empty() { None } else { Some(random.below(side.len() as u64) as usize) }
}

fn add(side: &mut Vec<(usize, u32)>, species: usize, count: u32) {
    match side.iter_mut().find(|(known, _)| *known == species) {
        Some((_, sum)) => *sum += count,
        None if count > 0 => side.push((species, count)),
        None => {}
    }
}
