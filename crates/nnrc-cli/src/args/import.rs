//! Arguments of `nnrc import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::{Numbers, numbers};

/// `nnrc import`
#[derive(Debug, Args)]
#[command(after_help = "\
Writes the network as STEM.nnr and its weights as STEM.safetensors beside it. What stands between two activations
(scalers, BatchNormalization, convolutions, pools that average, reshapes) becomes one dense layer; a softmax or
sigmoid at the end is left out, since the class is the same without it.

Chemistry computes algebraic functions: each activation becomes the nearest one, and a comment in the file says by
how much it is off. With --data the network is compared with its source on these samples, layer by layer.

What to export:
  PyTorch       torch.onnx.export(model, x, \"model.onnx\")
  Keras         model.export(\"model.onnx\", format=\"onnx\")
  scikit-learn  skl2onnx.to_onnx(model, X[:1]) and its SerializeToString()

Examples:
  nnrc import model.onnx                               model.nnr and model.safetensors
  nnrc import model.onnx --data samples.npz            compared on the arrays x and t of samples.npz
  nnrc import model.onnx --data iris.csv --target species
  nnrc import model.onnx --data iris.npz --activations close
                                                       twelve times as near to tanh and sigmoid, by two units each
  nnrc import model.onnx --data iris.npz --finetune    trained on until it is as good as its source
  nnrc import w.safetensors --network 4-8:relu-3       of a state dict: layers by their widths

Exit status 4: the chemistry names another class than the source for more than 1 % of the samples (--agreement).")]
pub struct ImportArgs {
    /// The model: .onnx; or, with --network, its weights alone: .safetensors or .npz.
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub model: PathBuf,
    /// Where to write the network; the weights go beside it.
    #[arg(long, short, value_name = "FILE.nnr", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Widths and activations of the layers, for weights alone: `--network 4-8:relu-3`.
    #[arg(long, value_name = "LAYERS")]
    pub network: Option<String>,
    /// How the matrices of weights alone are stored, where every one is square.
    #[arg(long, value_enum, value_name = "LAYOUT", requires = "network")]
    pub layout: Option<MatrixLayout>,
    /// Samples: an .npz file with the arrays `x` and, for targets, `t`, or a table (.csv).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub data: Option<PathBuf>,
    /// The column of the table, or the array, that holds the targets; of several values `--target a,b`.
    #[arg(long, value_name = "COLUMN", requires = "data", value_delimiter = ',')]
    pub target: Vec<String>,
    /// The columns of the table that are inputs, where not all others are: `--inputs a,b`; or the array, where it is
    /// not `x`.
    #[arg(long, value_name = "COLUMNS", requires = "data", value_delimiter = ',')]
    pub inputs: Vec<String>,
    /// By how much a rectifier may be off, from 1e-8 to 1; a tenth of it settles ten times as slowly.
    #[arg(long, value_name = "T", default_value = "0.01", allow_hyphen_values = true, value_parser = tolerance)]
    pub tolerance: f64,
    /// What stands in for tanh and sigmoid.
    #[arg(long, value_enum, value_name = "HOW", default_value = "cheap")]
    pub activations: Closeness,
    /// The range of the inputs: `--range 0,1`. Without it that of the data counts.
    #[arg(long, value_name = "LOW,HIGH", allow_hyphen_values = true, value_parser = numbers)]
    pub range: Option<Numbers>,
    /// Weights of smaller magnitude become 0, as they stand in the file: scales are folded in.
    #[arg(long, value_name = "W", default_value = "0", allow_hyphen_values = true, value_parser = magnitude)]
    pub prune: f64,
    /// Scale the inputs in the data set, by mean and deviation of its columns, and not within the weights; needs a table.
    #[arg(long, requires = "data")]
    pub keep_scale: bool,
    /// Make a softmax at the end a rational one: outputs are probabilities, of another function.
    #[arg(long, value_enum, value_name = "HOW")]
    pub probabilities: Option<Probabilities>,
    /// The share of samples whose class must be that of the source.
    #[arg(long, value_name = "SHARE", default_value = "0.99", value_parser = share)]
    pub agreement: f64,
    /// Train through the chemistry's own functions, from the imported weights, until the network is as good as its
    /// source.
    #[arg(long, requires = "data")]
    pub finetune: bool,
    /// Epochs of fine-tuning at most.
    #[arg(long, value_name = "N", default_value = "100", requires = "finetune", value_parser = clap::value_parser!(u64).range(1..))]
    pub epochs: u64,
    /// Write the comparison with the source as JSON.
    #[arg(long, value_name = "FILE.json", requires = "data", value_hint = ValueHint::FilePath)]
    pub report: Option<PathBuf>,
}

/// How a matrix is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum MatrixLayout {
    /// [outputs, inputs], as PyTorch has it.
    OutIn,
    /// [inputs, outputs], as Keras and scikit-learn have it.
    InOut,
}

/// What stands in for tanh and sigmoid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Closeness {
    /// One unit for each: off by 0.0444 and 0.0222.
    Cheap,
    /// Two units for each: off by 0.0038 and 0.0019.
    Close,
}

/// What a softmax becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Probabilities {
    /// Shares of smooth rectifiers.
    Rational,
}

/// A deviation that can be asked for.
fn tolerance(text: &str) -> Result<f64, String> {
    // A rectifier of a smaller parameter is no other one in double precision, and never settles.
    within(text, "a number from 1e-8 to 1", |value| (1e-8..=1.0).contains(&value))
}

/// A magnitude.
fn magnitude(text: &str) -> Result<f64, String> {
    within(text, "a number of at least 0", |value| value >= 0.0)
}

/// A share.
fn share(text: &str) -> Result<f64, String> {
    within(text, "a number from 0 to 1", |value| (0.0..=1.0).contains(&value))
}

fn within(text: &str, expected: &str, holds: impl Fn(f64) -> bool) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && holds(value) => Ok(value),
        Ok(_) | Err(_) => Err(format!("expected {expected}")),
    }
}
