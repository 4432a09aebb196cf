//! Imported networks: what onnxruntime and numpy say of the source, beside what the chemistry does.

use std::path::{Path, PathBuf};

use nnrc::disk::Disk;
use nnrc::import::{Closeness, DataFile, Imported, Options, Trained};
use nnrc_model::{DataReference, NodeKind, Subset};
use nnrc_sim::io::{Arrays, npz};
use nnrc_sim::train::Metric;
use serde_json::{Map, Value, json};

use crate::peers::{self, Simulator};
use crate::{Finding, root};

/// How near outputs of chemistry are to what numpy makes of the same mapping, relative to max(1, |y|).
const NEAR: f64 = 1e-6;
/// The name of the data set in an imported text.
const SAMPLES: &str = "samples";
/// Classifiers that are opened elsewhere.
const ELSEWHERE: [&str; 3] = ["skl_iris_words", "torch_iris_bn_ts", "skl_circles_exit4"];

fn folder(name: &str) -> PathBuf {
    root().join("tests/reference/onnx/good").join(name)
}

/// All trained networks of the reference.
pub fn names() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("tests/reference/onnx/good")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn source(name: &str) -> Trained {
    let path = folder(name).join("model.onnx");
    let disk = Disk::of(&path);
    let bytes = disk.model(&path).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    Trained::onnx("model.onnx", bytes, &disk).unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

fn import(name: &str, closeness: Closeness, finetune: Option<usize>) -> Imported {
    let options = Options {
        name: "net",
        weights: "net.safetensors",
        tolerance: 0.01,
        closeness,
        range: None,
        prune: 0.0,
        keeps_scale: false,
        rational: false,
        finetune,
        data: Some(DataFile { path: "ref.npz", targets: &[], inputs: &[] }),
    };
    let disk = Disk::of(&folder(name).join("net.nnr"));
    source(name).import(&options, &disk, &mut ()).unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

fn reference(name: &str) -> Arrays {
    npz::read(&std::fs::read(folder(name).join("ref.npz")).unwrap()).unwrap()
}

fn samples() -> DataReference {
    DataReference { dataset: SAMPLES.to_owned(), subset: Subset::All }
}

/// Some or all networks, by both mappings: outputs of chemistry against numpy, classes against onnxruntime, layers
/// against the table of deviations, and texts that are canonical.
pub fn networks(names: &[String]) -> Vec<Finding> {
    names.iter().flat_map(|name| [Closeness::Cheap, Closeness::Close].map(|how| network(name, how))).collect()
}

fn network(name: &str, closeness: Closeness) -> Finding {
    let imported = import(name, closeness, None);
    let expected = reference(name);
    let (word, mapped) = match closeness {
        Closeness::Cheap => ("cheap", &expected["mapped_cheap"].values),
        Closeness::Close => ("close", &expected["mapped_close"].values),
    };
    let pot = imported.checked.compile(&imported.checked.model.default_input()).unwrap();
    let outputs = pot.settle_rows(&samples(), SAMPLES).unwrap().concat();
    let far = |(own, numpy): (&f64, &f64)| (own - numpy).abs() / numpy.abs().max(1.0);
    let worst = outputs.iter().zip(mapped).map(far).fold(0.0, f64::max);
    let deviation = imported.deviation.as_ref().unwrap();
    let alone = deviation.layers.iter().map(|layer| layer.alone).fold(0.0, f64::max);
    // What a comment says of a layer is what a user plans with.
    let said = imported.text.split("off by at most ").skip(1);
    let said: Vec<f64> =
        said.map(|rest| rest.split([',', '\n']).next().unwrap().trim().parse::<f64>().unwrap()).collect();
    let most = said.iter().copied().fold(0.0, f64::max);
    let is_canonical = nnrc_syntax::format(&imported.text).as_deref() == Ok(imported.text.as_str());
    let same = import(name, closeness, None);
    let is_same = same.text == imported.text && same.weights == imported.weights;
    let agreement = deviation.agreement();
    let agrees = match (agreement, name, closeness) {
        (None, ..) => true,
        // One unit for each tanh is not enough here, and it is told.
        (Some(share), "skl_circles_exit4", Closeness::Cheap) => share < 0.99,
        (Some(share), ..) => share >= 0.99,
    };
    Finding::new(
        format!(
            "{name}, {word}: outputs of the chemistry within {NEAR:e} of numpy's, layers as the text says, and at least 0.99 of the classes"
        ),
        format!(
            "{} outputs, largest deviation {worst:.1e}; layers off by {alone:.4}, said {most}; {}",
            outputs.len(),
            agreement.map_or("values".to_owned(), |share| format!("agreement {share:.4}"))
        ),
        worst <= NEAR
            && outputs.len() == mapped.len()
            && alone <= most + 1e-9
            && is_canonical
            && is_same
            && agrees,
    )
}

/// The source as it was read, with exact activations, beside onnxruntime: within 1e-5 of the largest output.
pub fn sources() -> Vec<Finding> {
    let names = names();
    let job = |name: &String| json!({ "model": folder(name).join("model.onnx"), "samples": folder(name).join("ref.npz") });
    let jobs = json!({ "models": names.iter().map(job).collect::<Vec<_>>() });
    let answer = peers::run("onnx_run.py", &[], Some(&jobs), &[]);
    let read = |(name, rows): (&String, &Value)| {
        let (network, samples) = (source(name).network, &reference(name)["x"]);
        let inputs = samples.values.chunks(network.input_width());
        let (mut worst, mut largest) = (0.0_f64, 0.0_f64);
        let rows = rows.as_array().unwrap();
        for (input, row) in inputs.zip(rows) {
            for (own, theirs) in network.forward(input).iter().zip(row.as_array().unwrap()) {
                let theirs = theirs.as_f64().unwrap();
                (worst, largest) = (worst.max((own - theirs).abs()), largest.max(theirs.abs()));
            }
        }
        Finding::new(
            format!(
                "{name}: the network as it was read equals onnxruntime within 1e-5 of the largest output"
            ),
            format!("{} samples, largest deviation {:.1e} of it", rows.len(), worst / largest),
            worst <= 1e-5 * largest && !rows.is_empty(),
        )
    };
    let all = answer["answers"].as_array().unwrap();
    let refused: Vec<&str> =
        names.iter().zip(all).filter(|(_, rows)| rows.is_string()).map(|(name, _)| name.as_str()).collect();
    // Its shape inference stumbles over a reshape that is right; what numpy makes of the model is compared elsewhere.
    let mut findings = vec![Finding::new(
        "all models but one are loaded by onnxruntime",
        refused.join(", "),
        refused == ["hand_iris_shapes"],
    )];
    findings.extend(names.iter().zip(all).filter(|(_, rows)| rows.is_array()).map(read));
    findings
}

/// Classifiers in libRoadRunner and COPASI: the class of each row is that of the engine.
pub fn elsewhere(rows: usize) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let mut jobs = Vec::new();
    let mut own = Vec::new();
    for name in ELSEWHERE {
        let imported = import(name, Closeness::Close, None);
        let pot = imported.checked.compile(&imported.checked.model.default_input()).unwrap();
        let path = folder.path().join(format!("{name}.xml"));
        let mut file = std::fs::File::create(&path).unwrap();
        pot.write_sbml(&nnrc_sbml::Options::default(), &mut file).unwrap_or_else(|error| panic!("{error:?}"));
        let inputs: Vec<Vec<f64>> =
            pot.inputs_of(&samples()).unwrap().into_iter().take(rows).map(<[f64]>::to_vec).collect();
        let sets: Vec<Value> = inputs.iter().map(|input| set(&pot, input)).collect();
        jobs.push(json!({ "sbml": path, "end": 4000, "set": sets, "rtol": 1e-8, "atol": 1e-10 }));
        let reading = pot.model.judging(pot.model.datasets.get(SAMPLES)).reading();
        let outputs = pot.settle_rows(&samples(), SAMPLES).unwrap();
        let classes: Vec<Option<usize>> =
            outputs.iter().take(inputs.len()).map(|output| reading.class(output)).collect();
        own.push((name, pot, reading, classes));
    }
    let jobs = Value::Array(jobs);
    let mut findings = Vec::new();
    for simulator in Simulator::ALL {
        let answers = simulator.run(&jobs);
        for (at, (name, pot, reading, classes)) in own.iter().enumerate() {
            let node = &pot.model.nodes[pot.model.output];
            let runs = answers[at]["runs"].as_array().unwrap();
            let found = runs.iter().map(|run| {
                let value = |unit: usize| {
                    let end = |id: String| run["final"][id].as_f64();
                    let id = format!("{}_{}", node.name, unit + 1);
                    end(id.clone())
                        .or_else(|| Some(end(format!("{id}_p"))? - end(format!("{id}_m"))?))
                        .unwrap_or(f64::NAN)
                };
                reading.class(&(0..node.width()).map(value).collect::<Vec<_>>())
            });
            let same = found.zip(classes).filter(|(found, own)| found == *own && own.is_some()).count();
            findings.push(Finding::new(
                format!("{name} in {}: the class of each row is that of the engine", simulator.name()),
                format!("{same} of {}", classes.len()),
                same == classes.len() && !classes.is_empty(),
            ));
        }
    }
    findings
}

/// The species of the inputs with their values.
fn set(pot: &nnrc::Compiled, input: &[f64]) -> Value {
    let mut all = Map::new();
    let mut rest = input;
    for (node, one) in pot.model.inputs() {
        assert!(matches!(one.kind, NodeKind::Input));
        let is_dual = !pot.lowered.crn.observables[node].negative.is_empty();
        let (own, others) = rest.split_at(one.width());
        rest = others;
        for (at, value) in own.iter().enumerate() {
            let id = pot.value_id(node, at);
            if is_dual {
                all.insert(format!("{id}_p"), json!(value.max(0.0)));
                all.insert(format!("{id}_m"), json!((-value).max(0.0)));
            } else {
                all.insert(id, json!(value));
            }
        }
    }
    Value::Object(all)
}

/// Fine-tuning takes the deviation away: the accuracy of the source, or its mean squared error.
pub fn finetuning() -> Vec<Finding> {
    let tuned = |name: &str| {
        let imported = import(name, Closeness::Cheap, Some(100));
        let done = imported.finetuned.unwrap();
        let metric = if done.metric == Metric::Accuracy { "accuracy" } else { "mse" };
        Finding::new(
            format!("{name}: fine-tuned, the network is as good as its source"),
            format!(
                "{metric} {:.4} before, {:.4} after {} epochs; the source has {:.4}",
                done.before, done.after, done.epochs, done.goal
            ),
            done.is_reached(),
        )
    };
    ["skl_cancer_binary_logistic", "skl_diabetes_reg_tanh", "skl_circles_exit4"].map(tuned).into()
}

/// Files that must be refused: an error, and nothing written.
pub fn refused() -> Vec<Finding> {
    let bad = root().join("tests/reference/onnx/bad");
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(bad).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.is_dir());
    names.sort();
    let refusal = |path: &Path| {
        let place = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(path).unwrap() {
            let entry = entry.unwrap().path();
            std::fs::copy(&entry, place.path().join(entry.file_name().unwrap())).unwrap();
        }
        let before = std::fs::read_dir(place.path()).unwrap().count();
        let output = std::process::Command::new(crate::peers::nnrc())
            .args(["import", "model.onnx", "-o", "out.nnr"])
            .current_dir(place.path())
            .output()
            .unwrap();
        let after = std::fs::read_dir(place.path()).unwrap().count();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let is_told = said.starts_with("error[") && !said.contains("panicked");
        (matches!(output.status.code(), Some(1 | 3)) && is_told && before == after).then_some(()).ok_or(said)
    };
    let wrong: Vec<String> = names
        .iter()
        .filter_map(|path| Some(format!("{}: {}", path.display(), refusal(path).err()?)))
        .collect();
    vec![Finding::new(
        "files that are no network: exit status 1 or 3, a message, and nothing written",
        if wrong.is_empty() { format!("{} files", names.len()) } else { wrong.join("; ") },
        wrong.is_empty() && !names.is_empty(),
    )]
}

/// Files that were damaged by chance: no panic, and bounded time.
pub fn damaged(count: usize) -> Vec<Finding> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let start = std::time::Instant::now();
    let output = std::process::Command::new(cargo)
        .args(["test", "--quiet", "--release", "--package", "nnrc-import", "--test", "mutations"])
        .env("NNRC_IMPORT_MUTATIONS", count.to_string())
        .current_dir(root())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = said.lines().rev().find(|line| line.starts_with("test result")).unwrap_or_default().to_owned();
    vec![Finding::new(
        format!("{count} damaged files: a network or an error, no panic, each soon"),
        format!("{last}; {:.0} s with the build", start.elapsed().as_secs_f64()),
        output.status.success() && last.contains("ok"),
    )]
}
