//! From a text to a checked model.

use std::collections::BTreeMap;
use std::path::Path;

use nnrc_analysis::{Analysis, Overrides, analyse};
use nnrc_model::{Arrays, Construction, Model, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_sim::train;
use nnrc_syntax::{Diagnostic, Source, ast, parse_expression, parse_recovering};

use crate::disk::Disk;
use crate::failure::Failure;

/// A text with what belongs to it: the files that it names, and what is changed in it.
#[derive(Clone)]
pub struct Project<'r> {
    source: Source,
    resources: &'r dyn Resources,
    overrides: Overrides,
}

/// A text that means something.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The text.
    pub source: Source,
    /// What it means.
    pub model: Model,
    /// Warnings and notes.
    pub findings: Vec<Diagnostic>,
}

/// What the parser makes of a text: its syntax, and what is wrong with it.
pub(crate) type Parsed = (ast::File, Vec<Diagnostic>);

impl Checked {
    /// The same network computing alone, where it learns in the pot otherwise.
    pub fn computing(self) -> Self {
        let model = match self.model.chemistry.construction {
            Construction::FixedPoint(_) => self.model,
            // What was learned is judged by itself: the forward network with its weights at rest.
            Construction::OnePot(_) => self.model.inference(),
            Construction::Phased(_) => self.model.without_training(),
        };
        Self { model, ..self }
    }

    /// Fails because of something in the text, or about it.
    pub fn failed(&self, finding: Diagnostic) -> Failure {
        Failure::new(&self.source, finding)
    }
}

impl<'r> Project<'r> {
    /// A text whose files are `resources`.
    pub fn new(source: Source, resources: &'r dyn Resources) -> Self {
        Self { source, resources, overrides: Overrides::default() }
    }

    /// A text by itself: what is called `name` in messages.
    pub fn from_text(name: &str, text: &str, resources: &'r dyn Resources) -> Self {
        Self::new(Source::new(name, text), resources)
    }

    /// A file on disk; the files that it names are those of `disk`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is no text.
    pub fn open(path: &Path, disk: &'r Disk) -> Result<Self, Failure> {
        Ok(Self::new(disk.source(path)?, disk))
    }

    /// The same text with these changes instead of those before.
    #[must_use]
    pub fn with(self, overrides: Overrides) -> Self {
        Self { overrides, ..self }
    }

    /// Changes a value of the file, as `chemistry.max_order` to `3`.
    ///
    /// # Errors
    ///
    /// What is no expression of the language. Whether there is such a key is known by [`Project::check`].
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Failure> {
        self.overrides.settings.push((key.to_owned(), setting(key, value)?));
        Ok(())
    }

    /// Whether weights are given beside the text.
    pub fn gives_weights(&self) -> bool {
        self.overrides.weights.is_some()
    }

    /// The text.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The same project with another text under the same name.
    #[must_use]
    pub fn saying(self, text: impl Into<String>) -> Self {
        Self { source: Source::new(self.source.name, text), ..self }
    }

    /// The syntax tree.
    ///
    /// # Errors
    ///
    /// All errors of syntax.
    pub fn syntax(&self) -> Result<ast::File, Failure> {
        let (file, findings) = parse_recovering(&self.source.text);
        if findings.iter().any(Diagnostic::is_error) {
            return Err(Failure { source: self.source.clone(), findings });
        }
        Ok(file)
    }

    /// What the text means.
    ///
    /// # Errors
    ///
    /// All errors of the text and of the files that it names, with the warnings beside them.
    pub fn check(&self) -> Result<Checked, Failure> {
        self.check_parsed(&parse_recovering(&self.source.text))
    }

    /// The same text with other weights, by their names in weight files. What was to be said of the text has been.
    ///
    /// # Errors
    ///
    /// Weights with which an activation is not defined, or that are beyond all numbers.
    pub fn with_weights(&self, weights: BTreeMap<String, Tensor>) -> Result<Checked, Failure> {
        // A layout that the file states for another file is not that of our own weights.
        let mut weights = weights;
        weights.insert(train::VERSION.to_owned(), Tensor::default());
        let overrides = Overrides { weights: Some(TRAINED.to_owned()), ..self.overrides.clone() };
        self.again(&overrides, &WithWeights { files: self.resources, weights })
    }

    /// The text without `fold_scale`, if it has that: weights are trained beside scaled values, which are of one size.
    ///
    /// # Errors
    ///
    /// None that the text itself does not have.
    pub fn unfolded(&self, checked: &Checked) -> Result<Option<Checked>, Failure> {
        if checked.model.chemistry.fold_scale.is_none() {
            return Ok(None);
        }
        let mut project = self.clone();
        project.set("chemistry.fold_scale", "false")?;
        project.again(&project.overrides, self.resources).map(Some)
    }

    /// What the text means, which is parsed.
    pub(crate) fn check_parsed(&self, parsed: &Parsed) -> Result<Checked, Failure> {
        self.check_with(parsed, &self.overrides, self.resources)
    }

    fn check_with(
        &self,
        (file, found): &Parsed,
        overrides: &Overrides,
        resources: &dyn Resources,
    ) -> Result<Checked, Failure> {
        let (source, mut findings) = (self.source.clone(), found.clone());
        if findings.iter().any(Diagnostic::is_error) {
            // What was left out because of a syntax error would be reported as missing.
            return Err(Failure { source, findings });
        }
        let Analysis { model, diagnostics } = analyse(file, &source.text, overrides, resources);
        findings.extend(diagnostics);
        // Analysis gives no model only together with an error.
        match model {
            Some(model) => Ok(Checked { source, model, findings }),
            None => Err(Failure { source, findings }),
        }
    }

    /// The same text otherwise: its warnings are known.
    fn again(&self, overrides: &Overrides, resources: &dyn Resources) -> Result<Checked, Failure> {
        let only_errors =
            |findings: Vec<Diagnostic>| findings.into_iter().filter(Diagnostic::is_error).collect();
        match self.check_with(&parse_recovering(&self.source.text), overrides, resources) {
            Ok(checked) => Ok(Checked { findings: Vec::new(), ..checked }),
            Err(Failure { source, findings }) => Err(Failure { source, findings: only_errors(findings) }),
        }
    }
}

/// The value of a setting of the key `key`.
///
/// # Errors
///
/// What is no expression of the language.
pub fn setting(key: &str, value: &str) -> Result<ast::Expr, Failure> {
    parse_expression(value)
        .map_err(|findings| Failure { source: Source::new(format!("<{key}>"), value), findings })
}

/// The name under which trained weights are found.
const TRAINED: &str = "the trained weights";

/// Files, and weights that are in no file.
struct WithWeights<'r> {
    files: &'r dyn Resources,
    weights: BTreeMap<String, Tensor>,
}

impl Resources for WithWeights<'_> {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        if path == TRAINED { Ok(Box::new(self.weights.clone())) } else { self.files.tensors(path) }
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        self.files.table(path, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        self.files.idx(path)
    }
}
