//! Settings of `block.key`, applied to the syntax tree before anything is read.
//!
//! What is set beside a file has no place in its text. Its nodes carry the number of the setting, so that a finding can
//! name it.

use nnrc_model::Construction;
use nnrc_syntax::ast::{Block, Entry, Expr, ExprKind, File, Ident, Item, Path};
use nnrc_syntax::{Diagnostic, Given, Severity, Span, codes};

use nnrc_syntax::wording::words as listed;

/// What is changed in a file, from outside.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `block.key` with its new value.
    pub settings: Vec<(String, Expr)>,
    /// A weight file instead of that of the `weights` block, or of the numbers in it.
    pub weights: Option<String>,
    /// A seed instead of that of `weights { init }`.
    pub seed: Option<u64>,
    /// How those who give all this write it.
    pub words: Words,
}

/// How overrides are written where they are given: findings that advise one say it in these words.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// A setting with its value.
    pub setting: fn(key: &str, value: &str) -> String,
    /// The key of a setting that is spoken of.
    pub key: fn(key: &str) -> String,
    /// A weight file.
    pub weights: &'static str,
    /// A seed.
    pub seed: fn(seed: u64) -> String,
    /// Where both stand.
    pub place: &'static str,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            setting: |key, value| format!("`{key} = {value}`"),
            key: |key| format!("`{key}`"),
            weights: "the trained weights",
            seed: |seed| format!("the seed {seed}"),
            place: "beside the file",
        }
    }
}

impl Overrides {
    /// Whether the command line chooses the construction. What the file sets for its own one may then have no meaning.
    pub(crate) fn choose_construction(&self) -> bool {
        self.settings.iter().any(|(path, _)| path == "chemistry.construction")
    }

    /// Whether a pot that learns is turned into the network alone, with the weights that it learned.
    pub(crate) fn freeze(&self, construction: Construction) -> bool {
        construction.is_fixed_point() && self.choose_construction() && self.weights.is_some()
    }
}

/// Blocks with settings.
pub(crate) const BLOCKS: &[&str] =
    &["weights", "chemistry", "train", "simulate", "noise", "sweep", "const", "dataset"];

/// The file with the settings in place.
pub fn apply(file: &File, overrides: &Overrides, diagnostics: &mut Vec<Diagnostic>) -> File {
    let mut file = file.clone();
    for (at, (path, value)) in overrides.settings.iter().enumerate() {
        let mut value = value.clone();
        move_to(&mut value, Span::beside(Given::AsSetting(u32::try_from(at).unwrap_or(u32::MAX))));
        if let Err(Unknown { message, help }) = set(&mut file, path, value, overrides.words) {
            diagnostics.push(
                Diagnostic::global(
                    Severity::Error,
                    codes::UNKNOWN_KEY,
                    format!("{}: {message}", (overrides.words.key)(path)),
                )
                .help(help),
            );
        }
    }
    file
}

/// A finding about a setting has no place in the text: it names the setting.
pub fn name_setting(finding: &mut Diagnostic, overrides: &Overrides) {
    finding.others.retain(|(span, _)| span.is_in_text());
    let Some(given) = finding.span.map(|span| span.given) else { return };
    let setting = match given {
        Given::InText => return,
        Given::AsSetting(at) => usize::try_from(at).ok().and_then(|at| overrides.settings.get(at)),
        Given::AsOption => None,
    };
    finding.span = None;
    match setting {
        Some((path, _)) => {
            finding.message.push_str(&format!(" (given by {})", (overrides.words.key)(path)));
        }
        None => finding.message.push_str(&format!(" (given {})", overrides.words.place)),
    }
}

/// Moves an expression, with everything in it.
fn move_to(expr: &mut Expr, span: Span) {
    expr.span = span;
    match &mut expr.kind {
        ExprKind::Number { .. } | ExprKind::Text(_) => {}
        ExprKind::List(items) => items.iter_mut().for_each(|item| move_to(item, span)),
        ExprKind::Record(fields) => {
            for (name, value) in fields {
                name.span = span;
                move_to(value, span);
            }
        }
        ExprKind::Call(call) => {
            (call.span, call.name.span) = (span, span);
            for arg in &mut call.args {
                if let Some(name) = &mut arg.name {
                    name.span = span;
                }
                move_to(&mut arg.value, span);
            }
        }
        ExprKind::Path(path) => {
            path.span = span;
            path.segments.iter_mut().for_each(|segment| segment.span = span);
        }
        ExprKind::Negate(inner) => move_to(inner, span),
        ExprKind::Binary { left, right, .. } => {
            move_to(left, span);
            move_to(right, span);
        }
    }
}

/// A setting of nothing that is there.
struct Unknown {
    message: String,
    help: String,
}

impl Unknown {
    /// A name beside those that are declared.
    fn name(what: &str, name: &str, declared: &[String]) -> Self {
        let help = match nnrc_syntax::suggest(name, declared.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if declared.is_empty() => format!("the file declares no {what} at all"),
            None => {
                let names: Vec<&str> = declared.iter().map(String::as_str).collect();
                format!("declared are {}", listed(&names))
            }
        };
        Self { message: format!("the file declares no {what} `{name}`"), help }
    }

    fn form(expected: &str, words: Words) -> Self {
        let example = (words.setting)("chemistry.construction", "phased");
        Self {
            message: format!("expected `{expected}`"),
            help: format!("write {example}: a block, a dot, a key"),
        }
    }
}

fn set(file: &mut File, path: &str, value: Expr, words: Words) -> Result<(), Unknown> {
    let (block_name, key) = path.split_once('.').ok_or_else(|| Unknown::form("block.key", words))?;
    if block_name == "const" {
        for item in &mut file.items {
            if let Item::Const { name, value: old, .. } = item
                && name.name == key
            {
                *old = value;
                return Ok(());
            }
        }
        let declared = names(file, |item| match item {
            Item::Const { name, .. } => Some(name),
            _ => None,
        });
        return Err(Unknown::name("constant", key, &declared));
    }
    if block_name == "dataset" {
        let (dataset, key) = key.split_once('.').ok_or_else(|| Unknown::form("dataset.NAME.key", words))?;
        for item in &mut file.items {
            if let Item::Dataset { name, block, .. } = item
                && name.name == dataset
            {
                put(block.get_or_insert_with(|| empty(value.span)), key, value);
                return Ok(());
            }
        }
        let declared = names(file, |item| match item {
            Item::Dataset { name, .. } => Some(name),
            _ => None,
        });
        return Err(Unknown::name("data set", dataset, &declared));
    }
    let found = file.items.iter_mut().find_map(|item| match (block_name, item) {
        ("weights", Item::Weights { block, .. })
        | ("chemistry", Item::Chemistry { block, .. })
        | ("train", Item::Train { block, .. })
        | ("simulate", Item::Simulate { block, .. })
        | ("noise", Item::Noise { block, .. })
        | ("sweep", Item::Sweep { block, .. }) => Some(block),
        _ => None,
    });
    if let Some(block) = found {
        put(block, key, value);
        return Ok(());
    }
    let span = value.span;
    let mut block = empty(span);
    put(&mut block, key, value);
    file.items.push(match block_name {
        "weights" => Item::Weights { from: None, block, span },
        "chemistry" => Item::Chemistry { block, span },
        "train" => Item::Train { name: None, block, span },
        "simulate" => Item::Simulate { block, span },
        "noise" => Item::Noise { block, span },
        "sweep" => Item::Sweep { block, span },
        _ => {
            let help = match nnrc_syntax::suggest(block_name, BLOCKS.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are settings of {}", listed(BLOCKS)),
            };
            return Err(Unknown { message: format!("there is no block `{block_name}`"), help });
        }
    });
    Ok(())
}

/// What a file declares.
fn names(file: &File, of: impl Fn(&Item) -> Option<&Ident>) -> Vec<String> {
    file.items.iter().filter_map(of).map(|name| name.name.clone()).collect()
}

fn empty(span: Span) -> Block {
    Block { entries: Vec::new(), span }
}

/// Replaces or adds an entry.
fn put(block: &mut Block, key: &str, value: Expr) {
    for entry in &mut block.entries {
        if let Entry::Set { key: old, value: place, .. } = entry
            && old.text() == key
        {
            *place = value;
            return;
        }
    }
    let span = value.span;
    let segments = key.split('.').map(|name| Ident { name: name.to_owned(), span }).collect();
    let key = Path { segments, span };
    block.entries.push(Entry::Set { key, value, span });
}
