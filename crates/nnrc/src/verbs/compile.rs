//! `nnrc compile`: the chemistry as a file, or as a crate.

mod folder;

use std::io;
use std::path::{Path, PathBuf};

use nnrc_model::lower::phased::clock;
use nnrc_model::model::Construction;
use nnrc_sbml::Options;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::args::{CompileArgs, Feed, Inputs, Provenance, SbmlLevel, Target};
use crate::files::{DASH, Destination};
use crate::phased::cycles::{self, Cycles};
use crate::pot::{Pot, explain, method};
use crate::report::{warnings, write_reactions};
use crate::session::{Loaded, Session};
use crate::terminal::Stop;
use crate::training::{presented, trained};

/// Runs the verb.
pub fn run(session: &Session, args: &CompileArgs) -> Result<(), Stop> {
    // A crate is a folder, which never takes the place of a file.
    if args.target != Target::Rust {
        session.keep_source(&args.file.file, args.output.as_deref())?;
    }
    let loaded = session.load(&args.file.file)?;
    let input = session.input(&loaded, &args.values)?;
    if let Some(option) = args.values.given()
        && loaded.model.is_fed()
        && (loaded.model.chemistry.construction == Construction::Phased
            || args.target == Target::Sbml && args.feed == Feed::Events)
    {
        session.terminal.note(&format!(
            "{option} changes nothing: this pot learns, and is presented the samples of its `train` block"
        ));
    }
    if args.target == Target::Rust && args.output.as_deref().is_some_and(|path| path.as_os_str() == DASH) {
        return session.terminal.usage("--target rust writes a folder, which does not fit on stdout");
    }
    let mut pot = Pot::new(session, &loaded, &input)?;
    session.terminal.diagnostics(&loaded.source, &warnings(&pot, args.target == Target::Sbml));
    if pot.model.simulation.settled {
        let settled = settled(session, &loaded, &pot)?;
        pot.start_at(&settled);
    }
    if args.target == Target::Rust {
        return write_crate(session, &loaded, &pot, &input, args);
    }
    let extension = if args.target == Target::Sbml { "xml" } else { "crn" };
    let destination = match &args.output {
        Some(path) => Destination::new(path),
        None => Destination::File(stem(&args.file.file, &pot.crn.name).with_extension(extension)),
    };
    match args.target {
        Target::Sbml => write_sbml(session, &loaded, &pot, args, &destination)?,
        Target::Crn | Target::Rust => {
            destination.write(&session.terminal, |out| write_reactions(&pot, out))?;
        }
    }
    if let Destination::File(path) = &destination {
        session.terminal.note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// Writes the crate into the folder named by `-o`, or into STEM-sim.
fn write_crate(
    session: &Session,
    loaded: &Loaded,
    pot: &Pot<'_>,
    input: &[f64],
    args: &CompileArgs,
) -> Result<(), Stop> {
    // A program that trains needs reactions for either sign of each weight.
    let trains = pot.model.training.as_ref().is_some_and(|training| training.descent.is_some());
    let mut for_training = if trains { Some(Pot::for_training(session, loaded, input)?) } else { None };
    if let Some(pot) = for_training.as_mut().filter(|pot| pot.model.simulation.settled) {
        let settled = settled(session, loaded, pot)?;
        pot.start_at(&settled);
    }
    let options = nnrc_rust::Options {
        simulation: Some(simulation(session, loaded, pot)?),
        training: trains.then(|| trained(pot.model)),
        pot: pot.model.training.as_ref().and_then(|training| training.flow.as_ref()).map(|flow| {
            session.terminal.note("the program presents samples that it is given: `train --data FILE`");
            presented(pot.model, flow.loss)
        }),
        ..nnrc_rust::Options::default()
    };
    let pot = for_training.as_ref().unwrap_or(pot);
    let files = match nnrc_rust::generate(&pot.crn, &pot.info, &options) {
        Ok(files) => files,
        Err(error) => {
            let finding =
                Diagnostic::global(Severity::Error, codes::NOT_SERVED, format!("--target rust: {error}"))
                    .help(if pot.crn.protocol.settings.is_empty() {
                        "`nnrc simulate` and `nnrc train` follow this network in their own process, and `--target sbml` writes \
                         it for other tools"
                    } else {
                        "a crate follows reactions alone: write `clock = may_leonard();`, whose phases are species, or use \
                         `--target sbml`, whose events set them"
                    });
            return session.terminal.fail(&loaded.source, finding);
        }
    };
    let place = args.output.clone().unwrap_or_else(|| {
        let mut name = stem(&args.file.file, &pot.crn.name).with_extension("").into_os_string();
        name.push("-sim");
        PathBuf::from(name)
    });
    if let Err(error) = folder::write(&place, &files) {
        let message = format!("cannot write `{}`: {}", place.display(), crate::files::reason(&error));
        return session
            .terminal
            .fail(&loaded.source, Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message));
    }
    session
        .terminal
        .note(&format!("wrote {0}; try: cd {0} && cargo run --release -- --help", place.display()));
    Ok(())
}

/// What the file says about simulation, for a program that cannot read the file. A pot that learns does not settle, so
/// its course has an end: that of the first presentation, or of two cycles of the clock.
fn simulation(session: &Session, loaded: &Loaded, pot: &Pot<'_>) -> Result<nnrc_rust::Simulation, Stop> {
    let model = pot.model;
    let said = &model.simulation;
    let names = |nodes: &Vec<usize>| nodes.iter().map(|&node| model.nodes[node].name.clone()).collect();
    let mut simulation = nnrc_rust::Simulation {
        until: said.until,
        points: said.points,
        every: said.every,
        record: said.record.as_ref().map(names),
        relative: said.relative,
        absolute: said.absolute,
        method: method(said.method),
    };
    if let Some(feed) = &pot.crn.protocol.feed {
        simulation.until = simulation.until.or(Some(feed.hold));
    }
    if let Some(lowered) = &pot.phased {
        match Cycles::new(model, lowered, pot.runner().into_engine()) {
            Ok(cycles) => simulation.until = simulation.until.or(Some(2.0 * cycles.period())),
            Err(error) => {
                return session
                    .terminal
                    .fail(&loaded.source, explain(pot, &pot.runner(), &error, "the clock"));
            }
        }
        // The program has one tolerance for all species, so that of the clock's tails is for all.
        simulation.absolute = simulation.absolute.min(clock::tolerance(&model.chemistry.phased));
        simulation.method = cycles::method(said.method);
    }
    Ok(simulation)
}

/// The name of the output in the current folder: that of the file, or of the network for stdin.
fn stem(file: &Path, network: &str) -> PathBuf {
    let stem = if file.as_os_str() == DASH { None } else { file.file_stem() };
    // The extension that is added later must not eat a part of a name such as `net.v2.nnr`.
    let mut name = stem.map_or_else(|| network.into(), std::ffi::OsStr::to_owned);
    name.push(".out");
    PathBuf::from(name)
}

/// Concentrations at the fixed point.
fn settled(session: &Session, loaded: &Loaded, pot: &Pot<'_>) -> Result<Vec<f64>, Stop> {
    let mut runner = pot.runner();
    let mut state = runner.initial_state();
    match runner.settle(&mut state) {
        Ok(_) => Ok(runner.concentrations(&state)),
        Err(error) => {
            session.terminal.fail(&loaded.source, explain(pot, &runner, &error, "`start = settled`"))
        }
    }
}

/// What the SBML writer is told where the command line says nothing.
pub fn default_options(construction: Construction) -> Options {
    let described_by: &[&str] = match construction {
        Construction::FixedPoint => &["doi:10.1098/rsif.2021.0031", "arXiv:2010.13290"],
        Construction::OnePot => &["doi:10.1098/rsif.2021.0031", "arXiv:2010.13290", "arXiv:2410.11919"],
        Construction::Phased => &["arXiv:2311.18313", "arXiv:2401.07077"],
    };
    Options { described_by: described_by.iter().map(|id| (*id).to_owned()).collect(), ..Options::default() }
}

fn write_sbml(
    session: &Session,
    loaded: &Loaded,
    pot: &Pot<'_>,
    args: &CompileArgs,
    destination: &Destination,
) -> Result<(), Stop> {
    let options = Options {
        level: match args.sbml_level {
            SbmlLevel::L3v1 => nnrc_sbml::Level::L3V1,
            SbmlLevel::L3v2 => nnrc_sbml::Level::L3V2,
        },
        provenance: match args.provenance {
            Provenance::Full => nnrc_sbml::Provenance::Full,
            Provenance::None => nnrc_sbml::Provenance::None,
        },
        inputs: match args.inputs {
            Inputs::Species => nnrc_sbml::Inputs::Species,
            Inputs::Boundary => nnrc_sbml::Inputs::Boundary,
        },
        feed: match args.feed {
            Feed::Events => nnrc_sbml::Feed::Events,
            Feed::None => nnrc_sbml::Feed::None,
        },
        ..default_options(pot.model.chemistry.construction)
    };
    if options.feed == nnrc_sbml::Feed::Events
        && let Some(nnrc_crn::Feed { order: nnrc_crn::Order::Shuffle { .. }, .. }) = pot.crn.protocol.feed
    {
        let mut finding = Diagnostic::global(
            Severity::Warning,
            codes::SHUFFLED_EVENTS,
            "events present the samples in the order of the data, again and again",
        )
        .label("the shuffled order is for `nnrc train` only")
        .help("write `feed = cycle(hold = …)` for the same order in both, or `--feed none`");
        finding.span = loaded.model.training.as_ref().map(|training| training.span);
        session.terminal.diagnostics(&loaded.source, &[finding]);
    }
    // A network that the format cannot carry is no fault of the file system.
    let mut refused = None;
    let result = destination.try_write(|out| match nnrc_sbml::write(&pot.crn, &pot.info, &options, out) {
        Ok(()) => Ok(()),
        Err(nnrc_sbml::Error::Io(error)) => Err(error),
        Err(error) => {
            let message = error.to_string();
            refused = Some(error);
            Err(io::Error::other(message))
        }
    });
    let Some(error) = refused else { return destination.report(&session.terminal, result) };
    let code = match error {
        nnrc_sbml::Error::TooManySettings { .. } => {
            let finding = Diagnostic::global(Severity::Error, codes::OUT_OF_RANGE, format!("SBML: {error}"))
                .label("every sample is an event")
                .help("write `--feed none`, and set inputs and targets where the model is run")
                .help("`nnrc train` presents any number of samples");
            return session.terminal.fail(&loaded.source, finding);
        }
        nnrc_sbml::Error::OutOfRange { .. } | nnrc_sbml::Error::BadUnit { .. } => codes::OUT_OF_RANGE,
        _ => codes::NOT_SERVED,
    };
    let finding = Diagnostic::global(Severity::Error, code, format!("SBML: {error}"));
    session.terminal.fail(&loaded.source, finding)
}
