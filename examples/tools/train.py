#!/usr/bin/env python3
"""Train the example networks: `python train.py iris` or `python train.py digits`.

The hidden units use the smoothed ReLU of the chemistry,

    R_h(z) = (z + sqrt(z^2 + 4 h)) / 2,    R_h'(z) = R_h(z)^2 / (R_h(z)^2 + h),

so the reaction network computes exactly the function trained here, not an approximation of it.
Outputs are linear; the class is the largest output. Plain numpy, double precision, Adam with
decoupled weight decay; every random number comes from one seeded generator. Weights are rounded
before they are judged and written, so the figures printed belong to the files on disk.

Writes next to the examples:
    iris/iris.csv, iris/iris.npz                       data (150 rows) and weights (f64)
    digits/digits.safetensors, digits/digits_test.npz  weights (f32) and 360 held-out images
"""

import argparse
import csv
import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np

EXAMPLES = Path(__file__).resolve().parent.parent


def smooth_relu(z, h):
    """R_h(z); for negative z in the form that does not cancel."""
    root = np.sqrt(z * z + 4.0 * h)
    return np.where(z >= 0.0, (z + root) / 2.0, 2.0 * h / (root + np.abs(z)))


def forward(weights, x, h):
    """Hidden values and outputs for rows of x."""
    hidden = smooth_relu(x @ weights["hidden.W"].T + weights["hidden.b"], h)
    return hidden, hidden @ weights["y.W"].T + weights["y.b"]


def gradient(weights, x, target, h, loss):
    """Mean gradient over the rows: squared error, or softmax and cross-entropy."""
    hidden, y = forward(weights, x, h)
    if loss == "squared_error":
        delta = (y - target) / len(x)
    else:
        p = np.exp(y - y.max(axis=1, keepdims=True))
        delta = (p / p.sum(axis=1, keepdims=True) - target) / len(x)
    back = (delta @ weights["y.W"]) * hidden**2 / (hidden**2 + h)
    return {
        "hidden.W": back.T @ x,
        "hidden.b": back.sum(axis=0),
        "y.W": delta.T @ hidden,
        "y.b": delta.sum(axis=0),
    }


def train(x, target, units, *, h, loss, steps, batch, rate, decay, seed):
    """Adam; the learning rate falls to zero along a half cosine."""
    rng = np.random.default_rng(seed)
    inputs, outputs = x.shape[1], target.shape[1]
    weights = {
        "hidden.W": rng.normal(0.0, 1.0 / np.sqrt(inputs), (units, inputs)),
        "hidden.b": np.zeros(units),
        "y.W": rng.normal(0.0, 1.0 / np.sqrt(units), (outputs, units)),
        "y.b": np.zeros(outputs),
    }
    first = {k: np.zeros_like(w) for k, w in weights.items()}
    second = {k: np.zeros_like(w) for k, w in weights.items()}
    order, at = rng.permutation(len(x)), 0
    for step in range(1, steps + 1):
        if at + batch > len(x):
            order, at = rng.permutation(len(x)), 0
        rows, at = order[at : at + batch], at + batch
        now = rate * 0.5 * (1.0 + np.cos(np.pi * step / steps))
        for k, g in gradient(weights, x[rows], target[rows], h, loss).items():
            first[k] = 0.9 * first[k] + 0.1 * g
            second[k] = 0.999 * second[k] + 0.001 * g * g
            direction = first[k] / (1.0 - 0.9**step)
            scale = np.sqrt(second[k] / (1.0 - 0.999**step)) + 1e-8
            weights[k] = weights[k] - now * (direction / scale + decay * weights[k])
    return weights


def report(name, weights, x, label, h):
    """Accuracy, and how clear the class is: the gap between the two largest outputs."""
    _, y = forward(weights, x, h)
    top = np.sort(y, axis=1)
    gap = top[:, -1] - top[:, -2]
    accuracy = float(np.mean(y.argmax(axis=1) == label))
    largest = max(float(np.abs(w).max()) for w in weights.values())
    print(
        f"{name}: {len(x)} rows, accuracy {accuracy:.4f}, smallest gap {gap.min():.4f}, "
        f"largest |weight| {largest:.3f}, outputs {y.min():.2f} to {y.max():.2f}"
    )


def write_npz(path, arrays):
    """An .npz file with a fixed date, so that equal arrays give equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            data = io.BytesIO()
            np.lib.format.write_array(data, np.ascontiguousarray(array), version=(1, 0))
            entry = zipfile.ZipInfo(name + ".npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data.getvalue())


def write_safetensors(path, arrays):
    """The safetensors format: length of the header, the header in JSON, then the raw tensors."""
    header, body = {}, b""
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array, dtype="<f4").tobytes()
        offsets = [len(body), len(body) + len(raw)]
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": offsets}
        body += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def iris():
    from sklearn.datasets import load_iris

    data = load_iris()
    columns = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    with open(EXAMPLES / "iris" / "iris.csv", "w", newline="") as f:
        table = csv.writer(f, lineterminator="\n")
        table.writerow(columns)
        for row, label in zip(data.data, data.target):
            table.writerow([f"{v:.1f}" for v in row] + [data.target_names[label]])

    # Scaled as `scale = minmax(0, 1)` does on the whole table.
    low, high = data.data.min(axis=0), data.data.max(axis=0)
    x = (data.data - low) / (high - low)
    target = np.eye(3)[data.target]
    h = 0.1
    weights = train(
        x, target, 8, h=h, loss="squared_error", steps=6000, batch=150, rate=0.02, decay=2e-3, seed=1
    )
    weights = {k: np.round(w, 4) for k, w in weights.items()}
    write_npz(EXAMPLES / "iris" / "iris.npz", weights)
    report("iris", weights, x, data.target, h)


def digits():
    from sklearn.datasets import load_digits

    data = load_digits()
    # 36 images of every digit are held out; none of them is seen in training.
    rng = np.random.default_rng(7)
    test = np.concatenate(
        [rng.permutation(np.flatnonzero(data.target == digit))[:36] for digit in range(10)]
    )
    test.sort()
    train_rows = np.setdiff1d(np.arange(len(data.target)), test)
    x = data.data / 16.0
    target = np.eye(10)[data.target]
    h = 1e-2
    # Loss and decay were chosen on random subsets of the training rows, not on the held-out ones.
    weights = train(
        x[train_rows],
        target[train_rows],
        20,
        h=h,
        loss="squared_error",
        steps=2000,
        batch=64,
        rate=0.01,
        decay=0.5,
        seed=3,
    )
    # Rounded to 4 decimals and then to f32: what the file holds is what is judged.
    weights = {k: np.float32(np.round(w, 4)).astype(np.float64) for k, w in weights.items()}
    names = {"hidden.W": "fc1.weight", "hidden.b": "fc1.bias", "y.W": "fc2.weight", "y.b": "fc2.bias"}
    write_safetensors(
        EXAMPLES / "digits" / "digits.safetensors", {names[k]: w for k, w in weights.items()}
    )
    probe = {"x": data.data[test].astype(np.uint8), "label": data.target[test].astype(np.int64)}
    write_npz(EXAMPLES / "digits" / "digits_test.npz", probe)
    report("digits, training rows", weights, x[train_rows], data.target[train_rows], h)
    report("digits, held-out rows", weights, x[test], data.target[test], h)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("example", choices=["iris", "digits"])
    {"iris": iris, "digits": digits}[parser.parse_args().example]()
