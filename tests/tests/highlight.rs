//! The files of words for programs that colour the language are those that the compiler's word lists make.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use nnrc_syntax::words::{KEYWORDS, RESERVED, UNITS};
use nnrc_tests::highlight;

#[test]
fn the_files_of_words_are_current() {
    for (path, wanted) in highlight::files() {
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == wanted, "{} is not current: run `cargo xtask words`", path.display());
        for word in KEYWORDS.iter().chain(RESERVED).chain(UNITS) {
            assert!(found.contains(word), "{word} is not in {}", path.display());
        }
    }
}
