//! The answer about a place, as a value.

use serde_json::{Value, json};

use crate::numbers::json as number;

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A unit of a layer, or a value of an input.
    Unit,
    /// A layer or an input.
    Layer,
    /// A weight or a bias.
    Weight,
    /// A species.
    Species,
    /// A reaction.
    Reaction,
    /// A rate constant.
    RateConstant,
    /// All members of a family of species, reactions or rate constants.
    Family,
    /// A parameter of the events of the SBML.
    EventParameter,
}

impl Kind {
    /// As JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Layer => "layer",
            Self::Weight => "weight",
            Self::Species => "species",
            Self::Reaction => "reaction",
            Self::RateConstant => "rate_constant",
            Self::Family => "family",
            Self::EventParameter => "event_parameter",
        }
    }
}

/// The first things of a list, or the largest, and how many more there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// Those that are shown.
    pub shown: Vec<T>,
    /// How many are left out.
    pub left_out: usize,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), left_out: 0 }
    }
}

impl<T> Listed<T> {
    /// What `make` makes of the first `most` of the places `all`.
    pub fn first<P>(all: impl IntoIterator<Item = P>, most: usize, make: impl FnMut(P) -> T) -> Self {
        let mut all = all.into_iter();
        let shown: Vec<T> = all.by_ref().take(most).map(make).collect();
        Self { shown, left_out: all.count() }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// How many there are in all.
    pub fn total(&self) -> usize {
        self.shown.len() + self.left_out
    }

    fn json(&self, one: impl Fn(&T) -> Value) -> Value {
        json!({ "shown": self.shown.iter().map(one).collect::<Vec<_>>(), "left_out": self.left_out })
    }
}

/// A species.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeciesFact {
    /// Its identifier: `hidden_2_p`.
    pub id: String,
    /// Its name: `hidden[2]+`.
    pub name: String,
    /// Initial concentration.
    pub initial: f64,
    /// Concentration at rest; none where the pot does not rest.
    pub rest: Option<f64>,
    /// How fast reactions make it, per time unit, in the state that is shown.
    pub made: f64,
    /// How fast reactions remove it.
    pub removed: f64,
}

/// What feeds a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFact {
    /// The unit whose value is taken; none for the bias.
    pub source: Option<String>,
    /// The weight.
    pub weight: f64,
    /// What holds it: identifiers of a rate constant or of species; empty where a source is taken as it is.
    pub held_by: Vec<String>,
    /// The value of the source in closed form; 1 for the bias.
    pub value: f64,
}

/// A family of species, reactions or rate constants.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyFact {
    /// Its name: `hidden.excite`.
    pub name: String,
    /// What it is: the scheme of reactions, or the axes.
    pub scheme: String,
    /// Number of its members that exist.
    pub members: usize,
    /// Smallest and largest number that it has: rate constants, or initial concentrations.
    pub range: Option<(f64, f64)>,
}

/// A rate constant.
#[derive(Debug, Clone, PartialEq)]
pub struct ConstantFact {
    /// Its identifier: `k_W_hidden_2_1`.
    pub id: String,
    /// Its name: `hidden.W[2,1]`.
    pub name: String,
    /// The number that stands in the SBML, which has no sign.
    pub value: f64,
    /// How many reactions use it.
    pub reactions: usize,
}

/// A reaction.
#[derive(Debug, Clone, PartialEq)]
pub struct ReactionFact {
    /// Its identifier: `r_hidden_excite_2_1`.
    pub id: String,
    /// In chemical notation: `x_1 + hidden_2 -> x_1 + 2 hidden_2`.
    pub scheme: String,
    /// Identifier of its rate constant.
    pub constant: String,
    /// The rate constant.
    pub k: f64,
    /// Its flux by mass action, in the state that is shown.
    pub flux: f64,
}

/// The differential equation of a species.
#[derive(Debug, Clone, PartialEq)]
pub struct Equation {
    /// Identifier of the species.
    pub species: String,
    /// Its derivative, term by term with their signs.
    pub terms: Listed<String>,
}

/// The value of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueFact {
    /// Which: `hidden[2]`.
    pub name: String,
    /// In closed form.
    pub closed_form: f64,
    /// Of the chemistry at rest; none where the pot does not rest.
    pub chemistry: Option<f64>,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The place, by its full name.
    pub place: String,
    /// What it is.
    pub kind: Kind,
    /// The same in words.
    pub what: String,
    /// What else is to be said.
    pub remarks: Vec<String>,
    /// Pre-activation and value at rest as formulas.
    pub computes: Vec<String>,
    /// Values of units.
    pub values: Listed<ValueFact>,
    /// Species of the place.
    pub species: Listed<SpeciesFact>,
    /// What feeds it.
    pub sources: Listed<SourceFact>,
    /// Families of the place.
    pub families: Listed<FamilyFact>,
    /// Rate constants of the place.
    pub constants: Listed<ConstantFact>,
    /// Reactions that belong to it: of species those that change them.
    pub reactions: Listed<ReactionFact>,
    /// Reactions that only read its species.
    pub readers: Listed<ReactionFact>,
    /// Differential equations of its species.
    pub equations: Vec<Equation>,
    /// Values of the inputs for which all of this is.
    pub input: Vec<f64>,
    /// Why concentrations and fluxes are those of the start; none: they are at rest.
    pub moving: Option<String>,
}

impl Shown {
    /// For programs: one object, whose lists say how much they leave out.
    pub fn json(&self) -> Value {
        json!({
            "place": self.place,
            "kind": self.kind.name(),
            "what": self.what,
            "remarks": self.remarks,
            "computes": self.computes,
            "values": self.values.json(|value| json!({
                "name": value.name,
                "closed_form": number(value.closed_form),
                "chemistry": value.chemistry.map(number),
            })),
            "species": self.species.json(|species| json!({
                "id": species.id,
                "name": species.name,
                "initial": number(species.initial),
                "rest": species.rest.map(number),
                "made": number(species.made),
                "removed": number(species.removed),
            })),
            "sources": self.sources.json(|source| json!({
                "source": source.source,
                "weight": number(source.weight),
                "held_by": source.held_by,
                "value": number(source.value),
            })),
            "families": self.families.json(|family| json!({
                "name": family.name,
                "scheme": family.scheme,
                "members": family.members,
                "range": family.range.map(|(low, high)| [number(low), number(high)]),
            })),
            "rate_constants": self.constants.json(|constant| json!({
                "id": constant.id,
                "name": constant.name,
                "value": number(constant.value),
                "reactions": constant.reactions,
            })),
            "reactions": self.reactions.json(ReactionFact::json),
            "read_by": self.readers.json(ReactionFact::json),
            "equations": self.equations.iter().map(|equation| json!({
                "species": equation.species,
                "terms": equation.terms.json(|term| json!(term)),
            })).collect::<Vec<_>>(),
            "input": self.input.iter().map(|value| number(*value)).collect::<Vec<_>>(),
            "at_rest": self.moving.is_none(),
        })
    }
}

impl ReactionFact {
    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "scheme": self.scheme,
            "rate_constant": self.constant,
            "k": number(self.k),
            "flux": number(self.flux),
        })
    }
}
