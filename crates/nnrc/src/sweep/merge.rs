//! The results of all points as one table.

use std::io::{self, Write};
use std::ops::Range;

use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use serde_json::Value;

use super::head::Point;
use super::manifest::Manifest;
use crate::failure::Failure;
use crate::numbers::plural;
use crate::study::Readings;
use crate::table::{Table, line};

/// What became of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its table, as CSV.
    Table(String),
    /// Its failure, as JSON.
    Failed(String),
}

/// Where outcomes come from: none of a point that was not run.
pub type Outcomes<'a> = dyn Fn(&Point) -> Result<Option<Outcome>, Failure> + 'a;

/// All results of a sweep, ready to be written.
pub struct Merge<'a> {
    manifest: &'a Manifest,
    outcomes: &'a Outcomes<'a>,
    /// Points of the same settings, which are the ranges of one study, unless one of them failed.
    groups: Vec<Range<usize>>,
    /// Columns of all tables, in the order in which they come.
    header: Vec<String>,
    /// What is said of the points that failed: warnings.
    pub findings: Vec<Diagnostic>,
}

/// Failed points that are spoken of one by one.
const SHOWN: usize = 10;

impl<'a> Merge<'a> {
    /// Looks at the results of all points. Points that failed are an error, or with `allow_failed` warnings, and have no
    /// rows then.
    ///
    /// # Errors
    ///
    /// Points without a result, of which the first is named; points that failed; results that are none, or do not belong
    /// together.
    pub fn new(
        manifest: &'a Manifest,
        outcomes: &'a Outcomes<'a>,
        allow_failed: bool,
    ) -> Result<Self, Failure> {
        let mut merge =
            Self { manifest, outcomes, groups: Vec::new(), header: Vec::new(), findings: Vec::new() };
        let points = manifest.points();
        let (mut missing, mut failed) = (Vec::new(), Vec::new());
        for range in groups(points) {
            let mut is_whole = true;
            for at in range.clone() {
                match outcomes(&points[at])? {
                    Some(Outcome::Table(_)) => {}
                    Some(Outcome::Failed(text)) => {
                        failed.push((at, text));
                        is_whole = false;
                    }
                    None => {
                        missing.push(at);
                        is_whole = false;
                    }
                }
            }
            if is_whole {
                let table = merge.table(&range)?;
                let new: Vec<String> =
                    table.header.into_iter().filter(|name| !merge.header.contains(name)).collect();
                merge.header.extend(new);
                merge.groups.push(range);
            }
        }
        if let Some(&first) = missing.first() {
            return Err(fail(gap(points, first, missing.len())));
        }
        let severity = if allow_failed { Severity::Warning } else { Severity::Error };
        merge.findings = failures(points, &failed, severity);
        if !allow_failed && !failed.is_empty() {
            return Err(Failure { source: nowhere(), findings: merge.findings });
        }
        Ok(merge)
    }

    /// The columns: axes first.
    pub fn header(&self) -> Vec<String> {
        let axes = self.manifest.axes().map(|axis| axis.key.clone());
        axes.chain(self.header.iter().cloned()).collect()
    }

    /// Gives all rows, in the order of the points, with a cell for each column.
    ///
    /// # Errors
    ///
    /// Results that have changed since [`Merge::new`], and those of `each`.
    pub fn rows<E: From<Failure>>(&self, each: &mut dyn FnMut(&[String]) -> Result<(), E>) -> Result<(), E> {
        for range in &self.groups {
            let table = self.table(range)?;
            let own: Vec<Option<usize>> =
                self.header.iter().map(|name| table.header.iter().position(|known| known == name)).collect();
            let axes: Vec<String> =
                self.manifest.points()[range.start].set.iter().map(|(_, value)| value.clone()).collect();
            for row in &table.rows {
                let cells = own.iter().map(|at| at.map_or_else(String::new, |at| row[at].clone()));
                let cells: Vec<String> = axes.iter().cloned().chain(cells).collect();
                each(&cells)?;
            }
        }
        Ok(())
    }

    /// Writes all rows as CSV.
    ///
    /// # Errors
    ///
    /// As those of [`Merge::rows`], and those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(line(&self.header()).as_bytes())?;
        let mut each = |row: &[String]| out.write_all(line(row).as_bytes()).map_err(Broken::Output);
        self.rows(&mut each).map_err(|broken| match broken {
            Broken::Output(error) => error,
            Broken::Result(failure) => io::Error::other(failure.to_string()),
        })
    }

    /// The table of a group of points.
    fn table(&self, range: &Range<usize>) -> Result<Table, Failure> {
        let points = &self.manifest.points()[range.clone()];
        let Some(of) = self.manifest.divided_replicates() else {
            let [point] = points else { return Err(changed(&points[0])) };
            let text = self.text(point)?;
            return Table::read(&text).map_err(|words| fail(no_result(point, &words)));
        };
        let mut whole: Option<Readings> = None;
        for point in points {
            let text = self.text(point)?;
            let next = Table::read(&text).and_then(|table| Readings::read(&table));
            let next = next.map_err(|words| fail(no_result(point, &words)))?;
            match &mut whole {
                None => whole = Some(next),
                Some(whole) => whole.join(next).map_err(|words| fail(no_result(point, &words)))?,
            }
        }
        let whole = whole.filter(|whole| whole.is_whole(of));
        whole.map(|whole| whole.summary()).ok_or_else(|| {
            fail(no_result(
                &points[0],
                "its replicates and those of the other ranges are not all of the study",
            ))
        })
    }

    fn text(&self, point: &Point) -> Result<String, Failure> {
        match (self.outcomes)(point)? {
            Some(Outcome::Table(text)) => Ok(text),
            Some(Outcome::Failed(_)) | None => Err(changed(point)),
        }
    }
}

enum Broken {
    Output(io::Error),
    Result(Failure),
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self::Result(failure)
    }
}

/// Runs of points that differ in their replicates alone.
fn groups(points: &[Point]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, point) in points.iter().enumerate() {
        match groups.last_mut() {
            Some(last) if points[last.start].set == point.set => last.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// Findings about a sweep are about no text.
fn nowhere() -> Source {
    Source::new("", "")
}

fn fail(finding: Diagnostic) -> Failure {
    Failure::new(&nowhere(), finding)
}

fn gap(points: &[Point], first: usize, count: usize) -> Diagnostic {
    let Point { id, .. } = &points[first];
    let are = if count == 1 { "is" } else { "are" };
    let message = format!("{count} of {} {are} missing", plural(points.len(), "point"));
    Diagnostic::global(Severity::Error, codes::RESULTS_MISMATCH, message)
        .help(format!("the first one is point {first}, `{id}` ({})", points[first].words()))
        .help("run the shards that were not finished again: `nnrc sweep run` does what is missing")
}

fn no_result(point: &Point, words: &str) -> Diagnostic {
    let message = format!("the result `{}` ({}) is none of this sweep: {words}", point.id, point.words());
    Diagnostic::global(Severity::Error, codes::RESULTS_MISMATCH, message)
        .help("remove its file and run its shard again: `nnrc sweep run` does what is missing")
}

fn changed(point: &Point) -> Failure {
    fail(no_result(point, "it has changed while it was read"))
}

/// What is said of points that failed.
fn failures(points: &[Point], failed: &[(usize, String)], severity: Severity) -> Vec<Diagnostic> {
    let finding = |message| Diagnostic::global(severity, codes::FAILED_POINT, message);
    let mut findings: Vec<Diagnostic> = Vec::new();
    for (at, text) in failed.iter().take(SHOWN) {
        let point = &points[*at];
        let object: Value = serde_json::from_str(text).unwrap_or_default();
        let first = object["findings"][0]["message"].as_str().unwrap_or("its findings cannot be read");
        let code = object["findings"][0]["code"].as_str().unwrap_or_default();
        let message = format!("point {at}, `{}` ({}), failed: {first} [{code}]", point.id, point.words());
        findings.push(finding(message).help(format!("all that was found is in `{}.error.json`", point.id)));
    }
    if failed.len() > SHOWN {
        findings.push(finding(format!("and {} more failed", plural(failed.len() - SHOWN, "point"))));
    }
    if severity == Severity::Error
        && let Some(last) = findings.last_mut()
    {
        last.help.push("`--allow-failed` leaves these points out of the table".to_owned());
    }
    findings
}
