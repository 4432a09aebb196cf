//! What a network answers to samples, beside what it should.

use nnrc_model::output::Judging;
use nnrc_model::{DataReference, Node};

use crate::compiled::Compiled;
use crate::summary::Summary;

/// The settled outputs of samples, with what they should be as far as that is known.
#[derive(Debug)]
pub struct Answers<'a> {
    pot: &'a Compiled,
    /// How the outputs are judged.
    pub judging: Judging,
    /// A row for each sample, in the units of the network.
    pub outputs: Vec<Vec<f64>>,
    /// What they should be; none without targets.
    pub targets: Option<Vec<Vec<f64>>>,
}

/// A column of answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Values, in the units of the data.
    Values(Vec<f64>),
    /// A class, from 0; none where the outputs name none.
    Class(Option<usize>),
}

impl<'a> Answers<'a> {
    /// What `outputs`, one row for each row of the data, mean.
    pub fn new(pot: &'a Compiled, data: &DataReference, outputs: Vec<Vec<f64>>) -> Self {
        let dataset = pot.model.datasets.get(&data.dataset);
        let width = pot.model.nodes[pot.model.output].width();
        let target = |row: usize| dataset?.target(row, width).filter(|target| target.len() == width);
        let targets = pot.model.rows(data).into_iter().map(target).collect();
        Self { pot, judging: pot.model.judging(dataset), outputs, targets }
    }

    /// The output.
    pub fn node(&self) -> &Node {
        &self.pot.model.nodes[self.pot.model.output]
    }

    /// Identifiers of the outputs: `y_1`.
    pub fn ids(&self) -> Vec<String> {
        (0..self.node().width()).map(|at| self.pot.value_id(self.pot.model.output, at)).collect()
    }

    /// Whether outputs name classes.
    pub fn has_classes(&self) -> bool {
        self.judging.reading().has_classes()
    }

    /// What a row answers, and what it should, as classes or as values.
    pub fn answer(&self, row: usize) -> (Answer, Option<Answer>) {
        let reading = self.judging.reading();
        let target = self.targets.as_ref().map(|targets| &targets[row]);
        if self.has_classes() {
            let class = Answer::Class(reading.class(&self.outputs[row]));
            (class, target.map(|target| Answer::Class(reading.wanted(target))))
        } else {
            let values = Answer::Values(self.judging.raw(&self.outputs[row]));
            (values, target.map(|target| Answer::Values(self.judging.raw(target))))
        }
    }

    /// What all of them together say; none without targets.
    pub fn summary(&self) -> Option<Summary<'_>> {
        Some(Summary::new(&self.judging, &self.outputs, self.targets.as_deref()?))
    }
}
