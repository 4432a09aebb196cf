//! From reaction families to functions: what is read, what is changed, and the coefficients in between.

use std::collections::BTreeMap;

use nnrc_crn::members;
use nnrc_crn::{Axis, Crn, CrnInfo, Handle, Index, Part, RateConstant, ReactionFamily, SpeciesFamily, Term};

use crate::error::Error;

/// A network as functions over changing families.
pub(crate) struct Plan<'a> {
    pub crn: &'a Crn,
    pub info: &'a CrnInfo,
    pub functions: Vec<Function>,
}

/// Where along its only axis a changing family is read or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum IndexPlace {
    /// The value of the loop variable, plus an offset.
    Row(usize),
    /// A fixed place; 0 for families without axes.
    At(usize),
}

/// A changing family at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Access {
    pub family: Handle<SpeciesFamily>,
    pub place: IndexPlace,
}

/// Accesses with their powers.
pub(crate) type Powers = Vec<(Access, u32)>;

/// Reactions that fire together: flux = Π `outer` · Σ of `terms`, and every access in `net` changes by a multiple.
#[derive(Debug)]
pub(crate) struct Function {
    /// Range of the loop variable i; none for a single reaction.
    pub rows: Option<Handle<Axis>>,
    /// Changing reactants at i with their powers.
    pub outer: Powers,
    /// What the reactions change, by how much.
    pub net: Vec<(Access, i64)>,
    pub shape: Shape,
    pub families: Vec<Handle<ReactionFamily>>,
}

/// What stands beside the reactants at i.
#[derive(Debug)]
pub(crate) enum Shape {
    /// A coefficient.
    Pointwise(Coefficient),
    /// Σ over terms of Σ_j matrix\[i,j\] · family\[j\].
    Matrix(Vec<MatrixTerm>),
    /// coefficient · Σ of family\[j\] over j other than i.
    Others(Coefficient, Handle<SpeciesFamily>),
    /// The reactions as they stand, over all their index variables; `outer` and `net` of the function are empty.
    Nest(Nest),
}

/// One reaction family in nested loops.
#[derive(Debug)]
pub(crate) struct Nest {
    pub family: Handle<ReactionFamily>,
    /// Changing reactants with their powers.
    pub reads: Vec<(Handle<SpeciesFamily>, Vec<Index>, u32)>,
    /// What the reactions change, by how much.
    pub net: Vec<(Handle<SpeciesFamily>, Vec<Index>, i64)>,
}

/// One product of a matrix and a changing family.
#[derive(Debug)]
pub(crate) struct MatrixTerm {
    pub coefficient: Coefficient,
    pub columns: Handle<Axis>,
    pub family: Handle<SpeciesFamily>,
}

/// A sum of products of things that no reaction changes.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Coefficient {
    pub contributions: Vec<Contribution>,
}

/// sign · part of a rate constant · Π held species, summed over j where `summed` is set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contribution {
    pub sign: i64,
    pub constant: Handle<RateConstant>,
    pub indices: Vec<Spot>,
    pub part: Part,
    pub held: Vec<(Handle<SpeciesFamily>, Vec<Spot>, u32)>,
    pub summed: Option<Handle<Axis>>,
}

/// An index of a rate constant or held species.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// i plus an offset.
    Row(usize),
    /// j plus an offset.
    Column(usize),
    /// A fixed place.
    At(usize),
}

impl<'a> Plan<'a> {
    /// A plan that serves all values of the constants called `variable`, and of others those of the same signs.
    pub fn new(crn: &'a Crn, info: &'a CrnInfo, variable: &[&str]) -> Result<Self, Error> {
        if !crn.protocol.settings.is_empty() {
            return Err(Error::not_served(&crn.name, "species are set at given times"));
        }
        let mut plan = Self { crn, info, functions: Vec::new() };
        for (handle, family) in crn.reactions.iter() {
            let net = &info.facts(handle).net;
            let varies = variable.contains(&crn.rate_constants[family.rate.constant].stem.as_str());
            if varies && net.iter().any(|(species, _, _)| info.is_constant(*species)) {
                return Err(Error::not_served(&family.name, "only weights that are 0 change its species"));
            }
            if net.is_empty() || (info.members(handle) == 0 && !varies) {
                continue;
            }
            let before = plan.functions.len();
            if plan.add(handle, family).is_err() {
                plan.functions.truncate(before);
                plan.nest(handle, family);
            }
        }
        if plan.functions.is_empty() {
            return Err(Error::not_served(&crn.name, "no reaction changes anything"));
        }
        for function in &mut plan.functions {
            match &mut function.shape {
                Shape::Pointwise(coefficient) => coefficient.join_parts(),
                Shape::Matrix(terms) => terms.iter_mut().for_each(|term| term.coefficient.join_parts()),
                Shape::Others(..) | Shape::Nest(_) => {}
            }
        }
        Ok(plan)
    }

    /// A family whose shape is none of the others.
    fn nest(&mut self, handle: Handle<ReactionFamily>, family: &ReactionFamily) {
        let changing = family.reactants.iter().filter(|term| !self.info.is_constant(term.species));
        let nest = Nest {
            family: handle,
            reads: changing.map(|term| (term.species, term.indices.clone(), term.stoichiometry)).collect(),
            net: self.info.facts(handle).net.clone(),
        };
        self.functions.push(Function {
            rows: None,
            outer: Vec::new(),
            net: Vec::new(),
            shape: Shape::Nest(nest),
            families: vec![handle],
        });
    }

    fn add(&mut self, handle: Handle<ReactionFamily>, family: &ReactionFamily) -> Result<(), Error> {
        let not_served = |reason| Error::not_served(&family.name, reason);
        let many = |axes: &[Handle<Axis>]| axes.len() > 2;
        if many(&self.crn.rate_constants[family.rate.constant].axes)
            || family.reactants.iter().any(|term| many(&self.crn.species[term.species].axes))
        {
            return Err(not_served("more indices than two"));
        }
        let rate = &family.rate.indices;
        let net = &self.info.facts(handle).net;
        let changed = net.iter().flat_map(|(_, indices, _)| indices);
        let read = family.reactants.iter().flat_map(|term| &term.indices);
        if rate.iter().chain(changed).chain(read).any(is_form)
            || !members::guards(self.crn, family).is_empty()
        {
            return Err(not_served("indices with strides or padding"));
        }
        let changing: Vec<&Term> =
            family.reactants.iter().filter(|term| !self.info.is_constant(term.species)).collect();
        let in_net = positions(net.iter().flat_map(|(_, indices, _)| indices));
        let mut core = positions(changing.iter().flat_map(|term| &term.indices));
        core.extend(&in_net);
        core.sort_unstable();
        core.dedup();
        match (core.as_slice(), family.distinct) {
            ([] | [_], None) => {
                let row = core.first().copied();
                let (outer, _) = self.split(&changing, row, family)?;
                let net = self.net(net, row, family)?;
                let contribution = self.contribution(family, row, None)?;
                self.pointwise(handle, row.map(|row| family.over[row].axis), outer, net, contribution);
                Ok(())
            }
            (&[_, _], None) => {
                let &[row] = in_net.as_slice() else {
                    return Err(not_served("the reactions change species along two indices"));
                };
                let column = if core[0] == row { core[1] } else { core[0] };
                let (outer, inner) = self.split(&changing, Some(row), family)?;
                let read = self.column(&inner, column, family)?;
                let net = self.net(net, Some(row), family)?;
                let contribution = self.contribution(family, Some(row), Some(column))?;
                let axes = (family.over[row].axis, family.over[column].axis);
                self.matrix(handle, axes, outer, net, read, contribution);
                Ok(())
            }
            (&[a, b], Some(_)) => {
                // One function for each index along which something changes.
                for (row, column) in [(a, b), (b, a)].into_iter().filter(|(row, _)| in_net.contains(row)) {
                    let own: Vec<_> = net
                        .iter()
                        .filter(|(_, indices, _)| positions(indices).contains(&row))
                        .cloned()
                        .collect();
                    let (outer, inner) = self.split(&changing, Some(row), family)?;
                    let read = self.column(&inner, column, family)?;
                    let net = self.net(&own, Some(row), family)?;
                    let contribution = self.contribution(family, Some(row), Some(column))?;
                    if !contribution.indices.is_empty() || !contribution.held.is_empty() {
                        return Err(not_served("the rate constant differs between pairs of species"));
                    }
                    if family.over[row].axis != family.over[column].axis {
                        return Err(not_served("pairs over two different axes"));
                    }
                    let (net, sign) = normalise(net);
                    let coefficient =
                        Coefficient { contributions: vec![Contribution { sign, ..contribution }] };
                    self.functions.push(Function {
                        rows: Some(family.over[row].axis),
                        outer,
                        net,
                        shape: Shape::Others(coefficient, read),
                        families: vec![handle],
                    });
                }
                Ok(())
            }
            _ => Err(not_served("the reactions run over more indices than two, or over distinct ones")),
        }
    }

    fn pointwise(
        &mut self,
        handle: Handle<ReactionFamily>,
        rows: Option<Handle<Axis>>,
        outer: Powers,
        net: Vec<(Access, i64)>,
        contribution: Contribution,
    ) {
        let (net, sign) = normalise(net);
        let contribution = Contribution { sign, ..contribution };
        let same = |f: &&mut Function| {
            matches!(f.shape, Shape::Pointwise(_)) && (f.rows, &f.outer, &f.net) == (rows, &outer, &net)
        };
        let found = self.functions.iter_mut().find(same);
        if let Some(Function { shape: Shape::Pointwise(coefficient), families, .. }) = found {
            coefficient.contributions.push(contribution);
            families.push(handle);
            return;
        }
        let shape = Shape::Pointwise(Coefficient { contributions: vec![contribution] });
        self.functions.push(Function { rows, outer, net, shape, families: vec![handle] });
    }

    fn matrix(
        &mut self,
        handle: Handle<ReactionFamily>,
        (row, columns): (Handle<Axis>, Handle<Axis>),
        outer: Powers,
        net: Vec<(Access, i64)>,
        family: Handle<SpeciesFamily>,
        contribution: Contribution,
    ) {
        let (net, sign) = normalise(net);
        let coefficient = Coefficient { contributions: vec![Contribution { sign, ..contribution }] };
        let same = |f: &&mut Function| {
            matches!(f.shape, Shape::Matrix(_)) && (f.rows, &f.outer, &f.net) == (Some(row), &outer, &net)
        };
        let term = MatrixTerm { coefficient, columns, family };
        if let Some(Function { shape: Shape::Matrix(terms), families, .. }) =
            self.functions.iter_mut().find(same)
        {
            families.push(handle);
            match terms.iter_mut().find(|old| (old.columns, old.family) == (columns, family)) {
                Some(old) => old.coefficient.contributions.extend(term.coefficient.contributions),
                None => terms.push(term),
            }
            return;
        }
        let shape = Shape::Matrix(vec![term]);
        self.functions.push(Function { rows: Some(row), outer, net, shape, families: vec![handle] });
    }

    /// Reactants at the row variable or a fixed place, and those at another variable.
    fn split<'t>(
        &self,
        changing: &[&'t Term],
        row: Option<usize>,
        family: &ReactionFamily,
    ) -> Result<(Powers, Vec<&'t Term>), Error> {
        let mut outer: BTreeMap<Access, u32> = BTreeMap::new();
        let mut inner = Vec::new();
        for term in changing {
            if positions(&term.indices).iter().any(|position| Some(*position) != row) {
                inner.push(*term);
            } else {
                let access = self.access(term.species, &term.indices, family)?;
                *outer.entry(access).or_default() += term.stoichiometry;
            }
        }
        Ok((outer.into_iter().collect(), inner))
    }

    /// The one family that is read along the column variable, as a whole.
    fn column(
        &self,
        inner: &[&Term],
        column: usize,
        family: &ReactionFamily,
    ) -> Result<Handle<SpeciesFamily>, Error> {
        match inner {
            [term]
                if term.stoichiometry == 1
                    && term.indices == [Index::of(column)]
                    && self.crn.species[term.species].axes == [family.over[column].axis] =>
            {
                Ok(term.species)
            }
            _ => Err(Error::not_served(&family.name, "not exactly one whole family is read along an index")),
        }
    }

    fn net(
        &self,
        net: &[(Handle<SpeciesFamily>, Vec<Index>, i64)],
        row: Option<usize>,
        family: &ReactionFamily,
    ) -> Result<Vec<(Access, i64)>, Error> {
        net.iter()
            .map(|(species, indices, change)| {
                if positions(indices).first().copied() != row {
                    let reason = "a species changes that does not run over the index of the others";
                    return Err(Error::not_served(&family.name, reason));
                }
                Ok((self.access(*species, indices, family)?, *change))
            })
            .collect()
    }

    fn access(
        &self,
        species: Handle<SpeciesFamily>,
        indices: &[Index],
        family: &ReactionFamily,
    ) -> Result<Access, Error> {
        let place = match *indices {
            [] => IndexPlace::At(0),
            [Index::At(place)] => IndexPlace::At(place),
            [Index::Variable { offset, .. }] => IndexPlace::Row(offset),
            [Index::Affine(_)] | [_, _, ..] => {
                return Err(Error::not_served(&family.name, "species with two indices change"));
            }
        };
        Ok(Access { family: species, place })
    }

    fn contribution(
        &self,
        family: &ReactionFamily,
        row: Option<usize>,
        column: Option<usize>,
    ) -> Result<Contribution, Error> {
        // A variable that only held things depend on is summed.
        let free: Vec<usize> =
            (0..family.over.len()).filter(|v| Some(*v) != row && Some(*v) != column).collect();
        let (column, summed) = match (free.as_slice(), column) {
            ([], column) => (column, None),
            (&[free], None) => (Some(free), Some(family.over[free].axis)),
            _ => return Err(Error::not_served(&family.name, "more indices than two")),
        };
        let spot = |index: &Index| match *index {
            Index::At(place) => Ok(Spot::At(place)),
            Index::Variable { position, offset } if Some(position) == column => Ok(Spot::Column(offset)),
            Index::Variable { offset, .. } => Ok(Spot::Row(offset)),
            Index::Affine(_) => Err(Error::not_served(&family.name, "indices with strides or padding")),
        };
        let spots = |indices: &[Index]| indices.iter().map(spot).collect::<Result<Vec<Spot>, Error>>();
        let held = family
            .reactants
            .iter()
            .filter(|term| self.info.is_constant(term.species))
            .map(|term| Ok((term.species, spots(&term.indices)?, term.stoichiometry)))
            .collect::<Result<_, Error>>()?;
        Ok(Contribution {
            sign: 1,
            constant: family.rate.constant,
            indices: spots(&family.rate.indices)?,
            part: family.rate.part,
            held,
            summed,
        })
    }
}

impl Function {
    /// Families that the reactions change.
    pub fn targets(&self) -> Vec<Handle<SpeciesFamily>> {
        let mut all: Vec<_> = self.net.iter().map(|(access, _)| access.family).collect();
        if let Shape::Nest(nest) = &self.shape {
            all.extend(nest.net.iter().map(|(family, _, _)| *family));
        }
        all
    }

    /// Changing families that the flux depends on.
    pub fn reads(&self) -> Vec<Handle<SpeciesFamily>> {
        let mut all: Vec<_> = self.outer.iter().map(|(access, _)| access.family).collect();
        match &self.shape {
            Shape::Pointwise(_) => {}
            Shape::Matrix(terms) => all.extend(terms.iter().map(|term| term.family)),
            Shape::Others(_, family) => all.push(*family),
            Shape::Nest(nest) => all.extend(nest.reads.iter().map(|(family, _, _)| *family)),
        }
        all
    }

    /// Coefficients, one or one for each matrix.
    pub fn coefficients(&self) -> Vec<&Coefficient> {
        match &self.shape {
            Shape::Pointwise(coefficient) | Shape::Others(coefficient, _) => vec![coefficient],
            Shape::Matrix(terms) => terms.iter().map(|term| &term.coefficient).collect(),
            Shape::Nest(_) => Vec::new(),
        }
    }
}

impl Coefficient {
    /// Takes the positive and the negative part of one constant together where they count with opposite signs.
    fn join_parts(&mut self) {
        let mut joined: Vec<Contribution> = Vec::new();
        for new in std::mem::take(&mut self.contributions) {
            let partner = joined.iter_mut().find(|old| {
                let opposite = matches!(
                    (old.part, new.part),
                    (Part::Positive, Part::Negative) | (Part::Negative, Part::Positive)
                );
                let rest = Contribution { sign: -new.sign, part: old.part, ..new.clone() };
                opposite && **old == rest
            });
            match partner {
                Some(old) => {
                    old.sign = if old.part == Part::Positive { old.sign } else { -old.sign };
                    old.part = Part::Whole;
                }
                None => joined.push(new),
            }
        }
        self.contributions = joined;
    }
}

/// Positions of the index variables among indices, in order of appearance.
fn positions<'i>(indices: impl IntoIterator<Item = &'i Index>) -> Vec<usize> {
    let mut found = Vec::new();
    for position in indices.into_iter().flat_map(|index| index.variables()) {
        if !found.contains(&position) {
            found.push(position);
        }
    }
    found
}

/// Whether an index has strides or padding: only nested loops serve it.
pub(crate) fn is_form(index: &Index) -> bool {
    match index {
        Index::Variable { .. } | Index::At(_) => false,
        Index::Affine(_) => true,
    }
}

/// Makes the first change positive; the sign goes to the coefficient.
fn normalise(mut net: Vec<(Access, i64)>) -> (Vec<(Access, i64)>, i64) {
    let sign = net.first().map_or(1, |(_, change)| change.signum());
    net.iter_mut().for_each(|(_, change)| *change *= sign);
    (net, sign)
}
