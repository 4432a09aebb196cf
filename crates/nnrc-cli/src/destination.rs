//! Where results go.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use nnrc_rust::Files;
use nnrc_sim::io::atomic::{behind_links, permissions};
use nnrc_sim::io::unfinished::undisturbed;
use nnrc_sim::io::write_atomically;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::terminal::{Stop, Terminal};
use serde_json::Value;

use nnrc::disk::{DASH, reason};

/// Where a result goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl Destination {
    /// The destination named by `-o`.
    pub fn new(path: &Path) -> Self {
        if path.as_os_str() == DASH { Self::Stdout } else { Self::File(path.to_owned()) }
    }

    /// Where a result goes that no `-o` names: STEM with an ending, in the current folder. `network` names what comes from
    /// stdin.
    pub fn named_after(source: &Path, network: &str, ending: &str) -> Self {
        let stem = if source.as_os_str() == DASH { None } else { source.file_stem() };
        let mut name = stem.map_or_else(|| network.into(), std::ffi::OsStr::to_owned);
        name.push(ending);
        Self::File(PathBuf::from(name))
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(path) => Some(path),
        }
    }

    /// Whether both are one place, whatever they are called.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(own), Self::File(other)) => own == other || led_to(own) == led_to(other),
            _ => self == other,
        }
    }

    /// Writes a result: to stdout, or to a file that is complete or not there.
    pub fn write(
        &self,
        terminal: &Terminal,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Stop> {
        let result = self.try_write(write);
        self.report(terminal, result)
    }

    /// Says what will keep a result from being written, before the work for it begins.
    pub fn require_place(&self, terminal: &Terminal) -> Result<(), Stop> {
        let result = match self {
            Self::File(path) if !is_special(path) => place(path),
            _ => Ok(()),
        };
        self.report(terminal, result)
    }

    /// [`Self::write`] without a word about failures.
    pub fn try_write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut pipe = Pipe { is_broken: false };
                let mut out = io::BufWriter::new(&mut pipe);
                let result = write(&mut out).and_then(|()| out.flush());
                // What is left in the buffer has nowhere to go after a failure.
                drop(out.into_parts());
                if pipe.is_broken { Err(io::ErrorKind::BrokenPipe.into()) } else { result }
            }
            // Beside `/dev/null` there is no place for an unfinished file, and no need for one.
            Self::File(path) if is_special(path) => write(&mut File::create(path)?),
            Self::File(path) => write_atomically(path, |file| write(file)),
        }
    }

    /// Says what kept a result from being written.
    pub fn report(&self, terminal: &Terminal, result: io::Result<()>) -> Result<(), Stop> {
        let Err(error) = result else { return Ok(()) };
        let what = match self {
            // Nobody reads on: `nnrc … | head` is no failure.
            Self::Stdout if error.kind() == io::ErrorKind::BrokenPipe => return Err(Stop::BrokenPipe),
            Self::Stdout => "standard output".to_owned(),
            Self::File(path) => path.display().to_string(),
        };
        let mut finding = Diagnostic::global(
            Severity::Error,
            codes::NOT_WRITABLE,
            format!("cannot write `{what}`: {}", reason(&error)),
        );
        if error.kind() == io::ErrorKind::NotFound {
            finding = finding.help("make its folder first, or name a place in one that is there");
        }
        terminal.fail(&Source::new("", ""), finding)
    }
}

/// Where a path leads, links and `..` followed as far as there is something.
fn led_to(path: &Path) -> PathBuf {
    let folder = || match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let beside = || Some(folder().canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

impl Terminal {
    /// A result to stdout.
    pub fn print(&self, text: &str) -> Result<(), Stop> {
        Destination::Stdout.write(self, |out| out.write_all(text.as_bytes()))
    }

    /// A JSON value to stdout, on one line.
    pub fn print_json(&self, value: &Value) -> Result<(), Stop> {
        self.print(&format!("{value}\n"))
    }
}

/// Whether there is a folder for a file at the path, and nothing in its way.
fn place(path: &Path) -> io::Result<()> {
    let path = behind_links(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !std::fs::metadata(folder)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    // A name may be too long, and what is there may be protected.
    permissions(&path).map(drop)
}

/// Writes files into a folder, step by step, so that a run which is interrupted can remove it.
pub fn put(folder: &Path, files: &Files) -> io::Result<()> {
    for (path, bytes) in files {
        let path = folder.join(path);
        undisturbed(|| {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(&path, bytes)
        })?;
    }
    Ok(())
}

/// Stdout that remembers whether its reader went away, whatever the writers in between make of that error.
struct Pipe {
    is_broken: bool,
}

impl Pipe {
    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result {
            self.is_broken |= error.kind() == io::ErrorKind::BrokenPipe;
        }
        result
    }
}

impl Write for &mut Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = io::stdout().write(bytes);
        self.note(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = io::stdout().flush();
        self.note(result)
    }
}

/// Whether there is something at the path that is neither a file nor a folder: a device or a pipe.
pub fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}
