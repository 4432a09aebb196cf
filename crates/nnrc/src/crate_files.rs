//! A crate that simulates a network, and trains it where the file says how.

use std::collections::BTreeSet;

use nnrc_model::{Node, clock};
use nnrc_rust::{Files, Options};
use nnrc_syntax::ast::{Item, Member};
use nnrc_syntax::{Diagnostic, Severity, codes, parse};

use crate::compiled::Compiled;
use crate::cycles::{self, Cycles};
use crate::explain::explain;
use crate::failure::Failure;
use crate::meanings;
use crate::runner::method;
use crate::training::{presented, refused_in_a_program, trained};

impl Compiled {
    /// The files of a crate, by their paths within it: a program that simulates the network, and trains it or lets it
    /// learn where the file says how.
    ///
    /// # Errors
    ///
    /// A network that no program follows: one whose protocol sets species at times of its own. Training that no program
    /// does.
    pub fn crate_files(&self) -> Result<Files, Failure> {
        if let Some(finding) = refused_in_a_program(&self.model) {
            return Err(self.failed(finding));
        }
        // A program that trains needs reactions for either sign of each weight.
        let trains = self.model.gradient_descent().is_some();
        let for_training = if trains { Some(self.for_training()?) } else { None };
        let pot = for_training.as_ref().unwrap_or(self);
        let options = Options {
            simulation: Some(simulation(self)?),
            ranges: ranges(self),
            meanings: meanings::carried(&self.model),
            training: trains.then(|| trained(&pot.model, &pot.lowered)),
            pot: self.model.gradient_flow().map(|flow| presented(&self.model, &self.lowered, flow.loss)),
            ..Options::default()
        };
        nnrc_rust::generate(&pot.lowered.crn, &pot.lowered.info, &options).map_err(|error| {
            let message = format!("no crate: {error}");
            let finding = Diagnostic::global(Severity::Error, codes::NOT_SERVED, message);
            self.failed(finding.help(if pot.lowered.crn.protocol.settings.is_empty() {
                "simulation and training follow this network in process, and SBML takes it to other tools"
            } else {
                "a crate follows reactions alone: write `clock = may_leonard();`, whose phases are species, or \
                 write SBML, whose events set them"
            }))
        })
    }

    /// The same network for weights that will change.
    fn for_training(&self) -> Result<Self, Failure> {
        self.checked().compile_for_training(&self.input)?.at_its_start()
    }
}

/// Ranges that the file declares for inputs. Others follow from its data and are no bounds for the program's.
fn ranges(pot: &Compiled) -> Vec<(String, f64, f64)> {
    let file = parse(&pot.source.text).map(|file| file.items).unwrap_or_default();
    let members = file.into_iter().filter_map(|item| match item {
        Item::Network(network) => Some(network.members),
        _ => None,
    });
    let declared: BTreeSet<String> = members
        .flatten()
        .filter_map(|member| match member {
            Member::Input { name, range: Some(_), .. } => Some(name.name),
            _ => None,
        })
        .collect();
    let own = |node: &Node| Some((node.name.clone(), node.ranges.first()?.low, node.ranges.first()?.high));
    let inputs = pot.model.inputs().map(|(_, node)| node);
    inputs.filter(|node| declared.contains(&node.name)).filter_map(own).collect()
}

/// What the file says about simulation, for a program that cannot read the file. A pot that learns does not settle, so
/// its course has an end: that of the first presentation, or of two cycles of the clock.
fn simulation(pot: &Compiled) -> Result<nnrc_rust::Simulation, Failure> {
    let model = &pot.model;
    let said = &model.simulation;
    let names = |nodes: &Vec<usize>| nodes.iter().map(|&node| model.nodes[node].name.clone()).collect();
    let mut simulation = nnrc_rust::Simulation {
        until: said.until,
        points: said.points,
        every: said.every,
        record: said.record.as_ref().map(names),
        relative: said.relative,
        absolute: said.absolute,
        method: method(said.method),
    };
    if let Some(feed) = &pot.lowered.crn.protocol.feed {
        simulation.until = simulation.until.or(Some(feed.hold));
    }
    if let Some(clocked) = pot.lowered.clocked() {
        match Cycles::new(model, &pot.lowered, pot.runner().into_engine()) {
            Ok(cycles) => simulation.until = simulation.until.or(Some(2.0 * cycles.period())),
            Err(error) => {
                return Err(pot.failed(explain(pot, &pot.runner(), &error, "the clock")));
            }
        }
        // The program has one tolerance for all species, so that of the clock's tails is for all.
        simulation.absolute = simulation.absolute.min(clock::tolerance(&clocked.settings));
        simulation.method = cycles::method(said.method);
    }
    Ok(simulation)
}
