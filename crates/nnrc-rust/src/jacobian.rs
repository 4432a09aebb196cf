//! The Jacobian: blocks on the diagonal as expressions of the state, everything below as products.

use proc_macro2::TokenStream;
use quote::quote;

use crate::coefficient::{Product, add, scaled, set, sum};
use crate::components::Component;
use crate::derivative::{element, outer, over_rows, rows_times, times};
use crate::plan::{Access, Function, Place, Shape};
use crate::source::{Context, doc, mentions};

/// ∂ flux / ∂ `by` at i as a sum of products.
fn partial(context: &Context<'_>, place: usize, by: Access, power: u32) -> Vec<Product> {
    let function = &context.plan.functions[place];
    let field = &context.fields[place][0];
    let others = outer(context, &quote!(at), function, Some(by));
    match &function.shape {
        Shape::Matrix(_) => {
            let sums = rows_times(context, &quote!(at), function, &context.fields[place]);
            scaled(&times(sums, &others), i64::from(power))
        }
        Shape::Pointwise(_) | Shape::Others(..) => {
            let mut factors = vec![field.at_row()];
            factors.extend(others);
            if matches!(function.shape, Shape::Others(..)) {
                let name = &context.functions[place];
                factors.push(quote!(#name));
            }
            vec![(field.sign * i64::from(power), factors)]
        }
    }
}

/// Whether a function runs over whole families, so that its terms can stand in one expression with others.
fn is_whole(context: &Context<'_>, function: &Function, component: &Component) -> bool {
    let size = context.plan.crn.species[component.families[0]].initial.len();
    let rows = function.rows.map(|axis| context.plan.crn.axes[axis].size());
    function
        .net
        .iter()
        .filter(|(access, _)| component.families.contains(&access.family))
        .all(|(access, _)| access.place == Place::Row(0) && rows == Some(size))
}

/// The method that fills the block of a component.
pub(crate) fn linearise(context: &Context<'_>, place: usize) -> TokenStream {
    let component = &context.components[place];
    let count = component.families.len();
    let mut whole: Vec<Vec<Vec<Product>>> = vec![vec![Vec::new(); count]; count];
    let mut off_diagonal: Vec<Product> = Vec::new();
    let (mut parts, mut others) = (Vec::new(), Vec::new());
    let block = &context.blocks[place];
    for (at, function) in context.plan.functions.iter().enumerate() {
        for (target, change) in &function.net {
            let Some(row) = component.families.iter().position(|&f| f == target.family) else { continue };
            if let Shape::Others(_, family) = &function.shape
                && component.families.contains(family)
            {
                let mut factors = vec![context.fields[at][0].at_row()];
                factors.extend(outer(context, &quote!(at), function, None));
                off_diagonal.push((context.fields[at][0].sign * change, factors));
            }
            for (by, power) in &function.outer {
                let Some(column) = component.families.iter().position(|&f| f == by.family) else { continue };
                let products = scaled(&partial(context, at, *by, *power), *change);
                if matches!(function.shape, Shape::Others(..)) && !others.contains(&at) {
                    others.push(at);
                }
                if is_whole(context, function, component) {
                    whole[row][column].extend(products);
                } else {
                    let index = element(context, &quote!(index), by);
                    let index = index_of(&index);
                    let target = if component.is_dense {
                        quote!(self.#block.elements[#index][#index])
                    } else {
                        let (row, column) = (literal(row), literal(column));
                        quote!(self.#block.elements[#index][#row][#column])
                    };
                    parts.push(over_rows(context, function, &add(&target, &products)));
                }
            }
        }
    }
    let size = context.family_size(component.families[0]);
    let fill = if component.is_dense {
        let others = sum(&off_diagonal);
        let diagonal = set(&quote!(self.#block.elements[i][i]), &whole[0][0]);
        quote! {
            self.#block.elements[i] = [#others; #size];
            #diagonal
        }
    } else {
        let elements = whole.iter().enumerate().flat_map(|(row, products)| {
            let row = literal(row);
            products
                .iter()
                .enumerate()
                .map(move |(column, products)| (row.clone(), literal(column), products))
        });
        // Elements that no function contributes to stay zero.
        let elements = elements.filter(|(.., products)| !products.is_empty() || !parts.is_empty());
        let elements = elements
            .map(|(row, column, products)| set(&quote!(self.#block.elements[i][#row][#column]), products));
        quote!(#(#elements)*)
    };
    let fill = loop_with_others(context, &others, &size, &fill);
    let at = [quote!(#fill), quote!(#(#parts)*)].iter().any(|tokens| mentions(tokens, "at"));
    let at = at.then(|| quote!(let at = Concentrations::of(&self.at);));
    let name = &context.linearise[place];
    let doc = doc(&format!("Fills the block of {} at the linearisation point.", context.names_of(component)));
    quote!(#doc fn #name(&mut self) { #at #fill #(#parts)* })
}

fn literal(value: usize) -> proc_macro2::Literal {
    proc_macro2::Literal::usize_unsuffixed(value)
}

/// What stands between the brackets of `array.family[index]`.
fn index_of(element: &TokenStream) -> TokenStream {
    element
        .clone()
        .into_iter()
        .filter_map(|tree| match tree {
            proc_macro2::TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        })
        .last()
        .unwrap_or_default()
}

/// A loop over i in which the sums of others of some functions have the names of these.
fn loop_with_others(
    context: &Context<'_>,
    others: &[usize],
    size: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let sums = others.iter().filter_map(|&at| match &context.plan.functions[at].shape {
        Shape::Others(_, family) => {
            let family = context.species(*family);
            Some((&context.functions[at], quote!(sum_of_others(at.#family))))
        }
        _ => None,
    });
    let mut all: Option<(TokenStream, TokenStream)> = None;
    for (name, sums) in sums {
        all = Some(match all {
            None => (quote!(#name), quote!(#sums.into_iter())),
            Some((names, iterator)) => (quote!((#names, #name)), quote!(#iterator.zip(#sums))),
        });
    }
    match all {
        _ if body.is_empty() => TokenStream::new(),
        None => quote!(for i in 0..#size { #body }),
        Some((names, iterator)) => quote!(for (i, #names) in #iterator.enumerate() { #body }),
    }
}

/// The method that applies everything to the left of the block of a component; none if there is nothing.
pub(crate) fn couple(context: &Context<'_>, place: usize) -> Option<TokenStream> {
    let component = &context.components[place];
    let mut loops = Vec::new();
    for (at, function) in context.plan.functions.iter().enumerate() {
        let fields = &context.fields[at];
        let targets: Vec<_> =
            function.net.iter().filter(|(t, _)| component.families.contains(&t.family)).collect();
        if targets.is_empty() {
            continue;
        }
        let mut products: Vec<Product> = Vec::new();
        let mut others = Vec::new();
        for (by, power) in &function.outer {
            if !component.families.contains(&by.family) {
                let known = element(context, &quote!(known), by);
                products.extend(partial(context, at, *by, *power).into_iter().map(|(sign, mut factors)| {
                    factors.push(known.clone());
                    (sign, factors)
                }));
                if let Shape::Others(_, family) = &function.shape {
                    others.push((at, *family));
                }
            }
        }
        let known = quote!(known);
        let mut own = None;
        match &function.shape {
            Shape::Pointwise(_) => {}
            Shape::Matrix(_) => {
                let factors = outer(context, &quote!(at), function, None);
                products.extend(times(rows_times(context, &known, function, fields), &factors));
            }
            Shape::Others(_, family) if !component.families.contains(family) => {
                let mut factors = vec![fields[0].at_row()];
                factors.extend(outer(context, &quote!(at), function, None));
                factors.push(quote!(others));
                products.push((fields[0].sign, factors));
                own = Some(context.species(*family));
            }
            Shape::Others(..) => {}
        }
        if products.is_empty() {
            continue;
        }
        let adds = targets.iter().map(|(target, change)| {
            add(&element(context, &quote!(right), target), &scaled(&products, *change))
        });
        let body = quote!(#(#adds)*);
        let name = &context.functions[at];
        loops.push(match (&function.shape, others.first(), own) {
            (Shape::Others(..), Some((_, family)), None) => {
                let family = context.species(*family);
                quote!(for (i, #name) in sum_of_others(at.#family).into_iter().enumerate() { #body })
            }
            (Shape::Others(..), None, Some(family)) => {
                quote!(for (i, others) in sum_of_others(known.#family).into_iter().enumerate() { #body })
            }
            (Shape::Others(_, family), Some(_), Some(known)) => {
                let family = context.species(*family);
                let sums = quote!(sum_of_others(at.#family).into_iter().zip(sum_of_others(known.#known)));
                quote!(for (i, (#name, others)) in #sums.enumerate() { #body })
            }
            _ => over_rows(context, function, &body),
        });
    }
    if loops.is_empty() {
        return None;
    }
    let body = quote!(#(#loops)*);
    let at = mentions(&body, "at").then(|| quote!(at: &Concentrations<'_>,));
    let name = &context.couple[place];
    let doc = doc(&format!(
        "Adds to {} what the Jacobian makes of the families solved for before.",
        context.names_of(component)
    ));
    Some(quote! {
        #doc
        fn #name(&self, #at known: &Concentrations<'_>, right: &mut Changes<'_>) { #body }
    })
}

/// The implementation of `Layered`, method by method.
pub(crate) fn layered(context: &Context<'_>, couples: &[Option<TokenStream>]) -> Vec<TokenStream> {
    let linearise = context.linearise.iter().map(|name| quote!(self.#name();));
    let shift = context.blocks.iter().map(|name| quote!(self.#name.shift(shift);));
    let coupled = |place: usize, known: TokenStream, right: TokenStream| {
        let name = &context.couple[place];
        couples[place].as_ref().map(|method| {
            let at = mentions(method, "at").then(|| quote!(&at,));
            quote!(self.#name(#at #known, #right);)
        })
    };
    let uses_at = couples.iter().flatten().any(|method| mentions(method, "at"));
    let at = uses_at.then(|| quote!(let at = Concentrations::of(&self.at);));
    let (mut solve, mut product) = (Vec::new(), Vec::new());
    for (place, component) in context.components.iter().enumerate() {
        let block = &context.blocks[place];
        let names: Vec<_> = component.families.iter().map(|&family| context.species(family)).collect();
        if let Some(call) =
            coupled(place, quote!(&Concentrations::of(&self.solution)), quote!(&mut Changes::of(vector)))
        {
            solve.push(quote!(self.solution.copy_from_slice(vector); #call));
        }
        product.extend(coupled(place, quote!(&vector), quote!(&mut Changes::of(product))));
        match names.as_slice() {
            [name] if component.is_dense => {
                solve.push(quote!(self.#block.solve(Changes::of(vector).#name);));
                product.push(quote! {
                    self.#block.add_times(vector.#name, Changes::of(product).#name);
                });
            }
            [name] => {
                solve.push(quote!(self.#block.solve([Changes::of(vector).#name]);));
                product.push(quote! {
                    self.#block.add_times([vector.#name], [Changes::of(product).#name]);
                });
            }
            names => {
                solve.push(quote! {
                    let right = Changes::of(vector);
                    let right = [#(right.#names),*];
                    self.#block.solve(right);
                });
                product.push(quote! {
                    let known = [#(vector.#names),*];
                    let right = Changes::of(product);
                    let right = [#(right.#names),*];
                    self.#block.add_times(known, right);
                });
            }
        }
    }
    vec![
        quote! {
            fn linearise(&mut self, state: &[f64]) {
                self.at.copy_from_slice(state);
                #(#linearise)*
            }
        },
        quote!(fn shift(&mut self, shift: f64) { #(#shift)* }),
        quote!(fn solve(&mut self, vector: &mut [f64]) { #at #(#solve)* }),
        quote! {
            fn jacobian_times(&mut self, vector: &[f64], product: &mut [f64]) {
                product.fill(0.0);
                #at
                let vector = Concentrations::of(vector);
                #(#product)*
            }
        },
    ]
}
