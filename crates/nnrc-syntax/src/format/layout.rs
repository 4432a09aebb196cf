//! Statements as lines: what fits stays on one line, what does not is broken at its brackets.

use super::columns::Columns;
use super::lines::Lines;
use super::spacing::{Flat, Last};
use super::tree::{Comment, Element, Group, Node, Shape, Statement};
use crate::lexer::Token;

/// The widest line that is not broken.
pub(super) const WIDTH: usize = 100;
/// One level of indentation.
pub(super) const INDENT: usize = 4;

/// Writes statements.
pub(super) struct Layout<'s> {
    source: &'s str,
    lines: Lines<'s>,
    /// The line under construction.
    current: Flat<'s>,
    indent: usize,
}

impl<'s> Layout<'s> {
    pub fn new(source: &'s str) -> Self {
        Self { source, lines: Lines::new(source), current: Flat::new(source, Last::Tight), indent: 0 }
    }

    /// The formatted text.
    pub fn finish(self) -> String {
        self.lines.finish()
    }

    /// Nodes on one line, whatever its width.
    pub fn flat(&self, nodes: &[Node]) -> String {
        let mut flat = Flat::new(self.source, Last::Tight);
        flat.nodes(nodes);
        flat.text
    }

    /// A blank line, if wanted.
    pub fn blank(&mut self, wanted: bool) {
        if wanted {
            self.lines.push(0, String::new(), None);
        }
    }

    /// A comment on its own line.
    pub fn comment_line(&mut self, comment: Token, blank: bool, indent: usize) {
        self.blank(blank);
        self.lines.push(indent, comment.text(self.source).trim_end().to_owned(), None);
    }

    pub fn begin_line(&mut self, indent: usize) {
        self.indent = indent;
        self.current = Flat::new(self.source, Last::Tight);
    }

    pub fn raw(&mut self, text: &str) {
        self.current.text.push_str(text);
    }

    pub fn end_line(&mut self, comment: Option<Comment>) {
        let text = std::mem::take(&mut self.current.text);
        self.lines.push(self.indent, text, comment);
    }

    /// What stands before the block of an item, up to the column of its brace.
    pub fn head(&mut self, statement: &Statement, columns: &Columns) {
        self.begin_line(0);
        let lines = self.lines.count();
        self.sequence(&statement.nodes, 2, &columns.nodes);
        // A head of several lines ends in a short one, which has nothing to line up with.
        let column = columns.brace.filter(|_| self.lines.count() == lines).unwrap_or(0);
        self.pad(column.max(self.width() + 1));
    }

    /// A statement up to its `;`. `columns` gives the columns at which some of its nodes begin.
    pub fn statement(&mut self, statement: &Statement, columns: &[(usize, usize)], indent: usize) {
        self.begin_line(indent);
        let pipes: Vec<usize> = statement
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| matches!(node, Node::Token(token) if token.text(self.source) == "|"))
            .map(|(index, _)| index)
            .collect();
        // The last padding decides where the rest begins, whatever came before it.
        let padding = columns.last().map_or(0, |(node, column)| {
            column.saturating_sub(self.flat(&statement.nodes[..*node]).chars().count() + 1)
        });
        let width = indent + self.flat(&statement.nodes).chars().count() + padding + 1;
        if pipes.is_empty() || width <= WIDTH {
            self.sequence(&statement.nodes, 1, columns);
        } else {
            // Each call of a layer on its own line.
            let mut from = 0;
            for pipe in pipes {
                self.sequence(&statement.nodes[from..pipe], 0, if from == 0 { columns } else { &[] });
                self.end_line(None);
                self.begin_line(indent + INDENT);
                from = pipe;
            }
            self.sequence(&statement.nodes[from..], 1, &[]);
        }
        self.raw(";");
    }

    fn width(&self) -> usize {
        self.current.text.chars().count()
    }

    /// Pads the line to `column`, counted from the indentation; what follows takes no further blank.
    fn pad(&mut self, column: usize) {
        let missing = column.saturating_sub(self.width());
        self.current.text.extend(std::iter::repeat_n(' ', missing));
        if missing > 0 {
            self.current.last = Last::Tight;
        }
    }

    /// Nodes in a row; `tail` is the width of what follows them on the last line.
    fn sequence(&mut self, nodes: &[Node], tail: usize, columns: &[(usize, usize)]) {
        for (index, node) in nodes.iter().enumerate() {
            if let Some((_, column)) = columns.iter().find(|(at, _)| *at == index) {
                self.pad(*column);
            }
            match node {
                Node::Token(token) => self.current.token(*token),
                Node::Group(group) => {
                    let rest = self.rest(&nodes[index + 1..], tail);
                    self.group(group, rest);
                }
            }
        }
    }

    /// The width of `nodes` up to the next place where the line can be broken.
    fn rest(&self, nodes: &[Node], tail: usize) -> usize {
        let mut flat = Flat::new(self.source, Last::Operand);
        for node in nodes {
            match node {
                Node::Group(group) if group.shape.breaks() && !group.elements.is_empty() => {
                    flat.open(group);
                    return flat.text.chars().count();
                }
                node => flat.nodes(std::slice::from_ref(node)),
            }
        }
        flat.text.chars().count() + tail
    }

    fn group(&mut self, group: &Group, rest: usize) {
        if !group.is_forced() {
            let mut flat = Flat::new(self.source, self.current.last);
            flat.group(group);
            let width = self.indent + self.width() + flat.text.chars().count() + rest;
            if width <= WIDTH || group.elements.is_empty() {
                self.current.text.push_str(&flat.text);
                self.current.last = flat.last;
                return;
            }
        }
        if !group.shape.breaks() || hugs(group) {
            self.current.open(group);
            for (index, element) in group.elements.iter().enumerate() {
                if index > 0 {
                    self.raw(",");
                    self.current.last = Last::Other;
                }
                self.sequence(&element.nodes, 1 + rest, &[]);
            }
            self.current.close(group);
        } else {
            self.broken(group);
        }
    }

    /// One element per line.
    fn broken(&mut self, group: &Group) {
        let indent = self.indent;
        self.current.open(group);
        self.end_line(group.after_open);
        for element in &group.elements {
            for comment in &element.above {
                self.comment_line(*comment, false, indent + INDENT);
            }
            self.begin_line(indent + INDENT);
            match matrix_row(group, element) {
                Some(row) => self.current.group(row),
                None => self.sequence(&element.nodes, 1, &[]),
            }
            self.raw(",");
            self.end_line(element.trailing);
        }
        for comment in &group.last {
            self.comment_line(*comment, false, indent + INDENT);
        }
        self.begin_line(indent);
        self.raw(group.close.text(self.source));
        self.current.last = Last::Operand;
    }
}

/// Whether a call leaves the breaking to its only argument: `rows([`, elements, `])`.
fn hugs(group: &Group) -> bool {
    let [element] = group.elements.as_slice() else { return false };
    let Some(Node::Group(last)) = element.nodes.last() else { return false };
    group.shape == Shape::Call && last.shape.breaks() && !group.broken && !group.is_commented()
}

/// A row of a matrix: it stays on its line however long it is, for a matrix is read by rows.
fn matrix_row<'g>(group: &Group, element: &'g Element) -> Option<&'g Group> {
    let [Node::Group(row)] = element.nodes.as_slice() else { return None };
    let plain = |element: &Element| element.nodes.iter().all(|node| matches!(node, Node::Token(_)));
    let is_row = group.shape == Shape::List && row.shape == Shape::List && row.elements.iter().all(plain);
    (is_row && !row.is_forced()).then_some(row)
}
