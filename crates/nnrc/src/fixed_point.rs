//! Where a pot comes to rest.

use nnrc_analysis::misfit_of;
use nnrc_crn::{Handle, SpeciesFamily};
use nnrc_model::DataReference;
use nnrc_sim::Error;
use nnrc_sim::parallel::cores;

use crate::compiled::Compiled;
use crate::explain::explain;
use crate::failure::Failure;
use crate::runner::settle_all;

/// Rows after which those that are left are given up once one has failed.
const ROWS: usize = 4096;

/// A pot at rest.
#[derive(Debug, Clone, PartialEq)]
pub struct FixedPoint {
    /// The value of each node.
    pub values: Vec<Vec<f64>>,
    /// Concentrations of all species.
    pub concentrations: Vec<f64>,
}

impl Compiled {
    /// Follows the pot to its fixed point, for the inputs that the chemistry was made with; one with a clock through
    /// a cycle.
    ///
    /// # Errors
    ///
    /// A pot that does not settle, and those of the solver.
    pub fn settle(&self) -> Result<FixedPoint, Failure> {
        self.settle_for("the fixed point")
    }

    /// The same; `doing` says for what, should it fail.
    pub(crate) fn settle_for(&self, doing: &str) -> Result<FixedPoint, Failure> {
        let mut runner = self.runner();
        let mut state = runner.initial_state();
        match runner.settle(&mut state) {
            Ok(_) => Ok(self.fixed_point(&state)),
            Err(error) => Err(self.failed(explain(self, &runner, &error, doing))),
        }
    }

    /// The fixed point with this state: the concentrations that change.
    pub fn fixed_point(&self, state: &[f64]) -> FixedPoint {
        let runner = self.runner();
        let values = (0..self.model.nodes.len()).map(|node| runner.value(state, node)).collect();
        FixedPoint { values, concentrations: runner.concentrations(state) }
    }

    /// Begins where everything is at rest, if the file says `start = settled`.
    ///
    /// # Errors
    ///
    /// As [`Compiled::settle`].
    pub fn at_its_start(mut self) -> Result<Self, Failure> {
        if self.model.simulation.settled {
            let rest = self.settle_for("`start = settled`")?;
            self.start_at(&rest.concentrations);
        }
        Ok(self)
    }

    /// The settled outputs for some rows of the data, each from the initial state.
    ///
    /// # Errors
    ///
    /// Targets that cannot be compared with the outputs; a row for which the pot does not settle.
    pub fn settle_rows(&self, data: &DataReference, name: &str) -> Result<Vec<Vec<f64>>, Failure> {
        self.settle_each(&self.inputs_of(data)?, name, cores())
    }

    /// The settled outputs for inputs, each from the initial state: `inputs` and the result row after row. Neither the
    /// other rows nor the number of threads change a row. `name` is what the inputs are called.
    ///
    /// # Errors
    ///
    /// A row for which the pot does not settle.
    pub fn settle_inputs(&self, inputs: &[f64], name: &str, threads: usize) -> Result<Vec<f64>, Failure> {
        let rows: Vec<&[f64]> = inputs.chunks_exact(self.model.input_width().max(1)).collect();
        Ok(self.settle_each(&rows, name, threads)?.concat())
    }

    fn settle_each(&self, inputs: &[&[f64]], name: &str, threads: usize) -> Result<Vec<Vec<f64>>, Failure> {
        let runner = self.runner();
        let row = |(row, result): (usize, Result<Vec<f64>, Error>)| {
            result.map_err(|error| {
                self.failed(explain(self, &runner, &error, &format!("row {} of `{name}`", row + 1)))
            })
        };
        let mut outputs = Vec::with_capacity(inputs.len());
        for rows in inputs.chunks(ROWS) {
            let first = outputs.len();
            let settled = settle_all(&runner, rows, threads).into_iter().enumerate();
            for (at, result) in settled {
                outputs.push(row((first + at, result))?);
            }
        }
        Ok(outputs)
    }

    /// The inputs of some rows of the data.
    ///
    /// # Errors
    ///
    /// Targets that cannot be compared with the outputs.
    pub fn inputs_of(&self, data: &DataReference) -> Result<Vec<&[f64]>, Failure> {
        if let Some(finding) = misfit_of(&self.model, &data.dataset) {
            return Err(self.failed(finding));
        }
        let Some(dataset) = self.model.datasets.get(&data.dataset) else { return Ok(Vec::new()) };
        Ok(self.model.rows(data).into_iter().map(|row| dataset.input(row)).collect())
    }

    /// Every species with its concentration, and after the rails of a value the value.
    pub fn table_of(&self, rest: &FixedPoint) -> Vec<(String, f64)> {
        let crn = &self.lowered.crn;
        let state = &rest.concentrations;
        let mut rows = Vec::new();
        let mut done: Vec<Handle<SpeciesFamily>> = Vec::new();
        for (family, _) in crn.species.iter() {
            if done.contains(&family) {
                continue;
            }
            let found = crn
                .observables
                .iter()
                .position(|one| one.positive.contains(&family) || one.negative.contains(&family));
            let Some(place) = found else {
                let range = self.lowered.info.species_range(family);
                rows.extend(range.map(|species| (self.species_id(species), state[species])));
                continue;
            };
            let observable = &crn.observables[place];
            let positive = observable.positive.iter().map(|&rail| (rail, 1.0));
            let rails: Vec<_> =
                positive.chain(observable.negative.iter().map(|&rail| (rail, -1.0))).collect();
            for at in 0..crn.axes[observable.axis].size() {
                let name = self.value_id(place, at);
                let (mut value, mut is_species) = (0.0, false);
                for &(rail, sign) in &rails {
                    let species = self.lowered.info.species_index(rail, at);
                    let id = self.species_id(species);
                    value += sign * state[species];
                    is_species |= id == name;
                    if !done.contains(&rail) {
                        rows.push((id, state[species]));
                    }
                }
                if !is_species {
                    rows.push((name, value));
                }
            }
            done.extend(rails.iter().map(|(rail, _)| *rail));
        }
        rows
    }
}
