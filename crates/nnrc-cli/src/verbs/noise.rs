//! `nnrc noise`: accuracy and loss against noise.

mod progress;

use std::path::{Path, PathBuf};

use nnrc::study::Study;

use crate::args::NoiseArgs;
use crate::destination::{Destination, is_special};
use crate::session::{Session, threads};
use crate::terminal::Stop;
use crate::training::Watch;
use progress::Progress;

/// Runs the verb.
pub fn run(session: &Session, args: &NoiseArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let loaded = session.load(&args.file.file)?;
    let study = Study::of(&loaded)?;
    let (table, picture) = outputs(session, args, &loaded.model.name)?;
    let picture = picture.map(Destination::File);
    session.require_places(&std::iter::once(&table).chain(&picture).collect::<Vec<_>>())?;
    let test = study.test_set()?;
    let disk = session.disk(&args.file.file);
    let project = session.project(&loaded, &disk)?;
    let mut watch = Watch::new(terminal, None);
    let variants = study.trained(&project, threads(), &mut watch);
    watch.end()?;
    let variants = variants?;
    let threads = args.threads.map_or_else(threads, |n| n as usize);
    let results = study.run(&test, &variants, threads, &mut Progress::new(terminal))?;
    if terminal.is_json() {
        results.rows.iter().try_for_each(|row| terminal.print_json(&row.json()))?;
    } else if table != Destination::Stdout {
        terminal.print(&results.text())?;
    }
    table.write(terminal, |out| out.write_all(results.csv().as_bytes()))?;
    let Some(picture) = picture else { return Ok(()) };
    picture.write(terminal, |out| out.write_all(results.svg().as_bytes()))?;
    if let (Destination::File(path), Destination::File(picture)) = (&table, &picture) {
        terminal.note(&format!("wrote {} and {}", path.display(), picture.display()));
    }
    Ok(())
}

/// The table, and the picture beside it.
fn outputs(
    session: &Session,
    args: &NoiseArgs,
    network: &str,
) -> Result<(Destination, Option<PathBuf>), Stop> {
    let Some(path) = &args.output else {
        let named = |ending| Destination::named_after(&args.file.file, network, ending);
        let picture = named(".noise.svg").path().map(Path::to_path_buf);
        return Ok((named(".noise.csv"), picture));
    };
    let table = Destination::new(path);
    if table == Destination::Stdout || is_special(path) {
        return Ok((table, None));
    }
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        let message = format!("`-o {}`: expected a name that ends in .csv", path.display());
        return session.terminal.usage(&message);
    }
    Ok((table, Some(path.with_extension("svg"))))
}
