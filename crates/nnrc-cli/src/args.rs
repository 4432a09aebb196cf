//! What can be written on the command line, and its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use nnrc_syntax::ast::ExprKind;
use nnrc_syntax::parse_expression;

mod compile;
mod engines;
mod import;
mod look;
mod sweep;
mod verify;

pub use compile::{CompileArgs, Feed, Inputs, Observables, Provenance, SbmlLevel, Sedml, Target};
pub use engines::EngineArgs;
pub use import::{Closeness, ImportArgs, MatrixLayout};
pub use look::{DrawArgs, ReportArgs, ShowArgs};
pub use sweep::{MergeArgs, PlanArgs, RunArgs, ScriptArgs, Step, SweepArgs};
pub use verify::{StartArg, VerifyArgs};

const EXAMPLES: &str = "\
Examples:
  nnrc new gate                                  a small model to start from: gate.nnr
  nnrc check gate.nnr                            errors, warnings and the size of the chemistry
  nnrc test gate.nnr                             run the expectations of the file on its chemistry
  nnrc simulate gate.nnr --input 0,1 -o y.svg    a time course as a picture
  nnrc train iris.nnr                            weights from data: iris.trained.npz
  nnrc compile gate.nnr --target sbml            gate.xml, for COPASI, libRoadRunner and others

Exit status: 0 ok, 1 errors in the model, 2 wrong usage, 3 a file cannot be read or written,
4 an expectation failed or a file is refuted, 5 the solver failed or nothing is decided, 6 points of a sweep are left, 101 a bug in nnrc.";

/// Compiles neural networks into chemical reaction networks.
///
/// A `.nnr` file describes a network, its weights, the chemistry to compute it with, and what to expect of it.
#[derive(Debug, Parser)]
#[command(name = "nnrc", version, after_help = EXAMPLES, propagate_version = true, infer_subcommands = false)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// Options of every verb.
    #[command(flatten)]
    pub common: Common,
}

/// Options of every verb.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every verb")]
pub struct Common {
    /// Change a value of the file: `--set chemistry.max_order=3`, `--set simulate.until='20 s'`; may be repeated.
    #[arg(long, global = true, value_name = "BLOCK.KEY=EXPR")]
    pub set: Vec<String>,
    /// Take the weights from this file (.npz or .safetensors) instead of that of the `weights` block; its names of
    /// arrays, `layout` and `prune` stay.
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub weights: Option<PathBuf>,
    /// Seed of randomly initialised weights, instead of the one in the file.
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,
    /// How to print diagnostics, reports and results on stdout; `json` is one object on each line.
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// When to use colours; `auto` also respects NO_COLOR.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Print neither warnings nor notes.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// How diagnostics and reports are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Write the chemistry as SBML, as a list of reactions, or as a Rust crate that simulates and trains.
    Compile(CompileArgs),
    /// Report errors and warnings, and how large the chemistry is.
    Check(CheckArgs),
    /// Simulate the chemistry: a time course, the fixed point, or the fixed point of each sample.
    Simulate(SimulateArgs),
    /// Train the network: by gradient descent through the fixed point of its chemistry, or by learning in the pot.
    Train(TrainArgs),
    /// Run the expectations of files on their simulated chemistry.
    Test(TestArgs),
    /// Import a network that was trained in PyTorch, Keras or scikit-learn.
    Import(ImportArgs),
    /// Measure accuracy, or r2 of values, and loss against noise in rate constants, in concentrations, and of few
    /// molecules.
    Noise(NoiseArgs),
    /// Run a verb with many settings, in parts and on any number of machines.
    Sweep(SweepArgs),
    /// Say what is proven of the chemistry: fixed point, rate, settling time, conservation laws.
    Analyze(AnalyzeArgs),
    /// Prove that the reactions of an SBML file compute the network, or refute it with a witness.
    Verify(VerifyArgs),
    /// Lay out files in the one canonical way.
    Fmt(FmtArgs),
    /// Show what stands at a place: a unit, a layer, a weight, a species, a reaction or a rate constant.
    Show(ShowArgs),
    /// Draw the network as a picture: layers, weights, families of reactions, the clock.
    Draw(DrawArgs),
    /// Write one page about the network, to be read offline: chemistry, time courses, data, proofs.
    Report(ReportArgs),
    /// Explain a diagnostic code.
    Explain(ExplainArgs),
    /// Print what a stage of the compiler makes of a file.
    Emit(EmitArgs),
    /// Create a small model that works, to start from.
    New(NewArgs),
    /// Derive an archive again from the source within it, and compare.
    Reproduce(ReproduceArgs),
    /// Answer an editor: diagnostics, hover, completion, rename and fixes while a file is written.
    Lsp(LspArgs),
    /// Print completions for a shell.
    Completions(CompletionsArgs),
}

/// The source text.
#[derive(Debug, Clone, Args)]
pub struct FileArg {
    /// The model; `-` is stdin.
    #[arg(value_name = "FILE.nnr", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// Arguments of `nnrc reproduce`.
#[derive(Debug, Args)]
pub struct ReproduceArgs {
    /// An archive that `nnrc compile --target omex` wrote.
    #[arg(value_name = "FILE.omex", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// Values of the inputs.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Values of the inputs (else those of the file, else its first sample)")]
pub struct InputArgs {
    /// The values, one for each input: `--input 0,1`, `--input=-1,0`.
    #[arg(long, value_name = "NUMBERS", allow_hyphen_values = true, value_parser = numbers)]
    pub input: Option<Numbers>,
    /// The values of --input are raw measurements: scale them as the data of the file are scaled.
    #[arg(long, requires = "input")]
    pub raw: bool,
    /// A data set of the file or a part of one: `iris`, `iris.test`.
    #[arg(long, value_name = "NAME")]
    pub data: Option<String>,
    /// The row of the data to take, from 1.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub row: Option<u64>,
}

impl Common {
    /// An option about the model that was given.
    pub fn of_model(&self) -> Option<&'static str> {
        let options = [
            (!self.set.is_empty(), "--set"),
            (self.weights.is_some(), "--weights"),
            (self.seed.is_some(), "--seed"),
        ];
        options.into_iter().find_map(|(given, name)| given.then_some(name))
    }
}

impl Verb {
    /// Whether it reads a model with its weights and settings; others work on texts.
    pub fn reads_models(&self) -> bool {
        match self {
            Self::Compile(_) | Self::Check(_) | Self::Simulate(_) | Self::Train(_) | Self::Test(_) => true,
            Self::Noise(_) | Self::Analyze(_) | Self::Show(_) | Self::Draw(_) | Self::Report(_) => true,
            Self::Verify(args) => args.certificate.is_none(),
            Self::Sweep(args) => matches!(args.step, Step::Plan(_)),
            Self::Emit(args) => !matches!(args.stage, Stage::Ast | Stage::Onnx | Stage::Affine),
            Self::Fmt(_)
            | Self::Explain(_)
            | Self::New(_)
            | Self::Completions(_)
            | Self::Lsp(_)
            | Self::Import(_)
            | Self::Reproduce(_) => false,
        }
    }
}

impl InputArgs {
    /// An option that was given, if there is one.
    pub fn given(&self) -> Option<&'static str> {
        let options = [
            (self.input.is_some(), "--input"),
            (self.row.is_some(), "--row"),
            (self.data.is_some(), "--data"),
        ];
        options.into_iter().find_map(|(given, name)| given.then_some(name))
    }
}

/// Numbers separated by commas.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers(pub Vec<f64>);

fn numbers(text: &str) -> Result<Numbers, String> {
    let inner = text.trim();
    let inner = inner.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(inner);
    inner
        .split(',')
        .map(|word| match word.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            Ok(_) => Err(format!("`{}` is not a finite number", word.trim())),
            Err(_) => Err(format!("`{}` is not a number; write numbers separated by commas", word.trim())),
        })
        .collect::<Result<_, _>>()
        .map(Numbers)
}

/// A time as an expression of the language.
fn time(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.parse::<f64>() {
        // Rust's shortest text is a number of the language, which has no `+5` and no `5.`.
        Ok(value) if value.is_finite() && value > 0.0 => Ok(format!("{value:?}")),
        Ok(_) => Err("the end of a time course is greater than 0".to_owned()),
        Err(_) => match parse_expression(text).map(|expr| expr.kind) {
            Ok(ExprKind::Number { unit: Some(_), .. }) => Ok(text.to_owned()),
            _ => Err("expected a number, or one with a unit of time: `20`, `'20 s'`".to_owned()),
        },
    }
}

/// `nnrc check`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nnrc check xor.nnr
  nnrc check *.nnr --message-format json
  nnrc check --fix xor.nnr               writes what errors say is meant: `;`, misspelt names, …
  nnrc check --fix - < xor.nnr           the same as a filter: the text to stdout
  cat xor.nnr | nnrc check -")]
pub struct CheckArgs {
    /// The models; `-` is stdin.
    #[arg(value_name = "FILE.nnr", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// Make the fixes of errors that can hardly be meant otherwise, say which, and check again. A file without errors
    /// stays as it is.
    #[arg(long)]
    pub fix: bool,
    #[command(flatten)]
    pub values: InputArgs,
}

/// Where the simulation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineKind {
    /// In this process.
    Process,
    /// In a generated Rust crate, which is built first; needs a Rust toolchain.
    Crate,
}

/// `nnrc simulate`
#[derive(Debug, Args)]
#[command(after_help = "\
Without --until and `simulate { until = …; }` the time course ends when the pot has settled.

Examples:
  nnrc simulate xor.nnr --input 0,1                    a time course as CSV on stdout
  nnrc simulate xor.nnr --until '2 min'                until then; a plain number is in time units of the model
  nnrc simulate xor.nnr --input 0,1 -o course.svg      as a picture; .csv and .npz likewise
  nnrc simulate xor.nnr --input 0,1 --steady           concentrations at the fixed point
  nnrc simulate iris.nnr --data iris --row 3           the third flower
  nnrc simulate iris.nnr --steady --data iris.test     a row for each sample with its class and the true one,
                                                       or with its values and the true ones, and a summary
  nnrc simulate iris.nnr --engine crate --steady --data iris
                                                       the same in a program made for this network

--engine crate builds that program once for each structure of a network, in the folder NNRC_CACHE, else in
$XDG_CACHE_HOME/nnrc, else in ~/.cache/nnrc. Without a Rust toolchain the engine of this process serves.")]
pub struct SimulateArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// Give the fixed point instead of the time course.
    #[arg(long)]
    pub steady: bool,
    /// End of the time course: `--until 20`, in time units of the model, or with a unit: `--until '20 s'`.
    #[arg(long, value_name = "T", conflicts_with = "steady", value_parser = time)]
    pub until: Option<String>,
    /// Where to write: .csv, .npz or .svg; `-` is CSV on stdout.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Where the simulation runs.
    #[arg(long, value_enum, value_name = "WHERE", default_value = "process")]
    pub engine: EngineKind,
    #[command(flatten)]
    pub values: InputArgs,
}

/// `nnrc train`
#[derive(Debug, Args)]
#[command(after_help = "\
The `train` block says how: data, loss, rule, epochs. Training starts from the weights of the file, usually
`weights { init = glorot_uniform(seed = 1); }`, or from --weights. The construction says where:

  fixed_point    rule = gradient(…): the gradient through the fixed point of the chemistry
  one_pot        rule = gradient_flow(…): the pot learns by its own reactions while samples are presented
  phased         rule = sgd(…): the pot learns step by step, by a clock of its own

Writes STEM.trained.npz, STEM.train.csv (metrics of each epoch), STEM.train.svg (learning curve) and, while it
runs, STEM.checkpoint.npz; of one_pot also STEM.rails.svg (what grows in the pot), of phased also STEM.weights.svg
(weights over time). The same seeds give the same bytes on any number of cores.

Examples:
  nnrc train iris.nnr                                  iris.trained.npz
  nnrc train iris.nnr --resume                         go on after an interruption
  nnrc train iris.nnr --resume --set train.epochs=500  or with more epochs
  nnrc train iris.nnr --seed 7 -o w7.safetensors       from other random weights
  nnrc train iris.nnr --engine crate                   in a program made for this network, see `simulate`
  nnrc compile iris.nnr --target sbml --weights iris.trained.npz")]
pub struct TrainArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// Where to write the weights: .npz or .safetensors.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Go on from the last checkpoint.
    #[arg(long)]
    pub resume: bool,
    /// Where the simulation runs.
    #[arg(long, value_enum, value_name = "WHERE", default_value = "process")]
    pub engine: EngineKind,
}

/// `nnrc test`
#[derive(Debug, Args)]
#[command(after_help = "\
A value is judged when the pot has settled, or at `simulate.until`, where it must have settled as well.
A file with a `train` block is trained first, unless --weights gives trained weights.

Examples:
  nnrc test xor.nnr
  nnrc test examples/*/*.nnr
  nnrc test digits.nnr --weights retrained.npz
  nnrc test iris.nnr --compare iris.onnx               how far each layer is from the model it was imported from
  nnrc test xor.nnr --mutants 200                      which faults of the network the expectations let through")]
pub struct TestArgs {
    /// The models; `-` is stdin.
    #[arg(value_name = "FILE.nnr", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// Compare the chemistry with the model that it was imported from, layer by layer.
    #[arg(long, value_name = "MODEL.onnx", value_hint = ValueHint::FilePath)]
    pub compare: Option<PathBuf>,
    /// The samples to compare on: a data set of the file or a part of one; by default the first one.
    #[arg(long, value_name = "NAME", requires = "compare")]
    pub data: Option<String>,
    /// Test the expectations: try N single faults of the compiled network, and tell which of them no expectation
    /// notices, with lines to add. Status 4 if one survives.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub mutants: Option<u64>,
    /// Seed of the faults, and of the inputs that are tried beside those of the file.
    #[arg(long, value_name = "N", requires = "mutants", default_value_t = 1)]
    pub mutant_seed: u64,
    /// Number of threads of --mutants; as many as there are cores unless said otherwise.
    #[arg(long, value_name = "N", requires = "mutants", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub threads: Option<u64>,
}

/// `nnrc noise`
#[derive(Debug, Args)]
#[command(after_help = "\
The `noise` block says what is disturbed, how often, and what is compared:

  noise {
      rates      = relative([0.05, 0.15]);     // log-normal factors, one for each reaction
      replicates = 10;
      compare    = relu(h = 1e-4);
  }

Writes STEM.noise.csv and STEM.noise.svg, and a table on stdout. The same seed gives the same bytes on any number of
cores.

Examples:
  nnrc noise xor.nnr
  nnrc noise xor.nnr --set noise.rates='relative(0.1, redraw = ou(tau = 1 s))'
  nnrc noise xor.nnr --set noise.concentrations='ssa(volume = [100, 1000])'
  nnrc noise iris.nnr -o study.csv                   study.csv and study.svg")]
pub struct NoiseArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// Where to write the rows: .csv, with the picture beside it as .svg; `-` is CSV on stdout and no picture.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Number of threads; as many as there are cores unless said otherwise.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub threads: Option<u64>,
}

/// `nnrc analyze`
#[derive(Debug, Args)]
#[command(after_help = "\
With --input or --row the statements are those for one input, else for every input in its range.

Examples:
  nnrc analyze xor.nnr
  nnrc analyze xor.nnr --input 0,1
  nnrc analyze xor.nnr --message-format json")]
pub struct AnalyzeArgs {
    #[command(flatten)]
    pub file: FileArg,
    #[command(flatten)]
    pub values: InputArgs,
}

/// `nnrc fmt`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nnrc fmt xor.nnr             rewrites the file in place
  nnrc fmt --check *.nnr       only says which files differ; status 1 if one does
  nnrc fmt - < xor.nnr         stdin to stdout")]
pub struct FmtArgs {
    /// The files; `-` is stdin.
    #[arg(value_name = "FILE.nnr", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// Change nothing; name the files that would change and end with status 1 if there is one.
    #[arg(long)]
    pub check: bool,
}

/// `nnrc explain`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nnrc explain shape-mismatch
  nnrc explain                 lists all codes")]
pub struct ExplainArgs {
    /// The code in brackets after `error` or `warning`; without it, all codes are listed.
    pub code: Option<String>,
}

/// A stage of the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// The syntax tree.
    Ast,
    /// The checked network.
    Model,
    /// Families of reactions.
    Crn,
    /// Single reactions.
    Reactions,
    /// The graph of an ONNX model, as it was read.
    Onnx,
    /// The layers of an ONNX model: one affine map between two activations.
    Affine,
}

/// `nnrc emit`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nnrc emit ast xor.nnr              the text as an outline: what binds to what
  nnrc emit model xor.nnr            the checked network: shapes, ranges, weights, data, what the output is
  nnrc emit crn xor.nnr              one line for each family of reactions
  nnrc emit reactions xor.nnr        every reaction with its rate constant
  nnrc emit onnx model.onnx          the nodes of a model to import
  nnrc emit affine model.onnx        its layers, before activations are replaced")]
pub struct EmitArgs {
    /// The stage.
    #[arg(value_enum)]
    pub stage: Stage,
    #[command(flatten)]
    pub file: FileArg,
    #[command(flatten)]
    pub values: InputArgs,
}

/// `nnrc new`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  nnrc new gate && nnrc test gate.nnr")]
pub struct NewArgs {
    /// Name of the network; the file is NAME.nnr.
    pub name: String,
}

/// `nnrc lsp`
#[derive(Debug, Args)]
#[command(after_help = "\
Speaks the language server protocol on stdin and stdout. An editor starts it; `docs/src/editors.md` has the lines that
Visual Studio Code, Neovim, Helix, Emacs and Zed need for that.

Exit status: 0 after `shutdown` and `exit`, 1 if the client left otherwise or sent something else than the protocol.

Example:
  nnrc lsp                     waits for an editor")]
pub struct LspArgs {
    /// Speak on stdin and stdout, which is the only way; some editors say so.
    #[arg(long, hide = true)]
    pub stdio: bool,
}

/// `nnrc completions`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nnrc completions bash > ~/.local/share/bash-completion/completions/nnrc
  nnrc completions zsh  > ~/.zfunc/_nnrc")]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
