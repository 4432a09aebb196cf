//! Networks that learn while samples are presented: what the run-time library needs beside the reactions.

use nnrc_crn::{Feed, Handle, Order, SpeciesFamily};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::context::Context;
use crate::error::Error;
use crate::measure;
use crate::options::OnePot;

/// The members of `program::OnePotProgram`.
pub(crate) fn members(context: &Context<'_>, pot: &OnePot) -> Result<Vec<TokenStream>, Error> {
    let crn = context.plan.crn;
    let Some(feed) = &crn.protocol.feed else {
        return Err(Error::not_served(&crn.name, "nothing presents samples"));
    };
    let find = |stem: &str, suffix: &str| {
        let found = crn.species.iter().find(|(_, family)| family.stem == stem && family.suffix == suffix);
        found.map(|(handle, _)| handle).ok_or_else(|| Error::not_served(stem, "is no weight of this network"))
    };
    let (mut weights, mut reads) = (Vec::new(), Vec::new());
    for (key, stem) in &pot.weights {
        let (positive, negative) = (find(stem, "p")?, find(stem, "m")?);
        let axes = crn.species[positive].axes.iter().map(|&axis| context.size(axis));
        weights.push(quote!(program::Weight { name: #key, shape: &[#(#axes),*] }));
        let [p, m] = [positive, negative].map(|handle: Handle<SpeciesFamily>| context.species(handle));
        reads.push(quote!(values.extend(state.#p.iter().zip(state.#m).map(|(p, m)| p - m));));
    }
    let mut members = vec![
        presentation(feed, pot),
        quote!(fn weights() -> &'static [program::Weight] { &[#(#weights),*] }),
        quote! {
            fn read(state: &[f64], values: &mut Vec<f64>) {
                let state = Concentrations::of(state);
                #(#reads)*
            }
        },
    ];
    if let Some(gate) = feed.gate {
        let field = context.species(gate.species);
        let fold = context.folds.iter().any(|fold| fold.reads_inputs(context)).then(|| quote!(self.fold();));
        members.push(quote! {
            fn set_gate(&mut self, is_open: bool) {
                self.#field = f64::from(u8::from(is_open));
                #fold
            }
        });
    }
    Ok(members)
}

fn presentation(feed: &Feed, pot: &OnePot) -> TokenStream {
    let number = Literal::f64_unsuffixed;
    let hold = number(feed.hold);
    let gate = match feed.gate {
        None => quote!(None),
        Some(gate) => {
            let (open, close) = (number(gate.open), number(gate.close));
            quote!(Some((#open, #close)))
        }
    };
    let epochs = Literal::usize_unsuffixed(feed.epochs);
    let shuffle = match feed.order {
        Order::Cycle => quote!(None),
        Order::Shuffle { seed } => {
            let seed = Literal::u64_unsuffixed(seed);
            quote!(Some(#seed))
        }
    };
    let (reading, units) = (measure::reading(pot.reading), measure::units(&pot.units));
    let loss = measure::loss(pot.loss);
    quote! {
        const PRESENTATION: program::Presentation = program::Presentation {
            timing: Timing { hold: #hold, gate: #gate },
            epochs: #epochs,
            shuffle: #shuffle,
            loss: #loss,
            reading: #reading,
            units: #units,
        };
    }
}
