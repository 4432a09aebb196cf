//! Reaction families in nested loops: one loop for each index variable, the flux of a member inside.

use nnrc_crn::members::{self, Guard};
use nnrc_crn::{Affine, Axis, Handle, Index, Part, RateConstant, SpeciesFamily};
use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::coefficient::{Lines, over};
use crate::components::Component;
use crate::context::Context;
use crate::plan::{Nest, is_form};

/// The loop variable at a position.
fn variable(position: usize) -> Ident {
    match ["i", "j", "k", "l", "m", "n"].get(position) {
        Some(name) => format_ident!("{name}"),
        None => format_ident!("i{position}"),
    }
}

fn index(index: &Index) -> TokenStream {
    match *index {
        Index::At(place) => {
            let place = Literal::usize_unsuffixed(place);
            quote!(#place)
        }
        Index::Variable { position, offset: 0 } => {
            let variable = variable(position);
            quote!(#variable)
        }
        Index::Variable { position, offset } => {
            let (variable, offset) = (variable(position), Literal::usize_unsuffixed(offset));
            quote!(#variable + #offset)
        }
        Index::Affine(form) => {
            let sum = strides(form);
            let offset = Literal::u64_unsuffixed(form.offset().unsigned_abs());
            match (sum, form.offset()) {
                (None, _) => quote!(#offset),
                (Some(sum), 0) => sum,
                (Some(sum), 1..) => quote!(#sum + #offset),
                (Some(sum), _) => quote!(#sum - #offset),
            }
        }
    }
}

/// Σ stride · variable; none without variables.
fn strides(form: Affine) -> Option<TokenStream> {
    let terms = form.pairs().map(|(position, stride)| {
        let variable = variable(position);
        match stride {
            1 => quote!(#variable),
            _ => {
                let stride = Literal::usize_unsuffixed(stride);
                quote!(#stride * #variable)
            }
        }
    });
    terms.reduce(|all, term| quote!(#all + #term))
}

/// Whether a padded index leaves its axis, without numbers below 0.
fn leaves(context: &Context<'_>, guard: &Guard) -> TokenStream {
    let size = context.size(guard.axis);
    let offset = Literal::u64_unsuffixed(guard.form.offset().unsigned_abs());
    let is_variable = guard.form.pairs().map(|(_, stride)| stride).eq([1]);
    match (strides(guard.form), guard.form.offset()) {
        (None, 0..) => quote!(#offset >= #size),
        (None, _) => quote!(true),
        (Some(sum), 0) => quote!(#sum >= #size),
        (Some(sum), 1..) => quote!(#sum + #offset >= #size),
        (Some(sum), _) if is_variable => quote!(!(#offset..#size + #offset).contains(&#sum)),
        (Some(sum), _) => quote!(!(#offset..#size + #offset).contains(&(#sum))),
    }
}

/// The place of a member among those over `axes`.
fn flat(context: &Context<'_>, axes: &[Handle<Axis>], indices: &[Index]) -> TokenStream {
    let mut place: Option<TokenStream> = None;
    let mut is_sum = false;
    for (axis, at) in axes.iter().zip(indices) {
        let size = context.size(*axis);
        let own = index(at);
        let is_zero = *at == Index::At(0);
        place = Some(match place {
            None if is_zero => continue,
            None => own,
            Some(before) => {
                let before = if is_sum { quote!((#before)) } else { before };
                is_sum = !is_zero;
                // A factor of 1 is not written.
                let before = if before.to_string() == "1" { quote!(#size) } else { quote!(#before * #size) };
                if is_zero { before } else { quote!(#before + #own) }
            }
        });
        is_sum |= match at {
            Index::At(_) => false,
            Index::Variable { offset, .. } => *offset > 0,
            Index::Affine(form) => form.offset() != 0 || form.pairs().count() > 1,
        };
    }
    place.unwrap_or_else(|| quote!(0))
}

/// Whether the place of a member has a name of its own, for it is long.
fn is_named(axes: &[Handle<Axis>], indices: &[Index]) -> bool {
    axes.len() > 2 || (axes.len() == 2 && indices.iter().any(is_form))
}

/// The place of a member of a species family in a flat array, or its name in these loops.
fn flat_of(
    context: &Context<'_>,
    nest: &Nest,
    family: Handle<SpeciesFamily>,
    indices: &[Index],
) -> TokenStream {
    let crn = context.plan.crn;
    let axes = &crn.species[family].axes;
    if !is_named(axes, indices) {
        return flat(context, axes, indices);
    }
    // The places of a family in these loops, each once.
    let mut places: Vec<&[Index]> = Vec::new();
    let reaction = &crn.reactions[nest.family];
    for term in reaction.reactants.iter().chain(&reaction.products) {
        let own = term.indices.as_slice();
        if term.species == family && is_named(axes, own) && !places.contains(&own) {
            places.push(own);
        }
    }
    let name = context.species(family);
    let name = match places.iter().position(|own| *own == indices) {
        None | Some(0) => format_ident!("{name}_at"),
        Some(place) => format_ident!("{name}_at_{}", place + 1),
    };
    quote!(#name)
}

/// The names of long places that `body` reads, step by step: `let z_at = i * H + j;`, `let z_at = z_at * W + k;`
fn names(context: &Context<'_>, nest: &Nest, body: &TokenStream) -> TokenStream {
    let crn = context.plan.crn;
    let reaction = &crn.reactions[nest.family];
    let terms = reaction.reactants.iter().chain(&reaction.products);
    let species = terms.map(|term| {
        let axes = &crn.species[term.species].axes;
        (flat_of(context, nest, term.species, &term.indices), axes, &term.indices)
    });
    let constant = reaction.rate.constant;
    let axes = &crn.rate_constants[constant].axes;
    let name = constant_at(context, constant);
    let mut lets = TokenStream::new();
    let mut done: Vec<String> = Vec::new();
    for (name, axes, indices) in species.chain([(quote!(#name), axes, &reaction.rate.indices)]) {
        let text = name.to_string();
        if !is_named(axes, indices) || !reads(body, &text) || done.contains(&text) {
            continue;
        }
        done.push(text);
        // What the next step begins with.
        let mut before: Option<TokenStream> = None;
        for (axis, at) in axes.iter().zip(indices) {
            let (size, own) = (context.size(*axis), index(at));
            let step = before.map_or(own.clone(), |before| quote!(#before * #size + #own));
            before = Some(match at {
                Index::Variable { offset: 0, .. } if step.to_string() == own.to_string() => step,
                Index::Variable { .. } | Index::At(_) | Index::Affine(_) => {
                    lets.extend(quote!(let #name = #step;));
                    name.clone()
                }
            });
        }
    }
    lets
}

/// Whether a variable occurs; a field of that name is none.
fn reads(tokens: &TokenStream, name: &str) -> bool {
    let mut is_field = false;
    tokens.clone().into_iter().any(|tree| {
        let found = match &tree {
            TokenTree::Ident(ident) => !is_field && ident == name,
            TokenTree::Group(group) => reads(&group.stream(), name),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        is_field = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '.');
        found
    })
}

/// The name of the place of a rate constant.
fn constant_at(context: &Context<'_>, constant: Handle<RateConstant>) -> Ident {
    format_ident!("{}_at", context.constant(constant))
}

/// A member of a changing family: `state.w[i * INPUTS + j]`.
pub(crate) fn element(
    context: &Context<'_>,
    nest: &Nest,
    array: &TokenStream,
    family: Handle<SpeciesFamily>,
    indices: &[Index],
) -> TokenStream {
    let name = context.species(family);
    let place = flat_of(context, nest, family, indices);
    quote!(#array.#name[#place])
}

/// The number of a member within its component.
pub(crate) fn member(
    context: &Context<'_>,
    nest: &Nest,
    component: &Component,
    family: Handle<SpeciesFamily>,
    indices: &[Index],
) -> TokenStream {
    let place = flat_of(context, nest, family, indices);
    numbered(context, component, family, &place)
}

/// The number within a component of the member of a family at `place`.
pub(crate) fn numbered(
    context: &Context<'_>,
    component: &Component,
    family: Handle<SpeciesFamily>,
    place: &TokenStream,
) -> TokenStream {
    let before = component.before(family).iter().map(|&other| context.family_size(other));
    let before = before.reduce(|all, size| quote!(#all + #size));
    match before {
        None => place.clone(),
        Some(before) if place.to_string() == "0" => before,
        Some(before) => quote!(#before + #place),
    }
}

/// The rate constant of a family in an array of `owner`: `self.k[i][j]`, or flat from three indices.
pub(crate) fn rate(context: &Context<'_>, nest: &Nest, owner: &TokenStream) -> TokenStream {
    let crn = context.plan.crn;
    let rate = &crn.reactions[nest.family].rate;
    let name = context.constant(rate.constant);
    if crn.rate_constants[rate.constant].axes.len() > 2 {
        let place = constant_at(context, rate.constant);
        return quote!(#owner.#name[#place]);
    }
    let indices = rate.indices.iter().map(index);
    quote!(#owner.#name #([#indices])*)
}

/// A held species: `self.x[i][j]`, or flat from three indices.
fn held(context: &Context<'_>, nest: &Nest, family: Handle<SpeciesFamily>, indices: &[Index]) -> TokenStream {
    if context.plan.crn.species[family].axes.len() > 2 {
        return element(context, nest, &quote!(self), family, indices);
    }
    let name = context.species(family);
    let indices = indices.iter().map(index);
    quote!(self.#name #([#indices])*)
}

/// What writes statements within the loops of a family.
pub(crate) fn lines(context: &Context<'_>, nest: &Nest) -> Lines {
    Lines::within(context.plan.crn.reactions[nest.family].over.len())
}

/// The factors of a member's flux; `without` leaves out one molecule of that read.
pub(crate) fn flux(
    context: &Context<'_>,
    nest: &Nest,
    array: &TokenStream,
    without: Option<usize>,
) -> Vec<TokenStream> {
    flux_of(context, nest, array, &|read, power| power - u32::from(Some(read) == without))
}

/// The same with as many molecules of each read as `power` makes of its number and power.
pub(crate) fn flux_of(
    context: &Context<'_>,
    nest: &Nest,
    array: &TokenStream,
    power: &dyn Fn(usize, u32) -> u32,
) -> Vec<TokenStream> {
    let crn = context.plan.crn;
    let family = &crn.reactions[nest.family];
    let rate = rate(context, nest, &quote!(self));
    let mut factors = vec![match family.rate.part {
        Part::Whole => rate,
        Part::Positive => quote!(#rate.max(0.0)),
        Part::Negative => quote!((-#rate).max(0.0)),
    }];
    factors.extend(catalysts(context, nest));
    for (read, (species, indices, molecules)) in nest.reads.iter().enumerate() {
        let power = power(read, *molecules);
        let factor = element(context, nest, array, *species, indices);
        factors.extend(std::iter::repeat_n(factor, power as usize));
    }
    factors
}

/// The held reactants of a member.
pub(crate) fn catalysts(context: &Context<'_>, nest: &Nest) -> Vec<TokenStream> {
    let crn = context.plan.crn;
    let terms = crn.reactions[nest.family].reactants.iter();
    let own = terms.filter(|term| context.plan.info.is_constant(term.species));
    own.flat_map(|term| {
        let factor = held(context, nest, term.species, &term.indices);
        std::iter::repeat_n(factor, term.stoichiometry as usize)
    })
    .collect()
}

/// The loops over all index variables around `body`.
pub(crate) fn loops(context: &Context<'_>, nest: &Nest, body: &TokenStream) -> TokenStream {
    let family = &context.plan.crn.reactions[nest.family];
    let names = names(context, nest, body);
    let mut body = quote!(#names #body);
    let guards = members::guards(context.plan.crn, family);
    let left = |position: Option<usize>| -> Vec<TokenStream> {
        let own = guards.iter().filter(|guard| guard.form.pairs().map(|(v, _)| v).max() == position);
        own.map(|guard| leaves(context, guard)).collect()
    };
    for (position, range) in family.over.iter().enumerate().rev() {
        let (name, size) = (variable(position), context.size(range.axis));
        // In the loop of the last variable that it depends on.
        let skips = left(Some(position)).into_iter().map(|leaves| quote!(if #leaves { continue; }));
        body = quote!(#(#skips)* #body);
        if let Some((a, b)) = family.distinct
            && a.max(b) == position
        {
            let other = variable(a.min(b));
            body = quote!(if #name != #other { #body });
        }
        body = over(&name.to_string(), &quote!(#size), &body);
    }
    // An index without variables lies within its axis always or never.
    let never = left(None);
    if never.is_empty() { body } else { quote!(if !(#(#never)||*) { #body }) }
}
