//! The test bench of a file: whether its expectations hold on the simulated chemistry.

use nnrc_model::{Expectation, ExpectationKind};
use nnrc_sim::Error;
use nnrc_sim::parallel::cores;
use nnrc_sim::train::{Metric, Totals};
use nnrc_syntax::ast::Cmp;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::compiled::Compiled;
use crate::explain::explain;
use crate::numbers::{count, short};
use crate::runner::{Runner, settle_all};

/// The largest distance from the fixed point, relative to max(1, |x|) or less in a layer of small values, at which a pot
/// counts as settled.
pub(crate) const SETTLED: f64 = 1e-4;

/// What became of an expectation.
pub enum Verdict {
    /// It holds.
    Held {
        /// What was found.
        found: String,
    },
    /// It does not hold.
    Failed {
        /// What was found.
        found: String,
        /// Why, as far as that is known.
        reasons: Vec<String>,
    },
    /// It could not be judged.
    Broken(Box<Diagnostic>),
}

/// An expectation, judged.
pub struct Judged<'a> {
    /// The expectation.
    pub expectation: &'a Expectation,
    /// Its text, on one line.
    pub words: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What was found, as numbers; nothing where it could not be judged.
    pub numbers: Numbers,
}

impl Verdict {
    /// Whether the expectation holds.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Held { .. })
    }
}

impl Judged<'_> {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.verdict.holds()
    }

    /// What was found, or why nothing was.
    pub fn found(&self) -> &str {
        match &self.verdict {
            Verdict::Held { found } | Verdict::Failed { found, .. } => found,
            Verdict::Broken(finding) => &finding.message,
        }
    }

    /// What is wrong, in the text; none if it holds.
    pub fn finding(&self) -> Option<Diagnostic> {
        match &self.verdict {
            Verdict::Held { .. } => None,
            Verdict::Failed { found, reasons } => {
                let message = format!("not as expected: {}", self.words);
                let mut finding =
                    Diagnostic::error(codes::EXPECTATION_FAILED, self.expectation.span, message)
                        .label(format!("found {found}"));
                finding.help.clone_from(reasons);
                Some(finding)
            }
            Verdict::Broken(finding) => {
                let mut finding = (**finding).clone();
                finding.severity = Severity::Error;
                finding.span = Some(self.expectation.span);
                Some(finding)
            }
        }
    }
}

impl Compiled {
    /// Judges the expectations of the file, one after another.
    pub fn judge(&self) -> impl Iterator<Item = Judged<'_>> {
        let mut judge = Judge::new(self, cores());
        self.model.expectations.iter().map(move |expectation| {
            let words: Vec<&str> = self.source.slice(expectation.span).split_whitespace().collect();
            let words = words.join(" ").trim_end_matches(';').trim_end().to_owned();
            let verdict = judge.judge(expectation);
            Judged { expectation, words, verdict, numbers: std::mem::take(&mut judge.numbers) }
        })
    }
}

/// Judges the expectations of a model.
#[derive(Clone)]
pub(crate) struct Judge<'a> {
    pot: &'a Compiled,
    runner: Runner<'a>,
    /// Number of threads that share the rows of data; no result depends on it.
    threads: usize,
    /// The last input with the values of all nodes: expectations on one input stand together.
    last: Option<(Vec<f64>, Rest)>,
    /// What the last judgement found.
    numbers: Numbers,
}

/// What was found, as numbers.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// The values that were compared.
    pub values: Vec<f64>,
    /// Of an accuracy: how many rows are right, and of how many.
    pub right: Option<(usize, usize)>,
}

/// Where a pot is when it is judged.
#[derive(Clone)]
struct Rest {
    /// Values of all nodes.
    values: Vec<Vec<f64>>,
    /// Why it does not count as settled.
    unsettled: Option<String>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(pot: &'a Compiled, threads: usize) -> Self {
        Self { pot, runner: pot.runner(), threads, last: None, numbers: Numbers::default() }
    }

    /// A pot that takes more steps than these counts as one that does not settle.
    pub(crate) fn giving_up_after(self, steps: usize) -> Self {
        Self { runner: self.runner.giving_up_after(steps), ..self }
    }

    /// The outputs for an input; none where the pot is not at rest when it is read.
    pub(crate) fn output(&mut self, input: &[f64]) -> Result<Option<Vec<f64>>, Error> {
        let rest = self.rest(input)?;
        let output = rest.values.get(self.pot.model.output).cloned();
        Ok(output.filter(|_| rest.unsettled.is_none()))
    }

    pub(crate) fn judge(&mut self, expectation: &Expectation) -> Verdict {
        self.numbers = Numbers::default();
        match &expectation.kind {
            ExpectationKind::Value { input, node, component } => {
                let rest = match self.rest(input) {
                    Ok(rest) => rest,
                    Err(error) => return self.broken(&error, "the time course"),
                };
                let values = &rest.values[*node];
                let judged: Vec<f64> = match component {
                    Some(component) => vec![values[*component]],
                    None => values.clone(),
                };
                self.numbers.values.clone_from(&judged);
                let found: Vec<String> = judged.iter().map(|value| rounded(*value)).collect();
                let mut found =
                    if found.len() == 1 { found.concat() } else { format!("[{}]", found.join(", ")) };
                let holds = judged.iter().all(|value| compare(*value, expectation));
                if let Some(reason) = rest.unsettled {
                    found.push_str(", not settled");
                    return Verdict::Failed { found, reasons: vec![reason] };
                }
                if holds { Verdict::Held { found } } else { Verdict::Failed { found, reasons: Vec::new() } }
            }
            ExpectationKind::Quality { quantity, data } => self.quality(expectation, *quantity, data),
            ExpectationKind::MaxError { inputs, outputs } => self.max_error(expectation, inputs, outputs),
        }
    }

    /// Lets the pot run for an input.
    fn rest(&mut self, input: &[f64]) -> Result<Rest, Error> {
        if let Some((last, rest)) = &self.last
            && last == input
        {
            return Ok(rest.clone());
        }
        let rest = self.run(input)?;
        self.last = Some((input.to_vec(), rest.clone()));
        Ok(rest)
    }

    fn run(&mut self, input: &[f64]) -> Result<Rest, Error> {
        self.runner.set_input(input)?;
        let mut state = self.runner.initial_state();
        let mut unsettled = None;
        let units = self.pot.time_units();
        // A phased pot has its value at the end of a cycle, whatever the time course shows.
        if let Some(until) = self.pot.model.simulation.until.filter(|_| self.pot.lowered.clocked().is_none())
        {
            self.runner.integrate(&mut state, until, &[], |_, _| {})?;
            let speed = short(self.runner.speed(&state));
            let mut fixed = state.clone();
            unsettled = match self.runner.settle(&mut fixed) {
                Ok(_) => {
                    let distance = self.distance(&state, &fixed);
                    (distance > SETTLED).then(|| {
                        format!(
                            "at time {until}{units} a value is still {} away from rest (the largest |dx/dt| is {speed}); \
                             raise `simulate.until`",
                            short(distance)
                        )
                    })
                }
                Err(Error::NotSettled { .. }) => Some(format!(
                    "at time {until}{units} the pot still changes (the largest |dx/dt| is {speed}), and it never settles"
                )),
                Err(error) => return Err(error),
            };
        } else {
            match self.runner.settle(&mut state) {
                Ok(_) => {}
                Err(Error::NotSettled { time, .. }) => {
                    unsettled = Some(format!("the pot has not settled by time {}{units}", short(time)));
                }
                Err(error) => return Err(error),
            }
        }
        let values = (0..self.pot.model.nodes.len()).map(|node| self.runner.value(&state, node)).collect();
        Ok(Rest { values, unsettled })
    }

    /// How far from rest a state is: every species relative to max(1, |x|), and the values of a layer, and their rails,
    /// relative to the largest value that the layer can have where that is below 1.
    fn distance(&self, state: &[f64], fixed: &[f64]) -> f64 {
        let of_layers = self.pot.model.nodes.iter().enumerate().map(|(at, node)| {
            let ends = node.ranges.iter().flat_map(|range| [range.low.abs(), range.high.abs()]);
            let rails = |state: &[f64]| self.runner.rails(state, at);
            distance(&rails(state), &rails(fixed), ends.fold(0.0, f64::max))
        });
        of_layers.fold(distance(state, fixed, 1.0), f64::max)
    }

    /// A measure of the network on some rows.
    fn quality(
        &mut self,
        expectation: &Expectation,
        quantity: Metric,
        reference: &nnrc_model::DataReference,
    ) -> Verdict {
        let model = &self.pot.model;
        let rows = model.rows(reference);
        let Some(dataset) = model.datasets.get(&reference.dataset).filter(|_| !rows.is_empty()) else {
            return Verdict::Failed { found: "no rows".to_owned(), reasons: Vec::new() };
        };
        let inputs: Vec<&[f64]> = rows.iter().map(|row| dataset.input(*row)).collect();
        let width = model.nodes[model.output].width();
        let measure = model.judging(Some(dataset)).measure;
        let targets: Vec<Vec<f64>> =
            rows.iter().map(|row| dataset.target(*row, width).unwrap_or_default()).collect();
        let (mut totals, mut unsettled) = (Totals::default(), 0);
        for (result, target) in settle_all(&self.runner, &inputs, self.threads).into_iter().zip(&targets) {
            match result {
                Ok(output) => totals.add_sample(&measure, 0.0, &output, target),
                Err(Error::NotSettled { .. }) => unsettled += 1,
                Err(error) => return self.broken(&error, quantity.name()),
            }
        }
        if quantity == Metric::Accuracy {
            let accuracy = totals.right as f64 / rows.len() as f64;
            self.numbers = Numbers { values: vec![accuracy], right: Some((totals.right, rows.len())) };
            let found = format!("{} ({} of {})", rounded(accuracy), count(totals.right), count(rows.len()));
            return Self::verdict(expectation, accuracy, found, unsettled);
        }
        let value = totals.metrics(measure.spread(targets.iter().map(Vec::as_slice))).get(quantity);
        self.numbers.values = vec![value];
        Self::verdict(expectation, value, rounded(value), unsettled)
    }

    fn max_error(&mut self, expectation: &Expectation, inputs: &[Vec<f64>], outputs: &[Vec<f64>]) -> Verdict {
        let rows: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
        let (mut largest, mut at, mut unsettled) = (0.0, 0, 0);
        for (row, (result, expected)) in
            settle_all(&self.runner, &rows, self.threads).into_iter().zip(outputs).enumerate()
        {
            match result {
                Ok(output) => {
                    for (value, expected) in output.iter().zip(expected) {
                        let error = (value - expected).abs();
                        if error > largest {
                            (largest, at) = (error, row + 1);
                        }
                    }
                }
                Err(Error::NotSettled { .. }) => unsettled += 1,
                Err(error) => return self.broken(&error, "max_error"),
            }
        }
        self.numbers.values = vec![largest];
        let place = if at == 0 { String::new() } else { format!(" (row {at})") };
        Self::verdict(expectation, largest, format!("{}{place}", short(largest)), unsettled)
    }

    fn verdict(expectation: &Expectation, value: f64, mut found: String, unsettled: usize) -> Verdict {
        if unsettled > 0 {
            found.push_str(&format!(", {} rows did not settle", count(unsettled)));
        } else if compare(value, expectation) {
            return Verdict::Held { found };
        }
        Verdict::Failed { found, reasons: Vec::new() }
    }

    fn broken(&self, error: &Error, doing: &str) -> Verdict {
        Verdict::Broken(Box::new(explain(self.pot, &self.runner, error, doing)))
    }
}

/// The largest distance relative to `scale` or, where it is larger, each number itself; `scale` is 1 at most, and 1 where
/// it is 0.
fn distance(found: &[f64], fixed: &[f64], scale: f64) -> f64 {
    let scale = if scale == 0.0 { 1.0 } else { scale.min(1.0) };
    let pairs = found.iter().zip(fixed);
    pairs.fold(0.0, |largest: f64, (x, at)| largest.max((x - at).abs() / at.abs().max(scale)))
}

/// Whether a value compares as expected. A tolerance is granted to every comparison on its side, and what holds at the
/// border in decimal numbers holds: the border itself is rounded, and so are numbers such as 0.7.
fn compare(value: f64, expectation: &Expectation) -> bool {
    let (bound, within) = (expectation.value, expectation.within);
    let rounding = 4.0 * f64::EPSILON * value.abs().max(bound.abs()).max(within.abs());
    match expectation.comparison {
        Cmp::Near | Cmp::Equal => (value - bound).abs() <= within + rounding,
        Cmp::LessEqual => value <= bound + within + rounding,
        Cmp::GreaterEqual => value >= bound - within - rounding,
        Cmp::Less => value < bound + within,
        Cmp::Greater => value > bound - within,
    }
}

/// A value with enough digits to see by how much it misses, and no more.
fn rounded(value: f64) -> String {
    let text = format!("{value:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" || (text == "0" && value != 0.0) { short(value) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(value: f64, comparison: Cmp, bound: f64, within: f64) -> bool {
        let kind = ExpectationKind::Value { input: Vec::new(), node: 0, component: None };
        compare(
            value,
            &Expectation { kind, comparison, value: bound, within, span: nnrc_syntax::Span::default() },
        )
    }

    #[test]
    fn borders_hold_up_to_rounding() {
        // Each side is one decimal number away from the other, and 0.75 − 0.7 > 0.05 in binary ones.
        for (value, bound, within) in
            [(0.75, 0.7, 0.05), (0.65, 0.7, 0.05), (1.1, 1.0, 0.1), (-3.3, -3.0, 0.3), (3e8 + 0.1, 3e8, 0.1)]
        {
            assert!(holds(value, Cmp::Near, bound, within), "{value} {bound} {within}");
            let beyond = value + (value - bound) * 1e-5;
            assert!(!holds(beyond, Cmp::Near, bound, within), "{beyond} {bound} {within}");
        }
        assert!(holds(0.1 + 0.2, Cmp::LessEqual, 0.3, 0.0) && holds(0.3, Cmp::GreaterEqual, 0.1 + 0.2, 0.0));
        assert!(!holds(0.3 + 1e-12, Cmp::LessEqual, 0.3, 0.0));
    }

    #[test]
    fn tolerances_are_granted_to_every_comparison() {
        assert!(holds(0.25, Cmp::LessEqual, 0.2, 0.05) && !holds(0.26, Cmp::LessEqual, 0.2, 0.05));
        assert!(holds(0.15, Cmp::GreaterEqual, 0.2, 0.05) && !holds(0.14, Cmp::GreaterEqual, 0.2, 0.05));
        assert!(holds(0.24, Cmp::Less, 0.2, 0.05) && !holds(0.26, Cmp::Less, 0.2, 0.05));
        assert!(holds(0.16, Cmp::Greater, 0.2, 0.05) && !holds(0.14, Cmp::Greater, 0.2, 0.05));
        assert!(holds(0.25, Cmp::Equal, 0.2, 0.05) && !holds(0.26, Cmp::Equal, 0.2, 0.05));
    }

    #[test]
    fn small_layers_are_judged_by_their_own_size() {
        assert_eq!(distance(&[2e-6, 1.5], &[1e-6, 1.0], 1.0), 0.5);
        assert!((distance(&[2e-6, 1e-9], &[1e-6, 2e-9], 1e-6) - 1.0).abs() < 1e-12);
        assert_eq!(distance(&[1e-5], &[0.0], 0.0), 1e-5);
    }

    #[test]
    fn values_show_by_how_much_they_miss() {
        assert_eq!(rounded(1.0), "1");
        assert_eq!(rounded(0.012_345_6), "0.01235");
        assert_eq!(rounded(1.2e-7), "1.2e-7");
        assert_eq!(rounded(0.0), "0");
    }
}
