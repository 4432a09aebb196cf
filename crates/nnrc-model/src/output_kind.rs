//! What an output is.

/// What an output is.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputKind {
    /// One value for each class; the largest names it.
    Classes {
        /// Names of the classes, in the order of the values; empty where only the data name them.
        names: Vec<String>,
    },
    /// One value on either side of a border.
    Binary {
        /// The border; none: the middle of the two targets.
        threshold: Option<f64>,
        /// Names of what is at most and what is above the border; empty where only the data name them.
        names: Vec<String>,
    },
    /// Numbers.
    Values,
}

impl OutputKind {
    /// Whether it names classes.
    pub fn has_names(&self) -> bool {
        match self {
            Self::Classes { names } | Self::Binary { names, .. } => !names.is_empty(),
            Self::Values => false,
        }
    }

    /// Its name in the language.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Classes { .. } => "classes",
            Self::Binary { .. } => "binary",
            Self::Values => "values",
        }
    }
}
