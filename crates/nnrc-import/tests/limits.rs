//! Small files that would become large: errors, in bounded time.

#![allow(clippy::disallowed_methods, reason = "a clock guards against slow files")]

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use common::encode::{field, model, node, tensor, value, whole};
use nnrc_import::{GraphError, ImportError, LayerKind, Network, NodeFault, ReadError, TensorFault};

/// Imports a model and checks that it did not take long.
fn import(bytes: Vec<u8>) -> Result<Network, ImportError> {
    let start = Instant::now();
    let result = Network::read(bytes, &BTreeMap::<String, Vec<u8>>::new());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    result
}

/// A row of nodes of one op, each of which takes the output before `times` times.
fn chain(op: &str, times: usize, count: usize) -> Vec<u8> {
    let name = |k: usize| if k == 0 { "x".to_owned() } else { format!("v{k}") };
    let mut graph: Vec<Vec<u8>> =
        (0..count).map(|k| node(op, &vec![name(k).as_str(); times], &name(k + 1))).collect();
    graph.push(value(11, "x", &[1, 4]));
    graph.push(value(12, &name(count), &[1, 4]));
    model(&graph)
}

/// The fault of a node.
fn fault(result: Result<Network, ImportError>) -> Option<NodeFault> {
    match result {
        Err(ImportError::Node(error)) => Some(error.fault),
        _ => None,
    }
}

#[test]
fn long_chains() {
    assert_eq!(import(chain("Relu", 1, 20_000)).unwrap().layers.len(), 20_000);
    let network = import(chain("Neg", 1, 20_000)).unwrap();
    assert_eq!(network.forward(&[1.0, 2.0, -3.0, 0.5]), [1.0, 2.0, -3.0, 0.5]);
    assert_eq!(fault(import(chain("Add", 2, 20_000))), Some(NodeFault::NotFinite));
    assert!(
        matches!(import(chain("Floor", 1, 20_000)), Err(ImportError::Unserved(all)) if all.len() == 20_000)
    );
    assert!(
        matches!(import(chain("Mul", 2, 20_000)), Err(ImportError::Unserved(all)) if all.len() == 20_000)
    );
    let error = import(chain("Relu", 1, 20_001)).unwrap_err();
    assert_eq!(error, ImportError::Graph(GraphError::TooManyNodes(20_001)));
}

#[test]
fn nested_subgraphs() {
    let mut inner = Vec::new();
    for _ in 0..20_000 {
        // A node with an attribute that is a graph of the node before.
        let attribute = [field(1, b"then_branch"), field(6, &inner), whole(20, 5)].concat();
        inner = field(1, &[field(4, b"If"), field(5, &attribute)].concat());
    }
    let error = import([whole(1, 8), field(7, &inner)].concat()).unwrap_err();
    assert!(matches!(&error, ImportError::Unserved(nodes) if nodes[0].op == "If"), "{error}");
}

#[test]
fn sizes_that_lie() {
    let sized = |dims: &[u64], raw: &[u8]| {
        let graph = [
            tensor("w", dims, 1, raw),
            node("MatMul", &["x", "w"], "y"),
            value(11, "x", &[1, 4]),
            value(12, "y", &[1, 4]),
        ];
        match import(model(&graph)) {
            Err(ImportError::Tensor(error)) => Some(error.fault),
            _ => None,
        }
    };
    assert!(matches!(sized(&[1 << 40, 1 << 40], &[0; 16]), Some(TensorFault::Dims(_))));
    assert!(matches!(sized(&[0, 1 << 40], &[]), Some(TensorFault::Dims(_))));
    assert!(matches!(sized(&[u64::MAX, 4], &[0; 16]), Some(TensorFault::Dims(_))));
    assert!(matches!(sized(&[1 << 24, 2], &[0; 16]), Some(TensorFault::Dims(_))));
    assert!(matches!(sized(&[1 << 20, 4], &[0; 16]), Some(TensorFault::Bytes { .. })));
    assert!(matches!(sized(&[1; 17], &[0; 4]), Some(TensorFault::Dims(_))));
    let input = [node("Relu", &["x"], "y"), value(11, "x", &[1, 1 << 40]), value(12, "y", &[])];
    assert!(matches!(import(model(&input)), Err(ImportError::Graph(GraphError::InputShape { .. }))));
}

#[test]
fn constants_that_grow() {
    let sizes = |values: &[i64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let end = |op: &str, shape: &[i64]| {
        let count = shape.len() as u64;
        let made = match op {
            "Expand" => node("Expand", &["x", "s"], "y"),
            _ => [node(op, &["s"], "big"), node("Add", &["x", "big"], "y")].concat(),
        };
        let graph =
            [tensor("s", &[count], 7, &sizes(shape)), made, value(11, "x", &[1, 1]), value(12, "y", &[])];
        fault(import(model(&graph)))
    };
    assert_eq!(end("Expand", &[1 << 40]), Some(NodeFault::TooManyElements));
    assert_eq!(end("Expand", &[1 << 12, 1 << 12]), Some(NodeFault::TooManyElements));
    assert_eq!(end("ConstantOfShape", &[1 << 40, 1 << 40]), Some(NodeFault::TooManyElements));
    assert_eq!(end("ConstantOfShape", &[1 << 24]), Some(NodeFault::TooManyElements));
    assert!(end("ConstantOfShape", &[-1]).is_some());
}

#[test]
fn many_messages() {
    let nodes = field(7, &[0x0a, 0x00].repeat(1_000_000));
    assert!(matches!(import(nodes), Err(ImportError::Read(ReadError::TooLarge { .. }))));
}

#[test]
fn matrices_are_composed_in_both_orders() {
    let raw: Vec<u8> = (0..16).flat_map(|k| (k as f32 * 0.25 - 2.0).to_le_bytes()).collect();
    let graph = [
        tensor("w", &[4, 4], 1, &raw),
        node("MatMul", &["x", "w"], "a"),
        node("MatMul", &["a", "w"], "b"),
        node("Add", &["a", "b"], "c"),
        node("Sub", &["c", "c"], "d"),
        node("Add", &["d", "x"], "y"),
        value(11, "x", &[1, 4]),
        value(12, "y", &[1, 4]),
    ];
    let network = import(model(&graph)).unwrap();
    assert_eq!(network.forward(&[1.0, -2.0, 3.0, 4.0]), [1.0, -2.0, 3.0, 4.0]);
    // What cancels exactly leaves no entries.
    let LayerKind::Affine(map) = &network.layers[0].kind else { panic!("{network}") };
    assert_eq!(map.matrix.entries(), 4);
}
