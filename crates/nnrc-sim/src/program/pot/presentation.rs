//! What a program knows of the network that learns while samples are presented.

use crate::network::Network;
use crate::present::Timing;
use crate::program::widths::input_width;
use crate::reading::Reading;
use crate::train::Loss;

/// A tensor of weights that are concentrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Its name in weight files: `hidden.W`.
    pub name: &'static str,
    /// Its sizes.
    pub shape: &'static [usize],
}

/// What a model file says about presentations, as constants of the generated program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Presentation {
    /// When a sample comes and goes, and when the gate is open.
    pub timing: Timing,
    /// Number of epochs.
    pub epochs: usize,
    /// Seed of the order of the samples; none: always as they stand.
    pub shuffle: Option<u64>,
    /// What is reported as the loss; what is made small is fixed by the reactions.
    pub loss: Loss,
    /// What the outputs are; none: what the targets say.
    pub reading: Option<Reading>,
    /// What a difference of 1 in an output means in the units of the data; empty: 1.
    pub units: &'static [f64],
}

/// A network whose weights are concentrations. Its last input is the target.
pub trait OnePotProgram: Network {
    /// What the file it was made from says about presentations.
    const PRESENTATION: Presentation;

    /// Its weights, in the order of [`OnePotProgram::read`].
    fn weights() -> &'static [Weight];

    /// Appends the weights that a state holds to `values`.
    fn read(state: &[f64], values: &mut Vec<f64>);

    /// Opens or closes the gate of the teacher; nothing happens where there is none.
    fn set_gate(&mut self, _is_open: bool) {}
}

/// Number of elements of the target.
pub(super) fn target_width<N: OnePotProgram>() -> usize {
    N::quantities().iter().rev().find(|quantity| quantity.role.is_input()).map_or(0, |target| target.width)
}

/// Number of elements of the inputs without the target.
pub(super) fn sample_width<N: OnePotProgram>() -> usize {
    input_width::<N>() - target_width::<N>()
}
