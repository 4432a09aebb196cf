//! What is shown while a network is trained: a bar on a terminal, else a line every few seconds.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use nnrc_sim::program::Epoch;

use crate::terminal::Terminal;
use nnrc::numbers::plural;
use nnrc::observer;
use nnrc::training::words;

/// Time between two lines where there is no bar.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Progress of a training.
pub struct Progress<'a> {
    terminal: &'a Terminal,
    bar: Option<ProgressBar>,
    epochs: usize,
    shown: Instant,
}

impl<'a> Progress<'a> {
    /// Of `epochs` epochs, `done` of them before this run.
    pub fn new(terminal: &'a Terminal, epochs: usize, done: usize) -> Self {
        let bar = (terminal.speaks_to_people() && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(epochs as u64);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} epochs  {msg}  {eta} left")
            {
                bar.set_style(style);
            }
            bar.set_position(done as u64);
            bar
        });
        Self { terminal, bar, epochs, shown: Instant::now() }
    }

    /// Shows an epoch.
    pub fn show(&mut self, epoch: &observer::Epoch) {
        self.show_words(epoch.number, || line(epoch));
    }

    /// Shows what a program that trains has said: an epoch as `show` does, anything else as a remark.
    pub fn relay(&mut self, said: &str) {
        match Epoch::read(said) {
            Some(epoch) => self.show_words(epoch.number, || epoch.metrics.to_owned()),
            None => match &self.bar {
                Some(bar) => bar.suspend(|| self.terminal.note(said)),
                None => self.terminal.note(said),
            },
        }
    }

    fn show_words(&mut self, number: usize, words: impl FnOnce() -> String) {
        if let Some(bar) = &self.bar {
            bar.set_position(number as u64);
            if self.shown.elapsed() >= Duration::from_millis(50) {
                bar.set_message(words());
                self.shown = Instant::now();
            }
        } else if self.shown.elapsed() >= BETWEEN_LINES {
            let epoch = Epoch { number, of: self.epochs, metrics: &words() };
            self.terminal.note(&epoch.to_string());
            self.shown = Instant::now();
        }
    }

    /// Removes the bar.
    pub fn finish(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn line(epoch: &observer::Epoch) -> String {
    let validation = epoch.validation.map_or(String::new(), |m| format!("; validation: {}", words(&m)));
    let violations =
        epoch.violations.map_or(String::new(), |count| format!(", {}", plural(count, "violation")));
    format!("{}{violations}{validation}", words(&epoch.train))
}
