//! The way back: from the outputs to the inputs, component by component.

use nnrc_crn::{Handle, SpeciesFamily};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::block::Solution;
use super::context::Gradient;
use crate::context::{doc, mentions};
use crate::plan::{Function, Shape};

/// A method that hands on, its call, and the component it belongs to.
pub(super) struct Adjoint {
    place: usize,
    pub(super) method: TokenStream,
    call: TokenStream,
}

impl Gradient<'_> {
    /// The methods that hand dL/df on, in the order in which they are called: back from the outputs.
    pub(super) fn adjoints(&self) -> Vec<Adjoint> {
        let mut adjoints = Vec::new();
        for (place, component) in self.context.components.iter().enumerate().rev() {
            for (at, function) in self.context.plan.functions.iter().enumerate() {
                if function.targets().iter().any(|target| component.families.contains(target)) {
                    adjoints.extend(self.adjoint(place, at, function));
                }
            }
        }
        adjoints
    }

    fn adjoint(&self, place: usize, at: usize, function: &Function) -> Option<Adjoint> {
        let context = self.context;
        let component = &context.components[place];
        let own = |family: Handle<SpeciesFamily>| component.families.contains(&family);
        let several = function.targets().iter().any(|target| !own(*target));
        let name = match several {
            false => format_ident!("pull_{}", context.functions[at]),
            true => {
                format_ident!("pull_{}_of_{}", context.functions[at], context.species(component.families[0]))
            }
        };
        let body = match &function.shape {
            Shape::Nest(nest) => self.adjoint_nest(component, nest),
            _ => self.adjoint_rows(component, at, function),
        }?;
        let state = mentions(&body, "at").then(|| quote!(at: &Concentrations<'_>,));
        let known = mentions(&body, "known").then(|| quote!(known: &mut Changes<'_>,));
        let gradient = mentions(&body, "gradient").then(|| quote!(gradient: &mut Gradient<'_>,));
        let words: Vec<String> = (function.families.iter())
            .map(|&family| format!("`{}`", context.plan.crn.reactions[family].name))
            .collect();
        let doc =
            doc(&format!("Hands on what {} made of {}.", words.join(", "), context.names_of(component)));
        let method = quote!(#doc fn #name(&self, #state #known #gradient) { #body });
        let state = state.map(|_| quote!(&at,));
        let known = known.map(|_| quote!(&mut Changes::of(&mut adjoint),));
        let gradient = gradient.map(|_| quote!(&mut gradient,));
        Some(Adjoint { place, method, call: quote!(self.#name(#state #known #gradient);) })
    }

    pub(super) fn adjoint_member(&self) -> TokenStream {
        let context = self.context;
        let info = context.plan.info;
        let mut observed = Vec::new();
        for observable in &context.plan.crn.observables {
            let size = context.size(observable.axis);
            let adds: Vec<TokenStream> =
                [(&observable.positive, quote!(1.0)), (&observable.negative, quote!(-1.0))]
                    .into_iter()
                    .flat_map(|(families, sign)| {
                        families.iter().filter(|&&family| !info.is_constant(family)).map(move |&family| {
                            let name = context.species(family);
                            quote!(adjoint::add_scaled(known.#name, #sign, own);)
                        })
                    })
                    .collect();
            observed.push(match adds.as_slice() {
                [] => quote!(take::<#size>(&mut values);),
                adds => quote!(let own = take::<#size>(&mut values); #(#adds)*),
            });
        }
        let adjoints = self.adjoints();
        let (mut steps, mut uses_at) = (Vec::new(), false);
        for (place, component) in context.components.iter().enumerate().rev() {
            let names: Vec<Ident> =
                component.families.iter().map(|&family| context.species(family)).collect();
            let flows = self.flows(place);
            let name = &names[0];
            let bring = match &self.blocks[place] {
                Solution::Quadratic => {
                    uses_at = true;
                    quote! {
                        let flows = &self.#flows;
                        let own = Changes::of(&mut adjoint).#name;
                        is_finite &= block::quadratic_adjoint(flows, at.#name, own);
                    }
                }
                Solution::Table { .. } => {
                    uses_at = true;
                    let table = self.table(place);
                    quote! {
                        let own = Changes::of(&mut adjoint);
                        let own = [#(own.#names),*];
                        let values = [#(at.#names),*];
                        is_finite &= #table.adjoint(&self.#flows, values, own);
                    }
                }
                Solution::Matrix => {
                    let block = &context.blocks[place];
                    quote! {
                        let own = Changes::of(&mut adjoint);
                        let mut own = [#(own.#names.as_mut_slice()),*];
                        is_finite &= self.#block.adjoint(&mut own);
                    }
                }
            };
            let calls: Vec<&TokenStream> =
                adjoints.iter().filter(|one| one.place == place).map(|one| &one.call).collect();
            uses_at |= calls.iter().any(|call| mentions(call, "at"));
            steps.push(quote!(#bring #(#calls)*));
        }
        let (state, view) = if uses_at {
            (quote!(state), Some(quote!(let at = Concentrations::of(state);)))
        } else {
            (quote!(_state), None)
        };
        quote! {
            fn adjoint(&mut self, #state: &[f64], mut values: &[f64], gradient: &mut [f64]) -> bool {
                #view
                let mut gradient = Gradient::of(gradient);
                let mut adjoint = std::mem::take(&mut self.adjoint);
                adjoint.fill(0.0);
                let known = Changes::of(&mut adjoint);
                #(#observed)*
                let mut is_finite = true;
                #(#steps)*
                self.adjoint = adjoint;
                is_finite
            }
        }
    }
}
