//! What is shown while replicates run: a bar on a terminal, else a line every few seconds.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::Terminal;

/// Time between two lines where there is no bar.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Replicates done, counted from any thread.
pub struct Progress<'a> {
    terminal: &'a Terminal,
    bar: Option<ProgressBar>,
    all: usize,
    done: AtomicUsize,
    shown: Mutex<Instant>,
}

impl<'a> Progress<'a> {
    /// Of `all` replicates.
    pub fn new(terminal: &'a Terminal, all: usize) -> Self {
        let bar = (terminal.speaks_to_people() && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(all as u64);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} replicates  {eta} left") {
                bar.set_style(style);
            }
            bar
        });
        Self { terminal, bar, all, done: AtomicUsize::new(0), shown: Mutex::new(Instant::now()) }
    }

    /// One more is done.
    pub fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            return;
        }
        // Whoever finds the clock taken leaves the line to the other.
        if let Ok(mut shown) = self.shown.try_lock()
            && shown.elapsed() >= BETWEEN_LINES
        {
            self.terminal.note(&format!("{done} of {} replicates", self.all));
            *shown = Instant::now();
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
