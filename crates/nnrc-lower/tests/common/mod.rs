//! Models and chemistry from text.
#![allow(dead_code, reason = "every test file uses a part")]

use nnrc_analysis::Overrides;
use nnrc_crn::{Crn, CrnInfo};
use nnrc_model::{Memory, Model};
use nnrc_syntax::Source;

pub fn analyse(text: &str) -> Model {
    let render = |found: &[_]| nnrc_syntax::render(&Source::new("test.nnr", text), found, false);
    let file = nnrc_syntax::parse(text).unwrap_or_else(|found| panic!("{}", render(&found)));
    let analysis = nnrc_analysis::analyse(&file, text, &Overrides::default(), &Memory::default());
    analysis.model.unwrap_or_else(|| panic!("{}", render(&analysis.diagnostics)))
}

pub fn lower(model: &Model, input: &[f64]) -> (Crn, CrnInfo) {
    let lowered = nnrc_lower::lower(model, input).unwrap_or_else(|finding| panic!("{}", finding.message));
    (lowered.crn, lowered.info)
}

/// Model and chemistry under each other, for a reviewer.
pub fn both(text: &str) -> String {
    let model = analyse(text);
    let (crn, info) = lower(&model, &model.default_input());
    format!("{text}\n{}", nnrc_crn::text::print(&crn, &info))
}
