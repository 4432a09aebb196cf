//! Training: minibatches, optimisers, metrics, checkpoints. What is trained are [`Batches`].
//!
//! The result depends on the data, the settings and the seed, and on nothing else: sums are taken over chunks of
//! a batch that do not depend on the number of threads (`parallel`), and the order of the samples in an epoch is a
//! function of the seed and the epoch (`order`). So a run that is taken up from a checkpoint goes on bit for bit.

mod batches;
mod checkpoint;
mod loss;
mod metrics;
mod number;
mod optimiser;
mod order;
mod parallel;
mod run;
mod schedule;
pub mod stamp;
mod state;
mod table;

pub use batches::{Batches, Variables};
pub use checkpoint::{Layout, VERSION, from_arrays, to_arrays, version};
pub use loss::Loss;
pub use metrics::{Metric, Metrics, Totals};
pub use number::Number;
pub use optimiser::{Optimiser, Step};
pub use order::Order;
pub use parallel::{Chunks, Learner};
pub use run::{Ending, Failure, train};
pub use schedule::Schedule;
pub use stamp::{Difference, Stamp, Unusable};
pub use state::{Best, Comparison, Record, Rows, Settings, State, Stop};
pub use table::table;

#[cfg(test)]
mod tests;
