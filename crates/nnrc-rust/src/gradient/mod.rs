//! Gradients of the fixed point: the way forward component by component, and the way back.
//!
//! Forward (`steady_state`): what stands still in a component is computed once, its *flows*; then its species come to rest.
//! A block of one species with powers up to 2 has a root in closed form, others and dense ones are solved for.
//! Back (`adjoint`): dL/dx of a component becomes dL/df with the transposed block; each function then hands it on to the
//! species that it reads and to its rate constants.

mod adjoint;
mod block;
mod context;
mod defaults;
mod flows;
mod function;
mod items;
mod laws;
mod parameters;
mod steady_state;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

pub(crate) use self::context::Gradient;
pub(crate) use self::laws::{dense_laws, local_laws};

impl Gradient<'_> {
    /// Items beside the network: the tables of blocks, and the view of a gradient.
    pub fn items(&self) -> Vec<TokenStream> {
        let mut items = self.tables();
        items.extend(self.view());
        items
    }

    /// The private methods.
    pub fn methods(&self) -> Vec<TokenStream> {
        let mut methods: Vec<TokenStream> =
            (0..self.blocks.len()).map(|place| self.steady_state_method(place)).collect();
        methods.extend(self.adjoints().into_iter().map(|adjoint| adjoint.method));
        methods
    }

    /// The members of `gradient::Differentiable`.
    pub fn members(&self) -> Vec<TokenStream> {
        let context = self.context;
        let crn = context.plan.crn;
        let tensors = self.trained.iter().map(|(one, handle)| {
            let (key, scale) = (&one.key, Literal::f64_unsuffixed(one.scale));
            let sizes = crn.rate_constants[*handle].axes.iter().map(|&axis| context.size(axis));
            quote!(Tensor { name: #key, shape: &[#(#sizes),*], scale: #scale })
        });
        let (mut sets, mut gets) = (Vec::new(), Vec::new());
        for (_, handle) in &self.trained {
            let name = context.constant(*handle);
            // Matrices have rows, everything else is flat.
            if crn.rate_constants[*handle].axes.len() == 2 {
                sets.push(quote!(adjoint::take_rows(&mut values, &mut self.#name);));
                gets.push(quote!(values.extend_from_slice(self.#name.as_flattened());));
            } else {
                sets.push(quote!(*self.#name = *take(&mut values);));
                gets.push(quote!(values.extend_from_slice(&self.#name[..]);));
            }
        }
        let prepare =
            context.folds.iter().any(|fold| !fold.reads_inputs(context)).then(|| quote!(self.prepare();));
        let rests = context.components.iter().map(|component| {
            let name = format_ident!("rest_{}", context.species(component.families[0]));
            quote!(is_found &= self.#name(state, find);)
        });
        let mut members = Vec::new();
        members.extend(self.defaults());
        members.extend([
            quote!(fn tensors() -> &'static [Tensor] { &[#(#tensors),*] }),
            quote!(fn parameters(&self, values: &mut Vec<f64>) { #(#gets)* }),
            quote!(fn set_parameters(&mut self, mut values: &[f64]) { #(#sets)* #prepare }),
            quote!(fn steady_state(&mut self, state: &mut [f64], find: bool) -> bool {
                let mut is_found = true;
                #(#rests)*
                is_found
            }),
            self.adjoint_member(),
        ]);
        members
    }
}
