"""Estimators of scikit-learn that are chemistry: trained through it, and answering by it.

>>> from sklearn.datasets import load_iris
>>> from sklearn.model_selection import cross_val_score
>>> from nnrc.sklearn import ChemicalClassifier
>>> X, y = load_iris(return_X_y=True)
>>> bool(cross_val_score(ChemicalClassifier(random_state=0), X, y).mean() > 0.9)
True
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ._arrays import Matrix
from ._model import Model, compile
from ._results import Training

__all__ = ["ChemicalClassifier", "ChemicalRegressor", "expected_failed_checks"]



# What training sees, as the text names it.
_SEEN = "seen.npz"


class _Chemical(BaseEstimator):  # type: ignore[misc]
    """What both estimators share."""

    _loss: str

    def __init__(
        self,
        hidden: Sequence[int] = (8,),
        construction: str = "fixed_point",
        *,
        activation: str = "smooth_relu(h = 0.1)",
        epochs: int | None = None,
        rate: float | None = None,
        batch: int = 32,
        decay: float = 0.0,
        hold: float = 10.0,
        clip: bool = True,
        random_state: Any = None,
        threads: int | None = 1,
    ) -> None:
        self.hidden = hidden
        self.construction = construction
        self.activation = activation
        self.epochs = epochs
        self.rate = rate
        self.batch = batch
        self.decay = decay
        self.hold = hold
        self.clip = clip
        self.random_state = random_state
        self.threads = threads

    def _check(self) -> None:
        """Refuses parameters that make no sense, as scikit-learn wants it in ``fit``."""
        if self.construction not in ("fixed_point", "one_pot"):
            raise ValueError(f"construction={self.construction!r}: expected 'fixed_point' or 'one_pot'")
        widths = list(self.hidden) if not isinstance(self.hidden, Integral) else [self.hidden]
        if any(not isinstance(width, Integral) or width < 1 for width in widths):
            raise ValueError(f"hidden={self.hidden!r}: expected the widths of the hidden layers, such as (8,)")
        positive = {"rate": self.rate, "hold": self.hold}
        for name, value in positive.items():
            if value is not None and not (isinstance(value, Real) and 0 < value < np.inf):
                raise ValueError(f"{name}={value!r}: expected a number above 0")
        if not (isinstance(self.decay, Real) and 0 <= self.decay < np.inf):
            raise ValueError(f"decay={self.decay!r}: expected a number from 0")
        counts = {"epochs": self.epochs, "batch": self.batch}
        for name, count in counts.items():
            if count is not None and (not isinstance(count, Integral) or count < 1):
                raise ValueError(f"{name}={count!r}: expected a whole number from 1")

    def _texts(self, inputs: int, outputs: int, seed: int) -> tuple[str, str]:
        """The network, and how it is trained."""
        widths = [self.hidden] if isinstance(self.hidden, Integral) else list(self.hidden)
        layers = "".join(
            f"    layer hidden{at} = dense({width}) | {self.activation};\n" for at, width in enumerate(widths, 1)
        )
        epochs = self.epochs if self.epochs is not None else (200 if self.construction == "fixed_point" else 50)
        if self.construction == "fixed_point":
            rate = 0.02 if self.rate is None else self.rate
            how = (
                f"rule = gradient(adam(rate = {float(rate)!r})); loss = {self._loss}; batch = {self.batch}; "
                f"feed = shuffle(seed = {seed}); schedule = cosine(floor = 0.01);"
            )
            pot = ""
        else:
            rate = 0.005 if self.rate is None else self.rate
            how = (
                f"rule = gradient_flow(rate = {float(rate)!r}); loss = squared_error; "
                f"feed = shuffle(hold = {float(self.hold)!r}, seed = {seed});"
            )
            pot = (
                "chemistry { construction = one_pot; speeds = { forward = 5, backward = 5, annihilation = 100 }; }\n"
                "simulate { method = explicit(rtol = 1e-4, atol = 1e-7); }\n"
            )
        network = (
            f"network chemical {{\n    input x[{inputs}] in [0, 1];\n{layers}"
            f"    layer y = dense({outputs});\n    output y;\n}}\n"
        )
        training = (
            f'dataset seen = npz("{_SEEN}") {{ }}\nweights {{ init = glorot_uniform(seed = {seed}); }}\n{pot}'
            f"train {{ data = seen; {how} decay = {float(self.decay)!r}; epochs = {epochs}; }}\n"
        )
        return network, training

    def _fit(self, X: Matrix, targets: Matrix) -> None:
        """Trains on inputs and on values that the outputs should have."""
        self.lowest_ = X.min(axis=0)
        span = X.max(axis=0) - self.lowest_
        # A column that never changes says nothing.
        self.factor_ = np.divide(1.0, span, out=np.zeros_like(span), where=span > 0)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        network, training = self._texts(X.shape[1], targets.shape[1], seed)
        seen = {_SEEN: {"numbers": {"x": self._scaled(X), "t": np.ascontiguousarray(targets)}, "words": {}}}
        learner = Model(network + training, samples=seen)
        self.training_: Training = learner.train(threads=self.threads, progress=False)
        # What answers is the network alone.
        self.model_: Model = compile(network, weights=self.training_.weights)

    def _scaled(self, X: Matrix) -> Matrix:
        with np.errstate(over="ignore"):
            scaled = (X - self.lowest_) * self.factor_
        if self.clip:
            return np.ascontiguousarray(np.clip(scaled, 0.0, 1.0))
        outside = np.argwhere((scaled < 0) | (scaled > 1))
        if len(outside):
            row, column = (int(at) for at in outside[0])
            raise ValueError(
                f"X[{row}, {column}] is {X[row, column]}, outside the range that was seen in training; "
                "clip=True takes the nearest end of it"
            )
        return np.ascontiguousarray(scaled)

    def _outputs(self, X: ArrayLike) -> Matrix:
        """The outputs of the chemistry at its fixed point, shape (rows, outputs)."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return self.model_.settle(self._scaled(rows), threads=self.threads)


class ChemicalClassifier(ClassifierMixin, _Chemical):  # type: ignore[misc]
    """A classifier that is a reaction network.

    Inputs are scaled to [0, 1] by what was seen in training. Each class has an output; the largest one at the fixed
    point of the chemistry names the class.

    Parameters
    ----------
    hidden : sequence of int
        Widths of the hidden layers.
    construction : {"fixed_point", "one_pot"}
        Whether weights are rate constants, found by gradient descent through the fixed point, or species, which learn
        by reactions; of the latter, the network with the weights that were learned answers.
    activation : str
        Of the hidden layers, in the language.
    epochs : int, optional
        By default 200, or 50 in one pot.
    rate : float, optional
        Learning rate; by default 0.02, or 0.005 for each time unit in one pot.
    batch : int
        Samples for each step; one pot takes them one by one.
    decay : float
        Decay of the weights.
    hold : float
        For how long one pot is shown each sample, in time units.
    clip : bool
        Whether inputs outside the range that was seen in training become the nearest end of it; otherwise they are
        refused.
    random_state : int, RandomState or None
        Seed of initial weights and of the order of samples.
    threads : int or None
        Threads; None for all cores. Results do not depend on it.

    Attributes
    ----------
    classes_ : numpy.ndarray, shape (classes,)
    model_ : nnrc.Model
        The network with its chemistry; its inputs are scaled.
    training_ : nnrc.Training
        How it was trained.
    lowest_, factor_ : numpy.ndarray, shape (inputs,)
        What scales inputs: ``(X - lowest_) * factor_``.
    n_features_in_ : int
    """

    _loss = "cross_entropy"

    def fit(self, X: ArrayLike, y: ArrayLike) -> ChemicalClassifier:
        """Trains.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)
        y : array_like, shape (rows,)

        Returns
        -------
        ChemicalClassifier
            Itself.
        """
        self._check()
        inputs, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has one class, {self.classes_[0]!r}: a classifier tells two or more apart")
        self._fit(inputs, np.eye(len(self.classes_))[numbers])
        return self

    def decision_function(self, X: ArrayLike) -> Matrix:
        """The outputs; of two classes the second less the first, shape (rows,)."""
        outputs = self._outputs(X)
        return outputs[:, 1] - outputs[:, 0] if outputs.shape[1] == 2 else outputs

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class of each row, shape (rows,)."""
        outputs = self._outputs(X)
        return np.asarray(self.classes_[outputs.argmax(axis=1)])

    def predict_proba(self, X: ArrayLike) -> Matrix:
        """The softmax of the outputs, computed outside the chemistry, shape (rows, classes)."""
        outputs = self._outputs(X)
        shares = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))


class ChemicalRegressor(RegressorMixin, _Chemical):  # type: ignore[misc]
    """A regressor that is a reaction network.

    Inputs and targets are scaled to [0, 1] by what was seen in training.

    Parameters
    ----------
    hidden, construction, activation, epochs, rate, batch, decay, hold, clip, random_state, threads
        As of :class:`ChemicalClassifier`.

    Attributes
    ----------
    model_, training_, lowest_, factor_, n_features_in_
        As of :class:`ChemicalClassifier`.
    target_lowest_, target_span_ : numpy.ndarray, shape (targets,)
        What brings outputs back: ``outputs * target_span_ + target_lowest_``.
    """

    _loss = "squared_error"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike) -> ChemicalRegressor:
        """Trains.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)
        y : array_like, shape (rows,) or (rows, targets)

        Returns
        -------
        ChemicalRegressor
            Itself.
        """
        self._check()
        inputs, targets = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        values = np.asarray(targets, dtype=np.float64)
        self._is_flat = values.ndim == 1
        values = values.reshape(len(values), -1)
        self.target_lowest_ = values.min(axis=0)
        self.target_span_ = np.where(np.ptp(values, axis=0) > 0, np.ptp(values, axis=0), 1.0)
        self._fit(inputs, (values - self.target_lowest_) / self.target_span_)
        return self

    def predict(self, X: ArrayLike) -> Matrix:
        """The value of each row, shape (rows,) or (rows, targets)."""
        outputs = self._outputs(X)
        values: Matrix = outputs * self.target_span_ + self.target_lowest_
        return values.ravel() if self._is_flat else values


def expected_failed_checks(estimator: _Chemical) -> dict[str, str]:
    """The checks of scikit-learn that an estimator does not pass, each with its reason; none for ``fixed_point``."""
    if estimator.construction == "one_pot" and isinstance(estimator, ChemicalRegressor):
        return {"check_regressors_train": "a pot comes near the targets after more epochs than a check waits for"}
    return {}
