//! Where the names of a file are declared and used.

use nnrc_analysis::schema::{self, Names as Kinds};
use nnrc_syntax::Span;
use nnrc_syntax::ast::{
    Block, Call, Entry, Expectation, Expr, ExprKind, File, Ident, Item, Member, Network, Path,
};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `const`
    Constant,
    /// `dataset`
    Data,
    /// `network`
    Network,
    /// `input`
    Input,
    /// `layer`
    Layer,
}

/// A name where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// The name.
    pub name: String,
    /// What it stands for. A network may be called like one of its layers.
    pub kind: Kind,
    /// Its bytes.
    pub span: Span,
    /// Whether it is declared here.
    pub is_declaration: bool,
}

/// A declared name.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub kind: Kind,
}

/// The names of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Names {
    /// Those that are declared, in the order of the text.
    pub declared: Vec<Declared>,
    /// Where they stand, as far as they are declared, in the order in which they were found.
    pub occurrences: Vec<Occurrence>,
}

impl Names {
    /// Collects the names of a file.
    pub fn of(file: &File) -> Self {
        let mut names = Self::default();
        for item in &file.items {
            names.declare_item(item);
        }
        for item in &file.items {
            names.item(item);
        }
        names
    }

    /// Names of these kinds, in the order of the text.
    pub fn of_kinds<'n>(&'n self, kinds: &'n [Kind]) -> impl Iterator<Item = &'n str> {
        self.declared.iter().filter(|one| kinds.contains(&one.kind)).map(|one| one.name.as_str())
    }

    /// What a name that is one of these stands for.
    pub fn kind(&self, name: &str, kinds: &[Kind]) -> Option<Kind> {
        self.declared.iter().find(|one| one.name == name && kinds.contains(&one.kind)).map(|one| one.kind)
    }

    /// The name at or right behind a byte.
    pub fn at(&self, offset: usize) -> Option<&Occurrence> {
        let holds = |one: &&Occurrence| (one.span.start as usize..=one.span.end as usize).contains(&offset);
        self.occurrences.iter().find(holds)
    }

    /// All places of what stands there.
    pub fn places<'n>(&'n self, like: &'n Occurrence) -> impl Iterator<Item = &'n Occurrence> {
        self.occurrences.iter().filter(|one| one.name == like.name && one.kind == like.kind)
    }

    fn declare_item(&mut self, item: &Item) {
        match item {
            Item::Const { name, .. } => self.declare(name, Kind::Constant),
            Item::Dataset { name, .. } => self.declare(name, Kind::Data),
            Item::Network(network) => {
                self.declare(&network.name, Kind::Network);
                for member in &network.members {
                    match member {
                        Member::Input { name, .. } => self.declare(name, Kind::Input),
                        Member::Layer(layer) => self.declare(&layer.name, Kind::Layer),
                        Member::Output { .. } => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn declare(&mut self, name: &Ident, kind: Kind) {
        self.declared.push(Declared { name: name.name.clone(), kind });
        self.note(name, kind, true);
    }

    fn note(&mut self, name: &Ident, kind: Kind, is_declaration: bool) {
        self.occurrences.push(Occurrence { name: name.name.clone(), kind, span: name.span, is_declaration });
    }

    /// Notes a name if it is one of these.
    fn used(&mut self, name: &Ident, kinds: &[Kind]) {
        if let Some(kind) = self.kind(&name.name, kinds) {
            self.note(name, kind, false);
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Version { .. } => {}
            Item::Const { value, .. } => self.expr(value, NOTHING),
            Item::Dataset { source, block, .. } => {
                // The keys of records are the names of inputs.
                self.call(source, if source.name.name == "rows" { &[Kind::Input] } else { NOTHING });
                self.block(block.as_ref(), "dataset");
            }
            Item::Network(network) => self.network(network),
            Item::Weights { block, .. } => self.block(Some(block), "weights"),
            Item::Chemistry { block, .. } => self.block(Some(block), "chemistry"),
            Item::Train { name, block, .. } => {
                if let Some(name) = name {
                    self.used(name, &[Kind::Network]);
                }
                self.block(Some(block), "train");
            }
            Item::Simulate { block, .. } => self.block(Some(block), "simulate"),
            Item::Noise { block, .. } => self.block(Some(block), "noise"),
            Item::Sweep { block, .. } => self.block(Some(block), "sweep"),
            Item::Expect { expectations, .. } => {
                expectations.iter().for_each(|expectation| self.expectation(expectation));
            }
        }
    }

    fn network(&mut self, network: &Network) {
        for member in &network.members {
            match member {
                Member::Input { dims, range, meaning, .. } => {
                    dims.iter().chain(range).for_each(|expr| self.expr(expr, NOTHING));
                    meaning.iter().for_each(|call| self.call(call, NOTHING));
                }
                Member::Layer(layer) => {
                    layer.calls.iter().for_each(|call| self.call(call, NOTHING));
                    layer.from.iter().for_each(|name| self.used(name, NODES));
                }
                Member::Output { name, meaning, .. } => {
                    self.used(name, NODES);
                    meaning.iter().for_each(|call| self.call(call, NOTHING));
                }
            }
        }
    }

    fn block(&mut self, block: Option<&Block>, word: &str) {
        for entry in block.iter().flat_map(|block| &block.entries) {
            match entry {
                Entry::Set { key, value, .. } => {
                    if word == "weights" {
                        self.weight(&key.segments);
                    }
                    let known = schema::block(word).and_then(|block| block.key(&key.text()));
                    self.expr(value, known.map_or(NOTHING, |key| kinds(key.names)));
                    if word == "sweep" {
                        self.axes(value);
                    }
                }
                Entry::Stop { bound, .. } => self.expr(bound, NOTHING),
            }
        }
    }

    /// `hidden.W`, `layout.hidden`
    fn weight(&mut self, segments: &[Ident]) {
        match segments {
            [layout, layer] if layout.name == "layout" => self.used(layer, NODES),
            [layer, _] => self.used(layer, NODES),
            _ => {}
        }
    }

    /// `{ const.h = …, dataset.iris.scale = …, weights.hidden.W = … }`: a key with dots is one name.
    fn axes(&mut self, value: &Expr) {
        let ExprKind::Record(fields) = &value.kind else { return };
        for (name, _) in fields {
            let mut start = name.span.start as usize;
            let mut segments: Vec<Ident> = Vec::new();
            for segment in name.name.split('.') {
                let span = Span::new(start, start + segment.len());
                segments.push(Ident { name: segment.to_owned(), span });
                start += segment.len() + 1;
            }
            // With blanks around its dots a key says where it begins and ends, and not what is between.
            if start != name.span.end as usize + 1 {
                continue;
            }
            match &segments[..] {
                [block, rest @ ..] if block.name == "weights" => self.weight(rest),
                [block, name, ..] if block.name == "const" => self.used(name, &[Kind::Constant]),
                [block, name, ..] if block.name == "dataset" => self.used(name, &[Kind::Data]),
                _ => {}
            }
        }
    }

    fn expectation(&mut self, expectation: &Expectation) {
        match expectation {
            Expectation::ForInput { input, place, value, within, .. } => {
                [Some(input), Some(value), within.as_ref()]
                    .into_iter()
                    .flatten()
                    .for_each(|expr| self.expr(expr, NOTHING));
                self.used(&place.name, NODES);
            }
            Expectation::Measure { call, on, value, within, .. } => {
                self.call(call, &[Kind::Network]);
                on.iter().for_each(|path| self.path(path, &[Kind::Data]));
                [Some(value), within.as_ref()]
                    .into_iter()
                    .flatten()
                    .for_each(|expr| self.expr(expr, NOTHING));
            }
        }
    }

    /// An expression in which constants stand, and names of these kinds.
    fn expr(&mut self, expr: &Expr, kinds: &[Kind]) {
        match &expr.kind {
            ExprKind::Number { .. } | ExprKind::Text(_) => {}
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(item, kinds)),
            ExprKind::Record(fields) => {
                for (name, value) in fields {
                    if kinds.contains(&Kind::Input) {
                        self.used(name, &[Kind::Input]);
                    }
                    self.expr(value, NOTHING);
                }
            }
            ExprKind::Call(call) => self.call(call, kinds),
            ExprKind::Path(path) => self.path(path, kinds),
            ExprKind::Negate(inner) => self.expr(inner, NOTHING),
            ExprKind::Binary { left, right, .. } => {
                self.expr(left, NOTHING);
                self.expr(right, NOTHING);
            }
        }
    }

    fn call(&mut self, call: &Call, kinds: &[Kind]) {
        let kinds = if call.name.name == "like" { &[Kind::Data] } else { kinds };
        call.args.iter().for_each(|arg| self.expr(&arg.value, kinds));
    }

    /// A name, perhaps with a part of what it stands for: `iris.train`.
    fn path(&mut self, path: &Path, kinds: &[Kind]) {
        match &path.segments[..] {
            [name] => {
                self.used(name, &[kinds, &[Kind::Constant]].concat());
            }
            [name, ..] if kinds.contains(&Kind::Data) => self.used(name, &[Kind::Data]),
            _ => {}
        }
    }
}

/// No names but those of constants.
const NOTHING: &[Kind] = &[];

/// What a layer can take.
pub const NODES: &[Kind] = &[Kind::Input, Kind::Layer];

/// What can stand where the schema says so.
fn kinds(names: Kinds) -> &'static [Kind] {
    match names {
        Kinds::Constants => NOTHING,
        Kinds::Data => &[Kind::Data],
        Kinds::Nodes => NODES,
    }
}
