//! Lines of a manifest: JSON objects whose keys stand in one order.

use std::collections::BTreeMap;
use std::ops::Range;

use nnrc_model::SweepAxis;
use serde_json::{Number, Value, json};

use super::design::Given;
use super::head::{Head, Point};

/// What a manifest is called in its first line.
pub(super) const KIND: &str = "nnrc-sweep";
/// The form of the lines.
pub(super) const FORMAT: u64 = 1;

/// An object whose keys stay where they are.
struct Object(String);

impl Object {
    fn new() -> Self {
        Self(String::new())
    }

    fn with(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        let comma = if self.0.is_empty() { "" } else { "," };
        self.0.push_str(&format!("{comma}{}:{value}", json!(key)));
        self
    }

    fn finish(self) -> String {
        format!("{{{}}}", self.0)
    }
}

/// The first line.
pub(super) fn head(head: &Head, points: usize) -> String {
    let design = &head.design;
    let mut line = Object::new()
        .with("kind", json!(KIND))
        .with("format", FORMAT)
        .with("nnrc", json!(head.version))
        .with("verb", json!(design.verb.name()))
        .with("model", json!(head.model))
        .with("files", json!(head.files));
    if design.given != Given::default() {
        line = line.with("given", given(&design.given));
    }
    line = line.with("axes", axes(&design.over));
    if !design.zipped.is_empty() {
        line = line.with("zip", axes(&design.zipped));
    }
    if let Some((each, of)) = design.replicates.zip(head.of_replicates) {
        line = line.with("replicates", json!([each, of]));
    }
    if let Some(shards) = design.shards {
        line = line.with("shards", shards);
    }
    line.with("points", points).finish()
}

/// The line of a point.
pub(super) fn point(number: usize, point: &Point) -> String {
    let mut line =
        Object::new().with("point", number).with("id", json!(point.id)).with("set", settings(&point.set));
    if let Some(range) = &point.replicates {
        line = line.with("replicates", replicates(range));
    }
    line.finish()
}

/// What the name of every point depends on, without its own settings.
pub(super) fn common(head: &Head) -> String {
    let files: &BTreeMap<String, String> = &head.files;
    let given = given(&head.design.given);
    format!("{KIND}\n{FORMAT}\n{}\n{}\n{}\n{given}\n", head.version, head.design.verb.name(), json!(files))
}

/// What the name of a point depends on beside that.
pub(super) fn own(set: &[(String, String)], range: Option<&Range<u64>>) -> String {
    format!("{}\n{}\n", settings(set), range.map_or_else(|| "all".to_owned(), replicates))
}

fn replicates(range: &Range<u64>) -> String {
    json!([range.start, range.end]).to_string()
}

fn given(given: &Given) -> String {
    let mut object = Object::new();
    if !given.set.is_empty() {
        object = object.with("set", settings(&given.set));
    }
    if let Some(weights) = &given.weights {
        object = object.with("weights", json!(weights));
    }
    if let Some(seed) = given.seed {
        object = object.with("seed", seed);
    }
    object.finish()
}

fn settings(set: &[(String, String)]) -> String {
    set.iter().fold(Object::new(), |object, (key, text)| object.with(key, value(text))).finish()
}

/// Axes have an order, which keys of an object have not.
fn axes(axes: &[SweepAxis]) -> String {
    let axis = |axis: &SweepAxis| {
        let values: Vec<Value> = axis.values.iter().map(|text| value(text)).collect();
        json!([axis.key, values]).to_string()
    };
    format!("[{}]", axes.iter().map(axis).collect::<Vec<_>>().join(","))
}

/// An expression: a number where that is written in the same way, else its text.
fn value(text: &str) -> Value {
    match serde_json::from_str::<Number>(text) {
        Ok(number) if number.to_string() == text => Value::Number(number),
        _ => Value::from(text),
    }
}

/// The expression that a value of JSON stands for.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_survive_as_json() {
        for (expression, json) in [
            ("1", "1"),
            ("0.01", "0.01"),
            ("-3", "-3"),
            ("1e-7", "1e-7"),
            ("100000000000000000000000", "\"100000000000000000000000\""),
            ("20 s", "\"20 s\""),
            ("\"a\"", "\"\\\"a\\\"\""),
            ("true", "\"true\""),
        ] {
            assert_eq!(value(expression).to_string(), json);
            assert_eq!(text(&value(expression)).as_deref(), Some(expression));
        }
    }
}
