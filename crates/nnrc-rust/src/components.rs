//! The order in which families are solved for, and the shape of their blocks on the diagonal of the Jacobian.

use nnrc_crn::{Handle, SpeciesFamily};

use crate::plan::{Access, Plan, Shape};

/// Members of a component up to which its block is one matrix: an elimination takes some tenths of a second.
const MATRIX: usize = 1000;

/// Families that depend on each other.
#[derive(Debug)]
pub(crate) struct Component {
    pub families: Vec<Handle<SpeciesFamily>>,
    pub block: Block,
}

/// Which members of a component depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    /// Those of equal index.
    Local,
    /// All.
    Dense,
    /// All, and they are so many that only each by itself is solved for.
    Diagonal,
}

impl Component {
    /// The families before one of this component.
    pub fn before(&self, family: Handle<SpeciesFamily>) -> &[Handle<SpeciesFamily>] {
        let own = self.families.iter().position(|&other| other == family).unwrap_or(0);
        &self.families[..own]
    }
}

/// Components of the changing families, those that a component depends on before it.
pub(crate) fn components(plan: &Plan<'_>) -> Vec<Component> {
    let families: Vec<Handle<SpeciesFamily>> =
        plan.crn.species.iter().map(|(handle, _)| handle).filter(|&f| !plan.info.is_constant(f)).collect();
    let slot = |family| families.iter().position(|&other| other == family).unwrap_or(0);
    let mut depends = vec![Vec::new(); families.len()];
    for function in &plan.functions {
        for target in function.targets() {
            depends[slot(target)].extend(function.reads().into_iter().map(slot));
        }
    }
    let component = |members: Vec<usize>| {
        let families: Vec<_> = members.into_iter().map(|slot| families[slot]).collect();
        Component { block: block(plan, &families), families }
    };
    nnrc_crn::components(&depends).into_iter().map(component).collect()
}

fn block(plan: &Plan<'_>, families: &[Handle<SpeciesFamily>]) -> Block {
    let size = |family: &Handle<SpeciesFamily>| plan.crn.species[*family].initial.len();
    if is_local(plan, families) {
        Block::Local
    } else if families.iter().map(size).sum::<usize>() <= MATRIX {
        Block::Dense
    } else {
        Block::Diagonal
    }
}

fn is_local(plan: &Plan<'_>, families: &[Handle<SpeciesFamily>]) -> bool {
    let sizes = |family: Handle<SpeciesFamily>| -> Vec<usize> {
        plan.crn.species[family].axes.iter().map(|&axis| plan.crn.axes[axis].size()).collect()
    };
    if families.iter().any(|&family| sizes(family) != sizes(families[0])) {
        return false;
    }
    plan.functions.iter().all(|function| {
        if !function.targets().iter().any(|target| families.contains(target)) {
            return true;
        }
        if let Shape::Nest(nest) = &function.shape {
            let changed = nest.net.iter().map(|(family, indices, _)| (family, indices));
            let read = nest.reads.iter().map(|(family, indices, _)| (family, indices));
            let mut own = changed.chain(read).filter(|(family, _)| families.contains(family));
            let first = own.next().map(|(_, indices)| indices);
            return own.all(|(_, indices)| Some(indices) == first);
        }
        let among = match &function.shape {
            Shape::Matrix(terms) => terms.iter().any(|term| families.contains(&term.family)),
            Shape::Others(_, family) => families.contains(family),
            Shape::Pointwise(_) | Shape::Nest(_) => false,
        };
        let targets = function.net.iter().map(|(access, _)| access);
        let own = |access: &&Access| families.contains(&access.family);
        let mut places =
            targets.chain(function.outer.iter().map(|(access, _)| access)).filter(own).map(|a| a.place);
        let first = places.next();
        !among && places.all(|place| Some(place) == first)
    })
}
