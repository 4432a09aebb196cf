//! What is trained, and the blocks of the network: what every part of a gradient is written with.

use nnrc_crn::{Handle, RateConstant};
use proc_macro2::Ident;
use quote::format_ident;

use super::block::{Solution, solution};
use super::laws::laws;
use crate::context::Context;
use crate::error::Error;
use crate::options::{Trained, Training};

/// What is written for gradients.
pub(crate) struct Gradient<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) training: &'a Training,
    pub(super) trained: Vec<(&'a Trained, Handle<RateConstant>)>,
    /// How each component comes to rest.
    pub(super) blocks: Vec<Solution>,
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
            axes == 0
        }) {
            return Err(Error::not_served(&one.key, "a single number is not trained"));
        }
        let laws = laws(context, &trained);
        let blocks = context
            .components
            .iter()
            .map(|component| solution(context, component, &laws))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { context, training, trained, blocks })
    }

    /// The field of a rate constant, if it is trained.
    pub(super) fn parameter(&self, constant: Handle<RateConstant>) -> Option<Ident> {
        let is_trained = self.trained.iter().any(|(_, handle)| *handle == constant);
        is_trained.then(|| self.context.constant(constant))
    }

    /// The field of the flows of a component.
    pub(super) fn flows(&self, place: usize) -> Ident {
        self.context.flows[place].clone()
    }

    /// The name of a component's table of reactions.
    pub(super) fn table(&self, place: usize) -> Ident {
        format_ident!("{}", self.flows(place).to_string().trim_end_matches("_flows").to_uppercase() + "_UNIT")
    }
}
