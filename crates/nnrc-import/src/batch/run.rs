//! A folded graph, run for some samples: numbers, each with the samples that it depends on.

use std::borrow::Cow;
use std::ops::Range;

use crate::fold::Folded;
use crate::graph::{Batch, Node, ValueId};
use crate::index::{NOWHERE, stretch};
use crate::op::Fact;
use crate::scalar::Scalar;
use crate::step::{Map, Step};

/// The samples that a number depends on, a bit for each.
pub(super) type Mark = u8;

/// Of a number that depends on no sample.
pub(super) const NONE: Mark = 0;

/// Of a number that depends on this sample only.
pub(super) fn mark(sample: usize) -> Mark {
    1 << sample
}

/// Whether a number depends on several samples.
pub(super) fn is_mixed(mark: Mark) -> bool {
    mark.count_ones() > 1
}

/// The numbers of a value.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub shape: Vec<usize>,
    pub numbers: Vec<f64>,
    pub marks: Vec<Mark>,
}

impl Value {
    /// The numbers that depend on a sample, in their order.
    pub fn of(&self, sample: usize) -> impl Iterator<Item = f64> {
        let own = mark(sample);
        self.numbers.iter().zip(&self.marks).filter(move |(_, mark)| **mark == own).map(|(number, _)| *number)
    }

    /// Whether samples stand in their order along an axis of their own, or one behind the other along the first of
    /// several, each with all numbers that it has alone.
    pub fn is_apart(&self, alone: &[&Self]) -> bool {
        if self.marks.iter().all(|&mark| mark == NONE) && self.shape == alone[0].shape {
            return true;
        }
        let samples = alone.len();
        let mut each = 1;
        for (axis, &size) in self.shape.iter().enumerate().rev() {
            let is_own = size == samples || (axis == 0 && self.shape.len() > 1 && size % samples == 0);
            let place = |k: &usize| k / each % size * samples / size;
            let has_all = |(sample, single): (usize, &&Self)| {
                let own: Vec<usize> = (0..self.marks.len()).filter(|k| place(k) == sample).collect();
                own.len() == single.marks.len()
                    && own.iter().zip(&single.marks).all(|(&k, &mark)| self.marks[k] == mark)
                    && own.iter().zip(&single.numbers).all(|(&k, &number)| are_equal(self.numbers[k], number))
            };
            if is_own && alone.iter().enumerate().all(has_all) {
                return true;
            }
            each *= size;
        }
        false
    }
}

/// A run, node by node. Values are kept as long as a node needs them.
pub(super) struct Run<'a> {
    folded: &'a Folded,
    values: Vec<Option<Value>>,
    /// How often each value is still needed.
    uses: Vec<usize>,
}

impl<'a> Run<'a> {
    /// Begins with numbers for the inputs of these samples.
    pub fn new(folded: &'a Folded, samples: Range<usize>) -> Self {
        let mut values = vec![None; folded.graph.values.len()];
        for (column, input) in folded.graph.inputs.iter().enumerate() {
            let (own, has_batch) = match input.batch {
                Batch::None => (0..1, false),
                Batch::Free | Batch::Fixed(_) => (samples.clone(), true),
            };
            let width = input.shape.iter().product::<usize>() / own.len().max(1);
            let mut value = Value { shape: input.shape.clone(), numbers: Vec::new(), marks: Vec::new() };
            for sample in own {
                value.numbers.extend((0..width).map(|k| number(sample, column, k)));
                value.marks.extend(std::iter::repeat_n(if has_batch { mark(sample) } else { NONE }, width));
            }
            values[input.value] = Some(value);
        }
        let mut uses = vec![0; values.len()];
        for k in 0..folded.graph.nodes.len() {
            folded.graph.nodes[k].inputs.iter().flatten().for_each(|&value| uses[value] += 1);
        }
        uses[folded.graph.output] += 1;
        Self { folded, values, uses }
    }

    /// A value; none where it is constant, or nobody serves it.
    pub fn value(&self, value: ValueId) -> Option<&Value> {
        self.values[value].as_ref()
    }

    /// Computes what a node makes.
    pub fn step(&mut self, node: usize) {
        let source = &self.folded.graph.nodes[node];
        for (output, &value) in source.outputs.iter().enumerate() {
            let Some(value) = value else { continue };
            let Some(Fact::Computed { shape: Some(shape), .. }) = &self.folded.facts[value] else { continue };
            self.values[value] = self.computed(node, output, shape);
        }
    }

    /// Drops what no later node needs.
    pub fn forget(&mut self, node: usize) {
        for &value in self.folded.graph.nodes[node].inputs.iter().flatten() {
            self.uses[value] -= 1;
            if self.uses[value] == 0 {
                self.values[value] = None;
            }
        }
    }

    fn computed(&self, node: usize, output: usize, shape: &[usize]) -> Option<Value> {
        let source = &self.folded.graph.nodes[node];
        let role = &self.folded.roles[node];
        if let Some(step) = role.steps.get(output) {
            return self.linear(source, step.as_ref()?);
        }
        match (role.scalar, source.op.as_str()) {
            (Some(scalar), _) => self.elementwise(source, scalar, shape),
            (None, "Softmax" | "LogSoftmax" | "ai.onnx.ml::Normalizer" | "ai.onnx.ml::ZipMap") => {
                self.shared(source)
            }
            (None, _) => None,
        }
    }

    fn input(&self, source: &Node, slot: usize) -> Option<Cow<'_, Value>> {
        let value = source.inputs.get(slot).copied().flatten()?;
        match &self.folded.facts[value] {
            Some(Fact::Constant(tensor)) => Some(Cow::Owned(Value {
                shape: tensor.shape.clone(),
                numbers: tensor.values.to_vec(),
                marks: vec![NONE; tensor.values.len()],
            })),
            _ => self.values[value].as_ref().map(Cow::Borrowed),
        }
    }

    fn linear(&self, source: &Node, step: &Step) -> Option<Value> {
        let inputs: Option<Vec<_>> = step.parts.iter().map(|part| self.input(source, part.slot)).collect();
        let inputs = inputs?;
        let numbers: Vec<&[f64]> = inputs.iter().map(|input| input.numbers.as_slice()).collect();
        let numbers = step.apply(&numbers);
        let mut marks = vec![NONE; numbers.len()];
        if let Some(owners) = &step.owners {
            for (mark, &(part, element)) in
                marks.iter_mut().zip(owners).filter(|(_, owner)| owner.0 != NOWHERE)
            {
                *mark = inputs[part as usize].marks[element as usize];
            }
            return Some(Value { shape: step.shape.clone(), numbers, marks });
        }
        for (part, input) in step.parts.iter().zip(&inputs) {
            match &part.map {
                Map::Pick { from, .. } => {
                    for (mark, &place) in marks.iter_mut().zip(from).filter(|(_, place)| **place != NOWHERE) {
                        *mark |= input.marks[place as usize];
                    }
                }
                Map::Matrix(matrix) => {
                    for (row, mark) in marks.iter_mut().enumerate() {
                        let (columns, _) = matrix.row(row);
                        *mark |=
                            columns.iter().fold(NONE, |mark, &column| mark | input.marks[column as usize]);
                    }
                }
            }
        }
        Some(Value { shape: step.shape.clone(), numbers, marks })
    }

    fn elementwise(&self, source: &Node, scalar: Scalar, shape: &[usize]) -> Option<Value> {
        let mut inputs = Vec::with_capacity(source.inputs.len());
        for (slot, input) in source.inputs.iter().enumerate() {
            inputs.push(match input {
                None => None,
                Some(_) => {
                    let value = self.input(source, slot)?;
                    let from = stretch(&value.shape, shape);
                    Some((value, from))
                }
            });
        }
        let count = shape.iter().product();
        let mut row = vec![f64::NAN; inputs.len()];
        let mut made = Value { shape: shape.to_vec(), numbers: Vec::new(), marks: Vec::with_capacity(count) };
        for k in 0..count {
            let mut mark = NONE;
            for (number, input) in row.iter_mut().zip(&inputs) {
                if let Some((value, from)) = input {
                    *number = value.numbers[from[k] as usize];
                    mark |= value.marks[from[k] as usize];
                }
            }
            made.numbers.push(scalar.apply(&row));
            made.marks.push(mark);
        }
        Some(made)
    }

    /// Shares of sums: each number depends on all that are summed.
    fn shared(&self, source: &Node) -> Option<Value> {
        let mut value = self.input(source, 0)?.into_owned();
        if source.op == "ai.onnx.ml::ZipMap" {
            return Some(value);
        }
        let rank = value.shape.len();
        let (axis, is_alone) = match source.op.as_str() {
            "ai.onnx.ml::Normalizer" => (rank.checked_sub(1)?, true),
            _ => self.folded.graph.softmax_axis(source, rank)?,
        };
        let inner: usize = value.shape[axis + 1..].iter().product();
        let own = value.shape[axis];
        // Which sum a number belongs to.
        let group = |k: usize| match is_alone {
            true => k / (own * inner).max(1) * inner + k % inner.max(1),
            false => k / (own * inner).max(1),
        };
        let is_normalizer = source.op == "ai.onnx.ml::Normalizer";
        let groups = value.numbers.len();
        let (mut sums, mut marks) = (vec![0.0; groups], vec![NONE; groups]);
        let part = |number: f64| if is_normalizer { number.abs() } else { number.exp() };
        for (k, (&number, &mark)) in value.numbers.iter().zip(&value.marks).enumerate() {
            sums[group(k)] += part(number);
            marks[group(k)] |= mark;
        }
        for (k, number) in value.numbers.iter_mut().enumerate() {
            let sum = sums[group(k)];
            *number = match source.op.as_str() {
                "Softmax" => number.exp() / sum,
                "LogSoftmax" => *number - f64::ln(sum),
                _ => *number / sum,
            };
            value.marks[k] = marks[group(k)];
        }
        Some(value)
    }
}

/// Whether two numbers are equal but for the order in which sums are taken.
pub(super) fn are_equal(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-3)
}

/// A number from −1 to 1, which looks random and is always the same.
fn number(sample: usize, column: usize, k: usize) -> f64 {
    let seed = (sample as u64) << 60 | (column as u64) << 32 | k as u64;
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}
