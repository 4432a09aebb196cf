//! Programs that are run, and that end with this one.

use std::io::{self, Read};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Those that run.
static RUNNING: Mutex<Vec<Arc<Mutex<Child>>>> = Mutex::new(Vec::new());

/// A program that runs.
pub struct Running(Arc<Mutex<Child>>);

impl Running {
    /// Starts a program.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut running = lock(&RUNNING);
        let child = Arc::new(Mutex::new(command.spawn()?));
        running.push(Arc::clone(&child));
        Ok(Self(child))
    }

    /// What it says on stderr, where that is a pipe.
    pub fn stderr(&self) -> Option<ChildStderr> {
        lock(&self.0).stderr.take()
    }

    /// What it is told on stdin, where that is a pipe.
    pub fn stdin(&self) -> Option<ChildStdin> {
        lock(&self.0).stdin.take()
    }

    /// What it says on stdout, where that is a pipe.
    pub fn stdout(&self) -> Option<ChildStdout> {
        lock(&self.0).stdout.take()
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        // What cannot be asked is no longer there.
        lock(&self.0).try_wait().map_or(true, |status| status.is_some())
    }

    /// Ends it.
    pub fn kill(&self) {
        let mut child = lock(&self.0);
        // What has ended by itself is past killing.
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Waits for its end.
    pub fn wait(&self) -> io::Result<ExitStatus> {
        loop {
            // Whoever ends it needs it meanwhile.
            let ended = lock(&self.0).try_wait()?;
            if let Some(status) = ended {
                let was_killed = status.code().is_none();
                if was_killed {
                    // Ctrl-C goes to all programs of a terminal: that this one is ended as well is the better message.
                    std::thread::sleep(Duration::from_millis(200));
                }
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        lock(&RUNNING).retain(|child| !Arc::ptr_eq(child, &self.0));
    }
}

/// Runs a program to its end; what it says.
pub fn output(command: &mut Command) -> io::Result<Output> {
    let running = Running::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let stdout = lock(&running.0).stdout.take();
    let stderr = running.stderr();
    let (mut out, mut complaint) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        // A pipe that nobody reads would stop the program when it is full.
        let other = scope.spawn(|| stderr.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut complaint)));
        stdout.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut out))?;
        other.join().unwrap_or(Ok(0))
    })?;
    Ok(Output { status: running.wait()?, stdout: out, stderr: complaint })
}

/// Ends all programs that run, and lets no more be started: for a process that ends now.
pub fn end_all() {
    let running = lock(&RUNNING);
    for child in running.iter() {
        let mut child = lock(child);
        // What has ended by itself is past killing.
        let _ = child.kill();
        let _ = child.wait();
    }
    std::mem::forget(running);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pipes_are_read() {
        let script = "head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2; exit 3";
        let found = output(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!((found.stdout.len(), found.stderr.len()), (300_000, 200_000));
        assert_eq!(found.status.code(), Some(3));
        assert!(lock(&RUNNING).is_empty());
        assert!(output(&mut Command::new("/no/such/program")).is_err());
    }
}
