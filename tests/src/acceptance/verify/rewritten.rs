//! Files that say the same in other words: other identifiers and another order, other units.

use std::collections::BTreeMap;
use std::path::Path;

use nnrc::verification::{Request, Verdict, sample_points};
use nnrc::{Checked, Disk, Project};
use nnrc_model::random::Random;
use nnrc_sbml::{Options, Provenance};
use serde_json::{Map, Value, json};

use crate::{Finding, root};

/// A file without annotations, an element on each line.
fn plain(model: &Checked) -> String {
    super::compiled(model, Options { provenance: Provenance::None, ..Options::default() })
}

fn attribute<'t>(line: &'t str, key: &str) -> Option<&'t str> {
    let (_, rest) = line.split_once(&format!(" {key}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// Other identifiers for all species, parameters and reactions, and species in another order.
fn renamed(file: &str, seed: u64) -> (String, BTreeMap<String, String>) {
    let mut random = Random::new(seed);
    let lines: Vec<&str> = file.lines().collect();
    let is = |line: &str, element: &str| line.trim_start().starts_with(element);
    let of = |element: &str| -> Vec<&str> {
        let own = lines.iter().filter(|line| is(line, element));
        own.filter_map(|line| attribute(line, "id")).collect()
    };
    let old: Vec<&str> = ["<species ", "<parameter ", "<reaction "].into_iter().flat_map(of).collect();
    let mut numbers: Vec<usize> = (0..old.len()).collect();
    random.shuffle(&mut numbers);
    let names: BTreeMap<String, String> =
        old.iter().zip(numbers).map(|(id, number)| ((*id).to_owned(), format!("s{number}"))).collect();
    let mut species: Vec<&str> = lines.iter().copied().filter(|line| is(line, "<species ")).collect();
    random.shuffle(&mut species);
    let mut shuffled = species.into_iter();
    let mut text = String::new();
    for line in &lines {
        let line = if is(line, "<species ") { shuffled.next().unwrap() } else { line };
        // Identifiers stand in quotes or between tags, never within other words.
        let mut rest = line;
        while let Some(at) = rest.find(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            let (before, word) = rest.split_at(at);
            let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(word.len());
            let (word, after) = word.split_at(end);
            let whole = before.ends_with(['"', '>', ' '])
                && (after.starts_with('"') || after.starts_with([' ', '<']));
            let name = names.get(word).filter(|_| whole && !before.ends_with("name=\""));
            text += before;
            text += name.map_or(word, String::as_str);
            rest = after;
        }
        text += rest;
        text.push('\n');
    }
    (text, names)
}

/// The map of inputs and outputs of a file with other identifiers.
fn map(model: &Checked, names: &BTreeMap<String, String>) -> String {
    let value = |stem: String| {
        let mut terms = Map::new();
        for (id, factor) in [(stem.clone(), 1), (format!("{stem}_p"), 1), (format!("{stem}_m"), -1)] {
            terms.extend(names.get(&id).map(|name| (name.clone(), json!(factor))));
        }
        Value::from(terms)
    };
    let of =
        |name: &str, width: usize| (1..=width).map(|at| value(format!("{name}_{at}"))).collect::<Vec<_>>();
    let inputs: Vec<Value> =
        model.model.inputs().flat_map(|(_, node)| of(&node.name, node.width())).collect();
    let output = &model.model.nodes[model.model.output];
    json!({ "inputs": inputs, "outputs": of(&output.name, output.width()) }).to_string()
}

fn proof(model: &Checked, file: &str, map: Option<&str>, request: Request) -> Result<f64, String> {
    let map = map.map(|map| (Path::new("map.json"), map.as_bytes()));
    let found = model.verify(Path::new("file.xml"), file.as_bytes(), map, request);
    let found = found.map_err(|failure| failure.to_string())?;
    match found.report.verdict {
        Verdict::Proven => Ok(found.report.over_box.map_or(f64::NAN, |over| over.eps)),
        Verdict::Refuted(witness) => Err(format!("refuted at {:?}", witness.input)),
        Verdict::Undecided(fault) => Err(fault.to_string()),
    }
}

fn example(name: &str) -> Checked {
    let path = root().join(name);
    let disk = Disk::of(&path);
    Project::open(&path, &disk)
        .and_then(|project| project.check())
        .unwrap_or_else(|failure| panic!("{failure}"))
}

/// Files whose species, parameters and reactions are all called otherwise, in another order.
pub fn names() -> Vec<Finding> {
    let mut models: Vec<(String, Checked)> = [
        "examples/xor/xor.nnr",
        "examples/iris/iris.nnr",
        "examples/signed/signed.nnr",
        "examples/skip/skip.nnr",
    ]
    .map(|name| (name.to_owned(), example(name)))
    .into();
    for spec in nnrc_model::activation::SPECS.iter().filter(|spec| spec.facts.fixed_point.is_some()) {
        for (weights, order) in [("rates", 2), ("species", 2), ("rates", 3)] {
            let text = super::network(spec.facts.name, weights, order, true);
            models.push((format!("{}, {weights}, order {order}", spec.facts.name), super::checked(&text)));
        }
    }
    let mut faults = Vec::new();
    let mut files = 0;
    for (name, model) in &models {
        for seed in 0..3 {
            files += 1;
            let (file, names) = renamed(&plain(model), seed);
            assert!(!file.contains("\"hidden_1\""), "{name}: not renamed");
            let request = Request::over_box(sample_points(&model.model));
            if let Err(why) = proof(model, &file, Some(&map(model, &names)), request) {
                faults.push(format!("{name}, seed {seed}: {why}"));
            }
        }
    }
    let figure = if faults.is_empty() { format!("{files} files") } else { faults.join("\n") };
    vec![Finding::new("files with other identifiers in another order are proven", figure, faults.is_empty())]
}

/// The same reactions with concentrations C times as large: initial ones C times, and rate constants of order n by C^(1 − n).
fn in_other_units(file: &str, c: f64) -> String {
    let lines: Vec<&str> = file.lines().collect();
    let ids = |element: &str| -> Vec<&str> {
        let own = lines.iter().filter(|line| line.trim_start().starts_with(element));
        own.filter_map(|line| attribute(line, "id")).collect()
    };
    let (species, parameters) = (ids("<species "), ids("<parameter "));
    let mut orders: BTreeMap<&str, i32> = BTreeMap::new();
    for law in lines.iter().filter(|line| line.contains("<math ")) {
        let read: Vec<&str> =
            law.split("<ci>").skip(1).map(|rest| rest.split('<').next().unwrap().trim()).collect();
        let order = read.iter().filter(|id| species.contains(id)).count();
        for id in read.iter().filter(|id| parameters.contains(id)) {
            let order = i32::try_from(order).unwrap();
            assert_eq!(*orders.entry(id).or_insert(order), order, "{id} is of two orders");
        }
    }
    let with = |line: &str, key: &str, factor: f64| {
        let value = attribute(line, key).unwrap();
        let other: f64 = value.parse::<f64>().unwrap() * factor;
        line.replace(&format!(" {key}=\"{value}\""), &format!(" {key}=\"{other:e}\""))
    };
    let rewritten = lines.iter().map(|line| match line.trim_start() {
        start if start.starts_with("<species ") => with(line, "initialConcentration", c),
        start if start.starts_with("<parameter ") => {
            let order = orders.get(attribute(line, "id").unwrap()).copied().unwrap_or(1);
            with(line, "value", c.powi(1 - order))
        }
        _ => (*line).to_owned(),
    });
    rewritten.collect::<Vec<_>>().join("\n")
}

/// Files in which 1 means another concentration.
pub fn scales() -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["examples/xor/xor.nnr", "examples/signed/signed.nnr", "examples/skip/skip.nnr"] {
        let path = root().join(name);
        let disk = Disk::of(&path);
        // In molar units each rate constant is of one order.
        let mut project = Project::open(&path, &disk).unwrap_or_else(|failure| panic!("{failure}"));
        project.set("chemistry.units", "molar").unwrap_or_else(|failure| panic!("{failure}"));
        let model = project.check().unwrap_or_else(|failure| panic!("{failure}"));
        for (c, most) in [(0.125f64, 0.0), (1e-6, 1e-9)] {
            let file = in_other_units(&plain(&model), c);
            let request = Request::over_box(sample_points(&model.model));
            let wrong = proof(&model, &file, None, request.clone());
            let right = proof(&model, &file, None, Request { times: Some(1.0 / c), ..request });
            findings.push(Finding::new(
                format!("{name}: where 1 means {c}, the file is proven with that scale alone"),
                format!("eps {right:?}; without: {wrong:?}"),
                right.is_ok_and(|eps| eps <= most) && wrong.is_err(),
            ));
        }
    }
    findings
}
