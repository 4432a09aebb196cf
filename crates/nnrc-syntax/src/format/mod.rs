//! The formatter behind `nnrc fmt`: canonical layout, comments kept, meaning untouched.
//!
//! It works on tokens, not on the syntax tree: what it prints are the tokens it read, in their order, so only
//! blanks, line ends and the comma behind the last element of a list can change.
//!
//! - `tree` groups tokens into statements, blocks and bracketed groups and finds a home for each comment;
//! - `align` decides which columns line up, following the author;
//! - `layout` breaks long expressions;
//! - `lines` writes the result and lines up trailing comments.

mod align;
mod columns;
mod layout;
mod lines;
mod spacing;
mod tree;

use crate::diagnostic::Diagnostic;
use crate::parse::parse;
use layout::{INDENT, Layout, WIDTH};
use tree::{Body, Piece, Statement};

/// Formats a file. A file with errors is not touched.
///
/// Formatting is idempotent and keeps every comment: a comment in the middle of a statement moves above it. Lines end as
/// the first one does, in `\n` or in `\r\n`, so that a tool which converts whole files makes no difference.
pub fn format(source: &str) -> Result<String, Vec<Diagnostic>> {
    parse(source)?;
    let text = tree::Text::new(source);
    let pieces = tree::pieces(&text);
    let mut layout = Layout::new(source);
    file(&mut layout, &text, &pieces);
    let text = layout.finish();
    Ok(if ends_lines_with_cr(source) { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text })
}

fn ends_lines_with_cr(source: &str) -> bool {
    source.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'))
}

fn file(layout: &mut Layout<'_>, text: &tree::Text<'_>, pieces: &[Piece]) {
    let one_line: Vec<Option<String>> = pieces.iter().map(|piece| on_one_line(layout, piece)).collect();
    let columns = align::items(layout, text, pieces, &one_line);
    for ((piece, line), columns) in pieces.iter().zip(one_line).zip(columns) {
        match piece {
            Piece::Comment { token, blank } => layout.comment_line(*token, *blank, 0),
            Piece::Statement(statement) => {
                hoisted(layout, statement, 0);
                match (&statement.body, line) {
                    (None, _) => layout.statement(statement, &columns.nodes, 0),
                    (Some(_), Some(line)) => {
                        layout.head(statement, &columns);
                        layout.raw(&line);
                    }
                    (Some(body), None) => {
                        layout.head(statement, &columns);
                        layout.raw("{");
                        layout.end_line(body.after_open);
                        block(layout, text, statement, body);
                        layout.begin_line(0);
                        layout.raw("}");
                    }
                }
                layout.end_line(statement.trailing);
            }
        }
    }
}

fn block(layout: &mut Layout<'_>, text: &tree::Text<'_>, statement: &Statement, body: &Body) {
    let in_network = statement.first_is(text.source, "network");
    let columns = align::statements(layout, text, &body.pieces, in_network);
    for (piece, columns) in body.pieces.iter().zip(columns) {
        match piece {
            Piece::Comment { token, blank } => layout.comment_line(*token, *blank, INDENT),
            Piece::Statement(statement) => {
                hoisted(layout, statement, INDENT);
                layout.statement(statement, &columns, INDENT);
                layout.end_line(statement.trailing);
            }
        }
    }
}

/// Comments from inside the statement, above it.
fn hoisted(layout: &mut Layout<'_>, statement: &Statement, indent: usize) {
    let mut blank = statement.blank;
    for comment in &statement.hoisted {
        layout.comment_line(*comment, blank, indent);
        blank = false;
    }
    layout.blank(blank);
}

/// A block that was written on one line, from its brace on, if it still fits there.
fn on_one_line(layout: &Layout<'_>, piece: &Piece) -> Option<String> {
    let Piece::Statement(statement) = piece else { return None };
    let body = statement.body.as_ref()?;
    if body.pieces.is_empty() && body.after_open.is_none() {
        return Some("{}".to_owned());
    }
    if !body.one_line {
        return None;
    }
    let mut line = "{".to_owned();
    for piece in &body.pieces {
        let Piece::Statement(statement) = piece else { return None };
        line.push(' ');
        line.push_str(&layout.flat(&statement.nodes));
        line.push(';');
    }
    line.push_str(" }");
    // Without the padding, so that the choice does not depend on the neighbours.
    let width = layout.flat(&statement.nodes).chars().count() + 1 + line.chars().count();
    (width <= WIDTH).then_some(line)
}

#[cfg(test)]
mod tests;
