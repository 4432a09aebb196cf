//! Verdicts in words and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use nnrc_verify::kernel::certificate::STARTS;
use nnrc_verify::kernel::change::{Change, Input};
use nnrc_verify::kernel::identity::Combination;
use nnrc_verify::kernel::proof::Claim;
use nnrc_verify::kernel::sbml::System;
use nnrc_verify::kernel::triangular::Plan;
use serde_json::{Value, json};

use super::{Rechecked, Settle, Start, Verdict, Verification};
use crate::numbers::plural;

/// How many outputs the text lists by themselves.
const MAX_LISTED: usize = 6;

impl Verification {
    /// The verdict for people, with everything that the statement is about.
    pub fn text(&self) -> String {
        let (file, model, report) = (&self.file, &self.model, &self.report);
        let mut text = match &report.verdict {
            Verdict::Proven => format!("proven: {file} computes {model}{}\n", self.scope()),
            Verdict::Refuted(_) => format!("refuted: {file} does not compute {model}\n"),
            Verdict::Undecided(fault) => {
                format!(
                    "undecided: whether {file} computes {model}{}\n{}{} ({})\n",
                    self.scope(),
                    head("reason"),
                    fault.message,
                    fault.code
                )
            }
        };
        let claim = &report.claim;
        let _ = writeln!(
            text,
            "{}{}",
            head("inputs"),
            read(&self.input_names(), &claim.plan.inputs, &report.system)
        );
        let outputs: Vec<String> =
            (0..claim.outputs.len()).map(|at| format!("{}[{}]", self.output, at + 1)).collect();
        let _ =
            writeln!(text, "{}{}", head("outputs"), combinations(&outputs, &claim.outputs, &report.system));
        text += &scale(claim);
        if let Verdict::Refuted(witness) = &report.verdict {
            let _ = writeln!(text, "{}{}", head("witness"), words(&witness.input));
            let (found, expected) = (witness.found, witness.expected);
            let name = &outputs[witness.output];
            let _ = writeln!(text, "{}{name} in [{:?}, {:?}]", head("reactions"), found.0, found.1);
            let _ = writeln!(text, "{}{name} in [{:?}, {:?}]", head("network"), expected.0, expected.1);
            return text;
        }
        if let Some(over) = &report.over_box {
            let how = if over.eps == 0.0 { " (identity of coefficients)" } else { "" };
            let parts =
                if over.parts > 1 { format!(", {} parts of the box", over.parts) } else { String::new() };
            let _ = writeln!(text, "{}at most {:?}{how}{parts}", head("eps"), over.eps);
        }
        if report.certificate.is_some() {
            let _ = writeln!(
                text,
                "{}exactly one, attracting every start with these totals; rate >= {:?}",
                head("steady"),
                report.rate
            );
        }
        text += &settled(report.settled.filter(|_| report.certificate.is_some()));
        let _ = writeln!(text, "{}{}", head("blocks"), blocks(&claim.plan));
        if !report.points.is_empty() {
            let most = report.points.iter().fold(0.0, |most: f64, (_, apart)| most.max(*apart));
            let _ = writeln!(text, "{}{}, within {most:.1e}", head("points"), report.points.len());
        }
        text
    }

    /// The verdict for programs.
    pub fn json(&self) -> Value {
        let report = &self.report;
        let mut value = json!({
            "file": self.file,
            "model": self.model,
            "inputs": self.inputs_read(),
            "outputs": self.outputs_read(),
            "times": report.claim.times.as_ref().map_or(1.0, |times| times.enclosure().low),
            "ranges": (!report.ranges.is_empty()).then_some(&report.ranges),
            "points": report.points.len(),
        });
        match &report.verdict {
            Verdict::Proven => {
                value["verdict"] = json!("proven");
                value["rate"] = json!(report.rate);
                value["settle"] = settled_json(report.settled);
                let points = report.points.iter().fold(0.0, |most: f64, (_, apart)| most.max(*apart));
                value["eps"] = json!(report.over_box.as_ref().map_or(points, |over| over.eps));
            }
            Verdict::Refuted(witness) => {
                value["verdict"] = json!("refuted");
                value["input"] = json!(witness.input);
                value["output"] = json!(witness.output + 1);
                value["reactions"] = json!([witness.found.0, witness.found.1]);
                value["network"] = json!([witness.expected.0, witness.expected.1]);
            }
            Verdict::Undecided(fault) => {
                value["verdict"] = json!("undecided");
                value["code"] = json!(fault.code);
                value["reason"] = json!(fault.message);
            }
        }
        value
    }

    /// How each input is read: factors of species.
    pub fn inputs_read(&self) -> Vec<BTreeMap<String, f64>> {
        let report = &self.report;
        report.claim.plan.inputs.iter().map(|input| by_name(&held(input), &report.system)).collect()
    }

    /// How each output is read: factors of species.
    pub fn outputs_read(&self) -> Vec<BTreeMap<String, f64>> {
        let report = &self.report;
        report.claim.outputs.iter().map(|output| by_name(&factors(output), &report.system)).collect()
    }

    /// ` on x[1..4] in [0, 1]`, or ` at 3 points`.
    fn scope(&self) -> String {
        let mut rest = self.report.ranges.as_slice();
        if rest.is_empty() {
            return format!(" at {}", plural(self.report.points.len(), "point"));
        }
        let mut parts = Vec::new();
        for (name, width) in &self.inputs {
            let (own, others) = rest.split_at((*width).min(rest.len()));
            rest = others;
            let places = if *width == 1 { "1".to_owned() } else { format!("1..{width}") };
            if let Some((low, high)) = own.first() {
                parts.push(format!("{name}[{places}] in [{low}, {high}]"));
            }
        }
        format!(" on {}", parts.join(", "))
    }

    fn input_names(&self) -> Vec<String> {
        self.inputs
            .iter()
            .flat_map(|(name, width)| (1..=*width).map(move |at| format!("{name}[{at}]")))
            .collect()
    }
}

impl Rechecked {
    /// What was checked, for people.
    pub fn text(&self) -> String {
        let certificate = &self.checked.certificate;
        let (claim, system) = (&certificate.claim, &self.checked.system);
        let output = node_name(claim);
        let mut text = format!("proven: {} computes the network of the certificate\n", self.file);
        let names: Vec<String> = (0..claim.plan.inputs.len()).map(|at| format!("input {}", at + 1)).collect();
        let _ = writeln!(text, "{}{}", head("inputs"), read(&names, &claim.plan.inputs, system));
        let names: Vec<String> = (0..claim.outputs.len()).map(|at| format!("{output}[{}]", at + 1)).collect();
        let _ = writeln!(text, "{}{}", head("outputs"), combinations(&names, &claim.outputs, system));
        text += &scale(claim);
        let scope = match &certificate.ranges {
            Some(ranges) => {
                let ranges: Vec<String> =
                    ranges.iter().map(|(low, high)| format!("[{low}, {high}]")).collect();
                abridged(&ranges, "; ")
            }
            None => format!("{} points", certificate.points.len()),
        };
        let _ = writeln!(text, "{}{scope}", head("on"));
        let _ = writeln!(text, "{}at most {:?}", head("eps"), certificate.eps);
        let _ = writeln!(
            text,
            "{}exactly one, attracting every start with these totals; rate >= {:?}",
            head("steady"),
            certificate.rate
        );
        text += &settled(certificate.settled);
        let _ = writeln!(text, "{}{}", head("blocks"), blocks(&claim.plan));
        text
    }

    /// What was checked, for programs.
    pub fn json(&self) -> Value {
        let certificate = &self.checked.certificate;
        json!({
            "file": self.file,
            "verdict": "proven",
            "sha256": certificate.sha256,
            "eps": certificate.eps,
            "rate": certificate.rate,
            "settle": settled_json(certificate.settled),
            "inputs": certificate.claim.plan.inputs.iter().map(|input| by_name(&held(input), &self.checked.system)).collect::<Vec<_>>(),
            "outputs": certificate.claim.outputs.iter().map(|output| by_name(&factors(output), &self.checked.system)).collect::<Vec<_>>(),
            "times": certificate.claim.times.as_ref().map_or(1.0, |times| times.enclosure().low),
            "ranges": certificate.ranges,
            "points": certificate.points.len(),
        })
    }
}

/// `  settled   within 0.001 after 12.5, from the start of the file`, as a line.
fn settled(settled: Option<(Settle, f64)>) -> String {
    let Some((Settle { within, start }, time)) = settled else { return String::new() };
    let start = match start {
        Start::File => "the start of the file".to_owned(),
        Start::Any { most } if most.is_finite() => format!("any start with concentrations of at most {most}"),
        Start::Any { .. } => "any start".to_owned(),
    };
    format!("{}within {within} after {time:?}, from {start}\n", head("settled"))
}

fn settled_json(settled: Option<(Settle, f64)>) -> Value {
    settled.map_or(Value::Null, |(Settle { within, start }, time)| {
        let (start, most) = match start {
            Start::File => (STARTS[0], None),
            Start::Any { most } => (STARTS[1], Some(most).filter(|most| most.is_finite())),
        };
        json!({ "within": within, "start": start, "most": most, "time": time })
    })
}

/// What values are, where they are no concentrations, as a line.
fn scale(claim: &Claim) -> String {
    let times = claim.times.as_ref().map(|times| times.enclosure().low);
    times.map_or(String::new(), |times| format!("{}{times:?} times concentrations\n", head("values")))
}

fn node_name(claim: &Claim) -> String {
    let network = &claim.network;
    let inputs = network.inputs.iter().map(|(name, _)| name);
    let mut nodes = inputs.chain(network.layers.iter().map(|layer| &layer.name));
    nodes.nth(network.output).cloned().unwrap_or_default()
}

/// A word before what it is about, in a column.
fn head(word: &str) -> String {
    format!("  {word:<10}")
}

fn words(values: &[f64]) -> String {
    values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(", ")
}

fn held(input: &Input) -> Vec<(u32, f64)> {
    std::iter::once((input.plus, 1.0)).chain(input.minus.map(|minus| (minus, -1.0))).collect()
}

fn factors(combination: &Combination) -> Vec<(u32, f64)> {
    combination.iter().map(|(species, factor)| (*species, factor.enclosure().low)).collect()
}

fn id(species: u32, system: &System) -> &str {
    system.species.get(species as usize).map_or("?", |species| species.id.as_str())
}

fn by_name(terms: &[(u32, f64)], system: &System) -> BTreeMap<String, f64> {
    terms.iter().map(|(species, factor)| (id(*species, system).to_owned(), *factor)).collect()
}

fn formula(terms: &[(u32, f64)], system: &System) -> String {
    let mut text = String::new();
    for (species, factor) in terms {
        let sign = match (text.is_empty(), *factor < 0.0) {
            (true, false) => "",
            (true, true) => "-",
            (false, false) => " + ",
            (false, true) => " - ",
        };
        let size = factor.abs();
        let size = if size == 1.0 { String::new() } else { format!("{size} ") };
        let _ = write!(text, "{sign}{size}{}", id(*species, system));
    }
    text
}

fn read(names: &[String], inputs: &[Input], system: &System) -> String {
    let all: Vec<String> = names
        .iter()
        .zip(inputs)
        .map(|(name, input)| format!("{name} = {}", formula(&held(input), system)))
        .collect();
    abridged(&all, ", ")
}

fn combinations(names: &[String], outputs: &[Combination], system: &System) -> String {
    let all: Vec<String> = names
        .iter()
        .zip(outputs)
        .map(|(name, output)| format!("{name} = {}", formula(&factors(output), system)))
        .collect();
    abridged(&all, ", ")
}

fn abridged(all: &[String], between: &str) -> String {
    let shown: Vec<&str> = all.iter().take(MAX_LISTED).map(String::as_str).collect();
    let more =
        if all.len() > MAX_LISTED { format!("{between}… ({} in all)", all.len()) } else { String::new() };
    format!("{}{more}", shown.join(between))
}

fn blocks(plan: &Plan) -> String {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for (shape, _) in &plan.blocks {
        *counts.entry(*shape).or_default() += 1;
    }
    let totals = plan.changes.iter().filter(|change| matches!(change, Change::Total { .. })).count();
    let mut parts: Vec<String> =
        counts.iter().map(|(shape, count)| format!("{count} {}", shape.word())).collect();
    parts.push(format!("{totals} totals"));
    parts.join(", ")
}
