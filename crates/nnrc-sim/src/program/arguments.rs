//! What stands on the command line.

use std::path::{Path, PathBuf};

use super::usage::Usage;
use super::words::{Words, method, number, positive, whole};
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
    /// An extension that is none of ours.
    pub fn format(&self) -> Result<Format, Usage> {
        match self.output.as_deref().map(Path::extension) {
            None => Ok(Format::Csv),
            Some(Some(extension)) if extension == "csv" => Ok(Format::Csv),
            Some(Some(extension)) if extension == "npz" => Ok(Format::Npz),
            Some(_) => Err(Usage::together("the output must end in .csv or .npz")),
        }
    }
}

/// Reads the arguments after the verb; `defaults` are those of the network. None: help is wanted.
///
/// # Errors
///
/// The argument that is not understood.
pub fn parse(
    words: impl IntoIterator<Item = String>,
    defaults: &Defaults,
) -> Result<Option<Arguments>, Usage> {
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
                arguments.points = whole(name, &text, 2)?;
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
                    other => return Err(Usage::unexpected(name, other, "`model` or `settled`")),
                }
            }
            "--method" => arguments.method = method(name, &value()?)?,
            "--rtol" => arguments.relative = positive(name, &value()?)?,
            "--atol" => arguments.absolute = positive(name, &value()?)?,
            "--model" => arguments.model = Some(value()?.into()),
            "-o" | "--output" => {
                arguments.output = Some(value()?).filter(|path| path != "-").map(PathBuf::from)
            }
            other => return Err(Usage::NoOption { word: other.to_owned(), verb: None }),
        }
    }
    if arguments.data.is_some() && (arguments.input.is_some() || arguments.until.is_some()) {
        return Err(Usage::together(
            "`--data` gives settled values for many inputs; leave out `--input` and `--until`",
        ));
    }
    if arguments.raw && arguments.scaled {
        return Err(Usage::together("`--raw` and `--scaled` exclude each other"));
    }
    if arguments.raw && arguments.input.is_none() && arguments.data.is_none() {
        return Err(Usage::together("`--raw` says what `--input` gives; there is none"));
    }
    if arguments.scaled && arguments.data.is_none() {
        return Err(Usage::together(
            "`--scaled` is for `--data`; `--input` gives scaled values unless `--raw` is said",
        ));
    }
    if arguments.steady && arguments.until.is_some() {
        return Err(Usage::together("`--steady` and `--until` exclude each other"));
    }
    match rows.as_slice() {
        [] => {}
        [only] if arguments.steady || arguments.data.is_some() => {
            return Err(Usage::together(format!(
                "`{only}` is for time courses; leave it out, or `--steady` and `--data`"
            )));
        }
        several if several.iter().any(|other| *other != several[0]) => {
            return Err(Usage::together("`--points` and `--every` exclude each other"));
        }
        _ => {}
    }
    // The end that the model file suggests is for time courses only.
    if !arguments.steady && arguments.data.is_none() {
        arguments.until = arguments.until.or(defaults.until);
    }
    Ok(Some(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Option<Arguments>, Usage> {
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
            assert!(words(text).unwrap_err().to_string().contains(part), "{text}");
        }
    }
}
