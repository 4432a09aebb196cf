//! The layers of the `.nnr` file: those of the source, with what stands in for their activations.
//!
//! A layer of the source is one layer here, or two with the same weights whose sum stands in for its activation; the
//! factors of the sum go into the weights of what follows. Concatenations become sources of the dense layers behind
//! them.

use std::collections::{BTreeMap, BTreeSet};

use nnrc_import::{Activation as Function, LayerKind, Network, Source};
use nnrc_model::Tensor;
use nnrc_model::activation::Activation;
use nnrc_sim::scaling::Scaling;

use super::names::{DATA, legal, unlike};
use super::recipe::Recipe;
use super::stand_in::{Closeness, StandIn};

/// Most numbers of one matrix, zeros included: it is stored in full.
const LARGEST: usize = 1 << 26;

/// How layers are mapped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mapping<'a> {
    /// What stands in for sigmoids and tanh.
    pub closeness: Closeness,
    /// By how much a rectifier may be off.
    pub tolerance: f64,
    /// Weights of smaller magnitude become 0.
    pub prune: f64,
    /// How the inputs of the file are made of the source's; none: they are the same.
    pub scale: Option<&'a Scaling>,
}

/// The layers of a file. The input is node 0, layer k is node k + 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// Name of the input.
    pub input: String,
    /// The layers; the last is the output.
    pub layers: Vec<MappedLayer>,
    /// How each layer of the source is read; none for those that are part of others.
    pub recipes: Vec<Option<Recipe>>,
}

impl Mapped {
    /// The weights by their names.
    pub fn weights(&self) -> BTreeMap<String, Tensor> {
        let mut all = BTreeMap::new();
        for layer in &self.layers {
            if let Operation::Dense { weights, bias } = &layer.operation {
                let columns = weights.len() / layer.width.max(1);
                let matrix = Tensor { shape: vec![layer.width, columns], values: weights.clone() };
                let bias = Tensor { shape: vec![layer.width], values: bias.clone() };
                all.insert(format!("{}.W", layer.name), matrix);
                all.insert(format!("{}.b", layer.name), bias);
            }
        }
        all
    }
}

/// A layer of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedLayer {
    /// Its name.
    pub name: String,
    /// What it does to its sources.
    pub operation: Operation,
    /// What is applied then.
    pub activation: Activation,
    /// Its sources, as nodes.
    pub sources: Vec<usize>,
    /// Number of values.
    pub width: usize,
    /// The layer of the source that it belongs to.
    pub of: usize,
}

impl MappedLayer {
    /// Whether it has weights, all of which are 0.
    pub fn is_empty(&self) -> bool {
        matches!(&self.operation, Operation::Dense { weights, .. } if weights.iter().all(|weight| *weight == 0.0))
    }
}

/// What a layer does to its sources.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// A matrix, row by row, and a bias.
    Dense {
        /// `width` rows.
        weights: Vec<f64>,
        /// `width` numbers.
        bias: Vec<f64>,
    },
    /// The sum of the sources.
    Add,
    /// The sources one after another.
    Concat,
}

/// Why a network cannot be mapped.
#[derive(Debug, Clone, PartialEq)]
pub struct TooLarge {
    /// The layer.
    pub layer: String,
    /// Sizes of its matrix.
    pub rows: usize,
    /// The columns.
    pub columns: usize,
}

/// The layers of the file.
///
/// # Errors
///
/// A matrix that is too large to be stored in full.
pub fn map(network: &Network, mapping: &Mapping<'_>) -> Result<Mapped, TooLarge> {
    let (input, names) = names(network);
    let mut builder = Builder {
        network,
        mapping,
        names,
        mapped: Mapped { input, layers: Vec::new(), recipes: Vec::new() },
    };
    for at in 0..network.layers.len() {
        let recipe = builder.layer(at)?;
        builder.mapped.recipes.push(recipe);
    }
    Ok(builder.mapped)
}

/// Names of the input and of the layers of the source in the language, each of which is there once, also beside what
/// stands for one.
pub fn names(network: &Network) -> (String, Vec<String>) {
    let mut taken = BTreeSet::from([DATA.to_owned()]);
    let input = match network.inputs.as_slice() {
        [one] => unlike(&mut taken, &one.name, "x"),
        _ => unlike(&mut taken, "x", "x"),
    };
    let name = |(at, layer): (usize, &nnrc_import::Layer)| {
        let own = unlike(&mut taken, &layer.name, &format!("l{}", at + 1));
        taken.extend(pair_names(&own));
        own
    };
    let names = network.layers.iter().enumerate().map(name).collect();
    (input, names)
}

/// Names of the two layers that stand for one.
pub fn pair_names(name: &str) -> [String; 2] {
    [format!("{name}_a"), format!("{name}_b")]
}

/// The name that a network gets from that of its file.
pub fn network_name(stem: &str, mapped: &Mapped) -> String {
    let mut taken: BTreeSet<String> = mapped.layers.iter().map(|layer| layer.name.clone()).collect();
    taken.extend([mapped.input.clone(), DATA.to_owned()]);
    let name = legal(stem, "imported");
    if taken.contains(&name) { unlike(&mut taken, &format!("{name}_net"), "imported") } else { name }
}

struct Builder<'a> {
    network: &'a Network,
    mapping: &'a Mapping<'a>,
    names: Vec<String>,
    mapped: Mapped,
}

/// A linear map of nodes: for each a matrix with the rows of the layer.
struct Linear {
    rows: usize,
    /// Nodes with their widths.
    sources: Vec<(usize, usize)>,
    weights: Vec<f64>,
    bias: Vec<f64>,
}

impl Builder<'_> {
    /// Adds what a layer of the source becomes; how its values are read.
    fn layer(&mut self, at: usize) -> Result<Option<Recipe>, TooLarge> {
        let layer = &self.network.layers[at];
        let is_output = at + 1 == self.network.layers.len();
        if matches!(layer.kind, LayerKind::Concat)
            && layer.activation == Function::Identity
            && !is_output
            && self.is_read_by_maps_alone(at)
        {
            return Ok(None);
        }
        let stand_in = StandIn::of(layer.activation, self.mapping.closeness, self.mapping.tolerance);
        let sources: Vec<Recipe> = layer.sources.iter().flat_map(|&source| self.read(source)).collect();
        let linear = match &layer.kind {
            LayerKind::Affine(map) => Some(self.affine(at, map, &sources)?),
            // Sums of what is read as it is need no weights.
            LayerKind::Add | LayerKind::Concat if are_nodes(&sources) => None,
            LayerKind::Add => Some(self.diagonal(at, &sources, false)?),
            LayerKind::Concat => Some(self.diagonal(at, &sources, true)?),
        };
        let (operation, nodes) = match linear {
            Some(linear) => {
                let nodes = linear.sources.iter().map(|(node, _)| *node).collect();
                (Operation::Dense { weights: linear.weights, bias: linear.bias }, nodes)
            }
            None => {
                let nodes = sources.iter().filter_map(Recipe::node).collect();
                let is_sum = matches!(layer.kind, LayerKind::Add);
                (if is_sum { Operation::Add } else { Operation::Concat }, nodes)
            }
        };
        let name = self.names[at].clone();
        let add = |mapped: &mut Mapped, name: String, operation, activation, sources| {
            mapped.layers.push(MappedLayer {
                name,
                operation,
                activation,
                sources,
                width: layer.width,
                of: at,
            });
            mapped.layers.len()
        };
        if let [(factor, activation)] = stand_in.units[..]
            && factor == 1.0
            && stand_in.constant == 0.0
        {
            let node = add(&mut self.mapped, name, operation, activation, nodes);
            return Ok(Some(Recipe::plain(node, layer.width)));
        }
        let mut recipe = Recipe { parts: Vec::new(), constant: vec![stand_in.constant; layer.width] };
        for (own, &(factor, activation)) in pair_names(&name).into_iter().zip(&stand_in.units) {
            let node = add(&mut self.mapped, own, operation.clone(), activation, nodes.clone());
            recipe.parts.push((node, vec![factor; layer.width]));
        }
        if !is_output {
            return Ok(Some(recipe));
        }
        // An output is one layer.
        let sum = self.diagonal(at, std::slice::from_ref(&recipe), true)?;
        let nodes = sum.sources.iter().map(|(node, _)| *node).collect();
        let operation = Operation::Dense { weights: sum.weights, bias: sum.bias };
        let node = add(&mut self.mapped, name, operation, Activation::Identity, nodes);
        Ok(Some(Recipe::plain(node, layer.width)))
    }

    fn is_read_by_maps_alone(&self, at: usize) -> bool {
        let mut readers =
            self.network.layers.iter().filter(|layer| layer.sources.contains(&Source::Layer(at)));
        readers.all(|layer| matches!(layer.kind, LayerKind::Affine(_)))
    }

    /// How a source is read; a concatenation that is part of others by its own sources.
    fn read(&self, source: Source) -> Vec<Recipe> {
        match source {
            Source::Input => vec![self.input()],
            Source::Layer(at) => match &self.mapped.recipes[at] {
                Some(recipe) => vec![recipe.clone()],
                None => {
                    self.network.layers[at].sources.iter().flat_map(|&source| self.read(source)).collect()
                }
            },
        }
    }

    fn input(&self) -> Recipe {
        let width = self.network.input_width();
        let Some(scale) = self.mapping.scale else { return Recipe::plain(0, width) };
        // A column that never changes is its own mean.
        let undo = |scaled: f64| scale.columns.iter().map(move |column| column.undo(scaled));
        let constant: Vec<f64> = undo(0.0).collect();
        let factors = undo(1.0).zip(&constant).map(|(one, zero)| one - zero).collect();
        Recipe { parts: vec![(0, factors)], constant }
    }

    /// A map of sources that stand one after another.
    fn affine(
        &self,
        at: usize,
        map: &nnrc_import::AffineMap,
        sources: &[Recipe],
    ) -> Result<Linear, TooLarge> {
        let rows = map.bias.len();
        let mut linear = self.linear(at, rows, sources)?;
        linear.bias.clone_from(&map.bias);
        let columns: usize = linear.sources.iter().map(|(_, width)| width).sum();
        // Where each column of the source is found.
        let mut places: Vec<(&Recipe, usize, usize)> = Vec::new();
        let mut begins = 0;
        for recipe in sources {
            places.extend((0..recipe.width()).map(|unit| (recipe, unit, begins)));
            begins += recipe.parts.len();
        }
        let starts = starts(&linear.sources);
        for row in 0..rows {
            let (indices, values) = map.matrix.row(row);
            for (&column, &value) in indices.iter().zip(values) {
                let (recipe, unit, first) = places[column as usize];
                linear.bias[row] += value * recipe.constant[unit];
                for (part, (_, factors)) in recipe.parts.iter().enumerate() {
                    linear.weights[row * columns + starts[first + part] + unit] += value * factors[unit];
                }
            }
        }
        Ok(self.finished(linear))
    }

    /// The sum of sources, or the sources one after another.
    fn diagonal(&self, at: usize, sources: &[Recipe], is_concat: bool) -> Result<Linear, TooLarge> {
        let widths = sources.iter().map(Recipe::width);
        let rows = if is_concat { widths.sum() } else { widths.max().unwrap_or(0) };
        let mut linear = self.linear(at, rows, sources)?;
        let columns: usize = linear.sources.iter().map(|(_, width)| width).sum();
        let starts = starts(&linear.sources);
        let (mut row, mut place) = (0, 0);
        for recipe in sources {
            for unit in 0..recipe.width() {
                linear.bias[row + unit] += recipe.constant[unit];
            }
            for (_, factors) in &recipe.parts {
                for (unit, factor) in factors.iter().enumerate() {
                    linear.weights[(row + unit) * columns + starts[place] + unit] += factor;
                }
                place += 1;
            }
            row += if is_concat { recipe.width() } else { 0 };
        }
        Ok(self.finished(linear))
    }

    fn linear(&self, at: usize, rows: usize, sources: &[Recipe]) -> Result<Linear, TooLarge> {
        let nodes = sources.iter().flat_map(|recipe| recipe.parts.iter());
        let sources: Vec<(usize, usize)> = nodes.map(|(node, factors)| (*node, factors.len())).collect();
        let columns: usize = sources.iter().map(|(_, width)| width).sum();
        match rows.checked_mul(columns).filter(|&numbers| numbers <= LARGEST) {
            Some(numbers) => Ok(Linear { rows, sources, weights: vec![0.0; numbers], bias: vec![0.0; rows] }),
            None => Err(TooLarge { layer: self.names[at].clone(), rows, columns }),
        }
    }

    /// Without weights that are too small, and with each node once among the sources.
    fn finished(&self, linear: Linear) -> Linear {
        let Linear { rows, sources, mut weights, bias } = linear;
        for weight in &mut weights {
            if weight.abs() < self.mapping.prune {
                *weight = 0.0;
            }
        }
        let mut kept: Vec<(usize, usize)> = Vec::new();
        for source in &sources {
            if !kept.contains(source) {
                kept.push(*source);
            }
        }
        if kept.len() == sources.len() {
            return Linear { rows, sources, weights, bias };
        }
        let columns: usize = sources.iter().map(|(_, width)| width).sum();
        let narrow: usize = kept.iter().map(|(_, width)| width).sum();
        let (own, all) = (starts(&kept), starts(&sources));
        let mut merged = vec![0.0; rows * narrow];
        for (source, &from) in sources.iter().zip(&all) {
            let to = kept.iter().position(|kept| kept == source).map_or(0, |at| own[at]);
            for row in 0..rows {
                for unit in 0..source.1 {
                    merged[row * narrow + to + unit] += weights[row * columns + from + unit];
                }
            }
        }
        Linear { rows, sources: kept, weights: merged, bias }
    }
}

/// Whether all sources are nodes as they are, each another one.
fn are_nodes(sources: &[Recipe]) -> bool {
    let nodes: BTreeSet<usize> = sources.iter().filter_map(Recipe::node).collect();
    nodes.len() == sources.len()
}

/// Where the columns of each source begin.
fn starts(sources: &[(usize, usize)]) -> Vec<usize> {
    let mut next = 0;
    let start = |(_, width): &(usize, usize)| {
        let start = next;
        next += width;
        start
    };
    sources.iter().map(start).collect()
}
