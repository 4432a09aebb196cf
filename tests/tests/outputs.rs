//! What the compiler prints and writes for every good file, as one list of hashes: whoever moves code sees here that
//! nothing else moved.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nnrc_sim::train::stamp::fingerprint;
use nnrc_tests::{corpus, peers, root};

/// Verb and form of each output; a crate goes to a folder.
const OUTPUTS: [(&str, &[&str]); 6] = [
    ("model", &["emit", "model"]),
    ("crn", &["emit", "crn"]),
    ("reactions", &["emit", "reactions"]),
    ("sbml", &["compile", "--target", "sbml"]),
    ("text", &["compile", "--target", "crn"]),
    ("rust", &["compile", "--target", "rust"]),
];

#[test]
fn outputs_of_all_good_files_stay_as_they_are() {
    let mut list = String::new();
    for path in files() {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        for (output, words) in OUTPUTS {
            list += &format!("{:16} {output:9} {name}\n", hash(&path, words));
        }
    }
    insta::assert_snapshot!(list);
}

/// The good corpus and the examples, without those whose data are fetched.
fn files() -> Vec<PathBuf> {
    let mut files = corpus::good();
    files.retain(|path| !fs::read_to_string(path).unwrap().contains(".cache/"));
    files
}

/// The hash of what the command prints, or of the files of a crate without the run-time library; where it refuses, how
/// it ends.
fn hash(path: &Path, words: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(peers::nnrc());
    command.args(words).arg(path).current_dir(folder.path());
    let writes_folder = words.last() == Some(&"rust");
    if words[0] == "compile" {
        command.args(["-o", if writes_folder { "net" } else { "-" }]);
    }
    let output = command.output().unwrap();
    if !output.status.success() {
        return format!("exit {}", output.status.code().unwrap());
    }
    let mut bytes = output.stdout;
    if writes_folder {
        collect(&folder.path().join("net"), &mut bytes);
    }
    format!("{:016x}", fingerprint(bytes))
}

/// Names and contents of all files of a folder, sorted by name.
fn collect(folder: &Path, bytes: &mut Vec<u8>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| !path.ends_with("nnrc-sim")) {
        bytes.extend(path.file_name().unwrap().as_encoded_bytes());
        if path.is_dir() {
            collect(path, bytes);
        } else {
            bytes.extend(fs::read(path).unwrap());
        }
    }
}
