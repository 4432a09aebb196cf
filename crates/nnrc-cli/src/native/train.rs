//! Training by the program of a generated crate.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nnrc_model::Tensor;
use nnrc_sim::io::{Array, Arrays};
use nnrc_sim::program::{TrainArgs, Training};
use nnrc_sim::reading::Measure;
use nnrc_sim::train::{Loss, Settings, Stamp, stamp};

use super::child::Running;
use super::run::{Fails, Program, broken};
use nnrc::disk::reason;

/// Exit status of a program whose training diverged.
const DIVERGED: i32 = 7;

/// How to train.
pub struct TrainRequest<'a> {
    pub settings: &'a Settings,
    pub loss: Loss,
    /// How outputs are compared with targets.
    pub measure: &'a Measure,
    /// What the checkpoint belongs to.
    pub stamp: &'a Stamp,
    /// Whether to go on from the checkpoint.
    pub resume: bool,
}

/// How training ended.
pub enum Ended {
    /// By itself.
    Done,
    /// The loss grew to this.
    Diverged { loss: f64 },
}

impl Program {
    /// Trains on inputs with targets of `width` elements, and judges by the second set if it is not empty. The state
    /// after the last epoch is in the checkpoint then. `note` is told what the program says meanwhile.
    pub fn train(
        &self,
        samples: &[(Vec<f64>, Vec<f64>); 2],
        width: usize,
        weights: &BTreeMap<String, Tensor>,
        request: &TrainRequest<'_>,
        checkpoint: &Path,
        note: &mut dyn FnMut(&str),
    ) -> Fails<Ended> {
        let put_samples = |name: &str, (inputs, targets): &(Vec<f64>, Vec<f64>)| -> Fails<Option<PathBuf>> {
            let count = targets.len() / width.max(1);
            if count == 0 {
                return Ok(None);
            }
            let array = |values: &Vec<f64>| Array {
                shape: vec![count, values.len() / count],
                values: values.clone(),
            };
            let arrays = Arrays::from([("x".to_owned(), array(inputs)), ("t".to_owned(), array(targets))]);
            self.put_arrays(name, &arrays).map(Some)
        };
        let [train, validation] = samples;
        let array = |tensor: &Tensor| Array { shape: tensor.shape.clone(), values: tensor.values.clone() };
        let weights: Arrays = weights.iter().map(|(key, tensor)| (key.clone(), array(tensor))).collect();
        let TrainRequest { settings, loss, measure, stamp, resume } = *request;
        let args = TrainArgs {
            data: put_samples("data.npz", train)?.unwrap_or_default(),
            validation: put_samples("validation.npz", validation)?,
            scaled: false,
            weights: Some(self.put_arrays("weights.npz", &weights)?),
            training: Training::of(settings, loss, Some(measure.reading)),
            stops: Some(settings.stops.clone()),
            threads: settings.threads,
            output: self.file("trained.npz"),
            metrics: None,
            checkpoint: checkpoint.to_owned(),
            fingerprint: Some(stamp.fingerprint),
            settings: Some(stamp::text(&stamp.settings)),
            resume,
            model: Some(self.file("model.npz")),
        };
        let mut command = Command::new(&self.path);
        command.arg("train").args(args.words()).stderr(Stdio::piped());
        let child = Running::start(&mut command);
        let child =
            child.map_err(|error| broken(&self.path, &format!("cannot be run: {}", reason(&error))))?;
        let mut complaint = String::new();
        if let Some(stderr) = child.stderr() {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                match line.strip_prefix("error: ") {
                    Some(words) => complaint = words.to_owned(),
                    // The command says itself how it ended.
                    None if line.starts_with("trained ") => {}
                    None => note(&line),
                }
            }
        }
        let status = child.wait().map_err(|error| broken(&self.path, &reason(&error)))?;
        match status.code() {
            Some(0) => Ok(Ended::Done),
            Some(DIVERGED) => {
                let loss = complaint.rsplit(' ').next().and_then(|word| word.parse().ok());
                Ok(Ended::Diverged { loss: loss.unwrap_or(f64::NAN) })
            }
            _ => Err(broken(&self.path, &format!("ended with {status}: {complaint}"))),
        }
    }
}
