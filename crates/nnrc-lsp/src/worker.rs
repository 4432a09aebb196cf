//! Analysis in a thread of its own: of each text the latest alone, with files that are read once.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use nnrc::disk::DASH;
use nnrc::disk::cache::{Cache, CachedDisk};
use nnrc::review::Review;
use nnrc::{Disk, Project};
use nnrc_analysis::{Overrides, Words};
use nnrc_syntax::parse_recovering;

use crate::document::Text;
use crate::features::Features;

/// Files above this size, in bytes, are read when the text is saved.
const LARGE: u64 = 64 << 20;

/// A text to analyse.
#[derive(Debug, Clone)]
pub struct Job {
    /// Whose text it is.
    pub uri: String,
    /// Which one: later ones have larger numbers.
    pub revision: u64,
    /// The text.
    pub text: Arc<Text>,
    /// Its file, from which it names others; none for a text that was never saved.
    pub path: Option<PathBuf>,
    /// Whether it was opened or saved just now, so that large files are read.
    pub is_saved: bool,
}

/// What came out.
#[derive(Debug)]
pub struct Outcome {
    /// Whose text it was.
    pub uri: String,
    /// Which one.
    pub revision: u64,
    /// What is known of it; none where analysis has a bug.
    pub features: Option<Features>,
}

/// Analyses what comes, until nothing comes any more.
pub fn work(jobs: &Receiver<Job>, words: Words, mut done: impl FnMut(Outcome)) {
    let cache = Cache::default();
    let mut waiting: BTreeMap<String, Job> = BTreeMap::new();
    loop {
        // What came meanwhile takes the place of what was waiting.
        while let Ok(job) = jobs.try_recv() {
            note(&mut waiting, job);
        }
        let Some((uri, job)) = waiting.pop_first() else {
            let Ok(job) = jobs.recv() else { return };
            note(&mut waiting, job);
            continue;
        };
        // A panic is a bug of the compiler. The text changes with the next key, and the server goes on.
        let features = catch_unwind(AssertUnwindSafe(|| analyse(&job, words, &cache))).ok();
        done(Outcome { uri, revision: job.revision, features });
    }
}

fn note(waiting: &mut BTreeMap<String, Job>, mut job: Job) {
    if let Some(before) = waiting.get(&job.uri) {
        job.is_saved |= before.is_saved;
    }
    waiting.insert(job.uri.clone(), job);
}

fn analyse(job: &Job, words: Words, cache: &Cache) -> Features {
    let disk = Disk::of(job.path.as_deref().unwrap_or(std::path::Path::new(DASH)));
    let files = CachedDisk::new(disk, cache, if job.is_saved { u64::MAX } else { LARGE });
    let overrides = Overrides { words, ..Overrides::default() };
    let review = Project::new(job.text.source.clone(), &files).with(overrides).review();
    if files.has_refused() {
        // What a large file says is not known before the text is saved.
        let (syntax, findings) = parse_recovering(job.text.text());
        return Features::new(Review { syntax, findings, checked: None, compiled: None });
    }
    Features::new(review)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Encoding;

    fn job(uri: &str, revision: u64, is_saved: bool) -> Job {
        let text = Arc::new(Text::new(uri, "network".to_owned(), Encoding::Utf16));
        Job { uri: uri.to_owned(), revision, text, path: None, is_saved }
    }

    #[test]
    fn of_each_text_the_latest_is_analysed() {
        let (sender, jobs) = std::sync::mpsc::channel();
        for (uri, revision) in [("a", 1), ("b", 2), ("a", 3), ("a", 4)] {
            sender.send(job(uri, revision, false)).unwrap();
        }
        drop(sender);
        let mut seen = Vec::new();
        work(&jobs, Words::default(), |outcome| {
            seen.push((outcome.uri, outcome.revision, outcome.features.is_some()))
        });
        assert_eq!(seen, [("a".to_owned(), 4, true), ("b".to_owned(), 2, true)]);
    }

    #[test]
    fn a_save_is_not_lost_by_the_next_key() {
        let mut waiting = BTreeMap::new();
        note(&mut waiting, job("a", 1, true));
        note(&mut waiting, job("a", 2, false));
        assert!(waiting["a"].is_saved && waiting["a"].revision == 2);
    }
}
