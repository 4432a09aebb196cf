//! `nnrc emit`: what a stage of the compiler makes of a file.

use nnrc::{import, stages};

use crate::args::{EmitArgs, Stage};
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, args: &EmitArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let is_json = terminal.is_json();
    if let (Stage::Ast | Stage::Model | Stage::Onnx | Stage::Affine, Some(option)) =
        (args.stage, args.values.given())
    {
        return terminal.usage(&format!("{option}: this stage does not depend on the values of inputs"));
    }
    if args.stage == Stage::Ast {
        let (source, file) = session.parse(&args.file.file)?;
        if is_json {
            let items = stages::syntax_json(&source, &file);
            return items.iter().try_for_each(|item| terminal.print_json(item));
        }
        return terminal.print(&stages::syntax_text(&file));
    }
    if let Stage::Onnx | Stage::Affine = args.stage {
        return source(session, args);
    }
    let loaded = session.load(&args.file.file)?;
    if args.stage == Stage::Model {
        if is_json {
            return terminal.print_json(&stages::model_json(&loaded.model));
        }
        return terminal.print(&stages::model_text(&loaded.model));
    }
    session.refuse_input(&loaded, &args.values, "leave it out")?;
    let input = session.input(&loaded, &args.values)?;
    let pot = loaded.compile(&input)?;
    let out = Destination::Stdout;
    match (args.stage, is_json) {
        (Stage::Crn, true) => out.write(terminal, |out| stages::families_json(&pot, out)),
        (Stage::Crn, false) => terminal.print(&stages::families_text(&pot)),
        (Stage::Reactions, true) => out.write(terminal, |out| stages::reactions_json(&pot, out)),
        (Stage::Ast | Stage::Model | Stage::Onnx | Stage::Affine | Stage::Reactions, _) => {
            out.write(terminal, |out| stages::write_reactions(&pot, out))
        }
    }
}

/// What a model to import is.
fn source(session: &Session, args: &EmitArgs) -> Result<(), Stop> {
    let path = &args.file.file;
    if session.terminal.is_json() {
        return session
            .terminal
            .usage("`--message-format json`: stages of a model to import are printed for people");
    }
    let disk = session.disk(path);
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let bytes = disk.model(path)?;
    let text = match args.stage {
        Stage::Onnx => import::graph(&name, bytes, &disk)?,
        _ => import::Trained::onnx(&name, bytes, &disk)?.network.to_string(),
    };
    session.terminal.print(&text)
}
