//! Learning in one pot: what the frozen pot computes, what the learning pot learns, and its files.

mod classifiers;
mod files;
mod frozen;
mod functions;
mod programs;
mod runs;

pub use classifiers::{digits_runs, iris_runs, mnist_run};
pub use files::sbml;
pub use frozen::{at_rate, counts, frozen};
pub use functions::{sine_runs, xor_runs};
pub use programs::programs;
pub use runs::{kills, threads};

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::peers;

/// Runs the command in a folder; its answer in JSON, or its words where it fails.
fn nnrc(folder: &Path, args: &[&str]) -> Result<Value, String> {
    let output = Command::new(peers::nnrc())
        .args(args)
        .args(["--message-format", "json"])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(text.lines().last().map_or(Value::Null, |line| serde_json::from_str(line).unwrap()))
}

/// Does several things at once, as many as there are cores; the results in order.
fn together<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<Option<R>>> = Mutex::new(all.iter().map(|_| None).collect());
    let worker = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(at) else { return };
            let result = work(one);
            found.lock().unwrap()[at] = Some(result);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(worker))));
    found.into_inner().unwrap().into_iter().map(Option::unwrap).collect()
}
