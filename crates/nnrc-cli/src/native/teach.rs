//! Training by the program of a generated crate.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use nnrc_model::Tensor;
use nnrc_sim::io::{Array, Arrays};
use nnrc_sim::reading::{Measure, Reading};
use nnrc_sim::train::{Comparison, Loss, Optimiser, Order, Schedule, Settings, Stamp, Stop, stamp};

use super::child::Running;
use super::run::{Fails, Program, broken};
use nnrc::disk::reason;

/// Exit status of a program whose training diverged.
const DIVERGED: i32 = 7;

/// How to train.
pub struct Lesson<'a> {
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
pub enum Taught {
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
        lesson: &Lesson<'_>,
        checkpoint: &Path,
        note: &mut dyn FnMut(&str),
    ) -> Fails<Taught> {
        let mut words: Vec<OsString> = vec!["train".into(), "--model".into(), self.file("model.npz").into()];
        for (option, (inputs, targets)) in ["--data", "--validation"].into_iter().zip(samples) {
            let count = targets.len() / width.max(1);
            if count > 0 {
                let array = |values: &Vec<f64>| Array {
                    shape: vec![count, values.len() / count],
                    values: values.clone(),
                };
                let arrays =
                    Arrays::from([("x".to_owned(), array(inputs)), ("t".to_owned(), array(targets))]);
                words.extend([
                    option.into(),
                    self.put_arrays(&format!("{}.npz", &option[2..]), &arrays)?.into(),
                ]);
            }
        }
        let array = |tensor: &Tensor| Array { shape: tensor.shape.clone(), values: tensor.values.clone() };
        let weights: Arrays = weights.iter().map(|(key, tensor)| (key.clone(), array(tensor))).collect();
        words.extend(["--weights".into(), self.put_arrays("weights.npz", &weights)?.into()]);
        words.extend(["-o".into(), self.file("trained.npz").into()]);
        words.extend(["--checkpoint".into(), checkpoint.as_os_str().to_owned()]);
        words.extend(settings(lesson).into_iter().map(OsString::from));
        let child = Running::start(Command::new(&self.path).args(words).stderr(Stdio::piped()));
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
            Some(0) => Ok(Taught::Done),
            Some(DIVERGED) => {
                let loss = complaint.rsplit(' ').next().and_then(|word| word.parse().ok());
                Ok(Taught::Diverged { loss: loss.unwrap_or(f64::NAN) })
            }
            _ => Err(broken(&self.path, &format!("ended with {status}: {complaint}"))),
        }
    }
}

/// Settings as words of the command line.
fn settings(lesson: &Lesson<'_>) -> Vec<String> {
    let Settings { optimiser, schedule, decay, batch, epochs, order, stops, patience, threads } =
        lesson.settings;
    let loss = match lesson.loss {
        Loss::SquaredError => "squared_error",
        Loss::CrossEntropy => "cross_entropy",
        Loss::SoftmaxCrossEntropy => "softmax_cross_entropy",
    };
    let outputs = match lesson.measure.reading {
        Reading::Classes => "classes".to_owned(),
        Reading::Binary { threshold, border } => format!("binary:{threshold:?}:{border:?}"),
        Reading::Values => "values".to_owned(),
    };
    let mut words = vec![format!("--loss={loss}"), format!("--outputs={outputs}")];
    // Numbers as the shortest text that is read back as the same number.
    match optimiser {
        Optimiser::Sgd { rate, momentum } => {
            words.push("--optimiser=sgd".to_owned());
            words.extend([format!("--rate={rate:?}"), format!("--momentum={momentum:?}")]);
        }
        Optimiser::Adam { rate, beta1, beta2, epsilon } => {
            words.push("--optimiser=adam".to_owned());
            words.extend([format!("--rate={rate:?}"), format!("--beta1={beta1:?}")]);
            words.extend([format!("--beta2={beta2:?}"), format!("--epsilon={epsilon:?}")]);
        }
    }
    words.push(match schedule {
        Schedule::Constant => "--schedule=constant".to_owned(),
        Schedule::Cosine { floor } => format!("--schedule=cosine:{floor:?}"),
        Schedule::Step { every, factor } => format!("--schedule=step:{every}:{factor:?}"),
        Schedule::Exponential { factor } => format!("--schedule=exponential:{factor:?}"),
    });
    words.extend([format!("--decay={decay:?}"), format!("--batch={batch}"), format!("--epochs={epochs}")]);
    words.push(match order {
        Order::Cycle => "--seed=none".to_owned(),
        Order::Shuffle { seed } => format!("--seed={seed}"),
    });
    words.extend(patience.map(|patience| format!("--patience={patience}")));
    for Stop { validation, quantity, comparison, bound } in stops {
        let which = if *validation { "validation." } else { "" };
        let quantity = quantity.name();
        let sign = match comparison {
            Comparison::Less => "<",
            Comparison::LessEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterEqual => ">=",
            Comparison::Equal => "==",
        };
        words.push(format!("--stop={which}{quantity}{sign}{bound:?}"));
    }
    words.extend([format!("--threads={threads}"), format!("--fingerprint={}", lesson.stamp.fingerprint)]);
    words.push(format!("--settings={}", stamp::text(&lesson.stamp.settings)));
    words.extend(lesson.resume.then(|| "--resume".to_owned()));
    words
}
