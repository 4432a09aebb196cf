//! Signals at random moments: nothing hidden is left, and every file is whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nnrc_model::random::Random;
use nnrc_sim::io::npz;

use crate::acceptance::sbml::workload;
use crate::training::example;
use crate::{Finding, peers};

/// Signals with the exit status that shells give them.
const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// A run that is interrupted: words of the command line, and what its files must be.
struct Job {
    name: &'static str,
    words: Vec<String>,
    /// Files or folders that are either one of these or not there; none: they are parsed.
    wholes: Vec<Files>,
    seconds: f64,
}

/// Contents by path.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Interrupts `count` runs of `train` and `compile`. A signal that comes after the end of a run tests nothing: then the
/// run is known to be shorter, and another one is sent, three times as many in all at most.
pub fn signals(count: usize) -> Vec<Finding> {
    // Built before anything is timed.
    peers::nnrc();
    let folder = tempfile::tempdir().unwrap();
    let mut jobs = jobs(folder.path());
    let mut numbers = Random::new(23);
    let (mut faults, mut interrupted, mut by_name) = (Vec::new(), 0_usize, BTreeMap::<&str, usize>::new());
    for sent in 0..3 * count {
        if interrupted == count {
            break;
        }
        let at = interrupted % jobs.len();
        let job = &mut jobs[at];
        let (signal, status) = SIGNALS[sent % SIGNALS.len()];
        let wait = numbers.uniform(0.0, job.seconds);
        let (ended, words) = interrupt(folder.path(), job, signal, wait);
        let what = format!("{} with SIG{signal} after {wait:.3} s", job.name);
        match ended {
            Some(0) => job.seconds = wait,
            // Before the program had begun, the signal ends it in its own way.
            Some(found) if found == status => *by_name.entry(job.name).or_insert(0) += 1,
            None if wait < 0.05 => *by_name.entry(job.name).or_insert(0) += 1,
            other => faults.push(format!("{what}: ended with {other:?}: {words}")),
        }
        faults.extend(left(folder.path(), job).into_iter().map(|fault| format!("{what}: {fault}")));
        interrupted = by_name.values().sum();
    }
    let runs: Vec<String> = by_name.iter().map(|(name, runs)| format!("{name} {runs}")).collect();
    vec![Finding::new(
        format!(
            "{count} runs ended by a signal (INT, TERM, HUP) at random moments: no hidden file is left, every file is whole"
        ),
        if faults.is_empty() { runs.join(", ") } else { faults.join("; ") },
        faults.is_empty() && interrupted == count,
    )]
}

/// Trainings of two constructions, and two files and two crates that take each other's place.
fn jobs(folder: &Path) -> Vec<Job> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let iris = example("iris_train").display().to_string();
    let pot = example("onepot_xor").display().to_string();
    let mut jobs = Vec::new();
    let train = ["train", &iris, "-o", "iris.npz", "--set", "train.epochs=3000"];
    for (name, words) in [
        ("train", owned(&train)),
        ("train of a pot", owned(&["train", &pot, "-o", "pot.npz", "--set", "train.epochs=40"])),
    ] {
        // The first run finds cold caches: signals that come after the end of a run test nothing.
        let seconds = run(folder, &words).min(run(folder, &words));
        jobs.push(Job { name, words, wholes: Vec::new(), seconds });
    }
    for (target, name, output) in
        [("sbml", "compile to SBML", "net.xml"), ("rust", "compile to a crate", "net-sim")]
    {
        let mut words = Vec::new();
        let mut wholes = Vec::new();
        let mut seconds = 0.0;
        for (file, widths) in [("a.nnr", [196, 64, 10]), ("b.nnr", [200, 60, 10])] {
            std::fs::write(folder.join(file), workload(&widths, "")).unwrap();
            words = owned(&["compile", file, "--target", target, "-o", output]);
            seconds = run(folder, &words);
            wholes.push(files(&folder.join(output)));
        }
        jobs.push(Job { name, words, wholes, seconds });
    }
    jobs
}

/// Runs a job to its end; the seconds that takes.
fn run(folder: &Path, words: &[String]) -> f64 {
    let start = Instant::now();
    let output = Command::new(peers::nnrc()).args(words).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    start.elapsed().as_secs_f64()
}

/// Interrupts a job; its exit status and what it said.
fn interrupt(folder: &Path, job: &Job, signal: &str, wait: f64) -> (Option<i32>, String) {
    let mut words = job.words.clone();
    if !job.wholes.is_empty() && wait.to_bits() % 2 == 1 {
        // The other one of the two that take each other's place.
        words[1] = "a.nnr".to_owned();
    }
    let mut child = Command::new(peers::nnrc())
        .args(&words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs_f64(wait));
    let sent =
        Command::new("kill").args(["-s", signal, &child.id().to_string()]).stderr(Stdio::null()).status();
    assert!(sent.is_ok(), "there is no `kill`");
    let mut said = String::new();
    let _ = std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said);
    (child.wait().unwrap().code(), said.trim().to_owned())
}

/// What is wrong with the files of a folder.
fn left(folder: &Path, job: &Job) -> Vec<String> {
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') {
            faults.push(format!("`{name}` is left"));
        }
        if job.wholes.is_empty() && !is_whole(&path) {
            faults.push(format!("`{name}` is not whole"));
        }
    }
    if let Some(output) = job.words.last().filter(|_| !job.wholes.is_empty())
        && !job.wholes.contains(&files(&folder.join(output)))
    {
        faults.push(format!("`{output}` is neither the one nor the other"));
    }
    faults
}

/// Whether a result of a training can be read to its end.
fn is_whole(path: &Path) -> bool {
    let bytes = || std::fs::read(path).unwrap();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("npz") => npz::read(&bytes()).is_ok_and(|arrays| !arrays.is_empty()),
        Some("csv") => {
            let text = String::from_utf8(bytes()).unwrap();
            let columns = |line: &str| line.split(',').count();
            let first = text.lines().next().map(columns);
            text.ends_with('\n') && text.lines().all(|line| Some(columns(line)) == first)
        }
        Some("svg") => String::from_utf8(bytes()).unwrap().trim_end().ends_with("</svg>"),
        _ => true,
    }
}

/// A file, or all files of a folder.
fn files(path: &Path) -> Files {
    fn collect(path: &Path, files: &mut Files) {
        if path.is_dir() {
            std::fs::read_dir(path).unwrap().for_each(|entry| collect(&entry.unwrap().path(), files));
        } else {
            files.insert(path.to_owned(), std::fs::read(path).unwrap());
        }
    }
    let mut found = Files::new();
    collect(path, &mut found);
    found
}
