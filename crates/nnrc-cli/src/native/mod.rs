//! Simulation and training in a generated crate: `--engine crate`.
//!
//! - `cache`: where generated crates and what is built from them are kept;
//! - `cargo`: finding the toolchain and building;
//! - `run`, `train`: the program, its files, and what it says;
//! - `child`: programs end with this one.

mod cache;
mod cargo;
pub mod child;
mod package;
mod run;
mod train;

use std::path::Path;

use nnrc_rust::{MODEL, Options};
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::args::EngineKind;
use crate::session::Session;
use crate::terminal::Stop;
use cache::Cache;
use cargo::Absent;
pub use child::end_all;
use nnrc::Checked;
use nnrc::Compiled;
use nnrc::training::{refused_in_a_program, trained};
use package::Crate;
pub use run::Program;
pub use train::{Ended, TrainRequest};

/// What is said where nothing can be built.
const NO_TOOLCHAIN: &str = "`--engine crate` needs Rust (cargo and rustc), which is not installed here: \
                            the engine of this process serves instead";

/// What `--engine` asks for: a program for the network of a pot, or none where the engine of this process serves,
/// which it also does where there is no Rust toolchain.
pub fn program(session: &Session, pot: &Compiled, engine: EngineKind) -> Result<Option<Program>, Stop> {
    build(session, pot, engine, None)
}

/// What `--engine` asks for: a program that trains the network of a model, or none as above.
pub fn trainer(session: &Session, loaded: &Checked, engine: EngineKind) -> Result<Option<Program>, Stop> {
    if engine == EngineKind::Process {
        return Ok(None);
    }
    if let Some(finding) = refused_in_a_program(&loaded.model) {
        return Err(loaded.failed(finding).into());
    }
    let pot = loaded.compile_for_training(&loaded.model.default_input())?;
    // How to train is said on the command line: other settings are no other program.
    let training =
        nnrc_rust::Training { defaults: None, stops: Vec::new(), ..trained(&pot.model, &pot.lowered) };
    build(session, &pot, engine, Some(training))
}

fn build(
    session: &Session,
    pot: &Compiled,
    engine: EngineKind,
    training: Option<nnrc_rust::Training>,
) -> Result<Option<Program>, Stop> {
    if engine == EngineKind::Process {
        return Ok(None);
    }
    let terminal = &session.terminal;
    let Some(compiler) = cargo::compiler() else {
        terminal.note(NO_TOOLCHAIN);
        return Ok(None);
    };
    let cache = match Cache::open() {
        Ok(cache) => cache,
        Err(finding) => return terminal.fail(&pot.source, *finding),
    };
    let (files, model) = match files(pot, &cache, &compiler, training) {
        Ok(found) => found,
        Err(error) => {
            let finding =
                Diagnostic::global(Severity::Error, codes::NOT_SERVED, format!("--engine crate: {error}"))
                    .help("leave it out: the engine of this process serves every network");
            return terminal.fail(&pot.source, finding);
        }
    };
    let built = cache.program(&files, &mut |place: &Path| {
        terminal.note(&format!("building {} (once for each structure of a network)", place.display()));
    });
    match built.and_then(|path| Ok(Program::new(path, &model)?)) {
        Ok(program) => Ok(Some(program)),
        Err(Absent::Toolchain) => {
            terminal.note(NO_TOOLCHAIN);
            Ok(None)
        }
        Err(Absent::Failed(finding)) => terminal.fail(&pot.source, *finding),
    }
}

/// The crate of a network and its numbers, which are no part of what is compiled.
fn files(
    pot: &Compiled,
    cache: &Cache,
    compiler: &str,
    training: Option<nnrc_rust::Training>,
) -> Result<(Crate, Vec<u8>), nnrc_rust::Error> {
    let library = nnrc_rust::library();
    let toolchain = cache::hash(compiler, &nnrc_rust::Files::new());
    let sim = cache::hash(&toolchain, &library);
    let options = Options { sim_path: Some(cache.library_path(&sim)), training, ..Options::default() };
    let mut files = nnrc_rust::generate(&pot.lowered.crn, &pot.lowered.info, &options)?;
    let model = files.remove(Path::new(MODEL)).unwrap_or_default();
    // The name of the program contains the hash: programs of one name would take each other's place.
    let name = format!("{}-{}", pot.lowered.crn.name.to_lowercase(), cache::hash(&sim, &files));
    nnrc_rust::rename(&mut files, &pot.lowered.crn, &name);
    Ok((Crate { toolchain, name, files, library: (sim, library) }, model))
}
