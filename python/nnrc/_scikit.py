"""Networks trained in scikit-learn, read from their attributes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._import import Affine, choices, from_layers
from ._model import Model, _label

__all__ = ["from_sklearn"]

# Whose predictions are their coefficients times the inputs, or the sign or the largest of that.
_LINEAR = {
    "ARDRegression", "BayesianRidge", "ElasticNet", "ElasticNetCV", "HuberRegressor", "Lars", "LarsCV", "Lasso",
    "LassoCV", "LassoLars", "LassoLarsCV", "LassoLarsIC", "LinearDiscriminantAnalysis", "LinearRegression", "LinearSVC",
    "LinearSVR", "LogisticRegression", "LogisticRegressionCV", "MultiTaskElasticNet", "MultiTaskElasticNetCV",
    "MultiTaskLasso", "MultiTaskLassoCV", "OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV",
    "PassiveAggressiveClassifier", "PassiveAggressiveRegressor", "Perceptron", "QuantileRegressor", "Ridge",
    "RidgeClassifier", "RidgeClassifierCV", "RidgeCV", "SGDClassifier", "SGDRegressor", "TheilSenRegressor",
}  # fmt: skip
_HIDDEN = {"identity": "identity", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}


def _steps(estimator: Any) -> list[Any]:
    """The estimators of a pipeline, one after another."""
    if hasattr(estimator, "best_estimator_"):
        return _steps(estimator.best_estimator_)
    if hasattr(estimator, "steps"):
        return [own for _, step in estimator.steps for own in _steps(step)]
    return [] if estimator is None or isinstance(estimator, str) and estimator == "passthrough" else [estimator]


def _refuse(step: Any) -> ValueError:
    return ValueError(
        f"{type(step).__name__} is not served: scalers, selections of columns, PCA, linear models and multilayer "
        "perceptrons are; others go through skl2onnx and nnrc.from_onnx where ONNX has them"
    )


def _transform(step: Any, affine: Affine) -> None:
    """A step before the last one."""
    kind = type(step).__name__
    if kind == "StandardScaler":
        factor = 1.0 if step.scale_ is None else 1.0 / np.asarray(step.scale_)
        mean = 0.0 if step.mean_ is None or not step.with_mean else np.asarray(step.mean_)
        affine.scale(factor, -mean * factor)
    elif kind == "MinMaxScaler" and not step.clip:
        affine.scale(step.scale_, step.min_)
    elif kind == "MaxAbsScaler" and not getattr(step, "clip", False):
        affine.scale(1.0 / np.asarray(step.scale_), 0.0)
    elif kind == "RobustScaler":
        factor = 1.0 if step.scale_ is None else 1.0 / np.asarray(step.scale_)
        center = 0.0 if step.center_ is None else np.asarray(step.center_)
        affine.scale(factor, -center * factor)
    elif kind == "PCA":
        matrix = np.asarray(step.components_)
        if step.whiten:
            matrix = matrix / np.sqrt(np.asarray(step.explained_variance_))[:, None]
        affine.apply("pca", matrix, -matrix @ np.asarray(step.mean_))
    elif kind == "FunctionTransformer" and step.func is None:
        return
    elif hasattr(step, "get_support"):
        affine.apply("selected", np.eye(affine.outputs)[np.asarray(step.get_support())], None)
    else:
        raise _refuse(step)


def _perceptron(step: Any, affine: Affine) -> str:
    """A multilayer perceptron; the head."""
    if step.out_activation_ not in ("softmax", "logistic", "identity"):
        raise ValueError(f"{type(step).__name__} ends in {step.out_activation_!r}, which is not served")
    last = len(step.coefs_) - 1
    if step.out_activation_ == "logistic" and step.n_outputs_ > 1:
        raise ValueError(f"{type(step).__name__} has several labels for each row, which is not served")
    for at, (matrix, bias) in enumerate(zip(step.coefs_, step.intercepts_)):
        affine.apply("output" if at == last else f"hidden{at + 1}", np.asarray(matrix).T, bias)
        if at < last:
            affine.end(_HIDDEN[step.activation])
    if step.out_activation_ == "softmax":
        return "softmax"
    return "values" if step.out_activation_ == "identity" else "sigmoid"


def _linear(step: Any, affine: Affine) -> str:
    """A linear model; the head."""
    if str(getattr(getattr(step, "_label_binarizer", None), "y_type_", "")).startswith("multilabel"):
        raise ValueError(f"{type(step).__name__} has several labels for each row, which is not served")
    coefficients = step.coef_.toarray() if hasattr(step.coef_, "toarray") else step.coef_
    matrix = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
    bias = np.broadcast_to(np.asarray(step.intercept_, dtype=np.float64).ravel(), (matrix.shape[0],))
    affine.apply("output", matrix, bias)
    if not hasattr(step, "classes_"):
        return "values"
    # Behind one number is its sign: a sigmoid has the same.
    return "sigmoid" if matrix.shape[0] == 1 else "logits"


def _features(estimator: Any) -> list[str]:
    for step in [estimator, *_steps(estimator)]:
        names = getattr(step, "feature_names_in_", None)
        if names is not None:
            return [str(name) for name in names]
    return []


def from_sklearn(
    estimator: Any,
    X: ArrayLike | None = None,
    t: ArrayLike | None = None,
    *,
    name: str = "net",
    tolerance: float = 0.01,
    activations: str = "cheap",
    range: tuple[float, float] | None = None,
    prune: float = 0.0,
    probabilities: str | None = None,
    finetune: bool | int = False,
    progress: bool | None = None,
) -> Model:
    """A model from a fitted estimator or pipeline of scikit-learn.

    Parameters
    ----------
    estimator : estimator
        A multilayer perceptron or a linear model, or a pipeline that ends in one, behind scalers, selections of columns
        and PCA; or a search with such a best estimator.
    X, t, name, tolerance, activations, range, prune, probabilities, finetune, progress
        As for :func:`nnrc.from_onnx`.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        An estimator that is not fitted or not served; arrays of another shape or dtype.
    """
    steps = _steps(estimator)
    if isinstance(estimator, type) or not steps or not hasattr(estimator, "get_params"):
        raise TypeError(f"expected an estimator of scikit-learn, not {type(estimator).__name__}")
    width = getattr(estimator, "n_features_in_", None) or getattr(steps[0], "n_features_in_", None)
    if width is None:
        raise ValueError(f"{type(estimator).__name__} is not fitted: call fit first")
    affine = Affine(int(width))
    for step in steps[:-1]:
        _transform(step, affine)
    last = steps[-1]
    if hasattr(last, "coefs_"):
        head = _perceptron(last, affine)
    elif type(last).__name__ in _LINEAR:
        if not hasattr(last, "coef_"):
            raise ValueError(f"{type(last).__name__} is not fitted: call fit first")
        head = _linear(last, affine)
    else:
        raise _refuse(last)
    classes = getattr(last, "classes_", None)
    names = [_label(one) for one in classes] if isinstance(classes, np.ndarray) else []
    if t is not None and names and np.asarray(t).ndim == 1:
        # As the text names them.
        t = np.array([_label(one) for one in np.asarray(t)])
    chosen = choices(
        name,
        X=X,
        t=t,
        width=int(width),
        tolerance=tolerance,
        activations=activations,
        range=range,
        prune=prune,
        probabilities=probabilities,
        finetune=finetune,
    )
    model = from_layers(
        type(estimator).__name__,
        int(width),
        affine.finish(),
        head=head,
        producer="scikit-learn",
        features=_features(estimator),
        classes=names,
        chosen=chosen,
        progress=progress,
    )
    if names:
        model._labels = np.array(classes)
    return model
