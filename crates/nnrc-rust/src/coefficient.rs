//! Coefficients as fields: taken as they are, or folded from other fields.

use nnrc_crn::{Axis, Handle, Part, Role};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::context::{Context, Fold, Rank, mentions};
use crate::plan::{Contribution, Spot};

impl Fold {
    /// Whether it follows the inputs; else it is computed once.
    pub fn reads_inputs(&self, context: &Context<'_>) -> bool {
        let mut held = self.coefficient.contributions.iter().flat_map(|c| &c.held);
        held.any(|(species, _, _)| context.plan.crn.species[*species].role == Role::Input)
    }

    /// The statements that compute it.
    pub fn statements(&self, context: &Context<'_>) -> TokenStream {
        let name = &self.name;
        let place = match self.rank {
            Rank::Number => quote!(self.#name),
            Rank::Vector => quote!(self.#name[i]),
            Rank::Matrix => quote!(self.#name[i][j]),
        };
        let (mut plain, mut loops) = (Vec::new(), Vec::new());
        for contribution in &self.coefficient.contributions {
            match (contribution.summed, dot(context, contribution)) {
                (None, _) => plain.push((contribution.sign, factors(context, contribution))),
                (Some(_), Some(dot)) => plain.push((contribution.sign, dot)),
                (Some(axis), None) => {
                    let size = context.size(axis);
                    let add = add(&place, &[(contribution.sign, factors(context, contribution))]);
                    loops.push(over("j", &quote!(#size), &add));
                }
            }
        }
        let set = set(&place, &plain);
        let body = quote! { #set #(#loops)* };
        let rows = self.rows.map(|axis| context.size(axis));
        let columns = self.columns.map(|axis| context.size(axis));
        match self.rank {
            Rank::Number => body,
            Rank::Vector => over("i", &quote!(#rows), &body),
            Rank::Matrix => over("i", &quote!(#rows), &over("j", &quote!(#columns), &body)),
        }
    }
}

/// An element of a field at i and j.
pub(crate) fn spots(name: &Ident, spots: &[Spot]) -> TokenStream {
    let indices = spots.iter().map(|spot| {
        let shifted = |variable: TokenStream, offset: usize| match offset {
            0 => variable,
            _ => {
                let offset = Literal::usize_unsuffixed(offset);
                quote!(#variable + #offset)
            }
        };
        match *spot {
            Spot::Row(offset) => shifted(quote!(i), offset),
            Spot::Column(offset) => shifted(quote!(j), offset),
            Spot::At(place) => {
                let place = Literal::usize_unsuffixed(place);
                quote!(#place)
            }
        }
    });
    quote!(self.#name #([#indices])*)
}

/// The factors of a contribution at i and j.
pub(crate) fn factors(context: &Context<'_>, contribution: &Contribution) -> Vec<TokenStream> {
    let rate = spots(&context.constant(contribution.constant), &contribution.indices);
    let mut factors = vec![match contribution.part {
        Part::Whole => rate,
        Part::Positive => quote!(#rate.max(0.0)),
        Part::Negative => quote!((-#rate).max(0.0)),
    }];
    for (species, indices, power) in &contribution.held {
        let held = spots(&context.species(*species), indices);
        factors.extend(std::iter::repeat_n(held, *power as usize));
    }
    factors
}

/// A contribution that is a row of a matrix times a vector.
fn dot(context: &Context<'_>, contribution: &Contribution) -> Option<Vec<TokenStream>> {
    let size = context.plan.crn.axes[contribution.summed?].size();
    if contribution.part != Part::Whole {
        return None;
    }
    let constant = &context.plan.crn.rate_constants[contribution.constant];
    let mut all = vec![(context.constant(contribution.constant), &contribution.indices, &constant.axes)];
    for (species, indices, power) in &contribution.held {
        let axes = &context.plan.crn.species[*species].axes;
        all.extend(std::iter::repeat_n((context.species(*species), indices, axes), *power as usize));
    }
    let slice = |offset: usize, axis: Handle<Axis>| {
        if offset == 0 && context.plan.crn.axes[axis].size() == size {
            return quote!([..]);
        }
        let (start, end) = (Literal::usize_unsuffixed(offset), Literal::usize_unsuffixed(offset + size));
        quote!([#start..#end])
    };
    let (mut rows, mut vectors, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for (name, indices, axes) in all {
        match indices.as_slice() {
            [row @ Spot::Row(_), Spot::Column(offset)] => {
                let (row, slice) = (spots(&name, &[*row]), slice(*offset, axes[1]));
                rows.push(quote!(&#row #slice));
            }
            [Spot::Column(offset)] => {
                let slice = slice(*offset, axes[0]);
                vectors.push(quote!(&self.#name #slice));
            }
            others if others.iter().any(|spot| matches!(spot, Spot::Column(_))) => return None,
            others => rest.push(spots(&name, others)),
        }
    }
    let ([row], [vector]) = (rows.as_slice(), vectors.as_slice()) else { return None };
    rest.push(quote!(dot(#row, #vector)));
    Some(rest)
}

/// A loop whose variable has a name only if the body reads it.
pub(crate) fn over(variable: &str, size: &TokenStream, body: &TokenStream) -> TokenStream {
    if !mentions(body, variable) {
        return quote!(for _ in 0..#size { #body });
    }
    let variable = format_ident!("{variable}");
    quote!(for #variable in 0..#size { #body })
}

/// A signed product.
pub(crate) type Product = (i64, Vec<TokenStream>);

/// A sum of signed products.
pub(crate) fn sum(products: &[Product]) -> TokenStream {
    let mut tokens = TokenStream::new();
    for (place, (sign, factors)) in products.iter().enumerate() {
        let product = product(sign.unsigned_abs(), factors);
        tokens.extend(match (place, *sign < 0) {
            (0, false) => product,
            (0, true) => quote!(-#product),
            (_, false) => quote!(+ #product),
            (_, true) => quote!(- #product),
        });
    }
    if tokens.is_empty() { quote!(0.0) } else { tokens }
}

/// The width of a line of generated code.
const WIDTH: usize = 89;

/// Writes statements that stand on one line at an indentation: there all formatters agree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    indent: usize,
}

/// Within a loop or two.
const ROWS: Lines = Lines { indent: 16 };

impl Lines {
    /// Within this many loops.
    pub fn within(loops: usize) -> Self {
        // Few loops are written as if they were two: so are those over rows and columns.
        if loops <= 3 { ROWS } else { Self { indent: 8 + 4 * loops } }
    }

    /// Whether a statement stays on one line.
    fn fits(self, statement: &TokenStream) -> bool {
        let Ok(file) = syn::parse2(quote!(fn f() { #statement })) else { return true };
        let text = prettyplease::unparse(&file);
        text.lines().count() == 3 && text.lines().all(|line| line.len() + self.indent <= WIDTH + 4)
    }

    /// `place = sum;`, in several statements if it is long.
    pub fn set(self, place: &TokenStream, products: &[Product]) -> TokenStream {
        let value = sum(products);
        let whole = quote!(#place = #value;);
        match products {
            _ if self.fits(&whole) => whole,
            [first, rest @ ..] if !rest.is_empty() => {
                let first = self.set(place, std::slice::from_ref(first));
                let rest = rest.iter().map(|product| self.add(place, std::slice::from_ref(product)));
                quote!(#first #(#rest)*)
            }
            [only] => {
                let bind = self.bind(&format_ident!("term"), std::slice::from_ref(only));
                quote!(#bind #place = term;)
            }
            _ => whole,
        }
    }

    /// `place += sum;`, or `-=` where that is shorter, in several statements if it is long.
    pub fn add(self, place: &TokenStream, products: &[Product]) -> TokenStream {
        let whole = match products {
            [(sign, factors)] if *sign < 0 => {
                let value = product(sign.unsigned_abs(), factors);
                quote!(#place -= #value;)
            }
            products => {
                let value = sum(products);
                quote!(#place += #value;)
            }
        };
        match products {
            _ if self.fits(&whole) => whole,
            // It has been named already.
            [(_, factors)] if factors.iter().all(|factor| factor.to_string() == "term") => whole,
            [only] => {
                let (sign, factors) = only;
                let bind = self.bind(&format_ident!("term"), &[(1, factors.clone())]);
                let add = self.add(place, &[(*sign, vec![quote!(term)])]);
                quote!(#bind #add)
            }
            several => {
                let adds = several.iter().map(|product| self.add(place, std::slice::from_ref(product)));
                quote!(#(#adds)*)
            }
        }
    }

    /// `let name = sum;`, in several statements if it is long.
    pub fn bind(self, name: &Ident, products: &[Product]) -> TokenStream {
        let value = sum(products);
        let whole = quote!(let #name = #value;);
        match products {
            _ if self.fits(&whole) => whole,
            [(sign, factors)] => {
                let [first, rest @ ..] = factors.as_slice() else { return whole };
                if rest.is_empty() {
                    return whole;
                }
                let first = sum(&[(*sign, vec![first.clone()])]);
                quote!(let mut #name = #first; #(#name *= #rest;)*)
            }
            [first, rest @ ..] => {
                let first = sum(std::slice::from_ref(first));
                let name = quote!(#name);
                let rest = rest.iter().map(|product| self.add(&name, std::slice::from_ref(product)));
                quote!(let mut #name = #first; #(#rest)*)
            }
            [] => whole,
        }
    }
}

/// `place = sum;` over rows.
pub(crate) fn set(place: &TokenStream, products: &[Product]) -> TokenStream {
    ROWS.set(place, products)
}

/// `place += sum;` over rows.
pub(crate) fn add(place: &TokenStream, products: &[Product]) -> TokenStream {
    ROWS.add(place, products)
}

/// `let name = sum;` over rows.
pub(crate) fn bind(name: &Ident, products: &[Product]) -> TokenStream {
    ROWS.bind(name, products)
}

/// Products times a whole number.
pub(crate) fn scaled(products: &[Product], times: i64) -> Vec<Product> {
    products.iter().map(|(sign, factors)| (sign * times, factors.clone())).collect()
}

fn product(times: u64, factors: &[TokenStream]) -> TokenStream {
    let mut all = Vec::new();
    if times != 1 || factors.is_empty() {
        let times = Literal::f64_unsuffixed(times as f64);
        all.push(quote!(#times));
    }
    all.extend_from_slice(factors);
    all.into_iter().reduce(|left, right| quote!(#left * #right)).unwrap_or_default()
}
