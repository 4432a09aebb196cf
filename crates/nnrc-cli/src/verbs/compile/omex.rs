//! The archive with everything that a network was made of.

use nnrc::Disk;
use nnrc::disk::DASH;
use nnrc::export::omex::Recipe;
use nnrc::export::sedml::Version;
use nnrc_sbml::Options;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::args::{CompileArgs, Sedml};
use crate::session::Session;
use crate::terminal::Stop;

/// What goes into an archive: the text's name, its files, and what the command line changes.
pub fn recipe(session: &Session, args: &CompileArgs, disk: &Disk, options: Options) -> Result<Recipe, Stop> {
    let file = &args.file.file;
    let name = match file.file_name().filter(|_| file.as_os_str() != DASH) {
        Some(name) => name.to_string_lossy().into_owned(),
        None => "model.nnr".to_owned(),
    };
    let mut files = match disk.undecoded() {
        Ok(files) => files.0,
        Err(error) => {
            let message = format!("a file was there and is no more: {}", error.message);
            let finding = Diagnostic::global(Severity::Error, codes::UNREADABLE_FILE, message);
            return session.terminal.fail(&nnrc_syntax::Source::new("", ""), finding);
        }
    };
    let common = session.common();
    // Weights of the command line lie where nobody else has them.
    let weights = common.weights.as_deref().map(|path| {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let name = format!("weights-given.{ending}");
        if let Some(bytes) = files.remove(&disk.seen_from_here(path)) {
            files.insert(name.clone(), bytes);
        }
        name
    });
    let pair = |setting: &String| {
        setting.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.to_owned()))
    };
    let version = match args.sedml.unwrap_or(Sedml::L1v4) {
        Sedml::L1v3 => Version::V3,
        Sedml::L1v4 => Version::V4,
    };
    let settings = common.set.iter().filter_map(pair).collect();
    Ok(Recipe { name, files, settings, weights, seed: common.seed, options, version })
}
