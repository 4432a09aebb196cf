//! What a run costs and leaves behind when it is given what no one should give it, or is ended from outside.

mod bounds;
mod signals;

pub use bounds::{archives, chemistry, devices, machines, tables};
pub use signals::signals;
