//! What stands beside the methods: tables of blocks, the view of a gradient, fields of the network.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::block::Solution;
use super::context::Gradient;
use crate::context::doc;

impl Gradient<'_> {
    /// The tables of blocks.
    pub(super) fn tables(&self) -> Vec<TokenStream> {
        let mut items = Vec::new();
        for (place, block) in self.blocks.iter().enumerate() {
            let Solution::Table { terms, laws } = block else { continue };
            let number = |change: &i64| Literal::f64_unsuffixed(*change as f64);
            let signed = |change: &i64| {
                let size = number(&change.abs());
                if *change < 0 { quote!(-#size) } else { quote!(#size) }
            };
            let (name, reactions) = (self.table(place), Literal::usize_unsuffixed(terms.len()));
            let species = Literal::usize_unsuffixed(self.context.components[place].families.len());
            let powers = terms.iter().map(|(powers, _)| {
                let powers = powers.iter().map(|power| Literal::u32_unsuffixed(*power));
                quote!([#(#powers),*])
            });
            let changes = terms.iter().map(|(_, changes)| {
                let changes = changes.iter().map(signed);
                quote!([#(#changes),*])
            });
            let laws = laws.iter().map(|(row, law)| {
                let (row, law) = (Literal::usize_unsuffixed(*row), law.iter().map(signed));
                quote!((#row, [#(#law),*]))
            });
            let doc = doc(&format!(
                "Reactions of {} at one index: powers and changes of its species, conserved totals.",
                self.context.names_of(&self.context.components[place])
            ));
            items.push(quote! {
                #doc
                const #name: Block<#species, #reactions> = Block {
                    powers: [#(#powers),*],
                    changes: [#(#changes),*],
                    laws: &[#(#laws),*],
                };
            });
        }
        items
    }

    /// The view of a gradient: a flat array as one array for each trained rate constant.
    pub(super) fn view(&self) -> [TokenStream; 2] {
        let crn = self.context.plan.crn;
        let (mut fields, mut takes) = (Vec::new(), Vec::new());
        for (_, handle) in &self.trained {
            let name = self.context.constant(*handle);
            match crn.rate_constants[*handle].axes.as_slice() {
                [axis] => {
                    let size = self.context.size(*axis);
                    fields.push(quote!(#name: &'a mut [f64; #size]));
                    takes.push(quote!(#name: take_mut(&mut gradient)));
                }
                [rows, columns] => {
                    let (rows, columns) = (self.context.size(*rows), self.context.size(*columns));
                    fields.push(quote!(#name: &'a mut [[f64; #columns]; #rows]));
                    takes.push(quote!(#name: adjoint::take_rows_mut(&mut gradient)));
                }
                several => {
                    let sizes = several.iter().map(|&axis| self.context.size(axis));
                    let size = sizes.map(|size| quote!(#size)).reduce(|all, size| quote!(#all * #size));
                    fields.push(quote!(#name: &'a mut [f64; #size]));
                    takes.push(quote!(#name: take_mut(&mut gradient)));
                }
            }
        }
        let view = quote! {
            /// The derivatives of a loss by the trained rate constants.
            struct Gradient<'a> { #(#fields,)* }
        };
        let methods = quote! {
            impl<'a> Gradient<'a> {
                fn of(mut gradient: &'a mut [f64]) -> Self {
                    Self { #(#takes,)* }
                }
            }
        };
        [view, methods]
    }

    /// Fields of the network, and what they are at first.
    pub fn fields(&self) -> Vec<(TokenStream, TokenStream)> {
        let mut fields = Vec::new();
        for (place, block) in self.blocks.iter().enumerate() {
            let component = &self.context.components[place];
            let (name, size) = (self.flows(place), self.context.family_size(component.families[0]));
            let shape = match block {
                Solution::Quadratic => quote!([[f64; #size]; 3]),
                Solution::Table { terms, .. } => {
                    let count = Literal::usize_unsuffixed(terms.len());
                    quote!([[f64; #count]; #size])
                }
                Solution::Matrix => continue,
            };
            let doc = doc(&format!("Flows in {} at each index.", self.context.names_of(component)));
            fields.push((quote!(#doc #name: Box<#shape>), quote!(#name: zero_matrix())));
        }
        fields.push((
            quote! {
                /// The derivatives of a loss by the concentrations.
                adjoint: Vec<f64>
            },
            quote!(adjoint: vec![0.0; DIMENSION]),
        ));
        fields
    }
}
