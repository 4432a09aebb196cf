//! Files of trained models: the model itself, and what stands beside it.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path};

use nnrc_import::{FileError, Files, limits};
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use super::{Disk, reason};
use crate::failure::Failure;

impl Disk {
    /// The bytes of a model file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that is too large.
    pub fn model(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        self.bytes(path, limits::MODEL_BYTES as u64)
    }

    /// The bytes of an SBML file.
    ///
    /// # Errors
    ///
    /// As [`Disk::model`].
    pub fn sbml(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        self.bytes(path, nnrc_verify::kernel::sbml::MAX_BYTES as u64)
    }

    /// The bytes of a certificate, or of a map of inputs and outputs.
    ///
    /// # Errors
    ///
    /// As [`Disk::model`].
    pub fn certificate(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        self.bytes(path, nnrc_verify::kernel::json::MAX_BYTES as u64)
    }

    fn bytes(&self, path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
        let name = path.display().to_string();
        let failed = |code, message| {
            let finding = Diagnostic::global(Severity::Error, code, message);
            Failure::new(&Source::new(name.clone(), ""), finding)
        };
        self.record.add(path);
        let mut bytes = Vec::new();
        // A pipe that nobody writes to, or a device, may never end.
        let regular = fs::metadata(path).and_then(|file| {
            if file.is_file() { Ok(()) } else { Err(std::io::Error::other("it is no regular file")) }
        });
        let read = regular
            .and_then(|()| File::open(path))
            .and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            return Err(failed(codes::UNREADABLE_FILE, format!("cannot read `{name}`: {}", reason(&error))));
        }
        if bytes.len() as u64 > most {
            let message = format!("`{name}` has more than {} MiB, the most that is read", most >> 20);
            return Err(failed(codes::FILE_TOO_LARGE, message));
        }
        Ok(bytes)
    }
}

/// Files of the folder, none of which is reached through a link.
impl Files for Disk {
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, FileError> {
        let mut place = self.folder.clone();
        for part in Path::new(path).components() {
            let Component::Normal(part) = part else { return Err(FileError::Missing) };
            place.push(part);
            match fs::symlink_metadata(&place) {
                Ok(found) if found.is_symlink() => return Err(FileError::SymbolicLink),
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(FileError::Missing),
                Err(error) => return Err(FileError::Other(reason(&error))),
            }
        }
        self.record.add(&place);
        let found = fs::metadata(&place).map_err(|error| FileError::Other(reason(&error)))?;
        if !found.is_file() {
            return Err(FileError::Other("it is no regular file".to_owned()));
        }
        if found.len() > most {
            return Err(FileError::TooLarge);
        }
        let mut bytes = Vec::new();
        let read = File::open(&place).and_then(|file| file.take(most).read_to_end(&mut bytes));
        read.map_err(|error| FileError::Other(reason(&error)))?;
        Ok(bytes)
    }
}
