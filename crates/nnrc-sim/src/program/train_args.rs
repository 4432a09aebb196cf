//! The verb `train`: its command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::usage::Usage;
use super::words::{
    NONE, Words, loss, number, optional, optional_text, outputs, outputs_text, positive, require_weight_file,
    schedule, schedule_text, share, stop, stop_text, whole,
};
use crate::parallel;
use crate::train::{Optimiser, Settings, Stop};
use crate::training::Training;

/// A request to train.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainArgs {
    /// Samples.
    pub data: PathBuf,
    /// Samples that only judge.
    pub validation: Option<PathBuf>,
    /// Whether the samples are scaled already.
    pub scaled: bool,
    /// Weights to begin with; none: those of the model file.
    pub weights: Option<PathBuf>,
    /// How: what the model file says, changed by the options.
    pub training: Training,
    /// Ends by a metric; none: those of the model file.
    pub stops: Option<Vec<Stop>>,
    /// Threads; the result does not depend on it.
    pub threads: usize,
    /// Where the weights go.
    pub output: PathBuf,
    /// Where the metrics of each epoch go.
    pub metrics: Option<PathBuf>,
    /// Where the state is kept.
    pub checkpoint: PathBuf,
    /// What the checkpoint belongs to, instead of what is worked out.
    pub fingerprint: Option<u64>,
    /// What the checkpoint says of its settings, instead of the options.
    pub settings: Option<String>,
    /// Go on from the checkpoint.
    pub resume: bool,
    /// Rate constants and initial concentrations; none: those of the crate.
    pub model: Option<PathBuf>,
}

impl TrainArgs {
    /// Ends by a metric.
    pub fn stops(&self) -> &[Stop] {
        self.stops.as_deref().unwrap_or(self.training.stops)
    }

    /// How the run-time library trains by these arguments.
    pub(super) fn train_settings(&self) -> Settings {
        self.training.settings(self.stops(), self.threads)
    }

    /// The words that `parse` reads as these arguments, whatever the defaults; the verb is not among them.
    pub fn words(&self) -> Vec<OsString> {
        let Training {
            loss,
            reading,
            units: _,
            optimiser,
            schedule,
            decay,
            batch,
            epochs,
            shuffle,
            patience,
            stops: _,
        } = &self.training;
        let mut words = Vec::new();
        let mut put_path = |option: &str, path: Option<&Path>| {
            words.extend(path.into_iter().flat_map(|path| [option.into(), path.as_os_str().to_owned()]));
        };
        put_path("--data", Some(&self.data));
        put_path("--validation", self.validation.as_deref());
        put_path("--weights", self.weights.as_deref());
        put_path("--output", Some(&self.output));
        put_path("--metrics", self.metrics.as_deref());
        put_path("--checkpoint", Some(&self.checkpoint));
        put_path("--model", self.model.as_deref());
        let mut put = |option: &str, value: String| words.push(format!("{option}={value}").into());
        put("--loss", loss.name().to_owned());
        put("--outputs", outputs_text(*reading));
        put("--optimiser", optimiser.name().to_owned());
        put("--rate", optimiser.rate().to_string());
        match optimiser {
            Optimiser::Sgd { rate: _, momentum } => put("--momentum", momentum.to_string()),
            Optimiser::Adam { rate: _, beta1, beta2, epsilon } => {
                put("--beta1", beta1.to_string());
                put("--beta2", beta2.to_string());
                put("--epsilon", epsilon.to_string());
            }
        }
        put("--schedule", schedule_text(*schedule));
        put("--decay", decay.to_string());
        put("--batch", batch.to_string());
        put("--epochs", epochs.to_string());
        put("--seed", optional_text(*shuffle));
        put("--patience", optional_text(patience.map(|epochs| epochs as u64)));
        put("--stop", NONE.to_owned());
        self.stops().iter().for_each(|end| put("--stop", stop_text(end)));
        put("--threads", self.threads.to_string());
        put("--fingerprint", optional_text(self.fingerprint));
        self.settings.iter().for_each(|text| put("--settings", text.clone()));
        words.extend(self.scaled.then(|| "--scaled".into()));
        words.extend(self.resume.then(|| "--resume".into()));
        words
    }
}

/// Reads the arguments after the verb. None: help is wanted.
///
/// # Errors
///
/// The argument that is not understood.
pub fn parse(
    words: impl IntoIterator<Item = String>,
    defaults: &Training,
) -> Result<Option<TrainArgs>, Usage> {
    let mut args = TrainArgs {
        data: PathBuf::new(),
        validation: None,
        scaled: false,
        weights: None,
        training: *defaults,
        stops: None,
        threads: parallel::cores(),
        output: "trained.npz".into(),
        metrics: None,
        checkpoint: "checkpoint.npz".into(),
        fingerprint: None,
        settings: None,
        resume: false,
        model: None,
    };
    let (mut rate, mut momentum, mut betas) = (None, None, [None; 3]);
    let mut words = Words::new(words.into_iter(), &["--help", "--resume", "--scaled"]);
    while let Some(name) = words.option()? {
        let name = name.as_str();
        let mut value = || words.value(name);
        match name {
            "-h" | "--help" => return Ok(None),
            "--resume" => args.resume = true,
            "--scaled" => args.scaled = true,
            "--data" => args.data = value()?.into(),
            "--validation" => args.validation = Some(value()?.into()),
            "--weights" => args.weights = Some(value()?.into()),
            "--loss" => args.training.loss = loss(name, &value()?)?,
            "--outputs" => args.training.reading = outputs(name, &value()?)?,
            "--optimiser" => {
                let before = args.training.optimiser.rate();
                args.training.optimiser = match value()?.as_str() {
                    "sgd" => Optimiser::Sgd { rate: before, momentum: 0.0 },
                    "adam" => Optimiser::Adam { rate: before, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
                    other => return Err(Usage::unexpected(name, other, "sgd or adam")),
                }
            }
            "--rate" => rate = Some(positive(name, &value()?)?),
            "--momentum" => momentum = Some(share(name, &value()?)?),
            "--beta1" => betas[0] = Some(share(name, &value()?)?),
            "--beta2" => betas[1] = Some(share(name, &value()?)?),
            "--epsilon" => betas[2] = Some(positive(name, &value()?)?),
            "--schedule" => args.training.schedule = schedule(name, &value()?)?,
            "--decay" => args.training.decay = number(name, &value()?)?,
            "--batch" => args.training.batch = whole(name, &value()?, 1)?,
            "--epochs" => args.training.epochs = whole(name, &value()?, 0)?,
            "--patience" => args.training.patience = optional(name, &value()?)?.map(|n| n as usize),
            "--seed" => args.training.shuffle = optional(name, &value()?)?,
            "--stop" => {
                let text = value()?;
                match text.as_str() {
                    NONE => args.stops = Some(Vec::new()),
                    text => {
                        let stops = args.stops.get_or_insert_with(|| defaults.stops.to_vec());
                        stops.push(stop(name, text)?);
                    }
                }
            }
            "--threads" => args.threads = whole(name, &value()?, 1)?,
            "-o" | "--output" => args.output = value()?.into(),
            "--metrics" => args.metrics = Some(value()?.into()),
            "--checkpoint" => args.checkpoint = value()?.into(),
            "--settings" => args.settings = Some(value()?),
            "--fingerprint" => args.fingerprint = optional(name, &value()?)?,
            "--model" => args.model = Some(value()?.into()),
            other => return Err(Usage::NoOption { word: other.to_owned(), verb: Some("train") }),
        }
    }
    match &mut args.training.optimiser {
        Optimiser::Sgd { rate: own, momentum: kept } => {
            if betas.iter().any(Option::is_some) {
                return Err(Usage::together(
                    "`--beta1`, `--beta2` and `--epsilon` are for `--optimiser adam`",
                ));
            }
            *own = rate.unwrap_or(*own);
            *kept = momentum.unwrap_or(*kept);
        }
        Optimiser::Adam { rate: own, beta1, beta2, epsilon } => {
            if momentum.is_some() {
                return Err(Usage::together("`--momentum` is for `--optimiser sgd`"));
            }
            *own = rate.unwrap_or(*own);
            for (place, value) in [beta1, beta2, epsilon].into_iter().zip(betas) {
                *place = value.unwrap_or(*place);
            }
        }
    }
    if args.data.as_os_str().is_empty() {
        return Err(Usage::together("`train` needs samples: `--data FILE`; see `train --help`"));
    }
    require_weight_file(&args.output)?;
    Ok(Some(args))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Reading;
    use crate::train::{Comparison, Loss, Metric, Schedule};

    fn words(text: &str) -> Result<Option<TrainArgs>, Usage> {
        parse(text.split_whitespace().map(str::to_owned), &Training::NONE)
    }

    #[test]
    fn options_are_understood() {
        let text = "--data d.npz --optimiser sgd --rate 0.5 --momentum=0.9 --schedule step:30:0.1 --seed none \
                    --stop validation.accuracy>=0.9 --patience 7 --outputs binary:0:0.5 --batch 4 -o w.safetensors --resume";
        let args = words(text).unwrap().unwrap();
        assert_eq!(args.training.optimiser, Optimiser::Sgd { rate: 0.5, momentum: 0.9 });
        assert_eq!(args.training.schedule, Schedule::Step { every: 30, factor: 0.1 });
        assert_eq!((args.training.shuffle, args.training.patience, args.training.batch), (None, Some(7), 4));
        assert_eq!(args.stops()[0].bound, 0.9);
        assert_eq!(args.training.reading, Some(Reading::Binary { threshold: 0.0, border: 0.5 }));
        assert!(args.stops()[0].validation && args.resume);
        assert_eq!(words("--help"), Ok(None));
    }

    #[test]
    fn ends_are_those_of_the_file_and_more_unless_none_is_said() {
        const FILE: &[Stop] =
            &[Stop { validation: false, metric: Metric::Loss, comparison: Comparison::Less, bound: 0.1 }];
        let stops = |text: &str| {
            let words = format!("--data d.npz {text}");
            let defaults = Training { stops: FILE, ..Training::NONE };
            let args = parse(words.split_whitespace().map(str::to_owned), &defaults);
            args.unwrap().unwrap().stops().iter().map(|stop| stop.bound).collect::<Vec<f64>>()
        };
        assert_eq!(stops(""), [0.1]);
        assert_eq!(stops("--stop accuracy>=0.9"), [0.1, 0.9]);
        assert_eq!(stops("--stop none --stop mse<0.5"), [0.5]);
        assert!(stops("--stop none").is_empty());
    }

    #[test]
    fn words_are_read_as_they_were_written() {
        let stop = |validation, metric, comparison, bound| Stop { validation, metric, comparison, bound };
        const FILE: &[Stop] =
            &[Stop { validation: false, metric: Metric::Mse, comparison: Comparison::Less, bound: 3.0 }];
        // Everything that the words may say is said in other words by the file.
        let defaults = Training { patience: Some(3), stops: FILE, decay: 0.5, ..Training::NONE };
        let optimisers = [
            Optimiser::Sgd { rate: 1.0 / 3.0, momentum: 0.9 },
            Optimiser::Adam { rate: 1e-12, beta1: 0.1 + 0.2, beta2: 0.0, epsilon: 1e300 },
        ];
        let schedules = [
            Schedule::Constant,
            Schedule::Cosine { floor: 0.1 },
            Schedule::Step { every: 7, factor: 1.0 / 7.0 },
            Schedule::Exponential { factor: 0.99 },
        ];
        let binary = Reading::Binary { threshold: -0.5, border: 1e-9 };
        let readings = [None, Some(Reading::Classes), Some(Reading::Values), Some(binary)];
        for at in 0..12 {
            let is_odd = at % 2 == 1;
            let args = TrainArgs {
                data: "some data.npz".into(),
                validation: is_odd.then(|| "v=1.csv".into()),
                scaled: is_odd,
                weights: is_odd.then(|| "w.npz".into()),
                training: Training {
                    loss: Loss::ALL[at % 3],
                    reading: readings[at % 4],
                    optimiser: optimisers[at % 2],
                    schedule: schedules[(at + 1) % 4],
                    decay: 1e-7,
                    batch: at + 1,
                    epochs: at,
                    shuffle: is_odd.then_some(u64::MAX),
                    patience: is_odd.then_some(at),
                    ..defaults
                },
                stops: Some(Vec::from_iter(
                    Comparison::ALL
                        .into_iter()
                        .take(at)
                        .zip(Metric::ALL)
                        .map(|(comparison, metric)| stop(is_odd, metric, comparison, 0.1 + at as f64)),
                )),
                threads: at + 1,
                output: "out.safetensors".into(),
                metrics: is_odd.then(|| "m.csv".into()),
                checkpoint: "c.npz".into(),
                fingerprint: is_odd.then_some(12_345),
                settings: is_odd.then(|| "rate=1\nseed=none".to_owned()),
                resume: is_odd,
                model: is_odd.then(|| "model.npz".into()),
            };
            let words = args.words().into_iter().map(|word| word.into_string().unwrap());
            assert_eq!(parse(words, &defaults), Ok(Some(args)));
        }
    }

    #[test]
    fn slips_are_named() {
        for (text, part) in [
            ("", "needs samples"),
            ("--data d.npz --rate 0", "positive"),
            ("--data d.npz --loss hinge", "cross_entropy"),
            ("--data d.npz --optimiser lion", "sgd or adam"),
            ("--data d.npz --outputs binary:x", "number"),
            ("--data d.npz --outputs several", "binary:BORDER"),
            ("--data d.npz --momentum 0.5", "sgd"),
            ("--data d.npz --schedule step:3", "step:EPOCHS"),
            ("--data d.npz --stop quality>3", "accuracy>=0.95"),
            ("--data d.npz -o w.txt", ".safetensors"),
            ("--data d.npz --speed 3", "no option"),
        ] {
            let found = words(text).unwrap_err().to_string();
            assert!(found.contains(part), "{text}: {found}");
        }
    }
}
