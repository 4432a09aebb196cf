//! The text forms of the passes: the same each time, and with what each pass found.

mod common;

use common::{Folder, bytes, references};
use nnrc_import::{Folded, Graph, ImportError, Planned, compose};

/// The texts of all passes of a reference model.
fn texts(name: &str) -> Result<[String; 4], ImportError> {
    let case = references().join(name);
    let graph = Graph::read(bytes(&case.join("model.onnx")), &Folder(case))?;
    let first = graph.to_string();
    let folded = Folded::new(graph)?;
    let second = folded.to_string();
    let planned = Planned::new(folded)?;
    let third = planned.to_string();
    Ok([first, second, third, compose(planned)?.to_string()])
}

#[test]
fn each_pass_can_be_read() {
    let [graph, folded, planned, network] = texts("generated/activation_silu").unwrap();
    assert_eq!(
        graph,
        r#"onnx ir 8, opset 17, by onnx.helper
input "x": float [1, 4]
constant "a.weight": float [4, 5]
constant "a.bias": float [5]
constant "b.weight": float [5, 5]
constant "b.bias": float [5]
constant "c.weight": float [5, 3]
constant "c.bias": float [3]
node "n3_Gemm": Gemm("x", "a.weight", "a.bias") -> "v3"
node "n4_Sigmoid": Sigmoid("v3") -> "v4"
node "n5_Mul": Mul("v3", "v4") -> "v5"
node "n8_Gemm": Gemm("v5", "b.weight", "b.bias") -> "v8"
node "n9_Sigmoid": Sigmoid("v8") -> "v9"
node "n10_Mul": Mul("v8", "v9") -> "v10"
node "n13_Gemm": Gemm("v10", "c.weight", "c.bias") -> "v13"
output "v13"
"#
    );
    assert!(folded.contains("\"v5\": float [1, 5] by Mul \"n5_Mul\", element-wise"), "{folded}");
    assert_eq!(
        planned,
        r#""v3": linear, Gemm "n3_Gemm"
"v5": silu of "v3", Sigmoid "n4_Sigmoid", Mul "n5_Mul"
"v8": linear, Gemm "n8_Gemm"
"v10": silu of "v8", Sigmoid "n9_Sigmoid", Mul "n10_Mul"
"v13": linear, Gemm "n13_Gemm"
head values of "v13"
"#
    );
    assert_eq!(
        network,
        r#"input "x" [4]
layer a [5] = affine 5 x 4, 20 entries, of input; silu; from Gemm ["n3_Gemm", "n4_Sigmoid", "n5_Mul"]
layer b [5] = affine 5 x 5, 25 entries, of a; silu; from Gemm ["n8_Gemm", "n9_Sigmoid", "n10_Mul"]
layer c [3] = affine 3 x 5, 15 entries, of b; identity; from Gemm ["n13_Gemm"]
head values []
"#
    );
}

#[test]
fn shape_arithmetic_becomes_constants() {
    let [_, folded, _, network] = texts("good/keras_digits_cnn").unwrap();
    assert!(folded.contains("int32 [2] = [1.0, 64.0]"), "{folded}");
    assert_eq!(network.lines().filter(|line| line.starts_with("layer")).count(), 2, "{network}");
}

#[test]
fn classes_and_columns_have_names() {
    let [graph, .., network] = texts("good/skl_iris_words").unwrap();
    assert!(!graph.contains("ArgMax"), "the branch of labels is cut: {graph}");
    assert!(network.contains(r#"classes ["setosa", "versicolor", "virginica"]"#), "{network}");
    let [.., network] = texts("generated/columns").unwrap();
    assert!(network.contains(r#"features ["length", "width", "height"]"#), "{network}");
}

#[test]
fn texts_are_the_same_each_time() {
    for name in ["good/torch_digits_cnn_ts", "good/skl_cancer_binary_logistic", "generated/residual_image"] {
        assert_eq!(texts(name), texts(name));
    }
}
