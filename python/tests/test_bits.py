"""Python, the command and generated crates give the same numbers, to the bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas
import pytest

import nnrc


def command(*words: str, cwd: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "nnrc", *words], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def flowers(examples: Path) -> np.ndarray:
    table = pandas.read_csv(examples / "iris" / "iris.csv")
    return table[["sepal_length", "sepal_width", "petal_length", "petal_width"]].to_numpy()


def array(path: Path, name: str) -> np.ndarray:
    with np.load(path) as held:
        return held[name]


# A model, its data set, the rows of that as Python gives them, and whether these are measurements.
SETTLED = {
    "iris": ("iris", lambda examples: flowers(examples)),
    "digits": ("probe", lambda examples: array(examples / "digits" / "digits_test.npz", "x")[:300]),
    "imported_iris": ("samples", lambda examples: flowers(examples)),
}


@pytest.mark.parametrize("name", SETTLED)
def test_settled_outputs(examples, tmp_path, name):
    data, rows = SETTLED[name]
    file, out = examples / name / f"{name}.nnr", tmp_path / "rows.npz"
    command("simulate", str(file), "--steady", "--data", data, "-o", str(out), cwd=tmp_path)
    found = nnrc.load(file).settle(rows(examples), raw=True)
    with np.load(out) as held:
        key = next(key for key in held if held[key].ndim == 2)
        assert found.tobytes() == np.ascontiguousarray(held[key][: len(found)]).tobytes()


def test_a_crate_settles_where_python_does(examples, tmp_path):
    file, out = examples / "iris" / "iris.nnr", tmp_path / "rows.npz"
    command("simulate", str(file), "--steady", "--data", "iris", "--engine", "crate", "-o", str(out), cwd=tmp_path)
    found = nnrc.load(file).settle(flowers(examples), raw=True)
    # Other sums in another order, and no more than that.
    np.testing.assert_allclose(array(out, "y"), found, rtol=1e-13, atol=1e-13)


# Models that train, how many epochs are enough here, and whether a crate trains them as well.
TRAINED = {
    "iris_train": (40, True),
    "digits_train": (2, True),
    "onepot_xor": (None, False),
    "phased_or": (None, False),
}


@pytest.mark.parametrize(
    ("name", "engine"),
    [(name, engine) for name, (_, crate) in TRAINED.items() for engine in (["process", "crate"] if crate else ["process"])],
)
def test_trained_weights(examples, tmp_path, name, engine):
    file, out = examples / name / f"{name}.nnr", tmp_path / "weights.npz"
    count = TRAINED[name][0]
    epochs = [] if count is None else ["--set", f"train.epochs={count}"]
    command("train", str(file), "-o", str(out), "--engine", engine, *epochs, cwd=tmp_path)
    model = nnrc.load(file)
    weights = model.train(epochs=count, progress=False).weights
    with np.load(out) as held:
        assert set(weights) <= set(held)
        for key, value in weights.items():
            if engine == "crate":
                # Its sums have another order, and training goes on from what that leaves.
                np.testing.assert_allclose(held[key], value, rtol=1e-9, atol=1e-11)
            else:
                assert value.tobytes() == held[key].tobytes(), key
    if engine == "crate":
        return
    model.save_weights(tmp_path / "own.npz")
    assert (tmp_path / "own.npz").read_bytes() == out.read_bytes()


@pytest.mark.parametrize("name", ["xor", "signed", "skip", "phased_xor", "onepot_xor"])
def test_files_and_time_courses(examples, tmp_path, name):
    file = examples / name / f"{name}.nnr"
    model = nnrc.load(file)
    command("compile", str(file), "--target", "sbml", "-o", "own.xml", cwd=tmp_path)
    model.to_sbml(tmp_path / "python.xml")
    assert (tmp_path / "python.xml").read_bytes() == (tmp_path / "own.xml").read_bytes()
    command("compile", str(file), "--target", "crn", "-o", "own.crn", cwd=tmp_path)
    assert model.to_crn() == (tmp_path / "own.crn").read_text()
    until = 20.0
    command("simulate", str(file), f"--until={until:g}", "-o", "course.npz", cwd=tmp_path)
    course = model.simulate(until=until)
    with np.load(tmp_path / "course.npz") as held:
        assert held["time"].tobytes() == course.time.tobytes()
        for node in model._facts["nodes"]:
            if node["name"] in held:
                assert held[node["name"]].tobytes() == course[node["name"]].tobytes(), node


def test_noise(examples, tmp_path):
    file = examples / "noise_xor" / "noise_xor.nnr"
    few = ["--set", "noise.replicates=2", "--set", "noise.concentrations=ssa(volume = [30])"]
    weights = tmp_path / "weights.npz"
    model = nnrc.load(file)
    model.save_weights(weights)
    command("noise", str(file), "-o", "own.csv", "--weights", str(weights), *few, cwd=tmp_path)
    study = nnrc.load(file, weights=weights).noise(
        replicates=2, concentrations="ssa(volume = [30])", threads=os.cpu_count(), progress=False
    )
    assert study.csv == (tmp_path / "own.csv").read_text()
