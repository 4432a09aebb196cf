"""Fixed points, and the arrays that go in and come out."""

from __future__ import annotations

import numpy as np
import pandas
import pytest
from conftest import XOR, xor

import nnrc


def test_outputs_are_those_of_the_closed_form(model, corners):
    found = model.settle(corners)
    assert found.dtype == np.float64 and found.shape == (4, 1) and found.flags.c_contiguous
    np.testing.assert_allclose(found, xor(corners), atol=1e-9)


def test_threads_change_no_bit(model):
    X = np.random.default_rng(1).random((257, 2))
    one = model.settle(X, threads=1)
    for threads in (2, 3, 8, None):
        assert model.settle(X, threads=threads).tobytes() == one.tobytes()


@pytest.mark.parametrize(
    "given",
    [
        lambda X: X.tolist(),
        lambda X: np.asfortranarray(X),
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: X[::-1][::-1],
        lambda X: X.astype(np.float32),
        lambda X: X.astype(np.int8),
        lambda X: X.astype(bool),
        lambda X: X.astype(">f8"),
        lambda X: pandas.DataFrame(X, columns=["a", "b"]),
        lambda X: X.reshape(4, 2, 1),
        lambda X: np.ma.MaskedArray(X),
        lambda X: np.frombuffer(X.tobytes()).reshape(4, 2),
    ],
)
def test_every_array_of_the_same_numbers_is_taken(model, corners, given):
    assert model.settle(given(corners)).tobytes() == model.settle(corners).tobytes()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.array([[0.0, "a"]], dtype=object), "dtype object"),
        (np.zeros((2, 2), dtype=complex), "complex128"),
        (np.zeros((2, 2), dtype=np.float16), "float16"),
        (np.zeros((2, 2), dtype=np.longdouble), "expected float64"),
        (np.array([["a", "b"]]), "dtype <U1"),
        (np.zeros((2, 2), dtype="datetime64[s]"), "datetime64"),
        ([[0.0, np.nan]], r"X\[0, 1\] is nan"),
        ([[0.0, 0.0], [np.inf, 0.0]], r"X\[1, 0\] is inf"),
        ([[0, 2**60]], "2\\*\\*53"),
        (np.zeros((0, 2)), "no rows"),
        ([], "shape"),
        (0.5, "shape"),
        (None, "dtype object"),
        ([0.0, 1.0], r"reshape\(1, -1\)"),
        (np.zeros((2, 3)), r"expected \(rows, 2\)"),
        (np.zeros((2, 5)), r"write X\.T"),
        ([[0.0], [0.0, 1.0]], "inhomogeneous"),
        (np.ma.masked_array([[0.0, 1.0]], mask=[[True, False]]), "masked"),
    ],
)
def test_what_is_no_matrix_of_numbers_is_a_value_error(model, given, words):
    with pytest.raises(ValueError, match=words):
        model.settle(given)


def test_a_value_outside_its_range_is_named(model):
    with pytest.raises(nnrc.ModelError, match=r"X\[1, 0\] is 1.5, outside the range of its input, 0 to 1") as raised:
        model.settle([[0.0, 0.0], [1.5, 0.0]])
    assert raised.value.findings[0].code == "input-out-of-range"


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", True])
def test_threads_are_counted_from_one(model, corners, threads):
    with pytest.raises(ValueError, match="threads="):
        model.settle(corners, threads=threads)


def test_classes_and_measurements(examples):
    model = nnrc.load(examples / "iris" / "iris.nnr")
    flowers = pandas.read_csv(examples / "iris" / "iris.csv")
    X = flowers[["sepal_length", "sepal_width", "petal_length", "petal_width"]]
    found = model.predict(X)
    assert set(found) <= {"setosa", "versicolor", "virginica"}
    assert (found == flowers["species"]).mean() >= 0.97
    low, high = X.min().to_numpy(), X.max().to_numpy()
    scaled = model.settle((X.to_numpy() - low) / (high - low))
    np.testing.assert_allclose(model.settle(X, raw=True), scaled, atol=1e-9)
    assert list(model.classes) == ["setosa", "versicolor", "virginica"]
    assert model.output == "y" and model.widths == {"x": 4, "hidden": 8, "y": 3}
    assert model.input_names[0] == "sepal length" and model.ranges.tolist() == [[0, 1]] * 4


def test_the_whole_fixed_point(model):
    rest = model.fixed_point([0, 1])
    np.testing.assert_allclose(rest["y"], xor(np.array([[0.0, 1.0]]))[0], atol=1e-9)
    assert rest["hidden"].shape == (2,)
    assert rest["hidden_1"] == rest["hidden"][0] and "x_2" in rest.species
    assert rest.to_pandas()["y_1"] == rest["y"][0]


def test_weights_in_and_out(model, corners):
    weights = model.weights
    assert weights["hidden.W"].shape == (2, 2) and weights["y.b"].tolist() == [0]
    text = XOR[: XOR.index("weights")]
    again = nnrc.compile(text, weights=weights)
    assert again.settle(corners).tobytes() == model.settle(corners).tobytes()
    flipped = model.with_weights({"y.W": [[-1.0, 2.0]], "y.b": [1.0]})
    assert flipped.settle([[0, 1]])[0, 0] < 0.05 < model.settle([[0, 1]])[0, 0]
    # A copy: what is done to it changes no model.
    weights["hidden.W"][:] = 0
    assert model.weights["hidden.W"].tolist() == [[1, 1], [1, 1]]


def test_what_comes_out_is_held_by_nothing(model, corners):
    found = model.settle(corners)
    again = model.settle(corners)
    found[:] = 7
    assert again.max() < 2 and model.settle(corners).tobytes() == again.tobytes()
