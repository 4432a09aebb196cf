//! `nnrc sweep merge`: the results of all points as one table.

use std::collections::BTreeSet;

use nnrc::sweep::{Manifest, Merge, Point};
use nnrc_sim::io::table;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use super::files::manifest;
use super::results::Results;
use crate::args::MergeArgs;
use crate::destination::Destination;
use crate::records::{self, Cell};
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the step.
pub fn run(session: &Session, args: &MergeArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let manifest = manifest(session, &args.manifest.manifest)?;
    let results = Results::new(&args.results);
    let output = args.output.as_deref().map_or(Destination::Stdout, Destination::new);
    results.note(session, manifest.points());
    session.require_places(&[&output])?;
    refuse_others(session, args, &manifest, &results)?;
    let outcomes = |point: &Point| results.outcome(point);
    let merge = Merge::new(&manifest, &outcomes, args.allow_failed)?;
    terminal.diagnostics(&Source::new("", ""), &merge.findings);
    if terminal.is_json() && output == Destination::Stdout {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        merge.rows::<Stop>(&mut |cells| {
            rows.push(cells.iter().map(|cell| self::cell(cell)).collect());
            Ok(())
        })?;
        return records::write(terminal, &output, &merge.header(), rows);
    }
    output.write(terminal, |out| merge.write(out))?;
    if let Some(path) = output.path() {
        terminal.note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// A number, where the cell is as one is written; an empty one is what does not exist.
fn cell(text: &str) -> Cell {
    match text.parse::<f64>() {
        Ok(number) if table::number(number) == text => Cell::Number(number),
        _ if text.is_empty() => Cell::Number(f64::NAN),
        _ => Cell::Text(text.to_owned()),
    }
}

/// Refuses a folder with results of another sweep.
fn refuse_others(
    session: &Session,
    args: &MergeArgs,
    manifest: &Manifest,
    results: &Results<'_>,
) -> Result<(), Stop> {
    let known: BTreeSet<&str> = manifest.points().iter().map(|point| point.id.as_str()).collect();
    let found = results.ids(session)?;
    let others: Vec<&String> = found.iter().filter(|id| !known.contains(id.as_str())).collect();
    let Some(first) = others.first() else { return Ok(()) };
    let folder = args.results.display();
    let message = match others.len() {
        1 => format!("`{folder}` holds a result of another sweep: `{first}`"),
        count => format!("`{folder}` holds {count} results of another sweep, the first of them `{first}`"),
    };
    let finding = Diagnostic::global(Severity::Error, codes::RESULTS_MISMATCH, message)
        .help("the version of nnrc, a file or a setting was another one: keep each sweep in a folder of its own")
        .help("or remove these files");
    session.terminal.fail(&Source::new("", ""), finding)
}
