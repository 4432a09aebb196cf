//! `nnrc compile`: the chemistry as a file, or as a crate.

pub mod folder;
mod omex;

use std::io;
use std::path::Path;

use nnrc::disk::DASH;
use nnrc::export;
use nnrc::reactions::write_reactions;
use nnrc::sbml::SbmlError;
use nnrc::size::warnings;
use nnrc::verification::{self, Request};
use nnrc::{Checked, Compiled};
use nnrc_sbml::Options;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::args::{CompileArgs, Feed, Inputs, Observables, Provenance, SbmlLevel, Target};
use crate::destination::Destination;
use crate::notes::Notes;
use crate::session::Session;
use crate::terminal::{Stop, Terminal};

/// Runs the verb.
pub fn run(session: &Session, args: &CompileArgs) -> Result<(), Stop> {
    if args.target == Target::Rust && args.output.as_deref().is_some_and(|path| path.as_os_str() == DASH) {
        return session.terminal.usage("--target rust writes a folder, which does not fit on stdout");
    }
    if let Some((option, target)) = args.misplaced() {
        return session.terminal.usage(&format!("{option} is for {target}"));
    }
    let disk = session.disk(&args.file.file);
    let loaded = session.load_from(&args.file.file, &disk)?;
    let destination = destination(args, &nnrc_crn::namer::bare(&loaded.model.name));
    if let (Target::Rust, Destination::File(folder)) = (args.target, &destination) {
        session.keep_inputs(folder, "name another place for the results: `-o other-sim`")?;
        if let Err(error) = folder::check(folder) {
            return unwritable(&session.terminal, &loaded.source, folder, &error);
        }
    } else {
        session.require_places(&[&destination])?;
    }
    let input = session.input(&loaded, &args.values)?;
    let is_model = args.target.is_model();
    if let Some(option) = args.values.given()
        && loaded.model.is_fed()
        && (loaded.model.chemistry.construction.is_phased()
            || is_model && args.feed.is_none_or(|feed| feed == Feed::Events))
    {
        session.terminal.note(&format!(
            "{option} changes nothing: this pot learns, and is presented the samples of its `train` block"
        ));
    }
    let pot = loaded.compile(&input)?;
    session.terminal.diagnostics(&loaded.source, &warnings(&pot, is_model));
    let pot = pot.at_its_start()?;
    let proof = certificate(session, args, &loaded, &pot, &destination)?;
    match (args.target, &destination) {
        (Target::Rust, Destination::File(folder)) => return write_crate(session, &pot, folder),
        (Target::Sbml | Target::Antimony, _) => write_model(session, &pot, args, &destination)?,
        (Target::Omex, _) => {
            let recipe = omex::recipe(session, args, &disk, options(args))?;
            let bytes = export::omex::archive(&pot, &recipe, &mut Notes(&session.terminal))?;
            destination.write(&session.terminal, |out| out.write_all(&bytes))?;
        }
        (Target::Crn | Target::Rust, _) => {
            destination.write(&session.terminal, |out| write_reactions(&pot, out))?;
        }
        (Target::Catalyst, _) => {
            let text = export::catalyst::text(&pot)?;
            destination.write(&session.terminal, |out| out.write_all(text.as_bytes()))?;
        }
        (Target::Latex, _) => {
            destination.write(&session.terminal, |out| export::latex::write(&pot, out))?;
        }
        (Target::Dot, _) => destination.write(&session.terminal, |out| export::dot::write(&pot, out))?,
    }
    if let Destination::File(path) = &destination {
        session.terminal.note(&format!("wrote {}", path.display()));
    }
    let Some((place, text)) = proof else { return Ok(()) };
    place.write(&session.terminal, |out| out.write_all(text.as_bytes()))
}

/// The proof of the file that will be written, where one is asked for; the verb ends if there is none.
fn certificate(
    session: &Session,
    args: &CompileArgs,
    loaded: &Checked,
    pot: &Compiled,
    destination: &Destination,
) -> Result<Option<(Destination, String)>, Stop> {
    let Some(place) = args.emit_certificate.as_deref().map(Destination::new) else { return Ok(None) };
    if place.is_same(destination) {
        return session.terminal.usage("--emit-certificate: the SBML file stands there; give another name");
    }
    session.require_places(&[&place])?;
    let text = pot.sbml_with(options(args))?;
    let name = destination.path().unwrap_or(Path::new("the file"));
    let request = Request::over_box(verification::sample_points(&loaded.model));
    let found = loaded.verify(name, text.as_bytes(), None, request)?;
    match found.certificate() {
        Some(text) => Ok(Some((place, text))),
        None => {
            session.terminal.print(&found.text())?;
            Err(Stop::Said(found.exit_status()))
        }
    }
}

/// Where the result goes: where `-o` says, else STEM with an ending of its target in the current folder. `network` names
/// what comes from stdin.
fn destination(args: &CompileArgs, network: &str) -> Destination {
    if let Some(path) = &args.output {
        return Destination::new(path);
    }
    let ending = match args.target {
        Target::Sbml => ".xml",
        Target::Crn => ".crn",
        Target::Rust => "-sim",
        Target::Antimony => ".ant",
        Target::Catalyst => ".jl",
        Target::Latex => ".tex",
        Target::Dot => ".dot",
        Target::Omex => ".omex",
    };
    Destination::named_after(&args.file.file, network, ending)
}

/// Writes the crate into a folder.
fn write_crate(session: &Session, pot: &Compiled, place: &Path) -> Result<(), Stop> {
    let terminal = &session.terminal;
    if pot.model.gradient_flow().is_some() {
        terminal.note("the program presents samples that it is given: `train --data FILE`");
    }
    let files = pot.crate_files()?;
    if let Err(error) = folder::write(place, &files) {
        return unwritable(terminal, &pot.source, place, &error);
    }
    terminal.note(&format!("wrote {0}; try: cd {0} && cargo run --release -- --help", place.display()));
    Ok(())
}

fn unwritable<T>(terminal: &Terminal, source: &Source, place: &Path, error: &io::Error) -> Result<T, Stop> {
    let message = format!("cannot write `{}`: {}", place.display(), nnrc::disk::reason(error));
    terminal.fail(source, Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message))
}

/// Writes SBML or Antimony.
fn write_model(
    session: &Session,
    pot: &Compiled,
    args: &CompileArgs,
    destination: &Destination,
) -> Result<(), Stop> {
    let options = pot.described(options(args));
    session.terminal.diagnostics(&pot.source, pot.sbml_warnings(&options).as_slice());
    // A network that the format cannot carry is no fault of the file system.
    let mut refused = None;
    let write = |out: &mut dyn io::Write| match args.target {
        Target::Antimony => export::antimony::write(pot, &options, out),
        _ => pot.write_sbml(&options, out),
    };
    let result = destination.try_write(|out| match write(out) {
        Ok(()) => Ok(()),
        Err(SbmlError::Io(error)) => Err(error),
        Err(SbmlError::Refused(failure)) => {
            refused = Some(failure);
            Err(io::ErrorKind::InvalidData.into())
        }
    });
    match refused {
        Some(failure) => Err(failure.into()),
        None => destination.report(&session.terminal, result),
    }
}

/// How SBML is written.
fn options(args: &CompileArgs) -> Options {
    Options {
        level: match args.sbml_level.unwrap_or(SbmlLevel::L3v1) {
            SbmlLevel::L3v1 => nnrc_sbml::Level::L3V1,
            SbmlLevel::L3v2 => nnrc_sbml::Level::L3V2,
            SbmlLevel::L2v4 => nnrc_sbml::Level::L2V4,
        },
        provenance: match args.provenance.unwrap_or(Provenance::Full) {
            Provenance::Full => nnrc_sbml::Provenance::Full,
            Provenance::None => nnrc_sbml::Provenance::None,
        },
        inputs: match args.inputs.unwrap_or(Inputs::Species) {
            Inputs::Species => nnrc_sbml::Inputs::Species,
            Inputs::Boundary => nnrc_sbml::Inputs::Boundary,
        },
        feed: match args.feed.unwrap_or(Feed::Events) {
            Feed::Events => nnrc_sbml::TimedSettings::Events,
            Feed::None => nnrc_sbml::TimedSettings::None,
        },
        observables: match args.observables.unwrap_or(Observables::None) {
            Observables::None => nnrc_sbml::Observables::None,
            Observables::Rules => nnrc_sbml::Observables::Rules,
        },
        ..Options::default()
    }
}
