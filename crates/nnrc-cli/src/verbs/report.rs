//! `nnrc report`: one page about a network.

use std::io;
use std::path::{Path, PathBuf};

use nnrc::disk::{DASH, reason};
use nnrc::report::Beside;
use nnrc::table::Table;
use nnrc_sim::io::read_file;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::args::ReportArgs;
use crate::destination::Destination;
use crate::notes::Notes;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, args: &ReportArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let file = &args.file.file;
    let disk = session.disk(file);
    let loaded = session.load_from(file, &disk)?;
    let name = &loaded.model.name;
    let default = || Destination::named_after(file, name, ".report.html");
    let destination = args.output.as_deref().map_or_else(default, Destination::new);
    let mut beside = Beside {
        training: table(session, file, name, ".train.csv")?,
        noise: table(session, file, name, ".noise.csv")?,
        files: Vec::new(),
    };
    session.require_places(&[&destination])?;
    match disk.undecoded() {
        Ok(files) => beside.files = files.0.into_iter().collect(),
        Err(error) => {
            let message = format!("a file was there and is no more: {}", error.message);
            let finding = Diagnostic::global(Severity::Error, codes::UNREADABLE_FILE, message);
            return terminal.fail(&Source::new("", ""), finding);
        }
    }
    let data = args.values.data.as_deref().map(|name| session.data(&loaded, name)).transpose()?;
    let input = session.input(&loaded, &args.values)?;
    let page = loaded.report(&input, data.as_ref(), &beside, &mut Notes(terminal))?;
    destination.write(terminal, |out| out.write_all(page.as_bytes()))?;
    if let Destination::File(path) = &destination {
        terminal.note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// The table that a verb has left in this folder, else beside the model, with its name; none where it is nowhere.
fn table(
    session: &Session,
    file: &Path,
    network: &str,
    ending: &str,
) -> Result<Option<(String, Table)>, Stop> {
    let here = Destination::named_after(file, network, ending);
    let Some(here) = here.path().map(Path::to_path_buf) else { return Ok(None) };
    let mut places: Vec<PathBuf> = vec![here.clone()];
    if file.as_os_str() != DASH {
        places.push(file.with_file_name(&here));
    }
    let fail = |code, message: String| {
        let finding = Diagnostic::global(Severity::Error, code, message)
            .help("remove it, or make it again with `nnrc train` or `nnrc noise`");
        session.terminal.fail(&Source::new("", ""), finding)
    };
    for place in places {
        let shown = place.display();
        let bytes = match read_file(&place) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                return fail(codes::UNREADABLE_FILE, format!("cannot read `{shown}`: {}", reason(&error)));
            }
        };
        session.reads(&place);
        let table = String::from_utf8(bytes).map_err(|_| "it is no text".to_owned());
        return match table.and_then(|text| Table::read(&text)) {
            Ok(table) => Ok(Some((here.display().to_string(), table))),
            Err(why) => fail(codes::MALFORMED_FILE, format!("cannot read `{shown}`: {why}")),
        };
    }
    Ok(None)
}
