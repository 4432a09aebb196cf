//! The corpus: good files, which nothing may be said about, and bad ones in a folder for each code.
//!
//! A bad file that another verb than `check` stumbles over says so in its first line: ``// `test`: …``.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nnrc_model::random::Random;
use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_syntax::words::UNITS;
use serde_json::Value;

use crate::peers;

/// A file of the bad corpus.
#[derive(Debug, Clone)]
pub struct Bad {
    /// Its path.
    pub path: PathBuf,
    /// The code that it must end with.
    pub code: String,
    /// The verb that meets the error.
    pub verb: String,
}

/// The folder of the corpus.
pub fn folder() -> PathBuf {
    crate::root().join("tests/corpus")
}

/// Files that end in `.nnr`, sorted.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "nnr"))
        .collect();
    paths.sort();
    paths
}

/// All bad files, by code.
pub fn bad() -> Vec<Bad> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder().join("bad"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && !path.ends_with("data"))
        .collect();
    folders.sort();
    folders
        .iter()
        .flat_map(|folder| {
            let code = folder.file_name().unwrap().to_str().unwrap().to_owned();
            sources(folder).into_iter().map(move |path| Bad { verb: verb(&path), path, code: code.clone() })
        })
        .collect()
}

fn verb(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let named = text.strip_prefix("// `").and_then(|rest| rest.split_once("`:"));
    named.map(|(verb, _)| verb).filter(|verb| !verb.contains('\n')).unwrap_or("check").to_owned()
}

/// All good files and the examples.
pub fn good() -> Vec<PathBuf> {
    let mut paths = sources(&folder().join("good"));
    let mut examples: Vec<PathBuf> = std::fs::read_dir(crate::root().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    examples.sort();
    paths.extend(examples.iter().flat_map(|folder| sources(folder)));
    paths
}

/// Runs the command in a folder.
pub fn nnrc(folder: &Path, args: &[&str]) -> Output {
    Command::new(peers::nnrc()).args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

/// Runs a verb on a file, in the folder of the file.
pub fn run(path: &Path, verb: &str, more: &[&str]) -> Output {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut args = vec![verb, name];
    args.extend(more);
    nnrc(path.parent().unwrap(), &args)
}

/// The diagnostics of a run with `--message-format json`.
pub fn diagnostics(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

/// Files by path, relative to a folder, decoded by the readers of the command.
pub struct Files(pub PathBuf);

impl Files {
    fn folder(&self) -> nnrc::Disk {
        nnrc::Disk::of(&self.0.join("model.nnr"))
    }
}

impl Resources for Files {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        self.folder().tensors(path)
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        self.folder().table(path, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        self.folder().idx(path)
    }
}

/// What is put in the place of a word or number.
const WORDS: &[&str] = &[
    "0",
    "-1",
    "1e308",
    "1e-308",
    "9007199254740993",
    "2.5",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ";",
    ",",
    "=",
    "|",
    ":",
    "\"",
    "from",
    "network",
    "weights",
    "const",
    "within",
    "nnr",
    "sweep",
    "x",
    "y",
    "hidden",
    "1 s",
    "1 uM",
    "/s",
    "//",
    "~",
    "add()",
    "concat()",
    "square()",
    "dense(3)",
    "winner_take_all()",
    "swish(h = 1e-300)",
    "species",
    "one_pot",
    "phased",
    "dual_rail",
    "max_order = 3;",
    "[[1]]",
    "[]",
    "{}",
    "µ",
    "\u{feff}",
    "\u{0}",
    "\r",
    "é",
    "1 / 0",
    "- -1",
    "x.y.z",
];

/// Changes a text: in half of all cases a number, else bytes, words, lines, at up to four places.
pub fn mutate(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    if random.below(2) == 0 {
        return other_number(&text, random);
    }
    for _ in 0..=random.below(4) {
        text = once(&text, random);
    }
    text
}

fn once(text: &str, random: &mut Random) -> String {
    let (words, gaps) = tokens(text);
    let mut changed = words.clone();
    let at = pick(random, words.len());
    match random.below(9) {
        // A byte becomes another; what is no text then is replaced as a lenient editor would.
        0 => {
            let mut bytes = text.as_bytes().to_vec();
            let at = pick(random, bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        1 => {
            let bytes: Vec<char> = text.chars().collect();
            let at = pick(random, bytes.len());
            return bytes[..at].iter().chain(bytes.iter().skip(at + 1 + pick(random, 30))).collect();
        }
        2 if !words.is_empty() => {
            changed.remove(at);
            let mut gaps = gaps.clone();
            gaps.remove(at);
            return join(&gaps, &changed);
        }
        3 if !words.is_empty() => {
            let other = pick(random, words.len());
            changed.swap(at, other);
        }
        4 if !words.is_empty() => changed[at] = WORDS[pick(random, WORDS.len())],
        5 if !words.is_empty() => changed[at] = words[pick(random, words.len())],
        6 => {
            let mut lines: Vec<&str> = text.lines().collect();
            let line = lines.get(pick(random, lines.len())).copied().unwrap_or("");
            lines.insert(pick(random, lines.len() + 1), line);
            return lines.join("\n");
        }
        7 => {
            let mut lines: Vec<&str> = text.lines().collect();
            if !lines.is_empty() {
                lines.remove(pick(random, lines.len()));
            }
            return lines.join("\n");
        }
        _ => return other_number(text, random),
    }
    join(&gaps, &changed)
}

/// Changes a number.
fn other_number(text: &str, random: &mut Random) -> String {
    let (words, gaps) = tokens(text);
    let mut changed: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let numbers: Vec<usize> = (0..words.len()).filter(|&at| is_number(words[at])).collect();
    if let Some(&at) = numbers.get(pick(random, numbers.len())) {
        let old: f64 = words[at].parse().unwrap_or(1.0);
        changed[at] = match random.below(8) {
            0 => "0".to_owned(),
            1 => format!("{}", random.below(9)),
            2 => format!("-{}", words[at]),
            3 => format!("{:e}", random.uniform(-3.0, 3.0)),
            4 => format!("{:e}", old * 10_f64.powf(random.uniform(-330.0, 330.0)).clamp(1e-300, 1e300)),
            5 => format!("{}", old + 1.0),
            6 => format!("{} {}", words[at], UNITS[pick(random, UNITS.len())]),
            _ => format!("{}", random.uniform(0.0, 2.0)),
        };
    }
    join(&gaps, &changed)
}

fn pick(random: &mut Random, count: usize) -> usize {
    random.below(count.max(1) as u64) as usize
}

/// Words with what stands between them.
fn join<S: AsRef<str>>(gaps: &[&str], words: &[S]) -> String {
    let words = words.iter().map(AsRef::as_ref).chain([""]);
    gaps.iter().zip(words).flat_map(|(gap, word)| [*gap, word]).collect()
}

/// Words, numbers and signs of a text, and what stands before each and behind the last.
fn tokens(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut words, mut gaps) = (Vec::new(), Vec::new());
    let mut rest = text;
    loop {
        let start = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        gaps.push(&rest[..start]);
        rest = &rest[start..];
        let Some(first) = rest.chars().next() else { return (words, gaps) };
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let end =
            if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        words.push(&rest[..end]);
        rest = &rest[end..];
    }
}
