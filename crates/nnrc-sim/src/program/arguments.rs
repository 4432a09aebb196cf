//! What stands on the command line.

use std::path::{Path, PathBuf};

/// A request to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments {
    /// Values of the inputs, if given.
    pub input: Option<Vec<f64>>,
    /// A file of inputs, if given.
    pub data: Option<PathBuf>,
    /// End of the time course, in the time unit of the model.
    pub until: Option<f64>,
    /// Only the settled values.
    pub steady: bool,
    /// Rows of the time course.
    pub points: usize,
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance, in concentration units.
    pub absolute: f64,
    /// Rate constants and initial concentrations.
    pub model: PathBuf,
    /// Where the result goes; none: to standard output.
    pub output: Option<PathBuf>,
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

/// Reads the arguments after the name of the program; `model` is the default of `--model`. None: help is wanted.
///
/// # Errors
///
/// A sentence about the argument that is not understood.
pub fn parse(words: impl IntoIterator<Item = String>, model: &str) -> Result<Option<Arguments>, String> {
    let mut arguments = Arguments {
        input: None,
        data: None,
        until: None,
        steady: false,
        points: 201,
        relative: 1e-7,
        absolute: 1e-10,
        model: PathBuf::from(model),
        output: None,
    };
    let mut words = words.into_iter();
    match words.next().as_deref() {
        Some("simulate") => {}
        None | Some("help" | "-h" | "--help") => return Ok(None),
        Some(other) => {
            return Err(format!("`{other}` is no verb of this program; try `simulate` or `--help`"));
        }
    }
    while let Some(word) = words.next() {
        let (name, glued) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            _ => (word.as_str(), None),
        };
        if glued.is_some() && matches!(name, "--help" | "--steady") {
            return Err(format!("`{name}` takes no value"));
        }
        let mut value =
            || glued.clone().or_else(|| words.next()).ok_or_else(|| format!("`{name}` needs a value"));
        match name {
            "-h" | "--help" => return Ok(None),
            "--steady" => arguments.steady = true,
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
            }
            "--rtol" => arguments.relative = positive(name, &value()?)?,
            "--atol" => arguments.absolute = positive(name, &value()?)?,
            "--model" => arguments.model = value()?.into(),
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
    if arguments.steady && arguments.until.is_some() {
        return Err("`--steady` and `--until` exclude each other".to_owned());
    }
    Ok(Some(arguments))
}

fn number(name: &str, text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| format!("`{name}`: `{text}` is not a finite number"))
}

fn positive(name: &str, text: &str) -> Result<f64, String> {
    let number = number(name, text)?;
    if number > 0.0 { Ok(number) } else { Err(format!("`{name} {text}`: expected a positive number")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Option<Arguments>, String> {
        parse(text.split_whitespace().map(str::to_owned), "m.npz")
    }

    #[test]
    fn options_are_understood() {
        let arguments = words("simulate --input 1,-2 --until=5 -o a.npz").unwrap().unwrap();
        assert_eq!((arguments.input.as_deref(), arguments.until), (Some(&[1.0, -2.0][..]), Some(5.0)));
        assert_eq!(arguments.format(), Ok(Format::Npz));
        assert_eq!(words("--help"), Ok(None));
    }

    #[test]
    fn slips_are_named() {
        for (text, part) in [
            ("run", "no verb"),
            ("simulate --speed 3", "no option"),
            ("simulate --input", "needs a value"),
            ("simulate --input 1,two", "`two`"),
            ("simulate --until -1", "positive"),
            ("simulate --data x.npz --until 3", "leave out"),
        ] {
            assert!(words(text).unwrap_err().contains(part), "{text}");
        }
    }
}
