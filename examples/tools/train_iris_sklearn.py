#!/usr/bin/env python3
"""Train the network that `imported_iris` imports: `python train_iris_sklearn.py`.

A scikit-learn pipeline, a StandardScaler and a network 4-8-3 with tanh, is fitted to 105 of the 150 flowers in
iris/iris.csv and written as ONNX, with the names of the species, to imported_iris/imported_iris.onnx. Then, in the
folder imported_iris:

    nnrc import imported_iris.onnx --data ../iris/iris.csv --target species

Equal versions (requirements-import.txt) give equal bytes.
"""

import csv
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

EXAMPLES = Path(__file__).resolve().parent.parent


def flowers():
    """Measurements and species."""
    with open(EXAMPLES / "iris" / "iris.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    measurements = np.array([row[:4] for row in rows], dtype=np.float32)
    return measurements, np.array([row[4] for row in rows])


if __name__ == "__main__":
    X, species = flowers()
    X_train, X_test, t_train, t_test = train_test_split(X, species, test_size=0.3, stratify=species, random_state=1)
    network = MLPClassifier((8,), activation="tanh", solver="lbfgs", alpha=0.1, max_iter=1000, random_state=1)
    model = make_pipeline(StandardScaler(), network).fit(X_train, t_train)
    print(f"accuracy: {model.score(X_train, t_train):.4f} of training, {model.score(X_test, t_test):.4f} held out, "
          f"{model.score(X, species):.4f} of all")
    # Without the table of class probabilities, which is for programs and no tensor. The name of the graph would
    # otherwise be drawn at random.
    onnx_model = to_onnx(model, X[:1], options={"zipmap": False}, name="imported_iris")
    target = EXAMPLES / "imported_iris" / "imported_iris.onnx"
    target.write_bytes(onnx_model.SerializeToString())
