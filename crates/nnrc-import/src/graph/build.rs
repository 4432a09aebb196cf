//! From the bytes of a model to a checked graph.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;
use prost::bytes::Bytes;

use crate::element::Element;
use crate::error::ImportError;
use crate::files::Files;
use crate::graph_error::GraphError;
use crate::limits;
use crate::node_error::Unserved;
use crate::prescan;
use crate::proto;
use crate::read_error::ReadError;
use crate::served;
use crate::tensor::Decoder;
use crate::tensor_error::{TensorError, TensorFault};

use super::attribute::Attribute;
use super::order::{order, title};
use super::outputs::{choose, needed};
use super::{Batch, Graph, GraphInput, Node, Origin, ValueId, words};

impl Graph {
    /// Reads a model.
    ///
    /// # Errors
    ///
    /// What is wrong with the bytes, with a tensor, or with the graph as a whole.
    pub fn read(bytes: Vec<u8>, files: &dyn Files) -> Result<Self, ImportError> {
        build(bytes, files)
    }
}

/// Reads and checks a model.
fn build(bytes: Vec<u8>, files: &dyn Files) -> Result<Graph, ImportError> {
    prescan::check(&bytes)?;
    let model =
        proto::Model::decode(Bytes::from(bytes)).map_err(|error| ReadError::Damaged(error.to_string()))?;
    let graph = model.graph.as_ref().ok_or(ReadError::NoGraph)?;
    if graph.node.is_empty() && graph.output.is_empty() {
        return Err(ReadError::NoGraph.into());
    }
    if graph.node.len() > limits::NODES {
        return Err(GraphError::TooManyNodes(graph.node.len()).into());
    }
    no_subgraphs(graph)?;
    let makers = makers(graph)?;
    defined(graph, &makers)?;
    let order = order(&graph.node, &makers)?;
    let chosen = choose(graph, &makers)?;
    let needed = needed(&chosen.name, &graph.node, &makers);

    let mut ids = Ids::default();
    let inputs = inputs(graph, &chosen.name, &needed, &mut ids)?;
    let mut decoder = Decoder::new(files);
    let constants = constants(graph, &needed, &mut ids, &mut decoder)?;
    let mut nodes = Vec::new();
    for k in order {
        let node = &graph.node[k];
        if node.output.iter().any(|output| needed.contains(output.as_str())) {
            not_local(&model, node)?;
            nodes.push(read_node(node, &mut ids, &mut decoder)?);
        }
    }
    let output = ids.get(&chosen.name);
    Ok(Graph {
        origin: origin(&model, &nodes)?,
        feature_names: feature_names(&model, &inputs),
        class_names: words::class_names(&model, graph),
        has_labels: chosen.has_labels,
        values: ids.names,
        inputs,
        constants,
        nodes,
        output,
    })
}

/// Numbers of values by name.
#[derive(Default)]
struct Ids {
    names: Vec<String>,
    known: BTreeMap<String, ValueId>,
}

impl Ids {
    fn get(&mut self, name: &str) -> ValueId {
        if let Some(&id) = self.known.get(name) {
            return id;
        }
        self.names.push(name.to_owned());
        self.known.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}

/// A subgraph takes values of the graph around without saying so: with one in it, nothing can be said of the graph.
fn no_subgraphs(graph: &proto::Graph) -> Result<(), ImportError> {
    let has_subgraph = |node: &&proto::Node| {
        node.attribute.iter().any(|attribute| attribute.g.is_some() || !attribute.graphs.is_empty())
    };
    let findings: Vec<Unserved> = graph
        .node
        .iter()
        .filter(has_subgraph)
        .map(|node| Unserved { node: title(node), op: node.op_type.clone(), reason: served::reason("If") })
        .collect();
    if findings.is_empty() { Ok(()) } else { Err(ImportError::Unserved(findings)) }
}

/// Which node makes a value.
fn makers(graph: &proto::Graph) -> Result<BTreeMap<&str, usize>, GraphError> {
    let mut taken: BTreeSet<&str> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
    taken.extend(graph.input.iter().map(|input| input.name.as_str()));
    let mut makers = BTreeMap::new();
    for (k, node) in graph.node.iter().enumerate() {
        for output in node.output.iter().filter(|output| !output.is_empty()) {
            if taken.contains(output.as_str()) || makers.insert(output.as_str(), k).is_some() {
                return Err(GraphError::DefinedTwice(output.clone()));
            }
        }
    }
    Ok(makers)
}

/// Whether everything that is taken is there.
fn defined(graph: &proto::Graph, makers: &BTreeMap<&str, usize>) -> Result<(), ImportError> {
    let sparse: BTreeSet<&str> = graph
        .sparse_initializer
        .iter()
        .filter_map(|sparse| sparse.values.as_ref())
        .map(|values| values.name.as_str())
        .collect();
    if let Some(name) = sparse.first() {
        return Err(TensorError { tensor: (*name).to_owned(), fault: TensorFault::Sparse }.into());
    }
    let mut known: BTreeSet<&str> = makers.keys().copied().collect();
    known.extend(graph.initializer.iter().map(|tensor| tensor.name.as_str()));
    known.extend(graph.input.iter().map(|input| input.name.as_str()));
    for node in &graph.node {
        if let Some(value) =
            node.input.iter().find(|input| !input.is_empty() && !known.contains(input.as_str()))
        {
            let node = format!("node `{}`", title(node));
            return Err(GraphError::Undefined { node, value: value.clone() }.into());
        }
    }
    match graph.output.iter().find(|output| !known.contains(output.name.as_str())) {
        Some(output) => {
            let node = "the list of outputs".to_owned();
            Err(GraphError::Undefined { node, value: output.name.clone() }.into())
        }
        None => Ok(()),
    }
}

/// The inputs without values: one, or several of one column each.
fn inputs(
    graph: &proto::Graph,
    output: &str,
    needed: &BTreeSet<&str>,
    ids: &mut Ids,
) -> Result<Vec<GraphInput>, GraphError> {
    let valued: BTreeSet<&str> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
    let open: Vec<&proto::ValueInfo> =
        graph.input.iter().filter(|input| !valued.contains(input.name.as_str())).collect();
    let used: Vec<&proto::ValueInfo> =
        open.iter().filter(|input| needed.contains(input.name.as_str())).copied().collect();
    if open.is_empty() {
        return Err(GraphError::NoInput);
    }
    if used.is_empty() {
        return Err(GraphError::ConstantOutput(output.to_owned()));
    }
    if let [only] = used.as_slice()
        && open.len() == 1
    {
        return Ok(vec![read_input(only, ids)?]);
    }
    // A column that nothing reads is still one of the columns of the data.
    let all: Vec<GraphInput> = open.iter().filter_map(|input| read_input(input, ids).ok()).collect();
    let are_columns = all.iter().all(|input| input.shape.iter().product::<usize>() == 1);
    if all.len() == open.len() && are_columns {
        return Ok(all);
    }
    match used.as_slice() {
        [only] => Ok(vec![read_input(only, ids)?]),
        _ => {
            // Text is the deeper reason where there is some.
            used.iter().try_for_each(|input| read_input(input, ids).map(|_| ()))?;
            Err(GraphError::SeveralInputs(used.iter().map(|input| input.name.clone()).collect()))
        }
    }
}

fn read_input(input: &proto::ValueInfo, ids: &mut Ids) -> Result<GraphInput, GraphError> {
    let name = input.name.clone();
    let Some(kind) = input.kind.as_ref().and_then(|kind| kind.tensor.as_ref()) else {
        return Err(GraphError::InputType { name, found: "no tensor".to_owned() });
    };
    let element = match Element::from_number(kind.element) {
        Some(Element::Text) => {
            return Err(GraphError::InputType { name, found: "text (string)".to_owned() });
        }
        Some(Element::Bool) | None => {
            let found = format!("elements of type {}", kind.element);
            return Err(GraphError::InputType { name, found });
        }
        Some(element) => element,
    };
    let Some(shape) = &kind.shape else {
        return Err(GraphError::InputShape { name, found: "unknown".to_owned() });
    };
    let sizes: Vec<Option<usize>> = shape
        .dim
        .iter()
        .map(|dim| dim.value.and_then(|value| usize::try_from(value).ok()).filter(|&value| value > 0))
        .collect();
    let wrong = || {
        let sizes: Vec<String> =
            sizes.iter().map(|size| size.map_or_else(|| "?".to_owned(), |size| format!("{size}"))).collect();
        GraphError::InputShape { name: input.name.clone(), found: format!("[{}]", sizes.join(", ")) }
    };
    if sizes.is_empty() || sizes.len() > limits::RANK {
        return Err(wrong());
    }
    // A single fixed size is a sample without a batch.
    let is_sample = sizes.len() == 1 && sizes[0].is_some();
    let mut width: usize = 1;
    let mut full = Vec::with_capacity(sizes.len());
    for (k, size) in sizes.iter().enumerate() {
        let size = if k == 0 && !is_sample { Some(1) } else { *size };
        let size = size.ok_or_else(wrong)?;
        width = width.checked_mul(size).filter(|&width| width <= limits::ELEMENTS).ok_or_else(wrong)?;
        full.push(size);
    }
    let batch = match sizes[0] {
        _ if is_sample => Batch::None,
        Some(size) => Batch::Fixed(size),
        None => Batch::Free,
    };
    Ok(GraphInput { value: ids.get(&input.name), name, shape: full, batch, element })
}

fn constants(
    graph: &proto::Graph,
    needed: &BTreeSet<&str>,
    ids: &mut Ids,
    decoder: &mut Decoder<'_>,
) -> Result<BTreeMap<ValueId, crate::tensor::Tensor>, ImportError> {
    let mut constants = BTreeMap::new();
    for tensor in graph.initializer.iter().filter(|tensor| needed.contains(tensor.name.as_str())) {
        let value = decoder.decode(tensor, &tensor.name)?;
        if constants.insert(ids.get(&tensor.name), value).is_some() {
            return Err(GraphError::DefinedTwice(tensor.name.clone()).into());
        }
    }
    Ok(constants)
}

/// A function of the file may have the name of an op of the standard, and then counts.
fn not_local(model: &proto::Model, node: &proto::Node) -> Result<(), GraphError> {
    let is_called = |function: &&proto::Function| {
        function.name == node.op_type && standard(&function.domain) == standard(&node.domain)
    };
    match model.functions.iter().find(is_called) {
        Some(function) => Err(GraphError::Function { node: title(node), function: function.name.clone() }),
        None => Ok(()),
    }
}

/// The standard's domain has two names.
fn standard(domain: &str) -> &str {
    if domain == "ai.onnx" { "" } else { domain }
}

fn read_node(node: &proto::Node, ids: &mut Ids, decoder: &mut Decoder<'_>) -> Result<Node, TensorError> {
    let name = title(node);
    let domain = standard(&node.domain);
    let op = if domain.is_empty() { node.op_type.clone() } else { format!("{domain}::{}", node.op_type) };
    let mut optional = |name: &String| (!name.is_empty()).then(|| ids.get(name));
    let inputs = node.input.iter().map(&mut optional).collect();
    let outputs = node.output.iter().map(&mut optional).collect();
    let mut attributes = BTreeMap::new();
    for attribute in &node.attribute {
        attributes.insert(attribute.name.clone(), Attribute::read(attribute, &name, decoder)?);
    }
    Ok(Node { name, op, inputs, outputs, attributes })
}

fn origin(model: &proto::Model, nodes: &[Node]) -> Result<Origin, GraphError> {
    let mut opsets: BTreeMap<String, i64> = BTreeMap::new();
    for set in &model.opset_import {
        // Some exporters name a domain twice.
        let version = opsets.entry(standard(&set.domain).to_owned()).or_default();
        *version = set.version.max(*version);
    }
    let opset = opsets.get("").copied().unwrap_or(0);
    if opset < 1 && nodes.iter().any(|node| !node.op.contains("::")) {
        return Err(GraphError::NoOpset);
    }
    Ok(Origin {
        ir_version: model.ir_version,
        opset,
        opsets: opsets.into_iter().collect(),
        producer: model.producer_name.clone(),
        producer_version: model.producer_version.clone(),
    })
}

/// Names of the columns: of inputs of one column each, or of the metadata.
fn feature_names(model: &proto::Model, inputs: &[GraphInput]) -> Vec<String> {
    if inputs.len() > 1 {
        return inputs.iter().map(|input| input.name.clone()).collect();
    }
    let width: usize = inputs.iter().flat_map(|input| &input.shape).product();
    let names = words::feature_names(model);
    if names.len() == width { names } else { Vec::new() }
}
