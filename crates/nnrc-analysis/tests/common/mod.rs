//! Models from text, with files in memory.
#![allow(dead_code, reason = "every test file uses a part")]

use nnrc_analysis::Overrides;
pub use nnrc_model::Memory;
use nnrc_model::Model;
use nnrc_syntax::Source;

/// The model of a text; its rendered findings if it has errors.
pub fn analyse_with(text: &str, files: &Memory, overrides: &Overrides) -> Result<Model, String> {
    let source = Source::new("test.nnr", text);
    let file = nnrc_syntax::parse(text).map_err(|found| nnrc_syntax::render(&source, &found, false))?;
    let analysis = nnrc_analysis::analyse(&file, text, overrides, files);
    analysis.model.ok_or_else(|| nnrc_syntax::render(&source, &analysis.diagnostics, false))
}

pub fn analyse(text: &str) -> Model {
    let found = analyse_with(text, &Memory::default(), &Overrides::default());
    found.unwrap_or_else(|words| panic!("{words}"))
}
