//! The verb `train`: its command line.

use std::path::PathBuf;

use super::arguments::{Words, number, positive};
use crate::parallel;
use crate::reading::Reading;
use crate::train::{Comparison, Loss, Optimiser, Quantity, Schedule, Stop};
use crate::training::Training;

/// A request to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
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

impl Lesson {
    /// Ends by a metric.
    pub fn stops(&self) -> &[Stop] {
        self.stops.as_deref().unwrap_or(self.training.stops)
    }
}

/// Reads the arguments after the verb. None: help is wanted.
///
/// # Errors
///
/// A sentence about the argument that is not understood.
pub fn parse(words: impl IntoIterator<Item = String>, defaults: &Training) -> Result<Option<Lesson>, String> {
    let mut lesson = Lesson {
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
            "--resume" => lesson.resume = true,
            "--scaled" => lesson.scaled = true,
            "--data" => lesson.data = value()?.into(),
            "--validation" => lesson.validation = Some(value()?.into()),
            "--weights" => lesson.weights = Some(value()?.into()),
            "--loss" => {
                lesson.training.loss = match value()?.as_str() {
                    "squared_error" => Loss::SquaredError,
                    "cross_entropy" => Loss::CrossEntropy,
                    "softmax_cross_entropy" => Loss::SoftmaxCrossEntropy,
                    other => {
                        return Err(format!(
                            "`{name} {other}`: expected squared_error, cross_entropy or softmax_cross_entropy"
                        ));
                    }
                }
            }
            "--outputs" => lesson.training.reading = reading(name, &value()?)?,
            "--optimiser" => {
                let before = lesson.training.optimiser.rate();
                lesson.training.optimiser = match value()?.as_str() {
                    "sgd" => Optimiser::Sgd { rate: before, momentum: 0.0 },
                    "adam" => Optimiser::Adam { rate: before, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
                    other => return Err(format!("`{name} {other}`: expected sgd or adam")),
                }
            }
            "--rate" => rate = Some(positive(name, &value()?)?),
            "--momentum" => momentum = Some(share(name, &value()?)?),
            "--beta1" => betas[0] = Some(share(name, &value()?)?),
            "--beta2" => betas[1] = Some(share(name, &value()?)?),
            "--epsilon" => betas[2] = Some(positive(name, &value()?)?),
            "--schedule" => lesson.training.schedule = schedule(name, &value()?)?,
            "--decay" => lesson.training.decay = number(name, &value()?)?,
            "--batch" => lesson.training.batch = whole(name, &value()?, 1)?,
            "--epochs" => lesson.training.epochs = whole(name, &value()?, 0)?,
            "--patience" => lesson.training.patience = optional(name, &value()?)?.map(|n| n as usize),
            "--seed" => lesson.training.shuffle = optional(name, &value()?)?,
            "--stop" => {
                let text = value()?;
                match text.as_str() {
                    "none" => lesson.stops = Some(Vec::new()),
                    text => {
                        let stops = lesson.stops.get_or_insert_with(|| defaults.stops.to_vec());
                        stops.push(stop(name, text)?);
                    }
                }
            }
            "--threads" => lesson.threads = whole(name, &value()?, 1)?,
            "-o" | "--output" => lesson.output = value()?.into(),
            "--metrics" => lesson.metrics = Some(value()?.into()),
            "--checkpoint" => lesson.checkpoint = value()?.into(),
            "--settings" => lesson.settings = Some(value()?),
            "--fingerprint" => lesson.fingerprint = optional(name, &value()?)?,
            "--model" => lesson.model = Some(value()?.into()),
            other => return Err(format!("`{other}` is no option of `train`; see `train --help`")),
        }
    }
    match &mut lesson.training.optimiser {
        Optimiser::Sgd { rate: own, momentum: kept } => {
            if betas.iter().any(Option::is_some) {
                return Err("`--beta1`, `--beta2` and `--epsilon` are for `--optimiser adam`".to_owned());
            }
            *own = rate.unwrap_or(*own);
            *kept = momentum.unwrap_or(*kept);
        }
        Optimiser::Adam { rate: own, beta1, beta2, epsilon } => {
            if momentum.is_some() {
                return Err("`--momentum` is for `--optimiser sgd`".to_owned());
            }
            *own = rate.unwrap_or(*own);
            for (place, value) in [beta1, beta2, epsilon].into_iter().zip(betas) {
                *place = value.unwrap_or(*place);
            }
        }
    }
    if lesson.data.as_os_str().is_empty() {
        return Err("`train` needs samples: `--data FILE`; see `train --help`".to_owned());
    }
    let extension = lesson.output.extension().and_then(|extension| extension.to_str());
    if !matches!(extension, Some("npz" | "safetensors")) {
        return Err(format!(
            "`-o {}`: expected a name that ends in .npz or .safetensors",
            lesson.output.display()
        ));
    }
    Ok(Some(lesson))
}

pub(super) fn whole(name: &str, text: &str, least: usize) -> Result<usize, String> {
    let found = text.parse().ok().filter(|number| *number >= least);
    found.ok_or_else(|| format!("`{name} {text}`: expected a whole number from {least}"))
}

fn share(name: &str, text: &str) -> Result<f64, String> {
    let found = number(name, text)?;
    if (0.0..1.0).contains(&found) {
        Ok(found)
    } else {
        Err(format!("`{name} {text}`: expected 0 to below 1"))
    }
}

pub(super) fn optional(name: &str, text: &str) -> Result<Option<u64>, String> {
    if text == "none" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("`{name} {text}`: expected a whole number or `none`"))
}

/// `constant`, `cosine:0.1`, `step:30:0.1`, `exponential:0.99`
fn schedule(name: &str, text: &str) -> Result<Schedule, String> {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["constant"] => Ok(Schedule::Constant),
        ["cosine"] => Ok(Schedule::Cosine { floor: 0.0 }),
        ["cosine", floor] => Ok(Schedule::Cosine { floor: number(name, floor)? }),
        ["step", every, factor] => {
            Ok(Schedule::Step { every: whole(name, every, 1)?, factor: positive(name, factor)? })
        }
        ["exponential", factor] => Ok(Schedule::Exponential { factor: positive(name, factor)? }),
        _ => Err(format!(
            "`{name} {text}`: expected constant, cosine:FLOOR, step:EPOCHS:FACTOR or exponential:FACTOR"
        )),
    }
}

/// `classes`, `binary:0`, `binary:0:0.5`, `values`, `targets`
fn reading(name: &str, text: &str) -> Result<Option<Reading>, String> {
    let parts: Vec<&str> = text.split(':').collect();
    Ok(Some(match parts.as_slice() {
        ["targets"] => return Ok(None),
        ["classes"] => Reading::Classes,
        ["values"] => Reading::Values,
        ["binary", threshold] => {
            let threshold = number(name, threshold)?;
            Reading::Binary { threshold, border: threshold }
        }
        ["binary", threshold, border] => {
            Reading::Binary { threshold: number(name, threshold)?, border: number(name, border)? }
        }
        _ => {
            return Err(format!(
                "`{name} {text}`: expected classes, binary:BORDER, binary:BORDER:BORDER_OF_TARGETS, values or targets"
            ));
        }
    }))
}

/// `loss<0.1`, `validation.accuracy>=0.95`
fn stop(name: &str, text: &str) -> Result<Stop, String> {
    let wrong = || format!("`{name} {text}`: expected such as loss<0.1 or validation.accuracy>=0.95");
    let (validation, rest) = text.strip_prefix("validation.").map_or((false, text), |rest| (true, rest));
    let at = rest.find(['<', '>', '=']).ok_or_else(wrong)?;
    let (word, rest) = rest.split_at(at);
    let quantity = Quantity::ALL.into_iter().find(|quantity| quantity.name() == word).ok_or_else(wrong)?;
    let signs = [
        ("<=", Comparison::LessEqual),
        (">=", Comparison::GreaterEqual),
        ("==", Comparison::Equal),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ];
    let found = signs.into_iter().find_map(|(sign, comparison)| Some((rest.strip_prefix(sign)?, comparison)));
    let (bound, comparison) = found.ok_or_else(wrong)?;
    Ok(Stop { validation, quantity, comparison, bound: number(name, bound)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Option<Lesson>, String> {
        parse(text.split_whitespace().map(str::to_owned), &Training::NONE)
    }

    #[test]
    fn options_are_understood() {
        let text = "--data d.npz --optimiser sgd --rate 0.5 --momentum=0.9 --schedule step:30:0.1 --seed none \
                    --stop validation.accuracy>=0.9 --patience 7 --outputs binary:0:0.5 --batch 4 -o w.safetensors --resume";
        let lesson = words(text).unwrap().unwrap();
        assert_eq!(lesson.training.optimiser, Optimiser::Sgd { rate: 0.5, momentum: 0.9 });
        assert_eq!(lesson.training.schedule, Schedule::Step { every: 30, factor: 0.1 });
        assert_eq!(
            (lesson.training.shuffle, lesson.training.patience, lesson.training.batch),
            (None, Some(7), 4)
        );
        assert_eq!(lesson.stops()[0].bound, 0.9);
        assert_eq!(lesson.training.reading, Some(Reading::Binary { threshold: 0.0, border: 0.5 }));
        assert!(lesson.stops()[0].validation && lesson.resume);
        assert_eq!(words("--help"), Ok(None));
    }

    #[test]
    fn ends_are_those_of_the_file_and_more_unless_none_is_said() {
        const FILE: &[Stop] =
            &[Stop { validation: false, quantity: Quantity::Loss, comparison: Comparison::Less, bound: 0.1 }];
        let stops = |text: &str| {
            let words = format!("--data d.npz {text}");
            let defaults = Training { stops: FILE, ..Training::NONE };
            let lesson = parse(words.split_whitespace().map(str::to_owned), &defaults);
            lesson.unwrap().unwrap().stops().iter().map(|stop| stop.bound).collect::<Vec<f64>>()
        };
        assert_eq!(stops(""), [0.1]);
        assert_eq!(stops("--stop accuracy>=0.9"), [0.1, 0.9]);
        assert_eq!(stops("--stop none --stop mse<0.5"), [0.5]);
        assert!(stops("--stop none").is_empty());
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
            let found = words(text).unwrap_err();
            assert!(found.contains(part), "{text}: {found}");
        }
    }
}
