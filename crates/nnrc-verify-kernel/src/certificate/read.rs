//! The text of a certificate.

use std::collections::BTreeMap;

use super::content::{ATTRACTING, Certificate, FORMAT, HYPOTHESES, STARTS, VERSION};
use crate::block::Shape;
use crate::change::{Change, Input};
use crate::dyadic::Dyadic;
use crate::fault::Fault;
use crate::identity::{Combination, Unit};
use crate::interval::Interval;
use crate::json::Value;
use crate::network::{Activation, Layer, Network, Operation};
use crate::poly::Variable;
use crate::proof::Claim;
use crate::sbml::System;
use crate::settle::{Settle, Start};
use crate::triangular::Plan;

/// The entries of an object, of which every one must be asked for.
struct Entries<'v> {
    what: &'static str,
    left: BTreeMap<&'v str, &'v Value>,
}

fn bad(what: &str, expected: &str) -> Fault {
    Fault::invalid("bad-certificate", format!("`{what}`: expected {expected}"))
}

impl<'v> Entries<'v> {
    fn of(value: &'v Value, what: &'static str) -> Result<Self, Fault> {
        let Value::Object(entries) = value else { return Err(bad(what, "an object")) };
        Ok(Self { what, left: entries.iter().map(|(key, value)| (key.as_str(), value)).collect() })
    }

    fn maybe(&mut self, key: &str) -> Option<&'v Value> {
        self.left.remove(key)
    }

    fn take(&mut self, key: &str) -> Result<&'v Value, Fault> {
        self.maybe(key).ok_or_else(|| bad(self.what, &format!("a key `{key}`")))
    }

    fn end(self) -> Result<(), Fault> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(key) => Err(bad(self.what, &format!("no key `{key}`"))),
        }
    }
}

fn text<'v>(value: &'v Value, what: &str) -> Result<&'v str, Fault> {
    if let Value::Text(text) = value { Ok(text) } else { Err(bad(what, "a text")) }
}

fn number(value: &Value, what: &str) -> Result<f64, Fault> {
    if let Value::Number(number) = value { Ok(*number) } else { Err(bad(what, "a number")) }
}

fn whole(value: &Value, what: &str) -> Result<usize, Fault> {
    let number = number(value, what)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers below 2^32")]
    if number.fract() == 0.0 && (0.0..4_294_967_296.0).contains(&number) {
        return Ok(number as usize);
    }
    Err(bad(what, "a whole number"))
}

/// A number from 1 as a position from 0.
fn position(value: &Value, what: &str) -> Result<usize, Fault> {
    whole(value, what)?.checked_sub(1).ok_or_else(|| bad(what, "a number from 1"))
}

fn list<'v>(value: &'v Value, what: &str) -> Result<&'v [Value], Fault> {
    if let Value::List(values) = value { Ok(values) } else { Err(bad(what, "a list")) }
}

fn numbers(value: &Value, what: &str) -> Result<Vec<f64>, Fault> {
    list(value, what)?.iter().map(|value| number(value, what)).collect()
}

fn pair(value: &Value, what: &str) -> Result<(f64, f64), Fault> {
    match *numbers(value, what)? {
        [low, high] => Ok((low, high)),
        _ => Err(bad(what, "two numbers")),
    }
}

/// Names of the variables of a cascade.
struct Names<'s> {
    system: &'s System,
    species: BTreeMap<&'s str, Variable>,
    differences: BTreeMap<String, Variable>,
}

impl Names<'_> {
    fn species(&self, name: &str, what: &str) -> Result<Variable, Fault> {
        self.species.get(name).copied().ok_or_else(|| bad(what, &format!("a species, which `{name}` is not")))
    }

    fn variable(&self, name: &str, what: &str) -> Result<Variable, Fault> {
        self.differences.get(name).copied().map_or_else(|| self.species(name, what), Ok)
    }

    fn combination(&self, value: &Value, what: &'static str) -> Result<Combination, Fault> {
        let Value::Object(entries) = value else { return Err(bad(what, "an object of species and numbers")) };
        let entries = entries.iter().map(|(name, value)| {
            let factor = Dyadic::from_f64(number(value, what)?).filter(|factor| !factor.is_zero());
            Ok((self.species(name, what)?, factor.ok_or_else(|| bad(what, "factors other than 0"))?))
        });
        entries.collect()
    }
}

/// The certificate of a text about the species of a file, and the system in the values that it speaks of.
pub(super) fn certificate(value: &Value, system: System) -> Result<(Certificate, System), Fault> {
    let mut top = Entries::of(value, "certificate")?;
    if text(top.take("format")?, "format")? != FORMAT || number(top.take("version")?, "version")? != VERSION {
        return Err(bad("format", "a certificate of nnrc, version 1"));
    }
    let mut file = Entries::of(top.take("sbml")?, "sbml")?;
    let sha256 = text(file.take("sha256")?, "sha256")?.to_owned();
    let (species, reactions) =
        (whole(file.take("species")?, "species")?, whole(file.take("reactions")?, "reactions")?);
    file.end()?;
    let hypotheses = list(top.take("hypotheses")?, "hypotheses")?;
    let hypotheses = hypotheses.iter().map(|one| text(one, "hypotheses")).collect::<Result<Vec<_>, _>>()?;
    if hypotheses != HYPOTHESES {
        return Err(bad("hypotheses", "those of every statement"));
    }
    let mut statement = Entries::of(top.take("statement")?, "statement")?;
    let times = statement.maybe("times").map(|times| number(times, "times")).transpose()?;
    let times =
        times.map(|times| Dyadic::from_f64(times).ok_or_else(|| bad("times", "a number"))).transpose()?;
    let system = times.as_ref().map_or_else(|| Ok(system.clone()), |times| system.scaled(times))?;
    let numbered = (0..).zip(&system.species);
    let mut names = Names {
        system: &system,
        species: numbered.map(|(at, species)| (species.id.as_str(), at)).collect(),
        differences: BTreeMap::new(),
    };
    let network = network(top.take("network")?)?;
    let statement = self::statement(statement, &names)?;
    let changes = changes(top.take("changes")?, &mut names, &statement.inputs)?;
    let mut certificate = Certificate {
        sha256,
        species,
        reactions,
        claim: Claim::default(),
        ranges: statement.ranges,
        points: Vec::new(),
        eps: statement.eps,
        rate: statement.rate,
        settled: statement.settled,
        rest: Vec::new(),
    };
    let mut blocks = Vec::new();
    for block in list(top.take("blocks")?, "blocks")? {
        let mut block = Entries::of(block, "block")?;
        let word = text(block.take("kind")?, "kind")?;
        let shape = Shape::WORDS.iter().find(|(_, known)| *known == word).map(|(shape, _)| *shape);
        let variables = list(block.take("vars")?, "vars")?.iter();
        let variables = variables
            .map(|name| names.variable(text(name, "vars")?, "vars"))
            .collect::<Result<Vec<_>, _>>()?;
        if certificate.ranges.is_some() {
            let rest = list(block.take("rest")?, "rest")?.iter().map(|one| pair(one, "rest"));
            let rest = rest
                .map(|ends| ends.map(|(low, high)| Interval { low, high }))
                .collect::<Result<Vec<_>, _>>()?;
            if rest.len() != variables.len() {
                return Err(bad("rest", "two numbers for each variable"));
            }
            certificate.rest.push(rest);
        }
        block.end()?;
        blocks.push((shape.ok_or_else(|| bad("kind", "the word of a shape"))?, variables));
    }
    let units = top.take("units")?;
    let units = list(units, "units")?
        .iter()
        .map(|unit| self::unit(unit, &names, &network))
        .collect::<Result<_, _>>()?;
    if let Some(points) = top.maybe("points") {
        for point in list(points, "points")? {
            let mut point = Entries::of(point, "point")?;
            certificate
                .points
                .push((numbers(point.take("input")?, "input")?, number(point.take("eps")?, "eps")?));
            point.end()?;
        }
    }
    top.end()?;
    let plan = Plan { inputs: statement.inputs, changes, blocks };
    certificate.claim = Claim { network, plan, units, outputs: statement.outputs, times };
    Ok((certificate, system))
}

struct Statement {
    inputs: Vec<Input>,
    ranges: Option<Vec<(f64, f64)>>,
    outputs: Vec<Combination>,
    eps: f64,
    rate: f64,
    settled: Option<(Settle, f64)>,
}

fn statement(mut entries: Entries<'_>, names: &Names<'_>) -> Result<Statement, Fault> {
    let mut inputs = Vec::new();
    let mut ranges = Vec::new();
    for input in list(entries.take("inputs")?, "inputs")? {
        let mut input = Entries::of(input, "input")?;
        inputs.push(Input::read(&names.combination(input.take("read")?, "read")?)?);
        ranges.extend(input.maybe("range").map(|range| pair(range, "range")).transpose()?);
        input.end()?;
    }
    if !ranges.is_empty() && ranges.len() != inputs.len() {
        return Err(bad("inputs", "a range for each of them, or for none"));
    }
    let outputs = list(entries.take("outputs")?, "outputs")?.iter();
    let outputs = outputs.map(|output| names.combination(output, "outputs")).collect::<Result<_, _>>()?;
    if *entries.take("unique")? != Value::Bool(true)
        || text(entries.take("attracting")?, "attracting")? != ATTRACTING
    {
        return Err(bad("statement", "one steady state that attracts every start"));
    }
    let (eps, rate) = (number(entries.take("eps")?, "eps")?, number(entries.take("rate")?, "rate")?);
    let settled = entries.maybe("settle").map(settled).transpose()?;
    entries.end()?;
    let ranges = (!ranges.is_empty() || inputs.is_empty()).then_some(ranges);
    Ok(Statement { inputs, ranges, outputs, eps, rate, settled })
}

/// `{"within": 0.001, "start": "any", "most": 1000, "time": 70}`; without `most` starts have no bound.
fn settled(value: &Value) -> Result<(Settle, f64), Fault> {
    let mut entries = Entries::of(value, "settle")?;
    let mut above_zero = |key: &str| {
        let found = entries.maybe(key).map(|value| number(value, key)).transpose()?;
        match found {
            Some(number) if number <= 0.0 => Err(bad(key, "a number above 0")),
            found => Ok(found),
        }
    };
    let (within, most) = (above_zero("within")?, above_zero("most")?);
    let time = number(entries.take("time")?, "time")?;
    let start = match (text(entries.take("start")?, "start")?, most) {
        (word, None) if word == STARTS[0] => Start::File,
        (word, most) if word == STARTS[1] => Start::Any { most: most.unwrap_or(f64::INFINITY) },
        _ => return Err(bad("start", "`file`, or `any`, the latter with `most` or without")),
    };
    entries.end()?;
    Ok((Settle { within: within.ok_or_else(|| bad("settle", "a key `within`"))?, start }, time))
}

fn changes(value: &Value, names: &mut Names<'_>, inputs: &[Input]) -> Result<Vec<Change>, Fault> {
    let symbols = inputs.iter().filter(|input| input.minus.is_some()).count();
    let mut next = Variable::try_from(names.system.species.len() + symbols)
        .map_err(|_| bad("changes", "fewer species"))?;
    let mut changes = Vec::new();
    for change in list(value, "changes")? {
        let mut entries = Entries::of(change, "change")?;
        match text(entries.take("change")?, "change")? {
            "rails" => {
                let plus = names.species(text(entries.take("plus")?, "plus")?, "plus")?;
                let minus = names.species(text(entries.take("minus")?, "minus")?, "minus")?;
                let difference = text(entries.take("difference")?, "difference")?.to_owned();
                if names.species.contains_key(&*difference)
                    || names.differences.insert(difference.clone(), next).is_some()
                {
                    return Err(bad("difference", "a name that nothing else has"));
                }
                next += 1;
                changes.push(Change::Rails { plus, minus, difference });
            }
            "total" => {
                let law = names.combination(entries.take("law")?, "law")?;
                let eliminate = names.species(text(entries.take("eliminate")?, "eliminate")?, "eliminate")?;
                let mut total = Dyadic::zero();
                for (variable, factor) in &law {
                    total = total.plus(&names.system.species[*variable as usize].initial.times(factor)?)?;
                }
                let (low, high) = pair(entries.take("total")?, "total")?;
                if total.enclosure() != (Interval { low, high }) {
                    return Err(bad("total", "what the initial concentrations add up to"));
                }
                changes.push(Change::Total { law, eliminate });
            }
            _ => return Err(bad("change", "`rails` or `total`")),
        }
        entries.end()?;
    }
    Ok(changes)
}

fn unit(value: &Value, names: &Names<'_>, network: &Network) -> Result<Unit, Fault> {
    let mut entries = Entries::of(value, "unit")?;
    let name = text(entries.take("layer")?, "layer")?;
    let layer = network.layers.iter().position(|layer| layer.name == name);
    let unit = Unit {
        layer: layer.ok_or_else(|| bad("layer", "a layer of the network"))?,
        stage: position(entries.take("stage")?, "stage")?,
        index: position(entries.take("index")?, "index")?,
        value: names.combination(entries.take("value")?, "value")?,
        relay: entries.maybe("relay").map(|relay| names.combination(relay, "relay")).transpose()?,
    };
    entries.end()?;
    Ok(unit)
}

fn network(value: &Value) -> Result<Network, Fault> {
    let mut entries = Entries::of(value, "network")?;
    let mut network = Network::default();
    let mut nodes: Vec<String> = Vec::new();
    for input in list(entries.take("inputs")?, "inputs")? {
        let mut input = Entries::of(input, "input")?;
        let name = text(input.take("name")?, "name")?.to_owned();
        nodes.push(name.clone());
        network.inputs.push((name, whole(input.take("width")?, "width")?));
        input.end()?;
    }
    for layer in list(entries.take("layers")?, "layers")? {
        let mut layer = Entries::of(layer, "layer")?;
        let name = text(layer.take("name")?, "name")?.to_owned();
        let sources = list(layer.take("from")?, "from")?.iter().map(|source| {
            let source = text(source, "from")?;
            nodes
                .iter()
                .position(|node| node == source)
                .ok_or_else(|| bad("from", "inputs and earlier layers"))
        });
        let sources = sources.collect::<Result<_, _>>()?;
        let operation = match text(layer.take("op")?, "op")? {
            "dense" => Operation::Dense {
                weights: list(layer.take("W")?, "W")?
                    .iter()
                    .map(|row| numbers(row, "W"))
                    .collect::<Result<_, _>>()?,
                bias: numbers(layer.take("b")?, "b")?,
            },
            "add" => Operation::Add,
            "concat" => Operation::Concat,
            _ => return Err(bad("op", "`dense`, `add` or `concat`")),
        };
        let activations =
            list(layer.take("act")?, "act")?.iter().map(activation).collect::<Result<_, _>>()?;
        layer.end()?;
        nodes.push(name.clone());
        network.layers.push(Layer { name, operation, sources, activations });
    }
    let output = text(entries.take("output")?, "output")?;
    network.output =
        nodes.iter().position(|node| node == output).ok_or_else(|| bad("output", "a node of the network"))?;
    entries.end()?;
    nodes.sort_unstable();
    match nodes.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(_) => Err(bad("network", "nodes of different names")),
        None => Ok(network),
    }
}

fn activation(value: &Value) -> Result<Activation, Fault> {
    let expected = || bad("act", "lists of the word of an activation and its parameters");
    let [word, Value::Object(parameters)] = list(value, "act")? else { return Err(expected()) };
    let parameters = parameters.iter().map(|(name, value)| Ok((name.clone(), number(value, "act")?)));
    let parameters = parameters.collect::<Result<Vec<_>, Fault>>()?;
    Activation::named(text(word, "act")?, &parameters).ok_or_else(expected)
}
