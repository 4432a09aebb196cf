//! The syntax tree as an outline: one line for each item and entry, what it holds below it.

use nnrc_syntax::outline::{Outline, outline};
use nnrc_syntax::{Source, ast};
use serde_json::{Value, json};

/// The syntax tree as an indented outline.
pub fn text(file: &ast::File) -> String {
    let lines: Vec<String> = outline(file).iter().flat_map(Outline::lines).collect();
    lines.join("\n") + "\n"
}

/// The syntax tree as an object for each item; `source` is the text that the tree is of, for lines and columns.
pub fn json(source: &Source, file: &ast::File) -> Vec<Value> {
    outline(file).iter().map(|item| tree(source, item)).collect()
}

/// A line of the outline with what it holds.
fn tree(source: &Source, item: &Outline) -> Value {
    let (line, column) = source.line_column(item.span.start as usize);
    let children: Vec<Value> = item.children.iter().map(|child| tree(source, child)).collect();
    json!({ "text": item.text, "line": line, "column": column, "children": children })
}
