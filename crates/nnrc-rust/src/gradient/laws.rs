//! Conserved totals of a component.

use nnrc_crn::{Handle, RateConstant, structure};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::components::Component;
use crate::context::Context;
use crate::options::Trained;

/// Conserved totals that weights of any sign leave alone.
pub(super) fn laws(
    context: &Context<'_>,
    trained: &[(&Trained, Handle<RateConstant>)],
) -> Vec<structure::ConservationLaw> {
    let plan = context.plan;
    let keeps = |law: &structure::ConservationLaw| {
        plan.crn.reactions.iter().all(|(handle, family)| {
            let is_trained = trained.iter().any(|(_, constant)| *constant == family.rate.constant);
            let coefficient =
                |species| law.terms.iter().find(|(other, _)| *other == species).map_or(0, |t| t.1);
            let net = &plan.info.facts(handle).net;
            let total = |indices: Option<&Vec<nnrc_crn::Index>>| -> i64 {
                let own = net.iter().filter(|(_, other, _)| indices.is_none_or(|indices| indices == other));
                own.map(|(species, _, change)| coefficient(*species) * change).sum()
            };
            !is_trained
                || if law.each_index {
                    net.iter().all(|(_, indices, _)| total(Some(indices)) == 0)
                } else {
                    total(None) == 0
                }
        })
    };
    structure::conservation_laws(plan.crn, plan.info).into_iter().filter(keeps).collect()
}

/// The conserved totals of local blocks, as calls on their constructor.
pub(crate) fn local_laws(context: &Context<'_>, component: &Component) -> TokenStream {
    let laws = structure::conservation_laws(context.plan.crn, context.plan.info);
    let is_single = context.plan.crn.species[component.families[0]].initial.len() == 1;
    let calls = laws.iter().filter(|law| law.each_index || is_single).filter_map(|law| {
        let terms: Option<Vec<TokenStream>> = law
            .terms
            .iter()
            .map(|(family, coefficient)| {
                let slot = component.families.iter().position(|own| own == family)?;
                let (slot, number) = (Literal::usize_unsuffixed(slot), number(*coefficient));
                Some(quote!((#slot, #number)))
            })
            .collect();
        terms.map(|terms| quote!(.conserving([#(#terms),*])))
    });
    quote!(#(#calls)*)
}

fn number(coefficient: i64) -> TokenStream {
    let number = Literal::f64_unsuffixed(coefficient.abs() as f64);
    if coefficient < 0 { quote!(-#number) } else { quote!(#number) }
}

/// The conserved totals of a dense block, as calls on its constructor.
pub(crate) fn dense_laws(context: &Context<'_>, component: &Component) -> TokenStream {
    let laws = structure::conservation_laws(context.plan.crn, context.plan.info);
    let calls = laws.iter().filter_map(|law| {
        let is_own = law.terms.iter().all(|(family, _)| component.families.contains(family));
        let terms: Vec<TokenStream> = law
            .terms
            .iter()
            .map(|(family, coefficient)| {
                let before = component.before(*family).iter().map(|&other| context.family_size(other));
                let size = context.family_size(*family);
                let number = number(*coefficient);
                if law.each_index {
                    quote!((#(#before +)* i, #number))
                } else {
                    quote!((0..#size).map(|i| (#(#before +)* i, #number)))
                }
            })
            .collect();
        let size = context.family_size(law.terms.first()?.0);
        is_own.then(|| match (law.each_index, terms.as_slice()) {
            (true, terms) => quote!(.conserving_each(#size, |i| vec![#(#terms),*])),
            (false, [first, rest @ ..]) => quote!(.conserving(#first #(.chain(#rest))*)),
            (false, []) => quote!(),
        })
    });
    quote!(#(#calls)*)
}
