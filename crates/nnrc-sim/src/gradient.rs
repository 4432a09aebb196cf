//! Gradients of the fixed point by implicit differentiation of the chemistry.
//!
//! At rest F(x, k) = 0, so a loss L(x) changes with a rate constant by dL/dk = −(dL/dx) J⁻¹ ∂F/∂k. One solve with the
//! transposed Jacobian, from the outputs back through the families, gives dL/df for every flow f into a species; the
//! rest is products of these with what each reaction reads. No chemistry is integrated.

use crate::error::Error;
use crate::fixed_point::{Settle, settle};
use crate::network::Network;
use crate::settings::Tolerances;
use crate::training::Training;

/// Rate constants that are trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tensor {
    /// Its name: `hidden.W`.
    pub name: &'static str,
    /// Its sizes.
    pub shape: &'static [usize],
    /// Rate constant of a weight of 1.
    pub scale: f64,
}

impl Tensor {
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A network whose fixed point can be differentiated.
pub trait Differentiable: Network {
    /// What the file it was made from says about training.
    const TRAINING: Training = Training::NONE;

    /// What it is differentiated by, in the order of the flat vectors below.
    fn tensors() -> &'static [Tensor];

    /// Appends the trained rate constants to `values`.
    fn parameters(&self, values: &mut Vec<f64>);

    /// Replaces the trained rate constants. Inputs are set afterwards.
    fn set_parameters(&mut self, values: &[f64]);

    /// Works out what stands still in each family of species and, with `find`, where it comes to rest from `state`,
    /// which then is the fixed point. False if a family does not come to rest by itself.
    fn steady_state(&mut self, state: &mut [f64], find: bool) -> bool;

    /// Adds the derivatives of a loss by the trained rate constants to `gradient`; `values` are its derivatives by
    /// everything that [`Network::observe`] gives. `state` is that of the last call of [`Differentiable::steady_state`].
    /// False if the fixed point has no derivative.
    fn adjoint(&mut self, state: &[f64], values: &[f64], gradient: &mut [f64]) -> bool;
}

/// The fixed point for the present inputs, family by family; where that fails, the one that the time course ends in.
///
/// # Errors
///
/// Those of [`settle`].
pub fn fixed_point<N: Differentiable>(
    network: &mut N,
    state: &mut Vec<f64>,
    tolerances: &Tolerances,
) -> Result<(), Error> {
    network.start_into(state);
    if network.steady_state(state, true) {
        return Ok(());
    }
    network.start_into(state);
    settle(network, state, tolerances, &Settle::default())?;
    network.steady_state(state, false);
    Ok(())
}
