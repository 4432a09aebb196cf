//! The reaction IR: species families, reaction families, validation and expansion.
