//! The texts of `--help` of a pot.

use std::fmt::Write;

use super::presentation::{OnePotProgram, Presentation, sample_width, target_width};
use crate::defaults::Defaults;
use crate::program::words::{method_text, optional_text};

/// What the program can do.
pub(super) fn overview<N: OnePotProgram>() -> String {
    format!(
        "Simulates the chemical reaction network `{}`: a neural network whose values and weights are concentrations, and
which learns by its own reactions while samples are presented.

Usage: train --data FILE [OPTIONS]    presents samples; `train --help` lists the options
       simulate [OPTIONS]             what the reactions do while one sample is held; `simulate --help` lists the options

Examples:
  train --data samples.csv --epochs 50            writes trained.npz, and checkpoint.npz meanwhile
  train --data samples.csv --epochs 500 --resume  goes on from there
  simulate --until 20 -o course.csv               the time course
",
        N::NAME
    )
}

/// What the verb `train` does and takes.
pub(super) fn training<N: OnePotProgram>() -> String {
    let Presentation { timing, epochs, shuffle, .. } = N::PRESENTATION;
    let Defaults { relative, absolute, method, .. } = N::DEFAULTS;
    let times = match timing.gate {
        None => format!("--hold TIME        how long each sample is presented (default: {})", timing.hold),
        Some((open, close)) => format!(
            "--parts S,L,F      times of a presentation before the gate of the teacher opens, while it is open, and\n      \
             {:19}after it has closed (default: {open},{},{})",
            "",
            close - open,
            timing.hold - close
        ),
    };
    let seed = optional_text(shuffle);
    let method = method_text(method);
    let (inputs, outputs) = (sample_width::<N>(), target_width::<N>());
    let class = if outputs > 1 {
        format!(", or one column with the class from 0 to {}", outputs - 1)
    } else {
        String::new()
    };
    let mut text = format!(
        "Presents samples to `{}` one after another, and integrates all reactions meanwhile: the weights learn by
themselves. How fast they do is a rate constant in the model file.

Usage: train --data FILE [OPTIONS]

Samples: a .csv with a header and {inputs} columns of inputs, then {outputs} of targets{class};
or an .npz with the arrays `x` [samples, {inputs}] and `t` [samples, {outputs}].

Options:
      --data FILE        the samples
      --scaled           what the file holds is scaled already; else it is measurements, which are scaled as the
                         network's own data were
      {times}
      --epochs N         how often all samples are presented (default: {epochs})
      --seed N           order of the samples; none: as they stand (default: {seed})
      --method METHOD    `explicit` (Tsit5), `rosenbrock` (Rodas4) or `auto` (default: {method})
      --rtol NUMBER      relative tolerance (default: {relative:e})
      --atol NUMBER      absolute tolerance, in concentration units (default: {absolute:e})
  -o, --output FILE      the weights: .npz or .safetensors (default: trained.npz)
      --metrics FILE     a .csv with the metrics of each epoch, read from the pot
      --checkpoint FILE  what is needed to go on later (default: checkpoint.npz)
      --resume           go on from the checkpoint
      --model FILE       rate constants and initial concentrations (default: data/model.npz of this
                         crate, or beside the program)
  -h, --help             this text

Exit status: 0 done, 1 wrong usage or a file that does not fit, 6 the solver failed, 7 learning diverged.

Weights:
",
        N::NAME
    );
    for weight in N::weights() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {} {:?}", weight.name, weight.shape);
    }
    text
}
