//! What is known of an activation whatever its parameters are: its words, and where it has reactions.
//!
//! What an activation lacks is `None`; nothing has a default, so that a new activation says all of it.

/// The facts of an activation that do not depend on its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts {
    /// Name in the language.
    pub name: &'static str,
    /// Its parameters, in the order in which the language takes them.
    pub parameters: &'static [Parameter],
    /// Its value as the reference writes it, with u = R_h(z) and v = R_h(−z).
    pub formula: &'static str,
    /// Where it is defined.
    pub domain: Domain,
    /// The value between two classes, and what is said of an output that has it: it "is between 0 and 1". None where
    /// the values have no middle.
    pub middle: Option<(f64, &'static str)>,
    /// The cross-entropy that its outputs have; none where they are no probabilities.
    pub cross_entropy: Option<CrossEntropy>,
    /// Whether it tends to max(z, 0), or to its leaky form, as a parameter vanishes.
    pub is_rectifier: bool,
    /// What the reactions read whose fixed point it is; none where no fixed point computes it.
    pub fixed_point: Option<Reads>,
    /// Where one pot learns with it; none without a chemical derivative.
    pub one_pot: Option<Learns>,
    /// What the clocked construction makes of it; none where it has no reactions for it.
    pub phased: Option<Clocked>,
}

/// A parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Its name in the language.
    pub name: &'static str,
    /// Its value where nothing is said.
    pub default: f64,
    /// What it may be.
    pub bound: Bound,
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Greater than 0.
    Positive,
    /// From 0 to below 1.
    Share,
}

/// Where an activation is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// For every pre-activation.
    Everywhere,
    /// For pre-activations of at least 0.
    NotNegative,
}

/// Which cross-entropy outputs have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrossEntropy {
    /// That of shares, which add up to 1.
    OfShares,
    /// That of the softmax of the outputs.
    OfLogits,
    /// That of each output by itself.
    OfEach,
}

/// How the reactions of a fixed point read their pre-activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// As a drive: what makes the pre-activation are catalysts of the activation's own reactions.
    Drive {
        /// Reactants beside these catalysts.
        beside: u32,
    },
    /// As species, which are made first.
    Species,
}

/// Where errors find a way back through an activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learns {
    /// In every layer.
    Anywhere,
    /// Where it ends the output and the loss is cross-entropy.
    AtTheOutput,
}

/// What the clocked construction makes of an activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clocked {
    /// The dose of its pre-activation that it is given in a phase of its own; none where it follows the pre-activation
    /// all the time.
    pub exposure: Option<Exposure>,
    /// Where it learns.
    pub learns: Learns,
    /// Whether it learns by cross-entropy at the output.
    pub cross_entropy: bool,
    /// What all its values lie between.
    pub reach: (f64, f64),
}

/// A pre-activation as a dose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exposure {
    /// c where a species grows as e^(c z); none where what grows is bounded by z.
    pub exponent: Option<f64>,
}

impl Parameter {
    /// A parameter that must be greater than 0.
    pub const fn positive(name: &'static str, default: f64) -> Self {
        Self { name, default, bound: Bound::Positive }
    }

    /// A parameter from 0 to below 1.
    pub const fn share(name: &'static str, default: f64) -> Self {
        Self { name, default, bound: Bound::Share }
    }
}

impl Bound {
    /// Whether it admits a number.
    pub fn holds(self, number: f64) -> bool {
        match self {
            Self::Positive => number > 0.0,
            Self::Share => (0.0..1.0).contains(&number),
        }
    }

    /// In words that follow "must be".
    pub fn words(self) -> &'static str {
        match self {
            Self::Positive => "greater than 0",
            Self::Share => "from 0 to below 1",
        }
    }
}

impl Facts {
    /// As the language writes it with its defaults: `smooth_relu(h = 0.1)`.
    pub fn call(&self) -> String {
        self.call_with(self.parameters.iter().map(|parameter| parameter.default))
    }

    /// The same with these parameters.
    pub fn call_with(&self, values: impl IntoIterator<Item = f64>) -> String {
        let written = self.parameters.iter().zip(values);
        let parameters: Vec<String> = written
            .map(|(parameter, value)| format!("{} = {}", parameter.name, nnrc_syntax::wording::shown(value)))
            .collect();
        format!("{}({})", self.name, parameters.join(", "))
    }

    /// The value of a parameter among `given`, which stand in the order of the parameters; its default beyond them.
    pub(super) fn given(&self, name: &str, given: &[f64]) -> f64 {
        let at = self.parameters.iter().position(|parameter| parameter.name == name);
        let at = at.expect("the table of activations names the parameters of the facts");
        given.get(at).copied().unwrap_or(self.parameters[at].default)
    }
}
