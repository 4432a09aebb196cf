//! Files and folders that are not complete yet: their names, and how they go away.
//!
//! A part stands hidden beside what it will be. It goes away when its owner is dropped, when [`abandon`] is called
//! because the process is about to end, and where the process was killed, at the next run that writes into the folder.
//!
//! ```text
//! .nnrc-MACHINE-PROCESS-START-COUNT.part
//! ```
//!
//! The name is short, so that it fits wherever the name of a file does. MACHINE stands for the boot of the machine and
//! the namespace of process numbers, START for the start of the process: together they tell whether the owner still
//! lives. Where that cannot be known (another machine on a shared disk, a system without `/proc`), a part is left alone
//! for a day after it was last written to.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

const PREFIX: &str = ".nnrc-";
const SUFFIX: &str = ".part";
/// Within a part that is a folder: what the finished folder replaces, under its own name. A part that holds such a thing
/// is never removed as a whole.
pub const REPLACED: &str = "replaced";
/// After this time a part whose owner is unknown counts as left behind.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Parts of this process.
static PARTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn parts() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    // A panic between two steps leaves a set that is still right.
    PARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A hidden file or folder, removed with its owner unless it was given its name.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// A new file in a folder.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn file(folder: &Path) -> io::Result<(Self, File)> {
        Self::make(folder, |path| OpenOptions::new().write(true).create_new(true).open(path))
    }

    /// A new, empty folder in a folder.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn folder(folder: &Path) -> io::Result<Self> {
        Ok(Self::make(folder, |path| fs::create_dir(path))?.0)
    }

    fn make<T>(folder: &Path, create: impl Fn(&Path) -> io::Result<T>) -> io::Result<(Self, T)> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        remove_stale(folder);
        let mut parts = parts();
        loop {
            let path = folder.join(name(COUNT.fetch_add(1, Ordering::Relaxed)));
            match create(&path) {
                Ok(made) => {
                    parts.insert(path.clone());
                    return Ok((Self { path }, made));
                }
                // Left behind by a process of the same number that was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does what makes it complete, undisturbed by [`abandon`]. Where that fails, or if something is left at its place
    /// afterwards, the part is removed.
    ///
    /// # Errors
    ///
    /// Those of `finish`.
    pub fn complete<T>(self, finish: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
        undisturbed(|| finish(&self.path))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut parts = parts();
        // The failure that led here is the one to report; what has got its name is not there any more.
        let _ = remove(&self.path);
        parts.remove(&self.path);
    }
}

/// Does something that [`abandon`] does not interrupt.
pub fn undisturbed<T>(work: impl FnOnce() -> T) -> T {
    let _parts = parts();
    work()
}

/// Removes every part of this process and keeps it from making or completing any: for a process that ends now.
pub fn abandon() {
    let parts = parts();
    for path in parts.iter() {
        let _ = remove(path);
    }
    std::mem::forget(parts);
}

fn remove(path: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(path)?.is_dir() {
        return fs::remove_file(path);
    }
    if path.join(REPLACED).exists() {
        Err(io::ErrorKind::AlreadyExists.into())
    } else {
        fs::remove_dir_all(path)
    }
}

/// Removes the parts that killed processes left in a folder, once in the life of this process.
fn remove_stale(folder: &Path) {
    static SEEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if !SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned()) {
        return;
    }
    for path in stale(folder) {
        // Whoever else removes it does the same.
        let _ = remove(&path);
    }
}

/// Parts in a folder whose owners are dead.
pub fn stale(folder: &Path) -> Vec<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // A folder that cannot be listed can still be written to.
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let words = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
            (!is_alive(words, &entry)?).then(|| folder.join(name))
        })
        .collect();
    found.sort();
    found
}

/// Whether the owner of a part lives, as far as one knows; none where the name is not one of ours.
fn is_alive(words: &str, entry: &fs::DirEntry) -> Option<bool> {
    let mut words = words.split('-');
    let (Some(machine), Some(process), Some(start), Some(_), None) =
        (words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return None;
    };
    let (process, start): (u32, u64) = (process.parse().ok()?, start.parse().ok()?);
    let found = entry.metadata().ok()?;
    if let Owner { machine: Some(own), .. } = owner()
        && own == machine
        && is_ours(&found)
    {
        return Some(start_of(process) == Some(start));
    }
    let is_old = found.modified().ok()?.elapsed().is_ok_and(|age| age > STALE);
    Some(!is_old)
}

/// Whether a file belongs to the user of this process: the processes of others may be hidden.
#[cfg(unix)]
fn is_ours(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == found.uid())
}

#[cfg(not(unix))]
fn is_ours(_found: &fs::Metadata) -> bool {
    false
}

/// What the names of this process begin with.
struct Owner {
    /// None where processes cannot be looked up.
    machine: Option<String>,
    start: u64,
}

fn owner() -> &'static Owner {
    static OWNER: OnceLock<Owner> = OnceLock::new();
    OWNER.get_or_init(|| {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        let namespace = fs::read_link("/proc/self/ns/pid").ok();
        let start = start_of(std::process::id());
        // Where `/proc` is that of other processes, its numbers are not ours.
        let own = fs::read_link("/proc/self").ok().and_then(|own| own.to_str()?.parse().ok());
        let machine = boot
            .zip(namespace)
            .filter(|_| own == Some(std::process::id()) && start.is_some())
            .map(|(boot, namespace)| short_hash(&format!("{boot}{}", namespace.display())));
        Owner { machine, start: start.unwrap_or(0) }
    })
}

fn name(count: u64) -> String {
    let Owner { machine, start } = owner();
    let machine = machine.as_deref().unwrap_or("0");
    format!("{PREFIX}{machine}-{}-{start}-{count}{SUFFIX}", std::process::id())
}

/// When a process that lives was started, in ticks since the start of the machine.
fn start_of(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program stands in parentheses and may hold anything; the state comes next.
    let (_, rest) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    if matches!(*fields.first()?, "Z" | "X") { None } else { fields.get(19)?.parse().ok() }
}

/// FNV-1a in 32 bits.
fn short_hash(text: &str) -> String {
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::folder;

    #[test]
    fn parts_go_away_with_their_owner_unless_they_are_complete() {
        let folder = folder("unfinished");
        let (dropped, _) = Unfinished::file(&folder).unwrap();
        let (kept, _) = Unfinished::file(&folder).unwrap();
        let full = Unfinished::folder(&folder).unwrap();
        fs::write(full.path().join("x"), "x").unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
        assert!(dropped.path().file_name().unwrap().len() < 80);
        drop((dropped, full));
        kept.complete(|part| fs::rename(part, folder.join("whole"))).unwrap();
        let (failed, _) = Unfinished::file(&folder).unwrap();
        failed.complete(|_| Err::<(), _>(io::Error::other("full"))).unwrap_err();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn only_parts_of_the_dead_are_stale() {
        let folder = folder("stale");
        let Owner { machine, start } = owner();
        let machine = machine.as_deref().unwrap();
        let own = std::process::id();
        // A process that has ended and been waited for.
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let write = |name: &str| fs::write(folder.join(name), "").unwrap();
        let living = format!("{PREFIX}{machine}-{own}-{start}-700{SUFFIX}");
        let earlier = format!("{PREFIX}{machine}-{own}-{}-1{SUFFIX}", start - 1);
        let gone = format!("{PREFIX}{machine}-{dead}-{start}-1{SUFFIX}");
        let elsewhere = format!("{PREFIX}01234567-{dead}-{start}-1{SUFFIX}");
        let [strange, visible] = [".nnrc-notes.part", "nnrc-1-1-1-1.part"].map(str::to_owned);
        let all = [&living, &earlier, &gone, &elsewhere, &strange, &visible];
        all.iter().for_each(|name| write(name));
        let mut expected = [folder.join(&earlier), folder.join(&gone)];
        expected.sort();
        assert_eq!(stale(&folder), expected);
        // What nobody has written to for more than a day is left behind, whoever it belongs to.
        let file = File::options().write(true).open(folder.join(&elsewhere)).unwrap();
        file.set_modified(std::time::SystemTime::now() - 2 * STALE).unwrap();
        assert_eq!(stale(&folder).len(), 3);
        remove_stale(&folder);
        let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        let mut expected: Vec<std::ffi::OsString> = [living, strange, visible].map(Into::into).to_vec();
        expected.sort();
        assert_eq!(left, expected);
        fs::remove_dir_all(&folder).unwrap();
    }
}
