//! The command line of `nnrc verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::{EngineArgs, InputArgs};

/// `nnrc verify`
#[derive(Debug, Args)]
#[command(after_help = "\
Reads the SBML file alone, and proves that its reactions compute the network: exactly one steady state, which attracts
every start, with outputs within --eps of the network's values. Without --input and --data the statement is about all
inputs in their ranges.

Exit status: 0 proven, 1 the file or the network is invalid or outside the class, 4 refuted with a witness,
or an engine of --engines disagrees or fails, 5 undecided.

Examples:
  nnrc verify iris.nnr iris.xml                               every input in its range
  nnrc verify iris.nnr iris.xml --data iris                   every row of the data
  nnrc verify iris.nnr iris.xml --input 0.2,0.6,0.1,0.1 --eps 1e-12
  nnrc verify iris.nnr iris.xml --weights iris.trained.npz --rate 0.5
  nnrc verify iris.nnr iris.xml --settle 0.001 --start any    a time that holds from any start
  nnrc verify iris.nnr iris.xml --emit-certificate iris.proof.json
  nnrc verify iris.nnr iris.xml --engines roadrunner,copasi   simulates it there as well, and compares
  nnrc verify iris.xml --certificate iris.proof.json          checks it again, without the model")]
pub struct VerifyArgs {
    /// The network and the SBML file; with --certificate the SBML file alone.
    #[arg(value_name = "MODEL.nnr FILE.xml", num_args = 1..=2, required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// For all inputs in their ranges, also where points are given.
    #[arg(long = "box", conflicts_with = "certificate")]
    pub over_box: bool,
    /// The largest deviation of an output from the network's value.
    #[arg(long, value_name = "E", default_value = "1e-9", value_parser = not_negative, conflicts_with = "certificate")]
    pub eps: f64,
    /// Also prove that no eigenvalue of the linearisation is above −R, per time unit of the file.
    #[arg(long, value_name = "R", value_parser = not_negative, conflicts_with = "certificate")]
    pub rate: Option<f64>,
    /// Also prove a time after which every output stays within D of its value at rest, in time units of the file.
    #[arg(long, value_name = "D", value_parser = above_zero, conflicts_with = "certificate")]
    pub settle: Option<f64>,
    /// From where --settle counts: the initial concentrations of the file, or any start without negative concentrations
    /// in the class of its totals (at most at 1000, where a value decays linearly).
    #[arg(long, value_enum, default_value = "file", requires = "settle", conflicts_with = "certificate")]
    pub start: StartArg,
    /// The concentration that 1 means, as a number of the file: values are concentrations divided by it.
    #[arg(long, value_name = "C", default_value = "1", value_parser = above_zero, conflicts_with_all = ["certificate", "engines"])]
    pub scale: f64,
    /// Which species are inputs and outputs, where they have not the documented identifiers:
    /// `{"inputs": [{"a": 1, "b": -1}], "outputs": [{"c": 1}]}`, in the order of the network.
    #[arg(long, value_name = "MAP.json", value_hint = ValueHint::FilePath, conflicts_with = "certificate")]
    pub map: Option<PathBuf>,
    /// Write the proof to this file.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, conflicts_with = "certificate")]
    pub emit_certificate: Option<PathBuf>,
    /// Check this proof instead of looking for one.
    #[arg(long, value_name = "C.json", value_hint = ValueHint::FilePath)]
    pub certificate: Option<PathBuf>,
    #[command(flatten)]
    pub values: InputArgs,
    #[command(flatten)]
    pub engines: EngineArgs,
}

/// `--start`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StartArg {
    /// The initial concentrations of the file
    File,
    /// Any start without negative concentrations in the class of the totals
    Any,
}

fn above_zero(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("expected a number above 0: `0.001`".to_owned()),
    }
}

fn not_negative(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("expected a number that is not negative: `1e-9`".to_owned()),
    }
}
