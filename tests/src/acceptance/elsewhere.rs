//! Trainings beside a reading of the manual in plain numpy, `tests/peers/training.py`.

use std::path::Path;
use std::process::Command;

use nnrc_sim::io::npz;
use serde_json::Value;

use super::vectors::numbers;
use crate::{Finding, peers, root};

const LIMIT: f64 = 1e-9;

/// Trainings whose settings the peer repeats, by its names for them.
fn files() -> Vec<(&'static str, String)> {
    let flowers = |more: &str| {
        format!(
            "dataset d = csv(\"iris.csv\") {{
    inputs = [sepal_length, sepal_width, petal_length, petal_width];
    target = onehot(species);
    scale = standard();
    split = holdout(test = 0.25, seed = 7);
}}
network n {{ input x[4]; layer hidden = dense(5) | smooth_relu(h = 0.1); layer y = dense(3) | identity(); output y; }}
weights {{ init = glorot_uniform(seed = 2); }}
train {{
    data = d.train; loss = cross_entropy; rule = gradient(adam(rate = 0.05)); schedule = cosine(floor = 0.1);
    feed = shuffle(seed = 3); epochs = 60; batch = 20; decay = 1e-3; {more}
}}
"
        )
    };
    let table = |more: &str| {
        format!(
            "dataset d = rows([
    {{ x = [0, 0], t = [0, 1] }}, {{ x = [0, 1], t = [1, 0.5] }}, {{ x = [1, 0], t = [1, 0.25] }}, {{ x = [1, 1], t = [0, 0] }},
    {{ x = [0.5, 0.25], t = [0.5, 0.5] }},
]);
network n {{ input x[2]; layer hidden = dense(4) | smooth_relu(h = 0.05); layer y = dense(2) | identity(); output y; }}
weights {{ init = he_normal(seed = 9); }}
train {{ data = d; rule = gradient(sgd(rate = 0.1, momentum = 0.8)); epochs = 90; batch = 2; {more} }}
"
        )
    };
    vec![
        ("flowers", flowers("")),
        ("flowers_patience", flowers("validation = holdout(0.3, seed = 5); patience = 3;")),
        ("table", table("schedule = step(every = 20, factor = 0.5); feed = shuffle(seed = 12345678901);")),
        ("table_stop", table("schedule = exponential(factor = 0.98); feed = cycle(); stop when loss < 0.1;")),
    ]
}

/// The number of epochs in the table of a training.
fn epochs(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("n.train.csv")).unwrap().lines().count() - 1
}

/// Every training: as many epochs, and the same weights.
pub fn trainings() -> Vec<Finding> {
    let flowers = root().join("examples/iris/iris.csv");
    let read = peers::run("training.py", &[flowers.to_str().unwrap()], None, &[]);
    files().iter().map(|(name, text)| training(name, text, &flowers, &read[name])).collect()
}

fn training(name: &str, text: &str, flowers: &Path, read: &Value) -> Finding {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("n.nnr"), text).unwrap();
    std::fs::copy(flowers, folder.path().join("iris.csv")).unwrap();
    let output =
        Command::new(peers::nnrc()).args(["train", "n.nnr"]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let weights = npz::read(&std::fs::read(folder.path().join("n.trained.npz")).unwrap()).unwrap();
    let own = epochs(folder.path());
    let mut worst = 0.0f64;
    for (key, values) in read["weights"].as_object().unwrap() {
        let (values, own) = (numbers(values), &weights[key.as_str()].values);
        assert_eq!(values.len(), own.len(), "{name}: {key}");
        worst = values.iter().zip(own).map(|(a, b)| (a - b).abs()).fold(worst, f64::max);
    }
    let epochs = read["epochs"].as_u64().unwrap() as usize;
    Finding::new(
        format!(
            "training `{name}`: the weights of a reading of the manual in numpy within {LIMIT:e}, after as many epochs"
        ),
        format!("largest deviation {worst:.1e}; {own} and {epochs} epochs"),
        worst <= LIMIT && own == epochs,
    )
}
