//! Fixes: what findings offer to write instead takes them away, and slips of the fingers are taken back.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use nnrc::{Disk, Memory, Project};
use nnrc_syntax::{Applicability, Diagnostic, codes, fix};
use nnrc_tests::corpus;

/// All findings about a text.
fn findings(project: &Project<'_>) -> Vec<Diagnostic> {
    match project.check() {
        Ok(checked) => checked.findings,
        Err(failure) => failure.findings,
    }
}

fn count(findings: &[Diagnostic], like: &Diagnostic) -> usize {
    findings.iter().filter(|other| other.code == like.code && other.message == like.message).count()
}

fn is_syntax(finding: &&Diagnostic) -> bool {
    finding.code == codes::SYNTAX
}

#[test]
fn each_fix_of_a_bad_file_takes_its_finding_away() {
    let (mut automatic, mut suggested) = (0, 0);
    let mut faults = Vec::new();
    for bad in corpus::bad() {
        let disk = Disk::of(&bad.path);
        let Ok(project) = Project::open(&bad.path, &disk) else { continue };
        let before = findings(&project);
        for finding in &before {
            for fix in &finding.fixes {
                let is_automatic = fix.applicability == Applicability::Automatic;
                *(if is_automatic { &mut automatic } else { &mut suggested }) += 1;
                assert!(finding.help.contains(&fix.words), "a fix follows advice: {fix:?}");
                let text = fix::apply(&project.source().text, &fix.edits);
                let after = findings(&project.clone().saying(text));
                let name = bad.path.strip_prefix(corpus::folder()).unwrap().display();
                if count(&after, finding) >= count(&before, finding) {
                    faults.push(format!("{name}: {} is there after {fix:?}", finding.message));
                }
                let had_syntax = before.iter().any(|finding| is_syntax(&finding));
                if let Some(new) = after.iter().find(|finding| is_syntax(finding) && !had_syntax) {
                    faults.push(format!("{name}: {} after {fix:?}", new.message));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(automatic >= 40 && suggested >= 3, "{automatic} automatic fixes, {suggested} suggestions");
}

#[test]
fn files_that_mean_something_stay_as_they_are() {
    for path in corpus::good() {
        let disk = Disk::of(&path);
        let project = Project::open(&path, &disk).unwrap();
        let fixed = project.fixed();
        assert_eq!(fixed.text, project.source().text, "{}", path.display());
        assert!(fixed.made.is_empty(), "{}", path.display());
    }
}

/// Swaps the second and third letter of the word at `at`; none where that changes nothing.
fn slip(text: &str, at: usize, length: usize) -> Option<String> {
    let word = &text[at..at + length];
    let (second, third) = (word.as_bytes()[1], word.as_bytes()[2]);
    let swapped = format!("{}{}{}{}", &word[..1], char::from(third), char::from(second), &word[3..]);
    (second != third).then(|| format!("{}{swapped}{}", &text[..at], &text[at + length..]))
}

/// Places and lengths of the words of at least five letters outside strings and comments.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split("//").next().unwrap_or("");
        for (part, piece) in code.split('"').enumerate() {
            if part % 2 == 0 {
                let base = at + piece.as_ptr() as usize - line.as_ptr() as usize;
                let mut rest = 0;
                for word in piece.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
                    let start = base + rest;
                    rest += word.len() + 1;
                    if word.len() >= 5 && word.is_ascii() && word.as_bytes()[0].is_ascii_alphabetic() {
                        words.push((start, word.len()));
                    }
                }
            }
        }
        at += line.len();
    }
    words
}

#[test]
fn slips_of_the_fingers_are_taken_back() {
    let (mut slips, mut restored) = (0, 0);
    for path in corpus::sources(&corpus::folder().join("good")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let files = corpus::Files(path.parent().unwrap().to_owned());
        for (at, length) in words(&text).into_iter().step_by(5) {
            let Some(slipped) = slip(&text, at, length) else { continue };
            let name = &path.file_name().unwrap().to_string_lossy();
            let project = Project::from_text(name, &slipped, &files);
            let before = findings(&project);
            let fixed = project.fixed();
            let after = findings(&project.clone().saying(fixed.text.as_str()));
            if !before.iter().any(|finding| is_syntax(&finding)) {
                assert!(!after.iter().any(|finding| is_syntax(&finding)), "{name}: {:?}", fixed.made);
            }
            if !fixed.made.is_empty() && !after.iter().any(Diagnostic::is_error) {
                slips += 1;
                restored += usize::from(fixed.text == text);
            }
        }
    }
    assert!(slips >= 50, "{slips} slips had a fix");
    // A declared name that was mistyped is taken over where it is used, which is right as well.
    assert!(restored * 10 >= slips * 8, "{restored} of {slips} texts are as they were");
}

#[test]
fn errors_that_hide_others_are_fixed_round_by_round() {
    let text = "network n {\n    input x[2] in [1, 0];\n    layer y = dense(1) | smoth_relu(h = .1)\n    output y;\n}\nweights { y.W: [[1, 1]]; y.b = [0]; }\n";
    let memory = Memory::default();
    let fixed = Project::from_text("m.nnr", text, &memory).fixed();
    let good = "network n {\n    input x[2] in [0, 1];\n    layer y = dense(1) | smooth_relu(h = 0.1);\n    output y;\n}\nweights { y.W = [[1, 1]]; y.b = [0]; }\n";
    assert_eq!(fixed.text, good);
    let codes: Vec<&str> = fixed.made.iter().map(|made| made.code).collect();
    assert_eq!(codes.iter().filter(|code| **code == "syntax").count(), 3, "{codes:?}");
    assert!(codes.contains(&"unknown-operation") && codes.contains(&"out-of-range"), "{codes:?}");
}

#[test]
fn what_could_be_meant_otherwise_is_left() {
    let memory = Memory::default();
    let model = |layer: &str| {
        format!(
            "network n {{ input x[1]; layer y = dense(1) | {layer}; output y; }}\nweights {{ y.W = [[1]]; y.b = [0]; }}\n"
        )
    };
    for layer in ["tanh()", "relu()", "gelu()", "smooth_relu(h = 0)"] {
        let text = model(layer);
        let project = Project::from_text("m.nnr", &text, &memory);
        assert_eq!(project.fixed().text, text, "{layer}");
    }
    let suggestion = findings(&Project::from_text("m.nnr", &model("tanh()"), &memory));
    let fix = &suggestion[0].fixes[0];
    assert_eq!(fix.applicability, Applicability::Suggestion);
    assert_eq!(fix::apply(&model("tanh()"), &fix.edits), model("algebraic_tanh(h = 0.1824)"));
}
