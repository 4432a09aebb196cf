"""The estimators, by scikit-learn's own checks."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from nnrc.sklearn import ChemicalClassifier, ChemicalRegressor, expected_failed_checks

pytestmark = pytest.mark.filterwarnings("ignore")


# Few epochs: a check asks for an estimator that behaves, and not for a good one.
POT = {"construction": "one_pot", "epochs": 4, "hold": 4.0}


@parametrize_with_checks(
    [ChemicalClassifier(), ChemicalRegressor(), ChemicalClassifier(**POT), ChemicalRegressor(**POT)],
    expected_failed_checks=expected_failed_checks,
)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_iris_in_a_pipeline_and_a_search():
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), ChemicalClassifier(random_state=0, epochs=60))
    assert cross_val_score(pipeline, X, y, cv=3).mean() > 0.9
    search = GridSearchCV(ChemicalClassifier(random_state=0, epochs=30), {"hidden": [(4,), (8,)]}, cv=2).fit(X, y)
    assert search.best_params_["hidden"] in [(4,), (8,)]


def test_names_of_classes_and_probabilities():
    data = load_iris()
    names = data.target_names[data.target]
    found = ChemicalClassifier(random_state=1).fit(data.data, names)
    assert (found.predict(data.data) == names).mean() > 0.95
    shares = found.predict_proba(data.data)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (found.classes_[shares.argmax(axis=1)] == found.predict(data.data)).all()
    again = pickle.loads(pickle.dumps(found))
    assert again.predict_proba(data.data).tobytes() == shares.tobytes()
    same = clone(found).fit(data.data, names)
    assert same.predict_proba(data.data).tobytes() == shares.tobytes()


def test_regression():
    X, y = load_diabetes(return_X_y=True)
    assert cross_val_score(ChemicalRegressor(random_state=0, epochs=100), X, y, cv=3).mean() > 0.4
    both = ChemicalRegressor(random_state=0, epochs=50).fit(X, np.stack([y, -y], axis=1))
    assert both.predict(X).shape == (len(X), 2)


def test_inputs_outside_what_was_seen():
    X, y = load_iris(return_X_y=True)
    clipped = ChemicalClassifier(random_state=0, epochs=10).fit(X, y)
    assert clipped.predict(X * 100).shape == y.shape
    strict = ChemicalClassifier(random_state=0, epochs=10, clip=False).fit(X, y)
    with pytest.raises(ValueError, match="outside the range"):
        strict.predict(X * 100)


@pytest.mark.parametrize(
    "wrong",
    [{"construction": "phased"}, {"hidden": (0,)}, {"epochs": 0}, {"rate": -1.0}, {"decay": -1.0}, {"batch": 1.5}],
)
def test_parameters_that_make_no_sense(wrong):
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ChemicalClassifier(**wrong).fit(X, y)
