//! What a run depends on: neither on interruptions nor on the number of threads.

use std::path::Path;
use std::process::Command;

use super::functions::{initial_weights, xor};
use crate::training::succeeds;
use crate::{Finding, peers};

/// Files that a run leaves behind.
const ENDINGS: [&str; 5] = ["trained.npz", "checkpoint.npz", "train.csv", "train.svg", "rails.svg"];

/// XOR for so many epochs, in a new folder.
fn folder(epochs: usize) -> tempfile::TempDir {
    let entries = initial_weights("one_pot");
    let entry = entries.iter().find(|e| e["layers"][1] == 4 && e["seed"] == 0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pot.nnr"), xor(entry, epochs)).unwrap();
    folder
}

fn train(folder: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(peers::nnrc());
    command.args(["train", "pot.nnr", "--quiet"]).args(more).current_dir(folder);
    command
}

fn same(a: &Path, b: &Path) -> bool {
    let read = |folder: &Path, ending: &str| std::fs::read(folder.join(format!("pot.{ending}"))).unwrap();
    ENDINGS.iter().all(|ending| read(a, ending) == read(b, ending))
}

/// A run that is killed without warning, each time after it has written a checkpoint, and taken up again.
pub fn kills() -> Vec<Finding> {
    let (whole, killed) = (folder(400), folder(400));
    succeeds(&train(whole.path(), &[]).output().unwrap());
    let checkpoint = killed.path().join("pot.checkpoint.npz");
    let mut hits = 0;
    for _ in 0..3 {
        let before = std::fs::metadata(&checkpoint).and_then(|data| data.modified()).ok();
        let mut child = train(killed.path(), &["--resume"]).spawn().unwrap();
        while std::fs::metadata(&checkpoint).and_then(|data| data.modified()).ok() == before {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        hits += usize::from(child.try_wait().unwrap().is_none());
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let unfinished = !killed.path().join("pot.trained.npz").exists();
    succeeds(&train(killed.path(), &["--resume"]).output().unwrap());
    let same = same(whole.path(), killed.path());
    vec![Finding::new(
        "a learning pot killed three times and taken up again leaves the files of an undisturbed one, bit by bit",
        format!("{hits} of 3 hit a running one; the same: {same}"),
        hits == 3 && unfinished && same,
    )]
}

/// A run that may use one core only.
pub fn threads() -> Vec<Finding> {
    let (free, bound) = (folder(50), folder(50));
    succeeds(&train(free.path(), &[]).output().unwrap());
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "0"]).arg(peers::nnrc()).args(["train", "pot.nnr", "--quiet"]);
    succeeds(&command.current_dir(bound.path()).output().unwrap());
    let (cores, same) = (std::thread::available_parallelism().unwrap(), same(free.path(), bound.path()));
    vec![Finding::new(
        "a learning pot gives the same files with one thread and with one for each core",
        format!("{cores} cores; the same: {same}"),
        same,
    )]
}
