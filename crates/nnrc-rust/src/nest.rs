//! Reaction families in nested loops: one loop for each index variable, the flux of a member inside.

use nnrc_crn::members::{self, Guard};
use nnrc_crn::{Affine, Axis, Handle, Index, Part, SpeciesFamily};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::coefficient::over;
use crate::components::Component;
use crate::context::Context;
use crate::plan::Nest;

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

/// Whether a padded index lies within its axis, without numbers below 0.
fn condition(context: &Context<'_>, guard: &Guard) -> TokenStream {
    let size = context.size(guard.axis);
    let offset = Literal::u64_unsuffixed(guard.form.offset().unsigned_abs());
    let is_variable = guard.form.pairs().map(|(_, stride)| stride).eq([1]);
    match (strides(guard.form), guard.form.offset()) {
        (None, 0..) => quote!(#offset < #size),
        (None, _) => quote!(false),
        (Some(sum), 0) => quote!(#sum < #size),
        (Some(sum), 1..) => quote!(#sum + #offset < #size),
        (Some(sum), _) if is_variable => quote!((#offset..#size + #offset).contains(&#sum)),
        (Some(sum), _) => quote!((#offset..#size + #offset).contains(&(#sum))),
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

/// A member of a changing family: `state.w[i * INPUTS + j]`.
pub(crate) fn element(
    context: &Context<'_>,
    array: &TokenStream,
    family: Handle<SpeciesFamily>,
    indices: &[Index],
) -> TokenStream {
    let name = context.species(family);
    let place = flat(context, &context.plan.crn.species[family].axes, indices);
    quote!(#array.#name[#place])
}

/// The number of a member within its component.
pub(crate) fn member(
    context: &Context<'_>,
    component: &Component,
    family: Handle<SpeciesFamily>,
    indices: &[Index],
) -> TokenStream {
    let place = flat(context, &context.plan.crn.species[family].axes, indices);
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

/// A constant or held species: `self.k[i][j]`, or flat from three indices.
pub(crate) fn held(
    context: &Context<'_>,
    name: &Ident,
    axes: &[Handle<Axis>],
    indices: &[Index],
) -> TokenStream {
    let place = place(context, axes, indices);
    quote!(self.#name #place)
}

/// The brackets of an array over axes: `[i][j]`, or flat from three indices.
pub(crate) fn place(context: &Context<'_>, axes: &[Handle<Axis>], indices: &[Index]) -> TokenStream {
    if axes.len() > 2 {
        let place = flat(context, axes, indices);
        return quote!([#place]);
    }
    let indices = indices.iter().map(index);
    quote!(#([#indices])*)
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
    let constant = &crn.rate_constants[family.rate.constant];
    let rate = held(context, &context.constant(family.rate.constant), &constant.axes, &family.rate.indices);
    let mut factors = vec![match family.rate.part {
        Part::Whole => rate,
        Part::Positive => quote!(#rate.max(0.0)),
        Part::Negative => quote!((-#rate).max(0.0)),
    }];
    factors.extend(catalysts(context, nest));
    for (read, (species, indices, molecules)) in nest.reads.iter().enumerate() {
        let power = power(read, *molecules);
        let factor = element(context, array, *species, indices);
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
        let axes = &crn.species[term.species].axes;
        let factor = held(context, &context.species(term.species), axes, &term.indices);
        std::iter::repeat_n(factor, term.stoichiometry as usize)
    })
    .collect()
}

/// The loops over all index variables around `body`.
pub(crate) fn loops(context: &Context<'_>, nest: &Nest, body: &TokenStream) -> TokenStream {
    let family = &context.plan.crn.reactions[nest.family];
    let mut body = body.clone();
    let guards = members::guards(context.plan.crn, family);
    // A condition stands in the loop of the last variable that it depends on; around everything if there is none.
    let within = |position: Option<usize>, body: TokenStream| {
        let own = guards.iter().filter(|guard| guard.form.pairs().map(|(v, _)| v).max() == position);
        let conditions: Vec<TokenStream> = own.map(|guard| condition(context, guard)).collect();
        if conditions.is_empty() { body } else { quote!(if #(#conditions)&&* { #body }) }
    };
    for (position, range) in family.over.iter().enumerate().rev() {
        let (name, size) = (variable(position), context.size(range.axis));
        body = within(Some(position), body);
        if let Some((a, b)) = family.distinct
            && a.max(b) == position
        {
            let other = variable(a.min(b));
            body = quote!(if #name != #other { #body });
        }
        body = over(&name.to_string(), &quote!(#size), &body);
    }
    within(None, body)
}
