//! What the network answers to the rows of its data.

use nnrc_model::{DataReference, Subset};
use serde_json::Value;

use super::escape::escape;
use super::page;
use crate::answers::{Answer, Answers};
use crate::compiled::Compiled;
use crate::numbers::{plural, short};
use crate::observer::Observer;

/// Rows that are answered.
const MOST_ROWS: usize = 1000;
/// Classes of a table.
const MOST_CLASSES: usize = 40;
/// Values that are compared one by one.
const MOST_RESIDUALS: usize = 20;

/// Nothing where there are no data, or none with targets.
pub fn html(pot: &Compiled, data: Option<&DataReference>, observer: &mut dyn Observer) -> Option<String> {
    let all =
        || pot.model.data().map(|(name, _)| DataReference { dataset: name.to_owned(), subset: Subset::All });
    let mut reference = data.cloned().or_else(all)?;
    let name = reference.to_string();
    let rows = pot.model.rows(&reference);
    let mut out = format!("<p>The rows of <code>{}</code>, each from the start of the pot.", escape(&name));
    let mut pot = pot.clone();
    if rows.len() > MOST_ROWS {
        out.push_str(&format!(" Of {}, {MOST_ROWS} at equal distances.", plural(rows.len(), "row")));
        let dataset = pot.model.datasets.get_mut(&reference.dataset)?;
        dataset.test = (0..MOST_ROWS).map(|at| rows[at * rows.len() / MOST_ROWS]).collect();
        reference.subset = Subset::Test;
    }
    out.push_str("</p>");
    observer.note(&format!("answering {}", plural(rows.len().min(MOST_ROWS), "row")));
    let outputs = match pot.settle_rows(&reference, &name) {
        Ok(outputs) => outputs,
        Err(failure) => {
            let why = failure.findings.first().map_or("", |finding| &finding.message);
            return Some(format!("<p>{}</p>", escape(why)));
        }
    };
    let answers = Answers::new(&pot, &reference, outputs);
    let json = answers.summary()?.json();
    let summary = &json["summary"];
    out.push_str(&if summary["accuracy"].is_null() {
        residuals(&answers, summary)
    } else {
        confusion(summary)
    });
    Some(out)
}

fn confusion(summary: &Value) -> String {
    let number = |value: &Value| value.as_f64().map_or(String::new(), short);
    let mut out = format!(
        "<p>Accuracy {}: {} of {} are right.</p>",
        number(&summary["accuracy"]),
        summary["right"],
        summary["samples"]
    );
    let names: Vec<String> = summary["classes"].as_array().map_or_else(Vec::new, |all| {
        all.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
    });
    if names.len() > MOST_CLASSES {
        out.push_str("<p class=\"out\">There are too many classes for a table.</p>");
        return out;
    }
    let counts = summary["confusion"].as_array().cloned().unwrap_or_default();
    let rows = names.iter().zip(&counts).map(|(name, row)| {
        let cells = row.as_array().map_or_else(Vec::new, |row| row.iter().map(Value::to_string).collect());
        std::iter::once(name.clone()).chain(cells).collect::<Vec<String>>()
    });
    let mut header = vec!["true \\ answered"];
    header.extend(names.iter().map(String::as_str));
    out.push_str(&page::table(&header, &rows.collect::<Vec<_>>()));
    out
}

fn residuals(answers: &Answers<'_>, summary: &Value) -> String {
    let number = |value: &Value| value.as_f64().map_or("–".to_owned(), short);
    let mut out = format!(
        "<p>Mean squared error {}, mean absolute error {}, r² {}.</p>",
        number(&summary["mse"]),
        number(&summary["mae"]),
        number(&summary["r2"])
    );
    let ids = answers.ids();
    let mut found: Vec<(f64, Vec<String>)> = Vec::new();
    for row in 0..answers.outputs.len() {
        let (Answer::Values(values), Some(Answer::Values(wanted))) = answers.answer(row) else { continue };
        for ((id, value), wanted) in ids.iter().zip(values).zip(wanted) {
            let cells =
                vec![(row + 1).to_string(), id.clone(), short(value), short(wanted), short(value - wanted)];
            found.push(((value - wanted).abs(), cells));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let left_out = found.len().saturating_sub(MOST_RESIDUALS);
    let rows: Vec<Vec<String>> = found.into_iter().take(MOST_RESIDUALS).map(|(_, cells)| cells).collect();
    out.push_str("<p>The largest residuals:</p>");
    out.push_str(&page::table(&["row", "output", "answered", "true", "residual"], &rows));
    if left_out > 0 {
        out.push_str(&format!(
            "<p class=\"out\">{} smaller ones are left out.</p>",
            crate::numbers::count(left_out)
        ));
    }
    out
}
