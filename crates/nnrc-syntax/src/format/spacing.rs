//! Blanks between tokens.

use super::tree::{Element, Group, Node, Shape};
use crate::lexer::{Kind, Token};
use crate::words;

/// What was printed last, as far as the next blank depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// Nothing, or something that takes no blank behind it: an opening bracket, a dot, a sign.
    Tight,
    /// A dot, behind which keywords are names.
    Dot,
    /// A value: what follows `-` here is subtracted.
    Operand,
    /// An operator, a keyword or punctuation.
    Other,
}

/// Tokens on one line.
#[derive(Debug, Clone)]
pub(super) struct Flat<'s> {
    pub source: &'s str,
    pub text: String,
    pub last: Last,
}

impl<'s> Flat<'s> {
    pub fn new(source: &'s str, last: Last) -> Self {
        Self { source, text: String::new(), last }
    }

    pub fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Token(token) => self.token(*token),
                Node::Group(group) => self.group(group),
            }
        }
    }

    /// A token outside brackets; brackets are printed by `open` and `close`.
    pub fn token(&mut self, token: Token) {
        let text = token.text(self.source);
        let tight = matches!(self.last, Last::Tight | Last::Dot);
        if !tight && !matches!(text, "," | ";" | ":" | ".") {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.last = match token.kind {
            Kind::Word if self.last == Last::Dot || !words::is_keyword(text) => Last::Operand,
            Kind::Number | Kind::Unit | Kind::Text => Last::Operand,
            _ if text == "." => Last::Dot,
            _ if text == "-" && self.last != Last::Operand => Last::Tight,
            _ => Last::Other,
        };
    }

    pub fn group(&mut self, group: &Group) {
        self.open(group);
        for (index, element) in group.elements.iter().enumerate() {
            self.element(element, index);
        }
        self.close(group);
    }

    fn element(&mut self, element: &Element, index: usize) {
        if index > 0 {
            self.text.push(',');
            self.last = Last::Other;
        }
        self.nodes(&element.nodes);
    }

    pub fn open(&mut self, group: &Group) {
        let tight =
            matches!(self.last, Last::Tight | Last::Dot) || matches!(group.shape, Shape::Call | Shape::Index);
        if !tight {
            self.text.push(' ');
        }
        self.text.push_str(group.open.text(self.source));
        let padded = group.shape == Shape::Record && !group.elements.is_empty();
        self.last = if padded { Last::Other } else { Last::Tight };
    }

    pub fn close(&mut self, group: &Group) {
        if group.shape == Shape::Record && !group.elements.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(group.close.text(self.source));
        self.last = Last::Operand;
    }
}
