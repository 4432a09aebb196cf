//! The system in variables in which it is a cascade of blocks.
//!
//! A plan names inputs, changes of variables and the blocks in their order. Nothing in it is believed: every change is
//! checked as an identity of polynomials, every block must have its shape and read earlier variables only, and no species
//! may be left over.

use std::collections::{BTreeMap, BTreeSet};

use crate::block::{self, Block, Earlier, Quadratic, Shape};
use crate::change::{Change, Changed, Input, Total, change};
use crate::fault::Fault;
use crate::interval::Interval;
use crate::poly::{Poly, Substitution, Variable};
use crate::rest::Rest;
use crate::sbml::System;

/// What is to be checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The inputs.
    pub inputs: Vec<Input>,
    /// The changes. No species is in two of them. The differences have the numbers behind the species and behind one
    /// symbol for each input of two rails, in their order.
    pub changes: Vec<Change>,
    /// The blocks in their order: shape and variables.
    pub blocks: Vec<(Shape, Vec<Variable>)>,
}

/// A checked cascade.
#[derive(Debug, Clone)]
pub struct Triangular<'s> {
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
    /// The blocks in their order.
    pub blocks: Vec<Block>,
    /// The block of each variable that has one.
    pub block_of: BTreeMap<Variable, usize>,
}

impl<'s> Triangular<'s> {
    /// Checks a plan.
    ///
    /// # Errors
    ///
    /// As [`change`]; a block that has not its shape or reads what comes later, and species without a block.
    pub fn new(system: &'s System, plan: &Plan) -> Result<Self, Fault> {
        let changed = change(system, &plan.inputs, &plan.changes)?;
        let mut known: BTreeSet<Variable> =
            changed.inputs.iter().flat_map(|(value, minus)| [Some(*value), *minus]).flatten().collect();
        let mut blocks = Vec::new();
        let mut block_of = BTreeMap::new();
        for (shape, variables) in &plan.blocks {
            let mut own = BTreeSet::new();
            for variable in variables {
                if !changed.equations.contains_key(variable)
                    || known.contains(variable)
                    || !own.insert(*variable)
                {
                    let name = changed.names.get(*variable as usize).map_or("?", String::as_str);
                    return Err(Fault::undecided(
                        "block-order",
                        format!("`{name}` is in two blocks, or is no variable"),
                    ));
                }
            }
            for variable in variables {
                let equation = &changed.equations[variable];
                if let Some(late) =
                    equation.variables().iter().find(|v| !known.contains(v) && !own.contains(v))
                {
                    let (name, late) = (&changed.names[*variable as usize], &changed.names[*late as usize]);
                    let message = format!("the block of `{name}` reads `{late}`, which comes later");
                    return Err(Fault::undecided("block-order", message));
                }
            }
            let block = block::recognised(&changed, *shape, variables)?;
            known.extend(variables);
            block_of.extend(variables.iter().map(|variable| (*variable, blocks.len())));
            blocks.push(block);
        }
        if let Some(left) = changed.equations.keys().find(|variable| !known.contains(variable)) {
            let message = format!("`{}` is in no block", changed.names[*left as usize]);
            return Err(Fault::undecided("no-block", message));
        }
        let Changed { system, names, inputs, substitution, totals, rails, equations: _ } = changed;
        Ok(Self { system, names, inputs, substitution, totals, rails, blocks, block_of })
    }

    /// A polynomial in species as one in the variables of the cascade.
    ///
    /// # Errors
    ///
    /// One that is too large.
    pub fn reduced(&self, polynomial: &Poly) -> Result<Poly, Fault> {
        polynomial.substituted(&self.substitution)
    }

    /// The quadratic block of a variable, if it has one.
    pub(crate) fn root(&self, variable: Variable) -> Option<&Quadratic> {
        match self.blocks.get(*self.block_of.get(&variable)?)? {
            Block::Quadratic(block) => Some(block),
            _ => None,
        }
    }

    /// An enclosure of a polynomial that is linear in roots of quadratic blocks.
    pub(crate) fn enclosure_by_roots(&self, polynomial: &Poly, rest: &Rest) -> Interval {
        let root = |variable| self.root(variable);
        let earlier = Earlier { root: &root, totals: &self.totals, species: self.system.species.len() };
        block::enclosure_by_roots(polynomial, &earlier, rest)
    }
}

impl Triangular<'_> {
    /// Encloses the steady state where each input lies in its interval: the value, and its negative rail.
    ///
    /// # Errors
    ///
    /// A block of which a hypothesis is not certain: a decay that may be 0, a production that may vanish.
    pub fn at_rest(&self, inputs: &[(Interval, Interval)]) -> Result<Rest, Fault> {
        let mut rest = Rest { boxes: vec![Interval::ALL; self.names.len()], rates: Vec::new() };
        for ((value, minus), (range, rail)) in self.inputs.iter().zip(inputs) {
            rest.boxes[*value as usize] = *range;
            if let Some(minus) = minus {
                rest.boxes[*minus as usize] = *rail;
            }
        }
        let volume = self.system.volume.enclosure();
        let root = |variable| self.root(variable);
        let earlier = Earlier { root: &root, totals: &self.totals, species: self.system.species.len() };
        for block in &self.blocks {
            let name = || self.names[block.variables()[0] as usize].clone();
            let rate =
                block.enclose(&earlier, &mut rest).map_err(|fault| fault.within(&format!("`{}`", name())))?;
            if block.variables().iter().any(|variable| !rest.of(*variable).is_finite()) || !rate.is_finite() {
                return Err(Fault::undecided("not-finite", format!("`{}` has no finite bounds", name())));
            }
            rest.rates.push(Interval::point(rate).over(volume).low);
        }
        Ok(rest)
    }
}
