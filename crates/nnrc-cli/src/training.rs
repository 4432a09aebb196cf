//! Training from the command line: where its files are, what is shown meanwhile, and the programs of generated crates.
//!
//! - `files`: where results and checkpoints are;
//! - `progress`: what is shown meanwhile;
//! - `watch`: what is done with what a training says.

mod files;
mod progress;
mod watch;

use nnrc::training::{InSilicoTraining, TrainOptions, Trained};
use nnrc::{Checked, Observer};
use nnrc_sim::io::Arrays;

use crate::args::EngineKind;
use crate::native::{self, Ended, Program, TrainRequest};
use crate::session::{self, Session};
use crate::terminal::Stop;
pub use files::Files;
use progress::Progress;
pub use watch::Watch;

/// Trains the model of a file by its `train` block. With `files`, checkpoints and curves are kept; `resume` goes on
/// from the last checkpoint.
pub fn run(
    session: &Session,
    checked: &Checked,
    files: Option<&Files>,
    (resume, engine): (bool, EngineKind),
) -> Result<Trained, Stop> {
    let terminal = &session.terminal;
    let learns_in_pot = !checked.model.chemistry.construction.is_fixed_point();
    let mut options = TrainOptions { resume: None, threads: session::threads() };
    let mut watch = Watch::new(terminal, files);
    if learns_in_pot && engine == EngineKind::Crate {
        terminal.note(
            "pots that learn are followed in this process, also with `--engine crate`; `nnrc compile --target rust` writes \
             a program that presents samples",
        );
    }
    let program = match files.filter(|_| !learns_in_pot) {
        Some(_) => native::trainer(session, checked, engine)?,
        None => None,
    };
    match (files, &program) {
        (Some(files), Some(program)) => {
            options.resume = in_program(session, checked, program, (files, resume), &watch)?;
            // It is at its end already: only what comes after is left.
            watch.is_quiet = true;
        }
        (Some(files), None) if resume => {
            options.resume = files.read_arrays(terminal)?;
            if options.resume.is_none() {
                let name = files.checkpoint();
                terminal.note(&format!("there is no checkpoint `{}`: training begins anew", name.display()));
            }
        }
        _ => {}
    }
    let result = checked.train(&options, &mut watch);
    // What could not be written is said already.
    watch.end()?;
    Ok(result?)
}

/// Has the program of a generated crate go through the epochs; what it leaves behind is the state after the last one.
fn in_program(
    session: &Session,
    checked: &Checked,
    program: &Program,
    (files, resume): (&Files, bool),
    watch: &dyn Observer,
) -> Result<Option<Arrays>, Stop> {
    let terminal = &session.terminal;
    let training = InSilicoTraining::of(checked, session::threads())?;
    if resume && let Some(arrays) = files.read_arrays(terminal)? {
        // What does not fit is refused here, where it is known by which words of the file.
        training.state(&arrays, watch)?;
    }
    let learning = &training.learning;
    let request = TrainRequest {
        settings: &training.settings,
        loss: learning.loss,
        measure: &learning.measure,
        stamp: &training.stamp,
        resume,
    };
    let mut progress = Progress::new(terminal, training.settings.epochs, 0);
    let ended = program.train(
        &learning.split(training.trained_on),
        learning.graph.output_width(),
        &learning.weights(learning.graph.initial()),
        &request,
        &files.checkpoint(),
        &mut |words| progress.relay(words),
    );
    progress.finish();
    let arrays = files.read_arrays(terminal)?;
    match ended.map_err(|finding| checked.failed(*finding))? {
        Ended::Done => Ok(arrays),
        Ended::Diverged { loss } => {
            let state = arrays.map(|arrays| training.state(&arrays, watch)).transpose()?;
            if let Some(state) = &state {
                files.write_checkpoint(terminal, &training.checkpoint(state))?;
                for picture in training.pictures(state) {
                    files.write_picture(terminal, &picture)?;
                }
            }
            Err(training.diverged(state.map_or(0, |state| state.epoch) + 1, loss, watch).into())
        }
    }
}
