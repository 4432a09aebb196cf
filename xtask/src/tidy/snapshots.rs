//! Snapshots that no test compares with any more.

use std::fs;
use std::path::Path;

use super::files::files;

/// One finding for each.
pub fn find(root: &Path) -> Vec<String> {
    let code: String = files(&root.join("crates"), "rs")
        .iter()
        .chain(&files(&root.join("tests"), "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut findings = Vec::new();
    for folder in ["crates", "tests"] {
        for path in files(&root.join(folder), "snap") {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            // `binary__module__test-2.snap`, or a name that the test gives.
            let last = stem.rsplit("__").next().unwrap_or(&stem);
            let test = last.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
            let is_test = code.contains(&format!("fn {last}(")) || code.contains(&format!("fn {test}("));
            let is_named = code.contains(&format!("\"{last}\"")) || code.contains(&format!("\"{test}\""));
            // `"slip_{name}"`
            let is_made = last.match_indices('_').any(|(at, _)| {
                code.contains(&format!("\"{}", &last[..=at])) && code.contains(&last[at + 1..])
            });
            let corpus = root.join("tests/corpus");
            let is_of_corpus = corpus.join("bad").join(last).is_dir()
                || corpus.join("good").join(last).with_extension("nnr").is_file();
            if !(is_test || is_named || is_made || is_of_corpus) {
                findings
                    .push(format!("{}: no test is called so", path.strip_prefix(root).unwrap().display()));
            }
        }
    }
    findings
}
