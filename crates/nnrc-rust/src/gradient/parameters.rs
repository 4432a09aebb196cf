//! What one function hands back to the rate constants that are trained.

use nnrc_crn::Part;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::context::Gradient;
use crate::coefficient::{add, bind, factors, over, spots};
use crate::context::Context;
use crate::plan::{Contribution, MatrixTerm, Spot};

impl Gradient<'_> {
    /// dL/dk of one contribution to a coefficient at i; `with` gives the factors beside it.
    pub(super) fn adjoint_contribution(
        &self,
        contribution: &Contribution,
        with: &dyn Fn(TokenStream) -> Vec<TokenStream>,
    ) -> Option<TokenStream> {
        let name = self.parameter(contribution.constant)?;
        let context = self.context;
        let place = spots_of(&quote!(gradient), &name, &contribution.indices);
        let all = factors(context, contribution);
        let slope = slope(context, contribution);
        let held = all[1..].to_vec();
        let one = |more: Vec<TokenStream>| {
            let mut all = with(slope.clone().unwrap_or_else(|| quote!(1.0)));
            if slope.is_none() {
                all.retain(|factor| factor.to_string() != "1.0");
            }
            [all, more].concat()
        };
        let Some(axis) = contribution.summed else {
            return Some(add(&place, &[(contribution.sign, one(held))]));
        };
        // A row of the matrix times one vector that is held: one line.
        if let ([row @ Spot::Row(_), Spot::Column(offset)], [(species, spots_held, 1)]) =
            (contribution.indices.as_slice(), contribution.held.as_slice())
            && let [Spot::Column(0)] = spots_held.as_slice()
        {
            let target = spots_of(&quote!(gradient), &name, &[*row]);
            let constants = spots(&context.constant(contribution.constant), &[*row]);
            let (target, constants) = (
                columns(context, contribution, *offset, target),
                columns(context, contribution, *offset, constants),
            );
            let held = context.species(*species);
            let bind = bind(&format_ident!("scale"), &[(contribution.sign, with_nothing(with))]);
            let helper = helper(contribution.part);
            let constants = (contribution.part != Part::Whole).then(|| quote!(, &#constants));
            return Some(quote!({ #bind #helper(&mut #target, scale, &self.#held[..] #constants); }));
        }
        let size = context.size(axis);
        let add = add(&place, &[(contribution.sign, one(held))]);
        Some(over("j", &quote!(#size), &add))
    }

    /// dL/dk of the matrices of one product at i, where `scale` is dL/d product.
    pub(super) fn adjoint_matrix(&self, term: &MatrixTerm) -> Vec<TokenStream> {
        let context = self.context;
        let mut statements = Vec::new();
        for contribution in &term.coefficient.contributions {
            let Some(name) = self.parameter(contribution.constant) else { continue };
            let family = context.species(term.family);
            if let ([row @ Spot::Row(_), Spot::Column(offset)], []) =
                (contribution.indices.as_slice(), contribution.held.as_slice())
                && contribution.sign.abs() == 1
            {
                let target = spots_of(&quote!(gradient), &name, &[*row]);
                let constants = spots(&context.constant(contribution.constant), &[*row]);
                let width = context.plan.crn.axes[term.columns].size();
                let (target, constants) = (
                    slice(context, contribution, *offset, width, target),
                    slice(context, contribution, *offset, width, constants),
                );
                let factor = if contribution.sign < 0 { quote!(-scale) } else { quote!(scale) };
                let helper = helper(contribution.part);
                let constants = (contribution.part != Part::Whole).then(|| quote!(, &#constants));
                statements.push(quote!(#helper(&mut #target, #factor, at.#family #constants);));
                continue;
            }
            let size = context.size(term.columns);
            let place = spots_of(&quote!(gradient), &name, &contribution.indices);
            let mut all = vec![quote!(scale), quote!(at.#family[j])];
            all.extend(slope(context, contribution));
            all.extend(factors(context, contribution).split_off(1));
            let add = add(&place, &[(contribution.sign, all)]);
            statements.push(over("j", &quote!(#size), &add));
        }
        statements
    }
}

fn helper(part: Part) -> TokenStream {
    match part {
        Part::Whole => quote!(adjoint::add_scaled),
        Part::Positive => quote!(adjoint::add_to_positive),
        Part::Negative => quote!(adjoint::add_to_negative),
    }
}

/// The derivative of the part of a rate constant; none where it is 1.
fn slope(context: &Context<'_>, contribution: &Contribution) -> Option<TokenStream> {
    slope_of(contribution.part, &spots(&context.constant(contribution.constant), &contribution.indices))
}

pub(super) fn slope_of(part: Part, value: &TokenStream) -> Option<TokenStream> {
    match part {
        Part::Whole => None,
        Part::Positive => Some(quote!(adjoint::positive_slope(#value))),
        Part::Negative => Some(quote!(adjoint::negative_slope(#value))),
    }
}

fn with_nothing(with: &dyn Fn(TokenStream) -> Vec<TokenStream>) -> Vec<TokenStream> {
    let mut all = with(quote!(1.0));
    all.retain(|factor| factor.to_string() != "1.0");
    all
}

/// An element of an array of `owner`.
fn spots_of(owner: &TokenStream, name: &Ident, indices: &[Spot]) -> TokenStream {
    // The same text with another owner.
    let own = spots(name, indices);
    own.into_iter()
        .enumerate()
        .flat_map(|(at, tree)| if at == 0 { owner.clone() } else { TokenStream::from(tree) })
        .collect()
}

/// The columns of a row that a sum over held species takes.
fn columns(
    context: &Context<'_>,
    contribution: &Contribution,
    offset: usize,
    row: TokenStream,
) -> TokenStream {
    let width = contribution.summed.map_or(0, |axis| context.plan.crn.axes[axis].size());
    slice(context, contribution, offset, width, row)
}

fn slice(
    context: &Context<'_>,
    contribution: &Contribution,
    offset: usize,
    width: usize,
    row: TokenStream,
) -> TokenStream {
    let axes = &context.plan.crn.rate_constants[contribution.constant].axes;
    let all = axes.get(1).map_or(0, |&axis| context.plan.crn.axes[axis].size());
    if offset == 0 && width == all {
        return row;
    }
    let (start, end) = (Literal::usize_unsuffixed(offset), Literal::usize_unsuffixed(offset + width));
    quote!(#row[#start..#end])
}
