"""Training from Python."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from conftest import XOR

import nnrc

NETWORK = XOR[: XOR.index("weights")] + "weights { init = glorot_uniform(seed = 3); }"


def test_the_data_of_the_text(examples):
    model = nnrc.load(examples / "iris_train" / "iris_train.nnr", settings={"train.epochs": 30})
    before = model.weights
    trained = model.train(progress=False)
    assert trained.epochs == 30 and trained.history["epoch"].tolist() == list(range(1, 31))
    assert trained.metrics["loss"] < trained.history["loss"][0]
    assert {key: value.shape for key, value in trained.weights.items()} == {k: v.shape for k, v in before.items()}
    # The model has the new weights.
    for key, value in model.weights.items():
        assert value.tobytes() == trained.weights[key].tobytes()
    assert "30 epochs" in repr(trained) and trained.to_pandas().shape[0] == 30
    assert len(trained.plot().lines) >= 1


def test_samples_of_the_caller_train_a_text_without_a_word_on_training():
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    model = nnrc.compile(
        "network line { input x[2] in [0, 1]; layer y = dense(1); output y; }"
        " weights { init = glorot_uniform(seed = 1); }"
    )
    trained = model.train(X, X @ [2.0, -1.0] + 0.5, epochs=600, rate=0.05, progress=False)
    # Least squares has one answer.
    np.testing.assert_allclose(trained.weights["y.W"], [[2.0, -1.0]], atol=1e-3)
    np.testing.assert_allclose(trained.weights["y.b"], [0.5], atol=1e-3)
    np.testing.assert_allclose(model.settle(X)[:, 0], X @ [2.0, -1.0] + 0.5, atol=2e-3)


def test_labels_name_classes():
    rng = np.random.default_rng(0)
    X = rng.random((120, 2))
    labels = np.where(X[:, 0] > X[:, 1], "below", "above")
    text = (
        "network sides { input x[2] in [0, 1]; layer y = dense(2); output y; }"
        " weights { init = glorot_uniform(seed = 1); }"
    )
    model = nnrc.compile(text)
    model.train(X, labels, epochs=60, rate=0.05, loss="cross_entropy", progress=False)
    found = model.predict(X)
    assert (found == labels).mean() > 0.95
    numbers = nnrc.compile(text)
    numbers.train(X, (labels == "below").astype(int), epochs=60, rate=0.05, loss="cross_entropy", progress=False)
    assert set(numbers.predict(X).tolist()) == {0, 1}


def test_threads_change_no_bit(examples):
    def weights(threads):
        model = nnrc.load(examples / "iris_train" / "iris_train.nnr", settings={"train.epochs": 5})
        return model.train(threads=threads, progress=False).weights

    one, three = weights(1), weights(3)
    assert all(one[key].tobytes() == three[key].tobytes() for key in one)


def test_events_come_in_order(examples):
    heard = []
    model = nnrc.load(examples / "iris_train" / "iris_train.nnr", settings={"train.epochs": 4})
    model.train(callback=lambda *event: heard.append(event), progress=False)
    epochs = [event for event in heard if event[0] == "epoch"]
    assert [event[1] for event in epochs] == [1, 2, 3, 4] and all(event[2] == 4 for event in epochs)


def test_what_a_callback_raises_ends_the_training(examples):
    class Enough(Exception):
        pass

    def stop(kind, *what):
        if kind == "epoch" and what[0] == 3:
            raise Enough

    model = nnrc.load(examples / "iris_train" / "iris_train.nnr")
    before = model.weights
    with pytest.raises(Enough):
        model.train(callback=stop, progress=False)
    assert all(model.weights[key].tobytes() == before[key].tobytes() for key in before)


def test_what_makes_no_sense_is_refused(model, corners):
    with pytest.raises(ValueError, match="t is missing"):
        model.train(corners)
    with pytest.raises(ValueError, match="X is missing"):
        model.train(t=[1])
    with pytest.raises(ValueError, match="4 rows"):
        model.train(corners, [1, 2])
    with pytest.raises(nnrc.ModelError) as raised:
        model.train()
    assert raised.value.findings[0].code == "missing-argument"
    with pytest.raises(ValueError, match="epochs="):
        model.train(corners, [0, 1, 1, 0], epochs=0)
    with pytest.raises(nnrc.ModelError):
        model.train(corners, [0, 1, 1, 0], settings={"train.loss": "no_such_loss"})
    with pytest.raises(nnrc.SolverError):
        nnrc.compile(NETWORK).train(corners, [0, 1, 1, 0], rate=1e300, epochs=5, progress=False)


def test_expectations_before_training_are_warned_of():
    text = """
    network n { input x[1] in [0, 1]; layer y = dense(1) | smooth_relu(h = 1e-2); output y; }
    weights { init = glorot_uniform(seed = 1); }
    dataset d = rows([{ x = [0], t = [1] }, { x = [1], t = [0] }]);
    train { data = d; loss = squared_error; rule = gradient(sgd(rate = 0.5)); epochs = 300; }
    expect { for [0]: y ~ 1 within 0.1; }
    """
    model = nnrc.compile(text)
    with pytest.warns(nnrc.NnrcWarning, match=r"call train\(\) first"):
        model.test()
    model.train(progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(one.ok for one in model.test())
