//! A table that is read.

use crate::data::table::settings::Settings;
use nnrc_model::Table;

/// A table with its settings, and the rows that are taken.
pub struct File<'a> {
    pub table: &'a Table,
    pub settings: &'a Settings,
    pub rows: Vec<usize>,
}
