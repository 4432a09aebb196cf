//! Python: where it is, and one script that it runs.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::native::child::Running;

/// The variable that names a Python.
pub const VARIABLE: &str = "NNRC_PYTHON";

/// What has become of a script.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// What it wrote to stdout.
    Said(String),
    /// It ended without saying anything: its last words on stderr.
    Failed(String),
    /// It took longer than it may.
    Hung,
}

/// The Python to run: `given`, which is the value of [`VARIABLE`]; else that of a `.venv` in `folder` or above it; else
/// `python3` or `python` of `path`.
///
/// # Errors
///
/// None of these is there, in words.
pub fn find(given: Option<OsString>, folder: &Path, path: Option<OsString>) -> Result<PathBuf, String> {
    if let Some(given) = given.filter(|given| !given.is_empty()) {
        let python = PathBuf::from(&given);
        // A bare name is looked for on the path, as a shell does.
        let is_name = python.components().count() == 1;
        let found = if is_name { on_path(&[&given.to_string_lossy()], path) } else { Some(python) };
        return found.filter(|python| python.is_file()).ok_or_else(|| {
            format!(
                "{VARIABLE} is `{}`, which is no program; give the path of a Python",
                given.to_string_lossy()
            )
        });
    }
    let own = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let environments = folder.ancestors().map(|folder| folder.join(".venv").join(own));
    let found = environments.into_iter().find(|python| python.is_file());
    found.or_else(|| on_path(&["python3", "python"], path)).ok_or_else(|| {
        format!(
            "no Python: there is no `.venv` in `{}` or above it, and neither `python3` nor `python` on PATH; \
             set {VARIABLE} to the path of one",
            folder.display()
        )
    })
}

fn on_path(names: &[&str], path: Option<OsString>) -> Option<PathBuf> {
    let path = path?;
    let end = std::env::consts::EXE_SUFFIX;
    names.iter().find_map(|name| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(format!("{name}{end}")))
            .find(|file| file.is_file())
    })
}

/// Runs a script with one line on its stdin.
pub fn ask(python: &Path, script: &str, question: &str, limit: Duration) -> Ended {
    let mut command = Command::new(python);
    command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Whoever starts in a folder with a file of the name of a package shall not run it.
    command.env("PYTHONSAFEPATH", "1").env("PYTHONUNBUFFERED", "1");
    let running = match Running::start(&mut command) {
        Ok(running) => running,
        Err(error) => return Ended::Failed(format!("`{}` cannot be run: {error}", python.display())),
    };
    let stdin = running.stdin();
    let line = format!("{question}\n");
    // It may end before it has read all of it.
    std::thread::spawn(move || stdin.map(|mut pipe| pipe.write_all(line.as_bytes())));
    let (said, complaint) = (read(running.stdout()), read(running.stderr()));
    let begin = Instant::now();
    let mut hung = false;
    while !running.has_ended() && !hung {
        std::thread::sleep(Duration::from_millis(5));
        hung = begin.elapsed() > limit;
    }
    running.kill();
    if hung {
        return Ended::Hung;
    }
    let said = heard(&said);
    if said.trim().is_empty() {
        let words = heard(&complaint);
        let last =
            words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it ended without a word");
        return Ended::Failed(last.trim().to_owned());
    }
    Ended::Said(said)
}

/// Reads a pipe to its end, in a thread: a pipe that nobody reads would stop the program when it is full.
fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut all = Vec::new();
        // What has been read before an error is worth as much.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut all));
        let _ = send.send(all);
    });
    receive
}

/// What a program has said that has ended. What it has started may keep the pipe open: then nothing.
fn heard(pipe: &Receiver<Vec<u8>>) -> String {
    let all = pipe.recv_timeout(Duration::from_secs(5)).unwrap_or_default();
    String::from_utf8_lossy(&all).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_environment_is_found_and_nothing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        let own = if cfg!(windows) { "a/.venv/Scripts/python.exe" } else { "a/.venv/bin/python" };
        let python = folder.path().join(own);
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::create_dir_all(python.parent().unwrap()).unwrap();
        let message = find(Some("/no/such/python".into()), &inner, None).unwrap_err();
        assert!(message.starts_with("NNRC_PYTHON is `/no/such/python`"), "{message}");
        std::fs::write(&python, "").unwrap();
        assert_eq!(find(None, &inner, None), Ok(python.clone()));
        assert_eq!(find(Some(python.clone().into()), Path::new("/"), None), Ok(python.clone()));
        // On the path, where there is no environment.
        let path = Some(python.parent().unwrap().as_os_str().to_owned());
        if !Path::new("/.venv").exists() {
            assert_eq!(find(None, Path::new("/"), path.clone()), Ok(python.clone()));
            assert!(find(None, Path::new("/"), None).unwrap_err().contains("set NNRC_PYTHON"));
        }
        assert_eq!(find(Some("python".into()), Path::new("/"), path), Ok(python));
    }
}
