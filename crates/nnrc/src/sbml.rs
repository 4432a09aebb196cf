//! The chemistry as SBML, with what its readers need to know.

use std::io::{self, Write};

use nnrc_model::Construction;
use nnrc_sbml::{Error, Options, Provenance, TimedSettings};
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::compiled::Compiled;
use crate::failure::Failure;
use crate::meanings;
use crate::running::Running;

/// Why there is no SBML.
#[derive(Debug)]
pub enum SbmlError {
    /// It cannot be written.
    Io(io::Error),
    /// The format cannot carry the network.
    Refused(Failure),
}

impl Compiled {
    /// The chemistry as SBML, as the command writes it.
    ///
    /// # Errors
    ///
    /// A network that the format cannot carry.
    pub fn sbml(&self) -> Result<String, Failure> {
        self.sbml_with(Options::default())
    }

    /// The same by other options.
    ///
    /// # Errors
    ///
    /// As [`Compiled::sbml`].
    pub fn sbml_with(&self, options: Options) -> Result<String, Failure> {
        let mut bytes = Vec::new();
        match self.write_sbml(&self.described(options), &mut bytes) {
            Ok(()) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(SbmlError::Refused(failure)) => Err(failure),
            Err(SbmlError::Io(error)) => {
                let message = format!("SBML: {error}");
                Err(self.failed(Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message)))
            }
        }
    }

    /// Options with the papers that describe the construction and, unless they want no provenance, with what the values
    /// mean and how long to run the pot.
    pub fn described(&self, options: Options) -> Options {
        let meanings = meanings::of(&self.model);
        let mut notes = Vec::new();
        if options.provenance == Provenance::Full {
            notes = meanings::notes(&self.model, &meanings);
            notes.extend(Running::of(self).notes(options.feed == TimedSettings::Events));
        }
        Options { notes, meanings, described_by: described_by(self.model.chemistry.construction), ..options }
    }

    /// What may surprise readers of such a file.
    pub fn sbml_warnings(&self, options: &Options) -> Option<Diagnostic> {
        use nnrc_crn::{Feed, Order};
        let Some(Feed { order: Order::Shuffle { .. }, .. }) = self.lowered.crn.protocol.feed else {
            return None;
        };
        if options.feed != TimedSettings::Events {
            return None;
        }
        let mut finding = Diagnostic::global(
            Severity::Warning,
            codes::SHUFFLED_EVENTS,
            "events present the samples in the order of the data, again and again",
        )
        .label("the shuffled order is for `nnrc train` only")
        .help("write `feed = cycle(hold = …)` for the same order in both, or leave the feed out of the SBML");
        finding.span = self.model.training.as_ref().map(|training| training.span);
        Some(finding)
    }

    /// Writes SBML.
    ///
    /// # Errors
    ///
    /// [`SbmlError::Refused`] where the format cannot carry the network: more samples than events, an identifier twice, a
    /// unit that SBML has not.
    pub fn write_sbml(&self, options: &Options, out: &mut dyn Write) -> Result<(), SbmlError> {
        nnrc_sbml::write(&self.lowered.crn, &self.lowered.info, options, out)
            .map_err(|error| self.sbml_error(error))
    }

    pub(crate) fn sbml_error(&self, error: Error) -> SbmlError {
        match error {
            Error::Io(error) => SbmlError::Io(error),
            error => SbmlError::Refused(self.refused(&error)),
        }
    }

    fn refused(&self, error: &Error) -> Failure {
        let code = match error {
            nnrc_sbml::Error::TooManySettings { .. } => {
                let finding = Diagnostic::global(
                    Severity::Error,
                    codes::OUT_OF_RANGE,
                    format!("SBML: {error}"),
                )
                .label("every sample is an event")
                .help("leave the feed out of the SBML, and set inputs and targets where the model is run")
                .help("`nnrc train` presents any number of samples");
                return self.failed(finding);
            }
            nnrc_sbml::Error::IdCollision { .. } => {
                let finding =
                    Diagnostic::global(Severity::Error, codes::ID_COLLISION, format!("SBML: {error}"))
                        .help("give the layer another name, or leave the observables out");
                return self.failed(finding);
            }
            nnrc_sbml::Error::BadUnit { .. } => codes::OUT_OF_RANGE,
            _ => codes::NOT_SERVED,
        };
        let finding = Diagnostic::global(Severity::Error, code, format!("SBML: {error}"));
        self.failed(finding)
    }
}

/// The papers that describe a construction.
pub fn described_by(construction: Construction) -> Vec<String> {
    let described_by: &[&str] = match construction {
        Construction::FixedPoint(_) => &["doi:10.1098/rsif.2021.0031", "arXiv:2010.13290"],
        Construction::OnePot(_) => &["doi:10.1098/rsif.2021.0031", "arXiv:2010.13290", "arXiv:2410.11919"],
        Construction::Phased(_) => &["arXiv:2311.18313", "arXiv:2401.07077"],
    };
    described_by.iter().map(|id| (*id).to_owned()).collect()
}
