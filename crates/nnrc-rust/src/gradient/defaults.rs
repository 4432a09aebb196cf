//! What the model file says about training, as a constant of the generated network.

use nnrc_sim::train::{Optimiser, Schedule, Stop};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::context::Gradient;
use crate::measure;

impl Gradient<'_> {
    /// What the model file says about training.
    pub(super) fn defaults(&self) -> Option<TokenStream> {
        let said = self.training.defaults.as_ref()?;
        let number = Literal::f64_unsuffixed;
        let loss = measure::loss(said.loss);
        let (reading, units) = (measure::reading(said.reading), measure::units(&self.training.units));
        let optimiser = match said.optimiser {
            Optimiser::Sgd { rate, momentum } => {
                let (rate, momentum) = (number(rate), number(momentum));
                quote!(Sgd { rate: #rate, momentum: #momentum })
            }
            Optimiser::Adam { rate, beta1, beta2, epsilon } => {
                let (rate, epsilon) = (number(rate), number(epsilon));
                let (beta1, beta2) = (number(beta1), number(beta2));
                quote!(Adam { rate: #rate, beta1: #beta1, beta2: #beta2, epsilon: #epsilon })
            }
        };
        let schedule = match said.schedule {
            Schedule::Constant => quote!(Constant),
            Schedule::Cosine { floor } => {
                let floor = number(floor);
                quote!(Cosine { floor: #floor })
            }
            Schedule::Step { every, factor } => {
                let (every, factor) = (Literal::usize_unsuffixed(every), number(factor));
                quote!(Step { every: #every, factor: #factor })
            }
            Schedule::Exponential { factor } => {
                let factor = number(factor);
                quote!(Exponential { factor: #factor })
            }
        };
        let stops = self.training.stops.iter().map(|stop| {
            let Stop { validation, metric, comparison, bound } = stop;
            let metric = format_ident!("{}", format!("{metric:?}"));
            let comparison = format_ident!("{}", format!("{comparison:?}"));
            let bound = number(*bound);
            quote!(train::Stop {
                validation: #validation,
                metric: train::Metric::#metric,
                comparison: train::Comparison::#comparison,
                bound: #bound,
            })
        });
        let (decay, batch) = (number(said.decay), Literal::usize_unsuffixed(said.batch));
        let epochs = Literal::usize_unsuffixed(said.epochs);
        let shuffle = match said.shuffle.map(Literal::u64_unsuffixed) {
            Some(seed) => quote!(Some(#seed)),
            None => quote!(None),
        };
        let patience = match said.patience.map(Literal::usize_unsuffixed) {
            Some(epochs) => quote!(Some(#epochs)),
            None => quote!(None),
        };
        Some(quote!(
            const TRAINING: Training = Training {
                loss: #loss,
                reading: #reading,
                units: #units,
                optimiser: train::Optimiser::#optimiser,
                schedule: train::Schedule::#schedule,
                decay: #decay,
                batch: #batch,
                epochs: #epochs,
                shuffle: #shuffle,
                patience: #patience,
                stops: &[#(#stops),*],
            };
        ))
    }
}
