//! The `nnrc` command.
fn main() {}
