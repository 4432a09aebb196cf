//! By what the course of a pot with a clock is read.

use nnrc_crn::{Crn, CrnInfo};

use super::phases::Phases;
use super::pot_builder::Module;
use crate::layer_builder::Species;
use nnrc_model::{PhasedSettings, clock};

/// By what the course of a pot with a clock is read.
#[derive(Debug, Clone)]
pub struct Clocked {
    /// The speeds, and what sequences the phases.
    pub settings: PhasedSettings,
    /// The phases of a cycle.
    pub phases: Phases,
    /// What belongs to which module.
    pub modules: Vec<Module>,
    /// The species of the clock.
    pub clock: Species,
    /// What learning is read by; none without training.
    pub learning: Option<Learning>,
}

/// Species by which learning is read.
#[derive(Debug, Clone, Copy)]
pub struct Learning {
    /// C: which slot has its turn.
    pub turn: Species,
    /// Rails of the output's error.
    pub error: [Species; 2],
    /// What the judge consists of; none without one.
    pub judge: Option<Judge>,
}

/// Species of the judge.
#[derive(Debug, Clone, Copy)]
pub struct Judge {
    /// K: 1 for a violation.
    pub verdict: Species,
    /// HALT: above 1/20 the clock stops.
    pub halt: Species,
}

impl Clocked {
    /// The predicted length of a cycle, in time units.
    pub fn period(&self, info: &CrnInfo) -> f64 {
        clock::phase_length(&self.settings) * info.species_range(self.clock).len() as f64
    }

    /// The modules by name, in the order in which they first stand: species and reactions of each.
    pub fn sizes(&self, crn: &Crn, info: &CrnInfo) -> Vec<(&'static str, usize, usize)> {
        let species: Vec<_> = crn.species.iter().collect();
        let reactions: Vec<_> = crn.reactions.iter().collect();
        let mut sizes: Vec<(&'static str, usize, usize)> = Vec::new();
        for module in &self.modules {
            let own = (
                species[module.species.clone()].iter().map(|(_, family)| family.initial.len()).sum::<usize>(),
                reactions[module.reactions.clone()].iter().map(|(at, _)| info.members(*at)).sum::<usize>(),
            );
            match sizes.iter_mut().find(|(name, ..)| *name == module.name) {
                Some((_, species, reactions)) => {
                    *species += own.0;
                    *reactions += own.1;
                }
                None => sizes.push((module.name, own.0, own.1)),
            }
        }
        sizes
    }
}
