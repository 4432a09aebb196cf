//! What the values of a network are to whoever uses it: names, and the scale that makes them of measurements.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::xml::{Xml, clean, set_number};

/// What a value of the network is outside it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meaning {
    /// The input or layer whose value it is, the label of its species: `x`.
    pub tensor: String,
    /// 1-based index of the value: `2`, or `1,2`.
    pub index: String,
    /// Its name: of a column, or of a class; empty if it has none.
    pub name: String,
    /// What makes the value of a measurement, if something does.
    pub scale: Option<Scale>,
}

/// value = (measurement − shift) · factor + start
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// What is taken off the measurement.
    pub shift: f64,
    /// What the difference is multiplied by.
    pub factor: f64,
    /// What is added at the end.
    pub start: f64,
    /// Smallest and largest measurement that the constants were fitted on.
    pub seen: [f64; 2],
    /// Between which ends the value is kept, if it is.
    pub clip: Option<[f64; 2]>,
}

/// Writes each meaning into the annotation of the model.
pub(crate) fn write<W: Write>(meanings: &[Meaning], xml: &mut Xml<W>) -> io::Result<()> {
    for meaning in meanings {
        let number = |value: f64| {
            let mut text = String::new();
            set_number(&mut text, value);
            text
        };
        let mut numbers = Vec::new();
        if let Some(scale) = &meaning.scale {
            numbers.extend([("shift", scale.shift), ("factor", scale.factor), ("start", scale.start)]);
            numbers.extend([("low", scale.seen[0]), ("high", scale.seen[1])]);
            if let Some([low, high]) = scale.clip {
                numbers.extend([("clip-low", low), ("clip-high", high)]);
            }
        }
        let numbers: Vec<(&str, String)> =
            numbers.into_iter().map(|(key, value)| (key, number(value))).collect();
        let (tensor, name) = (clean(&meaning.tensor), clean(&meaning.name));
        let mut facts = vec![("tensor", &*tensor), ("index", meaning.index.as_str())];
        facts.extend((!name.is_empty()).then_some(("name", &*name)));
        facts.extend(numbers.iter().map(|(key, value)| (*key, value.as_str())));
        xml.empty("nnrc:value", &facts)?;
    }
    Ok(())
}

/// The names of the values of one tensor by their index, each escaped for an attribute and after a space.
pub(crate) fn names<'a>(meanings: &'a [Meaning], tensor: &str) -> BTreeMap<&'a str, String> {
    let escaped = |name: String| format!(" {}", quick_xml::escape::escape(name));
    plain_names(meanings, tensor).into_iter().map(|(index, name)| (index, escaped(name))).collect()
}

/// The names of the values of one tensor by their index.
pub(crate) fn plain_names<'a>(meanings: &'a [Meaning], tensor: &str) -> BTreeMap<&'a str, String> {
    meanings
        .iter()
        .filter(|meaning| meaning.tensor == tensor && !meaning.name.is_empty())
        .map(|meaning| {
            // Line breaks in an attribute would be read as spaces.
            (meaning.index.as_str(), clean(&meaning.name).replace(['\t', '\n', '\r'], " "))
        })
        .collect()
}
