//! Changes of variables: inputs of two rails, differences of rails, and conserved totals.

use std::collections::{BTreeMap, BTreeSet};

use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::poly::{Poly, Substitution, Variable};
use crate::sbml::System;

/// The species that hold an input: x = plus − minus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The species that is added.
    pub plus: Variable,
    /// The species that is subtracted, if there is one.
    pub minus: Option<Variable>,
}

impl Input {
    /// The species that hold an input which is read as this combination.
    ///
    /// # Errors
    ///
    /// Combinations other than a species, or one less another one.
    pub fn read(combination: &BTreeMap<Variable, Dyadic>) -> Result<Self, Fault> {
        let with = |factor: &Dyadic| {
            combination.iter().find(|(_, own)| *own == factor).map(|(variable, _)| *variable)
        };
        let (plus, minus) = (with(&Dyadic::one()), with(&Dyadic::one().negated()));
        match plus.filter(|_| combination.len() == 1 + usize::from(minus.is_some())) {
            Some(plus) => Ok(Self { plus, minus }),
            None => Err(Fault::invalid(
                "bad-input",
                "an input is read as a species with the factor 1, and at most one with −1",
            )),
        }
    }
}

/// A change of variables.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Two rails become their difference, a new variable, and the negative one.
    Rails {
        /// The positive rail, which is replaced.
        plus: Variable,
        /// The negative rail, which stays.
        minus: Variable,
        /// What the difference is called.
        difference: String,
    },
    /// A conserved total: Σ λ x stays what it is at the beginning, and one species follows from the others.
    Total {
        /// The species with their λ, greater than 0.
        law: BTreeMap<Variable, Dyadic>,
        /// The species that is replaced; its λ is 1.
        eliminate: Variable,
    },
}

/// A total of two species, one of them eliminated: the other one lies in [0, T].
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    /// What the law adds up to.
    pub total: Dyadic,
    /// The species that was eliminated.
    pub eliminated: Variable,
    /// How many species the law has.
    pub members: usize,
}

/// The equations in the new variables, before blocks are known of them.
#[derive(Debug, Clone)]
pub struct Changed<'s> {
    /// The file.
    pub system: &'s System,
    /// What every variable is called.
    pub names: Vec<String>,
    /// Of each input: the variable of its value, and that of its negative rail.
    pub inputs: Vec<(Variable, Option<Variable>)>,
    /// What stands for held, replaced and eliminated species.
    pub substitution: Substitution,
    /// The total that bounds a species, if there is one.
    pub totals: BTreeMap<Variable, Total>,
    /// The rails, plus and minus, of every difference.
    pub rails: BTreeMap<Variable, (Variable, Variable)>,
    /// V · y′ of every variable that changes.
    pub equations: BTreeMap<Variable, Poly>,
}

/// Makes the changes, each after its check.
///
/// # Errors
///
/// An input that is not held or named twice, a species in two changes, a law that is not conserved or whose total is 0.
pub fn change<'s>(system: &'s System, inputs: &[Input], changes: &[Change]) -> Result<Changed<'s>, Fault> {
    let mut names: Vec<String> = system.species.iter().map(|species| species.id.clone()).collect();
    let mut substitution = Substitution::new();
    for (at, species) in system.species.iter().enumerate() {
        if species.derivative.is_zero() {
            substitution.insert(number(at)?, Poly::constant(species.initial.clone()));
        }
    }
    let mut new = |name: String| {
        names.push(name);
        number(names.len() - 1)
    };
    let mut used = BTreeSet::new();
    let mut take = |variable: Variable| match used.insert(variable) {
        true => Ok(()),
        false => Err(Fault::invalid("used-twice", format!("`{}` is used twice", id(system, variable)))),
    };
    let mut symbols = Vec::new();
    for input in inputs {
        for rail in [Some(input.plus), input.minus].into_iter().flatten() {
            take(rail)?;
            if !system.is_held(rail) {
                let message = format!(
                    "reactions change the input `{}`; expected a species that is held",
                    id(system, rail)
                );
                return Err(Fault::undecided("input-changes", message));
            }
            substitution.remove(&rail);
        }
        match input.minus {
            None => symbols.push((input.plus, None)),
            Some(minus) => {
                let value = new(format!("{} - {}", id(system, input.plus), id(system, minus)))?;
                substitution.insert(input.plus, Poly::variable(value).plus(&Poly::variable(minus))?);
                symbols.push((value, Some(minus)));
            }
        }
    }
    let mut rails = BTreeMap::new();
    let mut totals = BTreeMap::new();
    for change in changes {
        match change {
            Change::Rails { plus, minus, difference } => {
                require_dynamic(system, &[*plus, *minus])?;
                take(*plus)?;
                take(*minus)?;
                let value = new(difference.clone())?;
                substitution.insert(*plus, Poly::variable(value).plus(&Poly::variable(*minus))?);
                rails.insert(value, (*plus, *minus));
            }
            Change::Total { law, eliminate } => {
                law.keys().try_for_each(|variable| take(*variable))?;
                let total = total_of(system, law, *eliminate)?;
                let mut rest = Poly::constant(total.clone());
                for (variable, factor) in law.iter().filter(|(variable, _)| *variable != eliminate) {
                    rest = rest.minus(&Poly::variable(*variable).scaled(factor)?)?;
                    if factor.is_one() {
                        let total =
                            Total { total: total.clone(), eliminated: *eliminate, members: law.len() };
                        totals.insert(*variable, total);
                    }
                }
                substitution.insert(*eliminate, rest);
            }
        }
    }
    let mut equations = BTreeMap::new();
    for (at, species) in system.species.iter().enumerate() {
        let variable = number(at)?;
        if !species.derivative.is_zero() && !substitution.contains_key(&variable) {
            equations.insert(variable, species.derivative.substituted(&substitution)?);
        }
    }
    for (value, (plus, minus)) in &rails {
        let own = system.species[*plus as usize].derivative.substituted(&substitution)?;
        let other = equations.get(minus).cloned().unwrap_or_default();
        equations.insert(*value, own.minus(&other)?);
    }
    Ok(Changed { system, names, inputs: symbols, substitution, totals, rails, equations })
}

/// T of a conserved total.
fn total_of(system: &System, law: &BTreeMap<Variable, Dyadic>, eliminate: Variable) -> Result<Dyadic, Fault> {
    let species: Vec<Variable> = law.keys().copied().collect();
    require_dynamic(system, &species)?;
    let names: Vec<&str> = species.iter().map(|v| id(system, *v)).collect();
    let names = names.join(" + ");
    if law.get(&eliminate).is_none_or(|factor| !factor.is_one())
        || law.values().any(|factor| !factor.is_positive())
    {
        return Err(Fault::undecided(
            "bad-total",
            format!("the law {names} has a factor that is not greater than 0"),
        ));
    }
    let (mut change, mut total) = (Vec::new(), Dyadic::zero());
    for (variable, factor) in law {
        let species = &system.species[*variable as usize];
        change.extend(species.derivative.scaled(factor)?.into_terms());
        total = total.plus(&species.initial.times(factor)?)?;
    }
    if !Poly::sum_of(change)?.is_zero() {
        return Err(Fault::undecided("not-conserved", format!("{names} is not conserved")));
    }
    if !total.is_positive() {
        return Err(Fault::undecided("total-zero", format!("{names} is 0 at the beginning, and stays 0")));
    }
    Ok(total)
}

fn require_dynamic(system: &System, variables: &[Variable]) -> Result<(), Fault> {
    let held = variables.iter().find(|v| **v as usize >= system.species.len() || system.is_held(**v));
    match held {
        None => Ok(()),
        Some(held) => {
            let message =
                format!("`{}` is in a change of variables, and no reaction changes it", id(system, *held));
            Err(Fault::undecided("bad-change", message))
        }
    }
}

fn id(system: &System, variable: Variable) -> &str {
    system.species.get(variable as usize).map_or("?", |species| &species.id)
}

fn number(at: usize) -> Result<Variable, Fault> {
    Variable::try_from(at).map_err(|_| Fault::invalid("too-large", "too many variables"))
}
