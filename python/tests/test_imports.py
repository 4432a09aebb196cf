"""Networks trained elsewhere, beside what they compute there."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import stand_ins as nn
from conftest import ROOT
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, PolynomialFeatures, RobustScaler, StandardScaler
from sklearn.svm import SVC

import nnrc

ONNX = ROOT / "tests" / "reference" / "onnx"

pytestmark = pytest.mark.filterwarnings("ignore::nnrc.NnrcWarning")


def _rows(width: int, count: int = 60) -> np.ndarray:
    return np.random.default_rng(7).normal(size=(count, width))


@pytest.mark.parametrize("name", ["skl_iris_pipe_relu", "torch_iris_bn_ts", "keras_iris_mlp"])
def test_onnx_files(name):
    folder = ONNX / "good" / name
    file = folder / "model.onnx"
    with np.load(folder / "ref.npz") as reference:
        X = reference["x"].reshape(len(reference["x"]), -1)
        # Of onnxruntime.
        wanted = reference["logits"] if "logits" in reference else reference["y"]
    model = nnrc.from_onnx(file, X, tolerance=1e-4, activations="close")
    found = model.settle(X)
    largest = np.abs(found - wanted.reshape(found.shape)).max()
    assert largest < 0.02
    deviation = model.deviation(X)
    # The source is computed in double precision there, and in single precision by onnxruntime.
    assert deviation.largest == pytest.approx(largest, abs=1e-4) and "largest" in str(deviation)
    same = nnrc.from_onnx(file.read_bytes(), X, tolerance=1e-4, activations="close")
    assert same.settle(X).tobytes() == found.tobytes()


def test_files_that_are_no_models(tmp_path):
    with pytest.raises(nnrc.FileError):
        nnrc.from_onnx(tmp_path / "none.onnx")
    with pytest.raises(nnrc.FileError):
        nnrc.from_onnx(b"\x08\xff\xff\xff")
    for what, words in [("tolerance", 0), ("activations", "best"), ("probabilities", "softmax"), ("prune", -1)]:
        with pytest.raises(ValueError, match=what):
            nnrc.from_onnx(b"", **{what: words})
    with pytest.raises(ValueError, match="range"):
        nnrc.from_onnx(b"", range=(1, 0))


def _torch(*modules):
    return nn.Sequential(*modules)


TORCH = {
    "relu": lambda rng: _torch(nn.Linear(3, 5, rng), nn.ReLU(), nn.Linear(5, 2, rng)),
    "no bias": lambda rng: _torch(nn.Linear(3, 5, rng, bias=False), nn.ReLU(), nn.Linear(5, 2, rng, bias=False)),
    "norm behind": lambda rng: _torch(
        nn.Linear(3, 5, rng), nn.BatchNorm1d(5, rng), nn.ReLU(), nn.Dropout(), nn.Linear(5, 2, rng)
    ),
    "norm before": lambda rng: _torch(nn.BatchNorm1d(3, rng), nn.Linear(3, 4, rng), nn.LeakyReLU(), nn.Linear(4, 1, rng)),
    "nested": lambda rng: _torch(_torch(nn.Linear(3, 4, rng), nn.ReLU()), _torch(_torch(nn.Linear(4, 2, rng)))),
    "two linear": lambda rng: _torch(nn.Linear(3, 4, rng), nn.Linear(4, 5, rng), nn.ReLU(), nn.Linear(5, 2, rng)),
    "tanh": lambda rng: _torch(nn.Linear(3, 4, rng), nn.Tanh(), nn.Linear(4, 2, rng)),
    "linear": lambda rng: nn.Linear(3, 2, rng),
}


@pytest.mark.parametrize("what", TORCH)
def test_torch(what):
    module = TORCH[what](np.random.default_rng(3))
    X = _rows(3)
    model = nnrc.from_torch(module, X, tolerance=1e-4, activations="close", name="from_torch")
    deviation = model.settle(X) - nn.torch_forward(module, X)
    # Two units for a tanh are off by 0.0037 for each of four.
    assert np.abs(deviation).max() < (0.02 if what == "tanh" else 1e-3)
    assert "PyTorch" in model.text
    assert model.deviation(X).largest == pytest.approx(np.abs(deviation).max(), rel=1e-6)


def test_torch_classes():
    rng = np.random.default_rng(5)
    module = _torch(nn.Linear(3, 6, rng), nn.ReLU(), nn.Linear(6, 3, rng), nn.Softmax())
    X = _rows(3)
    labels = nn.torch_forward(module, X).argmax(axis=1)
    model = nnrc.from_torch(module, X, labels, tolerance=1e-4)
    assert (model.predict(X) == labels).all()
    assert model.deviation(X, labels).agreement == 1.0


def test_torch_modules_that_are_not_served():
    rng = np.random.default_rng(5)
    module = _torch(nn.Linear(3, 6, rng), nn.MultiheadAttention())
    with pytest.raises(ValueError, match=r"1 \(MultiheadAttention\)"):
        nnrc.from_torch(module)
    with pytest.raises(TypeError, match="torch.nn.Module"):
        nnrc.from_torch(3)
    with pytest.raises(ValueError, match="takes 5 values, and gets 4"):
        nnrc.from_torch(_torch(nn.Linear(3, 4, rng), nn.Linear(5, 2, rng)))


def test_keras():
    rng = np.random.default_rng(11)
    mean, variance = np.array([0.5, -1.0, 2.0]), np.array([1.0, 4.0, 0.25])
    hidden = nn.Dense("hidden", 3, 5, "relu", rng)
    norm = nn.BatchNormalization("norm", 5, rng)
    last = nn.Dense("last", 5, 3, "softmax", rng)
    model = nn.KerasSequential(3, [nn.Normalization("scale", mean, variance), hidden, norm, last])
    X = _rows(3)
    z = np.maximum((X - mean) / np.sqrt(variance) @ hidden.get_weights()[0] + hidden.get_weights()[1], 0)
    z = (z - norm.moving_mean) / np.sqrt(norm.moving_variance + 1e-3) * norm.gamma + norm.beta
    logits = z @ last.get_weights()[0] + last.get_weights()[1]
    found = nnrc.from_keras(model, X, logits.argmax(axis=1), tolerance=1e-4)
    np.testing.assert_allclose(found.settle(X), logits, atol=1e-3)
    assert (found.predict(X) == logits.argmax(axis=1)).all()
    with pytest.raises(ValueError, match="no weights yet"):
        nnrc.from_keras(nn.KerasSequential(3, []))
    with pytest.raises(TypeError, match="keras.Model"):
        nnrc.from_keras("model.keras")


CANCER = load_breast_cancer(return_X_y=True)
IRIS = load_iris(return_X_y=True, as_frame=True)


@pytest.mark.parametrize(
    ("scaler", "data"),
    [
        (StandardScaler(), "iris"),
        (MinMaxScaler((-1, 1)), "iris"),
        (MaxAbsScaler(), "iris"),
        (RobustScaler(), "iris"),
        (make_pipeline(StandardScaler(), PCA(3, whiten=True)), "iris"),
        (make_pipeline(SelectKBest(k=3), StandardScaler()), "iris"),
        ("passthrough", "iris"),
        (StandardScaler(with_mean=False), "cancer"),
        (StandardScaler(with_std=False), "cancer"),
    ],
)
@pytest.mark.parametrize("kind", ["mlp", "linear"])
def test_sklearn_classifiers(scaler, data, kind):
    X, y = IRIS if data == "iris" else CANCER
    last = MLPClassifier((6,), max_iter=60, random_state=0) if kind == "mlp" else LogisticRegression(max_iter=60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        pipeline = make_pipeline(scaler, last).fit(X, y)
    model = nnrc.from_sklearn(pipeline, X, y, tolerance=1e-4)
    agreement = (model.predict(X) == pipeline.predict(X)).mean()
    assert agreement >= 0.99
    assert model.deviation(X, y).agreement == pytest.approx(agreement)
    if data == "iris":
        assert model.input_names[0] == "sepal length (cm)"


def test_sklearn_regressors_and_searches():
    X = _rows(3, 200)
    y = X @ [1.0, -2.0, 0.5] + 3
    found = nnrc.from_sklearn(LinearRegression().fit(X, y), X)
    np.testing.assert_allclose(found.settle(X)[:, 0], y, atol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(5, 4), max_iter=100, random_state=1)).fit(X, y)
    found = nnrc.from_sklearn(network, X, tolerance=1e-4)
    np.testing.assert_allclose(found.settle(X)[:, 0], network.predict(X), atol=2e-3)
    search = GridSearchCV(RidgeClassifier(), {"alpha": [0.1, 1.0]}).fit(*IRIS)
    assert (nnrc.from_sklearn(search, IRIS[0]).predict(IRIS[0]) == search.predict(IRIS[0])).all()


def test_words_name_classes():
    X, y = IRIS
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)).fit(X, names)
    model = nnrc.from_sklearn(pipeline, X, names)
    assert (model.predict(X) == pipeline.predict(X)).all() and "setosa" in model.classes


def test_estimators_that_are_not_served():
    X, y = IRIS
    with pytest.raises(ValueError, match="not fitted"):
        nnrc.from_sklearn(LogisticRegression())
    with pytest.raises(ValueError, match="SVC is not served"):
        nnrc.from_sklearn(SVC().fit(X, y))
    with pytest.raises(ValueError, match="PolynomialFeatures is not served"):
        nnrc.from_sklearn(make_pipeline(PolynomialFeatures(2), LogisticRegression(max_iter=20)).fit(X, y))
    with pytest.raises(TypeError, match="estimator"):
        nnrc.from_sklearn({"coef_": 3})


def test_an_import_is_saved_trained_and_derived(tmp_path):
    X, y = IRIS
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)).fit(X, y)
    model = nnrc.from_sklearn(pipeline, X, y)
    model.save(tmp_path / "iris.nnr")
    again = nnrc.load(tmp_path / "iris.nnr")
    assert again.settle(X).tobytes() == model.settle(X).tobytes()
    before = model.deviation(X).largest
    model.train(X, y.to_numpy(), epochs=3, loss="cross_entropy", progress=False)
    assert model.deviation(X).largest != before
    with pytest.raises(nnrc.ModelError, match="not imported"):
        again.deviation(X)


def test_inputs_of_unknown_range_are_a_warning():
    X, y = IRIS
    with pytest.warns(nnrc.NnrcWarning, match="range"):
        nnrc.from_sklearn(LogisticRegression(max_iter=20).fit(X, y))
