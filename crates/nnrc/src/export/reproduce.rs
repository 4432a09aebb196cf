//! An archive derived again from the source within it, and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use nnrc_analysis::Overrides;
use nnrc_sbml::{Inputs, Level, Observables, Options, Provenance, TimedSettings};
use nnrc_sim::io::zip;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use serde_json::Value;

use super::omex::{self, CERTIFICATE, EXPECTED, LEVELS, MODEL, RECIPE, Recipe};
use super::{proof, sedml};
use crate::disk::Undecoded;
use crate::failure::Failure;
use crate::observer::Observer;
use crate::project::{Project, setting};
use crate::table::Table;

/// Members of an archive that are read at most.
const MOST_MEMBERS: usize = 10_000;
/// Bytes of all members together.
const MOST_BYTES: usize = 1 << 30;
/// How far numbers of another version of nnrc may be off, relative to 1 and to the number.
const NEAR: f64 = 1e-9;

/// What a second derivation gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Reproduction {
    /// The version of nnrc that made the archive, where it is another one: then bytes are not compared.
    pub other_version: Option<String>,
    /// Members that were compared.
    pub members: usize,
    /// Numbers of the time course that were compared.
    pub numbers: usize,
    /// Where the two differ, a member each; empty where they are the same.
    pub differences: Vec<Difference>,
}

/// Where a member differs from what is derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The member.
    pub member: String,
    /// The place in it, what stands there, and what was derived.
    pub place: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.member, self.place)
    }
}

/// Derives an archive again from the source within; `name` is what it is called in messages.
///
/// # Errors
///
/// What is no archive of this kind, or a damaged one; a source that does not compile.
pub fn reproduce(name: &str, bytes: &[u8], observer: &mut dyn Observer) -> Result<Reproduction, Failure> {
    let source = Source::new(name, "");
    let unreadable = |message: String| {
        Failure::new(&source, Diagnostic::global(Severity::Error, codes::MALFORMED_FILE, message))
    };
    let members = unpacked(bytes).map_err(|message| unreadable(format!("`{name}` {message}")))?;
    let recipe = members.get(RECIPE).ok_or_else(|| {
        unreadable(format!("`{name}` has no `{RECIPE}`: it was not written by `nnrc compile --target omex`"))
    })?;
    let (text, recipe, input, version) =
        read(recipe, &members).map_err(|message| unreadable(format!("`{name}`, `{RECIPE}`: {message}")))?;
    let files = Undecoded(recipe.files.clone());
    let mut overrides =
        Overrides { weights: recipe.weights.clone(), seed: recipe.seed, ..Overrides::default() };
    for (key, value) in &recipe.settings {
        overrides.settings.push((key.clone(), setting(key, value)?));
    }
    let project = Project::from_text(&recipe.name, &text, &files).with(overrides);
    let pot = project.check()?.compile(&input)?.at_its_start()?;
    let derived = omex::members(&pot, &recipe, observer)?;
    let other_version = (version != env!("CARGO_PKG_VERSION")).then_some(version);
    let mut found = Reproduction { other_version, members: 0, numbers: 0, differences: Vec::new() };
    let known: BTreeSet<&str> = derived.iter().map(|(member, _)| member.as_str()).collect();
    for member in members.keys().filter(|member| !known.contains(member.as_str())) {
        found
            .differences
            .push(Difference { member: member.clone(), place: "it is no part of the archive".to_owned() });
    }
    let exact = found.other_version.is_none();
    for (member, own) in &derived {
        let place = match members.get(member) {
            None => Some("it is missing".to_owned()),
            Some(there) if member == EXPECTED => numbers(there, own, exact, &mut found.numbers),
            // Whoever made it, it has to be a proof of the model beside it.
            Some(there) if member == CERTIFICATE => exact
                .then(|| bytes_differ(there, own))
                .flatten()
                .or_else(|| proof::fault(members.get(MODEL)?, there)),
            Some(_) if !exact => continue,
            Some(there) => bytes_differ(there, own),
        };
        found.members += 1;
        found.differences.extend(place.map(|place| Difference { member: member.clone(), place }));
    }
    Ok(found)
}

/// The members of an archive by their names.
fn unpacked(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    if !bytes.starts_with(b"PK") {
        return Err("is no archive; `nnrc compile FILE.nnr --target omex` writes one".to_owned());
    }
    let listed = zip::members(bytes).map_err(|error| format!("cannot be unpacked: {}", error.message))?;
    if listed.len() > MOST_MEMBERS {
        return Err(format!("has {} members, and at most {MOST_MEMBERS} are read", listed.len()));
    }
    let mut sum = 0usize;
    let mut members = BTreeMap::new();
    for member in &listed {
        let name = &member.name;
        if name.ends_with('/') {
            continue;
        }
        let leads_out =
            name.starts_with('/') || name.contains(['\\', ':']) || name.split('/').any(|part| part == "..");
        if leads_out {
            return Err(format!("has a member `{name}`, whose path leads out of it"));
        }
        sum = sum.saturating_add(member.size);
        if sum > MOST_BYTES {
            return Err(format!("holds more than {} MiB, the most that is read", MOST_BYTES >> 20));
        }
        let contents = member
            .contents(bytes)
            .map_err(|error| format!("has a damaged member `{name}`: {}", error.message))?;
        if members.insert(name.clone(), contents).is_some() {
            return Err(format!("has two members `{name}`"));
        }
    }
    Ok(members)
}

/// The text of the source, the recipe, the input, and the version that wrote it.
fn read(
    recipe: &[u8],
    members: &BTreeMap<String, Vec<u8>>,
) -> Result<(String, Recipe, Vec<f64>, String), String> {
    let value: Value = serde_json::from_slice(recipe).map_err(|error| format!("it is no JSON: {error}"))?;
    let text = |value: &Value, key: &str| -> Result<String, String> {
        value[key].as_str().map(str::to_owned).ok_or_else(|| format!("`{key}` is missing, or no text"))
    };
    if text(&value, "kind")? != "nnrc-archive" || value["format"] != 1 {
        return Err("it is of another kind or format than this version reads".to_owned());
    }
    let member =
        |name: &str| members.get(name).ok_or_else(|| format!("the archive has no `{name}`, which it names"));
    let model = text(&value, "model")?;
    let source =
        String::from_utf8(member(&model)?.clone()).map_err(|_| format!("`{model}` is no UTF-8 text"))?;
    let list = |key: &str| value[key].as_array().ok_or_else(|| format!("`{key}` is missing, or no list"));
    let mut files = BTreeMap::new();
    for file in list("files")? {
        files.insert(text(file, "path")?, member(&text(file, "member")?)?.clone());
    }
    let pair = |one: &Value| match (one[0].as_str(), one[1].as_str()) {
        (Some(key), Some(value)) => Ok((key.to_owned(), value.to_owned())),
        _ => Err("`settings` has an entry that is no pair of texts".to_owned()),
    };
    let number = |one: &Value| one.as_f64().ok_or("`input` has an entry that is no number");
    let sbml = &value["sbml"];
    let is = |key: &str| {
        sbml[key].as_bool().ok_or_else(|| format!("`sbml.{key}` is missing, or neither true nor false"))
    };
    let level = text(sbml, "level")?;
    let level: Level = LEVELS
        .iter()
        .find(|(name, _)| *name == level)
        .map(|(_, level)| *level)
        .ok_or_else(|| format!("there is no level {level:?} of SBML"))?;
    let recipe = Recipe {
        name: model.strip_prefix("source/").unwrap_or(&model).to_owned(),
        files,
        settings: list("settings")?.iter().map(pair).collect::<Result<_, _>>()?,
        weights: value["weights"].as_str().map(str::to_owned),
        seed: value["seed"].as_u64(),
        options: Options {
            level,
            provenance: if is("provenance")? { Provenance::Full } else { Provenance::None },
            inputs: if is("boundary")? { Inputs::Boundary } else { Inputs::Species },
            feed: if is("events")? { TimedSettings::Events } else { TimedSettings::None },
            observables: if is("rules")? { Observables::Rules } else { Observables::None },
            ..Options::default()
        },
        version: if value["sedml"] == "l1v3" { sedml::Version::V3 } else { sedml::Version::V4 },
    };
    let input = list("input")?.iter().map(number).collect::<Result<_, _>>()?;
    Ok((source, recipe, input, text(&value, "nnrc")?))
}

/// The first line in which two texts differ, or that two files do.
fn bytes_differ(there: &[u8], own: &[u8]) -> Option<String> {
    if there == own {
        return None;
    }
    let (Ok(there), Ok(own)) = (std::str::from_utf8(there), std::str::from_utf8(own)) else {
        let at = there.iter().zip(own).take_while(|(a, b)| a == b).count();
        return Some(format!("byte {} differs", at + 1));
    };
    let mut lines = there.split('\n').zip(own.split('\n'));
    let same = lines.by_ref().take_while(|(a, b)| a == b).count();
    let line = |text: &str| {
        let line = text.split('\n').nth(same).unwrap_or("nothing more").trim();
        line.chars().take(200).collect::<String>()
    };
    Some(format!("line {} is `{}`, and `{}` is derived", same + 1, line(there), line(own)))
}

/// The first number of two tables that differs.
fn numbers(there: &[u8], own: &[u8], exact: bool, compared: &mut usize) -> Option<String> {
    let table = |bytes: &[u8]| Table::read(&String::from_utf8_lossy(bytes));
    let (there, own) = match (table(there), table(own)) {
        (Ok(there), Ok(own)) => (there, own),
        (Err(message), _) | (_, Err(message)) => return Some(format!("it is no table: {message}")),
    };
    if there.header != own.header {
        return Some("its columns are others".to_owned());
    }
    for (at, (row, derived)) in there.rows.iter().zip(&own.rows).enumerate() {
        for ((cell, other), column) in row.iter().zip(derived).zip(&own.header) {
            *compared += 1;
            let is_same = cell == other
                || !exact
                    && matches!((cell.parse::<f64>(), other.parse::<f64>()),
                        (Ok(a), Ok(b)) if (a - b).abs() <= NEAR * b.abs().max(1.0));
            if !is_same {
                return Some(format!("row {}, column `{column}` is {cell}, and {other} is derived", at + 1));
            }
        }
    }
    (there.rows.len() != own.rows.len())
        .then(|| format!("it has {} rows, and {} are derived", there.rows.len(), own.rows.len()))
}
