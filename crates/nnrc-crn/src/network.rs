//! What a network is made of: axes, species, rate constants, reactions, observables.

use crate::arena::Handle;
use crate::index::Index;

/// A named size. Instances are numbered row-major over `shape`, whose product is the size.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Its name.
    pub name: String,
    /// Sizes that make up the axis; one for a plain axis.
    pub shape: Vec<usize>,
}

impl Axis {
    /// Number of instances.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What a species is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Set from outside, changed by no reaction.
    Input,
    /// Read as a result.
    Output,
    /// A held quantity, such as a weight.
    Parameter,
    /// Everything between.
    Internal,
    /// Part of a chemical clock.
    Clock,
}

/// Species indexed by axes.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeciesFamily {
    /// Identifier before the indices: `hidden` in `hidden_3_Z_p`.
    pub stem: String,
    /// Identifier after the indices: `Z_p` in `hidden_3_Z_p`; empty if there is none.
    pub suffix: String,
    /// One axis for each index; none for a single species.
    pub axes: Vec<Handle<Axis>>,
    /// What it is there for.
    pub role: Role,
    /// Initial concentrations, row-major over the axes, in concentration units.
    pub initial: Vec<f64>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a thing comes from, in the words of whoever wrote the model; back ends only print it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Origin {
    /// Human name before the indices: `hidden.W` in `hidden.W[2,1]`.
    pub label: String,
    /// What follows the indices: `+` and `-` for rails, ` V` for a co-rail; often empty.
    pub part: String,
    /// 1-based line of the source text, 0 if there is none.
    pub line: u32,
}

/// Rate constants of mass action, indexed by axes.
#[derive(Debug, Clone, PartialEq)]
pub struct RateConstant {
    /// Identifier before the indices: `k_W_hidden`.
    pub stem: String,
    /// One axis for each index.
    pub axes: Vec<Handle<Axis>>,
    /// Values, row-major over the axes. Signed only where every use selects a [`Part`].
    pub values: Vec<f64>,
    /// Where it comes from.
    pub origin: Origin,
}

/// One reaction scheme over index variables.
#[derive(Debug, Clone, PartialEq)]
pub struct ReactionFamily {
    /// Dotted name: `hidden.excite`.
    pub name: String,
    /// The index variables, outermost first.
    pub over: Vec<IndexVariable>,
    /// Two index variables (positions in `over`) that never take the same value.
    pub distinct: Option<(usize, usize)>,
    /// Left side.
    pub reactants: Vec<Term>,
    /// Right side. A catalyst stands on both.
    pub products: Vec<Term>,
    /// The rate constant.
    pub rate: Rate,
    /// Where it comes from.
    pub origin: Origin,
}

/// An index variable and the axis that it runs over.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexVariable {
    /// `i`
    pub name: String,
    /// Its range.
    pub axis: Handle<Axis>,
}

/// A species on one side of a reaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The family.
    pub species: Handle<SpeciesFamily>,
    /// One for each axis of the family.
    pub indices: Vec<Index>,
    /// How many molecules, at least 1.
    pub stoichiometry: u32,
}

/// The rate constant of a reaction family.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// The family of constants.
    pub constant: Handle<RateConstant>,
    /// One for each axis of the constant.
    pub indices: Vec<Index>,
    /// Which part of the value is the constant.
    pub part: Part,
}

/// Which part of a stored value is the rate constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The value, which is never negative.
    Whole,
    /// max(value, 0): the members of positive value.
    Positive,
    /// max(−value, 0): the members of negative value.
    Negative,
}

impl Part {
    /// The rate constant that this part selects from a stored value.
    pub fn of(self, value: f64) -> f64 {
        match self {
            Self::Whole => value,
            Self::Positive => value.max(0.0),
            Self::Negative => (-value).max(0.0),
        }
    }
}

/// A value read from the pot: Σ positive − Σ negative, element by element.
#[derive(Debug, Clone, PartialEq)]
pub struct Observable {
    /// Identifier before the indices: `y`.
    pub stem: String,
    /// The axis of the value.
    pub axis: Handle<Axis>,
    /// Families over this axis, or over several that make up its shape, that count with +1.
    pub positive: Vec<Handle<SpeciesFamily>>,
    /// The same that count with −1.
    pub negative: Vec<Handle<SpeciesFamily>>,
}

/// What the numbers mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Units {
    /// Concentration that the number 1 stands for, in mol/L; none: dimensionless.
    pub concentration: Option<f64>,
    /// Time that the number 1 stands for, in seconds.
    pub time: f64,
    /// Volume of the pot in litres; without effect where nothing has a dimension.
    pub volume: f64,
}

impl Default for Units {
    fn default() -> Self {
        Self { concentration: None, time: 1.0, volume: 1.0 }
    }
}
