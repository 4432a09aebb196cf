//! One method for each function of the plan.

use nnrc_crn::text;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::coefficient::{Product, add, bind, over, scaled};
use crate::context::Field;
use crate::context::{Context, doc, mentions};
use crate::nest;
use crate::plan::{Access, Function, IndexPlace, Shape};

/// How a changing family is read or written at a place: `state.hidden[i]`.
pub(crate) fn element(context: &Context<'_>, array: &TokenStream, access: &Access) -> TokenStream {
    let family = context.species(access.family);
    let index = match access.place {
        IndexPlace::Row(0) => quote!(i),
        IndexPlace::Row(offset) => {
            let offset = Literal::usize_unsuffixed(offset);
            quote!(i + #offset)
        }
        IndexPlace::At(place) => {
            let place = Literal::usize_unsuffixed(place);
            quote!(#place)
        }
    };
    quote!(#array.#family[#index])
}

/// The factors at i; `without` leaves out one molecule of an access.
pub(crate) fn outer(
    context: &Context<'_>,
    array: &TokenStream,
    function: &Function,
    without: Option<Access>,
) -> Vec<TokenStream> {
    let mut factors = Vec::new();
    for (access, power) in &function.outer {
        let power = if Some(*access) == without { power - 1 } else { *power };
        factors.extend(std::iter::repeat_n(element(context, array, access), power as usize));
    }
    factors
}

/// Σ over the matrices of a function of row times vector, the vectors taken from `array`.
pub(crate) fn rows_times(
    context: &Context<'_>,
    array: &TokenStream,
    function: &Function,
    fields: &[Field],
) -> Vec<Product> {
    let Shape::Matrix(terms) = &function.shape else { return Vec::new() };
    let product = |(term, field): (&crate::plan::MatrixTerm, &Field)| {
        let (row, family) = (field.at_row(), context.species(term.family));
        (field.sign, vec![quote!(dot(&#row, #array.#family))])
    };
    terms.iter().zip(fields).map(product).collect()
}

/// The loop over i around `body`, if the function has one.
pub(crate) fn over_rows(context: &Context<'_>, function: &Function, body: &TokenStream) -> TokenStream {
    match function.rows {
        None => body.clone(),
        Some(axis) => {
            let size = context.size(axis);
            over("i", &quote!(#size), body)
        }
    }
}

/// A sum times factors, term by term.
pub(crate) fn times(sums: Vec<Product>, factors: &[TokenStream]) -> Vec<Product> {
    sums.into_iter().map(|(sign, own)| (sign, [factors, own.as_slice()].concat())).collect()
}

/// The method that adds the fluxes of a function to the changes.
pub(crate) fn method(context: &Context<'_>, place: usize) -> TokenStream {
    let function = &context.plan.functions[place];
    if let Shape::Nest(nest) = &function.shape {
        let lines = nest::lines(context, nest);
        let adds = nest.net.iter().map(|(family, indices, change)| {
            let target = nest::element(context, nest, &quote!(changes), *family, indices);
            lines.add(&target, &[(*change, vec![quote!(flux)])])
        });
        let flux =
            lines.bind(&format_ident!("flux"), &[(1, nest::flux(context, nest, &quote!(state), None))]);
        let body = nest::loops(context, nest, &quote!(#flux #(#adds)*));
        return declare(context, place, &body);
    }
    let fields = &context.fields[place];
    let state = quote!(state);
    let factors = outer(context, &state, function, None);
    let flux: Vec<Product> = match &function.shape {
        Shape::Pointwise(_) => {
            let mut all = vec![fields[0].at_row()];
            all.extend(factors);
            vec![(fields[0].sign, all)]
        }
        Shape::Matrix(_) => times(rows_times(context, &state, function, fields), &factors),
        Shape::Others(..) => {
            let mut all = vec![fields[0].at_row()];
            all.extend(factors);
            all.push(quote!(others));
            vec![(fields[0].sign, all)]
        }
        Shape::Nest(_) => Vec::new(),
    };
    let changes = quote!(changes);
    let body = match function.net.as_slice() {
        [(access, change)] => add(&element(context, &changes, access), &scaled(&flux, *change)),
        several => {
            // A flux that is one product is written without a sign.
            let sign = if let [(sign, _)] = flux.as_slice() { sign.signum() } else { 1 };
            let bind = bind(&format_ident!("flux"), &scaled(&flux, sign));
            let adds = several.iter().map(|(access, change)| {
                add(&element(context, &changes, access), &[(sign * change, vec![quote!(flux)])])
            });
            quote! { #bind #(#adds)* }
        }
    };
    let body = match &function.shape {
        Shape::Others(_, family) => {
            let family = context.species(*family);
            quote!(for (i, others) in sum_of_others(state.#family).into_iter().enumerate() { #body })
        }
        _ => over_rows(context, function, &body),
    };
    declare(context, place, &body)
}

/// The method with this body.
fn declare(context: &Context<'_>, place: usize, body: &TokenStream) -> TokenStream {
    let state = mentions(body, "state").then(|| quote!(state: &Concentrations<'_>,));
    let name = &context.functions[place];
    let doc = doc(&description(context, &context.plan.functions[place]));
    quote!(#doc fn #name(&self, #state changes: &mut Changes<'_>) { #body })
}

/// The call of the method.
pub(crate) fn call(context: &Context<'_>, place: usize, method: &TokenStream) -> TokenStream {
    let name = &context.functions[place];
    if mentions(method, "state") {
        quote!(self.#name(&state, &mut changes);)
    } else {
        quote!(self.#name(&mut changes);)
    }
}

fn description(context: &Context<'_>, function: &Function) -> String {
    let crn = context.plan.crn;
    let names: Vec<String> =
        function.families.iter().map(|&family| format!("`{}`", crn.reactions[family].name)).collect();
    let reactions: Vec<String> = function
        .families
        .iter()
        .map(|&family| text::reaction(crn, &crn.reactions[family]))
        .map(|line| line.strip_prefix("family ").unwrap_or(&line).to_owned())
        .collect();
    let among = match function.shape {
        Shape::Others(..) => format!(
            "\n\nAdds what changes {}.",
            function
                .net
                .iter()
                .map(|(access, _)| format!("`{}`", text::name(&crn.species[access.family])))
                .collect::<Vec<_>>()
                .join(" and ")
        ),
        _ => String::new(),
    };
    format!("{}.{among}\n\n```text\n{}\n```", names.join(", "), reactions.join("\n"))
}
