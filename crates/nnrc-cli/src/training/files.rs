//! Files of a training: weights, checkpoint, table and picture of its course.

use std::io;
use std::path::{Path, PathBuf};

use nnrc::observer::{Checkpoint, History, Picture, Subject};
use nnrc::training::Trained;
use nnrc_model::{Construction, Model};
use nnrc_sim::io::{Arrays, npz, read_file, table};
use nnrc_syntax::codes::Code;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::destination::{Destination, is_special};
use crate::session::Session;
use crate::terminal::{Stop, Terminal};
use nnrc::disk::{DASH, reason};

/// Where the files of a training are.
pub struct Files {
    weights: Destination,
    is_safetensors: bool,
    /// Folder and name that the other files begin with.
    stem: PathBuf,
}

impl Files {
    /// Files for a source, or for the name that `-o` gives to the weights.
    pub fn new(session: &Session, source: &Path, network: &str, output: Option<&Path>) -> Result<Self, Stop> {
        let own = if source.as_os_str() == DASH { None } else { source.file_stem() };
        let own = PathBuf::from(own.map_or_else(|| network.into(), std::ffi::OsStr::to_owned));
        let Some(path) = output else {
            let weights = Destination::File(with(&own, ".trained.npz"));
            return Ok(Self { weights, is_safetensors: false, stem: own });
        };
        let weights = Destination::new(path);
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let is_safetensors = extension.eq_ignore_ascii_case("safetensors");
        if weights == Destination::Stdout || is_special(path) {
            return Ok(Self { weights, is_safetensors: false, stem: own });
        }
        if !is_safetensors && !extension.eq_ignore_ascii_case("npz") {
            let message =
                format!("`-o {}`: expected a name that ends in .npz or .safetensors", path.display());
            return session.terminal.usage(&message);
        }
        Ok(Self { weights, is_safetensors, stem: path.with_extension("") })
    }

    /// Where the weights go.
    pub fn weights(&self) -> &Destination {
        &self.weights
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> PathBuf {
        with(&self.stem, ".checkpoint.npz")
    }

    /// The table of the epochs.
    pub fn table(&self) -> PathBuf {
        with(&self.stem, ".train.csv")
    }

    /// The picture of the epochs.
    pub fn picture(&self) -> PathBuf {
        with(&self.stem, ".train.svg")
    }

    /// The picture of the weights, of learning in the pot.
    pub fn weights_picture(&self) -> PathBuf {
        with(&self.stem, ".weights.svg")
    }

    /// Table and pictures of the course of a training.
    pub fn of_course(&self, construction: Construction) -> Vec<PathBuf> {
        let mut files = vec![self.table(), self.picture()];
        match construction {
            Construction::FixedPoint(_) => {}
            Construction::OnePot(_) => files.push(self.rails_picture()),
            Construction::Phased(_) => files.push(self.weights_picture()),
        }
        files
    }

    /// Writes weights with the version of nnrc and with what inputs and outputs are.
    pub fn write_weights(&self, terminal: &Terminal, model: &Model, trained: &Trained) -> Result<(), Stop> {
        self.weights.write(terminal, |out| trained.write(model, out, self.is_safetensors))
    }

    fn fail<T>(&self, terminal: &Terminal, code: Code, message: String) -> Result<T, Stop> {
        let finding = Diagnostic::global(Severity::Error, code, message)
            .help("train anew without `--resume`, or with another `-o`");
        terminal.fail(&Source::new(self.checkpoint().display().to_string(), ""), finding)
    }

    /// Reads the arrays of the checkpoint; none if there is none.
    pub fn read_arrays(&self, terminal: &Terminal) -> Result<Option<Arrays>, Stop> {
        let path = self.checkpoint();
        let name = path.display();
        let bytes = match read_file(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let message = format!("cannot read `{name}`: {}", reason(&error));
                return self.fail(terminal, codes::UNREADABLE_FILE, message);
            }
        };
        match npz::read(&bytes) {
            Ok(arrays) => Ok(Some(arrays)),
            Err(error) => {
                let message = format!("cannot read `{name}`: {error}");
                self.fail(terminal, codes::MALFORMED_FILE, message)
            }
        }
    }

    /// The picture of what grows in a pot.
    pub fn rails_picture(&self) -> PathBuf {
        with(&self.stem, ".rails.svg")
    }

    /// Writes the checkpoint, whose old one stays until the new one is complete, and the table of the epochs.
    pub fn write_checkpoint(&self, terminal: &Terminal, checkpoint: &Checkpoint) -> Result<(), Stop> {
        Destination::File(self.checkpoint()).write(terminal, |out| npz::write(out, &checkpoint.arrays))?;
        let History { header, rows } = &checkpoint.history;
        Destination::File(self.table()).write(terminal, |out| table::write(out, header, rows.clone()))
    }

    /// Writes a picture of the course of the training.
    pub fn write_picture(&self, terminal: &Terminal, picture: &Picture) -> Result<(), Stop> {
        let path = match picture.subject {
            Subject::Metrics => self.picture(),
            Subject::Growth => self.rails_picture(),
            Subject::Weights => self.weights_picture(),
        };
        Destination::File(path).write(terminal, |out| out.write_all(picture.svg.as_bytes()))
    }
}

/// A path with an ending after its name; dots in the name stay.
fn with(stem: &Path, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
