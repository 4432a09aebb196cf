//! The text of `--help`.

use std::fmt::Write;

use super::{Defaults, Network, Role};
use crate::Method;

/// What the program does and takes.
pub(crate) fn text<N: Network>() -> String {
    let Defaults { until, points, every, relative, absolute, record, method } = N::DEFAULTS;
    let until = until.map_or("when all has settled".to_owned(), |until| until.to_string());
    let rows = match every {
        None => points.to_string(),
        Some(every) => format!("one each {every} time units"),
    };
    let record = record.map_or("all".to_owned(), |names| names.join(","));
    let method = match method {
        Method::Auto => "auto",
        Method::Explicit => "explicit",
        Method::Rosenbrock => "rosenbrock",
    };
    let mut text = format!(
        "Simulates the chemical reaction network `{}`.

Usage: simulate [OPTIONS]

Options:
      --input NUMBERS  concentrations of the inputs, separated by commas (default: those of the model file)
      --data FILE      one input in each row: .csv, .npy, or .npz with the array `x`; writes one settled output a row
      --until TIME     end of the time course, in the time unit of the model (default: {until})
      --steady         the settled values only, without the time course
      --points NUMBER  rows of the time course (default: {rows})
      --every TIME     time between two rows, instead of their number
      --record NAMES   which of the quantities below, separated by commas (default: {record})
      --start WHERE    `model`: at the initial concentrations (default); `settled`: at the fixed point
      --method METHOD  `explicit` (Tsit5), `rosenbrock` (Rodas4) or `auto`, which changes between them (default: {method})
      --rtol NUMBER    relative tolerance (default: {relative:e})
      --atol NUMBER    absolute tolerance, in concentration units (default: {absolute:e})
      --model FILE     rate constants and initial concentrations (default: data/model.npz of this crate)
      --state          every concentration that changes, in the order of src/crn.rs, instead of the quantities
  -o, --output FILE    .csv or .npz; `-` is standard output (default)
  -h, --help           this text

Exit status: 0 done, 1 wrong usage or a file that does not fit, 5 the pot does not settle, 6 the solver failed.

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
