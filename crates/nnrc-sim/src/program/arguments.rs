//! What stands on the command line.

use std::path::{Path, PathBuf};

use crate::defaults::Defaults;
use crate::settings::Method;

/// A request to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments {
    /// Values of the inputs, if given.
    pub input: Option<Vec<f64>>,
    /// A file of inputs, if given.
    pub data: Option<PathBuf>,
    /// Whether the values of the inputs are measurements.
    pub raw: bool,
    /// Whether those of the file are scaled already.
    pub scaled: bool,
    /// End of the time course, in the time unit of the model.
    pub until: Option<f64>,
    /// Only the settled values.
    pub steady: bool,
    /// Rows of the time course.
    pub points: usize,
    /// Time between two rows, if given instead of their number.
    pub every: Option<f64>,
    /// Names of the quantities that are shown; none: all.
    pub record: Option<Vec<String>>,
    /// Every concentration that changes instead of quantities, for programs.
    pub state: bool,
    /// Where the time course begins.
    pub start: Start,
    /// How to step through time.
    pub method: Method,
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance, in concentration units.
    pub absolute: f64,
    /// Rate constants and initial concentrations; none: those of the crate.
    pub model: Option<PathBuf>,
    /// Where the result goes; none: to standard output.
    pub output: Option<PathBuf>,
}

/// Where a time course begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the initial concentrations of the model file.
    Model,
    /// At the fixed point.
    Settled,
}

/// Formats of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text.
    Csv,
    /// NumPy arrays.
    Npz,
}

impl Arguments {
    /// The format that the name of the output asks for.
    ///
    /// # Errors
    ///
    /// A sentence about an extension that is none of ours.
    pub fn format(&self) -> Result<Format, String> {
        match self.output.as_deref().map(Path::extension) {
            None => Ok(Format::Csv),
            Some(Some(extension)) if extension == "csv" => Ok(Format::Csv),
            Some(Some(extension)) if extension == "npz" => Ok(Format::Npz),
            Some(_) => Err("the output must end in .csv or .npz".to_owned()),
        }
    }
}

/// Reads the arguments after the verb; `defaults` are those of the network. None: help is wanted.
///
/// # Errors
///
/// A sentence about the argument that is not understood.
pub fn parse(
    words: impl IntoIterator<Item = String>,
    defaults: &Defaults,
) -> Result<Option<Arguments>, String> {
    let mut arguments = Arguments {
        input: None,
        data: None,
        raw: false,
        scaled: false,
        until: None,
        steady: false,
        points: defaults.points,
        every: defaults.every,
        record: defaults.record.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        state: false,
        start: Start::Model,
        method: defaults.method,
        relative: defaults.relative,
        absolute: defaults.absolute,
        model: None,
        output: None,
    };
    // Options about the rows of a time course.
    let mut rows: Vec<&str> = Vec::new();
    let mut words = Words::new(words.into_iter(), &["--help", "--steady", "--state", "--raw", "--scaled"]);
    while let Some(name) = words.option()? {
        let name = name.as_str();
        let mut value = || words.value(name);
        match name {
            "-h" | "--help" => return Ok(None),
            "--steady" => arguments.steady = true,
            "--raw" => arguments.raw = true,
            "--scaled" => arguments.scaled = true,
            "--input" => {
                let numbers = value()?.split(',').map(|cell| number(name, cell)).collect::<Result<_, _>>()?;
                arguments.input = Some(numbers);
            }
            "--data" => arguments.data = Some(value()?.into()),
            "--until" => arguments.until = Some(positive(name, &value()?)?),
            "--points" => {
                let text = value()?;
                let points = text.parse().ok().filter(|points| *points >= 2);
                arguments.points =
                    points.ok_or_else(|| format!("`{name} {text}`: expected a whole number from 2"))?;
                arguments.every = None;
                rows.push("--points");
            }
            "--every" => {
                arguments.every = Some(positive(name, &value()?)?);
                rows.push("--every");
            }
            "--record" => arguments.record = Some(value()?.split(',').map(str::to_owned).collect()),
            "--state" => arguments.state = true,
            "--start" => {
                arguments.start = match value()?.as_str() {
                    "model" => Start::Model,
                    "settled" => Start::Settled,
                    other => return Err(format!("`{name} {other}`: expected `model` or `settled`")),
                }
            }
            "--method" => arguments.method = method(name, &value()?)?,
            "--rtol" => arguments.relative = positive(name, &value()?)?,
            "--atol" => arguments.absolute = positive(name, &value()?)?,
            "--model" => arguments.model = Some(value()?.into()),
            "-o" | "--output" => {
                arguments.output = Some(value()?).filter(|path| path != "-").map(PathBuf::from)
            }
            other => return Err(format!("`{other}` is no option of this program; see `--help`")),
        }
    }
    if arguments.data.is_some() && (arguments.input.is_some() || arguments.until.is_some()) {
        return Err(
            "`--data` gives settled values for many inputs; leave out `--input` and `--until`".to_owned()
        );
    }
    if arguments.raw && arguments.scaled {
        return Err("`--raw` and `--scaled` exclude each other".to_owned());
    }
    if arguments.raw && arguments.input.is_none() && arguments.data.is_none() {
        return Err("`--raw` says what `--input` gives; there is none".to_owned());
    }
    if arguments.scaled && arguments.data.is_none() {
        return Err(
            "`--scaled` is for `--data`; `--input` gives scaled values unless `--raw` is said".to_owned()
        );
    }
    if arguments.steady && arguments.until.is_some() {
        return Err("`--steady` and `--until` exclude each other".to_owned());
    }
    match rows.as_slice() {
        [] => {}
        [only] if arguments.steady || arguments.data.is_some() => {
            return Err(format!("`{only}` is for time courses; leave it out, or `--steady` and `--data`"));
        }
        several if several.iter().any(|other| *other != several[0]) => {
            return Err("`--points` and `--every` exclude each other".to_owned());
        }
        _ => {}
    }
    // The end that the model file suggests is for time courses only.
    if !arguments.steady && arguments.data.is_none() {
        arguments.until = arguments.until.or(defaults.until);
    }
    Ok(Some(arguments))
}

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
    pub fn option(&mut self) -> Result<Option<String>, String> {
        let Some(word) = self.words.next() else { return Ok(None) };
        let (name, glued) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
            _ => (word, None),
        };
        if glued.is_some() && self.flags.contains(&name.as_str()) {
            return Err(format!("`{name}` takes no value"));
        }
        self.glued = glued;
        Ok(Some(name))
    }

    /// The value of that option, whose name is `name`.
    pub fn value(&mut self, name: &str) -> Result<String, String> {
        self.glued.take().or_else(|| self.words.next()).ok_or_else(|| format!("`{name}` needs a value"))
    }
}

/// A way to step through time.
pub(super) fn method(name: &str, text: &str) -> Result<Method, String> {
    match text {
        "auto" => Ok(Method::Auto),
        "explicit" => Ok(Method::Explicit),
        "rosenbrock" => Ok(Method::Rosenbrock),
        other => Err(format!("`{name} {other}`: expected `auto`, `explicit` or `rosenbrock`")),
    }
}

/// A finite number.
pub(super) fn number(name: &str, text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| format!("`{name}`: `{text}` is not a finite number"))
}

/// A positive number.
pub(super) fn positive(name: &str, text: &str) -> Result<f64, String> {
    let number = number(name, text)?;
    if number > 0.0 { Ok(number) } else { Err(format!("`{name} {text}`: expected a positive number")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Option<Arguments>, String> {
        parse(text.split_whitespace().map(str::to_owned), &Defaults::NONE)
    }

    #[test]
    fn options_are_understood() {
        let arguments = words("--input 1,-2 --until=5 -o a.npz").unwrap().unwrap();
        assert_eq!((arguments.input.as_deref(), arguments.until), (Some(&[1.0, -2.0][..]), Some(5.0)));
        assert_eq!(arguments.format(), Ok(Format::Npz));
        assert_eq!(words("--help"), Ok(None));
    }

    #[test]
    fn the_file_gives_defaults() {
        let defaults = Defaults { until: Some(7.0), every: Some(0.5), ..Defaults::NONE };
        let words =
            |text: &str| parse(text.split_whitespace().map(str::to_owned), &defaults).unwrap().unwrap();
        assert_eq!((words("").until, words("").every), (Some(7.0), Some(0.5)));
        assert_eq!((words("--until 3 --points 5").until, words("--points 5").every), (Some(3.0), None));
        assert_eq!(words("--steady").until, None);
    }

    #[test]
    fn slips_are_named() {
        for (text, part) in [
            ("--speed 3", "no option"),
            ("--start here", "expected `model`"),
            ("--method euler", "rosenbrock"),
            ("--input", "needs a value"),
            ("--input 1,two", "`two`"),
            ("--until -1", "positive"),
            ("--data x.npz --until 3", "leave out"),
            ("--points 3 --every 0.5", "exclude"),
            ("--raw", "--input"),
            ("--input 1 --scaled", "--data"),
            ("--data x.npz --raw --scaled", "exclude"),
            ("--steady --points 3", "time courses"),
            ("--data x.npz --every 2", "time courses"),
        ] {
            assert!(words(text).unwrap_err().contains(part), "{text}");
        }
    }
}
