//! Long work: on a thread of its own, while the caller's listens to signals and passes on how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::Builder;
use std::time::Duration;

use nnrc::Failure;
use nnrc::observer::{Epoch, Observer};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::failure::raised;

/// The time between two looks for signals.
const LOOK: Duration = Duration::from_millis(20);
/// Stack of the thread that works.
const STACK: usize = 8 << 20;

/// What work tells.
enum Event {
    Note(String),
    Progress(usize, usize),
    Epoch(Epoch),
}

/// The observer of work on another thread.
pub struct Watch {
    events: Sender<Event>,
    /// Whether the caller wants the work to end.
    pub cancelled: Arc<AtomicBool>,
}

impl Watch {
    fn tell(&self, event: Event) {
        // Who no longer listens has raised an exception.
        let _ = self.events.send(event);
    }
}

impl Observer for Watch {
    fn note(&mut self, words: &str) {
        self.tell(Event::Note(words.to_owned()));
    }

    fn progress(&mut self, done: usize, of: usize) {
        self.tell(Event::Progress(done, of));
    }

    fn epoch(&mut self, epoch: &Epoch) {
        self.tell(Event::Epoch(*epoch));
    }

    fn is_cancelled(&mut self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Does work that owns what it needs. An exception of the callback, or Ctrl-C, is raised at once; the work ends as soon
/// as it looks.
pub fn watched<T: Send + 'static>(
    py: Python<'_>,
    callback: Option<&Py<PyAny>>,
    work: impl FnOnce(&mut Watch) -> Result<T, Failure> + Send + 'static,
) -> PyResult<T> {
    let (events, heard) = channel();
    let cancelled = Arc::new(AtomicBool::new(false));
    let mut watch = Watch { events, cancelled: cancelled.clone() };
    let run = move || work(&mut watch);
    let worker = Builder::new().name("nnrc".to_owned()).stack_size(STACK).spawn(run)?;
    py.detach(move || listen(heard, callback)).inspect_err(|_| cancelled.store(true, Ordering::Relaxed))?;
    ended(py, worker.join())
}

/// Does work on what the caller lends. It ends before an exception is raised.
pub fn watched_here<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&mut Watch) -> Result<T, Failure> + Send,
) -> PyResult<T> {
    let (events, heard) = channel();
    let cancelled = Arc::new(AtomicBool::new(false));
    let mut watch = Watch { events, cancelled: cancelled.clone() };
    let both = py.detach(|| {
        std::thread::scope(|scope| {
            let run = move || work(&mut watch);
            let worker = Builder::new().name("nnrc".to_owned()).stack_size(STACK).spawn_scoped(scope, run);
            worker.map(|worker| {
                let interrupted =
                    listen(heard, None).inspect_err(|_| cancelled.store(true, Ordering::Relaxed));
                (interrupted, worker.join())
            })
        })
    });
    let (interrupted, result) = both?;
    interrupted?;
    ended(py, result)
}

/// Passes on what is told until nobody tells any more.
fn listen(heard: Receiver<Event>, callback: Option<&Py<PyAny>>) -> PyResult<()> {
    loop {
        let event = match heard.recv_timeout(LOOK) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        Python::attach(|py| {
            if let (Some(event), Some(callback)) = (event, callback) {
                pass_on(py, &event, callback)?;
            }
            py.check_signals()
        })?;
    }
}

fn pass_on(py: Python<'_>, event: &Event, callback: &Py<PyAny>) -> PyResult<()> {
    match event {
        Event::Note(words) => callback.call1(py, ("note", words)),
        Event::Progress(done, of) => callback.call1(py, ("progress", *done, *of)),
        Event::Epoch(Epoch { number, of, train, .. }) => {
            let (metric, value) = train.headline();
            callback.call1(py, ("epoch", *number, *of, train.loss, metric.name(), value))
        }
    }
    .map(drop)
}

fn ended<T>(py: Python<'_>, result: std::thread::Result<Result<T, Failure>>) -> PyResult<T> {
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(failure)) => Err(raised(py, &failure)),
        Err(_) => Err(PyRuntimeError::new_err("a fault of nnrc ended the work; please report it")),
    }
}
