//! Looks for a cascade: totals, changes of variables, blocks and their order. What it finds is checked by the kernel.

use std::collections::{BTreeMap, BTreeSet};

use nnrc_verify_kernel::block::Shape;
use nnrc_verify_kernel::change::{self, Change, Changed, Input};
use nnrc_verify_kernel::dyadic::Dyadic;
use nnrc_verify_kernel::fault::Fault;
use nnrc_verify_kernel::poly::{Poly, Substitution, Variable};
use nnrc_verify_kernel::sbml::System;
use nnrc_verify_kernel::triangular::Plan;

use crate::components::components;

/// The largest component in which totals are looked for.
const MAX_TOTAL: usize = 512;

/// What is known of species already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Rails, plus and minus.
    pub rails: Vec<(Variable, Variable)>,
    /// Species of totals that are not to be eliminated.
    pub kept: BTreeSet<Variable>,
}

/// A plan for the reactions of a file.
///
/// # Errors
///
/// Species that depend on each other in a way that no shape has, by name.
pub fn plan(system: &System, inputs: Vec<Input>, hints: &Hints) -> Result<Plan, Fault> {
    let dynamic: BTreeMap<Variable, Vec<Variable>> = (0..)
        .zip(&system.species)
        .filter(|(_, species)| !species.derivative.is_zero())
        .map(|(variable, species)| (variable, species.derivative.variables().into_iter().collect()))
        .collect();
    let components = components(&dynamic);
    let mut changes = Vec::new();
    let mut used = BTreeSet::new();
    for (plus, minus) in hints.rails.iter().copied().chain(pairs(system, &dynamic, &components)) {
        if !used.contains(&plus) && !used.contains(&minus) && are_rails(system, plus, minus)? {
            used.extend([plus, minus]);
            changes.push(Change::Rails { plus, minus, difference: difference(system, plus, minus) });
        }
    }
    for component in components.iter().filter(|members| members.len() > 1) {
        let members: Vec<Variable> =
            component.iter().copied().filter(|member| !used.contains(member)).collect();
        changes.extend(totals(system, &members, &hints.kept)?);
    }
    let changed = change::change(system, &inputs, &changes)?;
    let blocks = blocks(&changed, &changes)?;
    Ok(Plan { inputs, changes, blocks })
}

/// Pairs of species that may be rails: by their names, which are a hint and no more, and components of two.
fn pairs(
    system: &System,
    dynamic: &BTreeMap<Variable, Vec<Variable>>,
    components: &[Vec<Variable>],
) -> Vec<(Variable, Variable)> {
    let ids: BTreeMap<&str, Variable> =
        dynamic.keys().map(|variable| (system.species[*variable as usize].id.as_str(), *variable)).collect();
    // Species of larger components share a total or quench each other; their differences are no help.
    let in_large: BTreeSet<Variable> =
        components.iter().filter(|all| all.len() > 2).flatten().copied().collect();
    let mut pairs = Vec::new();
    for (id, plus) in ids.iter().filter(|(_, plus)| !in_large.contains(plus)) {
        let minus = id.strip_suffix("_p").and_then(|stem| ids.get(&*format!("{stem}_m")));
        pairs.extend(minus.map(|minus| (*plus, *minus)));
    }
    pairs.extend(components.iter().filter_map(|members| match **members {
        [first, second] => Some((first, second)),
        _ => None,
    }));
    pairs
}

/// Whether the difference of two species has a linear equation of its own.
///
/// # Errors
///
/// Polynomials that are too large.
pub fn are_rails(system: &System, plus: Variable, minus: Variable) -> Result<bool, Fault> {
    let (own, other) =
        (&system.species[plus as usize].derivative, &system.species[minus as usize].derivative);
    // Two that turn into each other have a total instead, which bounds them.
    if own.degree() > 3 || other.degree() > 3 || *own == other.negated() {
        return Ok(false);
    }
    // The number of the positive rail stands for the difference.
    let by = Substitution::from([(plus, Poly::variable(plus).plus(&Poly::variable(minus))?)]);
    let difference = own.minus(other)?.substituted(&by)?;
    Ok(!difference.has(minus) && difference.powers_of(plus).len() == 2)
}

/// A name for a difference: that of the value where the names of its rails say it, else both of them.
fn difference(system: &System, plus: Variable, minus: Variable) -> String {
    let (plus, minus) = (&system.species[plus as usize].id, &system.species[minus as usize].id);
    let stem = plus.strip_suffix("_p").filter(|stem| minus.strip_suffix("_m") == Some(stem));
    match stem.filter(|stem| system.find(stem).is_none()) {
        Some(stem) => stem.to_owned(),
        None => format!("{plus} - {minus}"),
    }
}

/// The totals of a component: of two species, or of all.
fn totals(system: &System, members: &[Variable], kept: &BTreeSet<Variable>) -> Result<Vec<Change>, Fault> {
    if members.len() > MAX_TOTAL {
        return Ok(Vec::new());
    }
    let of = |variable: &Variable| &system.species[*variable as usize].derivative;
    let mut totals = Vec::new();
    let mut free: Vec<Variable> = members.to_vec();
    while let Some(first) = free.first().copied() {
        let opposite = of(&first).negated();
        match free[1..].iter().position(|other| *of(other) == opposite) {
            Some(at) => {
                let second = free.remove(at + 1);
                let eliminate = if kept.contains(&second) { first } else { second };
                totals.push(total(&[first, second], eliminate));
            }
            None => totals.push(Change::Total { law: BTreeMap::new(), eliminate: first }),
        }
        free.remove(0);
    }
    totals.retain(|change| matches!(change, Change::Total { law, .. } if !law.is_empty()));
    if !totals.is_empty() {
        return Ok(totals);
    }
    let terms = members.iter().flat_map(|member| of(member).clone().into_terms());
    if members.len() < 2 || !Poly::sum_of(terms.collect())?.is_zero() {
        return Ok(totals);
    }
    // Any of them may be replaced; one is right if the others then stand in some order.
    for eliminate in members.iter().rev() {
        let change = total(members, *eliminate);
        if is_cascade(system, members, *eliminate)? {
            return Ok(vec![change]);
        }
    }
    Ok(members.last().map(|last| total(members, *last)).into_iter().collect())
}

fn total(members: &[Variable], eliminate: Variable) -> Change {
    Change::Total { law: members.iter().map(|member| (*member, Dyadic::one())).collect(), eliminate }
}

/// Whether the members of a total without one of them stand in some order.
fn is_cascade(system: &System, members: &[Variable], eliminate: Variable) -> Result<bool, Fault> {
    // The constant T changes no dependence.
    let mut rest = Poly::constant(Dyadic::one());
    for member in members.iter().filter(|member| **member != eliminate) {
        rest = rest.minus(&Poly::variable(*member))?;
    }
    let by = Substitution::from([(eliminate, rest)]);
    let mut reads = BTreeMap::new();
    for member in members.iter().filter(|member| **member != eliminate) {
        let equation = system.species[*member as usize].derivative.substituted(&by)?;
        let own = equation.variables().into_iter().filter(|v| members.contains(v) && v != member).collect();
        reads.insert(*member, own);
    }
    Ok(components(&reads).iter().all(|component| component.len() == 1))
}

/// The blocks in an order in which each reads earlier ones only.
fn blocks(changed: &Changed<'_>, changes: &[Change]) -> Result<Vec<(Shape, Vec<Variable>)>, Fault> {
    let mut reads: BTreeMap<Variable, Vec<Variable>> = changed
        .equations
        .iter()
        .map(|(y, equation)| (*y, equation.variables().into_iter().collect()))
        .collect();
    // Rails that annihilate are one block.
    let minus_of: BTreeMap<Variable, Variable> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Rails { plus, minus, .. } => {
                let form = changed.substitution.get(plus)?;
                let difference = form.variables().into_iter().find(|variable| variable != minus)?;
                (changed.equations.get(minus)?.powers_of(*minus).len() == 3).then_some((difference, *minus))
            }
            Change::Total { .. } => None,
        })
        .collect();
    for (difference, minus) in &minus_of {
        reads.entry(*difference).or_default().push(*minus);
        reads.entry(*minus).or_default().push(*difference);
    }
    components(&reads).into_iter().map(|component| block(changed, &minus_of, component)).collect()
}

fn block(
    changed: &Changed<'_>,
    minus_of: &BTreeMap<Variable, Variable>,
    component: Vec<Variable>,
) -> Result<(Shape, Vec<Variable>), Fault> {
    let powers = |variable: &Variable| changed.equations[variable].powers_of(*variable).len();
    let has_total =
        |variable: &Variable| changed.totals.get(variable).is_some_and(|total| total.members == 2);
    if let [one] = *component {
        let shape = match powers(&one) {
            0..=2 => Shape::Linear,
            3 if has_total(&one) => Shape::Segment,
            3 => Shape::Quadratic,
            _ => return Err(no_method(changed, &component)),
        };
        return Ok((shape, component));
    }
    if let [first, second] = *component {
        for (difference, minus) in [(first, second), (second, first)] {
            if minus_of.get(&difference) == Some(&minus) {
                return Ok((Shape::Rails, vec![difference, minus]));
            }
        }
    }
    let leaders: Vec<Variable> = component.iter().copied().filter(has_total).collect();
    if let [leader] = *leaders {
        let followers = component.into_iter().filter(|variable| *variable != leader);
        return Ok((Shape::Monotone, std::iter::once(leader).chain(followers).collect()));
    }
    if component.iter().all(|variable| powers(variable) == 3) {
        return Ok((Shape::WinnerTakeAll, component));
    }
    Err(no_method(changed, &component))
}

fn no_method(changed: &Changed<'_>, component: &[Variable]) -> Fault {
    let mut names: Vec<&str> =
        component.iter().map(|variable| changed.names[*variable as usize].as_str()).collect();
    let more = names.len().saturating_sub(8);
    names.truncate(8);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let degree = component.iter().map(|variable| changed.equations[variable].degree()).max().unwrap_or(0);
    Fault::undecided(
        "no-shape",
        format!(
            "no method for the equations of {}{more}, which read each other or themselves (degree {degree})",
            names.join(", ")
        ),
    )
}
