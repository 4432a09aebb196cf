//! One realisation of the process.

use super::choice::Propensities;
use super::network::Network;
use crate::random::Stream;

/// Events after which sums that are kept up to date are computed afresh.
const REFRESH: u64 = 1 << 20;

/// Part of the total after a refresh below which another refresh is due.
const DOUBTFUL: f64 = 1e-6;

/// A realisation of the process: numbers of molecules that change event by event.
#[derive(Debug, Clone)]
pub struct Simulation<'a> {
    network: &'a Network,
    /// Numbers of molecules, a 1, products of numbers.
    numbers: Vec<f64>,
    /// The linear form of each group.
    forms: Vec<f64>,
    values: Vec<f64>,
    propensities: Propensities,
    time: f64,
    events: u64,
    until_refresh: u64,
    /// A total below this may be nothing but rounding.
    doubtful: f64,
    stream: Stream,
}

impl<'a> Simulation<'a> {
    /// At time 0 with these numbers of molecules, one for each species.
    ///
    /// Numbers of species that reactions change are whole. Those of species that no reaction changes may be any
    /// number of at least 0: the pot stays in contact with a reservoir of that concentration.
    pub fn new(network: &'a Network, numbers: &[f64], stream: Stream) -> Self {
        let mut all = numbers.to_vec();
        all.resize(network.species, 0.0);
        all.push(1.0);
        all.resize(network.species + 1 + network.products.len(), 0.0);
        let mut simulation = Self {
            network,
            numbers: all,
            forms: vec![0.0; network.groups.len()],
            values: vec![0.0; network.groups.len()],
            propensities: Propensities::new(network.channels()),
            time: 0.0,
            events: 0,
            until_refresh: REFRESH,
            doubtful: 0.0,
            stream,
        };
        simulation.refresh();
        simulation
    }

    /// Time reached, in time units.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Events so far.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Numbers of molecules.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers[..self.network.species]
    }

    /// The stream of random numbers, where this realisation has left it.
    pub fn into_stream(self) -> Stream {
        self.stream
    }

    /// Sets the number of one species from outside.
    pub fn set(&mut self, species: usize, number: f64) {
        if let Some(place) = self.numbers[..self.network.species].get_mut(species) {
            *place = number;
            self.refresh();
        }
    }

    /// Expected events per time unit at present.
    pub fn activity(&self) -> f64 {
        self.propensities.total()
    }

    /// Lets things happen until `end`, or until `limit` further events have happened. Returns whether the end was
    /// reached.
    pub fn run(&mut self, end: f64, limit: u64) -> bool {
        let last = self.events.saturating_add(limit);
        loop {
            if self.propensities.total() < self.doubtful {
                self.refresh();
            }
            let total = self.propensities.total();
            if total <= 0.0 {
                self.time = self.time.max(end);
                return true;
            }
            let time = self.time + self.stream.exponential() / total;
            if time > end {
                // The process has no memory: waiting may begin anew at the end.
                self.time = self.time.max(end);
                return true;
            }
            if self.events == last {
                return false;
            }
            self.time = time;
            let channel = self.propensities.choose(self.stream.unit());
            if self.fire(channel) {
                self.events += 1;
            } else {
                self.until_refresh = 1;
            }
            self.until_refresh -= 1;
            if self.until_refresh == 0 {
                self.refresh();
            }
        }
    }

    /// Lets a channel fire; false if a number would fall below zero.
    #[inline]
    fn fire(&mut self, channel: usize) -> bool {
        let network = self.network;
        let (first, next) = (network.channels[channel], network.channels[channel + 1]);
        let changes = &network.changes[first.changes as usize..next.changes as usize];
        if changes.iter().any(|&(species, change)| self.numbers[species as usize] + change < 0.0) {
            return false;
        }
        for &(species, change) in changes {
            self.change(species as usize, change);
        }
        self.propensities.finish();
        true
    }

    #[inline]
    fn change(&mut self, species: usize, change: f64) {
        let network = self.network;
        self.numbers[species] += change;
        for &product in &network.products_of[species] {
            self.update_product(product as usize);
        }
        let starts = &network.reader_starts;
        let readers = &network.readers[starts[species] as usize..starts[species + 1] as usize];
        let Some(first) = readers.first() else { return };
        let mut fan = Propensities::fan_of(first.channel as usize);
        for reader in readers {
            let (group, channel) = (reader.group as usize, reader.channel as usize);
            let next = Propensities::fan_of(channel);
            if next != fan {
                self.propensities.sum_up(fan);
                fan = next;
            }
            let form = self.forms[group] + reader.weight * change;
            self.forms[group] = form;
            self.values[group] = self.numbers[network.groups[group].pivot as usize] * form;
            self.update_channel(channel);
        }
        self.propensities.sum_up(fan);
    }

    #[inline]
    fn update_channel(&mut self, channel: usize) {
        let (first, next) = (self.network.channels[channel], self.network.channels[channel + 1]);
        let groups = &self.values[first.groups as usize..next.groups as usize];
        let sum = match groups {
            [] => 0.0,
            [only] => *only,
            groups => groups.iter().sum(),
        };
        self.propensities.set(channel, (first.base + sum).max(0.0));
    }

    fn update_product(&mut self, product: usize) {
        let factor = |&(species, taken): &(u32, f64)| self.numbers[species as usize] - taken;
        let value = self.network.products[product].factors.iter().map(factor).product();
        self.numbers[self.network.species + 1 + product] = value;
    }

    /// Computes everything afresh from the numbers of molecules.
    fn refresh(&mut self) {
        let network = self.network;
        for product in 0..network.products.len() {
            self.update_product(product);
        }
        for (form, group) in self.forms.iter_mut().zip(&network.groups) {
            *form = group.constant;
        }
        for (species, range) in network.reader_starts.windows(2).enumerate() {
            for reader in &network.readers[range[0] as usize..range[1] as usize] {
                self.forms[reader.group as usize] += reader.weight * self.numbers[species];
            }
        }
        for ((value, form), group) in self.values.iter_mut().zip(&self.forms).zip(&network.groups) {
            *value = self.numbers[group.pivot as usize] * form;
        }
        for channel in 0..network.channels() {
            self.update_channel(channel);
        }
        self.propensities.sum_all();
        self.until_refresh = REFRESH;
        self.doubtful = DOUBTFUL * self.propensities.total();
    }
}
