//! Helpers shared by the acceptance and differential tests.
