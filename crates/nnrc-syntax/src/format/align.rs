//! Columns: which signs of neighbouring lines stand below each other.
//!
//! In a network the names of layers always line up. Elsewhere the author decides: where the `=` (or `{`) of
//! neighbouring lines stood in one column, they do so again, at the least column that holds all keys.

use super::columns::Columns;
use super::layout::Layout;
use super::tree::{Node, Piece, Statement, Text};

/// The width of the longest keyword in a network and a blank.
const KEYWORD: usize = 7;

/// The columns of the top level; `one_line` tells the blocks that stay on one line.
pub(super) fn items(
    layout: &Layout<'_>,
    text: &Text<'_>,
    pieces: &[Piece],
    one_line: &[Option<String>],
) -> Vec<Columns> {
    let mut columns = vec![Columns::default(); pieces.len()];
    let constant = |at: usize| {
        let statement = statement(pieces, at)?;
        statement.first_is(text.source, "const").then(|| equals(layout, text, statement)).flatten()
    };
    for (at, key) in line_up(pieces.len(), constant, |at| follows(pieces, at)) {
        columns[at].nodes.push(key);
    }
    let brace = |at: usize| {
        let statement = statement(pieces, at)?;
        let body = statement.body.as_ref()?;
        let width = layout.flat(&statement.nodes).chars().count();
        Some(Sign { node: 0, source: text.column(body.open.start), width })
    };
    // A block of several lines ends the run: the next brace is not on the line below.
    let below = |at: usize| follows(pieces, at) && one_line[at - 1].is_some();
    for (at, (_, column)) in line_up(pieces.len(), brace, below) {
        columns[at].brace = Some(column);
    }
    columns
}

/// The columns of the statements of a block.
pub(super) fn statements(
    layout: &Layout<'_>,
    text: &Text<'_>,
    pieces: &[Piece],
    in_network: bool,
) -> Vec<Vec<(usize, usize)>> {
    let mut columns = vec![Vec::new(); pieces.len()];
    if in_network {
        // All names begin in one column, so one source column makes each run of layers line up.
        let layer = |at: usize| {
            let statement = statement(pieces, at).filter(|found| found.first_is(text.source, "layer"))?;
            let name = statement.nodes.get(1).map_or(0, |name| layout.flat(std::slice::from_ref(name)).len());
            Some(Sign { node: 2, source: 0, width: KEYWORD + name })
        };
        for (at, column) in columns.iter_mut().enumerate() {
            if statement(pieces, at).is_some() {
                column.push((1, KEYWORD));
            }
        }
        for (at, key) in line_up(pieces.len(), layer, |at| follows(pieces, at)) {
            columns[at].push(key);
        }
    } else {
        let key = |at: usize| equals(layout, text, statement(pieces, at)?);
        for (at, key) in line_up(pieces.len(), key, |at| follows(pieces, at)) {
            columns[at].push(key);
        }
    }
    columns
}

/// A sign that may line up with those of the neighbouring lines.
struct Sign {
    /// The node it is.
    node: usize,
    /// The column where it stood in the source.
    source: usize,
    /// The width of what stands before it, without padding.
    width: usize,
}

/// For each member of a run of neighbours whose signs stood in one column: the node and its new column.
fn line_up(
    count: usize,
    sign: impl Fn(usize) -> Option<Sign>,
    below: impl Fn(usize) -> bool,
) -> Vec<(usize, (usize, usize))> {
    let mut columns = Vec::new();
    let mut run: Vec<(usize, Sign)> = Vec::new();
    for at in 0..=count {
        let next = if at < count { sign(at) } else { None };
        let joins = next.as_ref().zip(run.last()).is_some_and(|(next, (_, last))| next.source == last.source);
        if !(joins && below(at)) {
            let column = run.iter().map(|(_, sign)| sign.width).max().unwrap_or(0) + 1;
            columns.extend(run.drain(..).map(|(at, sign)| (at, (sign.node, column))));
        }
        run.extend(next.map(|next| (at, next)));
    }
    columns
}

fn statement(pieces: &[Piece], at: usize) -> Option<&Statement> {
    match pieces.get(at)? {
        Piece::Statement(statement) => Some(statement),
        Piece::Comment { .. } => None,
    }
}

/// Whether a piece stands directly below the one before it, both statements, without anything between.
fn follows(pieces: &[Piece], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| statement(pieces, before));
    before.is_some() && statement(pieces, at).is_some_and(|next| !next.blank && next.hoisted.is_empty())
}

/// The `=` of a statement `key = value`.
fn equals(layout: &Layout<'_>, text: &Text<'_>, statement: &Statement) -> Option<Sign> {
    let node = statement.equals(text.source)?;
    let Some(Node::Token(token)) = statement.nodes.get(node) else { return None };
    let width = layout.flat(&statement.nodes[..node]).chars().count();
    Some(Sign { node, source: text.column(token.start), width })
}
