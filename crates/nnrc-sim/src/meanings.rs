//! What the values of a network are outside it, as files of weights and of numbers carry it: names of columns and of
//! classes, and the scale that makes values of measurements.
//!
//! In an .npz file these are arrays beside the weights, in a safetensors file one entry of the metadata:
//!
//! | array | shape | what |
//! |---|---|---|
//! | `nnrc.inputs` | `[n]` strings | names of the columns |
//! | `nnrc.inputs.shift`, `.factor`, `.start` | `[n]` | value = (measurement − shift) · factor + start |
//! | `nnrc.inputs.clip` | `[n, 2]` | ends that values are kept within |
//! | `nnrc.inputs.seen` | `[n, 2]` | smallest and largest measurement of the training rows |
//! | `nnrc.targets`, … | | the same of the targets |
//! | `nnrc.classes` | `[k]` strings | names of the classes, in the order of the outputs |

use std::io;

use crate::io::{Array, ArrayFile, Arrays, Texts, npz, safetensors};
use crate::model_error::ModelError;
use crate::scaling::{ColumnScale, Scaling};

/// Beginning of the names of all arrays.
const PREFIX: &str = "nnrc";
const INPUTS: &str = "inputs";
const TARGETS: &str = "targets";
const CLASSES: &str = "classes";

/// What inputs and outputs are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meanings {
    /// Those of the inputs.
    pub inputs: Columns,
    /// Those of the outputs.
    pub targets: Columns,
    /// Names of the classes, in the order of the outputs; of one output on either side of a border: two.
    pub classes: Vec<String>,
}

/// Columns of data.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// Their names; empty where there are none.
    pub names: Vec<String>,
    /// How they are scaled; none: not at all.
    pub scale: Option<Scaling>,
}

impl Meanings {
    /// Writes weights with what they are for: a safetensors file, or an .npz file.
    ///
    /// # Errors
    ///
    /// Those of `out`, and of arrays beyond what the formats hold.
    pub fn write(&self, out: impl io::Write, weights: &Arrays, is_safetensors: bool) -> io::Result<()> {
        if is_safetensors {
            return safetensors::write(out, weights, self.json());
        }
        let (mut arrays, texts) = self.arrays();
        arrays.extend(weights.iter().map(|(name, array)| (name.clone(), array.clone())));
        npz::write_with_texts(out, &arrays, &texts)
    }

    /// The arrays for an .npz file.
    pub fn arrays(&self) -> (Arrays, Texts) {
        let (mut arrays, mut texts) = (Arrays::new(), Texts::new());
        for (side, columns) in [(INPUTS, &self.inputs), (TARGETS, &self.targets)] {
            columns.arrays(&format!("{PREFIX}.{side}"), &mut arrays, &mut texts);
        }
        if !self.classes.is_empty() {
            texts.insert(format!("{PREFIX}.{CLASSES}"), self.classes.clone());
        }
        (arrays, texts)
    }

    /// What [`Meanings::arrays`] wrote; arrays that are missing mean nothing.
    ///
    /// # Errors
    ///
    /// An array that is damaged or has another shape than the others.
    pub fn read(file: &ArrayFile<'_>) -> Result<Self, ModelError> {
        let columns = |side: &str| Columns::read(file, &format!("{PREFIX}.{side}"));
        let classes = names(file, &format!("{PREFIX}.{CLASSES}"))?;
        Ok(Self { inputs: columns(INPUTS)?, targets: columns(TARGETS)?, classes })
    }

    /// A JSON object for the metadata of a safetensors file; none where nothing is known.
    pub fn json(&self) -> Option<String> {
        let mut members = Vec::new();
        for (side, columns) in [(INPUTS, &self.inputs), (TARGETS, &self.targets)] {
            if !columns.is_empty() {
                members.push(format!("{}: {}", quoted(side), columns.json()));
            }
        }
        if !self.classes.is_empty() {
            let names: Vec<String> = self.classes.iter().map(|name| quoted(name)).collect();
            members.push(format!("{}: [{}]", quoted(CLASSES), names.join(", ")));
        }
        (!members.is_empty()).then(|| format!("{{{}}}", members.join(", ")))
    }
}

impl Columns {
    fn is_empty(&self) -> bool {
        self.names.is_empty() && self.scale.is_none()
    }

    fn arrays(&self, prefix: &str, arrays: &mut Arrays, texts: &mut Texts) {
        if !self.names.is_empty() {
            texts.insert(prefix.to_owned(), self.names.clone());
        }
        let Some(Scaling { columns, .. }) = &self.scale else { return };
        let mut put = |name: &str, width: usize, values: Vec<f64>| {
            let shape = if width == 1 { vec![columns.len()] } else { vec![columns.len(), width] };
            arrays.insert(format!("{prefix}.{name}"), Array { shape, values });
        };
        put("shift", 1, columns.iter().map(|column| column.shift).collect());
        put("factor", 1, columns.iter().map(|column| column.factor).collect());
        put("start", 1, columns.iter().map(|column| column.start).collect());
        put("seen", 2, columns.iter().flat_map(|column| column.seen).collect());
        let clips: Vec<f64> = columns.iter().filter_map(|column| column.clip).flatten().collect();
        // One setting clips all columns.
        if clips.len() == 2 * columns.len() {
            put("clip", 2, clips);
        }
    }

    fn read(file: &ArrayFile<'_>, prefix: &str) -> Result<Self, ModelError> {
        let names = names(file, prefix)?;
        let array = |name: &str| file.read(&format!("{prefix}.{name}")).transpose();
        let (Some(shifts), Some(factors), Some(starts)) = (
            array("shift").map_err(ModelError::Array)?,
            array("factor").map_err(ModelError::Array)?,
            array("start").map_err(ModelError::Array)?,
        ) else {
            return Ok(Self { names, scale: None });
        };
        let count = shifts.values.len();
        let pairs = |name: &str| -> Result<Option<Vec<[f64; 2]>>, ModelError> {
            let found = array(name).map_err(ModelError::Array)?;
            Ok(found.map(|array| array.values.as_chunks::<2>().0.to_vec()))
        };
        let (seen, clips) = (pairs("seen")?, pairs("clip")?);
        let fits = |found: &Option<Vec<[f64; 2]>>| found.as_ref().is_none_or(|found| found.len() == count);
        let are_ends = |found: &Option<Vec<[f64; 2]>>| found.iter().flatten().all(|[low, high]| low <= high);
        if [factors.values.len(), starts.values.len()] != [count; 2]
            || !(fits(&seen) && fits(&clips) && are_ends(&clips))
        {
            return Err(ModelError::Columns(prefix.to_owned()));
        }
        let column = |at: usize| ColumnScale {
            shift: shifts.values[at],
            factor: factors.values[at],
            start: starts.values[at],
            clip: clips.as_ref().map(|clips| clips[at]),
            seen: seen.as_ref().map_or([f64::NEG_INFINITY, f64::INFINITY], |seen| seen[at]),
        };
        Ok(Self { names, scale: Some(Scaling { columns: (0..count).map(column).collect(), ends: None }) })
    }

    /// An array with an object for each column.
    fn json(&self) -> String {
        let columns = self.scale.as_ref().map(|scale| scale.columns.as_slice()).unwrap_or_default();
        let count = self.names.len().max(columns.len());
        let object = |at: usize| {
            let mut members = Vec::new();
            members.extend(self.names.get(at).map(|name| format!("\"name\": {}", quoted(name))));
            if let Some(ColumnScale { shift, factor, start, clip, seen: [low, high] }) = columns.get(at) {
                members.push(format!("\"shift\": {shift:?}, \"factor\": {factor:?}, \"start\": {start:?}"));
                members.extend(clip.map(|[low, high]| format!("\"clip\": [{low:?}, {high:?}]")));
                if low.is_finite() && high.is_finite() {
                    members.push(format!("\"seen\": [{low:?}, {high:?}]"));
                }
            }
            format!("{{{}}}", members.join(", "))
        };
        format!("[{}]", (0..count).map(object).collect::<Vec<_>>().join(", "))
    }
}

fn names(file: &ArrayFile<'_>, name: &str) -> Result<Vec<String>, ModelError> {
    match file.texts(name) {
        None => Ok(Vec::new()),
        Some(Ok(names)) => Ok(names),
        Some(Err(error)) => Err(ModelError::Array(error)),
    }
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            char if char.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => out.push(char),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meanings(clip: Option<[f64; 2]>) -> Meanings {
        let column =
            |shift| ColumnScale { shift, factor: 0.25, start: -1.0, clip, seen: [shift, shift + 8.0] };
        let scale = Scaling { columns: vec![column(0.1), column(1e-300)], ends: None };
        Meanings {
            inputs: Columns {
                names: ["sepal \"length\"", "\u{3bb}\n"].map(str::to_owned).to_vec(),
                scale: Some(scale),
            },
            targets: Columns::default(),
            classes: ["setosa", "virginica"].map(str::to_owned).to_vec(),
        }
    }

    #[test]
    fn arrays_are_read_back() {
        for clip in [None, Some([-1.0, 1.0])] {
            let all = meanings(clip);
            let (arrays, texts) = all.arrays();
            let mut bytes = Vec::new();
            npz::write_with_texts(&mut bytes, &arrays, &texts).unwrap();
            assert_eq!(Meanings::read(&npz::open(bytes).unwrap()).unwrap(), all);
        }
        let mut bytes = Vec::new();
        npz::write(&mut bytes, &Arrays::new()).unwrap();
        assert_eq!(Meanings::read(&npz::open(bytes).unwrap()).unwrap(), Meanings::default());
    }

    #[test]
    fn arrays_that_do_not_fit_each_other_are_refused() {
        let (mut arrays, _) = meanings(None).arrays();
        arrays.insert("nnrc.inputs.start".to_owned(), Array { shape: vec![1], values: vec![0.0] });
        let mut bytes = Vec::new();
        npz::write(&mut bytes, &arrays).unwrap();
        let error = Meanings::read(&npz::open(bytes).unwrap()).unwrap_err();
        assert!(error.to_string().contains("nnrc.inputs"), "{error}");
    }

    #[test]
    fn json_is_escaped() {
        let json = meanings(None).json().unwrap();
        let found =
            r#"{"inputs": [{"name": "sepal \"length\"", "shift": 0.1, "factor": 0.25, "start": -1.0, "#;
        assert!(json.starts_with(found), "{json}");
        assert!(json.contains(r#""shift": 1e-300"#) && json.contains(r"\u000a"), "{json}");
        assert!(json.ends_with(r#""classes": ["setosa", "virginica"]}"#), "{json}");
        assert_eq!(Meanings::default().json(), None);
    }
}
