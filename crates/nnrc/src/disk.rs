//! Files on disk, decoded: texts, weights and data. Nothing is written.

#![allow(clippy::disallowed_methods, reason = "the one place of the library that reads files")]

mod error;
mod gzip;
mod model;
mod tables;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_sim::io::{ArrayFile, FilesRead, idx, npz, read_file, safetensors, table};
use nnrc_syntax::{Diagnostic, MAX_BYTES, Severity, Source, Span, codes};

use crate::failure::Failure;
use error::explain;

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
fn near_file(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".nnr"))
        .collect();
    names.sort();
    let near = nnrc_syntax::suggest(wanted, names.iter().map(String::as_str))?;
    Some(path.with_file_name(near).display().to_string())
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
}

impl Disk {
    /// The folder of a source; the current one for stdin.
    pub fn of(path: &Path) -> Self {
        let folder = if path.as_os_str() == DASH { None } else { path.parent() };
        Self { folder: folder.unwrap_or(Path::new("")).to_owned(), record: Record::default() }
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

    fn read(&self, path: &str) -> Result<(Vec<u8>, String), ResourceError> {
        let place = self.folder.join(path);
        self.record.add(&place);
        let bytes = read_file(&place)
            .map_err(|error| ResourceError { code: codes::UNREADABLE_FILE, message: reason(&error) })?;
        let extension = place.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        Ok((bytes, extension.to_lowercase()))
    }
}

impl Resources for Disk {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        let (bytes, extension) = self.read(path)?;
        let file = match extension.as_str() {
            "npz" | "npy" => npz::open(bytes),
            "safetensors" => safetensors::open(bytes),
            // PyTorch's own files are archives with pickles inside: the reader of archives says so.
            "pt" | "pth" | "pkl" | "pickle" | "bin" => {
                let message = "Python objects would have to be executed to be read; \
                               save the tensors as .npz or .safetensors";
                return Err(ResourceError { code: codes::PICKLED_FILE, message: message.to_owned() });
            }
            _ => {
                let message = "expected a file that ends in .npz, .npy or .safetensors";
                return Err(ResourceError { code: codes::MALFORMED_FILE, message: message.to_owned() });
            }
        };
        Ok(Box::new(Decoded(file.map_err(explain)?)))
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        let (bytes, mut extension) = self.read(path)?;
        if extension == "gz" {
            let inner = Path::new(path).file_stem().map(Path::new).and_then(Path::extension);
            extension = inner.and_then(|inner| inner.to_str()).unwrap_or_default().to_lowercase();
        }
        // No text holds a zero: what inflates to such is refused at its beginning.
        let limit = |start: &[u8]| match table::text(start) {
            Err(error) if start.contains(&0) => Err(explain(error)),
            _ => Ok(gzip::MAX_INFLATED),
        };
        tables::read(&unpacked(bytes, limit)?, &extension, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        let (bytes, _) = self.read(path)?;
        // The header says how much follows: what is too much is not inflated at all.
        let limit = |start: &[u8]| match idx::size(start) {
            Ok(size) if size > gzip::MAX_INFLATED => Err(gzip::too_large()),
            Ok(size) => Ok(size),
            Err(error) => Err(explain(error)),
        };
        let array = idx::read(&unpacked(bytes, limit)?).map_err(explain)?;
        Ok(Tensor { shape: array.shape, values: array.values })
    }
}

/// The contents of a file that may be compressed by gzip; `limit` says from their beginning how many bytes they may have.
fn unpacked(
    bytes: Vec<u8>,
    limit: impl Fn(&[u8]) -> Result<usize, ResourceError>,
) -> Result<Vec<u8>, ResourceError> {
    if !gzip::is_gzip(&bytes) {
        return Ok(bytes);
    }
    gzip::inflate(&bytes, limit)
}

/// Arrays of a file that was read.
struct Decoded(ArrayFile<'static>);

impl Arrays for Decoded {
    fn names(&self) -> Vec<&str> {
        self.0.names().collect()
    }

    fn holds(&self, name: &str) -> bool {
        self.0.holds(name)
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>, ResourceError> {
        self.0.shape(name).ok_or_else(|| ResourceError::missing_array(name))?.map_err(explain)
    }

    fn read(&self, name: &str) -> Result<Tensor, ResourceError> {
        let array = self.0.read(name).ok_or_else(|| ResourceError::missing_array(name))?.map_err(explain)?;
        Ok(Tensor { shape: array.shape, values: array.values })
    }

    fn texts(&self, name: &str) -> Option<Result<Vec<String>, ResourceError>> {
        Some(self.0.texts(name)?.map_err(explain))
    }
}
