//! The checked network as JSON.

use nnrc_model::Tensor;
use nnrc_model::output::OutputKind;
use nnrc_model::{Dataset, Model, Node, NodeKind, Operation, Targets};
use nnrc_sim::scaling::{ColumnScale, Scaling};
use serde_json::{Value, json};

use super::model::expectation;
use crate::numbers::json as number;

/// The network as one object. Weights are all there; data are their sizes, names and scaling.
pub fn json(model: &Model) -> Value {
    let nodes: Vec<Value> = model.nodes.iter().map(|node| node_json(model, node)).collect();
    let names = |names: Vec<String>| if names.is_empty() { Value::Null } else { json!(names) };
    let kind = model.kind();
    let mut output = json!({
        "layer": model.nodes[model.output].name,
        "kind": kind.name(),
        "said": model.output_kind.is_some(),
    });
    match kind {
        OutputKind::Classes { names: own } => output["names"] = names(own),
        OutputKind::Binary { threshold, names: own } => {
            output["threshold"] = json!(threshold.map(number));
            output["names"] = names(own);
        }
        OutputKind::Values => {}
    }
    let datasets: Vec<Value> =
        model.datasets.iter().map(|(name, dataset)| dataset_json(name, dataset)).collect();
    json!({
        "network": model.name,
        "construction": model.chemistry.construction.name(),
        "nodes": nodes,
        "output": output,
        "datasets": datasets,
        "training_data": model.training.as_ref().and_then(nnrc_model::Training::data).map(ToString::to_string),
        "expectations": model.expectations.iter().map(|one| json!({
            "expects": expectation(model, one),
            "value": number(one.value),
            "within": number(one.within),
        })).collect::<Vec<_>>(),
    })
}

fn node_json(model: &Model, node: &Node) -> Value {
    let ranges: Vec<Value> =
        node.ranges.iter().map(|range| json!([number(range.low), number(range.high)])).collect();
    let mut object = json!({ "name": node.name, "line": node.line, "shape": node.shape, "ranges": ranges });
    match &node.kind {
        NodeKind::Input => {
            object["kind"] = json!("input");
            object["features"] = if node.features.is_empty() { Value::Null } else { json!(node.features) };
        }
        NodeKind::Layer { operation, sources, activations } => {
            object["kind"] = json!("layer");
            object["from"] =
                json!(sources.iter().map(|&at| model.nodes[at].name.as_str()).collect::<Vec<_>>());
            object["activations"] = json!(activations.iter().map(ToString::to_string).collect::<Vec<_>>());
            match operation {
                Operation::Dense { weights, bias } => {
                    object["operation"] = json!("dense");
                    object["W"] = tensor_json(weights);
                    object["b"] = bias.as_ref().map_or(Value::Null, tensor_json);
                }
                Operation::Add => object["operation"] = json!("add"),
                Operation::Concat => object["operation"] = json!("concat"),
            }
        }
    }
    object
}

fn tensor_json(tensor: &Tensor) -> Value {
    let values: Vec<Value> = tensor.values.iter().copied().map(number).collect();
    json!({ "shape": tensor.shape, "values": values })
}

fn dataset_json(name: &str, dataset: &Dataset) -> Value {
    let scale = |scaling: Option<&Scaling>| -> Value {
        let column = |column: &ColumnScale| {
            json!({
                "shift": number(column.shift),
                "factor": number(column.factor),
                "start": number(column.start),
                "clip": column.clip.map(|ends| ends.map(number)),
            })
        };
        scaling.map_or(Value::Null, |scaling| scaling.columns.iter().map(column).collect())
    };
    let targets = match &dataset.targets {
        Targets::None => Value::Null,
        Targets::Classes { names, .. } => json!({ "kind": "classes", "names": names }),
        Targets::Values { width, .. } => {
            json!({ "kind": "values", "width": width, "names": dataset.target_names })
        }
    };
    json!({
        "name": name,
        "rows": dataset.rows(),
        "train": dataset.train.len(),
        "test": dataset.test.len(),
        "inputs": dataset.width,
        "input_names": dataset.input_names,
        "targets": targets,
        "scale": scale(dataset.scale.as_ref()),
        "target_scale": scale(dataset.target_scale.as_ref()),
    })
}
