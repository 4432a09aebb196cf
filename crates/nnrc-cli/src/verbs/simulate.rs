//! `nnrc simulate`: time courses and fixed points.

mod engines;
mod write;

use nnrc::picture::CURVE_POINTS;
use nnrc::time_course::POINTS;

use crate::args::SimulateArgs;
use crate::destination::{Destination, is_special};
use crate::session::Session;
use crate::terminal::Stop;
use write::{Format, Output};

/// Said where a pot that learns is looked at without its learning.
pub const ALONE: &str =
    "a pot that learns does not rest: this is its network alone, with the weights of the file";

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
        if loaded.model.chemistry.construction.is_one_pot() {
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
    let output = Output { format, destination: &destination };
    match values.data.as_ref().filter(|_| each) {
        Some(name) => engines::samples(session, &loaded, name, args.engine, output)?,
        None => {
            let input = session.input(&loaded, values)?;
            let pot = loaded.compile(&input)?;
            if args.steady {
                engines::steady(session, &pot, args.engine, output)?;
            } else {
                let points = if format == Format::Svg { CURVE_POINTS } else { POINTS };
                let course = engines::course(session, &pot, args.engine, points)?;
                write::course(&session.terminal, &pot, course, output)?;
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
