//! `nnrc sweep plan`: all points of a sweep.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use nnrc::disk::{DASH, reason};
use nnrc::numbers::plural;
use nnrc::sweep::{Axis, AxisError, Design, Given, Manifest, NamesRead, axis, serves};
use nnrc::{Checked, Project};
use nnrc_syntax::{Diagnostic, Severity, Source, codes, outline};

use super::{estimate, files, paths};
use crate::args::PlanArgs;
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the step.
pub fn run(session: &Session, args: &PlanArgs) -> Result<(), Stop> {
    let (terminal, file) = (&session.terminal, &args.file.file);
    if file.as_os_str() == DASH {
        return terminal.usage("a sweep is run again and again from its files: save the model in one");
    }
    let stem = file.file_stem().map_or_else(|| "sweep".into(), OsStr::to_string_lossy);
    let own = PathBuf::from(format!("{stem}.sweep.jsonl"));
    let output = Destination::new(args.output.as_deref().unwrap_or(&own));
    output.require_place(terminal)?;
    let loaded = session.load(file)?;
    session.require_places(&[&output])?;
    let design = design(session, args, &loaded)?;
    if let Err(words) = design.combinations() {
        return terminal.usage(&words);
    }
    let disk = session.disk(file);
    let names = NamesRead::new(&disk);
    let replicates = replicates(session, &design, &Project::new(loaded.source.clone(), &names))?;
    let here = output.path().and_then(Path::parent).unwrap_or(Path::new(""));
    let model = seen_from(session, here, file)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let own = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let files = files::digests(session, folder, names.names().into_iter().chain([own]))?;
    let manifest = match design.plan(&model, files, replicates) {
        Ok(manifest) => manifest,
        Err(words) => return terminal.usage(&words),
    };
    output.write(terminal, |out| out.write_all(manifest.text().as_bytes()))?;
    if let Some(path) = output.path() {
        let (points, path) = (plural(manifest.points().len(), "point"), path.display());
        terminal.note(&format!("{points} in {path}; run them with `nnrc sweep run {path}`"));
    }
    if args.estimate { estimate::run(session, &manifest, (&loaded.source, &disk)) } else { Ok(()) }
}

/// What the command line says, and the `sweep` block where that says nothing.
fn design(session: &Session, args: &PlanArgs, loaded: &Checked) -> Result<Design, Stop> {
    let sweep = loaded.model.sweep.as_ref();
    let Some(verb) = args.verb.map(Into::into).or(sweep.and_then(|sweep| sweep.verb)) else {
        return session.terminal.usage(
            "what is to be run? give `--verb noise`, `simulate`, `train` or `test`, or write `sweep { verb = noise; }`",
        );
    };
    let (mut over, mut zipped) = (axes(session, &args.over)?, axes(session, &args.zip)?);
    let says_axes = !over.is_empty() || !zipped.is_empty();
    if let Some(sweep) = sweep.filter(|_| !says_axes) {
        (over, zipped) = (sweep.over.clone(), sweep.zipped.clone());
    }
    Ok(Design {
        verb,
        over,
        zipped,
        replicates: args.replicates.or(sweep.and_then(|sweep| sweep.replicates)),
        shards: args.shards.or(sweep.and_then(|sweep| sweep.shards)),
        given: given(session, &args.file.file)?,
    })
}

fn axes(session: &Session, texts: &[String]) -> Result<Vec<Axis>, Stop> {
    let read = |text: &String| match axis(text) {
        Ok(axis) => Ok(axis),
        Err(AxisError::Form(words)) => session.terminal.usage(&words),
        Err(AxisError::Value(failure)) => Err(failure.into()),
    };
    texts.iter().map(read).collect()
}

/// What the options of every verb change at all points.
fn given(session: &Session, file: &Path) -> Result<Given, Stop> {
    let common = session.common();
    let setting = |text: &String| -> Result<(String, String), Stop> {
        // What is no setting has been refused when the file was loaded.
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        let value = nnrc::setting(key.trim(), value)?;
        Ok((key.trim().to_owned(), outline::expression(&value)))
    };
    let weights = common.weights.as_deref();
    let folder = file.parent().unwrap_or(Path::new(""));
    let weights = weights.map(|weights| seen_from(session, folder, weights)).transpose()?;
    let set = common.set.iter().map(setting).collect::<Result<_, Stop>>()?;
    Ok(Given { set, weights, seed: common.seed })
}

/// Tries the values of every axis; how many replicates a study has whose replicates are divided.
fn replicates(session: &Session, design: &Design, project: &Project<'_>) -> Result<Option<u64>, Stop> {
    let mut all: Option<u64> = None;
    for trial in design.trials() {
        let checked = project.clone().with(design.overrides(&trial)?).check()?;
        let own = serves(&checked, design.verb)?;
        if design.replicates.is_some() && all.is_some() && own != all {
            return session.terminal.usage(
                "the replicates of a study that has them as an axis cannot be divided: leave `--replicates` out",
            );
        }
        all = own;
    }
    Ok(all.filter(|_| design.replicates.is_some()))
}

/// A path as text, as seen from a folder.
fn seen_from(session: &Session, folder: &Path, file: &Path) -> Result<String, Stop> {
    let fail = |code, message| {
        let finding = Diagnostic::global(Severity::Error, code, message);
        session.terminal.fail(&Source::new("", ""), finding)
    };
    match paths::seen_from(folder, file) {
        Ok(path) => match path.to_str() {
            Some(text) => Ok(text.to_owned()),
            None => fail(codes::INVALID_UTF8, format!("the path of `{}` is not UTF-8 text", file.display())),
        },
        Err(error) => {
            fail(codes::UNREADABLE_FILE, format!("cannot find `{}`: {}", file.display(), reason(&error)))
        }
    }
}

/// The model of a manifest, and its folder.
pub fn model_of(manifest: &Path, plan: &Manifest) -> (PathBuf, PathBuf) {
    let file = manifest.parent().unwrap_or(Path::new("")).join(plan.model());
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    (file, folder)
}
