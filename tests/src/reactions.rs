//! The list of reactions, evaluated one by one: slow, plain, and independent of the engine's loops.

use nnrc_crn::expand::{Reaction, expand};

use crate::compiled::Compiled;

/// All reactions of a network.
pub struct Reactions {
    list: Vec<Reaction>,
    /// Positions of the species that reactions change.
    pub changing: Vec<usize>,
}

impl Reactions {
    /// Those of a network.
    pub fn new(network: &Compiled) -> Self {
        let families = network.crn.species.iter().map(|(handle, _)| handle);
        let families = families.filter(|&handle| !network.info.is_constant(handle));
        Self {
            list: expand(&network.crn, &network.info),
            changing: families.flat_map(|handle| network.info.species_range(handle)).collect(),
        }
    }

    /// The derivative of each species at the concentrations of all, and Σ |flux| into and out of it.
    pub fn derivative(&self, all: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut derivative, mut sizes) = (vec![0.0; all.len()], vec![0.0; all.len()]);
        for reaction in &self.list {
            let powers = reaction.reactants.iter().map(|&(species, count)| all[species].powi(count as i32));
            let flux = reaction.k * powers.product::<f64>();
            for (side, sign) in [(&reaction.reactants, -1.0), (&reaction.products, 1.0)] {
                for &(species, count) in side {
                    derivative[species] += sign * f64::from(count) * flux;
                    sizes[species] += (f64::from(count) * flux).abs();
                }
            }
        }
        (derivative, sizes)
    }

    /// The Jacobian at the concentrations of all species times a vector.
    pub fn jacobian_times(&self, all: &[f64], vector: &[f64], product: &mut [f64]) {
        product.fill(0.0);
        for reaction in &self.list {
            let mut change = 0.0;
            for (at, &(species, count)) in reaction.reactants.iter().enumerate() {
                let power = f64::from(count) * all[species].powi(count as i32 - 1) * vector[species];
                let others = reaction.reactants.iter().enumerate().filter(|(other, _)| *other != at);
                change += power * others.map(|(_, &(s, n))| all[s].powi(n as i32)).product::<f64>();
            }
            for (side, sign) in [(&reaction.reactants, -1.0), (&reaction.products, 1.0)] {
                for &(species, count) in side {
                    product[species] += sign * f64::from(count) * reaction.k * change;
                }
            }
        }
    }
}
