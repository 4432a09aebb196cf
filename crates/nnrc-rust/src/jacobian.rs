//! The Jacobian: blocks on the diagonal as expressions of the state, everything below as products.

use nnrc_crn::{Handle, Index, SpeciesFamily};
use proc_macro2::TokenStream;
use quote::quote;

use crate::coefficient::{Lines, Product, add, scaled, set};
use crate::components::{Block, Component};
use crate::context::{Context, doc, mentions};
use crate::derivative::{element, outer, over_rows, rows_times, times};
use crate::nest;
use crate::plan::{Access, Function, IndexPlace, Nest, Shape};

/// ∂ flux / ∂ `by` at i as a sum of products.
fn partial(context: &Context<'_>, place: usize, by: Access, power: u32) -> Vec<Product> {
    let function = &context.plan.functions[place];
    let others = outer(context, &quote!(at), function, Some(by));
    match &function.shape {
        Shape::Matrix(_) => {
            let sums = rows_times(context, &quote!(at), function, &context.fields[place]);
            scaled(&times(sums, &others), i64::from(power))
        }
        Shape::Pointwise(_) | Shape::Others(..) => {
            let field = &context.fields[place][0];
            let mut factors = vec![field.at_row()];
            factors.extend(others);
            if matches!(function.shape, Shape::Others(..)) {
                let name = &context.functions[place];
                factors.push(quote!(#name));
            }
            vec![(field.sign * i64::from(power), factors)]
        }
        Shape::Nest(_) => Vec::new(),
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
        .all(|(access, _)| access.place == IndexPlace::Row(0) && rows == Some(size))
}

/// The method that fills the block of a component.
pub(crate) fn linearise(context: &Context<'_>, place: usize) -> TokenStream {
    let component = &context.components[place];
    let body = match component.block {
        Block::Local => local(context, place),
        Block::Dense => matrix(context, place),
        Block::Diagonal => diagonal(context, place),
    };
    let at = mentions(&body, "at").then(|| quote!(let at = Concentrations::of(&self.at);));
    let name = &context.linearise[place];
    let doc = doc(&format!("Fills the block of {} at the linearisation point.", context.names_of(component)));
    quote!(#doc fn #name(&mut self) { #at #body })
}

/// The blocks of species of equal index.
fn local(context: &Context<'_>, place: usize) -> TokenStream {
    let component = &context.components[place];
    let count = component.families.len();
    let mut whole: Vec<Vec<Vec<Product>>> = vec![vec![Vec::new(); count]; count];
    let (mut parts, mut others) = (Vec::new(), Vec::new());
    let block = &context.blocks[place];
    for (at, function) in context.plan.functions.iter().enumerate() {
        if let Shape::Nest(nest) = &function.shape {
            let slot = |family| component.families.iter().position(|&f| f == family).map(literal);
            parts.extend(nested(context, component, nest, &|(target, indices), (by, _), product| {
                let index = index_of(&nest::element(context, nest, &quote!(index), target, indices));
                let (row, column) = (slot(target)?, slot(by)?);
                Some(
                    nest::lines(context, nest)
                        .add(&quote!(self.#block.elements[#index][#row][#column]), &[product]),
                )
            }));
            continue;
        }
        for (target, change) in &function.net {
            let Some(row) = component.families.iter().position(|&f| f == target.family) else { continue };
            for (by, power) in &function.outer {
                let Some(column) = component.families.iter().position(|&f| f == by.family) else { continue };
                let products = scaled(&partial(context, at, *by, *power), *change);
                if is_whole(context, function, component) {
                    if matches!(function.shape, Shape::Others(..)) && !others.contains(&at) {
                        others.push(at);
                    }
                    whole[row][column].extend(products);
                } else {
                    let index = index_of(&element(context, &quote!(index), by));
                    let (row, column) = (literal(row), literal(column));
                    let target = quote!(self.#block.elements[#index][#row][#column]);
                    parts.push(over_rows_with_others(context, at, &add(&target, &products)));
                }
            }
        }
    }
    let size = context.family_size(component.families[0]);
    let elements = whole.iter().enumerate().flat_map(|(row, products)| {
        let row = literal(row);
        products.iter().enumerate().map(move |(column, products)| (row.clone(), literal(column), products))
    });
    // Elements that no function contributes to stay zero.
    let elements = elements.filter(|(.., products)| !products.is_empty() || !parts.is_empty());
    let elements = elements
        .map(|(row, column, products)| set(&quote!(self.#block.elements[i][#row][#column]), products));
    let fill = loop_with_others(context, &others, &size, &quote!(#(#elements)*));
    quote!(#fill #(#parts)*)
}

/// A member's number within its component.
fn member(context: &Context<'_>, component: &Component, access: &Access) -> TokenStream {
    let index = index_of(&element(context, &quote!(index), access));
    nest::numbered(context, component, access.family, &index)
}

/// The number of the j-th member of a family within its component.
fn column(context: &Context<'_>, component: &Component, family: Handle<SpeciesFamily>) -> TokenStream {
    let before = component.before(family).iter().map(|&other| context.family_size(other));
    quote!(#(#before +)* j)
}

/// The loop over i around `body`, with the sums of others under the function's name.
pub(crate) fn over_rows_with_others(context: &Context<'_>, at: usize, body: &TokenStream) -> TokenStream {
    let function = &context.plan.functions[at];
    match (&function.shape, function.rows) {
        (Shape::Others(..), Some(axis)) if mentions(body, &context.functions[at].to_string()) => {
            let size = context.size(axis);
            loop_with_others(context, &[at], &quote!(#size), body)
        }
        _ => over_rows(context, function, body),
    }
}

/// Adds to an element of a dense block. Places have names: statements stay short.
fn entry(
    block: &proc_macro2::Ident,
    place: (&TokenStream, &TokenStream),
    products: &[Product],
) -> TokenStream {
    entry_in(Lines::within(2), block, place, products)
}

fn entry_in(
    lines: Lines,
    block: &proc_macro2::Ident,
    (row, column): (&TokenStream, &TokenStream),
    products: &[Product],
) -> TokenStream {
    let add = lines.add(&quote!(*self.#block.entry(row, column)), products);
    quote! {
        let row = #row;
        let column = #column;
        #add
    }
}

/// A member in nested loops.
type Member<'a> = (Handle<SpeciesFamily>, &'a [Index]);

/// The loops that add the derivatives of a family of nested loops within a component: `entry` writes the addition for
/// a member that changes and one that is read, and none where this pair has no place in the block.
fn nested(
    context: &Context<'_>,
    component: &Component,
    nest: &Nest,
    entry: &dyn Fn(Member<'_>, Member<'_>, Product) -> Option<TokenStream>,
) -> Vec<TokenStream> {
    let own = |family: &Handle<SpeciesFamily>| component.families.contains(family);
    let mut loops = Vec::new();
    for (target, changed, change) in nest.net.iter().filter(|(family, _, _)| own(family)) {
        for (by, (species, read, power)) in nest.reads.iter().enumerate().filter(|(_, read)| own(&read.0)) {
            let factors = nest::flux(context, nest, &quote!(at), Some(by));
            let product = (change * i64::from(*power), factors);
            let add = entry((*target, changed), (*species, read), product);
            loops.extend(add.map(|add| nest::loops(context, nest, &add)));
        }
    }
    loops
}

/// One matrix of all members.
fn matrix(context: &Context<'_>, place: usize) -> TokenStream {
    let component = &context.components[place];
    let block = &context.blocks[place];
    let own = |family: &Handle<SpeciesFamily>| component.families.contains(family);
    let mut loops = Vec::new();
    for (at, function) in context.plan.functions.iter().enumerate() {
        if let Shape::Nest(nest) = &function.shape {
            let number =
                |(family, indices): Member<'_>| nest::member(context, nest, component, family, indices);
            let lines = nest::lines(context, nest);
            loops.extend(nested(context, component, nest, &|target, by, product| {
                Some(entry_in(lines, block, (&number(target), &number(by)), &[product]))
            }));
            continue;
        }
        let factors = outer(context, &quote!(at), function, None);
        for (target, change) in function.net.iter().filter(|(access, _)| own(&access.family)) {
            let row = member(context, component, target);
            for (by, power) in function.outer.iter().filter(|(access, _)| own(&access.family)) {
                let column = member(context, component, by);
                let products = scaled(&partial(context, at, *by, *power), *change);
                let add = entry(block, (&row, &column), &products);
                loops.push(over_rows_with_others(context, at, &add));
            }
            match &function.shape {
                Shape::Matrix(terms) => {
                    for (term, field) in terms.iter().zip(&context.fields[at]) {
                        if own(&term.family) {
                            let (column, size) =
                                (column(context, component, term.family), context.size(term.columns));
                            let row_of = field.at_row();
                            let mut all = vec![quote!(#row_of[j])];
                            all.extend(factors.clone());
                            let add = entry(block, (&row, &column), &[(field.sign * change, all)]);
                            loops.push(over_rows(context, function, &quote!(for j in 0..#size { #add })));
                        }
                    }
                }
                Shape::Others(_, family) if own(family) => {
                    let (column, size) = (column(context, component, *family), context.family_size(*family));
                    let field = &context.fields[at][0];
                    let mut all = vec![field.at_row()];
                    all.extend(factors.clone());
                    let add = entry(block, (&row, &column), &[(field.sign * change, all)]);
                    let inner = quote!(for j in 0..#size { if j != i { #add } });
                    loops.push(over_rows(context, function, &inner));
                }
                _ => {}
            }
        }
    }
    quote!(self.#block.clear(); #(#loops)*)
}

/// The derivative of each member by itself.
fn diagonal(context: &Context<'_>, place: usize) -> TokenStream {
    let component = &context.components[place];
    let block = &context.blocks[place];
    let own = |family: &Handle<SpeciesFamily>| component.families.contains(family);
    let mut loops = Vec::new();
    for (at, function) in context.plan.functions.iter().enumerate() {
        if let Shape::Nest(nest) = &function.shape {
            loops.extend(nested(context, component, nest, &|target, by, product| {
                let row = nest::member(context, nest, component, target.0, target.1);
                (target == by)
                    .then(|| nest::lines(context, nest).add(&quote!(self.#block.elements[#row]), &[product]))
            }));
            continue;
        }
        for (target, change) in function.net.iter().filter(|(access, _)| own(&access.family)) {
            for (by, power) in function.outer.iter().filter(|(access, _)| access == target) {
                let row = member(context, component, target);
                let products = scaled(&partial(context, at, *by, *power), *change);
                let add = add(&quote!(self.#block.elements[#row]), &products);
                loops.push(over_rows_with_others(context, at, &add));
            }
        }
    }
    quote!(self.#block.elements.fill(0.0); #(#loops)*)
}

fn literal(value: usize) -> proc_macro2::Literal {
    proc_macro2::Literal::usize_unsuffixed(value)
}

/// What stands between the brackets of `array.family[index]`.
pub(crate) fn index_of(element: &TokenStream) -> TokenStream {
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
pub(crate) fn loop_with_others(
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
    let own = &context.components[place].families;
    let doc = doc(&format!(
        "Adds the Jacobian to the left of the block of {} times what is known.",
        context.names_of(&context.components[place])
    ));
    let name = &context.couple[place];
    applied(context, place, &|family| !own.contains(&family), &doc, name)
}

/// The method that applies all of the Jacobian in the rows of a component whose block is not one matrix.
pub(crate) fn spread(context: &Context<'_>, place: usize) -> Option<TokenStream> {
    if context.components[place].block != Block::Diagonal {
        return None;
    }
    let names = context.names_of(&context.components[place]);
    let doc = doc(&format!("Adds the Jacobian in the rows of {names} times what is known."));
    applied(context, place, &|_| true, &doc, &spread_name(context, place))
}

fn spread_name(context: &Context<'_>, place: usize) -> proc_macro2::Ident {
    quote::format_ident!("{}_and_own", context.couple[place])
}

/// The method that applies the derivatives by families that are `known` in the rows of a component.
fn applied(
    context: &Context<'_>,
    place: usize,
    is_known: &dyn Fn(Handle<SpeciesFamily>) -> bool,
    doc: &TokenStream,
    name: &proc_macro2::Ident,
) -> Option<TokenStream> {
    let component = &context.components[place];
    let mut loops = Vec::new();
    for (at, function) in context.plan.functions.iter().enumerate() {
        if let Shape::Nest(nest) = &function.shape {
            loops.extend(applied_nest(context, component, nest, is_known));
            continue;
        }
        let fields = &context.fields[at];
        let targets: Vec<_> =
            function.net.iter().filter(|(t, _)| component.families.contains(&t.family)).collect();
        if targets.is_empty() {
            continue;
        }
        let mut products: Vec<Product> = Vec::new();
        let mut others = Vec::new();
        for (by, power) in &function.outer {
            if is_known(by.family) {
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
            Shape::Matrix(terms) => {
                let factors = outer(context, &quote!(at), function, None);
                let rows = rows_times(context, &known, function, fields);
                let known = terms.iter().zip(rows).filter(|(term, _)| is_known(term.family));
                products.extend(times(known.map(|(_, row)| row).collect(), &factors));
            }
            Shape::Others(_, family) if is_known(*family) => {
                let mut factors = vec![fields[0].at_row()];
                factors.extend(outer(context, &quote!(at), function, None));
                factors.push(quote!(others));
                products.push((fields[0].sign, factors));
                own = Some(context.species(*family));
            }
            Shape::Others(..) | Shape::Nest(_) => {}
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
    Some(quote! {
        #doc
        fn #name(&self, #at known: &Concentrations<'_>, right: &mut Changes<'_>) { #body }
    })
}

/// The derivatives of a family of nested loops by families that are known, applied to these.
fn applied_nest(
    context: &Context<'_>,
    component: &Component,
    nest: &Nest,
    is_known: &dyn Fn(Handle<SpeciesFamily>) -> bool,
) -> Option<TokenStream> {
    let targets: Vec<_> =
        nest.net.iter().filter(|(family, _, _)| component.families.contains(family)).collect();
    let products: Vec<Product> = nest
        .reads
        .iter()
        .enumerate()
        .filter(|(_, (family, _, _))| is_known(*family))
        .map(|(by, (family, indices, power))| {
            let mut factors = nest::flux(context, nest, &quote!(at), Some(by));
            factors.push(nest::element(context, nest, &quote!(known), *family, indices));
            (i64::from(*power), factors)
        })
        .collect();
    if targets.is_empty() || products.is_empty() {
        return None;
    }
    let adds = targets.iter().map(|(family, indices, change)| {
        let target = nest::element(context, nest, &quote!(right), *family, indices);
        nest::lines(context, nest).add(&target, &scaled(&products, *change))
    });
    Some(nest::loops(context, nest, &quote!(#(#adds)*)))
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
    let spreads = (0..couples.len()).filter_map(|place| spread(context, place));
    let product_uses_at = uses_at || spreads.into_iter().any(|method| mentions(&method, "at"));
    let product_at = product_uses_at.then(|| quote!(let at = Concentrations::of(&self.at);));
    let (mut solve, mut product) = (Vec::new(), Vec::new());
    for (place, component) in context.components.iter().enumerate() {
        let block = &context.blocks[place];
        let names: Vec<_> = component.families.iter().map(|&family| context.species(family)).collect();
        if let Some(call) =
            coupled(place, quote!(&Concentrations::of(&self.solution)), quote!(&mut Changes::of(vector)))
        {
            solve.push(quote!(self.solution.copy_from_slice(vector); #call));
        }
        match component.block {
            Block::Local => {
                product.extend(coupled(place, quote!(&vector), quote!(&mut Changes::of(product))));
            }
            Block::Dense => {
                product.extend(coupled(place, quote!(&vector), quote!(&mut Changes::of(product))));
                solve.push(quote! {
                    let right = Changes::of(vector);
                    let mut right = [#(right.#names.as_mut_slice()),*];
                    self.#block.solve(&mut right);
                });
                product.push(quote! {
                    let known = [#(vector.#names.as_slice()),*];
                    let right = Changes::of(product);
                    let mut right = [#(right.#names.as_mut_slice()),*];
                    self.#block.add_times(&known, &mut right);
                });
                continue;
            }
            Block::Diagonal => {
                solve.push(quote! {
                    let right = Changes::of(vector);
                    let mut right = [#(right.#names.as_mut_slice()),*];
                    self.#block.solve(&mut right);
                });
                if let Some(method) = spread(context, place) {
                    let at = mentions(&method, "at").then(|| quote!(&at,));
                    let name = spread_name(context, place);
                    product.push(quote!(self.#name(#at &vector, &mut Changes::of(product));));
                }
                continue;
            }
        }
        match names.as_slice() {
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
                #product_at
                let vector = Concentrations::of(vector);
                #(#product)*
            }
        },
    ]
}
