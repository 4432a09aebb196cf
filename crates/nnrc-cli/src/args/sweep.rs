//! `nnrc sweep`

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use nnrc::sweep::{Driver, Shard, Verb};

use super::FileArg;

/// `nnrc sweep`
#[derive(Debug, Args)]
#[command(after_help = "\
A plan lists every point of a sweep with a name that stands for the version, all files and all settings. A point is run
once, whoever runs it, and the merged table is the same bytes for any number of shards and of machines.

Examples:
  nnrc sweep plan xor.nnr --verb noise --over noise.seed=1..20 --over const.h=1e-1,1e-2 -o xor.jsonl
  nnrc sweep run xor.jsonl --shard 0/4                   the first quarter; results/ holds what is done
  nnrc sweep merge xor.jsonl results -o xor.csv          one table, with a column for each axis
  nnrc sweep emit snakemake xor.jsonl --shards 4 -o Snakefile")]
pub struct SweepArgs {
    /// What to do.
    #[command(subcommand)]
    pub step: Step,
}

/// The steps of a sweep.
#[derive(Debug, Subcommand)]
pub enum Step {
    /// List all points of a sweep.
    Plan(PlanArgs),
    /// Run the points of a shard that have no result yet.
    Run(RunArgs),
    /// Take the results of all points together.
    Merge(MergeArgs),
    /// Write what runs the shards: a Snakefile, a script for Slurm, a job for Kubernetes.
    Emit(ScriptArgs),
}

/// `nnrc sweep plan`
#[derive(Debug, Args)]
#[command(after_help = "\
What is not said here is taken from the `sweep` block of the file. The values of every axis are tried on the file, so
that a misspelt key is found now and not on the cluster.

Examples:
  nnrc sweep plan xor.nnr                                what its `sweep` block says: xor.sweep.jsonl
  nnrc sweep plan iris.nnr --verb train --over seed=1..20 --over train.batch=8,32
  nnrc sweep plan xor.nnr --verb noise --replicates 5    ranges of five replicates, which merge to the study
  nnrc sweep plan xor.nnr --verb simulate --zip const.h=1e-1,1e-2 --zip simulate.until=20,200
  nnrc sweep plan xor.nnr --estimate                     runs one point, and says what all of them will take")]
pub struct PlanArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// Go over values of a setting: `noise.seed=1..20`, `const.h=1e-1,1e-2`, `seed=1..5` for random weights; may be
    /// repeated, and the last one changes fastest.
    #[arg(long, value_name = "KEY=VALUES")]
    pub over: Vec<String>,
    /// The same, but all axes of --zip go together as one.
    #[arg(long, value_name = "KEY=VALUES")]
    pub zip: Vec<String>,
    /// What to run at each point.
    #[arg(long, value_enum, value_name = "VERB")]
    pub verb: Option<VerbName>,
    /// Divide the replicates of a study of noise into ranges of at most N, a point each.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub replicates: Option<u64>,
    /// Number of shards where neither `run` nor the scheduler says it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub shards: Option<u64>,
    /// Run the first point, and say what time and memory the sweep will take.
    #[arg(long)]
    pub estimate: bool,
    /// Where to write the manifest; `-` is stdout [default: STEM.sweep.jsonl].
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// A verb that is swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerbName {
    /// A study of noise: its rows.
    Noise,
    /// A time course: its rows.
    Simulate,
    /// A training: a row of metrics, and a file of weights beside it.
    Train,
    /// The expectations of the file: a row for each with its verdict.
    Test,
}

impl From<VerbName> for Verb {
    fn from(name: VerbName) -> Self {
        match name {
            VerbName::Noise => Self::Noise,
            VerbName::Simulate => Self::Simulate,
            VerbName::Train => Self::Train,
            VerbName::Test => Self::Test,
        }
    }
}

/// The manifest of a sweep.
#[derive(Debug, Clone, Args)]
pub struct ManifestArg {
    /// The manifest that `nnrc sweep plan` wrote.
    #[arg(value_name = "MANIFEST.jsonl", value_hint = ValueHint::FilePath)]
    pub manifest: PathBuf,
}

/// `nnrc sweep run`
#[derive(Debug, Args)]
#[command(after_help = "\
Without --shard the scheduler says which one it is: SLURM_ARRAY_TASK_ID, or JOB_COMPLETION_INDEX of Kubernetes, counted
from 0. The number of shards is that of --shards, else that of the manifest, else that of the array of Slurm. Without a
scheduler everything is run.

A result is results/ID.csv, complete or not there; what is there is not run again. A point that fails leaves
ID.error.json, and the others go on. Status 0 if nothing else went wrong.

Examples:
  nnrc sweep run xor.jsonl                               all points
  nnrc sweep run xor.jsonl --shard 3/4                   the last quarter
  nnrc sweep run xor.jsonl --time-limit 50min --strict   status 6 if points are left then")]
pub struct RunArgs {
    #[command(flatten)]
    pub manifest: ManifestArg,
    /// The part to run, counted from 0: `0/4` to `3/4`.
    #[arg(long, value_name = "I/N", conflicts_with = "shards")]
    pub shard: Option<Shard>,
    /// Number of parts, where a scheduler says which one this is.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub shards: Option<u64>,
    /// The folder of results, which is made if need be.
    #[arg(long, value_name = "DIR", default_value = "results", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Threads of a point.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub threads: u64,
    /// Begin no point that would probably not end within this time: `50min`, `2h`, `90s`.
    #[arg(long, value_name = "TIME", value_parser = time_limit)]
    pub time_limit: Option<Duration>,
    /// Status 6 if points of the shard are left.
    #[arg(long)]
    pub strict: bool,
    /// Run points that failed again.
    #[arg(long)]
    pub retry_failed: bool,
}

/// `nnrc sweep merge`
#[derive(Debug, Args)]
#[command(after_help = "\
Rows stand in the order of the points, with the values of the axes in front. Ranges of replicates become the rows of the
study, as `nnrc noise` gives them. Status 3 if results are missing or belong to another sweep, 4 if points failed.

Examples:
  nnrc sweep merge xor.jsonl results -o xor.csv
  nnrc sweep merge xor.jsonl results --allow-failed      without the points that failed")]
pub struct MergeArgs {
    #[command(flatten)]
    pub manifest: ManifestArg,
    /// The folder of results.
    #[arg(value_name = "DIR", default_value = "results", value_hint = ValueHint::DirPath)]
    pub results: PathBuf,
    /// Where to write the table; `-` is stdout.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Leave out points that failed.
    #[arg(long)]
    pub allow_failed: bool,
}

/// Who runs the shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DriverName {
    /// A workflow for Snakemake 9, on one machine or a cluster.
    Snakemake,
    /// A script for `sbatch`.
    Slurm,
    /// An indexed job for Kubernetes.
    K8s,
}

impl From<DriverName> for Driver {
    fn from(name: DriverName) -> Self {
        match name {
            DriverName::Snakemake => Self::Snakemake,
            DriverName::Slurm => Self::Slurm,
            DriverName::K8s => Self::Kubernetes,
        }
    }
}

/// `nnrc sweep emit`
#[derive(Debug, Args)]
#[command(after_help = "\
Choose so many shards that each takes from 10 to 60 minutes; `nnrc sweep plan --estimate` says what a point takes.

Examples:
  nnrc sweep emit snakemake xor.jsonl --shards 4 -o Snakefile && snakemake --cores 4
  nnrc sweep emit slurm xor.jsonl --shards 100 --minutes 60 -o xor.sh && sbatch xor.sh
  nnrc sweep emit k8s xor.jsonl --shards 20 -o xor.yaml && kubectl apply -f xor.yaml")]
pub struct ScriptArgs {
    /// For whom.
    #[arg(value_enum)]
    pub driver: DriverName,
    #[command(flatten)]
    pub manifest: ManifestArg,
    /// Number of shards [default: that of the manifest, else 1].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub shards: Option<u64>,
    /// How long a shard may take.
    #[arg(long, value_name = "N", default_value = "30", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub minutes: u64,
    /// The folder of results.
    #[arg(long, value_name = "DIR", default_value = "results", value_hint = ValueHint::DirPath)]
    pub results: PathBuf,
    /// The merged table.
    #[arg(long, value_name = "PATH", default_value = "all.csv", value_hint = ValueHint::FilePath)]
    pub table: PathBuf,
    /// Where to write; `-` is stdout.
    #[arg(long, short, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// A time of the clock on the wall: `50min`.
fn time_limit(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = (text[..end].trim(), &text[end..]);
    let seconds = match unit {
        "s" => Some(1.0),
        "min" => Some(60.0),
        "h" => Some(3600.0),
        _ => None,
    };
    let limit = number.parse::<f64>().ok().zip(seconds).map(|(number, seconds)| number * seconds);
    limit
        .filter(|seconds| *seconds >= 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| format!("`{text}` is no time; write `90s`, `50min` or `2h`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(time_limit("50min"), Ok(Duration::from_secs(3000)));
        assert_eq!(time_limit(" 1.5 h"), Ok(Duration::from_secs(5400)));
        assert_eq!(time_limit("0s"), Ok(Duration::ZERO));
        for text in ["50", "min", "-1s", "5 minutes", "1e400s", "nan s", "é"] {
            assert!(time_limit(text).is_err(), "{text}");
        }
    }
}
