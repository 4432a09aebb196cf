//! The end from outside: Ctrl-C, `kill`, a terminal that is closed.
//!
//! A thread waits for the signals. It ends the programs that this one has started, removes the parts that are not
//! complete, says how a training goes on, and ends the process with 128 and the number of the signal, as shells do.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use nnrc::shell;

use crate::terminal::Terminal;

/// The training that goes on, if one does.
static TRAINING: Mutex<Option<Underway>> = Mutex::new(None);

struct Underway {
    terminal: Terminal,
    checkpoint: PathBuf,
    /// When what stands there now was written, unless this training goes on from it.
    before: Option<SystemTime>,
}

/// A training that goes on; it ends with this value.
pub struct Training(());

impl Training {
    /// Begins one that writes checkpoints; `resumed` tells whether it goes on from the one that is there.
    pub fn begin(terminal: Terminal, checkpoint: PathBuf, resumed: bool) -> Self {
        let before = written(&checkpoint).filter(|_| !resumed);
        set(Some(Underway { terminal, checkpoint, before }));
        Self(())
    }
}

impl Drop for Training {
    fn drop(&mut self) {
        set(None);
    }
}

fn set(training: Option<Underway>) {
    *TRAINING.lock().unwrap_or_else(PoisonError::into_inner) = training;
}

fn written(path: &PathBuf) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

/// Watches for signals from now on. `words` is the command line.
#[cfg(unix)]
pub fn watch(words: &[OsString]) {
    use std::sync::mpsc;
    let words = words.to_vec();
    let (ready, is_ready) = mpsc::channel();
    let watch = move || {
        // Where signals cannot be watched, or no thread can be started, they end the process as they always do.
        let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted()) else { return };
        let _ = ready.send(());
        if let Some(signal) = signals.forever().next() {
            end(signal, &words);
        }
    };
    if std::thread::Builder::new().name("signals".to_owned()).spawn(watch).is_ok() {
        let _ = is_ready.recv();
    }
}

/// Watches for nothing: here a process that is interrupted ends at once.
#[cfg(not(unix))]
pub fn watch(_words: &[OsString]) {}

/// The signals that end this process. One that it was told to ignore, as by `nohup`, stays ignored.
#[cfg(unix)]
fn wanted() -> Vec<i32> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use std::io::IsTerminal;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let is_ignored = |signal: i32| match ignored {
        Some(mask) => mask >> (signal - 1) & 1 == 1,
        // Without a table of processes: what has lost its terminal may have been told to live on.
        None => signal == SIGHUP && !std::io::stdin().is_terminal(),
    };
    [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|&signal| !is_ignored(signal)).collect()
}

#[cfg(unix)]
fn end(signal: i32, words: &[OsString]) -> ! {
    crate::native::end_all();
    nnrc_sim::io::unfinished::abandon();
    let course = TRAINING.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(Underway { terminal, checkpoint, before }) = course {
        // Those of a program that wrote checkpoints for this one.
        let folder = checkpoint.parent().unwrap_or(std::path::Path::new(""));
        for part in nnrc_sim::io::unfinished::stale(folder) {
            let _ = std::fs::remove_file(part);
        }
        let now = written(&checkpoint);
        let message = if now.is_some() && now != before {
            let name = checkpoint.display();
            format!("interrupted: `{name}` holds the training so far; go on with `{}`", resuming(words))
        } else {
            "interrupted before the first checkpoint was written".to_owned()
        };
        terminal.interrupt(&message);
    }
    std::process::exit(128 + signal)
}

/// The command line that goes on.
fn resuming(words: &[OsString]) -> String {
    let mut line = "nnrc".to_owned();
    for word in words.iter().skip(1) {
        line.push(' ');
        line.push_str(&shell::word(&word.to_string_lossy()));
    }
    if !words.iter().any(|word| word == "--resume") {
        line.push_str(" --resume");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_is_taken_up_by_the_same_words() {
        let line = |words: &[&str]| resuming(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(line(&["target/nnrc", "train", "m.nnr"]), "nnrc train m.nnr --resume");
        assert_eq!(line(&["nnrc", "train", "--resume", "m.nnr"]), "nnrc train --resume m.nnr");
        assert_eq!(
            line(&["nnrc", "train", "my net.nnr", "--set", "train.epochs = 5", "it's"]),
            r"nnrc train 'my net.nnr' --set 'train.epochs = 5' 'it'\''s' --resume"
        );
    }
}
