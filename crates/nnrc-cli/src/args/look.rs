//! The command lines of the verbs that show a network: `show`, `draw`, `report`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{FileArg, InputArgs};

/// `nnrc show`
#[derive(Debug, Args)]
#[command(after_help = "\
A place is a unit `hidden[2]`, a layer `hidden`, a weight `hidden.W[2,3]` or `hidden.b[2]`, an input `x[1]`, a family
of reactions `hidden.excite`, or any identifier of the SBML: `hidden_2`, `r_hidden_excite_2_1`, `k_W_hidden_2_1`.
Everything counts from 1. Values and fluxes are those at rest for the input; of a pot that learns or has a clock those
of the start. Long lists are cut, and say by how much.

Examples:
  nnrc show iris.nnr 'hidden[2]'
  nnrc show iris.nnr 'hidden.W[2,3]' --row 7
  nnrc show xor.nnr k_h_hidden --input 0,1
  nnrc show phased_xor.nnr 'clock[3]'
  nnrc show iris.nnr 'hidden[2]' --message-format json")]
pub struct ShowArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// What to show.
    #[arg(value_name = "PLACE")]
    pub place: String,
    #[command(flatten)]
    pub values: InputArgs,
}

/// `nnrc draw`
#[derive(Debug, Args)]
#[command(after_help = "\
Layers are columns, weights are edges: wider with their size, blue and solid above 0, orange and dashed below. Of layers
of more than 24 units the first and the last eight are drawn. Beside them stand the families of reactions, below them
the clock, if there is one. With --input, --data or --row units are filled by their values.

Examples:
  nnrc draw iris.nnr                              writes iris.net.svg
  nnrc draw iris.nnr --row 7 -o seventh.svg
  nnrc draw xor.nnr --input 0,1 -o - > xor.svg")]
pub struct DrawArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// Where to write: .svg; `-` is stdout.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub values: InputArgs,
}

/// `nnrc report`
#[derive(Debug, Args)]
#[command(after_help = "\
One HTML file that can be read offline and without scripts: source, sizes, picture, chemistry by layer, time courses,
chemistry beside closed form, a confusion table or residuals, what is proven. Nothing is trained. STEM.train.csv and
STEM.noise.csv are taken where `nnrc train` and `nnrc noise` have left them: in this folder, else beside the model.

Examples:
  nnrc report iris.nnr                            writes iris.report.html
  nnrc report iris.nnr --weights iris.trained.npz -o trained.html
  nnrc report digits.nnr --data digits.test --row 3")]
pub struct ReportArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// Where to write: .html; `-` is stdout.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub values: InputArgs,
}
