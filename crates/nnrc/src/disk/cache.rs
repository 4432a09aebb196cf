//! Files that are read again and again: decoded once as long as size and time stamp stay the same.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_syntax::codes;

use super::Disk;

/// An invariant.
const AS_ASKED: &str = "what was read is what was asked for";

/// What is kept at most, by the sizes of the files.
const KEPT: u64 = 512 << 20;

/// What was read from files, by their places.
#[derive(Default)]
pub struct Cache {
    files: RefCell<BTreeMap<PathBuf, Entry>>,
    /// Counts uses, so that the file which was not used for longest can be forgotten.
    uses: Cell<u64>,
}

struct Entry {
    stamp: Stamp,
    used: u64,
    content: Content,
}

/// Size and time stamp.
type Stamp = (u64, Option<SystemTime>);

/// What a file was read as; another way to read it replaces this.
#[derive(Clone)]
enum Content {
    Arrays(Rc<Known>),
    Table(TableLayout, Table),
    Idx(Tensor),
}

/// Arrays of which each is decoded once.
struct Known {
    file: Box<dyn Arrays>,
    read: RefCell<BTreeMap<String, Result<Tensor, ResourceError>>>,
}

struct Shared(Rc<Known>);

impl Arrays for Shared {
    fn names(&self) -> Vec<&str> {
        self.0.file.names()
    }

    fn holds(&self, name: &str) -> bool {
        self.0.file.holds(name)
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>, ResourceError> {
        self.0.file.shape(name)
    }

    fn read(&self, name: &str) -> Result<Tensor, ResourceError> {
        let mut read = self.0.read.borrow_mut();
        read.entry(name.to_owned()).or_insert_with(|| self.0.file.read(name)).clone()
    }

    fn texts(&self, name: &str) -> Option<Result<Vec<String>, ResourceError>> {
        self.0.file.texts(name)
    }
}

/// A folder whose files are kept in a cache.
pub struct CachedDisk<'c> {
    disk: Disk,
    cache: &'c Cache,
    /// The largest file that is read, in bytes.
    limit: u64,
    refused: Cell<bool>,
}

impl<'c> CachedDisk<'c> {
    /// The files of a folder, none of which is larger than `limit` bytes.
    pub fn new(disk: Disk, cache: &'c Cache, limit: u64) -> Self {
        Self { disk, cache, limit, refused: Cell::new(false) }
    }

    /// Whether a file was not read because of its size; what was found out then is about its absence.
    pub fn has_refused(&self) -> bool {
        self.refused.get()
    }

    fn get<T>(
        &self,
        path: &str,
        known: impl Fn(&Content) -> Option<T>,
        read: impl FnOnce() -> Result<Content, ResourceError>,
    ) -> Result<T, ResourceError> {
        let place = self.disk.place(path);
        let Some(stamp) = stamp(&place) else {
            // There is no such file, and the disk knows the words for that.
            return read().map(|content| known(&content).expect(AS_ASKED));
        };
        if stamp.0 > self.limit {
            self.refused.set(true);
            return Err(too_large());
        }
        let used = self.cache.uses.get() + 1;
        self.cache.uses.set(used);
        let mut files = self.cache.files.borrow_mut();
        if let Some(entry) = files.get_mut(&place).filter(|entry| entry.stamp == stamp)
            && let Some(found) = known(&entry.content)
        {
            entry.used = used;
            return Ok(found);
        }
        let content = read()?;
        let found = known(&content).expect(AS_ASKED);
        files.insert(place, Entry { stamp, used, content });
        forget(&mut files);
        Ok(found)
    }
}

fn too_large() -> ResourceError {
    ResourceError { code: codes::UNREADABLE_FILE, message: "it is read when the text is saved".to_owned() }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some((found.len(), found.modified().ok()))
}

/// Forgets what was not used for longest, until the rest is small enough; the last one used stays.
fn forget(files: &mut BTreeMap<PathBuf, Entry>) {
    while files.len() > 1 && files.values().map(|entry| entry.stamp.0).sum::<u64>() > KEPT {
        let oldest = files.iter().min_by_key(|(_, entry)| entry.used).map(|(place, _)| place.clone());
        oldest.and_then(|place| files.remove(&place));
    }
}

impl Resources for CachedDisk<'_> {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        let known = |content: &Content| match content {
            Content::Arrays(arrays) => Some(arrays.clone()),
            Content::Table(..) | Content::Idx(_) => None,
        };
        let read = || {
            let file = self.disk.tensors(path)?;
            Ok(Content::Arrays(Rc::new(Known { file, read: RefCell::default() })))
        };
        Ok(Box::new(Shared(self.get(path, known, read)?)))
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        let known = |content: &Content| match content {
            Content::Table(own, table) if *own == layout => Some(table.clone()),
            Content::Arrays(_) | Content::Table(..) | Content::Idx(_) => None,
        };
        self.get(path, known, || Ok(Content::Table(layout, self.disk.table(path, layout)?)))
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        let known = |content: &Content| match content {
            Content::Idx(tensor) => Some(tensor.clone()),
            Content::Arrays(_) | Content::Table(..) => None,
        };
        self.get(path, known, || Ok(Content::Idx(self.disk.idx(path)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: TableLayout = TableLayout { separator: None, has_header: true };

    fn table(cache: &Cache, folder: &Path, limit: u64) -> Result<Table, ResourceError> {
        let disk = Disk::of(&folder.join("m.nnr"));
        CachedDisk::new(disk, cache, limit).table("d.csv", LAYOUT)
    }

    #[test]
    fn a_file_is_read_again_when_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        let cache = Cache::default();
        assert_eq!(table(&cache, folder.path(), 99).unwrap_err().code, codes::UNREADABLE_FILE);
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        assert_eq!(table(&cache, folder.path(), 99).unwrap().names, ["a", "b"]);
        std::fs::write(&path, "c\n1\n").unwrap();
        assert_eq!(table(&cache, folder.path(), 99).unwrap().names, ["c"]);
        // What stays as it was is not read again: nobody notices bytes that leave size and time as they are.
        let stamp = path.metadata().unwrap().modified().unwrap();
        std::fs::write(&path, "d\n1\n").unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(stamp).unwrap();
        assert_eq!(table(&cache, folder.path(), 99).unwrap().names, ["c"]);
    }

    #[test]
    fn large_files_wait() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("d.csv"), "a,b\n1,2\n").unwrap();
        let cache = Cache::default();
        let small = CachedDisk::new(Disk::of(&folder.path().join("m.nnr")), &cache, 3);
        assert!(small.table("d.csv", LAYOUT).is_err());
        assert!(small.has_refused());
        let large = CachedDisk::new(Disk::of(&folder.path().join("m.nnr")), &cache, 8);
        assert!(large.table("d.csv", LAYOUT).is_ok());
        assert!(!large.has_refused());
    }
}
