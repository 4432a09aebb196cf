//! `nnrc lsp`: answers an editor.

use std::io::{BufReader, stdin, stdout};

use nnrc_lsp::Options;

use super::explain::explanation;
use crate::session::{OPTIONS, Session};
use crate::terminal::Stop;

/// Runs the verb: until the editor leaves.
pub fn run(session: &Session) -> Result<(), Stop> {
    // The pages of the documentation are the home page of the package, once it has one.
    let docs = env!("CARGO_PKG_HOMEPAGE").trim_end_matches('/');
    let options = Options {
        version: env!("CARGO_PKG_VERSION"),
        explain: explanation,
        words: OPTIONS,
        docs: Some(docs).filter(|docs| !docs.is_empty()),
    };
    match nnrc_lsp::serve(BufReader::new(stdin()), stdout(), options) {
        Ok(0) => Ok(()),
        Ok(status) => Err(Stop::Said(status)),
        Err(why) => {
            session.terminal.note(&format!("nnrc lsp: {why}"));
            Err(Stop::Said(1))
        }
    }
}
