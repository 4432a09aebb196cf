//! `nnrc compile`: the chemistry as a file, or as a crate.

mod folder;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use nnrc_model::clock;
use nnrc_model::{Construction, Node};
use nnrc_sbml::Options;
use nnrc_syntax::ast::{Item, Member};
use nnrc_syntax::{Diagnostic, Severity, codes, parse};

use crate::args::{CompileArgs, Feed, Inputs, Observables, Provenance, SbmlLevel, Target};
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;
use crate::training::{presented, trained};
use nnrc::Checked;
use nnrc::Compiled;
use nnrc::cycles::{self, Cycles};
use nnrc::disk::DASH;
use nnrc::explain::explain;
use nnrc::meanings;
use nnrc::reactions::write_reactions;
use nnrc::runner::method;
use nnrc::running::Running;
use nnrc::size::warnings;

/// Runs the verb.
pub fn run(session: &Session, args: &CompileArgs) -> Result<(), Stop> {
    if args.target == Target::Rust && args.output.as_deref().is_some_and(|path| path.as_os_str() == DASH) {
        return session.terminal.usage("--target rust writes a folder, which does not fit on stdout");
    }
    if let Some(option) = args.of_sbml().filter(|_| args.target != Target::Sbml) {
        return session.terminal.usage(&format!("{option} is for `--target sbml`"));
    }
    let loaded = session.load(&args.file.file)?;
    let destination = destination(args, &nnrc_crn::namer::bare(&loaded.model.name));
    if let (Target::Rust, Destination::File(folder)) = (args.target, &destination) {
        session.keep_inputs(folder, "other-sim")?;
        if let Err(error) = folder::check(folder) {
            return unwritable(session, &loaded, folder, &error);
        }
    } else {
        session.require_places(&[&destination])?;
    }
    let input = session.input(&loaded, &args.values)?;
    if let Some(option) = args.values.given()
        && loaded.model.is_fed()
        && (loaded.model.chemistry.construction == Construction::Phased
            || args.target == Target::Sbml && args.feed.is_none_or(|feed| feed == Feed::Events))
    {
        session.terminal.note(&format!(
            "{option} changes nothing: this pot learns, and is presented the samples of its `train` block"
        ));
    }
    let mut pot = loaded.compile(&input)?;
    session.terminal.diagnostics(&loaded.source, &warnings(&pot, args.target == Target::Sbml));
    if pot.model.simulation.settled {
        let settled = settled(session, &loaded, &pot)?;
        pot.start_at(&settled);
    }
    match (args.target, &destination) {
        (Target::Rust, Destination::File(folder)) => {
            return write_crate(session, &loaded, &pot, &input, folder);
        }
        (Target::Sbml, _) => write_sbml(session, &loaded, &pot, args, &destination)?,
        (Target::Crn | Target::Rust, _) => {
            destination.write(&session.terminal, |out| write_reactions(&pot, out))?;
        }
    }
    if let Destination::File(path) = &destination {
        session.terminal.note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// Where the result goes: where `-o` says, else STEM.xml, STEM.crn or STEM-sim in the current folder. `network` names
/// what comes from stdin.
fn destination(args: &CompileArgs, network: &str) -> Destination {
    if let Some(path) = &args.output {
        return Destination::new(path);
    }
    let file = &args.file.file;
    let stem = if file.as_os_str() == DASH { None } else { file.file_stem() };
    let mut name = stem.map_or_else(|| network.into(), std::ffi::OsStr::to_owned);
    name.push(match args.target {
        Target::Sbml => ".xml",
        Target::Crn => ".crn",
        Target::Rust => "-sim",
    });
    Destination::File(PathBuf::from(name))
}

/// Writes the crate into a folder.
fn write_crate(
    session: &Session,
    loaded: &Checked,
    pot: &Compiled,
    input: &[f64],
    place: &Path,
) -> Result<(), Stop> {
    // A program that trains needs reactions for either sign of each weight.
    let trains = pot.model.training.as_ref().is_some_and(|training| training.descent.is_some());
    let mut for_training = if trains { Some(loaded.compile_for_training(input)?) } else { None };
    if let Some(pot) = for_training.as_mut().filter(|pot| pot.model.simulation.settled) {
        let settled = settled(session, loaded, pot)?;
        pot.start_at(&settled);
    }
    let options = nnrc_rust::Options {
        simulation: Some(simulation(session, loaded, pot)?),
        ranges: ranges(loaded),
        meanings: meanings::carried(&pot.model),
        training: trains.then(|| trained(&pot.model)),
        pot: pot.model.training.as_ref().and_then(|training| training.flow.as_ref()).map(|flow| {
            session.terminal.note("the program presents samples that it is given: `train --data FILE`");
            presented(&pot.model, flow.loss)
        }),
        ..nnrc_rust::Options::default()
    };
    let pot = for_training.as_ref().unwrap_or(pot);
    let files = match nnrc_rust::generate(&pot.lowered.crn, &pot.lowered.info, &options) {
        Ok(files) => files,
        Err(error) => {
            let finding =
                Diagnostic::global(Severity::Error, codes::NOT_SERVED, format!("--target rust: {error}"))
                    .help(if pot.lowered.crn.protocol.settings.is_empty() {
                        "`nnrc simulate` and `nnrc train` follow this network in their own process, and `--target sbml` writes \
                         it for other tools"
                    } else {
                        "a crate follows reactions alone: write `clock = may_leonard();`, whose phases are species, or use \
                         `--target sbml`, whose events set them"
                    });
            return session.terminal.fail(&loaded.source, finding);
        }
    };
    if let Err(error) = folder::write(place, &files) {
        return unwritable(session, loaded, place, &error);
    }
    session
        .terminal
        .note(&format!("wrote {0}; try: cd {0} && cargo run --release -- --help", place.display()));
    Ok(())
}

/// Ranges that the file declares for inputs. Others follow from its data and are no bounds for the program's.
fn ranges(loaded: &Checked) -> Vec<(String, f64, f64)> {
    let file = parse(&loaded.source.text).map(|file| file.items).unwrap_or_default();
    let members = file.into_iter().filter_map(|item| match item {
        Item::Network(network) => Some(network.members),
        _ => None,
    });
    let declared: BTreeSet<String> = members
        .flatten()
        .filter_map(|member| match member {
            Member::Input { name, range: Some(_), .. } => Some(name.name),
            _ => None,
        })
        .collect();
    let own = |node: &Node| Some((node.name.clone(), node.ranges.first()?.low, node.ranges.first()?.high));
    let inputs = loaded.model.inputs().map(|(_, node)| node);
    inputs.filter(|node| declared.contains(&node.name)).filter_map(own).collect()
}

/// What the file says about simulation, for a program that cannot read the file. A pot that learns does not settle, so
/// its course has an end: that of the first presentation, or of two cycles of the clock.
fn simulation(session: &Session, loaded: &Checked, pot: &Compiled) -> Result<nnrc_rust::Simulation, Stop> {
    let model = &pot.model;
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
    if let Some(feed) = &pot.lowered.crn.protocol.feed {
        simulation.until = simulation.until.or(Some(feed.hold));
    }
    if pot.lowered.clocked().is_some() {
        match Cycles::new(model, &pot.lowered, pot.runner().into_engine()) {
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

fn unwritable<T>(session: &Session, loaded: &Checked, place: &Path, error: &io::Error) -> Result<T, Stop> {
    let message = format!("cannot write `{}`: {}", place.display(), nnrc::disk::reason(error));
    session.terminal.fail(&loaded.source, Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message))
}

/// Concentrations at the fixed point.
fn settled(session: &Session, loaded: &Checked, pot: &Compiled) -> Result<Vec<f64>, Stop> {
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
    loaded: &Checked,
    pot: &Compiled,
    args: &CompileArgs,
    destination: &Destination,
) -> Result<(), Stop> {
    let meanings = meanings::of(&pot.model);
    let notes = match args.provenance.unwrap_or(Provenance::Full) {
        Provenance::Full => {
            let mut notes = meanings::notes(&pot.model, &meanings);
            notes.extend(Running::of(pot).notes(args.feed.unwrap_or(Feed::Events) == Feed::Events));
            notes
        }
        Provenance::None => Vec::new(),
    };
    let options = Options {
        notes,
        meanings,
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
            Feed::Events => nnrc_sbml::Feed::Events,
            Feed::None => nnrc_sbml::Feed::None,
        },
        observables: match args.observables.unwrap_or(Observables::None) {
            Observables::None => nnrc_sbml::Observables::None,
            Observables::Rules => nnrc_sbml::Observables::Rules,
        },
        ..default_options(pot.model.chemistry.construction)
    };
    if options.feed == nnrc_sbml::Feed::Events
        && let Some(nnrc_crn::Feed { order: nnrc_crn::Order::Shuffle { .. }, .. }) =
            pot.lowered.crn.protocol.feed
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
    let result = destination.try_write(|out| {
        match nnrc_sbml::write(&pot.lowered.crn, &pot.lowered.info, &options, out) {
            Ok(()) => Ok(()),
            Err(nnrc_sbml::Error::Io(error)) => Err(error),
            Err(error) => {
                let message = error.to_string();
                refused = Some(error);
                Err(io::Error::other(message))
            }
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
        nnrc_sbml::Error::IdCollision { .. } => {
            let finding = Diagnostic::global(Severity::Error, codes::ID_COLLISION, format!("SBML: {error}"))
                .help("give the layer another name, or leave out `--observables rules`");
            return session.terminal.fail(&loaded.source, finding);
        }
        nnrc_sbml::Error::BadUnit { .. } => codes::OUT_OF_RANGE,
        _ => codes::NOT_SERVED,
    };
    let finding = Diagnostic::global(Severity::Error, code, format!("SBML: {error}"));
    session.terminal.fail(&loaded.source, finding)
}
