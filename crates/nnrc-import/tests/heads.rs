//! What stands at the end of a file, and names that it carries.

mod common;

use std::collections::BTreeMap;

use common::encode::{field, model, node, tensor, value, whole};
use nnrc_import::{Activation, GraphError, Head, ImportError, Network};

fn import(bytes: Vec<u8>) -> Result<Network, ImportError> {
    Network::read(bytes, &BTreeMap::<String, Vec<u8>>::new())
}

/// A graph of one matrix `z = x · w` of 2 by 3, and what follows.
fn graph(more: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let raw: Vec<u8> = (0..6).flat_map(|k| (k as f32 - 2.0).to_le_bytes()).collect();
    let mut graph =
        vec![tensor("w", &[2, 3], 1, &raw), node("MatMul", &["x", "w"], "z"), value(11, "x", &[1, 2])];
    graph.extend_from_slice(more);
    graph
}

#[test]
fn a_label_alone_has_its_scores() {
    // An output of type 7, whole numbers.
    let label = field(12, &[field(1, b"label"), field(2, &field(1, &whole(1, 7)))].concat());
    let network = import(model(&graph(&[node("ArgMax", &["z"], "label"), label]))).unwrap();
    assert_eq!(network.head, Head::Logits);
    assert_eq!(network.logits(&[1.0, 1.0]), [-1.0, 1.0, 3.0]);
}

#[test]
fn an_activation_that_is_the_output_stays_one() {
    let network = import(model(&graph(&[node("Tanh", &["z"], "y"), value(12, "y", &[1, 3])]))).unwrap();
    assert_eq!((network.head, network.layers.len()), (Head::Values, 1));
    assert_eq!(network.layers[0].activation, Activation::Tanh);
    let network = import(model(&graph(&[node("Sigmoid", &["z"], "y"), value(12, "y", &[1, 3])]))).unwrap();
    assert_eq!((network.head, network.layers[0].activation), (Head::Sigmoid, Activation::Identity));
}

#[test]
fn names_in_the_metadata() {
    let with = |key: &str, list: &str| {
        let mut bytes = model(&graph(&[value(12, "z", &[1, 3])]));
        bytes.extend(field(14, &[field(1, key.as_bytes()), field(2, list.as_bytes())].concat()));
        import(bytes).unwrap()
    };
    assert_eq!(with("feature_names", r#"["length", "width"]"#).feature_names, ["length", "width"]);
    assert_eq!(with("feature_names", "length, width").feature_names, ["length", "width"]);
    // Names of another number of columns are none.
    assert!(with("feature_names", "a,b,c").feature_names.is_empty());
    assert_eq!(with("class_names", "['a', 'b', 'c']").class_names, ["a", "b", "c"]);
}

#[test]
fn names_and_values_are_one_each() {
    let twice = [node("Relu", &["z"], "y"), node("Tanh", &["z"], "y"), value(12, "y", &[1, 3])];
    assert_eq!(
        import(model(&graph(&twice))),
        Err(ImportError::Graph(GraphError::DefinedTwice("y".to_owned())))
    );
    let missing = [node("Relu", &["q"], "y"), value(12, "y", &[1, 3])];
    let error = import(model(&graph(&missing))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "node `y` takes `q`, which is not defined: it is no input, no initialiser and no output of a node"
    );
    assert_eq!(error.code(), "onnx-graph");
}
