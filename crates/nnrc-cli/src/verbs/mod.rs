//! One file for each verb.

pub mod analyze;
pub mod check;
pub mod compile;
pub mod completions;
pub mod draw;
pub mod emit;
pub mod explain;
pub mod fmt;
pub mod import;
pub mod lsp;
pub mod new;
pub mod noise;
pub mod report;
pub mod reproduce;
pub mod show;
pub mod simulate;
pub mod sweep;
pub mod test;
pub mod train;
pub mod verify;
