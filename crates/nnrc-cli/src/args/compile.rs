//! The command line of `nnrc compile`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::{FileArg, InputArgs};

/// What to compile to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// Systems Biology Markup Language, core: STEM.xml.
    Sbml,
    /// A Rust crate that simulates the chemistry: STEM-sim/.
    Rust,
    /// One reaction on each line, as Nuskell reads it: STEM.crn.
    Crn,
    /// The same model as the SBML, as Tellurium's text: STEM.ant.
    Antimony,
    /// A reaction system for Catalyst.jl, up to 2,000 reactions: STEM.jl.
    Catalyst,
    /// A LaTeX document with a row for each family of reactions: STEM.tex.
    Latex,
    /// The network as a graph for Graphviz: STEM.dot.
    Dot,
    /// A COMBINE archive that COPASI and Tellurium open ready to run, with the source in it: STEM.omex.
    Omex,
}

/// Versions of SED-ML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sedml {
    /// Level 1 Version 3.
    L1v3,
    /// Level 1 Version 4.
    L1v4,
}

/// Level and version of SBML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SbmlLevel {
    /// Level 3 Version 1, which every new tool reads.
    L3v1,
    /// Level 3 Version 2.
    L3v2,
    /// Level 2 Version 4, for CellDesigner and other tools that read nothing newer.
    L2v4,
}

/// How much an SBML file says of its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Provenance {
    /// Annotations and notes.
    Full,
    /// Nothing.
    None,
}

/// How samples are fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Feed {
    /// By events.
    Events,
    /// By whoever runs the model.
    None,
}

/// How input species are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Inputs {
    /// As catalysts.
    Species,
    /// As boundary species.
    Boundary,
}

/// How values of two rails are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Observables {
    /// As their rails alone.
    None,
    /// As rules beside them: `y_1 = y_1_p - y_1_m`.
    Rules,
}

/// `nnrc compile`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nnrc compile xor.nnr --target sbml                 writes xor.xml
  nnrc compile xor.nnr --target sbml --input 0,1     with these inputs as initial concentrations
  nnrc compile xor.nnr --target rust                 writes the crate xor-sim/
  nnrc compile xor.nnr --target crn -o -             reactions on stdout
  nnrc compile xor.nnr --target omex                 xor.omex, which COPASI opens ready to run
  nnrc compile xor.nnr --target sbml --set simulate.start=settled
                                                     starts at the fixed point")]
pub struct CompileArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// What to write.
    #[arg(long, value_enum)]
    pub target: Target,
    /// Where to write; `-` is stdout.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Level and version of SBML [default: l3v1].
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub sbml_level: Option<SbmlLevel>,
    /// Whether each element of the SBML file says where it comes from [default: full].
    #[arg(long, value_enum, value_name = "HOW")]
    pub provenance: Option<Provenance>,
    /// Whether samples of training are fed by SBML events; a network that does not learn has none [default: events].
    #[arg(long, value_enum, value_name = "HOW")]
    pub feed: Option<Feed>,
    /// Write input species of SBML as ordinary species, or as boundary species [default: species].
    #[arg(long, value_enum, value_name = "HOW")]
    pub inputs: Option<Inputs>,
    /// Whether the SBML file holds values of two rails as well, as parameters with assignment rules [default: none].
    #[arg(long, value_enum, value_name = "HOW")]
    pub observables: Option<Observables>,
    /// Version of SED-ML in an archive [default: l1v4].
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub sedml: Option<Sedml>,
    /// Also write the proof that the SBML file computes the network, which `nnrc verify` checks.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub emit_certificate: Option<PathBuf>,
    #[command(flatten)]
    pub values: InputArgs,
}

impl Target {
    /// Whether it holds what SBML does.
    pub fn is_model(self) -> bool {
        matches!(self, Self::Sbml | Self::Antimony | Self::Omex)
    }
}

impl CompileArgs {
    /// An option that was given and is for other targets: which, and for what.
    pub fn misplaced(&self) -> Option<(&'static str, &'static str)> {
        let is_model = self.target.is_model();
        let both = "`--target sbml`, `antimony` and `omex`";
        let has_level = matches!(self.target, Target::Sbml | Target::Omex);
        let options = [
            (self.sedml.is_some() && self.target != Target::Omex, "--sedml", "`--target omex`"),
            (self.sbml_level.is_some() && !has_level, "--sbml-level", "`--target sbml` and `omex`"),
            (self.provenance.is_some() && !is_model, "--provenance", both),
            (self.feed.is_some() && !is_model, "--feed", both),
            (self.inputs.is_some() && !is_model, "--inputs", both),
            (self.observables.is_some() && !is_model, "--observables", both),
            (
                self.emit_certificate.is_some() && self.target != Target::Sbml,
                "--emit-certificate",
                "`--target sbml`",
            ),
        ];
        options.into_iter().find_map(|(given, name, target)| given.then_some((name, target)))
    }
}
