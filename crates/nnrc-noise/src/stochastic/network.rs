//! From reactions to channels, groups and their readers.

use std::collections::BTreeMap;

/// Channels up to which propensities may be computed afresh for each event.
pub(super) const FEW_CHANNELS: usize = 64;

/// Reactions as channels of equal net change. See the [module](super) for the terms.
#[derive(Debug, Clone)]
pub struct Network {
    pub(super) species: usize,
    /// Net change of each channel: species and change, channel after channel.
    pub(super) changes: Vec<(u32, f64)>,
    /// Where each channel begins, and where the last one ends.
    pub(super) channels: Vec<Channel>,
    pub(super) groups: Vec<Group>,
    /// Products of numbers that serve as pivots of reactions of order three and more.
    pub(super) products: Vec<Product>,
    /// Products that hold a species.
    pub(super) products_of: Vec<Vec<u32>>,
    /// What reads a species, by channel.
    pub(super) readers: Vec<Reader>,
    /// Where each species begins in `readers`, and where the last one ends.
    pub(super) reader_starts: Vec<u32>,
    /// The terms of each channel before they are grouped, channel after channel, where there are [`FEW_CHANNELS`].
    pub(super) terms: Vec<Term>,
    reactions: usize,
}

/// k Π (n − taken) over its factors: what one channel owes to reactions of the same reactants.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub channel: u32,
    pub factors: Vec<(u32, f64)>,
    pub k: f64,
}

/// A channel begins here among changes and groups.
#[derive(Debug, Clone, Copy)]
pub(super) struct Channel {
    /// What does not depend on the numbers.
    pub base: f64,
    pub changes: u32,
    pub groups: u32,
}

/// pivot · (constant + Σ w n).
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// Position among the numbers: a species, the 1 behind them, or a product behind that.
    pub pivot: u32,
    pub constant: f64,
}

/// Π (n − taken) over its factors.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub factors: Vec<(u32, f64)>,
}

/// What a change of a species means for one group: its linear form changes by `weight` for each molecule, and its
/// value has to be computed again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    pub channel: u32,
    pub group: u32,
    pub weight: f64,
}

/// A reaction is a coefficient and reactants with their molecules, sorted.
type Reactants = Vec<(usize, u32)>;

/// Collects reactions.
#[derive(Debug, Clone)]
pub struct NetworkBuilder {
    species: usize,
    channels: BTreeMap<Vec<(usize, i64)>, BTreeMap<Reactants, f64>>,
    volume: f64,
    held: Vec<bool>,
    reactions: usize,
}

impl NetworkBuilder {
    /// No reactions yet among `species` species, of which the concentration 1 means `volume` molecules.
    pub fn new(species: usize, volume: f64) -> Self {
        Self { species, channels: BTreeMap::new(), volume, held: vec![false; species], reactions: 0 }
    }

    /// A species that no reaction changes, in contact with a reservoir: its number n may be any, and m molecules of it
    /// count n^m, not n (n − 1) ….
    pub fn hold(&mut self, species: usize) {
        self.held[species] = true;
    }

    /// Adds a reaction of mass action with rate constant `k` (in concentrations). Each species stands at most once
    /// on each side.
    pub fn add(&mut self, k: f64, reactants: &[(usize, u32)], products: &[(usize, u32)]) {
        self.insert(k != 0.0, k, reactants, products);
    }

    /// Adds a reaction; one that does not exist is counted only. Noise may bring the constant of one that exists to 0.
    pub(super) fn insert(
        &mut self,
        exists: bool,
        k: f64,
        reactants: &[(usize, u32)],
        products: &[(usize, u32)],
    ) {
        let mut net: BTreeMap<usize, i64> = BTreeMap::new();
        let mut left: BTreeMap<usize, u32> = BTreeMap::new();
        for &(species, count) in reactants {
            *net.entry(species).or_default() -= i64::from(count);
            *left.entry(species).or_default() += count;
        }
        for &(species, count) in products {
            *net.entry(species).or_default() += i64::from(count);
        }
        net.retain(|_, change| *change != 0);
        self.reactions += 1;
        if net.is_empty() || !exists {
            return;
        }
        let order: u32 = left.values().sum();
        let coefficient = k * self.volume.powi(1 - order as i32);
        let terms = self.channels.entry(net.into_iter().collect()).or_default();
        *terms.entry(left.into_iter().filter(|(_, count)| *count > 0).collect()).or_default() += coefficient;
    }

    fn terms(&self) -> Vec<Term> {
        if self.channels.len() > FEW_CHANNELS {
            return Vec::new();
        }
        let of_channel = |(channel, terms): (u32, &BTreeMap<Reactants, f64>)| -> Vec<Term> {
            let term = |(reactants, &k): (&Reactants, &f64)| Term {
                channel,
                factors: factors(reactants, &self.held),
                k,
            };
            terms.iter().map(term).collect()
        };
        (0u32..).zip(self.channels.values()).flat_map(of_channel).collect()
    }

    /// The channels.
    pub fn finish(self) -> Network {
        let one = self.species as u32;
        let mut network = Network {
            species: self.species,
            changes: Vec::new(),
            channels: Vec::new(),
            groups: Vec::new(),
            products: Vec::new(),
            products_of: vec![Vec::new(); self.species],
            readers: Vec::new(),
            reader_starts: vec![0],
            terms: self.terms(),
            reactions: self.reactions,
        };
        let mut known_products: BTreeMap<Reactants, u32> = BTreeMap::new();
        let mut readers: Vec<BTreeMap<u32, Reader>> = vec![BTreeMap::new(); self.species];
        for (channel, (net, terms)) in (0u32..).zip(&self.channels) {
            let (changes, groups) = (network.changes.len() as u32, network.groups.len() as u32);
            network.channels.push(Channel { base: 0.0, changes, groups });
            network.changes.extend(net.iter().map(|&(species, change)| (species as u32, change as f64)));
            let shared = often_read(terms, net);
            let first = network.groups.len();
            for (reactants, &k) in terms {
                let Some((pivot, linear)) = split(reactants, &shared) else {
                    network.channels[channel as usize].base += k;
                    continue;
                };
                let pivot = match pivot.as_slice() {
                    [] => one,
                    &[(species, 1)] => species as u32,
                    _ => *known_products.entry(pivot.clone()).or_insert_with(|| {
                        let at = network.products.len() as u32;
                        let factors = factors(&pivot, &self.held);
                        pivot.iter().for_each(|&(species, _)| network.products_of[species].push(at));
                        network.products.push(Product { factors });
                        one + 1 + at
                    }),
                };
                let found = network.groups[first..].iter().position(|group| group.pivot == pivot);
                let group = found.map_or(network.groups.len(), |at| first + at);
                if group == network.groups.len() {
                    network.groups.push(Group { pivot, constant: 0.0 });
                    let mut members: Vec<u32> = Vec::new();
                    if pivot < one {
                        members.push(pivot);
                    } else if pivot > one {
                        let factors = &network.products[(pivot - one - 1) as usize].factors;
                        members.extend(factors.iter().map(|&(species, _)| species));
                        members.dedup();
                    }
                    for species in members {
                        let group = group as u32;
                        readers[species as usize].insert(group, Reader { channel, group, weight: 0.0 });
                    }
                }
                match linear {
                    // k n_pivot
                    None => network.groups[group].constant += k,
                    // k n_pivot (n − already)
                    Some((species, already)) => {
                        if !self.held[species] {
                            network.groups[group].constant -= k * f64::from(already);
                        }
                        let group = group as u32;
                        let new = Reader { channel, group, weight: 0.0 };
                        readers[species].entry(group).or_insert(new).weight += k;
                    }
                }
            }
        }
        let (changes, groups) = (network.changes.len() as u32, network.groups.len() as u32);
        network.channels.push(Channel { base: 0.0, changes, groups });
        for readers in readers {
            network.readers.extend(readers.into_values());
            network.reader_starts.push(network.readers.len() as u32);
        }
        network
    }
}

/// The factors n, n − 1, … of reactants; of held species they are all n.
fn factors(reactants: &[(usize, u32)], held: &[bool]) -> Vec<(u32, f64)> {
    let taken = |species: usize, taken: u32| if held[species] { 0.0 } else { f64::from(taken) };
    let of_species =
        |&(species, count)| (0..count).map(move |molecule| (species as u32, taken(species, molecule)));
    reactants.iter().flat_map(of_species).collect()
}

/// How many terms of a channel hold each species; those that the channel changes come before others as often read.
fn often_read(terms: &BTreeMap<Reactants, f64>, net: &[(usize, i64)]) -> BTreeMap<usize, (usize, bool)> {
    let mut counts: BTreeMap<usize, (usize, bool)> = BTreeMap::new();
    for reactants in terms.keys().filter(|reactants| order(reactants) > 1) {
        for &(species, _) in reactants {
            counts.entry(species).or_default().0 += 1;
        }
    }
    for &(species, _) in net {
        if let Some(count) = counts.get_mut(&species) {
            count.1 = true;
        }
    }
    counts
}

fn order(reactants: &[(usize, u32)]) -> u32 {
    reactants.iter().map(|(_, count)| count).sum()
}

/// The pivot, and the species of the linear form with the molecules of it that the pivot has taken already.
type Split = (Reactants, Option<(usize, u32)>);

/// Splits the reactants of a term; none if there are none. The linear factor is the species that the fewest terms of
/// the channel share, so that the rest is a pivot for many of them.
fn split(reactants: &Reactants, shared: &BTreeMap<usize, (usize, bool)>) -> Option<Split> {
    let rank = |species: usize| shared.get(&species).copied().unwrap_or_default();
    if let &[(species, 1)] = reactants.as_slice() {
        // A first-order term joins the group of its species if there is one.
        let joins = shared.get(&species).is_some_and(|(count, _)| *count > 1);
        return Some(if joins { (reactants.clone(), None) } else { (Vec::new(), Some((species, 0))) });
    }
    let &(species, count) = reactants.iter().min_by_key(|(species, _)| rank(*species))?;
    let mut pivot = reactants.clone();
    for factor in &mut pivot {
        if factor.0 == species {
            factor.1 -= 1;
        }
    }
    pivot.retain(|(_, count)| *count > 0);
    Some((pivot, Some((species, count - 1))))
}

impl Network {
    /// Number of species.
    pub fn species(&self) -> usize {
        self.species
    }

    /// Number of channels: changes of state that can happen.
    pub fn channels(&self) -> usize {
        self.channels.len() - 1
    }

    /// Number of reactions that were added.
    pub fn reactions(&self) -> usize {
        self.reactions
    }
}
