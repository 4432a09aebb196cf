//! From a path to a checked model, and the input values that the command line asks for.

use std::collections::BTreeMap;
use std::path::Path;

use nnrc::disk::{Disk, Record};
use nnrc::{Checked, Project};
use nnrc_analysis::{Overrides, Words};
use nnrc_model::{DataReference, Tensor};
use nnrc_syntax::{Diagnostic, Severity, Source, ast, codes, parse_recovering};

use crate::args::{Common, InputArgs};
use crate::destination::Destination;
use crate::measurements;
use crate::terminal::{Stop, Terminal};

/// One run of the command.
pub struct Session {
    /// Where findings and results go.
    pub terminal: Terminal,
    common: Common,
    /// What has been read so far.
    read: Record,
}

impl Session {
    /// A run with these options.
    pub fn new(terminal: Terminal, common: Common) -> Self {
        Self { terminal, common, read: Record::default() }
    }

    /// The same run with one more setting, as by `--set`.
    pub fn with(&self, key: &str, value: &str) -> Self {
        let mut common = self.common.clone();
        common.set.push(format!("{key}={value}"));
        Self { terminal: self.terminal, common, read: self.read.clone() }
    }

    /// The options of every verb.
    pub fn common(&self) -> &Common {
        &self.common
    }

    /// Notes a file that this run reads.
    pub fn reads(&self, path: &Path) {
        self.read.add(path);
    }

    /// Whether the command line gives weights.
    pub fn gives_weights(&self) -> bool {
        self.common.weights.is_some()
    }

    /// Says what will keep results from being written, before the work for them begins: a place that is none, or one at
    /// which a file stands that this run has read.
    pub fn require_places(&self, outputs: &[&Destination]) -> Result<(), Stop> {
        // The name of the first one is what `-o` gives; where that is stdout, the others are named after the model.
        let main = outputs.first().and_then(|output| output.path());
        let advice = main.and_then(Path::extension).map_or("npz".into(), std::ffi::OsStr::to_string_lossy);
        for output in outputs {
            let Some(path) = output.path() else { continue };
            self.keep_inputs(path, &format!("name another place for the results: `-o other.{advice}`"))?;
            output.require_place(&self.terminal)?;
        }
        Ok(())
    }

    /// Refuses a file or folder that would take the place of a file that this run has read; `other` says what to give
    /// instead.
    pub fn keep_inputs(&self, output: &Path, other: &str) -> Result<(), Stop> {
        let Some(read) = self.read.replaced_by(output) else { return Ok(()) };
        let (name, read) = (output.display().to_string(), read.display().to_string());
        let message = if name == read {
            format!("`{name}` would be replaced, and this run reads it")
        } else {
            format!("`{name}` would take the place of `{read}`, which this run reads")
        };
        let finding = Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message).help(other);
        self.terminal.fail(&Source::new("", ""), finding)
    }

    /// The folder of a source, whose files are noted when they are read.
    pub fn disk(&self, path: &Path) -> Disk {
        Disk::of(path).noting(&self.read)
    }

    /// Reads and parses a file. Errors are printed, all of them.
    pub fn parse(&self, path: &Path) -> Result<(Source, ast::File), Stop> {
        let source = self.disk(path).source(path)?;
        let (file, diagnostics) = parse_recovering(&source.text);
        self.terminal.require(&source, &diagnostics)?;
        Ok((source, file))
    }

    /// Reads, parses and analyses a file. Findings are printed, all of them.
    pub fn load(&self, path: &Path) -> Result<Checked, Stop> {
        self.load_from(path, &self.disk(path))
    }

    /// The same by this folder, which knows afterwards what was read.
    pub fn load_from(&self, path: &Path, disk: &Disk) -> Result<Checked, Stop> {
        self.checked(&self.open(path, disk)?)
    }

    /// Reads a file; what the command line changes in it is noted.
    pub fn open<'r>(&self, path: &Path, disk: &'r Disk) -> Result<Project<'r>, Stop> {
        let overrides = self.overrides(disk)?;
        Ok(Project::open(path, disk)?.with(overrides))
    }

    /// Parses and analyses a text. Findings are printed, all of them.
    pub fn checked(&self, project: &Project<'_>) -> Result<Checked, Stop> {
        let checked = project.check()?;
        self.terminal.diagnostics(&checked.source, &checked.findings);
        Ok(checked)
    }

    /// The same file with other weights.
    pub fn with_weights(
        &self,
        path: &Path,
        loaded: &Checked,
        weights: BTreeMap<String, Tensor>,
    ) -> Result<Checked, Stop> {
        let disk = self.disk(path);
        let project = self.project(loaded, &disk)?;
        Ok(project.with_weights(weights)?)
    }

    /// The file without `fold_scale`, if it has that: weights are trained beside scaled values, which are of one size.
    pub fn unfolded(&self, path: &Path, loaded: &Checked) -> Result<Option<Checked>, Stop> {
        let disk = self.disk(path);
        let project = self.project(loaded, &disk)?;
        Ok(project.unfolded(loaded)?)
    }

    /// A file that was loaded, with what the command line changes in it.
    pub fn project<'r>(&self, loaded: &Checked, disk: &'r Disk) -> Result<Project<'r>, Stop> {
        Ok(Project::new(loaded.source.clone(), disk).with(self.overrides(disk)?))
    }

    fn overrides(&self, disk: &Disk) -> Result<Overrides, Stop> {
        let weights = self.common.weights.as_deref().map(|path| disk.seen_from_here(path));
        let mut overrides =
            Overrides { weights, seed: self.common.seed, words: OPTIONS, ..Overrides::default() };
        for setting in &self.common.set {
            let Some((path, text)) = setting.split_once('=') else {
                return self
                    .terminal
                    .usage(&format!("`--set {setting}` has no value; write `--set chemistry.max_order=3`"));
            };
            let path = path.trim();
            if path.split('.').count() < 2 || path.split('.').any(|word| !is_word(word)) {
                return self.terminal.usage(&format!(
                    "`--set {setting}` names no key of a block; write `--set chemistry.max_order=3`"
                ));
            }
            overrides.settings.push((path.to_owned(), nnrc::setting(path, text)?));
        }
        Ok(overrides)
    }

    /// Refuses values of inputs for a pot that is presented samples instead; `advice` says what to do.
    pub fn refuse_input(&self, loaded: &Checked, args: &InputArgs, advice: &str) -> Result<(), Stop> {
        match args.given().filter(|_| loaded.model.is_fed()) {
            None => Ok(()),
            Some(option) => self.terminal.usage(&format!(
                "{option}: this pot learns, and is presented the samples of its `train` block; {advice}"
            )),
        }
    }

    /// The input to use: that of the command line, or the model's own.
    pub fn input(&self, loaded: &Checked, args: &InputArgs) -> Result<Vec<f64>, Stop> {
        let Checked { source, model, .. } = loaded;
        if let Some(numbers) = &args.input {
            if args.data.is_some() || args.row.is_some() {
                self.terminal.note("--input gives the values of the inputs: --data and --row choose none");
            }
            let values = measurements::taken(&self.terminal, loaded, &numbers.0, args.raw)?;
            return self.checked_input(loaded, &values);
        }
        if args.data.is_none() && args.row.is_none() {
            return Ok(model.default_input());
        }
        let reference = match &args.data {
            Some(name) => self.data(loaded, name)?,
            None => self.only_data(loaded)?,
        };
        let rows = model.rows(&reference);
        let row = args.row.unwrap_or(1);
        let found = usize::try_from(row - 1).ok().and_then(|row| rows.get(row));
        let (Some(&row), Some(dataset)) = (found, model.datasets.get(&reference.dataset)) else {
            let finding = Diagnostic::global(
                Severity::Error,
                codes::OUT_OF_RANGE,
                format!("--row {row}: the data has rows 1 to {}", rows.len()),
            );
            return self.terminal.fail(source, finding);
        };
        Ok(dataset.input(row).to_vec())
    }

    fn checked_input(&self, loaded: &Checked, values: &[f64]) -> Result<Vec<f64>, Stop> {
        let Checked { source, model, .. } = loaded;
        if values.len() != model.input_width() {
            let widths: Vec<String> = model
                .inputs()
                .map(|(_, node)| format!("`{}` of width {}", node.name, node.width()))
                .collect();
            let finding = Diagnostic::global(
                Severity::Error,
                codes::SHAPE_MISMATCH,
                format!("--input gives {} values for {} inputs", values.len(), model.input_width()),
            )
            .help(format!("the network takes {}", widths.join(" and ")));
            return self.terminal.fail(source, finding);
        }
        if let Some((at, range)) = model.outside_range(values) {
            let mut rest = at;
            let mut input = None;
            for (_, node) in model.inputs() {
                if rest < node.width() {
                    input = Some(node);
                    break;
                }
                rest -= node.width();
            }
            let (name, shape) =
                input.map_or((String::new(), String::new()), |node| (node.name.clone(), dimensions(node)));
            let value = values[at];
            let finding = Diagnostic::global(
                Severity::Error,
                codes::INPUT_OUT_OF_RANGE,
                format!(
                    "--input gives `{name}[{}]` the value {value}, outside its range [{}, {}]",
                    rest + 1,
                    range.low,
                    range.high
                ),
            )
            .help(match model.folded_column(at) {
                Some(column) if column.factor == 0.0 => {
                    "its column never changes on the training rows, and has no other value".to_owned()
                }
                Some(column) => {
                    let [low, high] = measurements::wider(column, range, value);
                    format!("declare a wider range, which is one of scaled values: `input {name}[{shape}] in [{low}, {high}];`")
                }
                None => {
                    let (low, high) = (range.low.min(value), range.high.max(value));
                    format!("declare a wider range: `input {name}[{shape}] in [{low}, {high}];`")
                }
            });
            return self.terminal.fail(source, finding);
        }
        Ok(values.to_vec())
    }

    /// The data with this name.
    pub fn data(&self, loaded: &Checked, name: &str) -> Result<DataReference, Stop> {
        match loaded.model.find_data(name) {
            Ok(reference) => Ok(reference),
            Err(message) => {
                let mut finding = Diagnostic::global(
                    Severity::Error,
                    codes::UNKNOWN_NAME,
                    format!("--data {name}: {message}"),
                );
                let names = loaded.model.datasets.keys().map(String::as_str);
                finding = finding.did_you_mean(nnrc_syntax::suggest(name, names));
                self.terminal.fail(&loaded.source, finding)
            }
        }
    }

    /// The data that `--row` alone refers to.
    fn only_data(&self, loaded: &Checked) -> Result<DataReference, Stop> {
        let mut names = loaded.model.datasets.keys();
        match (names.next(), names.next()) {
            (Some(name), None) => self.data(loaded, name),
            (None, _) => self.terminal.usage("--row needs data, and the file declares no data set"),
            (Some(_), Some(_)) => {
                self.terminal.usage("--row needs --data NAME, since the file declares several data sets")
            }
        }
    }
}

/// Threads of this machine.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// `2`, or `8, 8`.
fn dimensions(node: &nnrc_model::Node) -> String {
    node.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// How this command writes what it gives beside a file.
pub const OPTIONS: Words = Words {
    setting: |key, value| {
        let quote = if value.contains('"') { "'" } else { "" };
        format!("`--set {key}={quote}{value}{quote}`")
    },
    key: |key| format!("`--set {key}`"),
    weights: "`--weights FILE`",
    seed: |seed| format!("`--seed {seed}`"),
    place: "on the command line",
};

fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
