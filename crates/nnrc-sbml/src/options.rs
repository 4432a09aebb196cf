//! What the caller can choose.

use crate::meaning::Meaning;

/// How the file is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Level and version of SBML.
    pub level: Level,
    /// Whether every element says where it comes from.
    pub provenance: Provenance,
    /// How species that are set from outside are written.
    pub inputs: Inputs,
    /// How timed settings are written.
    pub feed: TimedSettings,
    /// Whether values of two rails are in the file.
    pub observables: Observables,
    /// Publications that describe the model: `doi:10.1098/rsif.2021.0031`, `arXiv:2010.13290` or a whole URI.
    /// Written with [`Provenance::Full`].
    pub described_by: Vec<String>,
    /// Paragraphs of plain text for the notes of the model, after the ones that say how to read it. Written with
    /// [`Provenance::Full`].
    pub notes: Vec<String>,
    /// What values are outside the network: their names go into those of species, all of it into the annotation of the
    /// model.
    pub meanings: Vec<Meaning>,
    /// Name and version of the program that writes, for the annotation of the model.
    pub tool: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            level: Level::default(),
            provenance: Provenance::default(),
            inputs: Inputs::default(),
            feed: TimedSettings::default(),
            observables: Observables::default(),
            described_by: Vec::new(),
            notes: Vec::new(),
            meanings: Vec::new(),
            tool: concat!("nnrc ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Level and version of SBML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// Level 3 Version 1: what every consumer reads.
    #[default]
    L3V1,
    /// Level 3 Version 2.
    L3V2,
    /// Level 2 Version 4, for tools that read nothing newer.
    L2V4,
}

impl Level {
    /// Whether it is Level 3, which has no defaults: every attribute is written.
    pub(crate) fn is_3(self) -> bool {
        match self {
            Self::L3V1 | Self::L3V2 => true,
            Self::L2V4 => false,
        }
    }
}

/// Whether the file says where its elements come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Provenance {
    /// One annotation for each species, parameter and reaction; publications and tool for the model.
    #[default]
    Full,
    /// No annotation and no notes: the smallest file.
    None,
}

/// How timed settings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimedSettings {
    /// As events, each of which advances its own time.
    #[default]
    Events,
    /// Not at all: whoever runs the model sets the species.
    None,
}

/// How species that are set from outside are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inputs {
    /// As ordinary species on both sides of their reactions: the same in every simulator.
    #[default]
    Species,
    /// As boundary species: reactions cannot change them.
    Boundary,
}

/// Whether values of two rails are in the file as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Observables {
    /// No: whoever reads the file subtracts.
    #[default]
    None,
    /// As parameters with an assignment rule each, `y_1 = y_1_p − y_1_m`.
    Rules,
}
