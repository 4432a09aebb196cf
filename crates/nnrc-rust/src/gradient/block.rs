//! Blocks: the species of a component at one index, and which of them come to rest in closed form.

use nnrc_crn::structure::ConservationLaw;
use nnrc_crn::{Handle, SpeciesFamily};

use crate::components::{Block, Component};
use crate::context::Context;
use crate::error::Error;
use crate::plan::{Function, Shape};

/// How a component comes to rest.
pub(super) enum Solution {
    /// One species with powers up to 2.
    Quadratic,
    /// Several species, or larger powers: powers and changes of each reaction, conserved totals.
    Table { terms: Vec<(Vec<u32>, Vec<i64>)>, laws: Vec<(usize, Vec<i64>)> },
    /// One matrix.
    Matrix,
}

/// Chooses for a component; an error where its species depend on each other in no way that is served.
pub(super) fn solution(
    context: &Context<'_>,
    component: &Component,
    laws: &[ConservationLaw],
) -> Result<Solution, Error> {
    match component.block {
        Block::Dense => return Ok(Solution::Matrix),
        Block::Diagonal => {
            let name = nnrc_crn::text::name(&context.plan.crn.species[component.families[0]]);
            return Err(Error::not_served(&name, "too many species depend on each other for a gradient"));
        }
        Block::Local => {}
    }
    let mut terms: Vec<(Vec<u32>, Vec<i64>)> = Vec::new();
    for function in &context.plan.functions {
        let Some(term) = within(component, function) else { continue };
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    if component.families.len() == 1 && terms.iter().all(|(powers, _)| powers[0] <= 2) {
        return Ok(Solution::Quadratic);
    }
    let mut own: Vec<(usize, Vec<i64>)> = Vec::new();
    for law in laws.iter().filter(|law| law.each_index) {
        let coefficients: Vec<i64> = component
            .families
            .iter()
            .map(|&family| law.terms.iter().find(|(other, _)| *other == family).map_or(0, |term| term.1))
            .collect();
        let is_own = law.terms.iter().all(|(family, _)| component.families.contains(family));
        let row = (0..coefficients.len())
            .find(|&row| coefficients[row] != 0 && own.iter().all(|(taken, _)| *taken != row));
        if let (true, Some(row)) = (is_own, row) {
            own.push((row, coefficients));
        }
    }
    Ok(Solution::Table { terms, laws: own })
}

/// Powers and changes of the species of a component in a function; none if it changes none of them.
pub(super) fn within(component: &Component, function: &Function) -> Option<(Vec<u32>, Vec<i64>)> {
    let slot = |family: Handle<SpeciesFamily>| component.families.iter().position(|&other| other == family);
    let (mut powers, mut changes) = (vec![0; component.families.len()], vec![0; component.families.len()]);
    for (access, power) in &function.outer {
        slot(access.family).into_iter().for_each(|slot| powers[slot] += power);
    }
    for (access, change) in &function.net {
        slot(access.family).into_iter().for_each(|slot| changes[slot] += change);
    }
    if let Shape::Nest(nest) = &function.shape {
        for (family, _, change) in &nest.net {
            slot(*family).into_iter().for_each(|slot| changes[slot] += change);
        }
        for (family, _, power) in &nest.reads {
            slot(*family).into_iter().for_each(|slot| powers[slot] += power);
        }
    }
    changes.iter().any(|change| *change != 0).then_some((powers, changes))
}
