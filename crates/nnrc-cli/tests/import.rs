//! `nnrc import`: what is written, what is said, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::path::{Path, PathBuf};

use common::Folder;

/// A file of the reference models.
fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/onnx").join(name)
}

/// A folder with a model and its samples.
fn with(name: &str) -> Folder {
    let folder = Folder::new();
    for file in ["model.onnx", "ref.npz"] {
        folder.write(file, std::fs::read(reference(name).join(file)).unwrap());
    }
    folder
}

#[test]
fn a_model_becomes_a_file_that_is_checked_tested_and_formatted() {
    let folder = with("good/skl_iris_words");
    let run = folder.run(&["import", "model.onnx", "-o", "iris.nnr", "--data", "ref.npz"]).exits(0);
    assert!(run.stdout.contains("same class: 171 of 171"), "{}", run.stdout);
    assert!(run.stderr.contains("wrote iris.nnr, iris.safetensors"), "{}", run.stderr);
    let text = folder.read("iris.nnr");
    for words in [
        "// Imported from \"model.onnx\" (skl2onnx",
        "tanh as algebraic_tanh(h = 0.1824), off by at most 0.0444",
        "as classes([\"setosa\", \"versicolor\", \"virginica\"])",
        "accuracy(iris) on samples >= ",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    folder.run(&["check", "iris.nnr"]).exits(0);
    folder.run(&["test", "iris.nnr"]).exits(0);
    folder.run(&["fmt", "--check", "iris.nnr"]).exits(0);
    let compared = folder.run(&["test", "iris.nnr", "--compare", "model.onnx"]).exits(0);
    assert!(compared.stdout.contains("0.04439"), "{}", compared.stdout);
    // Twice the same bytes.
    let weights = std::fs::read(folder.path("iris.safetensors")).unwrap();
    folder.run(&["import", "model.onnx", "-o", "iris.nnr", "--data", "ref.npz"]).exits(0);
    assert_eq!(
        (folder.read("iris.nnr"), std::fs::read(folder.path("iris.safetensors")).unwrap()),
        (text, weights)
    );
}

#[test]
fn names_of_outputs_and_places_are_the_command_lines() {
    let folder = with("good/skl_iris_words");
    // In the current folder, called as the model is; without data the range is a guess, which is told.
    std::fs::create_dir(folder.path("models")).unwrap();
    std::fs::rename(folder.path("model.onnx"), folder.path("models/iris.onnx")).unwrap();
    let run = folder.run(&["import", "models/iris.onnx"]).exits(0);
    assert!(run.stderr.contains("[0, 1]"), "{}", run.stderr);
    assert!(folder.path("iris.nnr").exists() && folder.path("iris.safetensors").exists());
    folder.run(&["import", "models/iris.onnx", "--range", "0,8"]).exits(0);
    assert!(folder.read("iris.nnr").contains("in [0, 8]"));
    // A path of data is seen from the file that names it.
    std::fs::create_dir(folder.path("out")).unwrap();
    let words = ["import", "models/iris.onnx", "-o", "out/a.nnr", "--data", "ref.npz", "--report", "r.json"];
    folder.run(&words).exits(0);
    assert!(folder.read("out/a.nnr").contains("npz(\"../ref.npz\")"), "{}", folder.read("out/a.nnr"));
    let report: serde_json::Value = serde_json::from_str(&folder.read("r.json")).unwrap();
    assert_eq!(report["layers"][0]["name"], "l1");
    folder.run(&["test", "out/a.nnr"]).exits(0);
    for words in [
        &["import", "models/iris.onnx", "-o", "a.xml"][..],
        &["import", "models/iris.onnx", "-o", "-"],
        &["import", "models/iris.onnx", "--range", "2,1"],
        &["import", "models/iris.onnx", "--tolerance", "0"],
        &["import", "models/iris.onnx", "--network", "4-3"],
        &["import", "models/iris.onnx", "--set", "chemistry.max_order=3"],
    ] {
        folder.run(words).exits(2);
    }
    // Nothing that was read is replaced.
    folder.run(&["import", "models/iris.onnx", "--data", "ref.npz", "--report", "ref.npz"]).exits(3);
}

#[test]
fn too_few_classes_in_common_are_told_and_trained_away() {
    let folder = with("good/skl_circles_exit4");
    let few = folder.run(&["import", "model.onnx", "--data", "ref.npz"]).exits(4);
    assert!(few.stderr.contains("--activations close"), "{}", few.stderr);
    assert!(folder.path("model.nnr").exists(), "the file is there to be looked at");
    folder.run(&["import", "model.onnx", "--data", "ref.npz", "--activations", "close"]).exits(0);
    let tuned = folder.run(&["import", "model.onnx", "--data", "ref.npz", "--finetune"]).exits(0);
    assert!(tuned.stderr.contains("fine-tuned"), "{}", tuned.stderr);
    folder.run(&["test", "model.nnr"]).exits(0);
}

#[test]
fn tables_name_their_columns() {
    let folder = with("good/skl_iris_words");
    let data = std::fs::read(reference("../../../examples/iris/iris.csv")).unwrap();
    folder.write("iris.csv", data);
    let words = ["import", "model.onnx", "--data", "iris.csv", "--target", "species"];
    folder.run(&words).exits(0);
    assert!(folder.read("model.nnr").contains("target = onehot(\"species\");"));
    folder.run(&[&words[..], &["--keep-scale"]].concat()).exits(0);
    let text = folder.read("model.nnr");
    assert!(text.contains("scale"), "{text}");
    folder.run(&["test", "model.nnr"]).exits(0);
    // A column that is neither: a word about both options.
    let run = folder.run(&["import", "model.onnx", "--data", "iris.csv"]).exits(3);
    assert!(run.stderr.contains("--target species"), "{}", run.stderr);
}

#[test]
fn weights_alone_need_their_layers() {
    let folder = with("good/skl_iris_words");
    folder.run(&["import", "model.onnx", "-o", "a.nnr", "--data", "ref.npz"]).exits(0);
    let asked = folder.run(&["import", "a.safetensors"]).exits(2);
    assert!(asked.stderr.contains("--network"), "{}", asked.stderr);
    let words = ["import", "a.safetensors", "--network", "4-6:tanh-3", "-o", "b.nnr", "--data", "ref.npz"];
    folder.run(&words).exits(0);
    assert!(folder.read("b.nnr").contains("algebraic_tanh(h = 0.1824)"));
    let wrong = folder.run(&["import", "a.safetensors", "--network", "4-7:tanh-3", "-o", "c.nnr"]).exits(1);
    assert!(wrong.stderr.contains("[7, 4]"), "{}", wrong.stderr);
    assert!(!folder.path("c.nnr").exists() && !folder.path("c.safetensors").exists());
}

#[test]
fn files_of_frameworks_are_refused_by_name() {
    let folder = Folder::new();
    for (name, bytes, words) in [
        ("m.h5", &b"\x89HDF\r\n\x1a\n"[..], "model.export(\"model.onnx\""),
        ("m.keras", b"PK\x03\x04 metadata.json config.json", "keras.models.load_model"),
        ("m.pt", b"PK\x03\x04 archive/data.pkl", "torch.onnx.export"),
        ("script.pt", b"PK\x03\x04 archive/code/__torch__.py", "TorchScript"),
        ("m.pkl", b"\x80\x04\x95", "skl2onnx"),
    ] {
        folder.write(name, bytes);
        let run = folder.run(&["import", name]);
        assert!(run.exit == 1 || run.exit == 3, "{name}: {}", run.exit);
        assert!(run.stderr.contains(words), "{name}: {}", run.stderr);
    }
    let left = folder.names();
    assert!(left.iter().all(|name| !name.ends_with(".nnr")), "{left:?}");
}

#[test]
fn stages_of_a_model_are_printed() {
    let folder = with("good/skl_iris_words");
    let graph = folder.run(&["emit", "onnx", "model.onnx"]).exits(0);
    assert!(graph.stdout.contains("ai.onnx.ml::Scaler"), "{}", graph.stdout);
    let affine = folder.run(&["emit", "affine", "model.onnx"]).exits(0);
    assert!(affine.stdout.contains("layer l1 [6] = affine 6 x 4"), "{}", affine.stdout);
}
