//! Where the values of a network stand in a file: by the documented identifiers, which are a hint that the kernel checks.

use std::collections::BTreeMap;

use nnrc_model::Model;
use nnrc_verify_kernel::change::Input;
use nnrc_verify_kernel::dyadic::Dyadic;
use nnrc_verify_kernel::fault::Fault;
use nnrc_verify_kernel::identity::{Combination, Unit};
use nnrc_verify_kernel::json::{self, Value};
use nnrc_verify_kernel::network::Network;
use nnrc_verify_kernel::poly::Variable;
use nnrc_verify_kernel::sbml::System;

/// Which species are inputs and outputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// The inputs, in the order of the network.
    pub inputs: Vec<Input>,
    /// The outputs, in their order.
    pub outputs: Vec<Combination>,
}

/// The species of a file by their identifiers.
pub struct Ids<'s> {
    ids: BTreeMap<&'s str, Variable>,
}

impl<'s> Ids<'s> {
    /// Those of a file.
    pub fn of(system: &'s System) -> Self {
        Self { ids: (0..).zip(&system.species).map(|(at, species)| (species.id.as_str(), at)).collect() }
    }

    /// The species of an identifier.
    pub fn find(&self, id: &str) -> Option<Variable> {
        self.ids.get(id).copied()
    }

    /// The species, or the two rails, of a value.
    pub fn value(&self, stem: &str) -> Option<Combination> {
        if let Some(one) = self.find(stem) {
            return Some(Combination::from([(one, Dyadic::one())]));
        }
        let plus = self.find(&format!("{stem}_p"))?;
        let minus = self.find(&format!("{stem}_m"))?;
        Some(Combination::from([(plus, Dyadic::one()), (minus, Dyadic::one().negated())]))
    }

    /// The inputs of a model.
    ///
    /// # Errors
    ///
    /// A value without a species.
    pub fn inputs(&self, model: &Model) -> Result<Vec<Input>, Fault> {
        let mut inputs = Vec::new();
        for (_, node) in model.inputs() {
            for at in 0..node.width() {
                let stem = format!("{}_{}", node.name, indices(&node.shape, at));
                let missing = || missing("input", &stem);
                let value = self.value(&stem).ok_or_else(missing)?;
                let rail =
                    |positive: bool| value.iter().find(|(_, c)| c.is_positive() == positive).map(|(v, _)| *v);
                inputs.push(Input { plus: rail(true).ok_or_else(missing)?, minus: rail(false) });
            }
        }
        Ok(inputs)
    }

    /// The outputs of a model.
    ///
    /// # Errors
    ///
    /// A value without a species.
    pub fn outputs(&self, model: &Model) -> Result<Vec<Combination>, Fault> {
        let node = &model.nodes[model.output];
        let outputs = (0..node.width()).map(|at| {
            let stem = format!("{}_{}", node.name, indices(&node.shape, at));
            self.value(&stem).ok_or_else(|| missing("output", &stem))
        });
        outputs.collect()
    }

    /// The values of all layers that have the documented identifiers, the output where it is said to be.
    pub fn units(&self, network: &Network, outputs: &[Combination]) -> Vec<Unit> {
        let Ok(widths) = network.widths() else { return Vec::new() };
        let mut units = Vec::new();
        for (layer, made) in network.layers.iter().enumerate() {
            let node = network.inputs.len() + layer;
            let stages = made.applied().len();
            for index in 0..widths[node] {
                for stage in 0..stages {
                    let is_last = stage + 1 == stages;
                    let end = if is_last { String::new() } else { format!("_A{}", stage + 1) };
                    let stem = format!("{}_{}{end}", made.name, index + 1);
                    let value = match outputs.get(index).filter(|_| is_last && node == network.output) {
                        Some(output) => Some(output.clone()),
                        None => self.value(&stem),
                    };
                    let relay = self.value(&format!("{stem}_Z"));
                    units.extend(value.map(|value| Unit { layer, stage, index, value, relay }));
                }
            }
        }
        units
    }
}

/// The numbers of a value in an array, from 1: `1_2`.
fn indices(shape: &[usize], at: usize) -> String {
    let mut rest = at;
    let mut numbers: Vec<String> = Vec::new();
    for size in shape.iter().rev() {
        numbers.push((rest % size.max(&1) + 1).to_string());
        rest /= size.max(&1);
    }
    numbers.reverse();
    numbers.join("_")
}

fn missing(what: &str, stem: &str) -> Fault {
    Fault::invalid(
        "no-species",
        format!(
            "the {what} `{stem}` has no species in the file: expected `{stem}`, or `{stem}_p` and `{stem}_m`; where it \
             is called otherwise, name it with `--map MAP.json`"
        ),
    )
}

impl Places {
    /// Inputs and outputs of a map: `{"inputs": [{"a": 1, "b": -1}], "outputs": [{"c": 1}]}`, in the order of the network.
    ///
    /// # Errors
    ///
    /// A text that is no such JSON, and species that the file has not.
    pub fn read(map: &[u8], system: &System) -> Result<Self, Fault> {
        let bad = |message: String| Fault::invalid("bad-map", message);
        let ids = Ids::of(system);
        let expected =
            || bad("expected {\"inputs\": [{\"a\": 1, \"b\": -1}], \"outputs\": [{\"c\": 1}]}".to_owned());
        let Value::Object(entries) = json::read(map)? else { return Err(expected()) };
        let combinations = |key: &str| {
            let Some((_, Value::List(all))) = entries.iter().find(|(own, _)| own == key) else {
                return Err(expected());
            };
            let all = all.iter().map(|one| {
                let Value::Object(terms) = one else { return Err(expected()) };
                let terms = terms.iter().map(|(name, factor)| {
                    let Value::Number(factor) = factor else { return Err(expected()) };
                    let species =
                        ids.find(name).ok_or_else(|| bad(format!("the file has no species `{name}`")))?;
                    let factor = Dyadic::from_f64(*factor).filter(|factor| !factor.is_zero());
                    Ok((species, factor.ok_or_else(|| bad(format!("`{name}` has the factor 0")))?))
                });
                terms.collect::<Result<Combination, Fault>>()
            });
            all.collect::<Result<Vec<_>, Fault>>()
        };
        if entries.len() != 2 {
            return Err(expected());
        }
        let inputs = combinations("inputs")?.iter().map(Input::read).collect::<Result<_, _>>()?;
        Ok(Self { inputs, outputs: combinations("outputs")? })
    }
}
