//! The syntax tree: what the grammar says, nothing more. Every node has a span.

use crate::diagnostic::Span;

/// A whole `.nnr` file.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// The items in the order of the text.
    pub items: Vec<Item>,
    /// The whole text.
    pub span: Span,
}

/// A top-level item.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `nnr 1;`
    Version { number: u64, span: Span },
    /// `const NAME = expr;`
    Const { name: Ident, value: Expr, span: Span },
    /// `dataset NAME = call { … }`
    Dataset { name: Ident, source: Call, block: Option<Block>, span: Span },
    /// `network NAME { … }`
    Network(Network),
    /// `weights from "file" { … }`
    Weights { from: Option<(String, Span)>, block: Block, span: Span },
    /// `chemistry { … }`
    Chemistry { block: Block, span: Span },
    /// `train NAME { … }`
    Train { name: Option<Ident>, block: Block, span: Span },
    /// `simulate { … }`
    Simulate { block: Block, span: Span },
    /// `noise { … }`
    Noise { block: Block, span: Span },
    /// `sweep { … }`
    Sweep { block: Block, span: Span },
    /// `expect { … }`
    Expect { expectations: Vec<Expectation>, span: Span },
}

/// A name where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Ident {
    /// The name.
    pub name: String,
    /// Its place.
    pub span: Span,
}

/// `a.b.c`
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// At least one.
    pub segments: Vec<Ident>,
    /// The whole path.
    pub span: Span,
}

impl Path {
    /// The path as written, joined by dots.
    pub fn text(&self) -> String {
        self.segments.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(".")
    }
}

/// `network NAME { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Its name.
    pub name: Ident,
    /// Its members in the order of the text.
    pub members: Vec<Member>,
    /// The whole block.
    pub span: Span,
}

/// A member of a network block.
#[derive(Debug, Clone, PartialEq)]
pub enum Member {
    /// `input x[2] in [0, 1] as features(["width", "length"]);`
    Input { name: Ident, dims: Vec<Expr>, range: Option<Expr>, meaning: Option<Call>, span: Span },
    /// `layer h = dense(2) | smooth_relu() from x;`
    Layer(Layer),
    /// `output y as classes(["red", "blue"]);`
    Output { name: Ident, meaning: Option<Call>, span: Span },
}

/// `layer NAME = call | call … from NAME, NAME;`
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name.
    pub name: Ident,
    /// At least one: the operation, then what is applied to it.
    pub calls: Vec<Call>,
    /// Sources; empty means the layer before.
    pub from: Vec<Ident>,
    /// The whole statement.
    pub span: Span,
}

/// `{ key = value; … stop when loss < 0.02; }`
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Entries in the order of the text.
    pub entries: Vec<Entry>,
    /// With the braces.
    pub span: Span,
}

/// An entry of a block.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// `path = expr;`
    Set { key: Path, value: Expr, span: Span },
    /// `stop when path CMP expr;`
    Stop { quantity: Path, cmp: Cmp, bound: Expr, span: Span },
}

/// A line of an `expect` block.
#[derive(Debug, Clone, PartialEq)]
pub enum Expectation {
    /// `for [0, 1]: y[2] ~ 1 within 0.05;`
    ForInput { input: Expr, place: Component, cmp: Cmp, value: Expr, within: Option<Expr>, span: Span },
    /// `accuracy(net) on iris.test >= 0.9;`
    Measure { call: Call, on: Option<Path>, cmp: Cmp, value: Expr, within: Option<Expr>, span: Span },
}

/// `y` or `y[2]` (1-based).
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Layer or input.
    pub name: Ident,
    /// 1-based component.
    pub index: Option<(u64, Span)>,
    /// Both.
    pub span: Span,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cmp {
    /// `~`
    Near,
    /// `<=`
    LessEqual,
    /// `>=`
    GreaterEqual,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `==`
    Equal,
}

impl Cmp {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Near => "~",
            Self::LessEqual => "<=",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::Greater => ">",
            Self::Equal => "==",
        }
    }
}

/// An expression where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `0.5`, `20 s`; the unit is the text of the closed table.
    Number { value: f64, unit: Option<String> },
    /// `"text"`, escapes resolved.
    Text(String),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{ a = 1, b.c = 2 }`; a key of several words is one name with dots.
    Record(Vec<(Ident, Expr)>),
    /// `name(arg, key = arg)`
    Call(Call),
    /// `iris.train`
    Path(Path),
    /// `-a`
    Negate(Box<Expr>),
    /// `a + b`
    Binary { op: Op, left: Box<Expr>, right: Box<Expr> },
}

/// Arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// `name(arg, key = arg)`
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What is called.
    pub name: Ident,
    /// Arguments in order.
    pub args: Vec<Arg>,
    /// With the parentheses.
    pub span: Span,
}

/// An argument, perhaps with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// `key =`
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}
