//! The shipped examples through the command, judged by the peers.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::acceptance::agreement::{clean, laws};
use crate::peers::{self, Simulator};
use crate::Finding;

/// The examples that this version compiles.
pub const SERVED: [&str; 6] = ["xor", "or", "iris", "digits", "signed", "skip"];
