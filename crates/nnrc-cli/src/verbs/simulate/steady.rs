//! The fixed point for one input.

use std::collections::BTreeMap;

use nnrc_crn::{Handle, SpeciesFamily};
use nnrc_sim::io::Array;

use super::{Format, fail, write_npz};
use crate::args::EngineKind;
use crate::destination::Destination;
use crate::native;
use crate::records::{self, Cell};
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::Checked;
use nnrc::Compiled;
use nnrc::compiled::explain;
use nnrc::meanings;

/// Settles and writes.
pub fn run(
    session: &Session,
    loaded: &Checked,
    input: &[f64],
    engine: EngineKind,
    format: Format,
    destination: &Destination,
) -> Result<(), Stop> {
    let pot = loaded.compile(input)?;
    let mut runner = pot.runner();
    let state = match native::program(session, loaded, &pot, engine)? {
        Some(program) => match program.settle(&pot.model.simulation) {
            Ok(state) => state,
            Err(finding) => return fail(session, loaded, *finding),
        },
        None => {
            let mut state = runner.initial_state();
            if let Err(error) = runner.settle(&mut state) {
                return fail(session, loaded, explain(&pot, &runner, &error, "the fixed point"));
            }
            state
        }
    };
    if format == Format::Npz {
        let mut arrays = BTreeMap::new();
        for (at, node) in pot.model.nodes.iter().enumerate() {
            let array = Array { shape: vec![node.width()], values: runner.value(&state, at) };
            arrays.insert(node.name.clone(), array);
        }
        return destination.write(&session.terminal, |out| write_npz(arrays, out));
    }
    if let Some(note) = meanings::back_to_data(&loaded.model) {
        session.terminal.note(&note);
    }
    let rows = rows(&pot, &runner.concentrations(&state));
    let header = ["species".to_owned(), "value".to_owned()];
    records::write(&session.terminal, destination, &header, rows)
}

/// Every species, and after the rails of a value the value.
fn rows(pot: &Compiled, state: &[f64]) -> Vec<[Cell; 2]> {
    let mut rows = Vec::new();
    let mut done: Vec<Handle<SpeciesFamily>> = Vec::new();
    for (family, _) in pot.lowered.crn.species.iter() {
        if done.contains(&family) {
            continue;
        }
        let found = pot
            .lowered
            .crn
            .observables
            .iter()
            .position(|one| one.positive.contains(&family) || one.negative.contains(&family));
        let Some(node) = found else {
            let range = pot.lowered.info.species_range(family);
            rows.extend(range.map(|species| [pot.species_id(species).into(), state[species].into()]));
            continue;
        };
        let observable = &pot.lowered.crn.observables[node];
        let rails: Vec<_> = observable
            .positive
            .iter()
            .map(|&rail| (rail, 1.0))
            .chain(observable.negative.iter().map(|&rail| (rail, -1.0)))
            .collect();
        for at in 0..pot.lowered.crn.axes[observable.axis].size() {
            let name = pot.value_id(node, at);
            let (mut value, mut is_species) = (0.0, false);
            for &(rail, sign) in &rails {
                let species = pot.lowered.info.species_index(rail, at);
                let id = pot.species_id(species);
                value += sign * state[species];
                is_species |= id == name;
                if !done.contains(&rail) {
                    rows.push([id.into(), state[species].into()]);
                }
            }
            if !is_species {
                rows.push([name.into(), value.into()]);
            }
        }
        done.extend(rails.iter().map(|(rail, _)| *rail));
    }
    rows
}
