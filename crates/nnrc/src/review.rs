//! Everything that there is to say of a text, for whoever shows it while it is written.

use nnrc_syntax::{Diagnostic, ast, parse_recovering};

use crate::compiled::Compiled;
use crate::findings::in_text;
use crate::project::{Checked, Project};
use crate::size::warnings;

/// A text, as far as it is understood.
#[derive(Debug, Clone)]
pub struct Review {
    /// Its syntax, without the statements that have errors.
    pub syntax: ast::File,
    /// What `nnrc check` says, in its order, with the places that are in the text.
    pub findings: Vec<Diagnostic>,
    /// The network, if there is no error.
    pub checked: Option<Checked>,
    /// Its chemistry for the input of the file, if it has one.
    pub compiled: Option<Compiled>,
}

impl Project<'_> {
    /// Looks at the text as far as that goes.
    pub fn review(&self) -> Review {
        let parsed = parse_recovering(&self.source().text);
        let (mut findings, checked) = match self.check_parsed(&parsed) {
            Ok(mut checked) => (std::mem::take(&mut checked.findings), Some(checked)),
            Err(failure) => (failure.findings, None),
        };
        let compiled =
            checked.as_ref().and_then(|checked| match checked.compile(&checked.model.default_input()) {
                Ok(compiled) => {
                    findings.extend(warnings(&compiled, true));
                    Some(compiled)
                }
                Err(failure) => {
                    findings.extend(failure.findings);
                    None
                }
            });
        let findings = findings.into_iter().map(|finding| in_text(self.source(), finding)).collect();
        Review { syntax: parsed.0, findings, checked, compiled }
    }
}
