//! Antimony: the text form of SBML that Tellurium reads.

use std::io::Write;

use nnrc_sbml::Options;

use crate::compiled::Compiled;
use crate::sbml::SbmlError;

/// Writes the model that [`Compiled::write_sbml`] writes, as Antimony.
///
/// # Errors
///
/// As [`Compiled::write_sbml`].
pub fn write(pot: &Compiled, options: &Options, out: &mut dyn Write) -> Result<(), SbmlError> {
    nnrc_sbml::antimony::write(&pot.lowered.crn, &pot.lowered.info, options, out)
        .map_err(|error| pot.sbml_error(error))
}
