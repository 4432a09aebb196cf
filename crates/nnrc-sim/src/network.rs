//! A reaction network as generated code gives it.

use crate::defaults::Defaults;
use crate::model_error::ModelError;
use crate::system::Layered;
use crate::tensors::Tensors;

/// A value that goes into the pot or is read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// Its name: columns are called `name_1`, `name_2`, …
    pub name: &'static str,
    /// Number of elements.
    pub width: usize,
    /// What it is.
    pub role: Role,
}

/// What a quantity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A concentration that is given from outside, never negative.
    Input,
    /// A difference of two concentrations that is given from outside.
    SignedInput,
    /// A result.
    Output,
    /// Everything between.
    Inner,
}

impl Role {
    /// Whether it is given from outside.
    pub fn is_input(self) -> bool {
        matches!(self, Role::Input | Role::SignedInput)
    }
}

/// A reaction network that can be simulated.
pub trait Network: Layered + Clone + Send + Sync + Sized {
    /// Its name.
    const NAME: &'static str;

    /// What the file it was made from says about simulation.
    const DEFAULTS: Defaults = Defaults::NONE;

    /// Whether the solve of its Jacobian is exact; else it is integrated by explicit steps unless told otherwise.
    const IS_SOLVED: bool = true;

    /// Ranges that are declared for inputs, by name: the ends belong to them.
    const RANGES: &'static [(&'static str, f64, f64)] = &[];

    /// What can be read from the pot, in the order of [`Network::observe`]. Inputs are given in this order.
    fn quantities() -> &'static [Quantity];

    /// Takes rate constants and initial concentrations from arrays.
    ///
    /// # Errors
    ///
    /// The array that is missing or has another shape.
    fn load(tensors: &mut Tensors) -> Result<Self, ModelError>;

    /// The concentrations at time 0.
    fn start(&self) -> Vec<f64>;

    /// The same in place of what is in `state`.
    fn start_into(&self, state: &mut Vec<f64>) {
        *state = self.start();
    }

    /// Sets the inputs, as many values as they have elements.
    fn set_inputs(&mut self, values: &[f64]);

    /// Appends the values of all quantities to `values`.
    fn observe(&self, state: &[f64], values: &mut Vec<f64>);
}
