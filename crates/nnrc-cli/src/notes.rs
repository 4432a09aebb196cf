//! What the library says while it works, as remarks on the terminal.

use nnrc::Observer;

use crate::terminal::Terminal;

/// Remarks as they come.
pub struct Notes<'a>(pub &'a Terminal);

impl Observer for Notes<'_> {
    fn note(&mut self, words: &str) {
        self.0.note(words);
    }
}
