//! The text of `--help`.

use std::fmt::Write;

use super::widths::{input_width, output_width};
use super::words::{method_text, optional_text, outputs_text, schedule_text};
use crate::defaults::Defaults;
use crate::gradient::Differentiable;
use crate::network::{Network, Role};
use crate::training::Training;

/// What the program can do.
pub(crate) fn overview<N: Network>() -> String {
    let name = N::NAME;
    format!(
        "Simulates and trains the chemical reaction network `{name}`: a neural network whose values are concentrations
and whose weights are rate constants.

Usage: train --data FILE [OPTIONS]    finds weights for samples; `train --help` lists the options
       simulate [OPTIONS]             what the reactions do; `simulate --help` lists the options

Examples:
  train --data samples.csv --epochs 50            writes trained.npz, and checkpoint.npz meanwhile
  train --data samples.csv --epochs 500 --resume  goes on from there
  simulate --steady                               where the pot settles
  simulate --until 20 -o course.csv               the time course
"
    )
}

/// What `train --help` says of the samples.
fn samples_help<N: Differentiable>() -> String {
    let (inputs, outputs) = (input_width::<N>(), output_width::<N>());
    let class = if outputs > 1 {
        format!(", or one column with the class from 0 to {}", outputs - 1)
    } else {
        String::new()
    };
    format!(
        "Samples: a .csv with a header and {inputs} columns of inputs, then {outputs} of targets{class};\n\
         or an .npz with the arrays `x` [samples, {inputs}] and `t` [samples, {outputs}]."
    )
}

/// What the verb `train` does and takes.
pub(crate) fn training<N: Differentiable>() -> String {
    let Training { loss, reading, optimiser, schedule, decay, batch, epochs, shuffle, patience, .. } =
        N::TRAINING;
    let loss = loss.name();
    let outputs = outputs_text(reading);
    let (method, rate) = (optimiser.name(), optimiser.rate());
    let schedule = schedule_text(schedule);
    let (seed, patience) = (optional_text(shuffle), optional_text(patience.map(|epochs| epochs as u64)));
    let samples = samples_help::<N>();
    let mut text = format!(
        "Trains the weights of `{}` by gradient descent through the fixed point of its reactions.

Usage: train --data FILE [OPTIONS]

{samples}

Options:
      --data FILE        the samples
      --validation FILE  samples that only judge, in the same form
      --scaled           what the files hold is scaled already; else it is measurements, which are scaled as the
                         network's own data were
      --weights FILE     where to begin: .npz or .safetensors (default: the weights of the model file)
      --loss LOSS        squared_error: half of the sum of (y - t)^2; cross_entropy: of outputs that are
                         probabilities; softmax_cross_entropy: of linear outputs (default: {loss})
      --outputs WHAT     classes: the largest names it; binary:BORDER, with BORDER:BORDER_OF_TARGETS where they differ;
                         values; targets: what the targets say (default: {outputs})
      --epochs N         how often all samples are seen (default: {epochs})
      --batch N          samples between two steps (default: {batch})
      --optimiser NAME   sgd or adam (default: {method})
      --rate R           learning rate (default: {rate})
      --momentum M       share of the last step that sgd keeps
      --beta1, --beta2, --epsilon X
                         constants of adam
      --schedule HOW     constant, cosine:FLOOR, step:EPOCHS:FACTOR or exponential:FACTOR, of the learning rate
                         (default: {schedule})
      --decay L          adds L/2 times the sum of squares of all weights to the loss (default: {decay})
      --seed N           order of the samples; none: as they stand (default: {seed})
      --patience N       end after N epochs without improvement, with the best weights (default: {patience})
      --stop WHEN        end when a metric is good enough: `loss<0.1`, `validation.accuracy>=0.95`; none: never
      --threads N        the result does not depend on it (default: one for each core)
  -o, --output FILE      the weights: .npz or .safetensors (default: trained.npz)
      --metrics FILE     a .csv with the metrics of each epoch
      --checkpoint FILE  what is needed to go on later (default: checkpoint.npz)
      --resume           go on from the checkpoint
      --fingerprint N, --settings TEXT
                         what the checkpoint belongs to, for programs that drive this one
      --model FILE       rate constants and initial concentrations (default: data/model.npz of this
                         crate, or beside the program)
  -h, --help             this text

Exit status: 0 done, 1 wrong usage or a file that does not fit, 7 training diverged.

Weights:
",
        N::NAME
    );
    for tensor in N::tensors() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {} {:?}", tensor.name, tensor.shape);
    }
    text
}

/// What the program does and takes.
pub(crate) fn text<N: Network>() -> String {
    let Defaults { until, points, every, relative, absolute, record, method } = N::DEFAULTS;
    let until = until.map_or("when all has settled".to_owned(), |until| until.to_string());
    let rows = match every {
        None => points.to_string(),
        Some(every) => format!("one each {every} time units"),
    };
    let record = record.map_or("all".to_owned(), |names| names.join(","));
    let method = method_text(method);
    let mut text = format!(
        "Simulates the chemical reaction network `{}`.

Usage: simulate [OPTIONS]

Options:
      --input NUMBERS  concentrations of the inputs, separated by commas (default: those of the model file)
      --data FILE      one input in each row: .csv with a header row, .npy, or .npz with the array `x`; writes one
                       settled output a row
      --raw            what `--input` gives are measurements, which are scaled as the network's own data were
      --scaled         what the file of `--data` holds is scaled already, and outputs stay so; else both are
                       measurements, where the network's own data were scaled
      --until TIME     end of the time course, in the time unit of the model (default: {until})
      --steady         the settled values only, without the time course
      --points NUMBER  rows of the time course (default: {rows})
      --every TIME     time between two rows, instead of their number
      --record NAMES   which of the quantities below, separated by commas (default: {record})
      --start WHERE    `model`: at the initial concentrations (default); `settled`: at the fixed point
      --method METHOD  `explicit` (Tsit5), `rosenbrock` (Rodas4) or `auto`, which changes between them (default: {method})
      --rtol NUMBER    relative tolerance (default: {relative:e})
      --atol NUMBER    absolute tolerance, in concentration units (default: {absolute:e})
      --model FILE     rate constants and initial concentrations (default: data/model.npz of this
                       crate, or beside the program)
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
