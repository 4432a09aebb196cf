//! What is shown while replicates run: a bar on a terminal, else a line every few seconds.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use nnrc::Observer;

use crate::terminal::Terminal;

/// Time between two lines where there is no bar.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Replicates done.
pub struct Progress<'a> {
    terminal: &'a Terminal,
    bar: Option<ProgressBar>,
    shown: Instant,
}

impl<'a> Progress<'a> {
    /// Nothing is shown before the first replicate is.
    pub fn new(terminal: &'a Terminal) -> Self {
        Self { terminal, bar: None, shown: Instant::now() }
    }

    fn begin(&mut self, of: usize) {
        self.shown = Instant::now();
        self.bar = (self.terminal.speaks_to_people() && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(of as u64);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} replicates  {eta} left") {
                bar.set_style(style);
            }
            bar
        });
    }
}

impl Observer for Progress<'_> {
    fn note(&mut self, words: &str) {
        self.terminal.note(words);
    }

    fn progress(&mut self, done: usize, of: usize) {
        if done == 0 {
            return self.begin(of);
        }
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            if done == of {
                bar.finish_and_clear();
            }
        } else if self.shown.elapsed() >= BETWEEN_LINES {
            self.terminal.note(&format!("{done} of {of} replicates"));
            self.shown = Instant::now();
        }
    }
}
