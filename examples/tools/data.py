#!/usr/bin/env python3
"""Write the data of the examples from scikit-learn's copies: `python data.py`.

Writes next to the examples:
    iris/iris.csv                    150 flowers
    digits/digits_test.npz           360 images, 36 of every digit, drawn by a seeded generator
    digits_train/digits_train.npz    the other 1,437

Equal versions (requirements.txt) give equal bytes.
"""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits, load_iris

EXAMPLES = Path(__file__).resolve().parent.parent


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


def iris():
    data = load_iris()
    columns = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    with open(EXAMPLES / "iris" / "iris.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        for row, label in zip(data.data, data.target):
            table.writerow([f"{value:.1f}" for value in row] + [data.target_names[label]])


def digits():
    data = load_digits()
    random = np.random.default_rng(7)
    held = [random.permutation(np.flatnonzero(data.target == digit))[:36] for digit in range(10)]
    held = np.sort(np.concatenate(held))
    kept = np.setdiff1d(np.arange(len(data.target)), held)
    for rows, path in [(held, "digits/digits_test.npz"), (kept, "digits_train/digits_train.npz")]:
        images = {"x": data.data[rows].astype(np.uint8), "label": data.target[rows].astype(np.int64)}
        write_npz(EXAMPLES / path, images)


if __name__ == "__main__":
    iris()
    digits()
