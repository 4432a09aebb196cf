//! `nnrc simulate`: time courses and fixed points.

mod course;
mod phased;
mod samples;
mod steady;
mod summary;

use std::collections::BTreeMap;
use std::io::{self, Write};

use nnrc_model::Construction;
use nnrc_sim::io::{Array, npz};
use nnrc_syntax::Diagnostic;

use crate::args::{EngineKind, SimulateArgs};
use crate::destination::{Destination, is_special};
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::Checked;

/// Said where a pot that learns is looked at without its learning.
pub const ALONE: &str =
    "a pot that learns does not rest: this is its network alone, with the weights of the file";

/// The form of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Npz,
    Svg,
}

/// Runs the verb.
pub fn run(session: &Session, args: &SimulateArgs) -> Result<(), Stop> {
    let (format, destination) = output(session, args)?;
    // What is wrong with the place itself need not wait for the data.
    destination.require_place(&session.terminal)?;
    let said = args.until.as_ref().map(|until| session.with("simulate.until", until));
    let session = said.as_ref().unwrap_or(session);
    let mut loaded = session.load(&args.file.file)?;
    session.require_places(&[&destination])?;
    if args.steady {
        if loaded.model.chemistry.construction == Construction::OnePot {
            session.terminal.note(ALONE);
        }
        loaded = loaded.computing();
    }
    let values = &args.values;
    if !args.steady {
        let option = values.given().unwrap_or_default();
        let advice = format!("write `--steady {option} …` to see the network alone");
        session.refuse_input(&loaded, values, &advice)?;
    }
    let each = args.steady && values.row.is_none() && values.input.is_none();
    let samples = values.data.as_ref().filter(|_| each);
    match samples {
        Some(name) => samples::run(session, &loaded, name, args.engine, format, &destination)?,
        None => {
            let input = session.input(&loaded, values)?;
            if args.steady {
                steady::run(session, &loaded, &input, args.engine, format, &destination)?;
            } else if loaded.model.chemistry.construction == Construction::Phased {
                if args.engine == EngineKind::Crate {
                    session
                        .terminal
                        .note("a pot with a clock is followed in this process, also with `--engine crate`");
                }
                phased::run(session, &loaded, &input, format, &destination)?;
            } else {
                course::run(session, &loaded, &input, args.engine, format, &destination)?;
            }
        }
    }
    if let Destination::File(path) = &destination {
        session.terminal.note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

fn output(session: &Session, args: &SimulateArgs) -> Result<(Format, Destination), Stop> {
    let Some(path) = &args.output else { return Ok((Format::Csv, Destination::Stdout)) };
    let destination = Destination::new(path);
    if destination == Destination::Stdout {
        return Ok((Format::Csv, destination));
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let format = match extension.to_lowercase().as_str() {
        "csv" => Format::Csv,
        "npz" => Format::Npz,
        "svg" if args.steady => {
            return session.terminal.usage("a fixed point is no curve: write it to a .csv or .npz file");
        }
        "svg" => Format::Svg,
        // A device has no name that could tell.
        _ if is_special(path) => Format::Csv,
        _ => {
            let message = format!("`-o {}`: expected a name that ends in .csv, .npz or .svg", path.display());
            return session.terminal.usage(&message);
        }
    };
    Ok((format, destination))
}

/// Writes arrays by name.
fn write_npz(arrays: BTreeMap<String, Array>, out: &mut dyn Write) -> io::Result<()> {
    npz::write(out, &arrays)
}

/// Whether the model has what a verb needs; the error otherwise.
fn fail<T>(session: &Session, loaded: &Checked, finding: Diagnostic) -> Result<T, Stop> {
    session.terminal.fail(&loaded.source, finding)
}
