//! `nnrc import`: what is written, what is said, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::path::{Path, PathBuf};

use common::Folder;
use nnrc::numbers::short;

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
    // What makes another network of it is told.
    let pruned = folder.run(&["import", "models/iris.onnx", "--range", "0,8", "--prune", "1e9"]).exits(0);
    assert!(pruned.stderr.contains("`l1`: every weight is below"), "{}", pruned.stderr);
    let shares = ["import", "models/iris.onnx", "--range", "0,8", "--probabilities", "rational"];
    assert!(folder.run(&shares).exits(0).stderr.contains("another function"));
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
fn classes_that_do_not_occur_leave_the_others_their_numbers() {
    // A network of weights alone: the class is the largest input.
    let folder = Folder::new();
    folder.write("w.npz", npz(&[("y.W", &[3, 3], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])]));
    // The answers are 0, 1, 1 and 0; the class 1 is no target.
    folder.write("d.csv", "a,b,c,y\n1,0,0,0\n0,1,0,2\n0,1,0,2\n1,0,0,0\n");
    let words = ["import", "w.npz", "--network", "3-3", "--layout", "out_in", "-o", "b.nnr"];
    let data = ["--data", "d.csv", "--target", "y"];
    let run = folder.run(&[&words[..], &data].concat()).exits(0);
    assert!(run.stdout.contains("accuracy: 0.5 in the source, 0.5 in chemistry"), "{}", run.stdout);
    // Words of which one is missing: nothing says which outputs they are.
    folder.write("d.csv", "a,b,c,y\n1,0,0,u\n0,1,0,v\n");
    let asked = folder.run(&[&words[..], &data].concat()).exits(1);
    assert!(asked.stderr.contains("2 classes, and the network tells 3 apart"), "{}", asked.stderr);
    // All of them: in the order of the alphabet.
    folder.write("d.csv", "a,b,c,y\n1,0,0,u\n0,1,0,v\n0,0,1,w\n");
    let run = folder.run(&[&words[..], &data].concat()).exits(0);
    assert!(run.stdout.contains("accuracy: 1 in the source"), "{}", run.stdout);
    // The report takes no other result's place.
    folder.run(&[&words[..], &data, &["--report", "b.nnr"]].concat()).exits(2);
    folder.run(&[&words[..], &["--data", "w.npz", "--keep-scale"]].concat()).exits(2);
    // Names of the file's own are no names of layers.
    std::fs::rename(folder.path("w.npz"), folder.path("samples.npz")).unwrap();
    folder
        .run(&[
            "import",
            "samples.npz",
            "--network",
            "3-3",
            "--layout",
            "out_in",
            "--data",
            "d.csv",
            "--target",
            "y",
        ])
        .exits(0);
}

#[test]
fn faults_of_the_command_line_are_told_in_its_words() {
    let folder = with("good/skl_iris_words");
    let says = |more: &[&str], exit: i32, words: &[&str]| {
        let run = folder.run(&[&["import", "model.onnx"], more].concat()).exits(exit);
        for word in words {
            assert!(run.stderr.contains(word), "{more:?}: {word} is not in\n{}", run.stderr);
        }
        run.stderr
    };
    says(&["-o", ".nnr"], 2, &["no name before `.nnr`", "`-o model.nnr`"]);
    says(&["-o", "..nnr"], 2, &["no name before `.nnr`"]);
    let report =
        says(&["--data", "ref.npz", "--report", "nodir/x.json"], 3, &["nodir/x.json", "make its folder"]);
    assert!(!report.contains("`-o`") && !folder.path("model.nnr").exists(), "{report}");
    let taken = says(&["--data", "ref.npz", "--report", "ref.npz"], 3, &["`--report other.json`"]);
    assert!(!taken.contains("-o other"), "{taken}");
    for tolerance in ["1e-200", "nan", "0", "-1", "1e-9", "2"] {
        says(&["--tolerance", tolerance], 2, &["from 1e-8 to 1"]);
    }
    // A path is what the user gave, wherever the network goes.
    std::fs::create_dir(folder.path("out")).unwrap();
    let missing = says(&["--data", "missing.npz", "-o", "out/a.nnr"], 3, &["cannot read `missing.npz`"]);
    assert!(!missing.contains("../"), "{missing}");
    // No line of a file that is not there.
    type Arrays<'a> = &'a [(&'a str, &'a [usize], &'a [f64])];
    let cases: [(Arrays<'_>, &[&str]); 4] = [
        (
            &[("x", &[2, 5], &[0.0; 10])],
            &["--> the imported network:", "5 inputs", "`x` of the shape [rows, 4]"],
        ),
        (&[("x", &[8], &[0.0; 8])], &["`x` of the shape [rows, 4]"]),
        (&[("x", &[2, 4], &[0.0; 8]), ("t", &[3], &[0.0; 3])], &["`t` of the shape [rows]", "labels"]),
        (&[("y", &[2, 4], &[0.0; 8])], &["`--inputs NAME`", "`x`"]),
    ];
    for (arrays, words) in cases {
        folder.write("d.npz", npz(arrays));
        let told = says(&["--data", "d.npz"], 1, words);
        assert!(!told.contains("species") && !told.contains("model.nnr:"), "{told}");
    }
    folder.write("d.npz", npz(&[("x", &[2, 4], &[0.0; 8]), ("t", &[2], &[7.0, 8.0])]));
    says(&["--data", "d.npz"], 1, &["numbers of its classes from 0"]);
    assert!(!folder.path("model.nnr").exists());
}

#[test]
fn shares_are_compared_with_the_softmax() {
    let folder = with("good/skl_iris_words");
    let words =
        ["import", "model.onnx", "--probabilities", "rational", "--data", "ref.npz", "--report", "r.json"];
    let run = folder.run(&words).exits(0);
    // Shares u / Σ u of the logits, with u = (z + sqrt(z² + 4h)) / 2, beside the probabilities of onnxruntime.
    let bytes = std::fs::read(reference("good/skl_iris_words/ref.npz")).unwrap();
    let file = nnrc_sim::io::npz::open(bytes.as_slice()).unwrap();
    let read = |name: &str| file.read(name).unwrap().unwrap();
    let (logits, y, h) = (read("logits").values, read("y").values, 1e-4f64);
    let unit = |z: &f64| 0.5 * (z + (z * z + 4.0 * h).sqrt());
    let shares = logits.chunks(3).flat_map(|row| {
        let sum: f64 = row.iter().map(unit).sum();
        row.iter().map(move |z| unit(z) / sum)
    });
    let off: Vec<f64> = shares.zip(&y).map(|(share, y)| (share - y).abs()).collect();
    let largest = off.iter().copied().fold(0.0, f64::max);
    let mean = off.iter().sum::<f64>() / off.len() as f64;
    let report: serde_json::Value = serde_json::from_str(&folder.read("r.json")).unwrap();
    let last = &report["layers"][1];
    assert_eq!(last["activation"], "softmax");
    let alone = last["alone"].as_f64().unwrap();
    assert!((alone - largest).abs() < 1e-5, "{alone} is not {largest}");
    // The layers before it deviate, too.
    let (total, average) = (last["largest"].as_f64().unwrap(), last["mean"].as_f64().unwrap());
    assert!(total > 0.5 * largest && average > 0.5 * mean && average < total, "{last}");
    assert!(run.stdout.contains("softmax"), "{}", run.stdout);
    let figures = format!("off by up to {} on the samples, {} on average", short(largest), short(mean));
    for text in [&folder.read("model.nnr"), &run.stderr] {
        let has = |words: &str| text.contains(words);
        assert!(has(&figures), "{figures} is not in\n{text}");
    }
    let compared = folder.run(&["test", "model.nnr", "--compare", "model.onnx"]).exits(0);
    assert!(compared.stdout.contains("softmax"), "{}", compared.stdout);
    // Without samples: within the range.
    let alone = folder.run(&[&words[..4], &["--range", "0,8"]].concat()).exits(0);
    assert!(alone.stderr.contains("within the range of the inputs"), "{}", alone.stderr);
    assert!(folder.read("model.nnr").contains("within the range of the inputs"));
}

fn npz(arrays: &[(&str, &[usize], &[f64])]) -> Vec<u8> {
    let array = |&(name, shape, values): &(&str, &[usize], &[f64])| {
        (name.to_owned(), nnrc_sim::io::Array { shape: shape.to_vec(), values: values.to_vec() })
    };
    let mut bytes = Vec::new();
    nnrc_sim::io::npz::write(&mut bytes, &arrays.iter().map(array).collect()).unwrap();
    bytes
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
