//! The text of a certificate. The kernel reads it back and checks it; nothing depends on how it was written.

use std::fmt::Write;

use nnrc_verify_kernel::certificate::{ATTRACTING, Certificate, FORMAT, HYPOTHESES, STARTS};
use nnrc_verify_kernel::change::{Change, Input};
use nnrc_verify_kernel::dyadic::Dyadic;
use nnrc_verify_kernel::identity::Combination;
use nnrc_verify_kernel::network::{Activation, Layer, Network, Operation};
use nnrc_verify_kernel::poly::Variable;
use nnrc_verify_kernel::sbml::System;
use nnrc_verify_kernel::settle::{Settle, Start};

/// A certificate as JSON, an element on each line.
pub fn certificate(certificate: &Certificate, system: &System) -> String {
    let writer = Writer { system, names: names(certificate, system) };
    let claim = &certificate.claim;
    let mut lines = vec![
        format!("\"format\": {}", quoted(FORMAT)),
        "\"version\": 1".to_owned(),
        format!(
            "\"sbml\": {{ \"sha256\": {}, \"species\": {}, \"reactions\": {} }}",
            quoted(&certificate.sha256),
            certificate.species,
            certificate.reactions
        ),
        format!("\"network\": {}", network(&claim.network)),
        format!("\"statement\": {}", writer.statement(certificate)),
        format!("\"hypotheses\": {}", list(HYPOTHESES.iter().map(|one| quoted(one)))),
        format!("\"changes\": {}", lined(claim.plan.changes.iter().map(|change| writer.change(change)))),
    ];
    let blocks = claim.plan.blocks.iter().enumerate().map(|(at, (shape, variables))| {
        let names = list(variables.iter().map(|variable| quoted(writer.name(*variable))));
        let rest = certificate.rest.get(at).map(|boxes| {
            let boxes = boxes.iter().map(|ends| format!("[{}, {}]", number(ends.low), number(ends.high)));
            format!(", \"rest\": {}", list(boxes))
        });
        format!("{{ \"kind\": {}, \"vars\": {names}{} }}", quoted(shape.word()), rest.unwrap_or_default())
    });
    lines.push(format!("\"blocks\": {}", lined(blocks)));
    let units = claim.units.iter().map(|unit| {
        let layer = claim.network.layers.get(unit.layer).map_or("", |layer| layer.name.as_str());
        let relay = unit.relay.as_ref().map(|relay| format!(", \"relay\": {}", writer.combination(relay)));
        format!(
            "{{ \"layer\": {}, \"stage\": {}, \"index\": {}, \"value\": {}{} }}",
            quoted(layer),
            unit.stage + 1,
            unit.index + 1,
            writer.combination(&unit.value),
            relay.unwrap_or_default()
        )
    });
    lines.push(format!("\"units\": {}", lined(units)));
    if !certificate.points.is_empty() {
        let points = certificate.points.iter().map(|(input, eps)| {
            format!("{{ \"input\": {}, \"eps\": {} }}", list(input.iter().map(|x| number(*x))), number(*eps))
        });
        lines.push(format!("\"points\": {}", lined(points)));
    }
    format!("{{\n  {}\n}}\n", lines.join(",\n  "))
}

struct Writer<'s> {
    system: &'s System,
    names: Vec<String>,
}

/// Names of species, of the symbols of inputs with two rails, and of differences.
fn names(certificate: &Certificate, system: &System) -> Vec<String> {
    let plan = &certificate.claim.plan;
    let species = system.species.iter().map(|species| species.id.clone());
    let symbols = plan.inputs.iter().filter(|input| input.minus.is_some()).map(|_| String::new());
    let differences = plan.changes.iter().filter_map(|change| match change {
        Change::Rails { difference, .. } => Some(difference.clone()),
        Change::Total { .. } => None,
    });
    species.chain(symbols).chain(differences).collect()
}

impl Writer<'_> {
    fn name(&self, variable: Variable) -> &str {
        self.names.get(variable as usize).map_or("", String::as_str)
    }

    fn combination(&self, combination: &Combination) -> String {
        let terms = combination.iter().map(|(variable, factor)| {
            format!("{}: {}", quoted(self.name(*variable)), number(factor.enclosure().low))
        });
        format!("{{ {} }}", terms.collect::<Vec<_>>().join(", "))
    }

    fn read(&self, input: &Input) -> String {
        let one = Dyadic::one();
        let minus = input.minus.map(|minus| (minus, one.negated()));
        self.combination(&std::iter::once((input.plus, one)).chain(minus).collect())
    }

    fn statement(&self, certificate: &Certificate) -> String {
        let claim = &certificate.claim;
        let inputs = claim.plan.inputs.iter().enumerate().map(|(at, input)| {
            let range = certificate.ranges.as_ref().and_then(|ranges| ranges.get(at));
            let range =
                range.map(|(low, high)| format!(", \"range\": [{}, {}]", number(*low), number(*high)));
            format!("{{ \"read\": {}{} }}", self.read(input), range.unwrap_or_default())
        });
        format!(
            "{{\n    \"inputs\": {},\n    \"outputs\": {},\n    {}\"unique\": true, \"attracting\": {}, \"eps\": {}, \"rate\": {}{} }}",
            list(inputs),
            list(claim.outputs.iter().map(|output| self.combination(output))),
            claim
                .times
                .as_ref()
                .map_or(String::new(), |times| format!("\"times\": {}, ", number(times.enclosure().low))),
            quoted(ATTRACTING),
            number(certificate.eps),
            number(certificate.rate),
            certificate
                .settled
                .map_or(String::new(), |settled| format!(", \"settle\": {}", self::settled(settled)))
        )
    }

    fn change(&self, change: &Change) -> String {
        match change {
            Change::Rails { plus, minus, difference } => format!(
                "{{ \"change\": \"rails\", \"plus\": {}, \"minus\": {}, \"difference\": {} }}",
                quoted(self.name(*plus)),
                quoted(self.name(*minus)),
                quoted(difference)
            ),
            Change::Total { law, eliminate } => {
                let mut total = Dyadic::zero();
                for (variable, factor) in law {
                    let initial = self.system.species.get(*variable as usize).map(|species| &species.initial);
                    let term = initial.and_then(|initial| initial.times(factor).ok());
                    total = term.and_then(|term| total.plus(&term).ok()).unwrap_or(total);
                }
                let total = total.enclosure();
                format!(
                    "{{ \"change\": \"total\", \"law\": {}, \"total\": [{}, {}], \"eliminate\": {} }}",
                    self.combination(law),
                    number(total.low),
                    number(total.high),
                    quoted(self.name(*eliminate))
                )
            }
        }
    }
}

fn settled((settle, time): (Settle, f64)) -> String {
    let start = match settle.start {
        Start::File => quoted(STARTS[0]),
        Start::Any { most } if most.is_finite() => {
            format!("{}, \"most\": {}", quoted(STARTS[1]), number(most))
        }
        Start::Any { .. } => quoted(STARTS[1]),
    };
    format!("{{ \"within\": {}, \"start\": {start}, \"time\": {} }}", number(settle.within), number(time))
}

fn network(network: &Network) -> String {
    let mut nodes: Vec<&str> = network.inputs.iter().map(|(name, _)| name.as_str()).collect();
    let inputs = network
        .inputs
        .iter()
        .map(|(name, width)| format!("{{ \"name\": {}, \"width\": {width} }}", quoted(name)));
    let mut layers = Vec::new();
    for made in &network.layers {
        layers.push(layer(made, &nodes));
        nodes.push(&made.name);
    }
    let output = nodes.get(network.output).copied().unwrap_or_default();
    format!(
        "{{ \"inputs\": {}, \"layers\": {}, \"output\": {} }}",
        list(inputs),
        lined(layers.into_iter()),
        quoted(output)
    )
}

fn layer(layer: &Layer, nodes: &[&str]) -> String {
    let sources = list(layer.sources.iter().map(|at| quoted(nodes.get(*at).copied().unwrap_or_default())));
    let activations = list(layer.activations.iter().map(|one| activation(*one)));
    let head = format!("{{ \"name\": {}, \"from\": {sources}, \"act\": {activations}", quoted(&layer.name));
    match &layer.operation {
        Operation::Add => format!("{head}, \"op\": \"add\" }}"),
        Operation::Concat => format!("{head}, \"op\": \"concat\" }}"),
        Operation::Dense { weights, bias } => {
            let rows = list(weights.iter().map(|row| list(row.iter().map(|w| number(*w)))));
            let bias = list(bias.iter().map(|b| number(*b)));
            format!("{head}, \"op\": \"dense\", \"W\": {rows}, \"b\": {bias} }}")
        }
    }
}

fn activation(activation: Activation) -> String {
    let (word, parameters) = activation.parts();
    let parameters = parameters.iter().map(|(name, value)| format!("{}: {}", quoted(name), number(*value)));
    format!("[{}, {{ {} }}]", quoted(word), parameters.collect::<Vec<_>>().join(", "))
}

fn list(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(", "))
}

/// A list with an element on each line.
fn lined(elements: impl Iterator<Item = String>) -> String {
    let elements: Vec<String> = elements.collect();
    if elements.is_empty() { "[]".to_owned() } else { format!("[\n    {}\n  ]", elements.join(",\n    ")) }
}

/// The shortest digits that are read as the same double.
fn number(value: f64) -> String {
    format!("{value:?}")
}

/// A text of JSON. Identifiers and names of layers have no character that would need another escape.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                let _ = write!(quoted, "\\{character}");
            }
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
