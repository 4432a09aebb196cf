//! Gradients of the fixed point: the way forward component by component, and the way back.
//!
//! Forward (`rest`): what stands still in a component is computed once, its *flows*; then its species come to rest.
//! A unit of one species with powers up to 2 has a root in closed form, other units and dense blocks are solved for.
//! Back (`pull`): dL/dx of a component becomes dL/df with the transposed block; each function then hands it on to the
//! species that it reads and to its rate constants.

mod defaults;
mod flows;
mod function;
mod items;
mod laws;
mod parameters;
mod pull;
mod rest;
mod unit;

use nnrc_crn::{Handle, RateConstant};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

pub(crate) use self::laws::{dense_laws, local_laws};

use self::unit::Unit;
use crate::context::Context;
use crate::{Error, Trained, Training};

/// What is written for gradients.
pub(crate) struct Gradient<'a> {
    context: &'a Context<'a>,
    training: &'a Training,
    trained: Vec<(&'a Trained, Handle<RateConstant>)>,
    units: Vec<Unit>,
}

impl<'a> Gradient<'a> {
    pub fn new(context: &'a Context<'a>, training: &'a Training) -> Result<Self, Error> {
        let crn = context.plan.crn;
        let find = |one: &'a Trained| {
            let mut used = context.used_constants().into_iter();
            let found =
                used.find(|(_, constant)| constant.stem == one.constant).map(|(handle, _)| (one, handle));
            found.ok_or_else(|| Error::not_served(&one.key, "no reaction has it as rate constant"))
        };
        let trained = training.tensors.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        if let Some((one, _)) = trained.iter().find(|(_, handle)| {
            let axes = crn.rate_constants[*handle].axes.len();
            axes == 0 || axes > 2
        }) {
            return Err(Error::not_served(&one.key, "only vectors and matrices are trained"));
        }
        let laws = laws::laws(context, &trained);
        let units = context
            .components
            .iter()
            .map(|component| unit::unit(context, component, &laws))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { context, training, trained, units })
    }

    fn parameter(&self, constant: Handle<RateConstant>) -> Option<Ident> {
        let is_trained = self.trained.iter().any(|(_, handle)| *handle == constant);
        is_trained.then(|| self.context.constant(constant))
    }

    fn flows(&self, place: usize) -> Ident {
        self.context.flows[place].clone()
    }

    fn table(&self, place: usize) -> Ident {
        format_ident!("{}", self.flows(place).to_string().trim_end_matches("_flows").to_uppercase() + "_UNIT")
    }

    /// Items beside the network: the tables of units, and the view of a gradient.
    pub fn items(&self) -> Vec<TokenStream> {
        let mut items = self.tables();
        items.extend(self.view());
        items
    }

    /// The private methods.
    pub fn methods(&self) -> Vec<TokenStream> {
        let mut methods: Vec<TokenStream> =
            (0..self.units.len()).map(|place| self.rest_method(place)).collect();
        methods.extend(self.pulls().into_iter().map(|pull| pull.method));
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
            if crn.rate_constants[*handle].axes.len() == 1 {
                sets.push(quote!(*self.#name = *take(&mut values);));
                gets.push(quote!(values.extend_from_slice(&self.#name[..]);));
            } else {
                sets.push(quote!(pull::take_rows(&mut values, &mut self.#name);));
                gets.push(quote!(values.extend_from_slice(self.#name.as_flattened());));
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
            quote!(fn rest(&mut self, state: &mut [f64], find: bool) -> bool {
                let mut is_found = true;
                #(#rests)*
                is_found
            }),
            self.pull_member(),
        ]);
        members
    }
}
