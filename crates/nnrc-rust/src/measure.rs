//! What the outputs of a network are, as constants of the generated program.

use nnrc_sim::reading::Reading;
use nnrc_sim::train::Loss;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// What the model file says of the outputs.
pub(crate) fn reading(reading: Option<Reading>) -> TokenStream {
    match reading {
        None => quote!(None),
        Some(Reading::Classes) => quote!(Some(Reading::Classes)),
        Some(Reading::Values) => quote!(Some(Reading::Values)),
        Some(Reading::Binary { threshold, border }) => {
            let [threshold, border] = [threshold, border].map(Literal::f64_unsuffixed);
            quote!(Some(Reading::Binary { threshold: #threshold, border: #border }))
        }
    }
}

/// What a difference of 1 in each output means in the units of the data.
pub(crate) fn units(units: &[f64]) -> TokenStream {
    let units = units.iter().copied().map(Literal::f64_unsuffixed);
    quote!(&[#(#units),*])
}

/// A loss by its name.
pub(crate) fn loss(loss: Loss) -> TokenStream {
    match loss {
        Loss::SquaredError => quote!(train::Loss::SquaredError),
        Loss::CrossEntropy => quote!(train::Loss::CrossEntropy),
        Loss::SoftmaxCrossEntropy => quote!(train::Loss::SoftmaxCrossEntropy),
    }
}
