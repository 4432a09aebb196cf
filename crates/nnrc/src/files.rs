//! Files: sources, weights and data in, results out.

mod gzip;
mod tables;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use nnrc_model::{ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_sim::io::{ReadError, ReadErrorKind, idx, npz, safetensors, table, write_atomically};
use nnrc_syntax::{Code, Diagnostic, MAX_BYTES, Severity, Source, Span, codes};

use crate::terminal::{Stop, Terminal};

/// The name for stdin and stdout on the command line.
pub const DASH: &str = "-";

/// The largest data or weight file that is read, in bytes.
const MAX_DATA: u64 = 4 << 30;

/// Reads a source text; `-` is stdin. No more than the parser takes is ever loaded.
pub fn source(terminal: &Terminal, path: &Path) -> Result<Source, Stop> {
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
        return terminal.fail(&Source::new(name, ""), finding);
    }
    if bytes.len() > MAX_BYTES {
        let finding = Diagnostic::global(
            Severity::Error,
            codes::FILE_TOO_LARGE,
            format!("`{name}` has more than {} MiB, the limit for a source text", MAX_BYTES >> 20),
        )
        .help("move the weights into a file: `weights from \"weights.safetensors\" { }`")
        .help("move data into a file: `dataset d = csv(\"data.csv\") { … }`");
        return terminal.fail(&Source::new(name, ""), finding);
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
            terminal.fail(&Source::new(name, text), finding)
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
pub struct Folder {
    folder: PathBuf,
}

impl Folder {
    /// The folder of a source; the current one for stdin.
    pub fn of(path: &Path) -> Self {
        let folder = if path.as_os_str() == DASH { None } else { path.parent() };
        Self { folder: folder.unwrap_or(Path::new("")).to_owned() }
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
        let mut bytes = Vec::new();
        File::open(&place)
            .and_then(|file| file.take(MAX_DATA + 1).read_to_end(&mut bytes))
            .map_err(|error| ResourceError { code: codes::UNREADABLE_FILE, message: reason(&error) })?;
        if bytes.len() as u64 > MAX_DATA {
            let message = format!("it has more than {} GiB", MAX_DATA >> 30);
            return Err(ResourceError { code: codes::MALFORMED_FILE, message });
        }
        let extension = place.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        Ok((bytes, extension.to_lowercase()))
    }
}

impl Resources for Folder {
    fn tensors(&self, path: &str) -> Result<BTreeMap<String, Tensor>, ResourceError> {
        let (bytes, extension) = self.read(path)?;
        let arrays = match extension.as_str() {
            "npz" | "npy" => npz::read(&bytes),
            "safetensors" => safetensors::read(&bytes),
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
        let tensor = |array: nnrc_sim::io::Array| Tensor { shape: array.shape, values: array.values };
        Ok(arrays.map_err(explain)?.into_iter().map(|(name, array)| (name, tensor(array))).collect())
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        let (bytes, mut extension) = self.read(path)?;
        if extension == "gz" {
            let inner = Path::new(path).file_stem().map(Path::new).and_then(Path::extension);
            extension = inner.and_then(|inner| inner.to_str()).unwrap_or_default().to_lowercase();
        }
        // No text holds a zero: what inflates to such is refused at its beginning.
        let limit = |start: &[u8]| match table::text(start) {
            Err(error) if start.contains(&0) => Err(error.message),
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
            Err(error) => Err(error.message),
        };
        let array = idx::read(&unpacked(bytes, limit)?).map_err(explain)?;
        Ok(Tensor { shape: array.shape, values: array.values })
    }
}

/// The contents of a file that may be compressed by gzip; `limit` says from their beginning how many bytes they may have.
fn unpacked(
    bytes: Vec<u8>,
    limit: impl Fn(&[u8]) -> Result<usize, String>,
) -> Result<Vec<u8>, ResourceError> {
    if !gzip::is_gzip(&bytes) {
        return Ok(bytes);
    }
    gzip::inflate(&bytes, limit).map_err(|message| ResourceError { code: codes::MALFORMED_FILE, message })
}

fn explain(error: ReadError) -> ResourceError {
    let code: Code = match error.kind {
        ReadErrorKind::Malformed | ReadErrorKind::Unsupported => codes::MALFORMED_FILE,
        ReadErrorKind::Pickled => codes::PICKLED_FILE,
        ReadErrorKind::Ragged => codes::RAGGED_TABLE,
        ReadErrorKind::InvalidUtf8 => codes::INVALID_UTF8,
        ReadErrorKind::NonFinite => codes::NON_FINITE_DATA,
    };
    ResourceError { code, message: error.message }
}

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
            Self::Stdout if error.kind() == io::ErrorKind::BrokenPipe => return Err(Stop::BROKEN_PIPE),
            Self::Stdout => "standard output".to_owned(),
            Self::File(path) => path.display().to_string(),
        };
        let mut finding = Diagnostic::global(
            Severity::Error,
            codes::NOT_WRITABLE,
            format!("cannot write `{what}`: {}", reason(&error)),
        );
        if error.kind() == io::ErrorKind::NotFound {
            finding = finding.help("make its folder first, or name another place with `-o`");
        }
        terminal.fail(&Source::new("", ""), finding)
    }
}

/// Whether there is a folder for a file at the path, and nothing in its way.
fn place(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !std::fs::metadata(folder)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    if path.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(()) }
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
