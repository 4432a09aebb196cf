//! A plan with names: what every other part of the generator writes with.

use std::collections::BTreeMap;

use nnrc_crn::{Axis, Crn, Handle, Part, RateConstant, SpeciesFamily, text};
use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::components::{Component, components};
use crate::error::Error;
use crate::names::Names;
use crate::plan::{Coefficient, Plan, Shape, Spot};

/// A plan with a name for everything in it.
pub(crate) struct Context<'a> {
    pub plan: &'a Plan<'a>,
    pub components: Vec<Component>,
    /// Changing families as fields of `Concentrations`, held ones as fields of `Network`.
    species: Vec<Ident>,
    sizes: Vec<Ident>,
    constants: BTreeMap<usize, Ident>,
    /// Methods of the functions, in their order.
    pub functions: Vec<Ident>,
    /// Coefficients of each function: one, or one for each matrix.
    pub fields: Vec<Vec<Field>>,
    pub folds: Vec<Fold>,
    /// Fields of the blocks, in the order of the components, and the methods for them.
    pub blocks: Vec<Ident>,
    pub linearise: Vec<Ident>,
    pub couple: Vec<Ident>,
    /// Fields of the flows in each component.
    pub flows: Vec<Ident>,
}

impl<'a> Context<'a> {
    pub fn new(plan: &'a Plan<'a>) -> Result<Self, Error> {
        let crn = plan.crn;
        let components = components(plan);
        let mut sizes = Names::new(&["DIMENSION", "NAME"]);
        let sizes = crn.axes.iter().map(|(_, axis)| sizes.upper(&axis.name)).collect();
        let mut states = Names::new(&[]);
        let mut fields = Names::new(&["adjoint", "at", "solution", "start_state"]);
        let mut species = Vec::new();
        for (handle, family) in crn.species.iter() {
            let scope = if plan.info.is_constant(handle) { &mut fields } else { &mut states };
            species.push(scope.snake(&family_name(family)));
        }
        let mut constants = BTreeMap::new();
        for (handle, constant) in used_constants(plan) {
            constants.insert(handle.index(), fields.snake(&constant.stem));
        }
        let mut methods = Names::new(&["prepare", "fold"]);
        let functions: Vec<Ident> =
            (plan.functions.iter()).map(|f| methods.snake(&function_name(crn, &f.families))).collect();
        let first = |component: &Component| species[component.families[0].index()].clone();
        let blocks = components.iter().map(|c| fields.snake(&format!("{}_block", first(c)))).collect();
        let linearise =
            components.iter().map(|c| methods.snake(&format!("linearise_{}", first(c)))).collect();
        let couple = components.iter().map(|c| methods.snake(&format!("couple_{}", first(c)))).collect();
        let flows = components.iter().map(|c| fields.snake(&format!("{}_flows", first(c)))).collect();
        let mut context = Self {
            flows,
            plan,
            components,
            species,
            sizes,
            constants,
            functions,
            fields: Vec::new(),
            folds: Vec::new(),
            blocks,
            linearise,
            couple,
        };
        for (at, function) in plan.functions.iter().enumerate() {
            let mut resolve = |coefficient: &Coefficient, columns: Option<Handle<Axis>>| {
                context.resolve(&mut fields, at, function.rows, coefficient, columns)
            };
            let own = match &function.shape {
                Shape::Nest(_) => Vec::new(),
                Shape::Pointwise(coefficient) | Shape::Others(coefficient, _) => {
                    vec![resolve(coefficient, None)]
                }
                Shape::Matrix(terms) => {
                    terms.iter().map(|term| resolve(&term.coefficient, Some(term.columns))).collect()
                }
            };
            context.fields.push(own);
        }
        Ok(context)
    }

    fn resolve(
        &mut self,
        names: &mut Names,
        function: usize,
        rows: Option<Handle<Axis>>,
        coefficient: &Coefficient,
        columns: Option<Handle<Axis>>,
    ) -> Field {
        if let Some(field) = direct(self, coefficient, rows, columns) {
            return field;
        }
        let rank = if columns.is_some() { Rank::Matrix } else { pointwise_rank(coefficient) };
        let function = self.functions[function].clone();
        // One sign for all, so that a coefficient of one sign stays positive.
        let sign = if coefficient.contributions.iter().all(|c| c.sign < 0) { -1 } else { 1 };
        let mut coefficient = coefficient.clone();
        coefficient.contributions.iter_mut().for_each(|c| c.sign *= sign);
        let name = names.snake(&format!("{function}_factor"));
        self.folds.push(Fold { name: name.clone(), rank, rows, columns, coefficient, function });
        Field { sign, name, rank }
    }

    /// The name of the size of an axis.
    pub fn size(&self, axis: Handle<Axis>) -> &Ident {
        &self.sizes[axis.index()]
    }

    /// The field of a family.
    pub fn species(&self, family: Handle<SpeciesFamily>) -> Ident {
        self.species[family.index()].clone()
    }

    /// The field of a rate constant.
    pub fn constant(&self, constant: Handle<RateConstant>) -> Ident {
        // Every constant that a function reads has been named.
        self.constants.get(&constant.index()).cloned().unwrap_or_else(|| format_ident!("unnamed"))
    }

    /// The size of a changing family.
    pub fn family_size(&self, family: Handle<SpeciesFamily>) -> TokenStream {
        let sizes: Vec<_> = self.plan.crn.species[family].axes.iter().map(|&axis| self.size(axis)).collect();
        let product = sizes.into_iter().map(|size| quote!(#size)).reduce(|all, size| quote!(#all * #size));
        product.unwrap_or_else(|| quote!(1))
    }

    /// The changing families.
    pub fn state(&self) -> Vec<Handle<SpeciesFamily>> {
        let all = self.plan.crn.species.iter().map(|(handle, _)| handle);
        all.filter(|&handle| !self.plan.info.is_constant(handle)).collect()
    }

    /// The families that no reaction changes.
    pub fn held(&self) -> Vec<Handle<SpeciesFamily>> {
        let all = self.plan.crn.species.iter().map(|(handle, _)| handle);
        all.filter(|&handle| self.plan.info.is_constant(handle)).collect()
    }

    /// The rate constants that are read.
    pub fn used_constants(&self) -> Vec<(Handle<RateConstant>, &'a RateConstant)> {
        used_constants(self.plan)
    }

    /// The families of a component in words.
    pub fn names_of(&self, component: &Component) -> String {
        let names: Vec<String> = component
            .families
            .iter()
            .map(|&family| format!("`{}`", text::name(&self.plan.crn.species[family])))
            .collect();
        names.join(", ")
    }

    /// The type of a field over axes.
    pub fn type_over(&self, axes: &[Handle<Axis>]) -> TokenStream {
        match axes {
            [] => quote!(f64),
            [axis] => {
                let size = self.size(*axis);
                quote!(Box<[f64; #size]>)
            }
            [rows, columns] => {
                let (rows, columns) = (self.size(*rows), self.size(*columns));
                quote!(Box<[[f64; #columns]; #rows]>)
            }
            several => {
                let sizes = several.iter().map(|&axis| self.size(axis));
                let product = sizes.map(|size| quote!(#size)).reduce(|all, size| quote!(#all * #size));
                quote!(Box<[f64; #product]>)
            }
        }
    }
}

fn used_constants<'a>(plan: &Plan<'a>) -> Vec<(Handle<RateConstant>, &'a RateConstant)> {
    let mut used = vec![false; plan.crn.rate_constants.len()];
    for function in &plan.functions {
        if let Shape::Nest(nest) = &function.shape {
            used[plan.crn.reactions[nest.family].rate.constant.index()] = true;
        }
        for contribution in function.coefficients().into_iter().flat_map(|c| &c.contributions) {
            used[contribution.constant.index()] = true;
        }
    }
    plan.crn.rate_constants.iter().filter(|(handle, _)| used[handle.index()]).collect()
}

/// Stem and suffix of a family, joined.
pub(crate) fn family_name(family: &SpeciesFamily) -> String {
    if family.suffix.is_empty() { family.stem.clone() } else { format!("{}_{}", family.stem, family.suffix) }
}

/// What the names of families have in common, and the first word of what they have not.
fn function_name(crn: &Crn, families: &[Handle<nnrc_crn::ReactionFamily>]) -> String {
    let names: Vec<&str> = families.iter().map(|&family| crn.reactions[family].name.as_str()).collect();
    if let [only] = names.as_slice() {
        return (*only).to_owned();
    }
    let (prefix, _) = names[0].rsplit_once('.').unwrap_or(("", names[0]));
    let mut words: Vec<&str> = Vec::new();
    for name in names {
        let last = name.rsplit('.').next().unwrap_or(name);
        let word = last.split('_').next().unwrap_or(last);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    format!("{prefix}_{}", words.join("_"))
}

/// A doc comment.
pub(crate) fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// Whether an identifier occurs.
pub(crate) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

/// Whether a path goes through a module.
pub(crate) fn enters(tokens: &TokenStream, module: &str) -> bool {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_path = |next: Option<&TokenTree>| matches!(next, Some(TokenTree::Punct(colon)) if colon.as_char() == ':' && colon.spacing() == Spacing::Joint);
    trees.iter().enumerate().any(|(at, tree)| match tree {
        TokenTree::Ident(ident) => ident == module && is_path(trees.get(at + 1)),
        TokenTree::Group(group) => enters(&group.stream(), module),
        _ => false,
    })
}

/// A field that a function multiplies with, and its sign.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub sign: i64,
    pub name: Ident,
    pub rank: Rank,
}

/// How many indices a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    Number,
    Vector,
    Matrix,
}

impl Field {
    /// The element at i, or the row at i of a matrix.
    pub fn at_row(&self) -> TokenStream {
        let name = &self.name;
        match self.rank {
            Rank::Number => quote!(self.#name),
            Rank::Vector | Rank::Matrix => quote!(self.#name[i]),
        }
    }
}

/// A coefficient that is computed from other fields.
#[derive(Debug)]
pub(crate) struct Fold {
    pub name: Ident,
    pub rank: Rank,
    pub rows: Option<Handle<Axis>>,
    pub columns: Option<Handle<Axis>>,
    pub coefficient: Coefficient,
    /// The function that it belongs to.
    pub function: Ident,
}

/// The rate constant or held species that is the whole coefficient, if there is one.
pub(crate) fn direct(
    context: &Context<'_>,
    coefficient: &Coefficient,
    rows: Option<Handle<Axis>>,
    columns: Option<Handle<Axis>>,
) -> Option<Field> {
    let crn = context.plan.crn;
    let [only] = coefficient.contributions.as_slice() else { return None };
    let covers = |axis: Option<Handle<Axis>>, own: Handle<Axis>| {
        axis.is_some_and(|axis| crn.axes[axis].size() == crn.axes[own].size())
    };
    let axes = &crn.rate_constants[only.constant].axes;
    let rank = match (only.indices.as_slice(), axes.as_slice()) {
        ([], []) => Rank::Number,
        ([Spot::Row(0)], [own]) if covers(rows, *own) => Rank::Vector,
        ([Spot::Row(0), Spot::Column(0)], [own, other]) if covers(rows, *own) && covers(columns, *other) => {
            Rank::Matrix
        }
        _ => return None,
    };
    let is_plain = only.part == Part::Whole && only.held.is_empty() && only.summed.is_none();
    let wanted = if columns.is_some() { rank == Rank::Matrix } else { rank != Rank::Matrix };
    (is_plain && wanted).then(|| Field { sign: only.sign, name: context.constant(only.constant), rank })
}

/// The rank of a folded coefficient of a function without columns.
pub(crate) fn pointwise_rank(coefficient: &Coefficient) -> Rank {
    let is_row = |spot: &Spot| matches!(spot, Spot::Row(_));
    let varies = coefficient.contributions.iter().any(|contribution| {
        contribution.indices.iter().any(is_row)
            || contribution.held.iter().any(|(_, spots, _)| spots.iter().any(is_row))
    });
    if varies { Rank::Vector } else { Rank::Number }
}
