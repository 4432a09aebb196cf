//! The verb `train` of a pot: its command line.

use std::path::PathBuf;

use super::presentation::Presentation;
use crate::defaults::Defaults;
use crate::program::usage::Usage;
use crate::program::words::{Words, method, number, optional, positive, require_weight_file, whole};
use crate::settings::Method;

/// A request to present samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arguments {
    /// Samples.
    pub data: PathBuf,
    /// Whether they are scaled already.
    pub scaled: bool,
    /// How they are presented.
    pub presentation: Presentation,
    /// How to step through time.
    pub method: Method,
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance, in concentration units.
    pub absolute: f64,
    /// Where the weights go.
    pub output: PathBuf,
    /// Where the metrics of each epoch go.
    pub metrics: Option<PathBuf>,
    /// Where the state is kept.
    pub checkpoint: PathBuf,
    /// Go on from the checkpoint.
    pub resume: bool,
    /// Rate constants and initial concentrations; none: those of the crate.
    pub model: Option<PathBuf>,
}

/// Reads the arguments after the verb. None: help is wanted.
///
/// # Errors
///
/// The argument that is not understood.
pub(super) fn parse(
    words: impl IntoIterator<Item = String>,
    (defaults, presentation): (&Defaults, &Presentation),
) -> Result<Option<Arguments>, Usage> {
    let mut found = Arguments {
        data: PathBuf::new(),
        scaled: false,
        presentation: *presentation,
        method: defaults.method,
        relative: defaults.relative,
        absolute: defaults.absolute,
        output: "trained.npz".into(),
        metrics: None,
        checkpoint: "checkpoint.npz".into(),
        resume: false,
        model: None,
    };
    let timing = &mut found.presentation.timing;
    let mut words = Words::new(words.into_iter(), &["--help", "--resume", "--scaled"]);
    while let Some(name) = words.option()? {
        let name = name.as_str();
        let mut value = || words.value(name);
        match name {
            "-h" | "--help" => return Ok(None),
            "--resume" => found.resume = true,
            "--scaled" => found.scaled = true,
            "--data" => found.data = value()?.into(),
            "--hold" if timing.gate.is_some() => {
                return Err(Usage::together(
                    "`--hold`: a presentation of this pot has three parts; use `--parts`",
                ));
            }
            "--hold" => timing.hold = positive(name, &value()?)?,
            "--parts" if timing.gate.is_none() => {
                return Err(Usage::together("`--parts`: the teacher of this pot has no gate; use `--hold`"));
            }
            "--parts" => {
                let [settle, learn, flush] = parts(name, &value()?)?;
                timing.gate = Some((settle, settle + learn));
                timing.hold = settle + learn + flush;
            }
            "--epochs" => found.presentation.epochs = whole(name, &value()?, 0)?,
            "--seed" => found.presentation.shuffle = optional(name, &value()?)?,
            "--method" => found.method = method(name, &value()?)?,
            "--rtol" => found.relative = positive(name, &value()?)?,
            "--atol" => found.absolute = positive(name, &value()?)?,
            "-o" | "--output" => found.output = value()?.into(),
            "--metrics" => found.metrics = Some(value()?.into()),
            "--checkpoint" => found.checkpoint = value()?.into(),
            "--model" => found.model = Some(value()?.into()),
            other => return Err(Usage::NoOption { word: other.to_owned(), verb: Some("train") }),
        }
    }
    if found.data.as_os_str().is_empty() {
        return Err(Usage::together("`train` needs samples: `--data FILE`; see `train --help`"));
    }
    require_weight_file(&found.output)?;
    Ok(Some(found))
}

/// Lengths of the three parts of a presentation.
fn parts(name: &str, text: &str) -> Result<[f64; 3], Usage> {
    let numbers: Vec<f64> = text.split(',').map(|cell| number(name, cell)).collect::<Result<_, _>>()?;
    let parts = numbers
        .try_into()
        .ok()
        .filter(|[settle, learn, flush]: &[f64; 3]| *settle >= 0.0 && *learn > 0.0 && *flush >= 0.0);
    parts.ok_or_else(|| Usage::unexpected(name, text, "the times SETTLE,LEARN,FLUSH"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::Timing;
    use crate::train::Loss;

    fn words(text: &str, gate: Option<(f64, f64)>) -> Result<Option<Arguments>, Usage> {
        let timing = Timing { hold: 9.0, gate };
        let presentation = Presentation {
            timing,
            epochs: 3,
            shuffle: None,
            loss: Loss::SquaredError,
            reading: None,
            units: &[],
        };
        parse(text.split_whitespace().map(str::to_owned), (&Defaults::NONE, &presentation))
    }

    #[test]
    fn options_are_understood() {
        let found =
            words("--data d.npz --hold 5 --epochs=7 --seed 2 --method rosenbrock --model m.npz", None)
                .unwrap()
                .unwrap();
        let Presentation { timing, epochs, shuffle, .. } = found.presentation;
        assert_eq!((timing.hold, epochs, shuffle), (5.0, 7, Some(2)));
        assert_eq!((found.method, found.model), (Method::Rosenbrock, Some(PathBuf::from("m.npz"))));
        let found = words("--data d.npz --parts 1,3,2", Some((2.0, 4.0))).unwrap().unwrap();
        assert_eq!(found.presentation.timing, Timing { hold: 6.0, gate: Some((1.0, 4.0)) });
        assert_eq!(words("-h", None), Ok(None));
    }

    #[test]
    fn slips_are_named() {
        for (text, gate, part) in [
            ("", None, "needs samples"),
            ("--data d.npz --hold 0", None, "positive"),
            ("--data d.npz --hold 5", Some((1.0, 2.0)), "--parts"),
            ("--data d.npz --parts 1,2,3", None, "--hold"),
            ("--data d.npz --parts 1,2", Some((1.0, 2.0)), "SETTLE,LEARN,FLUSH"),
            ("--data d.npz --parts 1,0,2", Some((1.0, 2.0)), "SETTLE,LEARN,FLUSH"),
            ("--data d.npz --method euler", None, "rosenbrock"),
            ("--data d.npz -o w.txt", None, ".safetensors"),
            ("--data d.npz --rate 3", None, "no option"),
        ] {
            let found = words(text, gate).unwrap_err().to_string();
            assert!(found.contains(part), "{text}: {found}");
        }
    }
}
