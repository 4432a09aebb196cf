//! A model with its chemistry.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nnrc_crn::namer;
use nnrc_engine::Engine;
use nnrc_lower::{Lowered, lower, lower_for_training};
use nnrc_model::Model;
use nnrc_sbml::UnitSystem;
use nnrc_sim::Error;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::failure::Failure;
use crate::project::Checked;

/// A model with its chemistry.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The text.
    pub source: Source,
    /// What it means.
    pub model: Model,
    /// The values that its inputs hold.
    pub input: Vec<f64>,
    /// The reactions, and how they are read.
    pub lowered: Lowered,
    /// Set by another thread: what is integrated of it shall end, with an error.
    pub cancelled: Arc<AtomicBool>,
}

impl Checked {
    /// The chemistry of the network, whose inputs hold `input`.
    ///
    /// # Errors
    ///
    /// An input of another width, two names that make one identifier, a number that is none, more reactant molecules
    /// than `max_order`.
    pub fn compile(&self, input: &[f64]) -> Result<Compiled, Failure> {
        self.lowered(input, lower)
    }

    /// The chemistry for weights that will change: reactions for either sign of each.
    ///
    /// # Errors
    ///
    /// As [`Checked::compile`].
    pub fn compile_for_training(&self, input: &[f64]) -> Result<Compiled, Failure> {
        self.lowered(input, lower_for_training)
    }

    fn lowered(
        &self,
        input: &[f64],
        lower: impl FnOnce(&Model, &[f64]) -> Result<Lowered, Box<Diagnostic>>,
    ) -> Result<Compiled, Failure> {
        let width = self.model.input_width();
        if input.len() != width {
            let message = format!("the network takes {width} values, {} are given", input.len());
            return Err(self.failed(Diagnostic::global(Severity::Error, codes::SHAPE_MISMATCH, message)));
        }
        match lower(&self.model, input) {
            Ok(lowered) => Ok(Compiled {
                source: self.source.clone(),
                model: self.model.clone(),
                input: input.to_vec(),
                lowered,
                cancelled: Arc::default(),
            }),
            Err(finding) => Err(self.failed(*finding)),
        }
    }
}

impl Compiled {
    /// The model without its chemistry.
    pub(crate) fn checked(&self) -> Checked {
        Checked { source: self.source.clone(), model: self.model.clone(), findings: Vec::new() }
    }

    /// Fails because of something in the text, or about it.
    pub fn failed(&self, finding: Diagnostic) -> Failure {
        Failure::new(&self.source, finding)
    }

    /// Sets the inputs of an engine of this pot.
    pub fn set_input(&self, engine: &mut Engine, input: &[f64]) -> Result<(), Error> {
        let mut rest = input;
        for (node, _) in self.model.inputs() {
            let observable = &self.lowered.crn.observables[node];
            let width = self.lowered.crn.axes[observable.axis].size();
            let Some((own, others)) = rest.split_at_checked(width) else { break };
            rest = others;
            let is_dual = !observable.negative.is_empty();
            let positive: Vec<f64> = own.iter().map(|x| if is_dual { x.max(0.0) } else { *x }).collect();
            let negative: Vec<f64> = own.iter().map(|x| (-x).max(0.0)).collect();
            let invalid = |error: nnrc_engine::SetError| Error::Invalid { reason: error.to_string() };
            for (families, values) in [(&observable.positive, positive), (&observable.negative, negative)] {
                for &family in families {
                    engine.set(family, &values).map_err(invalid)?;
                }
            }
        }
        Ok(())
    }

    /// Makes these concentrations the initial ones.
    pub fn start_at(&mut self, concentrations: &[f64]) {
        let handles: Vec<_> = self.lowered.crn.species.iter().map(|(handle, _)| handle).collect();
        for handle in handles {
            let range = self.lowered.info.species_range(handle);
            self.lowered.crn.species[handle].initial.copy_from_slice(&concentrations[range]);
        }
    }

    /// Identifier of a species by its place in the whole state.
    pub fn species_id(&self, species: usize) -> String {
        let (family, flat) = self.lowered.info.locate(species);
        let mut id = String::new();
        namer::species_id(&self.lowered.crn, &self.lowered.crn.species[family], flat, &mut id);
        id
    }

    /// Identifier of the value of a node, 0-based: `y_1`.
    pub fn value_id(&self, node: usize, at: usize) -> String {
        let observable = &self.lowered.crn.observables[node];
        let mut id = String::new();
        namer::human_name(&self.lowered.crn, "", &[observable.axis], at, "", &mut id);
        let indices = id.trim_matches(['[', ']']).replace(',', "_");
        namer::bare(&format!("{}_{indices}", observable.stem))
    }

    /// What follows a time: ` s`, ` x 7 s`, or nothing where numbers have no units.
    pub fn time_units(&self) -> String {
        match UnitSystem::new(&self.lowered.crn.units).ok().and_then(|units| units.time_words()) {
            None => String::new(),
            Some(multiple) if multiple.contains(' ') => format!(" x {multiple}"),
            Some(unit) => format!(" {unit}"),
        }
    }
}
