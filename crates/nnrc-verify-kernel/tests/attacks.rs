//! Files with certificates that say something false of them, each by another hole that a checker may have. libRoadRunner
//! simulates every one of these files to another end than its certificate says, or not at all; those that settle claim times
//! that do not follow from theirs.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]
#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::fs;
use std::path::Path;

use nnrc_verify_kernel::certificate::check;

#[test]
fn no_false_statement_is_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks");
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|ending| ending == "xml"));
    names.sort();
    assert!(names.len() > 15, "{}", names.len());
    let mut said = String::new();
    for path in names {
        let certificate = fs::read(path.with_extension("json")).unwrap();
        let name = path.file_stem().unwrap().display().to_string();
        match check(&fs::read(&path).unwrap(), &certificate) {
            Ok(_) => said += &format!("{name}: ACCEPTED\n"),
            Err(fault) => {
                // A refusal must be about what is wrong, not about the form of the certificate.
                assert!(!["other-file", "not-json"].contains(&fault.code), "{name}: {fault:?}");
                said += &format!("{name}: {}\n", fault.code);
            }
        }
    }
    assert!(!said.contains("ACCEPTED"), "{said}");
    let expected = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks/codes.txt"));
    assert_eq!(said, expected.unwrap_or_default());
}
