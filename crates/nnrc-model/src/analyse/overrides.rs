//! `--set block.key=expr`, applied to the syntax tree before anything is read.

use nnrc_syntax::ast::{Block, Entry, Expr, File, Ident, Item, Path};
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::analyse::OVERRIDE;

/// What the command line changes in a file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `block.key` with its new value.
    pub settings: Vec<(String, Expr)>,
    /// A weight file instead of the `weights` block.
    pub weights: Option<String>,
    /// A seed instead of that of `weights { init }`.
    pub seed: Option<u64>,
}

const BLOCKS: &[&str] = &["weights", "chemistry", "train", "simulate", "noise", "const", "dataset"];

/// The file with the settings in place.
pub fn apply(file: &File, overrides: &Overrides, diagnostics: &mut Vec<Diagnostic>) -> File {
    let mut file = file.clone();
    for (path, value) in &overrides.settings {
        let mut value = value.clone();
        value.span = OVERRIDE;
        if let Err(message) = set(&mut file, path, value) {
            diagnostics.push(
                Diagnostic::global(Severity::Error, codes::UNKNOWN_KEY, format!("--set {path}: {message}"))
                    .help("write `--set chemistry.construction=phased`: a block, a dot, a key"),
            );
        }
    }
    file
}

fn set(file: &mut File, path: &str, value: Expr) -> Result<(), String> {
    let (block_name, key) = path.split_once('.').ok_or("expected `block.key`")?;
    if block_name == "const" {
        for item in &mut file.items {
            if let Item::Const { name, value: old, .. } = item
                && name.name == key
            {
                *old = value;
                return Ok(());
            }
        }
        return Err(format!("the file declares no constant `{key}`"));
    }
    if block_name == "dataset" {
        let (dataset, key) = key.split_once('.').ok_or("expected `dataset.NAME.key`")?;
        for item in &mut file.items {
            if let Item::Dataset { name, block, .. } = item
                && name.name == dataset
            {
                put(block.get_or_insert_with(empty), key, value);
                return Ok(());
            }
        }
        return Err(format!("the file declares no data set `{dataset}`"));
    }
    let found = file.items.iter_mut().find_map(|item| match (block_name, item) {
        ("weights", Item::Weights { block, .. })
        | ("chemistry", Item::Chemistry { block, .. })
        | ("train", Item::Train { block, .. })
        | ("simulate", Item::Simulate { block, .. })
        | ("noise", Item::Noise { block, .. }) => Some(block),
        _ => None,
    });
    if let Some(block) = found {
        put(block, key, value);
        return Ok(());
    }
    let mut block = empty();
    put(&mut block, key, value);
    let span = OVERRIDE;
    file.items.push(match block_name {
        "weights" => Item::Weights { from: None, block, span },
        "chemistry" => Item::Chemistry { block, span },
        "train" => Item::Train { name: None, block, span },
        "simulate" => Item::Simulate { block, span },
        "noise" => Item::Noise { block, span },
        _ => {
            return Err(match nnrc_syntax::suggest(block_name, BLOCKS.iter().copied()) {
                Some(near) => format!("there is no block `{block_name}`; did you mean `{near}`?"),
                None => format!("there is no block `{block_name}`"),
            });
        }
    });
    Ok(())
}

fn empty() -> Block {
    Block { entries: Vec::new(), span: OVERRIDE }
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
    let segments = key.split('.').map(|name| Ident { name: name.to_owned(), span: OVERRIDE }).collect();
    let key = Path { segments, span: OVERRIDE };
    block.entries.push(Entry::Set { key, value, span: OVERRIDE });
}
