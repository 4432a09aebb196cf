//! What the compiler has to say about a source text: facts with a place, and what can be written instead.

use crate::codes::Code;
use crate::suggest::Near;

/// A half-open range of bytes of a source text, or what was given beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it is part of.
    pub given: Given,
}

/// What something that was read is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Given {
    /// The text.
    #[default]
    InText,
    /// A value that was set beside the text: its number among them.
    AsSetting(u32),
    /// A weight file or a seed that was named beside the text.
    AsOption,
}

impl Span {
    /// The span from `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32, given: Given::InText }
    }

    /// No bytes of the text: what was given beside it.
    pub fn beside(given: Given) -> Self {
        Self { given, ..Self::default() }
    }

    /// Whether it is a range of the text.
    pub fn is_in_text(self) -> bool {
        self.given == Given::InText
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end), given: self.given }
    }
}

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be written.
    Error,
    /// The output is right but may surprise.
    Warning,
    /// For information.
    Note,
}

/// One finding: what is wrong, where, what was expected and what to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// Its worded code.
    pub code: Code,
    /// One sentence without a full stop, readable without the snippet.
    pub message: String,
    /// The place, if it has one in the `.nnr` text.
    pub span: Option<Span>,
    /// Words under the marked place: what was found or expected there. May be empty.
    pub label: String,
    /// Further places with their words.
    pub others: Vec<(Span, String)>,
    /// What to write or do instead.
    pub help: Vec<String>,
    /// What of it can be done to the text as it is.
    pub fixes: Vec<Fix>,
}

/// Bytes of the text that become others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; a place between two bytes where text is only added.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Who decides about a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applicability {
    /// It can hardly be meant otherwise: `nnrc check --fix` makes it where the text has no meaning without it.
    Automatic,
    /// It is one of several ways, or says something else than the text does: whoever writes the text decides.
    Suggestion,
}

/// A change that takes its finding away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The advice that it follows.
    pub words: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
    /// Who decides about it.
    pub applicability: Applicability,
}

impl Edit {
    /// `text` instead of what the span holds.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// `text` before the byte `at`.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::new(at, at), text)
    }

    /// Nothing where the span is.
    pub fn remove(span: Span) -> Self {
        Self::replace(span, "")
    }
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, Some(span), message.into())
    }

    /// A warning at `span`.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, Some(span), message.into())
    }

    /// A finding without a place in the text.
    pub fn global(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self::new(severity, code, None, message.into())
    }

    fn new(severity: Severity, code: Code, span: Option<Span>, message: String) -> Self {
        Self {
            severity,
            code,
            message,
            span,
            label: String::new(),
            others: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Adds the words under the marked place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another place.
    pub fn other(mut self, span: Span, words: impl Into<String>) -> Self {
        self.others.push((span, words.into()));
        self
    }

    /// Adds advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds advice that can be followed by these edits.
    pub fn fix(mut self, help: impl Into<String>, applicability: Applicability, edits: Vec<Edit>) -> Self {
        let words = help.into();
        self.fixes.push(Fix { words: words.clone(), edits, applicability });
        self.help(words)
    }

    /// Adds advice to write `text` instead of what is marked.
    pub fn replace(
        self,
        help: impl Into<String>,
        applicability: Applicability,
        text: impl Into<String>,
    ) -> Self {
        match self.span {
            Some(span) => self.fix(help, applicability, vec![Edit::replace(span, text)]),
            None => self.help(help),
        }
    }

    /// Adds the name that may have been meant by what is marked, if one is near.
    pub fn did_you_mean(self, near: Option<Near>) -> Self {
        let Some(near) = near else { return self };
        let sure = if near.is_sure() { Applicability::Automatic } else { Applicability::Suggestion };
        self.replace(format!("did you mean `{near}`?"), sure, near)
    }

    /// Adds the name that may have been meant by what is marked, or other advice if none is near.
    pub fn did_you_mean_or(self, near: Option<Near>, otherwise: impl FnOnce() -> String) -> Self {
        if near.is_some() { self.did_you_mean(near) } else { self.help(otherwise()) }
    }

    /// Whether this finding stops the compilation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
