//! The part of `nnrc verify` that has to be believed.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub mod block;
pub mod certificate;
pub mod change;
pub mod dyadic;
pub mod fault;
pub mod identity;
pub mod interval;
pub mod json;
pub mod logarithm;
pub mod mathml;
pub mod network;
pub mod poly;
pub mod proof;
pub mod rest;
pub mod sbml;
pub mod settle;
pub mod sha256;
pub mod triangular;
pub mod xml;
