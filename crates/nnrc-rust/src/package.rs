//! The files around `src/crn.rs`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nnrc_crn::{Axis, Crn, Handle};
use nnrc_sim::io::{Array, Arrays};
use nnrc_sim::meanings::Meanings;
use nnrc_sim::sources::FILES;

use crate::error::Error;
use crate::options::Options;
use crate::values::initial_key;

/// Files by their paths within the crate.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Name of the file by which a folder is known to be a generated crate.
pub const MARKER: &str = ".nnrc-crate";

/// The path within a crate at which its numbers are: the only file that other weights of the same signs change.
pub const MODEL: &str = "data/model.npz";

/// The files of a crate with this `src/crn.rs`.
pub(crate) fn files(crn: &Crn, source: &str, options: &Options) -> Result<Files, Error> {
    let name = package_name(&crn.name);
    let sim = options.sim_path.as_deref().unwrap_or("nnrc-sim");
    let fill = |template: &str| {
        // A path may hold what TOML escapes.
        let sim = sim.replace('\\', "\\\\").replace('"', "\\\"");
        template.replace("@NAME@", &name).replace("@NETWORK@", &crn.name).replace("@SIM@", &sim)
    };
    let mut files = Files::new();
    let mut put = |path: &str, text: &str| files.insert(Path::new(path).to_owned(), text.as_bytes().to_vec());
    put(MARKER, "This folder was written by nnrc, which may write it again.\n");
    put(".gitignore", "/target\n");
    put("Cargo.toml", &fill(include_str!("../template/crate.toml")));
    put(".cargo/config.toml", include_str!("../template/config.toml"));
    put("README.md", &fill(include_str!("../template/README.md")));
    put("rustfmt.toml", "max_width = 89\nuse_small_heuristics = \"Max\"\nstruct_lit_width = 0\n");
    let main = include_str!("../template/main.rs");
    let run = match (&options.training, &options.pot) {
        (Some(_), _) => "run_and_train",
        (None, Some(_)) => "run_and_present",
        (None, None) => "run",
    };
    put("src/main.rs", &main.replace("@RUN@", run));
    put("src/crn.rs", source);
    put("Cargo.lock", &lock(&name));
    if options.sim_path.is_none() {
        let place = Path::new("nnrc-sim");
        files.extend(library().into_iter().map(|(path, bytes)| (place.join(path), bytes)));
    }
    files.insert(Path::new(MODEL).to_owned(), model(crn, &options.meanings)?);
    Ok(files)
}

/// Gives the package of a crate, and with it its program, another name.
pub fn rename(files: &mut Files, crn: &Crn, name: &str) {
    let old = format!("name = \"{}\"", package_name(&crn.name));
    if let Some(manifest) = files.get_mut(Path::new("Cargo.toml")) {
        let text = String::from_utf8_lossy(manifest).replacen(&old, &format!("name = \"{name}\""), 1);
        *manifest = text.into_bytes();
    }
    files.insert("Cargo.lock".into(), lock(name).into_bytes());
}

/// The run-time library as a crate of its own, for [`Options::sim_path`].
pub fn library() -> Files {
    let mut files = Files::new();
    let mut put = |path: String, text: &str| files.insert(path.into(), text.as_bytes().to_vec());
    put("Cargo.toml".to_owned(), include_str!("../template/sim.toml"));
    put("rustfmt.toml".to_owned(), include_str!("../template/sim-rustfmt.toml"));
    for (path, text) in FILES {
        put(format!("src/{path}"), text);
    }
    files
}

/// The name of the package: that of the network in lower case, which no dependency can have.
fn package_name(network: &str) -> String {
    format!("{}-crn", network.trim_end_matches('_').to_lowercase().replace('_', "-"))
}

/// The lock file: the template's entries with the package's own one at its place.
fn lock(name: &str) -> String {
    let template = include_str!("../template/crate.lock");
    let (head, packages) = template.split_once("[[package]]\n").unwrap_or((template, ""));
    let own = format!("name = \"{name}\"\nversion = \"0.1.0\"\ndependencies = [\n \"nnrc-sim\",\n]\n");
    let mut packages: Vec<&str> = packages.split("\n[[package]]\n").map(str::trim_end).collect();
    packages.push(own.trim_end());
    packages
        .sort_by_key(|package| package.lines().next().unwrap_or_default().trim_end_matches('"').to_owned());
    format!("{head}[[package]]\n{}\n", packages.join("\n\n[[package]]\n"))
}

/// The model file: everything of the network that is a number, and what its inputs and outputs are.
fn model(crn: &Crn, meanings: &Meanings) -> Result<Vec<u8>, Error> {
    let shape = |axes: &[Handle<Axis>]| axes.iter().map(|&axis| crn.axes[axis].size()).collect();
    let mut arrays = Arrays::new();
    for (_, constant) in crn.rate_constants.iter() {
        let array = Array { shape: shape(&constant.axes), values: constant.values.clone() };
        arrays.insert(constant.stem.clone(), array);
    }
    for (_, family) in crn.species.iter() {
        let array = Array { shape: shape(&family.axes), values: family.initial.clone() };
        arrays.insert(initial_key(family), array);
    }
    let mut bytes = Vec::new();
    meanings
        .write(&mut bytes, &arrays, false)
        .map_err(|error| Error::TooLarge { reason: error.to_string() })?;
    Ok(bytes)
}
