//! `nnrc emit`: what a stage of the compiler makes of a file.

mod chemistry;
mod model;
mod object;

use nnrc_syntax::Source;
use nnrc_syntax::outline::{Outline, outline};
use serde_json::{Value, json};

use crate::args::{EmitArgs, Stage};
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::reactions::write_reactions;

/// Runs the verb.
pub fn run(session: &Session, args: &EmitArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let is_json = terminal.is_json();
    if let (Stage::Ast | Stage::Model, Some(option)) = (args.stage, args.values.given()) {
        return terminal.usage(&format!("{option}: this stage does not depend on the values of inputs"));
    }
    if args.stage == Stage::Ast {
        let (source, file) = session.parse(&args.file.file)?;
        let items = outline(&file);
        if is_json {
            return items.iter().try_for_each(|item| terminal.print_json(&tree(&source, item)));
        }
        let lines: Vec<String> = items.iter().flat_map(Outline::lines).collect();
        return terminal.print(&(lines.join("\n") + "\n"));
    }
    let loaded = session.load(&args.file.file)?;
    if args.stage == Stage::Model {
        if is_json {
            return terminal.print_json(&object::json(&loaded.model));
        }
        return terminal.print(&model::text(&loaded.model));
    }
    session.refuse_input(&loaded, &args.values, "leave it out")?;
    let input = session.input(&loaded, &args.values)?;
    let pot = loaded.compile(&input)?;
    let out = Destination::Stdout;
    match (args.stage, is_json) {
        (Stage::Crn, true) => out.write(terminal, |out| chemistry::families(&pot, out)),
        (Stage::Crn, false) => terminal.print(&nnrc_crn::text::print(&pot.lowered.crn, &pot.lowered.info)),
        (Stage::Reactions, true) => out.write(terminal, |out| chemistry::reactions(&pot, out)),
        (Stage::Ast | Stage::Model | Stage::Reactions, _) => {
            out.write(terminal, |out| write_reactions(&pot, out))
        }
    }
}

/// A line of the outline with what it holds.
fn tree(source: &Source, item: &Outline) -> Value {
    let (line, column) = source.line_column(item.span.start as usize);
    let children: Vec<Value> = item.children.iter().map(|child| tree(source, child)).collect();
    json!({ "text": item.text, "line": line, "column": column, "children": children })
}
