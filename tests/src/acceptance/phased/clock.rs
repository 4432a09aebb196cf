//! The clock alone.
