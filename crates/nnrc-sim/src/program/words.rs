//! Settings as words of a command line: as help, checkpoints and whoever drives a program write them, and as the program
//! reads them. Numbers are written as the shortest text that is read back as the same number.

use std::path::Path;

use super::usage::Usage;
use crate::reading::Reading;
use crate::settings::Method;
use crate::train::{Comparison, Loss, Metric, Schedule, Stop};

/// The words of a command line: options with their values, `--name value` or `--name=value`.
pub(super) struct Words<'a, I> {
    words: I,
    /// Options without a value.
    flags: &'a [&'a str],
    /// What stands behind `=` in the present option.
    glued: Option<String>,
}

impl<'a, I: Iterator<Item = String>> Words<'a, I> {
    pub fn new(words: I, flags: &'a [&'a str]) -> Self {
        Self { words, flags, glued: None }
    }

    /// The name of the next option.
    pub fn option(&mut self) -> Result<Option<String>, Usage> {
        let Some(word) = self.words.next() else { return Ok(None) };
        let (name, glued) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
            _ => (word, None),
        };
        if glued.is_some() && self.flags.contains(&name.as_str()) {
            return Err(Usage::NeedlessValue(name));
        }
        self.glued = glued;
        Ok(Some(name))
    }

    /// The value of that option, whose name is `name`.
    pub fn value(&mut self, name: &str) -> Result<String, Usage> {
        self.glued.take().or_else(|| self.words.next()).ok_or_else(|| Usage::NoValue(name.to_owned()))
    }
}

/// A finite number.
pub(super) fn number(name: &str, text: &str) -> Result<f64, Usage> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| Usage::NoNumber { option: name.to_owned(), found: text.to_owned() })
}

/// A positive number.
pub(super) fn positive(name: &str, text: &str) -> Result<f64, Usage> {
    let number = number(name, text)?;
    if number > 0.0 { Ok(number) } else { Err(Usage::unexpected(name, text, "a positive number")) }
}

/// A number from 0 to below 1.
pub(super) fn share(name: &str, text: &str) -> Result<f64, Usage> {
    let found = number(name, text)?;
    if (0.0..1.0).contains(&found) { Ok(found) } else { Err(Usage::unexpected(name, text, "0 to below 1")) }
}

/// A whole number from `least`.
pub(super) fn whole(name: &str, text: &str, least: usize) -> Result<usize, Usage> {
    let found = text.parse().ok().filter(|number| *number >= least);
    found.ok_or_else(|| Usage::unexpected(name, text, format!("a whole number from {least}")))
}

/// A whole number, or none.
pub(super) fn optional(name: &str, text: &str) -> Result<Option<u64>, Usage> {
    if text == NONE {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Usage::unexpected(name, text, "a whole number or `none`"))
}

/// As [`optional`] reads it.
pub(super) fn optional_text(number: Option<u64>) -> String {
    number.map_or(NONE.to_owned(), |number| number.to_string())
}

/// What stands for no value.
pub(super) const NONE: &str = "none";

/// A name that ends as weight files do.
pub(super) fn require_weight_file(path: &Path) -> Result<(), Usage> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("npz" | "safetensors") => Ok(()),
        _ => {
            let expected = "a name that ends in .npz or .safetensors";
            Err(Usage::unexpected("-o", &path.display().to_string(), expected))
        }
    }
}

/// A way to step through time.
pub(super) fn method(name: &str, text: &str) -> Result<Method, Usage> {
    [Method::Auto, Method::Explicit, Method::Rosenbrock]
        .into_iter()
        .find(|method| method_text(*method) == text)
        .ok_or_else(|| Usage::unexpected(name, text, "`auto`, `explicit` or `rosenbrock`"))
}

/// As [`method`] reads it.
pub(super) fn method_text(method: Method) -> &'static str {
    match method {
        Method::Auto => "auto",
        Method::Explicit => "explicit",
        Method::Rosenbrock | Method::RosenbrockW => "rosenbrock",
    }
}

/// A loss.
pub(super) fn loss(name: &str, text: &str) -> Result<Loss, Usage> {
    let found = Loss::ALL.into_iter().find(|loss| loss.name() == text);
    let expected = "squared_error, cross_entropy or softmax_cross_entropy";
    found.ok_or_else(|| Usage::unexpected(name, text, expected))
}

/// `constant`, `cosine:0.1`, `step:30:0.1`, `exponential:0.99`
pub(super) fn schedule(name: &str, text: &str) -> Result<Schedule, Usage> {
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["constant"] => Ok(Schedule::Constant),
        ["cosine"] => Ok(Schedule::Cosine { floor: 0.0 }),
        ["cosine", floor] => Ok(Schedule::Cosine { floor: number(name, floor)? }),
        ["step", every, factor] => {
            Ok(Schedule::Step { every: whole(name, every, 1)?, factor: positive(name, factor)? })
        }
        ["exponential", factor] => Ok(Schedule::Exponential { factor: positive(name, factor)? }),
        _ => Err(Usage::unexpected(
            name,
            text,
            "constant, cosine:FLOOR, step:EPOCHS:FACTOR or exponential:FACTOR",
        )),
    }
}

/// As [`schedule`] reads it.
pub(super) fn schedule_text(schedule: Schedule) -> String {
    match schedule {
        Schedule::Constant => "constant".to_owned(),
        Schedule::Cosine { floor } => format!("cosine:{floor}"),
        Schedule::Step { every, factor } => format!("step:{every}:{factor}"),
        Schedule::Exponential { factor } => format!("exponential:{factor}"),
    }
}

/// What outputs are, `classes`, `binary:0`, `binary:0:0.5`, `values`; none: `targets`, where these say it.
pub(super) fn outputs(name: &str, text: &str) -> Result<Option<Reading>, Usage> {
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
            let expected = "classes, binary:BORDER, binary:BORDER:BORDER_OF_TARGETS, values or targets";
            return Err(Usage::unexpected(name, text, expected));
        }
    }))
}

/// As [`outputs`] reads it.
pub(super) fn outputs_text(reading: Option<Reading>) -> String {
    match reading {
        None => "targets".to_owned(),
        Some(Reading::Classes) => "classes".to_owned(),
        Some(Reading::Binary { threshold, border }) => format!("binary:{threshold}:{border}"),
        Some(Reading::Values) => "values".to_owned(),
    }
}

/// `loss<0.1`, `validation.accuracy>=0.95`
pub(super) fn stop(name: &str, text: &str) -> Result<Stop, Usage> {
    let wrong = || Usage::unexpected(name, text, "such as loss<0.1 or validation.accuracy>=0.95");
    let (validation, rest) = text.strip_prefix(VALIDATION).map_or((false, text), |rest| (true, rest));
    let at = rest.find(['<', '>', '=']).ok_or_else(wrong)?;
    let (word, rest) = rest.split_at(at);
    let metric = Metric::ALL.into_iter().find(|metric| metric.name() == word).ok_or_else(wrong)?;
    let of = |comparison: Comparison| Some((rest.strip_prefix(comparison.sign())?, comparison));
    let (bound, comparison) = Comparison::ALL.into_iter().find_map(of).ok_or_else(wrong)?;
    Ok(Stop { validation, metric, comparison, bound: number(name, bound)? })
}

/// As [`stop`] reads it.
pub(super) fn stop_text(stop: &Stop) -> String {
    let Stop { validation, metric, comparison, bound } = stop;
    let which = if *validation { VALIDATION } else { "" };
    format!("{which}{}{}{bound}", metric.name(), comparison.sign())
}

/// What stands before a metric of the samples that are not trained on.
const VALIDATION: &str = "validation.";
