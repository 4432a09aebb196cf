"""Networks trained in Keras. Keras itself is imported only where a model has to be exported."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._import import Affine, choices, from_layers, from_onnx
from ._model import Model

__all__ = ["from_keras"]

_ACTIVATIONS = {
    "relu": "relu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "softsign": "softsign",
    "softplus": "softplus",
    "silu": "silu",
    "swish": "silu",
    "gelu": "gelu",
    "elu": "elu",
}
_NOTHING = {"InputLayer", "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "Flatten", "Identity"}


def _named(function: Any) -> str:
    """The name of an activation function."""
    return str(getattr(function, "__name__", function))


def _array(values: Any) -> Any:
    return np.asarray(values, dtype=np.float64)


class _Walk:
    """The layers of a model, one after another."""

    def __init__(self, width: int) -> None:
        self.affine = Affine(width)
        self.head = "values"

    def activate(self, function: Any, name: str, is_last: bool) -> bool:
        """Applies an activation function; whether it is served."""
        own = _named(function)
        if own == "linear":
            return True
        if is_last and own in ("softmax", "log_softmax", "sigmoid"):
            self.head = own
            return True
        if own not in _ACTIVATIONS:
            return False
        self.affine.end(_ACTIVATIONS[own], name)
        return True

    def layer(self, layer: Any, is_last: bool) -> bool:
        """Applies a layer; whether it is served."""
        kind, name = type(layer).__name__, str(layer.name)
        if kind == "Dense":
            weights = layer.get_weights()
            self.affine.apply(name, _array(weights[0]).T, _array(weights[1]) if len(weights) > 1 else None)
            return self.activate(layer.activation, name, is_last)
        if kind == "Activation":
            return self.activate(layer.activation, name, is_last)
        if kind == "ReLU" and not layer.threshold and layer.max_value is None:
            slope = float(np.asarray(layer.negative_slope))
            self.affine.end(f"leaky_relu({slope!r})" if slope else "relu", name)
            return True
        if kind == "LeakyReLU":
            own = getattr(layer, "negative_slope", None)
            own = getattr(layer, "alpha", 0.3) if own is None else own
            self.affine.end(f"leaky_relu({float(np.asarray(own))!r})", name)
            return True
        if kind == "ELU" and float(np.asarray(layer.alpha)) == 1.0:
            self.affine.end("elu", name)
            return True
        if kind == "Softmax" and is_last:
            self.head = "softmax"
            return True
        if kind == "BatchNormalization":
            variance, mean = _array(layer.moving_variance), _array(layer.moving_mean)
            factor = 1.0 / np.sqrt(variance + float(layer.epsilon))
            if layer.gamma is not None:
                factor = factor * _array(layer.gamma)
            beta = 0.0 if layer.beta is None else _array(layer.beta)
            self.affine.scale(factor, beta - mean * factor)
            return True
        if kind == "Normalization":
            mean, variance = _array(layer.mean).ravel(), _array(layer.variance).ravel()
            factor = 1.0 / np.maximum(np.sqrt(variance), 1e-7)
            self.affine.scale(factor, -mean * factor)
            return True
        if kind == "Rescaling":
            self.affine.scale(_array(layer.scale), _array(layer.offset))
            return True
        return kind in _NOTHING


def _is_sequence(model: Any) -> bool:
    """Whether each layer takes what the one before it gives."""
    return type(model).__name__ == "Sequential" or bool(getattr(model, "is_sequence", False))


def from_keras(
    model: Any,
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
    """A model from a Keras model, as it is at inference.

    A ``Sequential`` of ``Dense``, ``BatchNormalization``, ``Normalization``, dropout and activations is read as it is.
    Every other model goes through ``model.export(…, format="onnx")``.

    Parameters
    ----------
    model : keras.Model
    X, t, name, tolerance, activations, range, prune, probabilities, finetune, progress
        As for :func:`nnrc.from_onnx`.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        A model that was never called, so that it has no weights; arrays of another shape or dtype.
    ModelError
        Layers that are not served, all of them.
    """
    if not hasattr(model, "layers") or not hasattr(model, "get_weights"):
        raise TypeError(f"expected a keras.Model, not {type(model).__name__}")
    settings: dict[str, Any] = {
        "tolerance": tolerance,
        "activations": activations,
        "range": range,
        "prune": prune,
        "probabilities": probabilities,
        "finetune": finetune,
    }
    if not model.get_weights():
        raise ValueError("the model has no weights yet: call it on a sample first, or give it an Input layer")
    shape = tuple(model.input_shape)[1:]
    width = int(np.prod(shape, dtype=int))
    if _is_sequence(model):
        walk = _Walk(width)
        layers = list(model.layers)
        for at, layer in enumerate(layers):
            is_last = all(type(later).__name__ in _NOTHING for later in layers[at + 1 :])
            if not walk.layer(layer, is_last):
                break
        else:
            chosen = choices(name, X=X, t=t, width=width, **settings)
            return from_layers(
                type(model).__name__,
                width,
                walk.affine.finish(),
                head=walk.head,
                producer="Keras",
                chosen=chosen,
                progress=progress,
            )
    return _exported(model, X, t, name, progress, settings)


def _exported(
    model: Any, X: ArrayLike | None, t: ArrayLike | None, name: str, progress: bool | None, settings: dict[str, Any]
) -> Model:
    """By way of ONNX."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        model.export(str(file), format="onnx", verbose=False)
        return from_onnx(file.read_bytes(), X, t, name=name, progress=progress, **settings)
