//! Files on disk, decoded: texts, weights and data. Nothing is written.

#![allow(clippy::disallowed_methods, reason = "the one place of the library that reads files")]

pub mod cache;

mod decode;
mod error;
mod gzip;
mod model;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_sim::io::{FilesRead, read_file};
use nnrc_syntax::{Diagnostic, MAX_BYTES, Near, Severity, Source, Span, codes};

use crate::failure::Failure;

/// The name of a file that is not on disk: what comes from standard input.
pub const DASH: &str = "-";

/// The files that a run reads, shared by all that read them.
#[derive(Debug, Clone, Default)]
pub struct Record(Arc<Mutex<FilesRead>>);

impl Record {
    /// Notes a file; `-` is what stdin comes from.
    pub fn add(&self, path: &Path) {
        let is_stdin = path.as_os_str() == DASH;
        self.lock().add(if is_stdin { Path::new("/dev/stdin") } else { path });
    }

    /// The file that a result at this path would replace.
    pub fn replaced_by(&self, output: &Path) -> Option<PathBuf> {
        self.lock().replaced_by(output).map(Path::to_owned)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, FilesRead> {
        // A list of files is right between any two steps.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a source text; `-` is stdin. No more than the parser takes is ever loaded.
fn source(path: &Path) -> Result<Source, Failure> {
    let is_stdin = path.as_os_str() == DASH;
    let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that is too long from one that just fits.
    let limit = MAX_BYTES as u64 + 1;
    let read = if is_stdin {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    if let Err(error) = read {
        let mut finding = Diagnostic::global(
            Severity::Error,
            codes::UNREADABLE_FILE,
            format!("cannot read `{name}`: {}", reason(&error)),
        );
        finding = finding.did_you_mean(near_file(path).filter(|_| error.kind() == io::ErrorKind::NotFound));
        return Err(Failure::new(&Source::new(name, ""), finding));
    }
    if bytes.len() > MAX_BYTES {
        let finding = Diagnostic::global(
            Severity::Error,
            codes::FILE_TOO_LARGE,
            format!("`{name}` has more than {} MiB, the limit for a source text", MAX_BYTES >> 20),
        )
        .help("move the weights into a file: `weights from \"weights.safetensors\" { }`")
        .help("move data into a file: `dataset d = csv(\"data.csv\") { … }`");
        return Err(Failure::new(&Source::new(name, ""), finding));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let finding = Diagnostic::error(
                codes::INVALID_UTF8,
                Span::new(at, at + 1),
                format!("`{name}` is not UTF-8 text: byte {} does not belong there", at + 1),
            )
            .label("not UTF-8")
            .help("save the file as UTF-8");
            Err(Failure::new(&Source::new(name, text), finding))
        }
    }
}

/// A `.nnr` file whose name is near to one that does not exist.
fn near_file(path: &Path) -> Option<Near> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".nnr"))
        .collect();
    names.sort();
    let near = nnrc_syntax::suggest(wanted, names.iter().map(String::as_str))?;
    Some(near.within(|near| path.with_file_name(near).display().to_string()))
}

/// What went wrong, without the number of the operating system.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_lowercase(),
        None => text,
    }
}

/// Files by the paths written in a `.nnr` file, relative to its folder.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
    record: Record,
    /// Paths of files that were read, as they were asked for.
    named: Arc<Mutex<BTreeSet<String>>>,
}

impl Disk {
    /// The folder of a source; the current one for stdin.
    pub fn of(path: &Path) -> Self {
        let folder = if path.as_os_str() == DASH { None } else { path.parent() };
        let folder = folder.unwrap_or(Path::new("")).to_owned();
        Self { folder, record: Record::default(), named: Arc::default() }
    }

    /// Reads a text; `-` is stdin. No more than the parser takes is ever loaded.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, that is too long, or that is no UTF-8.
    pub fn source(&self, path: &Path) -> Result<Source, Failure> {
        self.record.add(path);
        source(path)
    }

    /// The same folder, whose files are noted when they are read.
    pub fn noting(self, record: &Record) -> Self {
        Self { record: record.clone(), ..self }
    }

    /// Turns a path given on the command line, relative to the current folder, into one that is read as such.
    pub fn seen_from_here(&self, path: &Path) -> String {
        let absolute = || std::path::absolute(path).ok();
        let path = if self.folder.as_os_str().is_empty() { None } else { absolute() }
            .unwrap_or_else(|| path.to_owned());
        path.display().to_string()
    }

    /// The files that were read so far, by the paths that they were asked for.
    ///
    /// # Errors
    ///
    /// A file that is not there any more.
    pub fn undecoded(&self) -> Result<Undecoded, ResourceError> {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner).clone();
        named
            .into_iter()
            .map(|path| Ok((path.clone(), self.read(&path)?.0)))
            .collect::<Result<_, _>>()
            .map(Undecoded)
    }

    /// Where a file is that the source names.
    fn place(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    fn read(&self, path: &str) -> Result<(Vec<u8>, String), ResourceError> {
        let place = self.place(path);
        self.record.add(&place);
        self.named.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        let bytes = read_file(&place)
            .map_err(|error| ResourceError { code: codes::UNREADABLE_FILE, message: reason(&error) })?;
        Ok((bytes, decode::extension(&place)))
    }
}

impl Resources for Disk {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        decode::tensors(self.read(path)?)
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        decode::table(path, self.read(path)?, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        decode::idx(self.read(path)?.0)
    }
}

/// Files that are in memory, undecoded, by the paths written in a `.nnr` file.
#[derive(Debug, Clone, Default)]
pub struct Undecoded(pub BTreeMap<String, Vec<u8>>);

impl Undecoded {
    fn read(&self, path: &str) -> Result<(Vec<u8>, String), ResourceError> {
        let bytes = self.0.get(path).ok_or_else(|| ResourceError {
            code: codes::UNREADABLE_FILE,
            message: "it is not in the archive".to_owned(),
        })?;
        Ok((bytes.clone(), decode::extension(Path::new(path))))
    }
}

impl Resources for Undecoded {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        decode::tensors(self.read(path)?)
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        decode::table(path, self.read(path)?, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        decode::idx(self.read(path)?.0)
    }
}
