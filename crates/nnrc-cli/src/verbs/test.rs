//! `nnrc test`: the expectations of files, judged on simulated chemistry.

mod mutants;

use std::path::Path;

use nnrc::expectations::{Judged, Verdict};
use nnrc::import::Trained;
use nnrc_syntax::{Source, codes};
use serde_json::{Value, json};

use crate::args::EngineKind;
use crate::args::TestArgs;
use crate::records;
use crate::session::Session;
use crate::terminal::{Stop, Terminal};
use crate::training;
use nnrc::Checked;
use nnrc::numbers::plural;

/// Runs the verb. All files are tested, also after one that fails.
pub fn run(session: &Session, args: &TestArgs) -> Result<(), Stop> {
    let mut worst = 0;
    for path in &args.files {
        match one(session, path, args) {
            Ok(()) => {}
            Err(Stop::BrokenPipe) => return Err(Stop::BrokenPipe),
            Err(stop) => worst = worst.max(session.terminal.end(stop)),
        }
    }
    if worst == 0 { Ok(()) } else { Err(Stop::Said(worst)) }
}

fn one(session: &Session, path: &Path, args: &TestArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let several = args.files.len() > 1;
    let mut loaded = session.load(path)?;
    // What expects nothing needs no training.
    if loaded.model.training.is_some() && !session.gives_weights() && !loaded.model.expectations.is_empty() {
        let own = session.unfolded(path, &loaded)?;
        let trained =
            training::run(session, own.as_ref().unwrap_or(&loaded), None, (false, EngineKind::Process))?;
        terminal.note(&trained.summary());
        loaded = session.with_weights(path, &loaded, trained.weights)?;
    }
    let loaded = loaded.computing();
    let Checked { source, model, .. } = &loaded;
    if several && !terminal.is_json() {
        terminal.print(&format!("{}\n", source.name))?;
    }
    if let Some(source) = &args.compare {
        compare(session, &loaded, (source, args.data.as_deref()))?;
    }
    if model.expectations.is_empty() && args.compare.is_some() {
        return Ok(());
    }
    if model.expectations.is_empty() {
        terminal.note(&format!(
            "{} expects nothing: write `expect {{ for [0, 1]: y ~ 1 within 0.05; }}`",
            source.name
        ));
        return Ok(());
    }
    let pot = loaded.compile(&model.default_input())?;
    let (mut failed, mut broken) = (0, 0);
    for judged in pot.judge() {
        print(terminal, source, &judged)?;
        match judged.verdict {
            Verdict::Held { .. } => {}
            Verdict::Failed { .. } => failed += 1,
            Verdict::Broken(_) => broken += 1,
        }
        terminal.diagnostics(source, judged.finding().as_slice());
    }
    let all = model.expectations.len();
    if !terminal.is_json() {
        let held = all - failed - broken;
        let rest = if held == all { String::new() } else { format!(", {held} held, {} failed", all - held) };
        let verdict = if held == all { " held" } else { "" };
        terminal.print(&format!("{}{verdict}{rest}\n", plural(all, "expectation")))?;
    }
    match (failed, broken) {
        (0, 0) => args.mutants.map_or(Ok(()), |count| mutants::run(session, &pot, args, count)),
        (_, 0) => Err(Stop::Said(codes::EXPECTATION_FAILED.exit)),
        _ => Err(Stop::Said(codes::SOLVER_FAILED.exit)),
    }
}

/// Says how far the chemistry is from a model that it was imported from.
fn compare(session: &Session, loaded: &Checked, (path, data): (&Path, Option<&str>)) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let disk = session.disk(path);
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let source = Trained::onnx(&name, disk.model(path)?, &disk)?;
    if !loaded.source.text.contains(&source.digest) {
        terminal.note(&format!(
            "note: {} does not say that it was imported from this `{name}`",
            loaded.source.name
        ));
    }
    let first = loaded.model.data().map(|(name, _)| name);
    let Some(data) = data.or(first) else {
        return terminal.usage(
            "--compare: the file has no samples; declare a data set: `dataset d = npz(\"d.npz\") {}`",
        );
    };
    let data = match loaded.model.find_data(data) {
        Ok(data) => data,
        Err(unknown) => return terminal.usage(&format!("--data: {unknown}")),
    };
    let deviation = loaded.compile(&loaded.model.default_input())?.deviation(&source.network, &data)?;
    if terminal.is_json() {
        terminal.print_json(&deviation.json())
    } else {
        terminal.print(&deviation.text())
    }
}

/// One expectation with what became of it, as a line or as an object.
fn print(terminal: &Terminal, source: &Source, judged: &Judged<'_>) -> Result<(), Stop> {
    let (words, found) = (&judged.words, judged.found());
    if !terminal.is_json() {
        let word = if judged.holds() { "ok    " } else { "FAILED" };
        return terminal.print(&format!("{word}  {words}    found {found}\n"));
    }
    let (line, column) = source.line_column(judged.expectation.span.start as usize);
    let values: Vec<Value> = judged.numbers.values.iter().copied().map(records::number).collect();
    let mut object = json!({
        "file": source.name, "line": line, "column": column,
        "expectation": words, "ok": judged.holds(), "found": found, "values": values,
    });
    if let Some((right, rows)) = judged.numbers.right {
        (object["right"], object["rows"]) = (json!(right), json!(rows));
    }
    terminal.print_json(&object)
}
