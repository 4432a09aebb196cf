//! Errors of readers as findings.

use nnrc_model::ResourceError;
use nnrc_sim::io::{ReadError, ReadErrorKind};
use nnrc_syntax::{Code, codes};

pub fn explain(error: ReadError) -> ResourceError {
    let code: Code = match error.kind {
        ReadErrorKind::Malformed | ReadErrorKind::Unsupported => codes::MALFORMED_FILE,
        ReadErrorKind::Pickled => codes::PICKLED_FILE,
        ReadErrorKind::Ragged => codes::RAGGED_TABLE,
        ReadErrorKind::InvalidUtf8 => codes::INVALID_UTF8,
        ReadErrorKind::NonFinite => codes::NON_FINITE_DATA,
    };
    ResourceError { code, message: error.message }
}
