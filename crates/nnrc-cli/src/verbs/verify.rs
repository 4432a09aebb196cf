//! `nnrc verify`: whether the reactions of an SBML file compute a network.

mod engines;

use std::path::Path;

use nnrc::Checked;
use nnrc::verification::{self, Request, Settle, Start};
use nnrc_syntax::codes;

use crate::args::{StartArg, VerifyArgs};
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;
use engines::Engines;

/// Runs the verb.
pub fn run(session: &Session, args: &VerifyArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    if let Some(certificate) = &args.certificate {
        let [file] = &*args.files else {
            return terminal
                .usage("--certificate needs no model: `nnrc verify FILE.xml --certificate C.json`");
        };
        if let Some(option) = args.values.given() {
            return terminal.usage(&format!("{option}: a certificate says itself which inputs it is about"));
        }
        let disk = session.disk(file);
        let checked = verification::check_certificate(
            file,
            &disk.sbml(file)?,
            certificate,
            &disk.certificate(certificate)?,
        )?;
        return if terminal.is_json() {
            terminal.print_json(&checked.json())
        } else {
            terminal.print(&checked.text())
        };
    }
    let [model, file] = &*args.files else {
        return terminal.usage("two files are needed: `nnrc verify MODEL.nnr FILE.xml`");
    };
    let engines = Engines::of(session, &args.engines)?;
    let loaded = session.load(model)?;
    let disk = session.disk(file);
    let bytes = disk.sbml(file)?;
    let map = args.map.as_deref().map(|path| Ok::<_, Stop>((path, disk.certificate(path)?))).transpose()?;
    let given = points(session, &loaded, args)?;
    let over_box = args.over_box || given.is_none();
    let points = given.clone().unwrap_or_else(|| verification::sample_points(&loaded.model));
    let settle = args.settle.map(|within| Settle { within, start: args.start.into() });
    let times = (args.scale != 1.0).then_some(1.0 / args.scale);
    let request =
        Request { over_box, eps: args.eps, rate: args.rate, settle, times, ..Request::over_box(points) };
    let output = args.emit_certificate.as_deref().map(Destination::new);
    if let Some(output) = &output {
        output.path().map_or(Ok(()), |path| {
            session.keep_inputs(path, "name another place: `--emit-certificate other.json`")
        })?;
        output.require_place(terminal)?;
    }
    let map = map.as_ref().map(|(path, bytes): &(&Path, Vec<u8>)| (*path, bytes.as_slice()));
    let found = loaded.verify(file, &bytes, map, request)?;
    if terminal.is_json() {
        terminal.print_json(&found.json())?
    } else {
        terminal.print(&found.text())?
    }
    if let (Some(text), Some(output)) = (found.certificate(), &output) {
        output.write(terminal, |out| out.write_all(text.as_bytes()))?;
    }
    let agree =
        engines.map_or(Ok(true), |all| all.compare(session, &loaded, (file, &found), given.as_deref()))?;
    match if agree { found.exit_status() } else { codes::EXPECTATION_FAILED.exit } {
        0 => Ok(()),
        status => Err(Stop::Said(status)),
    }
}

impl From<StartArg> for Start {
    fn from(start: StartArg) -> Self {
        match start {
            StartArg::File => Self::File,
            StartArg::Any => Self::Any { most: verification::LARGEST_START },
        }
    }
}

/// The points that the command line asks for: all rows of data unless one is named.
fn points(session: &Session, loaded: &Checked, args: &VerifyArgs) -> Result<Option<Vec<Vec<f64>>>, Stop> {
    let values = &args.values;
    let model = &loaded.model;
    match &values.data {
        Some(name) if values.row.is_none() && values.input.is_none() => {
            let reference = session.data(loaded, name)?;
            let Some(dataset) = model.datasets.get(&reference.dataset) else { return Ok(None) };
            Ok(Some(model.rows(&reference).into_iter().map(|row| dataset.input(row).to_vec()).collect()))
        }
        _ if values.given().is_none() => Ok(None),
        _ => Ok(Some(vec![session.input(loaded, values)?])),
    }
}
