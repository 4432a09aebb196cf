//! Models from text, with files in memory.
#![allow(dead_code, reason = "every test file uses a part")]

use std::collections::BTreeMap;

use nnrc_crn::{Crn, CrnInfo};
use nnrc_model::{Arrays, Model, Overrides, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_syntax::{Source, codes};

/// Files by path.
#[derive(Default)]
pub struct Memory {
    pub tensors: BTreeMap<String, BTreeMap<String, Tensor>>,
    pub tables: BTreeMap<String, Table>,
}

fn find<T: Clone>(files: &BTreeMap<String, T>, path: &str) -> Result<T, ResourceError> {
    let missing = || ResourceError { code: codes::UNREADABLE_FILE, message: format!("no file {path}") };
    files.get(path).cloned().ok_or_else(missing)
}

impl Resources for Memory {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        Ok(Box::new(find(&self.tensors, path)?))
    }
    fn table(&self, path: &str, _: TableLayout) -> Result<Table, ResourceError> {
        find(&self.tables, path)
    }
    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        find(&BTreeMap::new(), path)
    }
}

/// The model of a text; its rendered findings if it has errors.
pub fn analyse_with(text: &str, files: &Memory, overrides: &Overrides) -> Result<Model, String> {
    let source = Source::new("test.nnr", text);
    let file = nnrc_syntax::parse(text).map_err(|found| nnrc_syntax::render(&source, &found, false))?;
    let analysis = nnrc_model::analyse(&file, text, overrides, files);
    analysis.model.ok_or_else(|| nnrc_syntax::render(&source, &analysis.diagnostics, false))
}

pub fn analyse(text: &str) -> Model {
    let found = analyse_with(text, &Memory::default(), &Overrides::default());
    found.unwrap_or_else(|words| panic!("{words}"))
}

pub fn lower(model: &Model, input: &[f64]) -> (Crn, CrnInfo) {
    nnrc_model::lower(model, input).unwrap_or_else(|finding| panic!("{}", finding.message))
}

/// Model and chemistry under each other, for a reviewer.
pub fn both(text: &str) -> String {
    let model = analyse(text);
    let (crn, info) = lower(&model, &model.default_input());
    format!("{text}\n{}", nnrc_crn::text::print(&crn, &info))
}
