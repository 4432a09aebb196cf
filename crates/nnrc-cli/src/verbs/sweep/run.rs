//! `nnrc sweep run`: the points of a shard that have no result yet.

use std::time::{Duration, Instant};

use nnrc::Failure;
use nnrc::disk::Disk;
use nnrc::numbers::plural;
use nnrc::sweep::{Manifest, Point, Shard, recorded, run_point};
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use serde_json::json;

use super::files::{manifest, require_unchanged};
use super::plan::model_of;
use super::results::{Results, State};
use super::shard::scheduled;
use crate::args::RunArgs;
use crate::session::Session;
use crate::terminal::Stop;

/// Time between two words of progress.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Runs the step.
pub fn run(session: &Session, args: &RunArgs) -> Result<(), Stop> {
    let path = &args.manifest.manifest;
    let plan = manifest(session, path)?;
    let shard = shard(session, args, &plan)?;
    let (file, folder) = model_of(path, &plan);
    require_unchanged(session, &plan, &folder)?;
    let disk = session.disk(&file);
    // What is said of the model does not depend on where it stands.
    let source = Source::new(plan.model(), disk.source(&file)?.text);
    for name in plan.files().keys() {
        session.reads(&folder.join(name));
    }
    let results = Results::new(&args.out);
    results.create(session)?;
    let shard = Work { session, args, plan: &plan, shard, source, disk, results };
    let count = shard.run()?;
    shard.report(&count)
}

/// The part of the sweep to run.
fn shard(session: &Session, args: &RunArgs, plan: &Manifest) -> Result<Shard, Stop> {
    if let Some(shard) = args.shard {
        return Ok(shard);
    }
    let shards = args.shards.or(plan.design().shards);
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    scheduled(shards, &variable).or_else(|words| session.terminal.usage(&words))
}

/// A shard that is run.
struct Work<'a> {
    session: &'a Session,
    args: &'a RunArgs,
    plan: &'a Manifest,
    shard: Shard,
    source: Source,
    disk: Disk,
    results: Results<'a>,
}

/// What became of the points of a shard.
#[derive(Default)]
struct Count {
    run: usize,
    there: usize,
    failed: usize,
    left: usize,
}

impl Work<'_> {
    /// Runs what is missing, as far as the time goes.
    fn run(&self) -> Result<Count, Stop> {
        let start = Instant::now();
        let (mut count, mut longest, mut shown) = (Count::default(), Duration::ZERO, start);
        let points = self.plan.shard(self.shard);
        for (at, point) in points.iter().enumerate() {
            // Looked up only now: another run of this shard may have made it meanwhile.
            let is_there = match self.results.state(point) {
                State::Done => true,
                State::Failed => !self.args.retry_failed,
                State::Missing => false,
            };
            if is_there {
                count.there += 1;
                continue;
            }
            let begun = Instant::now();
            let used = begun - start + longest;
            if self.args.time_limit.is_some_and(|limit| used > limit || limit.is_zero()) {
                count.left += 1;
                continue;
            }
            if begun - shown >= BETWEEN_LINES {
                self.session.terminal.note(&format!("{at} of {}", plural(points.len(), "point")));
                shown = begun;
            }
            match self.point(point)? {
                true => count.run += 1,
                false => count.failed += 1,
            }
            longest = longest.max(begun.elapsed());
        }
        Ok(count)
    }

    /// Runs a point; whether it came out well.
    fn point(&self, point: &Point) -> Result<bool, Stop> {
        let threads = self.args.threads as usize;
        match run_point(self.plan, point, (&self.source, &self.disk), threads, &mut ()) {
            Ok(Some(product)) => self.results.write(self.session, point, &product).map(|()| true),
            // Nobody cancels it.
            Ok(None) => Ok(true),
            Err(failure) => self.failed(point, failure).map(|()| false),
        }
    }

    /// A failure is a result, unless it is none of the point.
    fn failed(&self, point: &Point, failure: Failure) -> Result<(), Stop> {
        let Some(object) = recorded(point, &failure) else { return Err(failure.into()) };
        self.results.write_failure(self.session, point, &object)?;
        let first = failure.findings.iter().find(|finding| finding.is_error());
        let words = first.map_or("", |finding| finding.message.as_str());
        let message = format!("`{}` ({}) failed: {words}", point.id, point.words());
        let finding = Diagnostic::global(Severity::Warning, codes::FAILED_POINT, message);
        self.session.terminal.diagnostics(&Source::new("", ""), &[finding]);
        Ok(())
    }

    /// Says what was done. Points that are left are no success where they may not be.
    fn report(&self, count: &Count) -> Result<(), Stop> {
        let terminal = &self.session.terminal;
        let &Count { run, there, failed, left } = count;
        if terminal.is_json() {
            terminal.print_json(&json!({
                "shard": self.shard.to_string(), "run": run, "there": there, "failed": failed, "left": left,
            }))?;
        }
        let of_shard =
            if self.shard == Shard::WHOLE { String::new() } else { format!("shard {}: ", self.shard) };
        let mut words = format!("{of_shard}{} run", plural(run, "point"));
        for (count, what) in [(there, "there already"), (failed, "failed"), (left, "left")] {
            if count > 0 {
                words.push_str(&format!(", {count} {what}"));
            }
        }
        terminal.note(&words);
        if left == 0 || !self.args.strict {
            return Ok(());
        }
        let message = format!(
            "the time is up, and {} left",
            if left == 1 { "1 point is".to_owned() } else { format!("{left} points are") }
        );
        let finding = Diagnostic::global(Severity::Error, codes::POINTS_LEFT, message)
            .help("run the shard again: it goes on with what is missing");
        terminal.fail(&Source::new("", ""), finding)
    }
}
