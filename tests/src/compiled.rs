//! A model from text to chemistry, and what is read from it.

use std::path::Path;

use nnrc_analysis::Overrides;
use nnrc_crn::{Crn, CrnInfo, namer};
use nnrc_engine::Engine;
use nnrc_gradient::Graph;
use nnrc_lower::Lowered;
use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_model::{Model, NodeKind, Operation};
use nnrc_rust::{Trained, Training};
use nnrc_sim::{Settle, Tolerances};
use nnrc_syntax::Source;
use serde_json::{Value, json};

/// A model and its chemistry.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The checked model.
    pub model: Model,
    /// Its reactions.
    pub crn: Crn,
    /// The validator's receipt.
    pub info: CrnInfo,
}

/// No files.
pub struct NoFiles;

impl Resources for NoFiles {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        Err(missing(path))
    }
    fn table(&self, path: &str, _: TableLayout) -> Result<Table, ResourceError> {
        Err(missing(path))
    }
    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        Err(missing(path))
    }
}

fn missing(path: &str) -> ResourceError {
    ResourceError { code: nnrc_syntax::codes::UNREADABLE_FILE, message: format!("no file {path}") }
}

/// Analyses a text without files; the rendered diagnostics if it has errors.
pub fn analyse(text: &str) -> Result<Model, String> {
    let source = Source::new("test.nnr", text);
    let render = |found: &[nnrc_syntax::Diagnostic]| nnrc_syntax::render(&source, found, false);
    let file = nnrc_syntax::parse(text).map_err(|found| render(&found))?;
    let analysis = nnrc_analysis::analyse(&file, text, &Overrides::default(), &NoFiles);
    analysis.model.ok_or_else(|| render(&analysis.diagnostics))
}

/// Analyses a file with the files beside it, and lowers it for the input that the command would choose.
pub fn load(path: &Path) -> (Compiled, Vec<f64>) {
    load_with(path, &Overrides::default())
}

/// The inference circuit of weights that a file learned, with settings `block.key=value` as on the command line.
pub fn load_frozen(path: &Path, weights: &Path, settings: &[&str]) -> Compiled {
    let setting = |text: &&str| {
        let (key, value) = text.split_once('=').unwrap();
        (key.to_owned(), nnrc_syntax::parse_expression(value).unwrap())
    };
    let settings = settings.iter().chain(&["chemistry.construction=fixed_point"]).map(setting).collect();
    let weights = Some(weights.to_str().unwrap().to_owned());
    load_with(path, &Overrides { settings, weights, ..Overrides::default() }).0
}

fn load_with(path: &Path, overrides: &Overrides) -> (Compiled, Vec<f64>) {
    let text = std::fs::read_to_string(path).unwrap();
    let file = nnrc_syntax::parse(&text).unwrap();
    let analysis = nnrc_analysis::analyse(&file, &text, overrides, &nnrc::Disk::of(path));
    let model = analysis.model.unwrap_or_else(|| panic!("{}: {:?}", path.display(), analysis.diagnostics));
    let input = model.default_input();
    (lower(model, &input), input)
}

/// Compiles a text without files for an input; panics with the diagnostics if it has errors.
pub fn compile(text: &str, input: &[f64]) -> Compiled {
    let model = analyse(text).unwrap_or_else(|words| panic!("{words}\nin\n{text}"));
    lower(model, input)
}

/// Lowers a model for an input.
pub fn lower(model: Model, input: &[f64]) -> Compiled {
    let Lowered { crn, info, .. } =
        nnrc_lower::lower(&model, input).unwrap_or_else(|finding| panic!("{}", finding.message));
    Compiled { model, crn, info }
}

/// Everything that is trained in the network of a model.
pub fn training(network: &Compiled) -> Training {
    let graph = Graph::new(&network.model);
    let trained = |parameter: &nnrc_gradient::Parameter| {
        let (layer, tensor) = parameter.key.rsplit_once('.').unwrap();
        Trained {
            constant: format!("k_{tensor}_{layer}"),
            key: parameter.key.clone(),
            scale: network.model.chemistry.forward,
        }
    };
    Training {
        tensors: graph.parameters().iter().map(trained).collect(),
        defaults: None,
        stops: Vec::new(),
        units: Vec::new(),
    }
}

/// Lowered for weights of either sign.
pub fn trainable(model: Model, input: &[f64]) -> Compiled {
    let Lowered { crn, info, .. } = nnrc_lower::lower_for_training(&model, input).unwrap();
    Compiled { model, crn, info }
}

impl Compiled {
    /// Concentrations of all species at the fixed point that the time course ends in.
    pub fn settle(&self) -> Vec<f64> {
        self.try_settle().unwrap_or_else(|error| panic!("{}: {error}", self.model.name))
    }

    /// The same, where the pot may not settle.
    pub fn try_settle(&self) -> Result<Vec<f64>, nnrc_sim::Error> {
        let mut engine = Engine::new(&self.crn, &self.info);
        let mut state = engine.initial_state();
        nnrc_sim::settle(&mut engine, &mut state, &Tolerances::default(), &Settle::default())?;
        Ok(engine.full_state(&state))
    }

    /// Concentrations of all species at a time, integrated with tight tolerances.
    pub fn at(&self, time: f64, relative: f64, absolute: f64) -> Vec<f64> {
        let mut engine = Engine::new(&self.crn, &self.info);
        let mut state = engine.initial_state();
        let tolerances = Tolerances::new(relative, absolute);
        let method = nnrc_sim::Method::Auto;
        nnrc_sim::integrate(&mut engine, method, &tolerances, &mut state, 0.0..time, &[], |_, _| {})
            .unwrap_or_else(|error| panic!("{}: {error}", self.model.name));
        engine.full_state(&state)
    }

    /// Values of every node, read from the concentrations of all species.
    pub fn values(&self, concentrations: &[f64]) -> Vec<Vec<f64>> {
        self.crn
            .observables
            .iter()
            .map(|observable| {
                let size = self.crn.axes[observable.axis].size();
                let sum = |families: &[nnrc_crn::Handle<nnrc_crn::SpeciesFamily>], at: usize| -> f64 {
                    families.iter().map(|f| concentrations[self.info.species_range(*f).start + at]).sum()
                };
                (0..size).map(|at| sum(&observable.positive, at) - sum(&observable.negative, at)).collect()
            })
            .collect()
    }

    /// Identifiers of all species.
    pub fn species_ids(&self) -> Vec<String> {
        let members = |family: &nnrc_crn::SpeciesFamily| -> Vec<String> {
            let id = |flat| {
                let mut id = String::new();
                namer::species_id(&self.crn, family, flat, &mut id);
                id
            };
            (0..family.initial.len()).map(id).collect()
        };
        self.crn.species.iter().flat_map(|(_, family)| members(family)).collect()
    }

    /// Concentrations in the order of the network from a record of a peer.
    pub fn concentrations(&self, record: &Value) -> Vec<f64> {
        self.species_ids().iter().map(|id| record[id.as_str()].as_f64().unwrap()).collect()
    }

    /// Concentrations of the input species for an input, by identifier, as a peer sets them.
    pub fn settings(&self, input: &[f64]) -> Value {
        let (ids, mut rest) = (self.species_ids(), input);
        let mut settings = serde_json::Map::new();
        for (at, node) in self.model.inputs() {
            let observable = &self.crn.observables[at];
            let (own, others) = rest.split_at(node.width());
            rest = others;
            let is_dual = !observable.negative.is_empty();
            for (families, sign) in [(&observable.positive, 1.0), (&observable.negative, -1.0)] {
                for &family in families {
                    for (member, value) in own.iter().enumerate() {
                        let value = if is_dual { (sign * value).max(0.0) } else { *value };
                        let id = &ids[self.info.species_index(family, member)];
                        settings.insert(id.clone(), json!(value));
                    }
                }
            }
        }
        Value::Object(settings)
    }

    /// Writes the SBML file.
    pub fn write_sbml(&self, path: &Path, options: &nnrc_sbml::Options) {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        nnrc_sbml::write(&self.crn, &self.info, options, &mut file).unwrap();
    }

    /// The Jacobian at a state, over the species that reactions change, with the number of conserved totals.
    fn jacobian(&self, concentrations: &[f64]) -> Value {
        let mut engine = Engine::new(&self.crn, &self.info);
        let changing: Vec<f64> = self
            .crn
            .species
            .iter()
            .filter(|(handle, _)| !self.info.is_constant(*handle))
            .flat_map(|(handle, _)| concentrations[self.info.species_range(handle)].iter().copied())
            .collect();
        let matrix = engine.jacobian(&changing);
        let rows: Vec<&[f64]> = matrix.chunks(changing.len()).collect();
        let conserved: usize = nnrc_crn::structure::conservation_laws(&self.crn, &self.info)
            .iter()
            .map(|law| if law.each_index { self.crn.species[law.terms[0].0].initial.len() } else { 1 })
            .sum();
        json!({ "jacobian": rows, "conserved": conserved })
    }

    /// The network as `tests/peers/forward.py` reads it, with samples.
    pub fn for_numpy(&self, samples: &[Vec<f64>]) -> Value {
        let nodes = &self.model.nodes;
        let inputs: Vec<Value> = self
            .model
            .inputs()
            .map(|(_, node)| json!({ "name": node.name, "width": node.width() }))
            .collect();
        let layers: Vec<Value> = nodes
            .iter()
            .filter_map(|node| {
                let NodeKind::Layer { operation, sources, activations } = &node.kind else { return None };
                let from: Vec<&str> = sources.iter().map(|&s| nodes[s].name.as_str()).collect();
                let mut layer = json!({ "name": node.name, "from": from });
                match operation {
                    Operation::Dense { weights, bias } => {
                        let rows: Vec<&[f64]> = weights.values.chunks(weights.shape[1]).collect();
                        layer["op"] = json!("dense");
                        layer["W"] = json!(rows);
                        let zeros = vec![0.0; weights.shape[0]];
                        layer["b"] = json!(bias.as_ref().map_or(zeros, |bias| bias.values.clone()));
                    }
                    Operation::Add => layer["op"] = json!("add"),
                    Operation::Concat => layer["op"] = json!("concat"),
                }
                let chain: Vec<Value> = activations.iter().map(|a| activation_json(*a)).collect();
                layer["activation"] = json!(chain);
                Some(layer)
            })
            .collect();
        json!({ "inputs": inputs, "layers": layers, "samples": samples })
    }
}

fn activation_json(activation: nnrc_model::activation::Activation) -> Value {
    let mut record = json!({ "name": activation.name() });
    for (parameter, value) in activation.facts().parameters.iter().zip(activation.parameters()) {
        record[parameter.name] = json!(value);
    }
    record
}

/// Largest |a − b| / max(1, |b|).
pub fn deviation(found: &[Vec<f64>], expected: &[Vec<f64>]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let pairs = found.iter().flatten().zip(expected.iter().flatten());
    pairs
        .map(|(a, b)| if a.is_nan() { f64::INFINITY } else { (a - b).abs() / b.abs().max(1.0) })
        .fold(0.0, f64::max)
}

/// Slowest rate of approach of each network at its fixed point: the smallest −Re λ of the Jacobian without the
/// zeros of conserved totals, by numpy.
pub fn slowest_rates<'a>(networks: impl IntoIterator<Item = &'a Compiled>) -> Vec<f64> {
    let matrices: Vec<Value> =
        networks.into_iter().map(|network| network.jacobian(&network.settle())).collect();
    let answers = crate::peers::run("eigen.py", &["-"], Some(&Value::Array(matrices)), &[]);
    answers.as_array().unwrap().iter().map(|answer| -answer["slowest"].as_f64().unwrap()).collect()
}
