//! The order in which families are solved for, and the shape of their blocks on the diagonal of the Jacobian.

use nnrc_crn::{Handle, SpeciesFamily};

use crate::Error;
use crate::plan::{Access, Plan, Shape};

/// Families that depend on each other.
#[derive(Debug)]
pub(crate) struct Component {
    pub families: Vec<Handle<SpeciesFamily>>,
    /// Whether all members of its only family depend on each other; else only those of equal index.
    pub is_dense: bool,
}

/// Components of the changing families, those that a component depends on before it.
pub(crate) fn components(plan: &Plan<'_>) -> Result<Vec<Component>, Error> {
    let families: Vec<Handle<SpeciesFamily>> =
        plan.crn.species.iter().map(|(handle, _)| handle).filter(|&f| !plan.info.is_constant(f)).collect();
    // Reachability by repeated squaring of a small matrix: families are few, whatever the widths.
    let slot = |family| families.iter().position(|&other| other == family).unwrap_or(0);
    let mut reaches = vec![vec![false; families.len()]; families.len()];
    for function in &plan.functions {
        for (target, _) in &function.net {
            let mut reads: Vec<_> = function.outer.iter().map(|(access, _)| access.family).collect();
            match &function.shape {
                Shape::Pointwise(_) => {}
                Shape::Matrix(terms) => reads.extend(terms.iter().map(|term| term.family)),
                Shape::Others(_, family) => reads.push(*family),
            }
            reads.into_iter().for_each(|read| reaches[slot(target.family)][slot(read)] = true);
        }
    }
    for middle in 0..families.len() {
        for from in 0..families.len() {
            if reaches[from][middle] {
                let onward = reaches[middle].clone();
                reaches[from].iter_mut().zip(onward).for_each(|(reach, onward)| *reach |= onward);
            }
        }
    }
    let mut left: Vec<usize> = (0..families.len()).collect();
    let mut found = Vec::new();
    while let Some(&first) =
        left.iter().find(|&&f| left.iter().all(|&other| !reaches[f][other] || reaches[other][f]))
    {
        let own = |other: usize| other == first || (reaches[first][other] && reaches[other][first]);
        let (members, others): (Vec<usize>, Vec<usize>) = left.iter().partition(|&&other| own(other));
        left = others;
        found.push(component(plan, members.into_iter().map(|slot| families[slot]).collect())?);
    }
    Ok(found)
}

fn component(plan: &Plan<'_>, families: Vec<Handle<SpeciesFamily>>) -> Result<Component, Error> {
    let refuse =
        |reason| Err(Error::not_served(&nnrc_crn::text::name(&plan.crn.species[families[0]]), reason));
    let size = |family: Handle<SpeciesFamily>| plan.crn.species[family].initial.len();
    let mut is_dense = false;
    for function in &plan.functions {
        let targets: Vec<Access> =
            function.net.iter().map(|(access, _)| *access).filter(|a| families.contains(&a.family)).collect();
        if targets.is_empty() {
            continue;
        }
        let reads: Vec<Access> = function
            .outer
            .iter()
            .map(|(access, _)| *access)
            .filter(|a| families.contains(&a.family))
            .collect();
        let mut places = targets.iter().chain(&reads).map(|access| access.place);
        let first = places.next();
        if !reads.is_empty() && places.any(|place| Some(place) != first) {
            return refuse("its members depend on each other at different indices");
        }
        match &function.shape {
            Shape::Pointwise(_) => {}
            Shape::Matrix(terms) => {
                if terms.iter().any(|term| families.contains(&term.family)) {
                    return refuse("its members depend on each other through a matrix");
                }
            }
            Shape::Others(_, family) => is_dense |= families.contains(family),
        }
    }
    if is_dense && families.len() > 1 {
        return refuse("its members depend on each other and on another family");
    }
    if families.iter().any(|&family| size(family) != size(families[0])) {
        return refuse("families of different sizes depend on each other");
    }
    Ok(Component { families, is_dense })
}
