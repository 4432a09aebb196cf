//! Single mutants of files: none that is believed may compute something else, as libRoadRunner sees it.

use std::ops::Range;
use std::path::Path;

use nnrc::verification::{Request, Verdict, sample_points};
use nnrc::{Checked, Disk, Project};
use nnrc_model::random::Random;
use nnrc_sbml::{Options, Provenance};
use serde_json::{Value, json};

use crate::peers::Simulator;
use crate::{Effort, Finding, root};

/// How far outputs of two simulations may be apart, relative to 1.
const TOLERANCE: f64 = 1e-6;

/// What became of mutants.
struct Judged {
    total: usize,
    accepted: usize,
    /// Those that were accepted and compute something else.
    inequivalent: Vec<String>,
}

/// Mutants of examples and of files with totals, rails and relays.
pub fn mutants(effort: Effort) -> Vec<Finding> {
    let models = [
        "examples/xor/xor.nnr",
        "examples/signed/signed.nnr",
        "examples/skip/skip.nnr",
        "tests/corpus/good/chains.nnr",
    ];
    let count = if effort == Effort::Full { 250 } else { 40 };
    let mut findings = Vec::new();
    for path in models {
        let model = load(path);
        let file = compiled(&model);
        let all = of(&file, count, 1);
        let judged = judge(&model, &file, &all, &|mutant| is_proven(&model, mutant));
        let figure = format!(
            "{} mutants, {} accepted, {} of them compute something else: {}",
            judged.total,
            judged.accepted,
            judged.inequivalent.len(),
            judged.inequivalent.join("; ")
        );
        let claim = format!("{path}: no mutant that computes something else is accepted");
        findings.push(Finding::new(
            claim,
            figure,
            judged.inequivalent.is_empty() && judged.accepted < judged.total / 2,
        ));
    }
    findings
}

/// The harness itself: it must see what a verifier does that accepts everything.
pub fn harness() -> Vec<Finding> {
    let model = load("examples/xor/xor.nnr");
    let file = compiled(&model);
    // Other rate constants are files that every simulator loads.
    let all: Vec<(String, String)> =
        of(&file, 200, 2).into_iter().filter(|(what, _)| what.starts_with("constant")).take(8).collect();
    let judged = judge(&model, &file, &all, &|_| true);
    let figure = format!(
        "{} of {} mutants are seen to compute something else",
        judged.inequivalent.len(),
        judged.total
    );
    let claim = "the harness fails for a verifier that accepts everything";
    vec![Finding::new(claim, figure, judged.total == 8 && judged.inequivalent.len() >= 4)]
}

fn load(path: &str) -> Checked {
    let path = root().join(path);
    let disk = Disk::of(&path);
    Project::open(&path, &disk)
        .and_then(|project| project.check())
        .unwrap_or_else(|failure| panic!("{failure}"))
}

fn compiled(model: &Checked) -> String {
    let options = Options { provenance: Provenance::None, ..Options::default() };
    let input = model.model.default_input();
    model.compile(&input).and_then(|pot| pot.sbml_with(options)).unwrap_or_else(|failure| panic!("{failure}"))
}

fn is_proven(model: &Checked, file: &str) -> bool {
    let request = Request::over_box(sample_points(&model.model));
    let found = model.verify(Path::new("mutant.xml"), file.as_bytes(), None, request);
    found.is_ok_and(|found| found.report.verdict == Verdict::Proven)
}

/// Runs a verifier over mutants, and simulates those that it accepts beside the file.
fn judge(model: &Checked, file: &str, all: &[(String, String)], accepts: &dyn Fn(&str) -> bool) -> Judged {
    let accepted: Vec<&(String, String)> = all.iter().filter(|(_, text)| accepts(text)).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut jobs = Vec::new();
    for (at, text) in std::iter::once(file).chain(accepted.iter().map(|(_, text)| text.as_str())).enumerate()
    {
        let path = folder.path().join(format!("{at}.xml"));
        std::fs::write(&path, text).unwrap();
        jobs.push(json!({ "sbml": path, "end": 3000, "set": settings(model, file) }));
    }
    let answers = Simulator::RoadRunner.run(&Value::from(jobs));
    let outputs: Vec<Vec<f64>> =
        answers.as_array().unwrap().iter().map(|answer| read(model, answer)).collect();
    let apart = |at: usize| {
        let pairs = outputs[0].iter().zip(&outputs[at + 1]);
        pairs.fold(0.0, |most: f64, (a, b)| most.max((a - b).abs() / a.abs().max(1.0)))
    };
    let inequivalent = accepted
        .iter()
        .enumerate()
        .map(|(at, (what, _))| (what, apart(at)))
        .filter(|(_, apart)| apart.is_nan() || *apart > TOLERANCE)
        .map(|(what, apart)| format!("{what} ({apart:.1e})"))
        .collect();
    Judged { total: all.len(), accepted: accepted.len(), inequivalent }
}

/// Concentrations of the inputs at three points of their ranges.
fn settings(model: &Checked, file: &str) -> Vec<Value> {
    let points = sample_points(&model.model);
    let names: Vec<String> = model
        .model
        .inputs()
        .flat_map(|(_, node)| (1..=node.width()).map(|at| format!("{}_{at}", node.name)).collect::<Vec<_>>())
        .collect();
    let rows = points.iter().rev().take(2).chain(points.first());
    rows.map(|row| {
        let mut set = serde_json::Map::new();
        for (name, value) in names.iter().zip(row) {
            if file.contains(&format!("id=\"{name}\"")) {
                set.insert(name.clone(), json!(value));
            } else {
                set.insert(format!("{name}_p"), json!(value.max(0.0)));
                set.insert(format!("{name}_m"), json!((-value).max(0.0)));
            }
        }
        Value::from(set)
    })
    .collect()
}

/// The outputs at the end of every run.
fn read(model: &Checked, answer: &Value) -> Vec<f64> {
    let node = &model.model.nodes[model.model.output];
    let runs = answer["runs"].as_array().unwrap();
    let value = |run: &Value, name: &str| run["final"][name].as_f64();
    runs.iter()
        .flat_map(|run| (1..=node.width()).map(move |at| (run, at)))
        .map(|(run, at)| {
            let name = format!("{}_{at}", node.name);
            let rails = || Some(value(run, &format!("{name}_p"))? - value(run, &format!("{name}_m"))?);
            value(run, &name).or_else(rails).unwrap_or(f64::NAN)
        })
        .collect()
}

/// Mutants of a file as nnrc writes it, an element on each line, with what was done.
pub(super) fn of(file: &str, count: usize, seed: u64) -> Vec<(String, String)> {
    let mut random = Random::new(seed);
    let lines: Vec<&str> = file.lines().collect();
    let with = |start: &str| -> Vec<usize> {
        (0..lines.len()).filter(|at| lines[*at].trim_start().starts_with(start)).collect()
    };
    let (species, parameters) = (with("<species "), with("<parameter "));
    let reactions: Vec<Range<usize>> = with("<reaction ")
        .into_iter()
        .map(|begin| {
            begin..begin + 1 + lines[begin..].iter().position(|line| line.contains("</reaction>")).unwrap()
        })
        .collect();
    let mut all = Vec::new();
    while all.len() < count {
        let mutant = one(&lines, &species, &parameters, &reactions, &mut random);
        all.extend(mutant.filter(|(_, text)| text.trim_end() != file.trim_end()));
    }
    all
}

fn one(
    lines: &[&str],
    species: &[usize],
    parameters: &[usize],
    reactions: &[Range<usize>],
    random: &mut Random,
) -> Option<(String, String)> {
    let mut text: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let reaction = reactions[pick(random, reactions.len())].clone();
    let name = attribute(lines[reaction.start], "id")?.1.to_owned();
    let references: Vec<usize> =
        reaction.clone().filter(|at| lines[*at].contains("<speciesReference ")).collect();
    let law = reaction.clone().find(|at| lines[*at].contains("<math "))?;
    let what = match pick(random, 9) {
        0 => {
            let at = parameters[pick(random, parameters.len())];
            let (place, value) = attribute(lines[at], "value")?;
            let factor = [0.99, 1.01, 0.9, 1.1][pick(random, 4)];
            text[at].replace_range(place, &format!("{:?}", value.parse::<f64>().ok()? * factor));
            format!("constant {} by {factor}", attribute(lines[at], "id")?.1)
        }
        1 => {
            let at = species[pick(random, species.len())];
            let (place, value) = attribute(lines[at], "initialConcentration")?;
            let value = value.parse::<f64>().ok()?;
            let other = [value * 1.1, value + 0.1, 0.0][pick(random, 3)];
            text[at].replace_range(place, &format!("{other:?}"));
            format!("initial {} to {other}", attribute(lines[at], "id")?.1)
        }
        2 => {
            let at = *references.get(pick(random, references.len().max(1)))?;
            let (place, value) = attribute(lines[at], "stoichiometry")?;
            let value = value.parse::<f64>().ok()?;
            let other = [value + 1.0, value - 1.0, 2.0 * value][pick(random, 3)];
            text[at].replace_range(place, &format!("{other}"));
            format!("stoichiometry of {name} to {other}")
        }
        3 => {
            text.drain(reaction);
            format!("{name} left out")
        }
        4 => {
            let copy: Vec<String> = text[reaction.clone()]
                .iter()
                .map(|line| line.replace(&name, &format!("{name}_again")))
                .collect();
            text.splice(reaction.end..reaction.end, copy);
            format!("{name} doubled")
        }
        5 => {
            for line in &mut text[reaction] {
                *line = line
                    .replace("listOfReactants", "listOf")
                    .replace("listOfProducts", "listOfReactants")
                    .replace("listOf>", "listOfProducts>");
            }
            format!("{name} turned round")
        }
        6 => {
            let at = *references.get(pick(random, references.len().max(1)))?;
            let from = attribute(lines[at], "species")?.1;
            let to = attribute(lines[species[pick(random, species.len())]], "id")?.1;
            for line in &mut text[reaction] {
                *line = line
                    .replace(&format!("\"{from}\""), &format!("\"{to}\""))
                    .replace(&format!("<ci>{from}</ci>"), &format!("<ci>{to}</ci>"));
            }
            format!("{from} to {to} in {name}")
        }
        7 => {
            let identifiers: Vec<&str> = lines[law]
                .split("<ci>")
                .skip(1)
                .filter_map(|rest| rest.split_once('<').map(|(id, _)| id))
                .collect();
            let from = identifiers[pick(random, identifiers.len())];
            let to = match references.get(pick(random, references.len().max(1))) {
                Some(at) => attribute(lines[*at], "species")?.1,
                None => identifiers[0],
            };
            text[law] = text[law].replacen(&format!("<ci>{from}</ci>"), &format!("<ci>{to}</ci>"), 1);
            format!("{from} to {to} in the law of {name}")
        }
        _ => {
            let from = lines[law].split("<ci>k_").nth(1)?.split_once('<')?.0;
            let to = attribute(lines[parameters[pick(random, parameters.len())]], "id")?.1;
            text[law] = text[law].replacen(&format!("<ci>k_{from}</ci>"), &format!("<ci>{to}</ci>"), 1);
            format!("k_{from} to {to} in the law of {name}")
        }
    };
    Some((what, text.join("\n")))
}

fn pick(random: &mut Random, below: usize) -> usize {
    usize::try_from(random.below(below.max(1) as u64)).unwrap()
}

/// Where the value of an attribute stands in a line, and the value.
fn attribute<'l>(line: &'l str, name: &str) -> Option<(Range<usize>, &'l str)> {
    let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
    let end = start + line[start..].find('"')?;
    Some((start..end, &line[start..end]))
}
