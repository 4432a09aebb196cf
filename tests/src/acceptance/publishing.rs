//! What is published beside the code, each file by its own linter.

use std::path::Path;
use std::process::{Command, Output};

use super::editors::last_line;
use crate::{Finding, root};

/// Every manual page is read by groff without a warning.
pub fn manual_pages(folder: &Path, names: &[String]) -> Vec<Finding> {
    let warnings: Vec<String> = names
        .iter()
        .filter_map(|name| {
            let mut groff = Command::new("groff");
            let output =
                groff.args(["-Kutf8", "-man", "-Tutf8", "-ww", "-z"]).arg(folder.join(name)).output();
            match output {
                Ok(output) if output.status.success() && output.stderr.is_empty() => None,
                Ok(output) => Some(format!("{name}: {}", last_line(&output.stderr, &output.stdout))),
                Err(error) => Some(format!("groff: {error}")),
            }
        })
        .collect();
    let figure = warnings.first().cloned().unwrap_or_else(|| format!("{} pages", names.len()));
    vec![Finding::new("manual pages are read by groff -ww without a warning", figure, warnings.is_empty())]
}

/// Citation, CodeMeta and the conda recipe by the linters in the environment of `python`.
pub fn metadata(python: &Path) -> Vec<Finding> {
    let cff = python.with_file_name("cffconvert");
    let script = root().join("tests/peers/publishing.py");
    let lint = |words: &[&str]| Command::new(python).arg(&script).args(words).current_dir(root()).output();
    vec![
        finding(
            "CITATION.cff is valid (cffconvert)",
            Command::new(cff).arg("--validate").current_dir(root()).output(),
        ),
        finding(
            "codemeta.json is linked data of CodeMeta terms (rdflib)",
            lint(&["codemeta", "codemeta.json"]),
        ),
        finding(
            "the conda recipe renders both packages (rattler-build)",
            lint(&["recipe", "packaging/conda/recipe.yaml"]),
        ),
    ]
}

fn finding(claim: &str, output: std::io::Result<Output>) -> Finding {
    match output {
        Ok(output) => {
            let is_good = output.status.success();
            let figure = if is_good {
                last_line(&[], &output.stdout)
            } else {
                last_line(&output.stderr, &output.stdout)
            };
            Finding::new(claim, figure, is_good)
        }
        Err(error) => Finding::new(claim, error.to_string(), false),
    }
}
