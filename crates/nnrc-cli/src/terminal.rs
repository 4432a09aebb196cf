//! What is said to the user: diagnostics and notes on stderr, results on stdout.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use nnrc::{Failure, findings};
use nnrc_syntax::{Diagnostic, Source, render};

use crate::args::{Color, Common, MessageFormat};
use crate::usage;

/// The end of a verb before its time.
#[derive(Debug)]
pub enum Stop {
    /// What there is to say has been said: the exit status.
    Said(u8),
    /// What the library found is still to be said.
    Found(Failure),
    /// Nobody reads the result.
    BrokenPipe,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Found(failure)
    }
}

/// Wrong usage that the parser of the command line cannot see.
const USAGE: u8 = 2;

/// Stderr and stdout as the user wants them.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    format: MessageFormat,
    color: ColorChoice,
    quiet: bool,
}

impl Terminal {
    /// The terminal of these options.
    pub fn new(common: &Common) -> Self {
        let color = match common.color {
            Color::Auto => AutoStream::choice(&io::stderr()),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self { format: common.message_format, color, quiet: common.quiet }
    }

    /// Whether reports are JSON.
    pub fn is_json(&self) -> bool {
        self.format == MessageFormat::Json
    }

    /// Prints findings to stderr. With `--quiet` only errors.
    pub fn diagnostics(&self, source: &Source, diagnostics: &[Diagnostic]) {
        let shown: Vec<Diagnostic> =
            diagnostics.iter().filter(|finding| !self.quiet || finding.is_error()).cloned().collect();
        let shown: Vec<Diagnostic> =
            shown.into_iter().map(|finding| findings::in_text(source, finding)).collect();
        if shown.is_empty() {
            return;
        }
        let text = match self.format {
            MessageFormat::Human => render(source, &shown, self.color != ColorChoice::Never) + "\n",
            MessageFormat::Json => {
                shown.iter().map(|finding| format!("{}\n", findings::json(source, finding))).collect()
            }
        };
        self.stderr(&text);
    }

    /// Prints findings and stops with the gravest exit status among the errors, if there is one.
    pub fn require(&self, source: &Source, diagnostics: &[Diagnostic]) -> Result<(), Stop> {
        self.diagnostics(source, diagnostics);
        match diagnostics.iter().filter(|finding| finding.is_error()).map(|finding| finding.code.exit).max() {
            Some(exit) => Err(Stop::Said(exit.max(1))),
            None => Ok(()),
        }
    }

    /// Says what is still to be said of the end of a verb; the exit status.
    pub fn end(&self, stop: Stop) -> u8 {
        match stop {
            Stop::Said(exit) => exit,
            Stop::BrokenPipe => 0,
            Stop::Found(Failure { source, findings }) => match self.require(&source, &findings) {
                Err(Stop::Said(exit)) => exit,
                _ => 1,
            },
        }
    }

    /// Prints one error and stops.
    pub fn fail<T>(&self, source: &Source, error: Diagnostic) -> Result<T, Stop> {
        let exit = error.code.exit.max(1);
        self.diagnostics(source, &[error]);
        Err(Stop::Said(exit))
    }

    /// Stops because of a command line that makes no sense.
    pub fn usage<T>(&self, message: &str) -> Result<T, Stop> {
        let text = match self.format {
            MessageFormat::Human => {
                format!("error: {message}\n\nFor more information, try `nnrc help`.\n")
            }
            MessageFormat::Json => {
                format!("{}\n", usage::object(message, &[]))
            }
        };
        self.stderr(&text);
        Err(Stop::Said(USAGE))
    }

    /// Whether remarks on progress are wanted.
    pub fn speaks_to_people(&self) -> bool {
        !self.quiet && self.format == MessageFormat::Human
    }

    /// A remark on progress, for people only.
    pub fn note(&self, message: &str) {
        if self.speaks_to_people() {
            self.stderr(&format!("{message}\n"));
        }
    }

    /// The last words of a run that is interrupted, below a bar of progress.
    pub fn interrupt(&self, message: &str) {
        let line = if io::stderr().is_terminal() { "\n" } else { "" };
        self.note(&format!("{line}{message}"));
    }

    fn stderr(&self, text: &str) {
        // If stderr is closed there is no other place to complain.
        let _ = AutoStream::new(io::stderr(), self.color).lock().write_all(text.as_bytes());
    }
}
