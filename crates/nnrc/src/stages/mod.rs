//! The stages of the compiler as text for people and as JSON for programs.
//!
//! One function for each stage and form. What may have a line for each of many reactions is written as it is made;
//! everything else is a value.

mod chemistry;
mod model;
mod object;
mod syntax;

pub use crate::reactions::write_reactions;
pub use chemistry::{families_json, families_text, reactions_json};
pub use model::text as model_text;
pub use object::json as model_json;
pub use syntax::{json as syntax_json, text as syntax_text};
