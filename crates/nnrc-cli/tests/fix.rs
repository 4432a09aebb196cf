//! `nnrc check --fix`: what is written, what is said, and what stays as it is.

mod common;

use common::{Folder, OR};
use serde_json::Value;

/// OR with a misspelt activation and without a `;`.
fn broken() -> String {
    let text = OR.replace("smooth_relu", "smoth_relu");
    assert_ne!(text, OR);
    text.replacen("output y;", "output y", 1)
}

#[test]
fn a_file_is_rewritten_and_each_change_is_said() {
    let folder = Folder::with(&broken());
    let run = folder.run(&["check", "--fix", "m.nnr"]).exits(0);
    assert_eq!(folder.read("m.nnr"), OR);
    assert!(run.stdout.contains("`smoth_relu` became `smooth_relu` [unknown-operation]"), "{}", run.stdout);
    assert!(run.stdout.contains("added `;` [syntax]"), "{}", run.stdout);
    assert!(run.stdout.contains("network         "), "the report follows: {}", run.stdout);
    // What is changed is said in any case.
    folder.write("m.nnr", broken());
    let run = folder.run(&["check", "--fix", "--quiet", "m.nnr"]).exits(0);
    assert!(run.stdout.contains("became"), "{}", run.stdout);
    assert_eq!(folder.names(), ["m.nnr"], "nothing else is left in the folder");
}

#[test]
fn programs_get_the_edits_and_what_was_made() {
    let folder = Folder::with(&OR.replace("smooth_relu", "smoth_relu"));
    let run = folder.run(&["check", "m.nnr", "--message-format", "json"]).exits(1);
    let finding: Value = serde_json::from_str(run.stderr.lines().next().unwrap()).unwrap();
    let fix = &finding["fixes"][0];
    assert_eq!(fix["help"], "did you mean `smooth_relu`?");
    assert_eq!(fix["automatic"], true);
    let edit = &fix["edits"][0];
    assert_eq!(edit["text"], "smooth_relu");
    for key in ["line", "column", "end_line", "end_column"] {
        assert_eq!(edit[key], finding[key], "the edit replaces what is marked");
    }
    let run = folder.run(&["check", "--fix", "m.nnr", "--message-format", "json"]).exits(0);
    let made: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(made["file"], "m.nnr");
    assert_eq!(made["fixed"][0]["code"], "unknown-operation");
    assert_eq!(made["fixed"][0]["line"], finding["line"]);
}

#[test]
fn stdin_goes_to_stdout() {
    let folder = Folder::new();
    let run = folder.run_with_stdin(&["check", "--fix", "-"], &broken()).exits(0);
    assert_eq!(run.stdout, OR, "the text and nothing else");
    assert!(run.stderr.contains("became `smooth_relu`"), "{}", run.stderr);
    let run = folder.run_with_stdin(&["check", "--fix", "-"], OR).exits(0);
    assert_eq!(run.stdout, OR, "a filter passes on what needs no change");
    assert_eq!(run.stderr, "");
    let run = folder.run_with_stdin(&["check", "--fix", "-", "--message-format", "json"], &broken()).exits(0);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(object["text"], OR);
    assert_eq!(object["fixed"].as_array().unwrap().len(), 2);
    // Without the option nothing is written.
    let run = folder.run_with_stdin(&["check", "-"], &broken()).exits(1);
    assert!(!run.stdout.contains("network"), "{}", run.stdout);
    assert!(folder.names().is_empty());
}

#[test]
fn what_cannot_be_fixed_is_reported_about_the_new_text() {
    let text = format!("// a comment\n{}", broken().replace("dense(1)", "dense(two)"));
    let folder = Folder::with(&text);
    let run = folder.run(&["check", "--fix", "m.nnr"]).exits(1);
    let now = folder.read("m.nnr");
    assert!(!now.contains("smoth_relu"), "{now}");
    assert!(!run.stderr.contains("smoth_relu") && !run.stderr.contains("missing `;`"), "{}", run.stderr);
}

#[test]
fn files_with_a_meaning_are_not_touched() {
    // An unused constant is a warning, whatever it offers.
    let text = OR.replacen("network", "const unused = 1;\nnetwork", 1).replace('\n', "\r\n");
    let folder = Folder::with(&text);
    let before = std::fs::metadata(folder.path("m.nnr")).unwrap().modified().unwrap();
    let run = folder.run(&["check", "--fix", "m.nnr"]).exits(0);
    assert!(run.stderr.contains("unused-name"), "{}", run.stderr);
    assert_eq!(folder.read("m.nnr"), text);
    assert_eq!(std::fs::metadata(folder.path("m.nnr")).unwrap().modified().unwrap(), before);
}

#[test]
fn several_files_are_fixed_each_by_itself() {
    let folder = Folder::with(&broken());
    folder.write("a.nnr", "network {");
    folder.write("z.nnr", broken());
    let run = folder.run(&["check", "--fix", "a.nnr", "missing.nnr", "m.nnr", "z.nnr"]).exits(3);
    assert_eq!(folder.read("m.nnr"), OR);
    assert_eq!(folder.read("z.nnr"), OR);
    assert!(run.stderr.contains("missing.nnr"), "{}", run.stderr);
    let run = folder.run(&["check", "m.nnr", "z.nnr"]).exits(0);
    assert_eq!(run.stdout.matches("network         ").count(), 2);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_place_that_cannot_be_written_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&broken());
    std::os::unix::fs::symlink("m.nnr", folder.path("link.nnr")).unwrap();
    folder.run(&["check", "--fix", "link.nnr"]).exits(0);
    assert!(folder.path("link.nnr").is_symlink());
    assert_eq!(folder.read("m.nnr"), OR);
    folder.write("closed/m.nnr", broken());
    let closed = |mode| {
        std::fs::set_permissions(folder.path("closed"), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    closed(0o555);
    let probe = std::fs::write(folder.path("closed/probe"), "");
    // Whoever may write everywhere is stopped by no mode.
    if probe.is_err() {
        folder.run(&["check", "--fix", "closed/m.nnr"]).exits(3);
        assert_eq!(folder.read("closed/m.nnr"), broken());
    }
    closed(0o755);
}
