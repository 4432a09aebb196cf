//! Files that a package must hold, since its build reads them, and that have a place of their own in the repository.
//!
//! They are copies and not links: a checkout on Windows turns links into files that hold a path, and so do the pages
//! of a repository that a browser shows.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::fs;

use nnrc_tests::root;

/// The place in the repository, and that in a package.
const COPIES: [(&str, &str); 3] = [
    ("grammar/nnr.pest", "crates/nnrc-syntax/src/nnr.pest"),
    ("docs/src/diagnostics.md", "crates/nnrc-cli/src/verbs/diagnostics.md"),
    ("rustfmt.toml", "crates/nnrc-rust/template/sim-rustfmt.toml"),
];

#[test]
fn packages_hold_what_the_repository_shows() {
    for (shown, packed) in COPIES {
        let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
        assert!(read(shown) == read(packed), "they differ: cp {shown} {packed}, or the other way round");
    }
}
