//! What the `sweep` block says.

use nnrc_syntax::Span;

/// Runs of one verb with many settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// Where the block stands.
    pub span: Span,
    /// Axes that are combined with each other, in the order of the text.
    pub over: Vec<SweepAxis>,
    /// Axes of one length that go together, as one.
    pub zipped: Vec<SweepAxis>,
    /// What is run.
    pub verb: Option<SweepVerb>,
    /// Parts in which it is run.
    pub shards: Option<u64>,
    /// Replicates of a study of noise that one run makes at most; none: all of them.
    pub replicates: Option<u64>,
}

/// A setting with the values that it takes, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepAxis {
    /// `block.key`, or `seed`.
    pub key: String,
    /// Expressions of the language; at least one.
    pub values: Vec<String>,
}

/// A verb that is run with many settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepVerb {
    /// A study of noise.
    Noise,
    /// A time course.
    Simulate,
    /// A training.
    Train,
    /// The expectations of the file.
    Test,
}

impl SweepVerb {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Noise, Self::Simulate, Self::Train, Self::Test];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::Simulate => "simulate",
            Self::Train => "train",
            Self::Test => "test",
        }
    }
}
