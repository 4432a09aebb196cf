//! The flows of a component of blocks: what its reactions carry at each index, but for its own species.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::block::{Solution, within};
use super::context::Gradient;
use crate::coefficient::{Product, add, scaled, set};
use crate::components::Component;
use crate::context::Context;
use crate::derivative::{element, rows_times, times};
use crate::jacobian::{index_of, loop_with_others, over_rows_with_others};
use crate::nest;
use crate::plan::{Access, IndexPlace, Shape};

impl Gradient<'_> {
    /// The loops that compute the flows of a component of blocks.
    pub(super) fn flow_loops(&self, place: usize) -> TokenStream {
        let context = self.context;
        let component = &context.components[place];
        let (block, flows) = (&self.blocks[place], self.flows(place));
        let count = match block {
            Solution::Table { terms, .. } => terms.len(),
            _ => 3,
        };
        let mut whole: Vec<Vec<Product>> = vec![Vec::new(); count];
        let (mut parts, mut others) = (Vec::new(), Vec::new());
        let size = context.plan.crn.species[component.families[0]].initial.len();
        for (at, function) in context.plan.functions.iter().enumerate() {
            let Some((powers, changes)) = within(component, function) else { continue };
            let (slot, times_change) = match block {
                Solution::Table { terms, .. } => {
                    let found = terms.iter().position(|term| *term == (powers.clone(), changes.clone()));
                    (found.unwrap_or(0), 1)
                }
                _ => (powers[0] as usize, changes[0]),
            };
            let flow_at = |index: &TokenStream| {
                let slot = Literal::usize_unsuffixed(slot);
                match block {
                    // Each power by itself, so that the roots are found several at a time.
                    Solution::Quadratic => quote!(self.#flows[#slot][#index]),
                    _ => quote!(self.#flows[#index][#slot]),
                }
            };
            if let Shape::Nest(nest) = &function.shape {
                let first = nest.net.iter().find(|(family, _, _)| component.families.contains(family));
                let Some((family, indices, _)) = first else { continue };
                let index = index_of(&nest::element(context, nest, &quote!(index), *family, indices));
                let own = |family| component.families.contains(&family);
                let flux = nest::flux_of(context, nest, &quote!(at), &|read, power| {
                    if own(nest.reads[read].0) { 0 } else { power }
                });
                let add = nest::lines(context, nest).add(&flow_at(&index), &[(times_change, flux)]);
                parts.push((slot, nest::loops(context, nest, &add)));
                continue;
            }
            let products = scaled(&flow(context, component, at), times_change);
            let rows = function.rows.map(|axis| context.plan.crn.axes[axis].size());
            let target = function.net.iter().find(|(access, _)| component.families.contains(&access.family));
            let Some((target, _)) = target else { continue };
            if target.place == IndexPlace::Row(0) && rows == Some(size) {
                if matches!(function.shape, Shape::Others(..)) {
                    others.push(at);
                }
                whole[slot].extend(products);
            } else {
                let index = index_of(&element(context, &quote!(index), target));
                let add = add(&flow_at(&index), &products);
                parts.push((slot, over_rows_with_others(context, at, &add)));
            }
        }
        let sets = whole.iter().enumerate().filter_map(|(slot, products)| {
            let is_set = !products.is_empty() || parts.iter().any(|(other, _)| *other == slot);
            let slot = Literal::usize_unsuffixed(slot);
            let place = match block {
                Solution::Quadratic => quote!(self.#flows[#slot][i]),
                _ => quote!(self.#flows[i][#slot]),
            };
            is_set.then(|| set(&place, products))
        });
        let sets = quote!(#(#sets)*);
        let rows = context.family_size(component.families[0]);
        let first = loop_with_others(context, &others, &rows, &sets);
        let parts = parts.iter().map(|(_, part)| part);
        quote!(#first #(#parts)*)
    }
}

/// The flux of a function without the species of the component itself.
fn flow(context: &Context<'_>, component: &Component, at: usize) -> Vec<Product> {
    let function = &context.plan.functions[at];
    let fields = &context.fields[at];
    let own = |access: &Access| component.families.contains(&access.family);
    let mut outside = Vec::new();
    for (access, power) in function.outer.iter().filter(|(access, _)| !own(access)) {
        let factor = element(context, &quote!(at), access);
        outside.extend(std::iter::repeat_n(factor, *power as usize));
    }
    match &function.shape {
        Shape::Matrix(_) => times(rows_times(context, &quote!(at), function, fields), &outside),
        Shape::Nest(_) => Vec::new(),
        shape => {
            let mut all = vec![fields[0].at_row()];
            all.extend(outside);
            if matches!(shape, Shape::Others(..)) {
                let name = &context.functions[at];
                all.push(quote!(#name));
            }
            vec![(fields[0].sign, all)]
        }
    }
}
