//! Building the network of reactions module by module: species, constants, families, and the gates of the clock.

use std::collections::BTreeMap;
use std::ops::Range;

use nnrc_crn::{
    Axis, Crn, Handle, Index, IndexVariable, Origin, Part, Rate, RateConstant, ReactionFamily, Role,
    SpeciesFamily, Term,
};

use super::phases::{Phase, Phases};
use crate::layer_builder::{Species, part};
use nnrc_model::{Chemistry, PhasedSettings};

/// The first index variable of a family.
pub const I: Index = Index::Variable { position: 0, offset: 0 };
/// The second one.
pub const J: Index = Index::Variable { position: 1, offset: 0 };
/// The two rails of a value, with their suffixes; `true` is the positive one.
pub const RAILS: [(bool, &str); 2] = [(true, "p"), (false, "m")];

/// The pot under construction.
pub struct PotBuilder<'a> {
    /// The network.
    pub crn: Crn,
    /// Settings.
    pub chemistry: &'a Chemistry,
    /// Those of the construction.
    pub settings: PhasedSettings,
    /// Which phases there are.
    pub phases: Phases,
    /// The species of the clock.
    pub clock: Species,
    /// Where what is built comes from: 1-based line, 0 if there is none.
    pub line: u32,
    constants: BTreeMap<String, Handle<RateConstant>>,
    modules: Vec<Module>,
}

/// A module with what belongs to it; a name may stand several times.
#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    /// Its role: `clock`, `sigmoid`.
    pub name: &'static str,
    /// Families of species, by position in the arena.
    pub species: Range<usize>,
    /// Families of reactions, by position in the arena.
    pub reactions: Range<usize>,
}

/// A species at given indices.
pub fn at(species: Species, indices: &[Index]) -> Term {
    times(1, species, indices)
}

/// Several molecules of a species.
pub fn times(stoichiometry: u32, species: Species, indices: &[Index]) -> Term {
    Term { species, indices: indices.to_vec(), stoichiometry }
}

impl<'a> PotBuilder<'a> {
    /// An empty pot, whose clock is still to come.
    pub fn new(crn: Crn, (chemistry, settings): (&'a Chemistry, PhasedSettings), phases: Phases) -> Self {
        Self {
            crn,
            chemistry,
            settings,
            phases,
            clock: placeholder(),
            line: 0,
            constants: BTreeMap::new(),
            modules: Vec::new(),
        }
    }

    /// The network and its modules.
    pub fn finish(mut self) -> (Crn, Vec<Module>) {
        self.close();
        (self.crn, self.modules)
    }

    /// Everything from now on belongs to this module.
    pub fn module(&mut self, name: &'static str) {
        self.close();
        let (species, reactions) = (self.crn.species.len(), self.crn.reactions.len());
        self.modules.push(Module { name, species: species..species, reactions: reactions..reactions });
    }

    fn close(&mut self) {
        if let Some(module) = self.modules.last_mut() {
            module.species.end = self.crn.species.len();
            module.reactions.end = self.crn.reactions.len();
        }
    }

    /// An axis.
    pub fn axis(&mut self, name: &str, size: usize) -> Handle<Axis> {
        self.crn.axes.push(Axis { name: name.to_owned(), shape: vec![size] })
    }

    /// A family of species, all with the same initial concentration.
    pub fn species(&mut self, stem: &str, suffix: &str, axes: &[Handle<Axis>], initial: f64) -> Species {
        let initial = vec![initial; self.crn.count(axes)];
        self.family(stem, suffix, axes, Role::Internal, initial)
    }

    /// A family of species.
    pub fn family(
        &mut self,
        stem: &str,
        suffix: &str,
        axes: &[Handle<Axis>],
        role: Role,
        initial: Vec<f64>,
    ) -> Species {
        let origin = Origin { label: stem.to_owned(), part: part(suffix), line: self.line };
        self.crn.species.push(SpeciesFamily {
            stem: stem.to_owned(),
            suffix: suffix.to_owned(),
            axes: axes.to_vec(),
            role,
            initial,
            origin,
        })
    }

    /// Two rails without initial concentration: `hidden_3_Z_p` and `hidden_3_Z_m`.
    pub fn rails(&mut self, stem: &str, what: &str, axes: &[Handle<Axis>]) -> [Species; 2] {
        RAILS.map(|(_, rail)| self.species(stem, &format!("{what}_{rail}"), axes, 0.0))
    }

    /// A single rate constant; the same name gives the same one again.
    pub fn constant(&mut self, name: &str, value: f64) -> Rate {
        self.constants_over(name, &[], || vec![value])
    }

    /// Rate constants over axes; the same name gives the same ones again.
    pub fn constants_over(
        &mut self,
        name: &str,
        axes: &[Handle<Axis>],
        values: impl FnOnce() -> Vec<f64>,
    ) -> Rate {
        let stem = format!("k_{name}");
        let constant = match self.constants.get(&stem) {
            Some(constant) => *constant,
            None => {
                let constant = self.crn.rate_constants.push(RateConstant {
                    stem: stem.clone(),
                    axes: axes.to_vec(),
                    values: values(),
                    origin: Origin { label: name.to_owned(), part: String::new(), line: self.line },
                });
                self.constants.insert(stem, constant);
                constant
            }
        };
        let indices = (0..axes.len()).map(Index::of).collect();
        Rate { constant, indices, part: Part::Whole }
    }

    /// The constant of what runs always.
    pub fn combinational(&mut self) -> Rate {
        self.constant("combinational", self.settings.combinational)
    }

    /// The constant of gated steps.
    pub fn gated(&mut self) -> Rate {
        self.constant("gated", self.settings.gated)
    }

    /// The species that is on during a phase.
    ///
    /// # Panics
    ///
    /// If the model has no such phase: whoever builds a module knows.
    pub fn gate(&self, phase: Phase) -> Term {
        at(self.clock, &[Index::At(self.phases.species_of(phase))])
    }

    /// The family `catalysts + consumed -> catalysts + produced`.
    pub fn react(
        &mut self,
        name: &str,
        over: &[Handle<Axis>],
        catalysts: &[Term],
        (consumed, produced): (&[Term], &[Term]),
        rate: &Rate,
    ) {
        self.react_distinct(name, over, None, catalysts, (consumed, produced), rate);
    }

    /// The same for index variables that never take the same value.
    pub fn react_distinct(
        &mut self,
        name: &str,
        over: &[Handle<Axis>],
        distinct: Option<(usize, usize)>,
        catalysts: &[Term],
        (consumed, produced): (&[Term], &[Term]),
        rate: &Rate,
    ) {
        let names = ["i", "j", "l", "m"];
        let over = over
            .iter()
            .zip(names)
            .map(|(&axis, name)| IndexVariable { name: name.to_owned(), axis })
            .collect();
        self.crn.reactions.push(ReactionFamily {
            name: name.to_owned(),
            over,
            distinct,
            reactants: [catalysts, consumed].concat(),
            products: [catalysts, produced].concat(),
            rate: rate.clone(),
            origin: Origin { label: name.to_owned(), part: String::new(), line: self.line },
        });
    }

    /// `X -> 0`
    pub fn decay(&mut self, name: &str, axes: &[Handle<Axis>], species: Species, rate: &Rate) {
        let indices: Vec<Index> = (0..axes.len()).map(Index::of).collect();
        self.react(name, axes, &[], (&[at(species, &indices)], &[]), rate);
    }

    /// `X+ -> 0`, `X- -> 0` with one constant, so that the difference of the rails decays as each of them does.
    pub fn decay_rails(&mut self, name: &str, axes: &[Handle<Axis>], rails: [Species; 2], rate: &Rate) {
        for ((_, rail), species) in RAILS.iter().zip(rails) {
            self.decay(&format!("{name}_{rail}"), axes, species, rate);
        }
    }

    /// `X+ + X- -> 0`: shrinks the common part of two rails and leaves their difference alone.
    pub fn annihilate(&mut self, name: &str, axes: &[Handle<Axis>], [positive, negative]: [Species; 2]) {
        let rate = self.constant("annihilation", self.chemistry.annihilation);
        let indices: Vec<Index> = (0..axes.len()).map(Index::of).collect();
        self.react(name, axes, &[], (&[at(positive, &indices), at(negative, &indices)], &[]), &rate);
    }
}

/// A handle that names nothing yet.
fn placeholder() -> Species {
    let mut none = nnrc_crn::Arena::default();
    none.push(SpeciesFamily {
        stem: String::new(),
        suffix: String::new(),
        axes: Vec::new(),
        role: Role::Clock,
        initial: Vec::new(),
        origin: Origin::default(),
    })
}
