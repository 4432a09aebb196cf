//! What runs the shards of a sweep: a file for Snakemake, Slurm or Kubernetes.
//!
//! All of them run `nnrc sweep run`, which does what is missing and nothing else: what was killed is simply begun again.

use serde_json::json;

use crate::shell;

/// Who runs the shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// A workflow for Snakemake.
    Snakemake,
    /// A script for an array of jobs.
    Slurm,
    /// A job with an index.
    Kubernetes,
}

/// A sweep as it is to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The manifest, as seen from where the shards run.
    pub manifest: String,
    /// The folder of results.
    pub results: String,
    /// The merged table.
    pub table: String,
    /// Number of shards.
    pub shards: u64,
    /// How long a shard may take.
    pub minutes: u64,
}

/// Of the time that a shard has, the part after which it begins no other point.
const USED: u64 = 54;

impl Script {
    /// The text of the file.
    ///
    /// # Errors
    ///
    /// Names that the driver reads as something else, in words.
    pub fn text(&self, driver: Driver) -> Result<String, String> {
        let named =
            [("manifest", &self.manifest), ("folder of results", &self.results), ("table", &self.table)];
        if let Some((what, name)) = named.into_iter().find(|(_, name)| name.contains(['\n', '\r'])) {
            return Err(format!("the {what} {name:?} has a name of several lines; give it another one"));
        }
        match driver {
            Driver::Snakemake => match named.into_iter().find(|(_, name)| name.contains(['{', '}'])) {
                Some((what, name)) => {
                    Err(format!("Snakemake reads braces as wildcards: give the {what} `{name}` another name"))
                }
                None => Ok(self.snakemake()),
            },
            Driver::Slurm => Ok(self.slurm()),
            Driver::Kubernetes => Ok(self.kubernetes()),
        }
    }

    /// Seconds after which a shard begins no other point.
    fn limit(&self) -> u64 {
        self.minutes.saturating_mul(USED)
    }

    fn snakemake(&self) -> String {
        let Self { manifest, results, table, shards, minutes } = self;
        let (manifest, results, table) = (json!(manifest), json!(results), json!(table));
        let limit = self.limit();
        format!(
            r#"# `snakemake --cores all` runs the shards of a sweep on this machine; an executor runs them on a cluster:
# `snakemake --executor slurm --jobs {shards}`. A shard that was killed goes on where it was.

MANIFEST = {manifest}
RESULTS = {results}
TABLE = {table}
SHARDS = {shards}


localrules:
    table,


rule table:
    input:
        [f"{{RESULTS}}.shards/{{shard}}-of-{{SHARDS}}" for shard in range(SHARDS)],
    output:
        TABLE,
    shell:
        "nnrc sweep merge {{MANIFEST:q}} {{RESULTS:q}} -o {{output:q}}"


rule shard:
    input:
        MANIFEST,
    output:
        touch(RESULTS + ".shards/{{shard}}-of-" + str(SHARDS)),
    threads: 1
    retries: 3
    resources:
        runtime={minutes},
    shell:
        "nnrc sweep run {{MANIFEST:q}} --shard {{wildcards.shard}}/{{SHARDS}} --out {{RESULTS:q}}"
        " --time-limit {limit}s --strict"
"#
        )
    }

    fn slurm(&self) -> String {
        let Self { manifest, results, table, shards, minutes } = self;
        let (manifest, results, table) = (shell::word(manifest), shell::word(results), shell::word(table));
        let (last, limit) = (shards.saturating_sub(1), self.limit());
        format!(
            r"#!/bin/sh
# Submit it from the folder in which the manifest is found: `sbatch FILE`. Shards that were killed, or that have points
# left, go on where they were when it is submitted again. Afterwards:
#
#   nnrc sweep merge {manifest} {results} -o {table}
#
#SBATCH --job-name=nnrc-sweep
#SBATCH --array=0-{last}
#SBATCH --time={minutes}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
set -e
exec nnrc sweep run {manifest} --shards {shards} --out {results} --time-limit {limit}s --strict
"
        )
    }

    fn kubernetes(&self) -> String {
        let Self { manifest, results, table, shards, .. } = self;
        let limit = format!("{}s", self.limit());
        let of = shards.to_string();
        let words = [
            "nnrc",
            "sweep",
            "run",
            manifest,
            "--shards",
            &of,
            "--out",
            results,
            "--time-limit",
            &limit,
            "--strict",
        ];
        let command: Vec<String> = words.iter().map(|word| json!(word).to_string()).collect();
        let command = command.join(", ");
        let (manifest, results, table) = (shell::word(manifest), shell::word(results), shell::word(table));
        let version = env!("CARGO_PKG_VERSION");
        format!(
            r"# `kubectl apply -f FILE`. The volume holds the model, its files, the manifest and the results. A shard that was
# killed, or that has points left, goes on where it was. Afterwards, in the volume:
#
#   nnrc sweep merge {manifest} {results} -o {table}
#
apiVersion: batch/v1
kind: Job
metadata:
  name: nnrc-sweep
spec:
  completionMode: Indexed
  completions: {shards}
  parallelism: {shards}
  backoffLimitPerIndex: 3
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: sweep
          image: nnrc:{version}           # built from nnrc's Dockerfile, named as your cluster finds it
          workingDir: /work
          command: [{command}]
          resources:
            requests:
              cpu: 1
          volumeMounts:
            - name: work
              mountPath: /work
      volumes:
        - name: work
          persistentVolumeClaim:
            claimName: nnrc-sweep       # that several machines can write to
"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script() -> Script {
        Script {
            manifest: "it's.jsonl".to_owned(),
            results: "results".to_owned(),
            table: "all.csv".to_owned(),
            shards: 4,
            minutes: 30,
        }
    }

    #[test]
    fn scripts() {
        let all = [Driver::Snakemake, Driver::Slurm, Driver::Kubernetes]
            .map(|driver| script().text(driver).unwrap());
        insta::assert_snapshot!(all.join("\n========\n\n").replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }

    #[test]
    fn names_that_are_read_otherwise_are_refused() {
        let braces = Script { results: "a{b}".to_owned(), ..script() };
        assert!(braces.text(Driver::Snakemake).unwrap_err().contains("`a{b}`"));
        braces.text(Driver::Slurm).unwrap();
        let lines = Script { table: "a\nb".to_owned(), ..script() };
        assert!(lines.text(Driver::Slurm).unwrap_err().contains("several lines"));
    }
}
