#!/usr/bin/env python3
"""The Iris example's source network in numpy: scaled inputs, outputs and class of all 150 flowers.

    iris_source.py FOLDER      the folder with iris.csv and iris.npz

Prints [ { "input": { "x_1": ... }, "y": [...], "class": 0 }, ... ], the class 0-based.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

H = 0.1


def main():
    folder = Path(sys.argv[1])
    with open(folder / "iris.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    x = np.array([[float(row[name]) for name in names] for row in rows])
    x = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    weights = np.load(folder / "iris.npz")
    z = x @ weights["hidden.W"].T + weights["hidden.b"]
    hidden = (z + np.sqrt(z * z + 4 * H)) / 2
    y = hidden @ weights["y.W"].T + weights["y.b"]
    answer = [
        {"input": {f"x_{j + 1}": v for j, v in enumerate(a)}, "y": b.tolist(), "class": int(b.argmax())}
        for a, b in zip(x.tolist(), y)
    ]
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
