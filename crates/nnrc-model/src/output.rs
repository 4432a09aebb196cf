//! What the output of a network is, said or by its data, and how it is judged.

use nnrc_sim::reading::{Measure, Reading, middle, two_values};

use crate::data::{Dataset, Targets};
use crate::model::Model;
pub use crate::output_kind::OutputKind;
use crate::training::Training;
use nnrc_sim::scaling::Scaling;
use nnrc_syntax::wording::shown;

/// How the outputs of a network are judged by some targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Judging {
    /// What the outputs are, and the units of their differences.
    pub measure: Measure,
    /// Names of the classes, as far as there are some.
    pub names: Vec<String>,
    /// How the targets were scaled: what brings outputs back to the units of the data.
    pub scaling: Option<Scaling>,
}

impl Judging {
    /// Outputs or targets in the units of the data.
    pub fn raw(&self, values: &[f64]) -> Vec<f64> {
        self.scaling.as_ref().map_or_else(|| values.to_vec(), |scaling| scaling.undo(values))
    }

    /// What the outputs are.
    pub fn reading(&self) -> Reading {
        self.measure.reading
    }

    /// The name of a class, counted from 0; where it has none, its number: from 1, or 0 and 1 of one output.
    pub fn class_name(&self, class: usize) -> String {
        match (self.names.get(class), self.measure.reading) {
            (Some(name), _) => name.clone(),
            (None, Reading::Binary { .. }) => class.to_string(),
            // Numbers of classes that begin at 0 go on.
            (None, Reading::Classes) if is_counted(&self.names) => class.to_string(),
            (None, Reading::Classes | Reading::Values) => (class + 1).to_string(),
        }
    }
}

impl Model {
    /// How outputs are judged by a data set of the file: by what the output is said to be, else by what the training
    /// data say, else by these targets, else by the first data set that has some.
    pub fn judging(&self, own: Option<&Dataset>) -> Judging {
        self.judging_by(own.map(|own| (&own.targets, own.target_scale.as_ref())))
    }

    /// The same by targets that are in no data set: values of the output, one row after another.
    pub fn judging_values(&self, values: Vec<f64>) -> Judging {
        let own = Targets::Values { width: self.nodes[self.output].width(), values };
        self.judging_by(Some((&own, None)))
    }

    fn judging_by(&self, own: Option<Own<'_>>) -> Judging {
        let width = self.nodes[self.output].width();
        let trained = self.training.as_ref().and_then(Training::data);
        let trained = trained.and_then(|data| self.datasets.get(&data.dataset));
        judging(self.output_kind.as_ref(), width, own, trained.into_iter().chain(self.datasets.values()))
    }

    /// Names of the values of the inputs, one after another: as said, else those of the columns of the data; empty where
    /// nothing names them.
    pub fn column_names(&self) -> Vec<String> {
        let width = self.input_width();
        let of_data = self.data().map(|(_, data)| data.input_names.as_slice()).unwrap_or_default();
        let of_data = if of_data.len() == width { of_data } else { &[] };
        let mut names = Vec::new();
        for (_, node) in self.inputs() {
            for at in 0..node.width() {
                let name = node.features.get(at).or_else(|| of_data.get(names.len()));
                names.push(name.cloned().unwrap_or_default());
            }
        }
        if names.iter().all(String::is_empty) { Vec::new() } else { names }
    }

    /// Names of the values of the output: of its classes, else of the columns of the targets; empty where nothing names
    /// them, or where one value tells two classes apart.
    pub fn output_names(&self) -> Vec<String> {
        let width = self.nodes[self.output].width();
        let names = match self.kind() {
            OutputKind::Classes { names } => names,
            OutputKind::Binary { .. } => Vec::new(),
            OutputKind::Values => self.data().map(|(_, data)| data.target_names.clone()).unwrap_or_default(),
        };
        if names.len() == width { names } else { Vec::new() }
    }

    /// What the output is: as said, else as its data have it.
    pub fn kind(&self) -> OutputKind {
        let Judging { measure, names, .. } = self.judging(None);
        match measure.reading {
            Reading::Classes => OutputKind::Classes { names },
            Reading::Binary { threshold, .. } => OutputKind::Binary { threshold: Some(threshold), names },
            Reading::Values => OutputKind::Values,
        }
    }
}

/// Targets, and how they were scaled.
pub type Own<'a> = (&'a Targets, Option<&'a Scaling>);

/// How an output of `width` values is judged by its `own` targets. `others` are data sets that say what it is where it is
/// not `said`, the one that it learns from first.
pub fn judging<'a>(
    said: Option<&OutputKind>,
    width: usize,
    own: Option<Own<'a>>,
    others: impl Iterator<Item = &'a Dataset>,
) -> Judging {
    let own = own.filter(|(targets, _)| fits(targets, width));
    // The first of the others is what the network learns from, if it learns; it goes before its own targets.
    let usual = others
        .map(|dataset| (&dataset.targets, dataset.target_scale.as_ref()))
        .find(|(targets, _)| fits(targets, width));
    let (mut reading, mut names) =
        usual.or(own).map_or((Reading::Values, Vec::new()), |own| read(own, width));
    if let Some((own, (own_reading, own_names))) = own.map(|own| (own, read(own, width))) {
        if !is_within(own.0, usual.map(|(targets, _)| targets)) && reading.has_classes() {
            reading = own_reading;
            names.clone_from(&own_names);
        }
        // Labels are positions among the names of their own data set.
        if matches!(own.0, Targets::Classes { .. }) {
            names = own_names;
        }
    }
    match said {
        None => {}
        Some(OutputKind::Values) => (reading, names) = (Reading::Values, Vec::new()),
        Some(OutputKind::Classes { names: said }) => {
            reading = Reading::Classes;
            if !said.is_empty() {
                names.clone_from(said);
            }
        }
        Some(OutputKind::Binary { threshold, names: said }) => {
            let border = match reading {
                Reading::Binary { border, .. } => border,
                Reading::Classes | Reading::Values => threshold.unwrap_or(0.5),
            };
            reading = Reading::Binary { threshold: threshold.unwrap_or(border), border };
            if !said.is_empty() {
                names.clone_from(said);
            }
        }
    }
    let scaling = own.or(usual).and_then(|(_, scaling)| scaling).cloned();
    // A column that never changes has no scale: its differences mean nothing.
    let unit = |factor: f64| if factor == 0.0 { 0.0 } else { 1.0 / factor.abs() };
    let units = scaling.iter().flat_map(|scaling| &scaling.columns).map(|column| unit(column.factor));
    Judging { measure: Measure { reading, units: units.collect() }, names, scaling }
}

/// Whether names are the numbers of the classes, from 0.
pub fn is_counted(names: &[String]) -> bool {
    !names.is_empty() && names.iter().enumerate().all(|(at, name)| *name == at.to_string())
}

/// Whether targets can be those of an output of `width` values.
fn fits(targets: &Targets, width: usize) -> bool {
    match targets {
        Targets::None => false,
        Targets::Classes { names, .. } => names.len() <= width.max(2),
        Targets::Values { width: own, .. } => *own == width,
    }
}

/// What targets say an output is, and the names of its classes.
fn read((targets, scaling): Own<'_>, width: usize) -> (Reading, Vec<String>) {
    match targets {
        Targets::None => (Reading::Values, Vec::new()),
        Targets::Classes { names, .. } if width == 1 => {
            (Reading::Binary { threshold: 0.5, border: 0.5 }, names.clone())
        }
        Targets::Classes { names, .. } => (Reading::Classes, names.clone()),
        Targets::Values { values, .. } => {
            let reading = Reading::of(width, values);
            let pair = two_values(values).filter(|_| matches!(reading, Reading::Binary { .. }));
            let raw = |value: f64| match scaling.and_then(|scaling| scaling.columns.first()) {
                Some(column) => column.undo(value),
                None => value,
            };
            (reading, pair.map_or(Vec::new(), |(low, high)| vec![shown(raw(low)), shown(raw(high))]))
        }
    }
}

/// Whether targets hold nothing but what those that a network learns from hold: their border is that of these.
fn is_within(own: &Targets, usual: Option<&Targets>) -> bool {
    match (own, usual) {
        (Targets::Values { width, values }, Some(Targets::Values { values: usual, .. })) => {
            match two_values(usual) {
                Some((low, high)) if *width == 1 => values.iter().all(|t| *t == low || *t == high),
                _ => Reading::of(*width, values) == Reading::of(*width, usual),
            }
        }
        (Targets::Classes { .. }, Some(Targets::Classes { .. })) => true,
        _ => false,
    }
}

/// The middle of the two targets of one output, if they are two.
pub fn border(targets: &Targets) -> Option<f64> {
    match targets {
        Targets::None => None,
        Targets::Classes { .. } => Some(0.5),
        Targets::Values { values, .. } => two_values(values).map(middle),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f64]) -> Targets {
        Targets::Values { width: 1, values: values.to_vec() }
    }

    fn of(said: Option<&OutputKind>, own: &Targets) -> Judging {
        judging(said, 1, Some((own, None)), std::iter::empty())
    }

    #[test]
    fn a_border_is_the_middle_of_the_targets_unless_said() {
        let labels = of(None, &column(&[1.0, 2.0, 2.0]));
        assert_eq!(labels.reading(), Reading::Binary { threshold: 1.5, border: 1.5 });
        assert_eq!([labels.class_name(0), labels.class_name(1)], ["1", "2"]);
        let logit = OutputKind::Binary { threshold: Some(0.0), names: Vec::new() };
        assert_eq!(
            of(Some(&logit), &column(&[0.0, 1.0])).reading(),
            Reading::Binary { threshold: 0.0, border: 0.5 }
        );
        assert_eq!(of(None, &column(&[0.0, 1.0, 2.0])).reading(), Reading::Values);
    }

    #[test]
    fn names_are_those_said_then_those_of_the_data_then_numbers() {
        let classes = |names: &[&str]| Targets::Classes {
            labels: vec![0; 3],
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            listed: false,
        };
        let own = classes(&["a", "b", "c"]);
        let judged = judging(None, 3, Some((&own, None)), std::iter::empty());
        assert_eq!((judged.reading(), judged.class_name(2)), (Reading::Classes, "c".to_owned()));
        let said = OutputKind::Classes { names: vec!["x".to_owned(), "y".to_owned(), "z".to_owned()] };
        assert_eq!(judging(Some(&said), 3, Some((&own, None)), std::iter::empty()).class_name(2), "z");
        let rows = Targets::Values { width: 2, values: vec![0.0, 1.0, 1.0, 0.0] };
        let judged = judging(None, 2, Some((&rows, None)), std::iter::empty());
        assert_eq!((judged.reading(), judged.class_name(1)), (Reading::Classes, "2".to_owned()));
    }
}
