//! What is published beside the code says of the version, the licence and the names what the code says.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use nnrc_tests::root;
use serde_json::Value;

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn json(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap()
}

#[test]
fn there_is_one_version() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("CITATION.cff").contains(&format!("\nversion: {version}\n")));
    assert_eq!(json("codemeta.json")["version"], version);
    assert_eq!(json("editors/vscode/package.json")["version"], version);
    assert_eq!(json("editors/vscode/package-lock.json")["version"], version);
    assert!(read("packaging/conda/recipe.yaml").contains(&format!("\n  version: \"{version}\"\n")));
}

#[test]
fn the_licence_is_the_same_everywhere() {
    assert_eq!(env!("CARGO_PKG_LICENSE"), "MIT OR Apache-2.0");
    assert!(read("CITATION.cff").contains("license:\n  - MIT\n  - Apache-2.0\n"));
    let all: Vec<&str> = vec!["https://spdx.org/licenses/MIT", "https://spdx.org/licenses/Apache-2.0"];
    assert_eq!(json("codemeta.json")["license"], serde_json::json!(all));
    assert_eq!(json("editors/vscode/package.json")["license"], "MIT OR Apache-2.0");
    assert_eq!(read("packaging/conda/recipe.yaml").matches("license: MIT OR Apache-2.0").count(), 2);
}

#[test]
fn the_language_has_one_ending_everywhere() {
    let package = json("editors/vscode/package.json");
    assert_eq!(package["contributes"]["languages"][0]["extensions"][0], ".nnr");
    assert_eq!(package["contributes"]["grammars"][0]["scopeName"], "source.nnr");
    assert!(read("python/nnrc/lexer.py").contains("filenames = [\"*.nnr\"]"));
    let page = read("docs/src/editors.md");
    for editor in ["Visual Studio Code", "Neovim", "Helix", "Emacs", "Zed"] {
        assert!(page.contains(&format!("\n## {editor}\n")), "{editor}");
    }
    // Every setting of the extension is one that it reads.
    let extension = read("editors/vscode/src/extension.ts");
    for setting in package["contributes"]["configuration"]["properties"].as_object().unwrap().keys() {
        let key = setting.strip_prefix("nnrc.").unwrap();
        assert!(extension.contains(&format!("(\"{key}\")")), "{setting}");
    }
}
