//! Analysis of nnr files: [`analyse()`] turns a syntax tree into a checked [`Model`](nnrc_model::Model), and reports
//! every error it can.

pub mod schema;
pub mod units;
pub mod value;

mod activation;
mod analyse;
mod block;
mod chemistry;
mod clock;
mod clocked_sgd;
mod data;
mod expect;
mod fold;
mod foreign;
mod gradient_descent;
mod gradient_flow;
mod meaning;
mod network;
mod noise;
mod overrides;
mod phased;
mod quantities;
mod said;
mod simulation;
mod skeleton;
mod substitute;
mod sweep;
mod train_context;
mod training;
mod weights;

pub use analyse::{Analysis, analyse};
pub use data::misfit_of;
pub use gradient_flow::describe as describe_risk;
pub use overrides::{Overrides, Words};
pub use simulation::outside_range;
