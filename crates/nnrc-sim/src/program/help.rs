//! The text of `--help`.

use std::fmt::Write;

use super::{Network, Role};

/// What the program does and takes.
pub(crate) fn text<N: Network>() -> String {
    let mut text = format!(
        "Simulates the chemical reaction network `{}`.

Usage: simulate [OPTIONS]

Without --until the pot is followed until it has settled.

Options:
      --input NUMBERS  concentrations of the inputs, separated by commas (default: those of the model file)
      --data FILE      one input in each row: .csv, .npy, or .npz with the array `x`; writes one settled output a row
      --until TIME     end of the time course, in the time unit of the model
      --steady         the settled values only, without the time course
      --points NUMBER  rows of the time course (default: 201)
      --rtol NUMBER    relative tolerance (default: 1e-7)
      --atol NUMBER    absolute tolerance, in concentration units (default: 1e-10)
      --model FILE     rate constants and initial concentrations (default: data/model.npz of this crate)
  -o, --output FILE    .csv or .npz; `-` is standard output (default)
  -h, --help           this text

Quantities:
",
        N::NAME
    );
    for quantity in N::quantities() {
        let role = match quantity.role {
            Role::Input => "input, at least 0",
            Role::SignedInput => "input, of either sign",
            Role::Output => "output",
            Role::Inner => "in between",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}[{}]  {role}", quantity.name, quantity.width);
    }
    text
}
