//! A COMBINE archive: the chemistry with the experiment that shows it, what comes out, and all that it was made of.
//!
//! COPASI and Tellurium open it with plot, duration and tolerances ready. The source within makes it possible to derive
//! everything again: see [`reproduce`](super::reproduce).
//!
//! Source: COMBINE archive format 1.0 (Bergmann et al. 2014, 10.1186/s12859-014-0369-z). The format of the experiment is
//! written without level and version: with those of the newest SED-ML COPASI opens the model and nothing else.

use std::collections::BTreeMap;
use std::fmt::Write;

use nnrc_model::Construction;
use nnrc_sbml::{Inputs, Level, Observables, Options, Provenance, TimedSettings};
use nnrc_sim::io::zip;
use nnrc_syntax::{Diagnostic, Severity, codes};
use serde_json::{Value, json};

use super::{proof, sedml};
use crate::compiled::Compiled;
use crate::failure::Failure;
use crate::observer::Observer;
use crate::running::Running;
use crate::time_course::POINTS;

/// What a pot was made of, beside its text.
#[derive(Debug, Clone, Default)]
pub struct Recipe {
    /// Name of the file of the text: `iris.nnr`.
    pub name: String,
    /// Files that were read, by the paths that the text has for them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Changes of the text: `chemistry.max_order` with its expression.
    pub settings: Vec<(String, String)>,
    /// The one of the files that took the place of the weights of the text.
    pub weights: Option<String>,
    /// A seed in place of that of the text.
    pub seed: Option<u64>,
    /// How the SBML is written.
    pub options: Options,
    /// Version of SED-ML.
    pub version: sedml::Version,
}

/// Names of the members that are written anew by whoever reproduces an archive.
pub(super) const MODEL: &str = "model.xml";
pub(super) const EXPERIMENT: &str = "simulation.sedml";
pub(super) const EXPECTED: &str = "expected.csv";
pub(super) const RECIPE: &str = "nnrc.json";
pub(super) const CERTIFICATE: &str = "certificate.json";

/// Tolerances of the experiment and of what is expected of it: tools then agree within 1e-6, where their own defaults, in
/// a time course as long as this, would leave 1e-4.
const RELATIVE: f64 = 1e-10;
const ABSOLUTE: f64 = 1e-13;

/// The bytes of the archive. The time course within is computed for it, and so is the proof of its model, which a network
/// has whose values rest; where that is not found, the observer is told why.
///
/// # Errors
///
/// What SBML cannot carry; a course that cannot be followed; more than 4 GiB.
pub fn archive(pot: &Compiled, recipe: &Recipe, observer: &mut dyn Observer) -> Result<Vec<u8>, Failure> {
    let members = members(pot, recipe, observer)?;
    zip::write(members.iter().map(|(name, bytes)| (name.as_str(), bytes.clone()))).ok_or_else(|| {
        let message = "an archive holds at most 4 GiB, and these files are larger";
        pot.failed(Diagnostic::global(Severity::Error, codes::OUT_OF_RANGE, message))
    })
}

/// The members of the archive, in their order.
pub(super) fn members(
    pot: &Compiled,
    recipe: &Recipe,
    observer: &mut dyn Observer,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let sbml = pot.sbml_with(recipe.options.clone())?;
    let running = Running::of(pot);
    let (relative, absolute) = running.tolerances();
    let tolerances = (relative.min(RELATIVE), absolute.min(ABSOLUTE));
    // Rows at even times, as the experiment asks for them.
    let mut even = pot.clone();
    let simulation = &mut even.model.simulation;
    simulation.every = None;
    simulation.relative = simulation.relative.min(tolerances.0);
    simulation.absolute = simulation.absolute.min(tolerances.1);
    if simulation.until.is_none() && pot.lowered.crn.protocol.feed.is_none() {
        simulation.until = running.time();
    }
    let course = even.simulate(POINTS, observer)?;
    let level = recipe.options.level;
    let experiment = sedml::text(pot, &course, tolerances, (MODEL, level), recipe.version);
    let rests = matches!(pot.model.chemistry.construction, Construction::FixedPoint(_));
    let found = rests.then(|| proof::certificate(pot, MODEL, &sbml)).transpose();
    let certificate = found.unwrap_or_else(|why| {
        observer.note(&format!("the archive holds no proof of this file: {why}"));
        None
    });
    let places = places(recipe);
    let mut members = vec![
        (MODEL.to_owned(), sbml.into_bytes()),
        (EXPERIMENT.to_owned(), experiment.into_bytes()),
        (EXPECTED.to_owned(), course.csv().into_bytes()),
        ("README.md".to_owned(), readme(pot, &running, certificate.is_some()).into_bytes()),
        (RECIPE.to_owned(), written(recipe, pot, &places).into_bytes()),
        (format!("source/{}", recipe.name), pot.source.text.clone().into_bytes()),
    ];
    members.extend(certificate.map(|text| (CERTIFICATE.to_owned(), text.into_bytes())));
    members.extend(recipe.files.iter().map(|(path, bytes)| (places[path].clone(), bytes.clone())));
    let mut all = vec![("manifest.xml".to_owned(), manifest(&members, level).into_bytes())];
    all.append(&mut members);
    Ok(all)
}

/// Where each file lies within the archive: at its path if that leads nowhere else.
fn places(recipe: &Recipe) -> BTreeMap<String, String> {
    let mut outside = 0;
    let mut place = |path: &String| {
        let is_inside = !path.starts_with('/')
            && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
            && !path.contains(['\\', ':'])
            && *path != recipe.name;
        if is_inside {
            return format!("source/{path}");
        }
        outside += 1;
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        format!("source/outside/{outside}/{name}")
    };
    recipe.files.keys().map(|path| (path.clone(), place(path))).collect()
}

/// What is needed to derive the archive again.
fn written(recipe: &Recipe, pot: &Compiled, places: &BTreeMap<String, String>) -> String {
    let Options { level, provenance, inputs, feed, observables, .. } = &recipe.options;
    let files: Vec<Value> =
        places.iter().map(|(path, member)| json!({ "path": path, "member": member })).collect();
    let value = json!({
        "kind": "nnrc-archive",
        "format": 1,
        "nnrc": env!("CARGO_PKG_VERSION"),
        "model": format!("source/{}", recipe.name),
        "files": files,
        "settings": recipe.settings,
        "weights": recipe.weights,
        "seed": recipe.seed,
        "input": pot.input,
        "sbml": {
            "level": name_of(&LEVELS, *level),
            "provenance": *provenance == Provenance::Full,
            "boundary": *inputs == Inputs::Boundary,
            "events": *feed == TimedSettings::Events,
            "rules": *observables == Observables::Rules,
        },
        "sedml": if recipe.version == sedml::Version::V3 { "l1v3" } else { "l1v4" },
    });
    format!("{value:#}\n")
}

/// Levels of SBML by the names that the command has for them.
pub(super) const LEVELS: [(&str, Level); 3] =
    [("l3v1", Level::L3V1), ("l3v2", Level::L3V2), ("l2v4", Level::L2V4)];

fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, other)| *other == value).map_or("", |(name, _)| name)
}

fn manifest(members: &[(String, Vec<u8>)], level: Level) -> String {
    const SPECIFICATIONS: &str = "http://identifiers.org/combine.specifications";
    const TYPES: &str = "http://purl.org/NET/mediatypes";
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let mut content = |location: &str, format: &str, master: bool| {
        let location = location.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let master = if master { " master=\"true\"" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  <content location=\"{location}\" format=\"{format}\"{master}/>");
    };
    content(".", &format!("{SPECIFICATIONS}/omex"), false);
    content("./manifest.xml", &format!("{SPECIFICATIONS}/omex-manifest"), false);
    for (name, _) in members {
        let location = format!("./{name}");
        let ending = name.rsplit('.').next().unwrap_or_default();
        let sbml = match level {
            Level::L3V1 => "sbml.level-3.version-1",
            Level::L3V2 => "sbml.level-3.version-2",
            Level::L2V4 => "sbml.level-2.version-4",
        };
        match (name.as_str(), ending) {
            (MODEL, _) => content(&location, &format!("{SPECIFICATIONS}/{sbml}"), false),
            (EXPERIMENT, _) => content(&location, &format!("{SPECIFICATIONS}/sed-ml"), true),
            (_, "csv") => content(&location, &format!("{TYPES}/text/csv"), false),
            (_, "json") => content(&location, &format!("{TYPES}/application/json"), false),
            (_, "md") => content(&location, &format!("{TYPES}/text/markdown"), false),
            (_, "nnr") => content(&location, &format!("{TYPES}/text/plain"), false),
            _ => content(&location, &format!("{TYPES}/application/octet-stream"), false),
        }
    }
    let (head, contents) = out.split_at(out.find('\n').map_or(0, |at| at + 1));
    format!("{head}<omexManifest xmlns=\"{SPECIFICATIONS}/omex-manifest\">\n{contents}</omexManifest>\n")
}

fn readme(pot: &Compiled, running: &Running, is_proven: bool) -> String {
    let mut out = format!("# {}\n\nThe chemistry of a neural network, made by nnrc ", pot.model.name);
    out += env!("CARGO_PKG_VERSION");
    out += ".\n\n";
    for note in running.notes(true) {
        out += &format!("{note}\n");
    }
    out += "\n| file | what it is |\n|---|---|\n";
    let certificate = (
        CERTIFICATE,
        "the proof that the reactions compute the network: `nnrc verify model.xml --certificate certificate.json` checks it",
    );
    let files = [
        (MODEL, "the reactions, as SBML"),
        (
            EXPERIMENT,
            "a time course of them: COPASI, Tellurium and others open it with plot and duration ready",
        ),
        (EXPECTED, "what comes out, row by row: the same as the report of the experiment"),
        ("source", "the network and the files that it was made of"),
        (RECIPE, "how it was made of them"),
    ];
    for (file, what) in files.into_iter().chain(is_proven.then_some(certificate)) {
        out += &format!("| `{file}` | {what} |\n");
    }
    out + "\n`nnrc reproduce FILE.omex` derives all of it again from the source and compares.\n"
}
