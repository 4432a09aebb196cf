//! COMBINE archives: what other tools open, and what is derived from them again.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nnrc_sim::io::zip;
use nnrc_tests::{peers, root};
use serde_json::{Value, json};

fn nnrc(folder: &Path, words: &[&str]) -> Output {
    Command::new(peers::nnrc()).args(words).current_dir(folder).output().unwrap()
}

/// The archive of an example, with further words.
fn archive(folder: &Path, name: &str, words: &[&str]) -> PathBuf {
    let model = root().join(format!("examples/{name}/{name}.nnr"));
    let out = format!("{name}.omex");
    let all = [&["compile", model.to_str().unwrap(), "--target", "omex", "-q", "-o", &out], words].concat();
    let output = nnrc(folder, &all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder.join(out)
}

fn unpack(path: &Path) -> Vec<(String, Vec<u8>)> {
    let bytes = fs::read(path).unwrap();
    let members = zip::members(&bytes).unwrap();
    members.iter().map(|member| (member.name.clone(), member.contents(&bytes).unwrap())).collect()
}

fn pack(path: &Path, members: &[(String, Vec<u8>)]) {
    let bytes = zip::write(members.iter().map(|(name, bytes)| (name.as_str(), bytes.clone()))).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn copasi_opens_them_ready_to_run() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        ("xor", vec![]),
        ("signed", vec![]),
        ("skip", vec![]),
        ("iris", vec![]),
        ("onepot_xor", vec!["x_1", "x_2", "t_1"]),
    ];
    let jobs: Vec<Value> = names
        .iter()
        .map(|(name, skip)| json!({ "archive": archive(folder.path(), name, &[]), "skip": skip }))
        .collect();
    let older = archive(folder.path(), "xor", &["--sedml", "l1v3", "--sbml-level", "l3v2"]);
    let jobs = [jobs, vec![json!({ "archive": older, "skip": [] })]].concat();
    let found = peers::run("archives.py", &[], Some(&Value::from(jobs)), &[]);
    for (found, name) in
        found.as_array().unwrap().iter().zip(names.iter().map(|(name, _)| *name).chain(["xor"]))
    {
        let what = format!("{name}: {found}");
        assert_eq!((&found["opened"], &found["findings"]), (&json!(true), &json!([])), "{what}");
        assert_eq!(found["master"], "./simulation.sedml", "{what}");
        assert_eq!((&found["scheduled"], &found["plots"]), (&json!(true), &json!(1)), "{what}");
        assert_eq!(found["duration"], found["end"], "{what}");
        assert!(found["compared"].as_u64().unwrap() > 0, "{what}");
        assert!(found["apart"].as_f64().unwrap() < 1e-6, "{what}");
        let listed: Vec<String> = found["listed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| format!("./{}", name.as_str().unwrap()))
            .collect();
        for member in &listed {
            assert!(found["members"].to_string().contains(member), "{member} is not in the manifest: {what}");
        }
    }
}

#[test]
fn what_is_in_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let members = unpack(&archive(
        folder.path(),
        "signed",
        &["--set", "chemistry.max_order=2", "--input", "0.5,-0.5,0.25"],
    ));
    let shown = |name: &&str| {
        let (_, bytes) = members.iter().find(|(member, _)| member == name).unwrap();
        format!("== {name}\n{}", String::from_utf8_lossy(bytes))
    };
    let texts = ["manifest.xml", "simulation.sedml", "README.md", "nnrc.json"];
    insta::assert_snapshot!(texts.iter().map(shown).collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_same_archive_has_the_same_bytes_wherever_it_is_made() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = |folder: &Path| {
        fs::create_dir(folder.join("m")).unwrap();
        for file in ["iris.nnr", "iris.csv", "iris.npz"] {
            fs::copy(root().join("examples/iris").join(file), folder.join("m").join(file)).unwrap();
        }
        fs::copy(root().join("examples/iris/iris.npz"), folder.join("mine.npz")).unwrap();
        let words = ["compile", "m/iris.nnr", "--target", "omex", "--weights", "mine.npz", "-o", "a.omex"];
        assert!(nnrc(folder, &words).status.success());
        fs::read(folder.join("a.omex")).unwrap()
    };
    let (first, second) = (made(one.path()), made(other.path()));
    assert!(first == second);
    let place = one.path().to_str().unwrap();
    assert!(!String::from_utf8_lossy(&first).contains(place), "a path of this machine");
    // The text's own place is gone.
    fs::remove_dir_all(one.path().join("m")).unwrap();
    let output = nnrc(one.path(), &["reproduce", "a.omex"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What is said of an archive that was changed.
fn said(change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = archive(folder.path(), "iris", &[]);
    let mut members = unpack(&path);
    change(&mut members);
    pack(&path, &members);
    let output = nnrc(folder.path(), &["reproduce", "iris.omex"]);
    let words = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&words).into_owned())
}

fn member<'a>(members: &'a mut [(String, Vec<u8>)], name: &str) -> &'a mut Vec<u8> {
    &mut members.iter_mut().find(|(member, _)| member == name).unwrap().1
}

fn replace(bytes: &mut Vec<u8>, old: &str, new: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(old), "{old}");
    *bytes = text.replacen(old, new, 1).into_bytes();
}

#[test]
fn changes_are_found_with_their_place() {
    let mut report = String::new();
    let mut note = |what: &str, (status, words): (Option<i32>, String)| {
        report += &format!("== {what}: {status:?}\n{words}\n");
    };
    note("nothing", said(|_| {}));
    note(
        "a rate constant of the model",
        said(|members| {
            let model = member(members, "model.xml");
            replace(
                model,
                r#"id="k_h_hidden" name="hidden.h" value="0.1""#,
                r#"id="k_h_hidden" name="hidden.h" value="0.2""#,
            );
        }),
    );
    note(
        "a number that is expected",
        said(|members| {
            let expected = member(members, "expected.csv");
            let text = String::from_utf8(expected.clone()).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let mut cells: Vec<&str> = lines[7].split(',').collect();
            cells[5] = "1.5";
            lines[7] = cells.join(",");
            *expected = (lines.join("\n") + "\n").into_bytes();
        }),
    );
    note(
        "the source",
        said(|members| {
            replace(member(members, "source/iris.nnr"), "h = 0.1", "h = 0.2");
        }),
    );
    note(
        "one weight",
        said(|members| {
            // The last bytes of the data of the first array.
            let weights = member(members, "source/iris.npz");
            let own = zip::members(weights).unwrap();
            let mut arrays: Vec<(String, Vec<u8>)> =
                own.iter().map(|one| (one.name.clone(), one.contents(weights).unwrap())).collect();
            let array = arrays.iter_mut().find(|(name, _)| name.contains("hidden")).unwrap();
            let last = array.1.len() - 2;
            array.1[last] ^= 1;
            *weights = zip::write(arrays.iter().map(|(name, bytes)| (name.as_str(), bytes.clone()))).unwrap();
        }),
    );
    note("the experiment is missing", said(|members| members.retain(|(name, _)| name != "simulation.sedml")));
    note("a file more", said(|members| members.push(("notes.txt".to_owned(), b"mine".to_vec()))));
    note(
        "a bound of the proof",
        said(|members| replace(member(members, "certificate.json"), "\"rate\": 0.6", "\"rate\": 0.7")),
    );
    note("the proof is missing", said(|members| members.retain(|(name, _)| name != "certificate.json")));
    let other = |members: &mut Vec<(String, Vec<u8>)>| {
        replace(member(members, "nnrc.json"), env!("CARGO_PKG_VERSION"), "9.9.9");
    };
    note(
        "another version, with a bound that does not follow",
        said(|members| {
            other(members);
            replace(member(members, "certificate.json"), "\"rate\": 0.6", "\"rate\": 0.7");
        }),
    );
    note(
        "another version, with a proof of another model",
        said(|members| {
            other(members);
            replace(member(members, "model.xml"), "value=\"0.1\"", "value=\"0.2\"");
        }),
    );
    note(
        "another version, whose proof is written in another way",
        said(|members| {
            other(members);
            replace(member(members, "certificate.json"), "\n  \"version\"", "\n\n  \"version\"");
        }),
    );
    note(
        "another version",
        said(|members| {
            other(members);
            replace(member(members, "source/iris.nnr"), "\n", "\n\n");
        }),
    );
    insta::assert_snapshot!(report);
}

/// Who unpacks an archive has all that a check of its proof needs; what learns, has rules or is of Level 2 has
/// none.
#[test]
fn the_proof_in_an_archive_can_be_checked_alone() {
    let folder = tempfile::tempdir().unwrap();
    let proven = |name: &str, words: &[&str]| {
        let members = unpack(&archive(folder.path(), name, words));
        let listed = member_text(&members, "manifest.xml").contains(
            r#"location="./certificate.json" format="http://purl.org/NET/mediatypes/application/json""#,
        );
        let found = members.iter().find(|(name, _)| name == "certificate.json");
        assert_eq!(listed, found.is_some(), "{name}");
        let Some((_, certificate)) = found else { return false };
        fs::write(folder.path().join("certificate.json"), certificate).unwrap();
        fs::write(folder.path().join("model.xml"), member_text(&members, "model.xml")).unwrap();
        let output = nnrc(folder.path(), &["verify", "model.xml", "--certificate", "certificate.json"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success() && text.starts_with("proven: model.xml computes the network")
    };
    assert!(proven("skip", &[]));
    assert!(proven("skip", &["--set", "simulate.start=settled", "--inputs", "boundary"]));
    assert!(!proven("skip", &["--observables", "rules"]));
    assert!(!proven("skip", &["--sbml-level", "l2v4"]));
    assert!(!proven("onepot_xor", &[]));
}

fn member_text(members: &[(String, Vec<u8>)], name: &str) -> String {
    let (_, bytes) = members.iter().find(|(member, _)| member == name).unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

#[test]
fn what_is_no_archive_is_refused() {
    let mut report = String::new();
    let mut note = |what: &str, (status, words): (Option<i32>, String)| {
        report += &format!("== {what}: {status:?}\n{words}\n");
    };
    let path = |name: &str| {
        let name = name.to_owned();
        said(|members| members.push((name, b"x".to_vec())))
    };
    note("a path that leads out", path("../../evil"));
    note("a path from the root", path("/etc/passwd"));
    note("a member twice", path("model.xml"));
    note("no recipe", said(|members| members.retain(|(name, _)| name != "nnrc.json")));
    note("a recipe that is none", said(|members| *member(members, "nnrc.json") = b"[1, 2".to_vec()));
    note(
        "a recipe of another kind",
        said(|members| replace(member(members, "nnrc.json"), "nnrc-archive", "x")),
    );
    note("a source that is not there", said(|members| members.retain(|(name, _)| name != "source/iris.nnr")));
    note(
        "a source that does not compile",
        said(|members| replace(member(members, "source/iris.nnr"), "dense", "dens")),
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.omex"), "no archive at all").unwrap();
    let output = nnrc(folder.path(), &["reproduce", "a.omex"]);
    note("no archive", (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()));
    let output = nnrc(folder.path(), &["reproduce", "b.omex"]);
    note("no file", (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()));
    let whole = fs::read(archive(folder.path(), "xor", &[])).unwrap();
    for cut in [10, 1000, whole.len() - 30, whole.len() - 1] {
        fs::write(folder.path().join("a.omex"), &whole[..cut]).unwrap();
        let output = nnrc(folder.path(), &["reproduce", "a.omex"]);
        assert_eq!(output.status.code(), Some(3), "{cut}");
    }
    insta::assert_snapshot!(report);
}
