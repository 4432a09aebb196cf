//! The way back: from the outputs to the inputs, component by component.

use nnrc_crn::{Handle, SpeciesFamily};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::context::Gradient;
use super::unit::Unit;
use crate::context::{doc, mentions};
use crate::plan::{Function, Shape};

/// A method that hands on, its call, and the component it belongs to.
pub(super) struct Pull {
    place: usize,
    pub(super) method: TokenStream,
    call: TokenStream,
}

impl Gradient<'_> {
    /// The methods that hand dL/df on, in the order in which they are called: back from the outputs.
    pub(super) fn pulls(&self) -> Vec<Pull> {
        let mut pulls = Vec::new();
        for (place, component) in self.context.components.iter().enumerate().rev() {
            for (at, function) in self.context.plan.functions.iter().enumerate() {
                if function.targets().iter().any(|target| component.families.contains(target)) {
                    pulls.extend(self.pull(place, at, function));
                }
            }
        }
        pulls
    }

    fn pull(&self, place: usize, at: usize, function: &Function) -> Option<Pull> {
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
            Shape::Nest(nest) => self.pull_nest(component, nest),
            _ => self.pull_rows(component, at, function),
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
        Some(Pull { place, method, call: quote!(self.#name(#state #known #gradient);) })
    }

    pub(super) fn pull_member(&self) -> TokenStream {
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
                            quote!(pull::add_scaled(known.#name, #sign, own);)
                        })
                    })
                    .collect();
            observed.push(match adds.as_slice() {
                [] => quote!(take::<#size>(&mut values);),
                adds => quote!(let own = take::<#size>(&mut values); #(#adds)*),
            });
        }
        let pulls = self.pulls();
        let (mut steps, mut uses_at) = (Vec::new(), false);
        for (place, component) in context.components.iter().enumerate().rev() {
            let names: Vec<Ident> =
                component.families.iter().map(|&family| context.species(family)).collect();
            let flows = self.flows(place);
            let name = &names[0];
            let bring = match &self.units[place] {
                Unit::Quadratic => {
                    uses_at = true;
                    quote! {
                        let flows = &self.#flows;
                        let own = Changes::of(&mut adjoint).#name;
                        is_finite &= unit::pull_quadratic(flows, at.#name, own);
                    }
                }
                Unit::Table { .. } => {
                    uses_at = true;
                    let table = self.table(place);
                    quote! {
                        let own = Changes::of(&mut adjoint);
                        let own = [#(own.#names),*];
                        let values = [#(at.#names),*];
                        is_finite &= #table.pull(&self.#flows, values, own);
                    }
                }
                Unit::Matrix => {
                    let block = &context.blocks[place];
                    quote! {
                        let own = Changes::of(&mut adjoint);
                        let mut own = [#(own.#names.as_mut_slice()),*];
                        is_finite &= self.#block.pull(&mut own);
                    }
                }
            };
            let calls: Vec<&TokenStream> =
                pulls.iter().filter(|pull| pull.place == place).map(|pull| &pull.call).collect();
            uses_at |= calls.iter().any(|call| mentions(call, "at"));
            steps.push(quote!(#bring #(#calls)*));
        }
        let (state, view) = if uses_at {
            (quote!(state), Some(quote!(let at = Concentrations::of(state);)))
        } else {
            (quote!(_state), None)
        };
        quote! {
            fn pull(&mut self, #state: &[f64], mut values: &[f64], gradient: &mut [f64]) -> bool {
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
