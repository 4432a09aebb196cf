//! The language server of nnrc: what editors ask about `.nnr` files.
//!
//! - `transport`: messages of the protocol on two streams;
//! - [`serve`]: the life of a server, and which question goes where;
//! - `document`: texts as the editor has them, and places in them;
//! - `worker`: analysis in a thread of its own, of the latest text alone;
//! - a file for each thing that editors ask: `diagnostics`, `hover`, `hints`, `completion`, `rename`, `actions`.

#![warn(missing_docs)]

mod actions;
mod completion;
mod diagnostics;
mod document;
mod features;
mod hints;
mod hover;
mod names;
mod options;
mod rename;
mod server;
mod transport;
mod worker;

pub use options::Options;
pub use server::serve;
