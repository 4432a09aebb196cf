//! Values in files beside the model.

use std::collections::BTreeMap;

use prost::bytes::Bytes;

use crate::files::Files;
use crate::limits;
use crate::proto::Entry;
use crate::tensor_error::{ExternalFault, TensorFault};

/// The files beside the model, each read once.
pub(super) struct External<'a> {
    files: &'a dyn Files,
    read: BTreeMap<String, Bytes>,
    /// Bytes that may still be read.
    left: u64,
}

impl<'a> External<'a> {
    pub fn new(files: &'a dyn Files) -> Self {
        Self { files, read: BTreeMap::new(), left: limits::EXTERNAL_BYTES }
    }

    /// The bytes that the entries of a tensor of `count` bytes name.
    pub fn read(&mut self, entries: &[Entry], count: usize) -> Result<Bytes, TensorFault> {
        self.find(entries, count).map_err(TensorFault::External)
    }

    fn find(&mut self, entries: &[Entry], count: usize) -> Result<Bytes, ExternalFault> {
        let location = text(entries, "location").ok_or(ExternalFault::NoLocation)?;
        let path = inside(location).ok_or_else(|| ExternalFault::Outside(location.to_owned()))?;
        let offset = bytes(entries, "offset")?.unwrap_or(0);
        let length = bytes(entries, "length")?;
        if !self.read.contains_key(&path) {
            let content = self
                .files
                .read(&path, self.left)
                .map_err(|error| ExternalFault::File(path.clone(), error))?;
            self.left = self.left.saturating_sub(content.len() as u64);
            self.read.insert(path.clone(), Bytes::from(content));
        }
        let file = &self.read[&path];
        let size = file.len() as u64;
        // Without a length the values reach as far as their type says.
        let length = length.unwrap_or(count as u64);
        let end = offset.checked_add(length).filter(|&end| end <= size);
        match end {
            Some(end) => Ok(file.slice(offset as usize..end as usize)),
            None => Err(ExternalFault::Beyond { path, offset, length, size }),
        }
    }
}

/// A location as a path within the folder: none where it leads out, or may on some system.
fn inside(location: &str) -> Option<String> {
    if location.contains(['\\', ':', '\0']) || location.starts_with('/') {
        return None;
    }
    let parts: Vec<&str> = location.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.is_empty() || parts.contains(&"..") {
        return None;
    }
    Some(parts.join("/"))
}

fn text<'e>(entries: &'e [Entry], key: &str) -> Option<&'e str> {
    entries.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
}

/// A number of bytes; none where the entry is not there.
fn bytes(entries: &[Entry], key: &str) -> Result<Option<u64>, ExternalFault> {
    match text(entries, key) {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| ExternalFault::Number { key: key.to_owned(), text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(inside("./a//b.data").as_deref(), Some("a/b.data"));
        for outside in ["", ".", "/a", "../a", "a/../../b", "..\\a", "C:a", "a/.."] {
            assert_eq!(inside(outside), None, "{outside}");
        }
    }
}
