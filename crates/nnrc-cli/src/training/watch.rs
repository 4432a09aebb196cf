//! What is done with what a training says: progress is shown, checkpoints and pictures are written.

use std::time::{Duration, Instant};

use nnrc::Observer;
use nnrc::observer::{Checkpoint, Epoch, Moment, Picture};

use super::files::Files;
use super::progress::Progress;
use crate::terminal::{Stop, Terminal};

/// The least time between two checkpoints: epochs of small networks are shorter than a write to disk.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(200);
/// The same within an epoch.
const WITHIN_EPOCHS: Duration = Duration::from_secs(20);

/// Whoever waits at the terminal.
pub struct Watch<'a> {
    terminal: &'a Terminal,
    files: Option<&'a Files>,
    /// Whether it is known already where training goes on.
    pub is_quiet: bool,
    progress: Option<Progress<'a>>,
    written: Instant,
    /// Why nothing more can be written.
    stop: Option<Stop>,
}

impl<'a> Watch<'a> {
    /// Of a training whose files are these, if it has some.
    pub fn new(terminal: &'a Terminal, files: Option<&'a Files>) -> Self {
        Self { terminal, files, is_quiet: false, progress: None, written: Instant::now(), stop: None }
    }

    /// Ends what is shown.
    ///
    /// # Errors
    ///
    /// What kept a file from being written.
    pub fn end(self) -> Result<(), Stop> {
        if let Some(mut progress) = self.progress {
            progress.finish();
        }
        self.stop.map_or(Ok(()), Err)
    }

    fn write(&mut self, write: impl FnOnce(&Files, &Terminal) -> Result<(), Stop>) {
        if self.stop.is_none()
            && let Some(files) = self.files
        {
            self.stop = write(files, self.terminal).err();
        }
    }
}

impl Observer for Watch<'_> {
    fn note(&mut self, words: &str) {
        match &mut self.progress {
            Some(progress) => progress.relay(words),
            None => self.terminal.note(words),
        }
    }

    fn resumed(&mut self, place: &str) {
        if !self.is_quiet {
            self.terminal.note(&format!("going on after {place}"));
        }
    }

    fn epoch(&mut self, epoch: &Epoch) {
        // The networks of a study are trained one after another.
        if epoch.number == 1
            && let Some(mut done) = self.progress.take()
        {
            done.finish();
        }
        self.progress
            .get_or_insert_with(|| Progress::new(self.terminal, epoch.of, epoch.number - 1))
            .show(epoch);
    }

    fn wants_checkpoint(&mut self, at: Moment) -> bool {
        let between = match at {
            Moment::Epoch => BETWEEN_CHECKPOINTS,
            Moment::Sample => WITHIN_EPOCHS,
        };
        self.files.is_some() && self.written.elapsed() >= between
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) {
        self.write(|files, terminal| files.write_checkpoint(terminal, checkpoint));
        self.written = Instant::now();
    }

    fn checkpoint_name(&self) -> Option<String> {
        self.files.map(|files| files.checkpoint().display().to_string())
    }

    fn pictures(&mut self, pictures: &[Picture]) {
        for picture in pictures {
            self.write(|files, terminal| files.write_picture(terminal, picture));
        }
    }

    fn is_cancelled(&mut self) -> bool {
        self.stop.is_some()
    }
}
