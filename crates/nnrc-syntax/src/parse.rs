//! From text to the syntax tree.

use pest::Parser;

use crate::ast::{Expr, File};
use crate::build::Builder;
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::expected::Context;
use crate::explain::{self, Slip};
use crate::grammar::{Grammar, Rule};
use crate::structure;

/// The longest text that is parsed, in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// Parses a file; the errors are in the order of the text.
pub fn parse(source: &str) -> Result<File, Vec<Diagnostic>> {
    let (file, diagnostics) = parse_recovering(source);
    if diagnostics.iter().any(Diagnostic::is_error) { Err(diagnostics) } else { Ok(file) }
}

/// Parses a file and returns what could be understood of it together with the errors.
///
/// Statements with errors are left out, except that one whose only fault is a missing `;` is kept.
pub fn parse_recovering(source: &str) -> (File, Vec<Diagnostic>) {
    let mut file = File { items: Vec::new(), span: Span::new(0, source.len()) };
    let text = match prepare(source) {
        Ok(text) => text,
        Err(diagnostics) => return (file, diagnostics),
    };
    let mut builder = Builder::new(&text.text, source.len(), text.diagnostics);
    match Grammar::parse(Rule::file, &text.text) {
        Ok(pairs) => file.items = builder.file(pairs),
        Err(_) => {
            let slip = Slip {
                text: &text.text,
                start: 0,
                end: source.len(),
                context: Context::Item,
                source_end: source.len(),
            };
            builder.report(explain::explain(&slip).diagnostic);
        }
    }
    (file, builder.finish())
}

/// Parses one expression, such as the right side of `--set block.key=expr`.
pub fn parse_expression(source: &str) -> Result<Expr, Vec<Diagnostic>> {
    let text = prepare(source)?;
    if !text.diagnostics.is_empty() {
        return Err(text.diagnostics);
    }
    let mut builder = Builder::new(&text.text, source.len(), Vec::new());
    let expr = match Grammar::parse(Rule::expression, &text.text) {
        Ok(pairs) => builder.expression(pairs),
        Err(_) => None,
    };
    let mut diagnostics = builder.finish();
    match expr {
        Some(expr) if diagnostics.is_empty() => Ok(expr),
        _ => {
            if diagnostics.is_empty() {
                let slip = Slip {
                    text: &text.text,
                    start: 0,
                    end: source.len(),
                    context: Context::Expression,
                    source_end: source.len(),
                };
                diagnostics.push(explain::explain(&slip).diagnostic);
            }
            Err(diagnostics)
        }
    }
}

/// Checks size and brackets; what is left can be parsed in one pass.
fn prepare(source: &str) -> Result<structure::Structure, Vec<Diagnostic>> {
    if source.len() > MAX_BYTES {
        let message = format!(
            "the text has {} MiB, more than the limit of {} MiB",
            source.len().div_ceil(1 << 20),
            MAX_BYTES >> 20
        );
        let error = Diagnostic::global(Severity::Error, codes::FILE_TOO_LARGE, message)
            .help("move the weights into a file: `weights from \"weights.safetensors\" { }`")
            .help("move data into a file: `dataset d = csv(\"data.csv\") { … }`");
        return Err(vec![error]);
    }
    let text = structure::check(source);
    if text.hopeless { Err(text.diagnostics) } else { Ok(text) }
}
