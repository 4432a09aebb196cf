//! The chemistry in the forms of other tools, beside SBML: each a module with one function that writes it.
//!
//! [Antimony](antimony) is SBML in other clothes; [Catalyst](catalyst) is a list of reactions for Julia; [LaTeX](latex)
//! has a row for each family, and [DOT](dot) draws the network. A [COMBINE archive](omex) holds the SBML with an
//! [experiment](sedml), a proof, and the source, of which it can be [reproduced](reproduce).

use nnrc_sbml::Options;

use crate::compiled::Compiled;
use crate::failure::Failure;
use crate::sbml::SbmlError;

pub mod antimony;
pub mod catalyst;
pub mod dot;
pub mod latex;
pub mod omex;
pub mod reproduce;
pub mod sedml;

mod proof;

/// A form that is one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The model of the SBML, for Tellurium.
    Antimony,
    /// A reaction system for Julia.
    Catalyst,
    /// A document with a row for each family.
    Latex,
    /// The network as a graph.
    Dot,
}

/// The text that the command writes without options.
///
/// # Errors
///
/// What the form cannot carry: see [`Compiled::write_sbml`] and [`catalyst::text`].
pub fn text(pot: &Compiled, form: Form) -> Result<String, Failure> {
    let mut out = Vec::new();
    // Memory takes everything.
    let _ = match form {
        Form::Catalyst => return catalyst::text(pot),
        Form::Antimony => match antimony::write(pot, &pot.described(Options::default()), &mut out) {
            Err(SbmlError::Refused(failure)) => return Err(failure),
            Err(SbmlError::Io(error)) => Err(error),
            Ok(()) => Ok(()),
        },
        Form::Latex => latex::write(pot, &mut out),
        Form::Dot => dot::write(pot, &mut out),
    };
    Ok(String::from_utf8_lossy(&out).into_owned())
}
