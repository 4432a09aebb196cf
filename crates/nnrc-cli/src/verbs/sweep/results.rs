//! The folder of results: a file for each point, complete or not there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nnrc::Failure;
use nnrc::disk::reason;
use nnrc::sweep::{Outcome, Point, Product};
use nnrc_sim::io::read_file;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use serde_json::Value;

use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;

/// Endings of the files of a point: its table, its weights, its failure.
const TABLE: &str = "csv";
const WEIGHTS: &str = "npz";
const FAILURE: &str = "error.json";

/// A folder of results.
pub struct Results<'a> {
    folder: &'a Path,
}

/// What there is of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its table.
    Done,
    /// Its failure.
    Failed,
    /// Nothing.
    Missing,
}

impl<'a> Results<'a> {
    /// A folder that is there, or not.
    pub fn new(folder: &'a Path) -> Self {
        Self { folder }
    }

    /// Makes the folder.
    pub fn create(&self, session: &Session) -> Result<(), Stop> {
        let made = fs::create_dir_all(self.folder);
        Destination::File(self.folder.to_owned()).report(&session.terminal, made)
    }

    fn path(&self, point: &Point, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", point.id))
    }

    /// What there is of a point.
    pub fn state(&self, point: &Point) -> State {
        if self.path(point, TABLE).exists() {
            State::Done
        } else if self.path(point, FAILURE).exists() {
            State::Failed
        } else {
            State::Missing
        }
    }

    /// Writes what a point gave. Its table comes last: where it is, everything is.
    pub fn write(&self, session: &Session, point: &Point, product: &Product) -> Result<(), Stop> {
        if let Some(weights) = &product.weights {
            self.put(session, &self.path(point, WEIGHTS), weights)?;
        }
        self.put(session, &self.path(point, TABLE), product.csv.as_bytes())?;
        // It failed in another run, and does not any more.
        match fs::remove_file(self.path(point, FAILURE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Destination::File(self.path(point, FAILURE)).report(&session.terminal, Err(error))
            }
            _ => Ok(()),
        }
    }

    /// Writes how a point failed.
    pub fn write_failure(&self, session: &Session, point: &Point, failure: &Value) -> Result<(), Stop> {
        self.put(session, &self.path(point, FAILURE), format!("{failure}\n").as_bytes())
    }

    fn put(&self, session: &Session, path: &Path, bytes: &[u8]) -> Result<(), Stop> {
        session.keep_inputs(path, "name another folder for the results: `--out other`")?;
        Destination::File(path.to_owned()).write(&session.terminal, |out| out.write_all(bytes))
    }

    /// What became of a point.
    pub fn outcome(&self, point: &Point) -> Result<Option<Outcome>, Failure> {
        let read = |ending: &str| {
            let path = self.path(point, ending);
            let bytes = match read_file(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(unreadable(&path, &reason(&error))),
            };
            String::from_utf8(bytes).map(Some).map_err(|_| unreadable(&path, "it is not UTF-8 text"))
        };
        if let Some(table) = read(TABLE)? {
            return Ok(Some(Outcome::Table(table)));
        }
        Ok(read(FAILURE)?.map(Outcome::Failed))
    }

    /// Notes the results of points as files that this run reads.
    pub fn note(&self, session: &Session, points: &[Point]) {
        for point in points {
            session.reads(&self.path(point, TABLE));
        }
    }

    /// Names of results in the folder, without their endings; other files do not matter.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read.
    pub fn ids(&self, session: &Session) -> Result<Vec<String>, Stop> {
        let entries = match fs::read_dir(self.folder) {
            Ok(entries) => entries,
            Err(error) => {
                let failure = unreadable(self.folder, &reason(&error));
                return Err(Stop::Said(session.terminal.end(failure.into())));
            }
        };
        let id = |name: &str| {
            let (id, ending) = name.split_once('.')?;
            let is_id = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
            (is_id && [TABLE, WEIGHTS, FAILURE].contains(&ending)).then(|| id.to_owned())
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut ids: Vec<String> = names.filter_map(|name| id(&name)).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

fn unreadable(path: &Path, reason: &str) -> Failure {
    let message = format!("cannot read `{}`: {reason}", path.display());
    let finding = Diagnostic::global(Severity::Error, codes::UNREADABLE_FILE, message);
    Failure::new(&Source::new("", ""), finding)
}
