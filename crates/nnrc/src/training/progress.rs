//! What is shown while a network is trained: a bar on a terminal, else a line every few seconds.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use nnrc_sim::train::{Metrics, Record};

use crate::numbers::short;
use crate::terminal::Terminal;

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
    pub fn show(&mut self, record: &Record) {
        if let Some(bar) = &self.bar {
            bar.set_position(record.epoch as u64);
            if self.shown.elapsed() >= Duration::from_millis(50) {
                bar.set_message(line(record));
                self.shown = Instant::now();
            }
        } else if self.shown.elapsed() >= BETWEEN_LINES {
            self.terminal.note(&format!("epoch {} of {}: {}", record.epoch, self.epochs, line(record)));
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

fn line(record: &Record) -> String {
    let validation = record.validation.map_or(String::new(), |m| format!("; validation: {}", words(&m)));
    format!("{}{validation}", words(&record.train))
}

/// Metrics in words.
pub fn words(metrics: &Metrics) -> String {
    format!("loss {}, accuracy {}", short(metrics.loss), short(metrics.accuracy))
}
