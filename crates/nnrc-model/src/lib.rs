//! Analysis of nnr files and lowering of neural networks to reaction networks.
//!
//! Two arrows of the path of a model: [`analyse()`] turns a syntax tree into a checked [`Model`], [`lower()`] turns
//! the model into chemistry. Files are read by the caller, through [`Resources`].

pub mod activation;
pub mod analyse;
pub mod certify;
mod derivative;
pub mod descent;
pub mod encoding;
pub mod flow;
pub mod forward;
pub mod gradient;
pub mod interval;
pub mod lower;
pub mod model;
pub mod noise;
pub mod output;
pub mod random;
pub mod resources;
pub mod substitute;
pub mod units;
pub mod value;

pub use analyse::{Analysis, Overrides, analyse, misfit_of};
pub use lower::{lower, lower_for_training};
pub use model::Model;
pub use resources::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};
