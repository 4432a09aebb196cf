//! The table of diagnostic codes: one name per kind of finding, and the exit status it leads to.
//!
//! Each name is also a folder of the bad corpus and an anchor of `docs/src/diagnostics.md`, which
//! holds the words that `nnrc explain` prints.

/// A worded diagnostic code with the exit status that an error of this kind ends the command with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code as printed, such as `shape-mismatch`.
    pub name: &'static str,
    /// 1: the model has errors; 3: a file cannot be opened, read, decoded or written; 4, 5, 6: what was run did not come
    /// out well; 0: a warning or note.
    pub exit: u8,
}

macro_rules! codes {
    ($($constant:ident = $name:literal, $exit:literal;)*) => {
        $(#[doc = concat!("`", $name, "`")] pub const $constant: Code = Code { name: $name, exit: $exit };)*
        /// Every code, in the order of the documentation.
        pub const ALL: &[Code] = &[$($constant),*];
    };
}

codes! {
    // Text.
    SYNTAX = "syntax", 1;
    NESTING_TOO_DEEP = "nesting-too-deep", 1;
    FILE_TOO_LARGE = "file-too-large", 1;
    UNSUPPORTED_VERSION = "unsupported-version", 1;
    RESERVED_WORD = "reserved-word", 1;
    UNKNOWN_UNIT = "unknown-unit", 1;
    NOT_FINITE = "not-finite", 1;
    // Names.
    UNKNOWN_NAME = "unknown-name", 1;
    DUPLICATE_NAME = "duplicate-name", 1;
    UNKNOWN_KEY = "unknown-key", 1;
    DUPLICATE_KEY = "duplicate-key", 1;
    DUPLICATE_BLOCK = "duplicate-block", 1;
    UNKNOWN_OPERATION = "unknown-operation", 1;
    UNKNOWN_ARGUMENT = "unknown-argument", 1;
    MISSING_ARGUMENT = "missing-argument", 1;
    ID_COLLISION = "id-collision", 1;
    // Values.
    WRONG_TYPE = "wrong-type", 1;
    WRONG_UNIT = "wrong-unit", 1;
    OUT_OF_RANGE = "out-of-range", 1;
    DIVISION_BY_ZERO = "division-by-zero", 1;
    // The network.
    MISSING_NETWORK = "missing-network", 1;
    MISSING_INPUT = "missing-input", 1;
    MISSING_OUTPUT = "missing-output", 1;
    MISSING_WEIGHTS = "missing-weights", 1;
    CYCLIC_NETWORK = "cyclic-network", 1;
    SHAPE_MISMATCH = "shape-mismatch", 1;
    INPUT_OUT_OF_RANGE = "input-out-of-range", 1;
    // Chemistry.
    NO_FIXED_POINT = "no-fixed-point", 1;
    UNSUPPORTED_ACTIVATION = "unsupported-activation", 1;
    OUTSIDE_DOMAIN = "outside-domain", 1;
    ORDER_EXCEEDED = "order-exceeded", 1;
    RULE_MISMATCH = "rule-mismatch", 1;
    PHASE_TOO_SHORT = "phase-too-short", 1;
    PHASE_LEAK = "phase-leak", 1;
    TOLERANCE_TOO_LOOSE = "tolerance-too-loose", 1;
    NOT_SERVED = "not-served", 1;
    // Learning in the pot.
    SHORT_HOLD = "short-hold", 1;
    LARGE_STEP = "large-step", 0;
    SLOW_ANNIHILATION = "slow-annihilation", 0;
    DRIFTING_WEIGHTS = "drifting-weights", 0;
    // Files.
    UNREADABLE_FILE = "unreadable-file", 3;
    MALFORMED_FILE = "malformed-file", 3;
    INVALID_UTF8 = "invalid-utf8", 3;
    PICKLED_FILE = "pickled-file", 3;
    RAGGED_TABLE = "ragged-table", 3;
    TEXT_IN_NUMBER_COLUMN = "text-in-number-column", 3;
    MISSING_VALUE = "missing-value", 3;
    NON_FINITE_DATA = "non-finite-data", 3;
    NOT_WRITABLE = "not-writable", 3;
    BUILD_FAILED = "build-failed", 3;
    NO_PYTHON = "no-python", 3;
    STALE_MANIFEST = "stale-manifest", 3;
    RESULTS_MISMATCH = "results-mismatch", 3;
    MISSING_TENSOR = "missing-tensor", 1;
    MISSING_COLUMN = "missing-column", 1;
    MISSING_HEADER = "missing-header", 1;
    EMPTY_DATASET = "empty-dataset", 1;
    // Running.
    EXPECTATION_FAILED = "expectation-failed", 4;
    NOT_REPRODUCED = "not-reproduced", 4;
    FAILED_POINT = "failed-point", 4;
    NOT_SETTLED = "not-settled", 5;
    SOLVER_FAILED = "solver-failed", 5;
    UNVERIFIABLE_FILE = "unverifiable-file", 1;
    NOT_PROVEN = "not-proven", 5;
    TRAINING_DIVERGED = "training-diverged", 5;
    POINTS_LEFT = "points-left", 6;
    // Warnings.
    MANY_REACTIONS = "many-reactions", 0;
    WIDE_RATE_RANGE = "wide-rate-range", 0;
    FEW_MOLECULES = "few-molecules", 0;
    NEUTRAL_CLOCK = "neutral-clock", 0;
    MANY_SAMPLES = "many-samples", 0;
    AMBIGUOUS_LAYOUT = "ambiguous-layout", 0;
    UNUSED_NAME = "unused-name", 0;
    UNDECLARED_BORDER = "undeclared-border", 0;
    CONSTANT_COLUMN = "constant-column", 0;
    DIFFERING_SCALES = "differing-scales", 0;
    TABLE_LAYOUT = "table-layout", 0;
    ROWS_DROPPED = "rows-dropped", 0;
    SHUFFLED_EVENTS = "shuffled-events", 0;
}

/// The code with this name.
pub fn find(name: &str) -> Option<Code> {
    ALL.iter().copied().find(|code| code.name == name)
}
