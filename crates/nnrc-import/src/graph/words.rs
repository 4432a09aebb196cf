//! Names of classes and of columns, where the file has them.

use crate::proto;
use crate::tensor::texts;

use super::attribute;

/// Keys of the metadata that hold names of columns.
const FEATURES: [&str; 4] = ["feature_names", "feature_names_in_", "features", "input_names"];

/// Keys of the metadata that hold names of classes.
const CLASSES: [&str; 4] = ["class_names", "classes_", "classes", "labels"];

/// Names of the classes: of a ZipMap, of a classifier, of what makes labels of numbers, of the metadata.
pub(super) fn class_names(model: &proto::Model, graph: &proto::Graph) -> Vec<String> {
    for op in ["ZipMap", "LinearClassifier"] {
        let nodes = graph.node.iter().filter(|node| node.op_type == op);
        if let Some(names) = nodes.flat_map(|node| &node.attribute).find_map(labels) {
            return names;
        }
    }
    let extractors = graph.node.iter().filter(|node| node.op_type == "ArrayFeatureExtractor");
    for node in extractors {
        let tensor = graph.initializer.iter().find(|tensor| node.input.first() == Some(&tensor.name));
        if let Some(names) = tensor.and_then(texts) {
            return names;
        }
    }
    metadata(model, &CLASSES)
}

/// Names of the columns by the metadata.
pub(super) fn feature_names(model: &proto::Model) -> Vec<String> {
    metadata(model, &FEATURES)
}

fn labels(attribute: &proto::Attribute) -> Option<Vec<String>> {
    let names = match attribute.name.as_str() {
        "classlabels_strings" => attribute::texts(attribute),
        "classlabels_int64s" | "classlabels_ints" => {
            attribute.ints.iter().map(|label| format!("{label}")).collect()
        }
        _ => Vec::new(),
    };
    (!names.is_empty()).then_some(names)
}

/// A list of names in the metadata: between commas, as JSON and Python write it or bare.
fn metadata(model: &proto::Model, keys: &[&str]) -> Vec<String> {
    let entry = model.metadata_props.iter().find(|entry| keys.contains(&entry.key.as_str()));
    let Some(entry) = entry else { return Vec::new() };
    let list = entry.value.trim().trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    let names: Vec<String> =
        list.split(',').map(|name| name.trim().trim_matches(['"', '\'']).trim().to_owned()).collect();
    if names.iter().any(String::is_empty) { Vec::new() } else { names }
}
