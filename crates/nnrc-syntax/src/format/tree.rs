//! Tokens grouped into statements, blocks and brackets, each comment with a place of its own.

use crate::lexer::{Kind, Lexer, Token};
use crate::words;

/// A source text with the starts of its lines.
pub(super) struct Text<'s> {
    /// The text.
    pub source: &'s str,
    line_starts: Vec<usize>,
}

impl<'s> Text<'s> {
    pub fn new(source: &'s str) -> Self {
        let ends = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { source, line_starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The column of a byte, from 0.
    pub fn column(&self, at: usize) -> usize {
        let line = self.line_starts.partition_point(|start| *start <= at);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        // Nothing is lined up so far to the right; bytes will do and cost nothing.
        if at - start > 500 {
            return at - start;
        }
        self.source.get(start..at).map_or(0, |before| before.chars().count())
    }

    fn line_ends_between(&self, from: usize, to: usize) -> usize {
        self.source.get(from..to).map_or(0, |between| between.bytes().filter(|byte| *byte == b'\n').count())
    }
}

/// A line of a file or block.
pub(super) enum Piece {
    /// A comment on its own line.
    Comment { token: Token, blank: bool },
    /// A statement, at the top level perhaps with a block.
    Statement(Statement),
}

/// A statement with its comments.
pub(super) struct Statement {
    /// Its tokens without the `;` and the block.
    pub nodes: Vec<Node>,
    /// Its block.
    pub body: Option<Body>,
    /// Comments from inside it, which move above it.
    pub hoisted: Vec<Token>,
    /// The comment behind it.
    pub trailing: Option<Comment>,
    /// Whether a blank line stands before it.
    pub blank: bool,
}

impl Statement {
    /// Whether the first token is `word`.
    pub fn first_is(&self, source: &str, word: &str) -> bool {
        matches!(self.nodes.first(), Some(Node::Token(token)) if token.text(source) == word)
    }

    /// The index of the first `=` outside brackets.
    pub fn equals(&self, source: &str) -> Option<usize> {
        self.nodes.iter().position(|node| matches!(node, Node::Token(token) if token.text(source) == "="))
    }
}

/// The block of an item.
pub(super) struct Body {
    /// Its statements.
    pub pieces: Vec<Piece>,
    /// Where the `{` stands.
    pub open: Token,
    /// The comment behind the `{`.
    pub after_open: Option<Comment>,
    /// Whether it was written on one line.
    pub one_line: bool,
}

/// A comment at the end of a line.
#[derive(Clone, Copy)]
pub(super) struct Comment {
    /// The comment.
    pub token: Token,
    /// The column where it stood.
    pub column: usize,
    /// The blanks before it.
    pub gap: usize,
}

/// A token or a pair of brackets with what is in it.
pub(super) enum Node {
    Token(Token),
    Group(Group),
}

/// A pair of brackets.
pub(super) struct Group {
    pub shape: Shape,
    pub open: Token,
    pub close: Token,
    pub elements: Vec<Element>,
    /// Comments behind the last element, on their own lines.
    pub last: Vec<Token>,
    /// The comment behind the opening bracket.
    pub after_open: Option<Comment>,
    /// Whether the author began a new line behind the opening bracket.
    pub broken: bool,
}

/// What brackets mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    List,
    Record,
    Call,
    /// `x[2]`, which takes no comma at its end.
    Index,
    /// `(a + b)`, likewise.
    Paren,
}

impl Shape {
    /// Whether the elements may stand on lines of their own.
    pub fn breaks(self) -> bool {
        matches!(self, Self::List | Self::Record | Self::Call)
    }
}

/// What stands between two commas.
pub(super) struct Element {
    pub nodes: Vec<Node>,
    /// Comments above it.
    pub above: Vec<Token>,
    /// The comment behind it.
    pub trailing: Option<Comment>,
}

/// The pieces of a file that parses.
pub(super) fn pieces(text: &Text<'_>) -> Vec<Piece> {
    let tokens: Vec<Token> = Lexer::new(text.source, 0).collect();
    let mut reader = Reader { text, tokens, at: 0 };
    reader.pieces(false)
}

struct Reader<'t, 's> {
    text: &'t Text<'s>,
    tokens: Vec<Token>,
    at: usize,
}

impl Reader<'_, '_> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn peek_is(&self, text: &str) -> bool {
        self.peek().is_some_and(|token| self.text_of(token) == text)
    }

    fn text_of(&self, token: Token) -> &str {
        token.text(self.text.source)
    }

    fn before(&self) -> Option<Token> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).copied()
    }

    /// Line ends between the token before and the next one.
    fn line_ends(&self) -> usize {
        let end = self.before().map_or(0, |token| token.end);
        self.peek().map_or(0, |token| self.text.line_ends_between(end, token.start))
    }

    /// The comment that ends the line of the token before.
    fn trailing(&mut self) -> Option<Comment> {
        let token = self.peek().filter(|token| token.kind == Kind::Comment)?;
        let before = self.before()?;
        if self.line_ends() > 0 {
            return None;
        }
        self.at += 1;
        let gap = self.text.source.get(before.end..token.start).map_or(1, |blanks| blanks.chars().count());
        Some(Comment { token, column: self.text.column(token.start), gap: gap.max(1) })
    }

    fn pieces(&mut self, in_block: bool) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(token) = self.peek() {
            if in_block && self.text_of(token) == "}" {
                break;
            }
            let blank = !pieces.is_empty() && self.line_ends() > 1;
            if token.kind == Kind::Comment {
                self.at += 1;
                pieces.push(Piece::Comment { token, blank });
            } else {
                pieces.push(Piece::Statement(self.statement(in_block, blank)));
            }
        }
        pieces
    }

    fn statement(&mut self, in_block: bool, blank: bool) -> Statement {
        let has_block = !in_block && !self.peek_is("const");
        let mut statement =
            Statement { nodes: Vec::new(), body: None, hoisted: Vec::new(), trailing: None, blank };
        let mut last = None;
        while let Some(token) = self.peek() {
            if let Some(comment) = self.trailing() {
                // It may stand behind the last token before the `;`, and so behind the statement.
                statement.hoisted.extend(last.replace(comment).map(|comment: Comment| comment.token));
            } else if token.kind == Kind::Comment {
                self.at += 1;
                statement.hoisted.extend(last.take().map(|comment: Comment| comment.token));
                statement.hoisted.push(token);
            } else if self.text_of(token) == ";" {
                self.at += 1;
                break;
            } else if self.text_of(token) == "{" && has_block {
                statement.hoisted.extend(last.take().map(|comment| comment.token));
                statement.body = Some(self.body());
                break;
            } else {
                statement.hoisted.extend(last.take().map(|comment| comment.token));
                let node = self.node(&statement.nodes, &mut statement.hoisted);
                statement.nodes.push(node);
            }
        }
        statement.trailing = self.trailing();
        if let Some(comment) = last {
            match statement.trailing {
                None => statement.trailing = Some(comment),
                Some(_) => statement.hoisted.push(comment.token),
            }
        }
        statement
    }

    fn body(&mut self) -> Body {
        let open = self.tokens[self.at];
        self.at += 1;
        let after_open = self.trailing();
        let pieces = self.pieces(true);
        let end = self.peek().map_or(self.text.source.len(), |close| close.start);
        let comments = after_open.is_some() || pieces.iter().any(has_comment);
        let one_line = !comments && self.text.line_ends_between(open.end, end) == 0;
        self.at += 1;
        Body { pieces, open, after_open, one_line }
    }

    fn node(&mut self, before: &[Node], hoisted: &mut Vec<Token>) -> Node {
        let open = self.tokens[self.at];
        self.at += 1;
        let after_name = follows_name(before, self.text.source);
        let shape = match self.text_of(open) {
            "(" if after_name => Shape::Call,
            "(" => Shape::Paren,
            "[" if after_name => Shape::Index,
            "[" => Shape::List,
            "{" => Shape::Record,
            _ => return Node::Token(open),
        };
        Node::Group(self.group(shape, open, hoisted))
    }

    /// Reads a group; comments move to `hoisted` where its shape has no lines for them.
    fn group(&mut self, shape: Shape, open: Token, hoisted: &mut Vec<Token>) -> Group {
        let mut group = Group {
            shape,
            open,
            close: open,
            elements: Vec::new(),
            last: Vec::new(),
            after_open: None,
            broken: false,
        };
        group.after_open = self.trailing();
        group.broken = shape.breaks() && self.line_ends() > 0;
        let mut above: Vec<Token> = Vec::new();
        // Comments behind the nodes of an element, on their own lines.
        let mut below: Vec<Token> = Vec::new();
        let mut nodes: Vec<Node> = Vec::new();
        let mut trailing: Option<Comment> = None;
        while let Some(token) = self.peek() {
            let text = self.text_of(token);
            let closes = matches!(text, ")" | "]" | "}");
            if token.kind == Kind::Comment {
                match self.trailing() {
                    Some(comment) if !nodes.is_empty() => {
                        above.extend(trailing.replace(comment).map(|comment| comment.token));
                    }
                    Some(comment) => above.push(comment.token),
                    None => {
                        self.at += 1;
                        if nodes.is_empty() { above.push(token) } else { below.push(token) }
                    }
                }
                continue;
            }
            if closes || text == "," {
                self.at += 1;
                if !nodes.is_empty() {
                    // The comment behind a comma belongs to what is before it.
                    let behind = if closes { None } else { self.trailing() };
                    let trailing = match (trailing.take(), behind) {
                        (Some(first), Some(second)) => {
                            above.push(first.token);
                            Some(second)
                        }
                        (first, second) => first.or(second),
                    };
                    let (nodes, above) = (std::mem::take(&mut nodes), std::mem::take(&mut above));
                    group.elements.push(Element { nodes, above, trailing });
                }
                above.append(&mut below);
                if closes {
                    group.close = token;
                    group.last = above;
                    break;
                }
                continue;
            }
            above.extend(trailing.take().map(|comment| comment.token));
            above.append(&mut below);
            let node = self.node(&nodes, &mut above);
            nodes.push(node);
        }
        if !shape.breaks() {
            hoisted.extend(group.after_open.take().map(|comment| comment.token));
            for element in &mut group.elements {
                hoisted.append(&mut element.above);
                hoisted.extend(element.trailing.take().map(|comment| comment.token));
            }
            hoisted.append(&mut group.last);
        }
        group
    }
}

/// Whether the last of `nodes` is a name, which makes what follows in brackets a call or an index.
fn follows_name(nodes: &[Node], source: &str) -> bool {
    let Some((Node::Token(last), before)) = nodes.split_last() else { return false };
    let after_dot = matches!(before.last(), Some(Node::Token(dot)) if dot.text(source) == ".");
    last.kind == Kind::Word && (after_dot || !words::is_keyword(last.text(source)))
}

fn has_comment(piece: &Piece) -> bool {
    match piece {
        Piece::Comment { .. } => true,
        Piece::Statement(statement) => {
            statement.trailing.is_some()
                || !statement.hoisted.is_empty()
                || statement.nodes.iter().any(Node::is_forced)
        }
    }
}

impl Node {
    /// Whether it cannot stand on one line: the author or a comment broke it.
    pub fn is_forced(&self) -> bool {
        match self {
            Self::Token(_) => false,
            Self::Group(group) => group.is_forced(),
        }
    }
}

impl Group {
    /// Whether it cannot stand on one line.
    pub fn is_forced(&self) -> bool {
        self.is_commented()
            || self.broken && !self.elements.is_empty()
            || self.elements.iter().any(|element| element.nodes.iter().any(Node::is_forced))
    }

    /// Whether comments stand directly in it.
    pub fn is_commented(&self) -> bool {
        self.after_open.is_some()
            || !self.last.is_empty()
            || self.elements.iter().any(|element| !element.above.is_empty() || element.trailing.is_some())
    }
}
