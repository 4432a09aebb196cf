//! Files of a training: weights, checkpoint, table and picture of its course.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use nnrc_model::Tensor;
use nnrc_model::{Construction, Model};
use nnrc_sim::io::{Array, Arrays, npz, read_file, table};
use nnrc_sim::train::{self, Difference, Quantity, Stamp, State, Unusable};
use nnrc_syntax::codes::Code;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use super::learner::Learning;
use crate::destination::{Destination, is_special};
use crate::session::Session;
use crate::terminal::{Stop, Terminal};
use nnrc::disk::{DASH, reason};
use nnrc::meanings;
use nnrc::plot::{self, Curve};

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
            Construction::FixedPoint => {}
            Construction::OnePot => files.push(self.rails_picture()),
            Construction::Phased => files.push(self.weights_picture()),
        }
        files
    }

    /// Writes weights with the version of nnrc and with what inputs and outputs are.
    pub fn write_weights(
        &self,
        terminal: &Terminal,
        model: &Model,
        weights: &BTreeMap<String, Tensor>,
    ) -> Result<(), Stop> {
        let array = |tensor: &Tensor| Array { shape: tensor.shape.clone(), values: tensor.values.clone() };
        let mut arrays: Arrays = weights.iter().map(|(key, tensor)| (key.clone(), array(tensor))).collect();
        arrays.insert(train::VERSION.to_owned(), train::version());
        let meanings = meanings::carried(model);
        self.weights.write(terminal, |out| meanings.write(out, &arrays, self.is_safetensors))
    }

    /// Writes the checkpoint: the old one stays until the new one is complete.
    pub fn write_checkpoint(
        &self,
        terminal: &Terminal,
        learning: &Learning<'_>,
        state: &State,
        stamp: &Stamp,
    ) -> Result<(), Stop> {
        let arrays = train::to_arrays(state, &learning.layout(), stamp);
        Destination::File(self.checkpoint()).write(terminal, |out| npz::write(out, &arrays))?;
        self.write_table(terminal, state)
    }

    /// Reads the checkpoint; none if there is none.
    pub fn read_checkpoint(
        &self,
        terminal: &Terminal,
        learning: &Learning<'_>,
        stamp: &Stamp,
    ) -> Result<Option<State>, Stop> {
        let Some(arrays) = self.read_arrays(terminal)? else { return Ok(None) };
        match train::from_arrays(&arrays, &learning.layout(), stamp) {
            Ok(state) => Ok(Some(state)),
            Err(unusable) => self.refuse(terminal, &unusable),
        }
    }

    /// Refuses a checkpoint that is damaged or belongs to something else.
    pub fn refuse<T>(&self, terminal: &Terminal, unusable: &Unusable) -> Result<T, Stop> {
        let path = self.checkpoint();
        let name = path.display();
        match unusable {
            Unusable::Malformed(array) => {
                let message = format!(
                    "`{name}` is no checkpoint of this network: its array `{array}` is missing or does not fit"
                );
                self.fail(terminal, codes::MALFORMED_FILE, message, &[])
            }
            Unusable::OfAnother(differences) => {
                let message = format!(
                    "`{name}` belongs to another network, other data, weights or settings of training"
                );
                self.fail(terminal, codes::MALFORMED_FILE, message, differences)
            }
        }
    }

    fn fail<T>(
        &self,
        terminal: &Terminal,
        code: Code,
        message: String,
        differences: &[Difference],
    ) -> Result<T, Stop> {
        let mut finding = Diagnostic::global(Severity::Error, code, message);
        finding.help.extend(differences.iter().map(ToString::to_string));
        let finding = finding.help("train anew without `--resume`, or with another `-o`");
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
                return self.fail(terminal, codes::UNREADABLE_FILE, message, &[]);
            }
        };
        match npz::read(&bytes) {
            Ok(arrays) => Ok(Some(arrays)),
            Err(error) => {
                let message = format!("cannot read `{name}`: {error}");
                self.fail(terminal, codes::MALFORMED_FILE, message, &[])
            }
        }
    }

    /// Writes the arrays of a checkpoint.
    pub fn write_arrays(&self, terminal: &Terminal, arrays: &Arrays) -> Result<(), Stop> {
        Destination::File(self.checkpoint()).write(terminal, |out| npz::write(out, arrays))
    }

    /// Writes the table of the epochs.
    pub fn write_rows(&self, terminal: &Terminal, header: &[&str], rows: Vec<Vec<f64>>) -> Result<(), Stop> {
        Destination::File(self.table()).write(terminal, |out| table::write(out, header, rows))
    }

    /// The picture of what grows in a pot.
    pub fn rails_picture(&self) -> PathBuf {
        with(&self.stem, ".rails.svg")
    }

    /// Draws curves over the epochs.
    pub fn write_plot(
        &self,
        terminal: &Terminal,
        path: PathBuf,
        (title, vertical): (&str, &str),
        epochs: &[f64],
        curves: &[Curve],
    ) -> Result<(), Stop> {
        let picture = plot::svg(&plot::Plot {
            title: title.to_owned(),
            horizontal: "epoch".to_owned(),
            vertical: vertical.to_owned(),
            times: epochs,
            curves,
        });
        Destination::File(path).write(terminal, |out| out.write_all(picture.as_bytes()))
    }

    fn write_table(&self, terminal: &Terminal, state: &State) -> Result<(), Stop> {
        let (header, rows) = train::table(state);
        Destination::File(self.table()).write(terminal, |out| table::write(out, &header, rows))
    }

    /// Draws the loss with accuracy or r², as soon as there is an epoch.
    pub fn write_curves(&self, terminal: &Terminal, network: &str, state: &State) -> Result<(), Stop> {
        if state.history.is_empty() {
            return Ok(());
        }
        let epochs: Vec<f64> = state.history.iter().map(|record| record.epoch as f64).collect();
        let mut curves = Vec::new();
        let mut add = |name: &str, value: &dyn Fn(&train::Record) -> Option<f64>| {
            let values: Vec<f64> = state.history.iter().filter_map(value).collect();
            if values.len() == epochs.len() {
                curves.push(Curve { name: name.to_owned(), group: name.to_owned(), values });
            }
        };
        let headline = state.history.first().map_or(Quantity::Accuracy, |record| record.train.headline().0);
        for validates in [false, true] {
            for quantity in [Quantity::Loss, headline] {
                let value = |record: &train::Record| {
                    let metrics = if validates { record.validation } else { Some(record.train) };
                    metrics.map(|metrics| metrics.get(quantity)).filter(|value| value.is_finite())
                };
                let ending = if validates { ", validation" } else { "" };
                add(&format!("{}{ending}", quantity.name()), &value);
            }
        }
        let title = format!("training of {network}");
        self.write_plot(
            terminal,
            self.picture(),
            (&title, &format!("loss, {}", headline.name())),
            &epochs,
            &curves,
        )
    }
}

/// A path with an ending after its name; dots in the name stay.
fn with(stem: &Path, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
