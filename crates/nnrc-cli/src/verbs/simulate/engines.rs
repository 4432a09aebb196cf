//! Results of this process, or of the program of a generated crate.

use nnrc::numbers::count;
use nnrc::{Answers, Checked, Compiled, TimeCourse, meanings};

use super::write::{self, Format, Output};
use crate::args::EngineKind;
use crate::native::{self, Program};
use crate::notes::Notes;
use crate::session::Session;
use crate::terminal::Stop;

/// Samples from which on it is said that they are settled, which takes a while.
const MANY: usize = 1000;

/// The time course, in this process or in the program of a generated crate.
pub fn course(
    session: &Session,
    pot: &Compiled,
    engine: EngineKind,
    points: usize,
) -> Result<TimeCourse, Stop> {
    let terminal = &session.terminal;
    if pot.lowered.clocked().is_some() || pot.lowered.crn.protocol.feed.is_some() {
        if engine == EngineKind::Crate {
            let what = if pot.lowered.clocked().is_some() {
                "a pot with a clock is followed"
            } else {
                "samples are presented"
            };
            terminal.note(&format!("{what} in this process, also with `--engine crate`"));
        }
    } else if let Some(program) = native::program(session, pot, engine)? {
        return in_program(session, pot, &program, points);
    }
    Ok(pot.simulate(points, &mut Notes(terminal))?)
}

/// The time course in the program of a generated crate.
fn in_program(
    session: &Session,
    pot: &Compiled,
    program: &Program,
    points: usize,
) -> Result<TimeCourse, Stop> {
    let until = pot.model.simulation.until;
    let spacing = match until {
        Some(until) => pot.spacing(until, points)?,
        None => pot.wanted_spacing(points),
    };
    let course = program.course(&pot.model.simulation, until, spacing).map_err(|found| pot.failed(*found))?;
    if let (Some(time), Some(end)) = (course.settling_time, course.times.last()) {
        session.terminal.note(&pot.end_words(time, *end));
    }
    let (reader, mut recorder) = (pot.runner(), pot.recorder());
    let width = course.states.len() / course.times.len().max(1);
    for (at, time) in course.times.iter().enumerate() {
        recorder.record(*time, &reader.concentrations(&course.states[at * width..(at + 1) * width]));
    }
    Ok(recorder.finish())
}

/// The fixed point for one input.
pub fn steady(session: &Session, pot: &Compiled, engine: EngineKind, output: Output<'_>) -> Result<(), Stop> {
    let rest = match native::program(session, pot, engine)? {
        Some(program) => {
            let state = program.settle(&pot.model.simulation).map_err(|found| pot.failed(*found))?;
            pot.fixed_point(&state)
        }
        None => pot.settle()?,
    };
    if output.format != Format::Npz
        && let Some(note) = meanings::back_to_data(&pot.model)
    {
        session.terminal.note(&note);
    }
    write::fixed_point(&session.terminal, pot, &rest, output)
}

/// The fixed point for each sample of a data set.
pub fn samples(
    session: &Session,
    loaded: &Checked,
    name: &str,
    engine: EngineKind,
    output: Output<'_>,
) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let data = session.data(loaded, name)?;
    let pot = loaded.compile(&loaded.model.default_input())?;
    let inputs = pot.inputs_of(&data)?;
    if inputs.len() > MANY {
        terminal.note(&format!("settling {} samples", count(inputs.len())));
    }
    let node = &pot.model.nodes[pot.model.output];
    let outputs = match native::program(session, &pot, engine)? {
        Some(program) => match program.settle_all(&pot.model.simulation, &node.name, &inputs) {
            Ok(values) => values.chunks_exact(node.width().max(1)).map(<[f64]>::to_vec).collect(),
            Err(mut finding) => {
                finding.message = format!("`{name}`: {}", finding.message);
                return Err(pot.failed(*finding).into());
            }
        },
        None => pot.settle_rows(&data, name)?,
    };
    let answers = Answers::new(&pot, &data, outputs);
    write::answers(terminal, &answers, output)?;
    if !answers.has_classes() && answers.targets.is_none() && node.width() > 1 {
        let output = &node.name;
        terminal.note(&format!(
            "`{output}` is taken as values; where the largest names a class, write `output {output} as classes();`"
        ));
    }
    match answers.summary() {
        None => Ok(()),
        Some(summary) if terminal.is_json() => terminal.print_json(&summary.json()),
        Some(summary) => {
            terminal.note(&summary.text());
            Ok(())
        }
    }
}
