//! The way forward: a method for each component that brings it to rest.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::block::Solution;
use super::context::Gradient;
use crate::context::{doc, mentions};

impl Gradient<'_> {
    /// The method that brings a component to rest.
    pub(super) fn steady_state_method(&self, place: usize) -> TokenStream {
        let context = self.context;
        let component = &context.components[place];
        let names: Vec<Ident> = component.families.iter().map(|&family| context.species(family)).collect();
        let name = format_ident!("rest_{}", names[0]);
        let words = context.names_of(component);
        if matches!(self.blocks[place], Solution::Matrix) {
            return self.steady_state_of_matrix(place, &name, &names, &words);
        }
        let (flows, body) = (self.flows(place), self.flow_loops(place));
        let at = mentions(&body, "at").then(|| quote!(let at = Concentrations::of(state);));
        let solve = match &self.blocks[place] {
            Solution::Quadratic => {
                let name = &names[0];
                quote!(block::quadratic(&self.#flows, Changes::of(state).#name))
            }
            _ => {
                let table = self.table(place);
                quote! {
                    let own = Changes::of(state);
                    let own = [#(own.#names),*];
                    #table.steady_state(&self.#flows, own)
                }
            }
        };
        let doc = doc(&format!(
            "Computes the flows in {words}, and with `find` where it comes to rest. False if it does not."
        ));
        quote! {
            #doc
            fn #name(&mut self, state: &mut [f64], find: bool) -> bool {
                #at
                #body
                if !find {
                    return true;
                }
                #solve
            }
        }
    }

    fn steady_state_of_matrix(
        &self,
        place: usize,
        name: &Ident,
        names: &[Ident],
        words: &str,
    ) -> TokenStream {
        let context = self.context;
        let own = &context.components[place].families;
        let (block, linearise) = (&context.blocks[place], &context.linearise[place]);
        let functions = context.plan.functions.iter().enumerate();
        let changing = functions.filter(|(_, function)| function.targets().iter().any(|t| own.contains(t)));
        let calls = changing.map(|(at, _)| {
            let method = crate::derivative::method(context, at);
            crate::derivative::call(context, at, &method)
        });
        let calls = quote!(#(#calls)*);
        let view = mentions(&calls, "state").then(|| quote!(let state = Concentrations::of(state);));
        let flow = format_ident!("flow_{}", names[0]);
        let doc_flow =
            doc(&format!("Adds the derivatives of {words}, and of what changes together with it."));
        let doc = doc(&format!("Finds with `find` where {words} comes to rest. False if it does not."));
        quote! {
            #doc_flow
            fn #flow(&self, state: &[f64], derivative: &mut [f64]) {
                derivative.fill(0.0);
                #view
                let mut changes = Changes::of(derivative);
                #calls
            }

            #doc
            fn #name(&mut self, state: &mut [f64], find: bool) -> bool {
                let members = Members::<Self> {
                    derivative: Self::#flow,
                    linearise: |network, state| {
                        network.at.copy_from_slice(state);
                        network.#linearise();
                    },
                    block: |network| &mut network.#block,
                    own: |state| {
                        let own = Changes::of(state);
                        vec![#(own.#names.as_mut_slice()),*]
                    },
                };
                let found = !find || members.steady_state(self, state);
                (members.linearise)(self, state);
                found
            }
        }
    }
}
