//! Files that are no network: each gives the error that says so, within its bounds.

#![allow(clippy::disallowed_methods, reason = "a clock guards against slow errors")]

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use common::{Folder, bytes, cases, import, references};
use nnrc_import::{
    ExternalFault, FileError, Files, GraphError, ImportError, Network, NodeFault, ReadError, TensorFault,
};

/// Whether an error is of the right kind, and what it must name.
fn expected(name: &str, error: &ImportError) -> (bool, &'static [&'static str]) {
    let tensor = |kind: fn(&TensorFault) -> bool| match error {
        ImportError::Tensor(error) => kind(&error.fault),
        _ => false,
    };
    let graph = |kind: fn(&GraphError) -> bool| match error {
        ImportError::Graph(error) => kind(error),
        _ => false,
    };
    let is_unserved = matches!(error, ImportError::Unserved(_));
    match name {
        "attention" => (is_unserved, &["/MatMul", "/Softmax", "/MatMul_1", "attention"]),
        "cycle" => (graph(|error| matches!(error, GraphError::Cycle(_))), &["cycle", "loop_a", "loop_b"]),
        "dims_lie" => {
            (tensor(|fault| matches!(fault, TensorFault::Count { .. })), &["`W`", "dims", "[4, 6]"])
        }
        "empty" => (*error == ImportError::Read(ReadError::NoGraph), &["no graph"]),
        "external_dotdot" => (
            tensor(|fault| matches!(fault, TensorFault::External(ExternalFault::Outside(_)))),
            &["`W`", "secret.data", "outside"],
        ),
        "external_long" => (
            tensor(|fault| matches!(fault, TensorFault::External(ExternalFault::Beyond { .. }))),
            &["`W`", "model.onnx.data", "past the end", "bytes"],
        ),
        "external_symlink" => (
            tensor(|fault| {
                matches!(fault, TensorFault::External(ExternalFault::File(_, FileError::SymbolicLink)))
            }),
            &["`W`", "weights.data", "symbolic link", "outside"],
        ),
        "if_subgraph" => (is_unserved, &["(If)", "subgraph"]),
        "local_function" => {
            (graph(|error| matches!(error, GraphError::Function { .. })), &["function", "DenseRelu"])
        }
        "lstm" => (is_unserved, &["LSTM", "recurrent", "/r/LSTM"]),
        "maxpool" => (is_unserved, &["(MaxPool)", "/MaxPool", "AveragePool"]),
        "nan_weight" => {
            (tensor(|fault| matches!(fault, TensorFault::NotFinite { .. })), &["`W`", "NaN", "finite"])
        }
        "nested_20000" => (is_unserved, &["subgraph"]),
        "quantize_linear" => (is_unserved, &["QuantizeLinear", "DequantizeLinear", "quant"]),
        "shapes_do_not_fit" => (
            matches!(error, ImportError::Node(error) if matches!(error.fault, NodeFault::Shape { .. })),
            &["(Gemm)", "shapes do not fit", "4", "6"],
        ),
        "sparse_init" => (tensor(|fault| *fault == TensorFault::Sparse), &["`W`", "sparse"]),
        "string_input" => (graph(|error| matches!(error, GraphError::InputType { .. })), &["text", "string"]),
        "truncated" => (matches!(error, ImportError::Read(ReadError::Truncated { .. })), &["truncated"]),
        "two_heads" => {
            (graph(|error| matches!(error, GraphError::SeveralOutputs(_))), &["2 outputs", "price", "kind"])
        }
        "two_inputs" => (graph(|error| matches!(error, GraphError::SeveralInputs(_))), &["2 inputs", "x2"]),
        _ => (false, &[]),
    }
}

/// A folder of which one file is a symbolic link.
struct Linked(Folder);

impl Files for Linked {
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, FileError> {
        if path == "weights.data" { Err(FileError::SymbolicLink) } else { self.0.read(path, most) }
    }
}

#[test]
fn each_bad_file_has_its_error() {
    let mut wrong = Vec::new();
    for case in cases("bad") {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let start = Instant::now();
        let files = Linked(Folder(case.clone()));
        let result = Network::read(bytes(&case.join("model.onnx")), &files);
        let time = start.elapsed();
        let Err(error) = result else {
            wrong.push(format!("{name}: imported"));
            continue;
        };
        let text = error.to_string();
        let (is_kind, words) = expected(&name, &error);
        if !is_kind || !words.iter().all(|word| text.contains(word)) || time > Duration::from_secs(5) {
            wrong.push(format!("{name} ({time:?}): {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_start_of_a_file_is_an_error() {
    let whole = bytes(&references().join("good/torch_digits_mlp_ts/model.onnx"));
    for length in 0..whole.len() {
        if length % 13 == 0 || length < 200 {
            let files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
            assert!(Network::read(whole[..length].to_vec(), &files).is_err(), "{length} bytes");
        }
    }
}

#[test]
fn files_beside_the_model_are_needed() {
    let model = bytes(&references().join("good/torch_moons_silu_dyn/model.onnx"));
    let files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let error = Network::read(model, &files).unwrap_err();
    assert!(error.to_string().contains("there is no such file"), "{error}");
    assert!(import(&references().join("good/torch_moons_silu_dyn")).is_ok());
}

#[test]
fn what_is_not_served_is_named() {
    let mut wrong = Vec::new();
    let cases = cases("refused");
    for case in &cases {
        let words = String::from_utf8(bytes(&case.join("words.txt"))).unwrap();
        match import(case) {
            Ok(network) => wrong.push(format!("{}: imported\n{network}", case.display())),
            Err(error) => {
                let text = error.to_string();
                if !words.lines().all(|word| text.contains(word)) {
                    wrong.push(format!("{}: {text}", case.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty() && cases.len() >= 20, "{}", wrong.join("\n"));
}
