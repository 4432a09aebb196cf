//! Pages of `nnrc report`, as a strict parser and a browser read them.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says why")]

use std::path::{Path, PathBuf};
use std::process::Command;

use nnrc_tests::{peers, root};
use serde_json::{Value, json};

const EXAMPLES: [&str; 4] = ["iris", "onepot_xor", "phased_xor", "digits"];

fn page(example: &str, folder: &Path) -> PathBuf {
    let out = folder.join(format!("{example}.html"));
    let model = root().join("examples").join(example).join(format!("{example}.nnr"));
    let output = Command::new(peers::nnrc())
        .current_dir(folder)
        .args(["report", "--quiet", "-o"])
        .args([&out, &model])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    out
}

#[test]
fn pages_are_html_by_the_standard_and_ask_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let names = "nnr 1;\nnetwork n {\n    input x[2] in [0, 1] as features([\"</script><b>\", \"a & \\\"b\\\" <!-- ]]>\"]);\n    \
                 layer y = dense(1) | identity();\n    output y;\n}\nweights { y.W = [[1, 2]]; y.b = [0]; }\n\
                 simulate { input = [1, 1]; }\n";
    std::fs::write(folder.path().join("names.nnr"), names).unwrap();
    let own = Command::new(peers::nnrc())
        .current_dir(folder.path())
        .args(["report", "names.nnr", "-o", "names.html"])
        .status()
        .unwrap();
    assert!(own.success());
    let mut pages: Vec<PathBuf> = EXAMPLES.iter().map(|example| page(example, folder.path())).collect();
    pages.push(folder.path().join("names.html"));
    let found = peers::run("report_pages.py", &[], Some(&json!(pages)), &[]);
    for (page, found) in pages.iter().zip(found.as_array().unwrap()) {
        let name = page.file_stem().unwrap().to_string_lossy();
        for key in ["findings", "asks", "twice"] {
            assert_eq!(found[key], json!([]), "{name}: {key}");
        }
        let policy =
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
        assert_eq!(found["policy"], json!([policy]), "{name}");
        let headings = found["headings"].as_array().unwrap();
        assert!(headings.contains(&Value::from("What is proven")), "{name}: {headings:?}");
    }
}

/// A browser that can be asked for a page, if one is installed.
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

#[test]
fn a_browser_draws_every_chart() {
    let Some(browser) = browser() else {
        println!("skipped: no Chromium in PATH");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for example in EXAMPLES {
        let page = page(example, folder.path());
        let text = std::fs::read_to_string(&page).unwrap();
        let charts = text.matches("<figure class=\"chart\"").count();
        let output = Command::new(&browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
            .arg(format!("--user-data-dir={}", folder.path().join("browser").display()))
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        let dom = String::from_utf8_lossy(&output.stdout);
        let marker = format!("data-charts=\"{charts}\"");
        assert!(charts > 0 && dom.contains(&marker), "{example}: no {marker} in {} bytes", dom.len());
    }
}
