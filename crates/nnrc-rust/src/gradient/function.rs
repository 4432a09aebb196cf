//! What one function hands back: dL/df of what it changes to the species that it reads.

use nnrc_crn::{Handle, SpeciesFamily};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::context::Gradient;
use super::parameters::slope_of;
use crate::coefficient::{Product, add, bind, scaled, set};
use crate::components::Component;
use crate::derivative::{element, outer, over_rows, rows_times, times};
use crate::nest;
use crate::plan::{Function, Nest, Shape};

impl Gradient<'_> {
    pub(super) fn adjoint_rows(
        &self,
        component: &Component,
        at: usize,
        function: &Function,
    ) -> Option<TokenStream> {
        let context = self.context;
        let own = |family: Handle<SpeciesFamily>| component.families.contains(&family);
        let fields = &context.fields[at];
        let known = quote!(known);
        // dL/d flux: what the flux changes times dL/df there.
        let targets: Vec<Product> = function
            .net
            .iter()
            .filter(|(access, _)| own(access.family))
            .map(|(access, change)| (*change, vec![element(context, &known, access)]))
            .collect();
        let bind_flow = bind(&format_ident!("flow"), &targets);
        let whole = outer(context, &quote!(at), function, None);
        let with = |more: TokenStream| [vec![quote!(flow)], whole.clone(), vec![more]].concat();
        let mut statements = Vec::new();
        let mut others = false;
        // The species read at i.
        for (by, power) in function.outer.iter().filter(|(access, _)| !own(access.family)) {
            let rest = outer(context, &quote!(at), function, Some(*by));
            let products = match &function.shape {
                Shape::Matrix(_) => rows_times(context, &quote!(at), function, fields),
                Shape::Others(..) => {
                    others = true;
                    vec![(fields[0].sign, vec![fields[0].at_row(), quote!(others)])]
                }
                _ => vec![(fields[0].sign, vec![fields[0].at_row()])],
            };
            let factors = [vec![quote!(flow)], rest].concat();
            let products = scaled(&times(products, &factors), i64::from(*power));
            statements.push(add(&element(context, &known, by), &products));
        }
        let mut scale = None;
        let mut after = None;
        match &function.shape {
            Shape::Pointwise(coefficient) => {
                for contribution in &coefficient.contributions {
                    statements.extend(self.adjoint_contribution(contribution, &with));
                }
            }
            Shape::Others(coefficient, family) => {
                for contribution in &coefficient.contributions {
                    let with = |more: TokenStream| [with(more), vec![quote!(others)]].concat();
                    let statement = self.adjoint_contribution(contribution, &with);
                    others |= statement.is_some();
                    statements.extend(statement);
                }
                if !own(*family) {
                    let name = context.species(*family);
                    let size = context.family_size(*family);
                    let value = with(fields[0].at_row());
                    statements.push(set(&quote!(shares[i]), &[(fields[0].sign, value)]));
                    scale = Some(quote!(let mut shares = [0.0; #size];));
                    after = Some(quote!(adjoint::add_scaled(known.#name, 1.0, &sum_of_others(&shares));));
                }
            }
            Shape::Matrix(terms) => {
                let mut inner = Vec::new();
                for (term, field) in terms.iter().zip(fields) {
                    inner.extend(self.adjoint_matrix(term));
                    if !own(term.family) {
                        let (name, row) = (context.species(term.family), field.at_row());
                        let factor = if field.sign < 0 { quote!(-scale) } else { quote!(scale) };
                        inner.push(quote!(adjoint::add_scaled(known.#name, #factor, &#row);));
                    }
                }
                if !inner.is_empty() {
                    let bind =
                        bind(&format_ident!("scale"), &[(1, [vec![quote!(flow)], whole.clone()].concat())]);
                    statements.push(quote!(#bind #(#inner)*));
                }
            }
            Shape::Nest(_) => {}
        }
        if statements.is_empty() {
            return None;
        }
        let body = quote!(#bind_flow #(#statements)*);
        let body = match &function.shape {
            Shape::Others(_, family) if others => {
                let family = context.species(*family);
                quote!(for (i, others) in sum_of_others(at.#family).into_iter().enumerate() { #body })
            }
            _ => over_rows(context, function, &body),
        };
        Some(quote!(#scale #body #after))
    }

    pub(super) fn adjoint_nest(&self, component: &Component, nest: &Nest) -> Option<TokenStream> {
        let context = self.context;
        let own = |family: &Handle<SpeciesFamily>| component.families.contains(family);
        let targets: Vec<Product> = nest
            .net
            .iter()
            .filter(|(family, _, _)| own(family))
            .map(|(family, indices, change)| {
                (*change, vec![nest::element(context, nest, &quote!(known), *family, indices)])
            })
            .collect();
        let lines = nest::lines(context, nest);
        let mut statements = Vec::new();
        for (by, (family, indices, power)) in nest.reads.iter().enumerate() {
            if !own(family) {
                let factors = [vec![quote!(flow)], nest::flux(context, nest, &quote!(at), Some(by))].concat();
                let target = nest::element(context, nest, &quote!(known), *family, indices);
                statements.push(lines.add(&target, &[(i64::from(*power), factors)]));
            }
        }
        let rate = &context.plan.crn.reactions[nest.family].rate;
        if self.parameter(rate.constant).is_some() {
            let value = nest::rate(context, nest, &quote!(self));
            let mut factors = vec![quote!(flow)];
            if let Some(slope) = slope_of(rate.part, &quote!(constant)) {
                // On lines of their own: rustfmt breaks long ones deep in a nest in another way than the generator.
                statements.push(quote!(let constant = #value; let slope = #slope;));
                factors.push(quote!(slope));
            }
            factors.extend(nest::flux(context, nest, &quote!(at), None).split_off(1));
            statements.push(lines.add(&nest::rate(context, nest, &quote!(gradient)), &[(1, factors)]));
        }
        if statements.is_empty() {
            return None;
        }
        let bind = lines.bind(&format_ident!("flow"), &targets);
        Some(nest::loops(context, nest, &quote!(#bind #(#statements)*)))
    }
}
