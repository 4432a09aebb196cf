//! What the `chemistry` block says: the published system that a network is compiled to, and its settings.

use nnrc_syntax::Span;

/// The published system that the network is compiled to, with the settings that it alone has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Construction {
    /// The network is the fixed point of the reactions.
    FixedPoint(FixedPointSettings),
    /// Forward, backward and update reactions at once.
    OnePot(OnePotSettings),
    /// Sequenced by a chemical clock.
    Phased(PhasedSettings),
}

impl Construction {
    /// Name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::FixedPoint(_) => "fixed_point",
            Self::OnePot(_) => "one_pot",
            Self::Phased(_) => "phased",
        }
    }

    /// Whether the network is the fixed point of its reactions.
    pub fn is_fixed_point(self) -> bool {
        matches!(self, Self::FixedPoint(_))
    }

    /// Whether forward, backward and update reactions run at once.
    pub fn is_one_pot(self) -> bool {
        matches!(self, Self::OnePot(_))
    }

    /// Whether a clock sequences the reactions.
    pub fn is_phased(self) -> bool {
        matches!(self, Self::Phased(_))
    }
}

/// What holds the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightCarrier {
    /// Rate constants.
    Rates,
    /// Species.
    Species,
}

/// Which signals get two rails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Those that can be negative.
    Auto,
    /// Inputs and linear signals as well.
    DualRail,
}

/// The `chemistry` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Chemistry {
    /// The system, with its own settings.
    pub construction: Construction,
    /// Which signals get two rails.
    pub signs: Signs,
    /// Largest number of reactant molecules.
    pub max_order: u32,
    /// What the numbers mean.
    pub units: nnrc_crn::Units,
    /// Speed factor of forward reactions.
    pub forward: f64,
    /// Rate constant of the annihilation of rails.
    pub annihilation: f64,
    /// Where it is asked for that the pot takes raw measurements, the scale of the data being part of its weights.
    pub fold_scale: Option<Span>,
    /// Where the block stands, if it does.
    pub span: Option<Span>,
}

impl Chemistry {
    /// What holds the weights: where they change in the pot, nothing but species can.
    pub fn weights(&self) -> WeightCarrier {
        match self.construction {
            Construction::FixedPoint(settings) => settings.weights,
            Construction::OnePot(_) | Construction::Phased(_) => WeightCarrier::Species,
        }
    }

    /// Whether there are reactions for either sign of every weight that is a rate constant, whatever its value.
    pub fn any_sign(&self) -> bool {
        matches!(self.construction, Construction::FixedPoint(settings) if settings.any_sign)
    }

    /// Settings of a pot that learns while samples are presented.
    pub fn one_pot(&self) -> Option<&OnePotSettings> {
        match &self.construction {
            Construction::OnePot(settings) => Some(settings),
            Construction::FixedPoint(_) | Construction::Phased(_) => None,
        }
    }

    /// Settings of a pot that a clock sequences.
    pub fn phased(&self) -> Option<&PhasedSettings> {
        match &self.construction {
            Construction::Phased(settings) => Some(settings),
            Construction::FixedPoint(_) | Construction::OnePot(_) => None,
        }
    }
}

/// Settings of the construction `fixed_point`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedPointSettings {
    /// What holds the weights.
    pub weights: WeightCarrier,
    /// Whether there are reactions for either sign of every weight, whatever its value.
    pub any_sign: bool,
}

impl Default for FixedPointSettings {
    fn default() -> Self {
        Self { weights: WeightCarrier::Rates, any_sign: false }
    }
}

/// Settings of the construction `one_pot`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnePotSettings {
    /// Speed factor of errors and their way back.
    pub backward: f64,
    /// Rate constant of the annihilation of the rails of weights.
    pub weight_annihilation: f64,
    /// Weight decay where the `train` block says nothing.
    pub preset_decay: f64,
    /// The gated teacher, if there is one.
    pub teacher: Option<Teacher>,
}

impl Default for OnePotSettings {
    fn default() -> Self {
        Self { backward: 5.0, weight_annihilation: 1.0, preset_decay: 0.0, teacher: None }
    }
}

/// Settings of the construction `phased`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhasedSettings {
    /// What sequences the phases.
    pub clock: Clock,
    /// Where the clock is written, if it is.
    pub clock_span: Option<Span>,
    /// Rate constant of gated steps: loads, moves and resets of registers.
    pub gated: f64,
    /// Rate constant of everything that runs always.
    pub combinational: f64,
}

/// What tells the phases apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Clock {
    /// Competing species, each of which suppresses all others but its successor: an attracting cycle.
    MayLeonard {
        /// Inflow of every species relative to the rate: the level of a phase that is off.
        epsilon: f64,
        /// Growth of a species, per time unit.
        rate: f64,
        /// Suppression relative to growth, above 1.
        gamma: f64,
        /// Number of species; none: two for each phase.
        species: Option<usize>,
    },
    /// Each species is turned into its successor by it: neutral, it remembers every perturbation.
    Ring {
        /// Initial concentration of the species that are off.
        delta: f64,
        /// Rate constant of the handing on.
        rate: f64,
    },
    /// Gates set from outside.
    External {
        /// Time units for which a gate is on, and as long again before the next one.
        phase: f64,
    },
}

impl Default for PhasedSettings {
    fn default() -> Self {
        let clock = Clock::MayLeonard { epsilon: 1e-12, rate: 1.0, gamma: 2.0, species: None };
        Self { clock, clock_span: None, gated: 2.0, combinational: 4.0 }
    }
}

/// `schedule = { settle, learn, flush }`: errors are made in the middle part of a presentation only. In time units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Teacher {
    /// The forward pass settles; nothing is compared.
    pub settle: f64,
    /// Outputs are compared with targets.
    pub learn: f64,
    /// What is left of the errors decays.
    pub flush: f64,
}

impl Teacher {
    /// Length of a presentation.
    pub fn hold(&self) -> f64 {
        self.settle + self.learn + self.flush
    }
}
