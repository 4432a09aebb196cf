"""What is easily lost between two programs: labels, settings, copies, names."""

from __future__ import annotations

import pickle

import numpy as np
import pandas
import pytest
from conftest import XOR
from sklearn.cross_decomposition import PLSRegression
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression, PoissonRegressor, RidgeClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

import nnrc

pytestmark = pytest.mark.filterwarnings("ignore::nnrc.NnrcWarning")

X, y = load_iris(return_X_y=True)
SIDES = (
    "network s { input x[2] in [0, 1]; layer y = dense(2); output y; } weights { init = glorot_uniform(seed = 1); }"
)
P = np.random.default_rng(0).random((60, 2))
SIDE = (P[:, 0] > P[:, 1]).astype(int)
WORDS = np.where(SIDE, "below", "above")


@pytest.mark.parametrize(
    "estimator",
    [
        lambda: PoissonRegressor().fit(X, np.exp(X[:, 0] / 3)),
        lambda: PLSRegression(2).fit(X, X[:, :2]),
        lambda: MLPRegressor(loss="poisson", max_iter=5).fit(X, X[:, 0]),
        lambda: make_pipeline(MaxAbsScaler(clip=True), LinearRegression()).fit(X, X[:, 0]),
        lambda: RidgeClassifier().fit(X, np.c_[y > 0, y > 1].astype(int)),
        lambda: MLPClassifier((3,), max_iter=5).fit(X, np.c_[y > 0, y > 1].astype(int)),
    ],
)
def test_what_would_be_another_function_is_refused(estimator):
    with pytest.raises(ValueError, match="served"):
        nnrc.from_sklearn(estimator(), X)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([3, 7, 9]),
        np.array([-1, 0, 1]),
        np.array([0.0, 1.0, 2.0]),
        np.array([1, 2, 10]),
        np.array(["1", "2", "10"]),
        np.array(["a", "b b", "ç"]),
        np.array([False, True]),
        np.array([-1, 1]),
    ],
)
def test_classes_keep_their_values(labels):
    few = y < len(labels)
    source = LogisticRegression(max_iter=300).fit(X[few], labels[y[few]])
    net = nnrc.from_sklearn(source, X[few], labels[y[few]])
    found = net.predict(X[few])
    assert found.dtype.kind == source.predict(X).dtype.kind
    assert (found == source.predict(X[few])).mean() >= 0.99
    # What is learned from has the same names.
    assert net.deviation(X[few], labels[y[few]]).agreement >= 0.99
    net.train(X[few], labels[y[few]], epochs=1, loss="cross_entropy" if len(labels) > 2 else None, progress=False)
    assert set(net.predict(X[few])) <= set(labels)
    assert (pickle.loads(pickle.dumps(net)).predict(X[few]) == net.predict(X[few])).all()


def test_labels_are_trained_on_again_and_again(tmp_path):
    model = nnrc.compile(SIDES)
    for _ in range(3):
        model.train(P, WORDS, epochs=20, rate=0.05, loss="cross_entropy", progress=False)
    assert (model.predict(P) == WORDS).mean() > 0.9
    model.noise(P, WORDS, rates=0.1, replicates=1, progress=False)
    model.save(tmp_path / "sides.nnr")
    again = nnrc.load(tmp_path / "sides.nnr")
    assert (again.predict(P) == model.predict(P)).all()
    again.train(P, WORDS, epochs=1, loss="cross_entropy", progress=False)
    numbers = nnrc.compile(SIDES)
    numbers.train(P, np.array([3, 7])[SIDE].astype(str), epochs=20, rate=0.05, loss="cross_entropy", progress=False)
    assert set(numbers.predict(P)) == {"3", "7"}


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["a"] * 60, "one label"),
        (np.array([" a", "a"])[SIDE], "blanks"),
        (np.array([None, "a"], dtype=object)[SIDE], "missing"),
    ],
)
def test_labels_that_would_change_are_refused(labels, words):
    with pytest.raises(ValueError, match=words):
        nnrc.compile(SIDES).train(P, labels, epochs=1, progress=False)


def test_what_the_caller_changes_later_changes_no_model():
    weights = {"y.W": np.array([[1.0, 2.0], [3.0, 4.0]]), "y.b": np.zeros(2)}
    model = nnrc.compile(SIDES, weights=weights)
    weights["y.W"][:] = 9
    assert model.with_settings({"chemistry.max_order": 2}).weights["y.W"].tolist() == [[1, 2], [3, 4]]
    points = P.copy()
    trained = model.train(points, WORDS, epochs=2, loss="cross_entropy", progress=False)
    before = model.weights["y.W"].copy()
    trained.weights["y.W"][:] = 0
    points[:] = 0
    assert (model.with_settings({"chemistry.max_order": 2}).weights["y.W"] == before).all()
    assert next(iter(model._samples.values()))["numbers"]["x"].max() > 0.5


def test_nothing_is_lost_by_saving(tmp_path):
    with pytest.raises(ValueError, match="chemistry.max_order"):
        nnrc.compile(SIDES, settings={"chemistry.max_order": 2}).save(tmp_path / "a.nnr")
    seeded = nnrc.compile(SIDES, seed=7)
    seeded.save(tmp_path / "b.nnr")
    assert (nnrc.load(tmp_path / "b.nnr").weights["y.W"] == seeded.weights["y.W"]).all()
    seeded.with_weights({"y.b": [5, 6]}).save_weights(tmp_path / "w.npz")
    (tmp_path / "c.nnr").write_text(SIDES)
    nnrc.load(tmp_path / "c.nnr", weights=tmp_path / "w.npz").save(tmp_path / "d.nnr")
    assert nnrc.load(tmp_path / "d.nnr").weights["y.b"].tolist() == [5, 6]


def test_a_text_is_saved_where_its_files_are_found(examples, tmp_path):
    with pytest.raises(nnrc.FileError, match=r"iris\.csv"):
        nnrc.load(examples / "iris" / "iris.nnr").save(tmp_path / "iris.nnr")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "xor.nnr").write_text(XOR)
    with pytest.raises(nnrc.FileError, match="reads it"):
        nnrc.load(tmp_path / "xor.nnr").with_weights({"y.b": [0.1]}).save(tmp_path / "xor.nnr")
    assert [file.name for file in tmp_path.iterdir()] == ["xor.nnr"]
    course = nnrc.load(tmp_path / "xor.nnr").simulate(until=1.0)
    with pytest.raises(nnrc.FileError, match="reads it"):
        course.to_csv(tmp_path / "xor.nnr")
    pickle.loads(pickle.dumps(course)).to_csv(tmp_path / "course.csv")
    assert (tmp_path / "course.csv").read_text() == course.to_csv()


def test_weights_of_no_layer_are_refused():
    with pytest.raises(nnrc.ModelError, match="'q', which is of no layer"):
        nnrc.compile(SIDES).with_weights({"q": [1]})
    with pytest.raises(TypeError, match="weights is str"):
        nnrc.compile(SIDES, weights="w.npz")
    with pytest.raises(TypeError, match="settings"):
        nnrc.compile(SIDES, settings={1: 1})
    for wrong in (None, [1]):
        with pytest.raises(TypeError, match="mapping"):
            nnrc.compile(SIDES).with_weights(wrong)
        with pytest.raises(TypeError, match="mapping"):
            nnrc.compile(SIDES).with_settings(wrong)


def test_a_rate_changes_the_rate_alone(examples):
    text = SIDES + " train { rule = gradient(sgd(rate = 0.1, momentum = 0.5)); epochs = 3; }"
    one, other = nnrc.compile(text), nnrc.compile(text)
    values = np.eye(2)[SIDE]
    a = one.train(P, values, progress=False).weights
    b = other.train(P, values, rate=0.1, progress=False).weights
    assert all(a[key].tobytes() == b[key].tobytes() for key in a)
    pot = nnrc.load(examples / "onepot_sine" / "onepot_sine.nnr")
    with pytest.raises(ValueError, match="feed"):
        pot.train(seed=1)


def test_a_pot_that_learns_takes_no_input(examples):
    pot = nnrc.load(examples / "onepot_xor" / "onepot_xor.nnr")
    for ask in (lambda: pot.simulate([1, 0], until=1.0), lambda: pot.to_sbml(x=[1, 0])):
        with pytest.raises(ValueError, match="learns"):
            ask()
    with pytest.warns(nnrc.NnrcWarning, match="shuffled"):
        nnrc.load(examples / "onepot_sine" / "onepot_sine.nnr").to_sbml()


def test_columns_have_an_order():
    frame = pandas.DataFrame(X, columns=list("abcd"))
    net = nnrc.from_sklearn(LogisticRegression(max_iter=200).fit(frame, y), frame)
    with pytest.raises(ValueError, match="another order"):
        net.predict(frame[list("dcba")])


def test_one_value_is_a_flat_answer():
    source = LinearRegression().fit(X, X[:, 0] * 2)
    assert nnrc.from_sklearn(source, X).predict(X).shape == source.predict(X).shape


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_no_settings(model, value):
    with pytest.raises(ValueError, match="finite"):
        model.simulate(until=value)
    with pytest.raises(ValueError, match="finite"):
        nnrc.compile(SIDES).train(P, np.eye(2)[SIDE], rate=value)
    with pytest.raises(ValueError, match="2\\*\\*53"):
        nnrc.compile(SIDES, seed=2**64)


def test_courses_and_fixed_points_are_looked_into(model):
    course, rest = model.simulate(until=1.0), model.fixed_point([0, 1])
    assert "y" in course and "zz" not in course and list(course) == course.columns
    assert "y" in rest and "zz" not in rest and "hidden" in list(rest)
    assert len(course.plot("hidden").lines) == 2
    with pytest.raises(ValueError, match="shape"):
        model.fixed_point([[0], [1]])
