"""Networks trained in PyTorch. Torch itself is imported only where a module has to be exported."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._errors import ModelError, NnrcError
from ._import import Affine, choices, from_layers, from_onnx
from ._model import Model

__all__ = ["from_torch"]

# Activations without a setting that counts, by the names of their modules.
_ACTIVATIONS = {
    "ReLU": "relu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Softsign": "softsign",
    "SiLU": "silu",
}
# Modules that change nothing of a sample at inference.
_NOTHING = {"Dropout", "Dropout1d", "Dropout2d", "AlphaDropout", "FeatureAlphaDropout", "Identity", "Flatten"}

# Modules that are no more than their children.
_CONTAINERS = {"Sequential", "ModuleList", "ModuleDict"}


def _array(tensor: Any) -> Any:
    """A parameter as float64."""
    return np.asarray(tensor.detach().cpu().numpy(), dtype=np.float64)


def _parts(module: Any, name: str) -> list[tuple[str, Any]] | None:
    """The modules of a sequence, one after another; None where it is something else."""
    if type(module).__name__ != "Sequential":
        return [(name, module)]
    parts: list[tuple[str, Any]] = []
    for own, child in module.named_children():
        inner = _parts(child, f"{name}.{own}" if name else str(own))
        if inner is None:
            return None
        parts += inner
    return parts


def _activation(module: Any, kind: str) -> str | None:
    """The name of an activation; None where the module is none, or one that is not served."""
    if kind in _ACTIVATIONS:
        return _ACTIVATIONS[kind]
    if kind == "LeakyReLU":
        return f"leaky_relu({float(module.negative_slope)!r})"
    if kind == "GELU":
        return "gelu_tanh" if getattr(module, "approximate", "none") == "tanh" else "gelu"
    if kind == "ELU" and float(module.alpha) == 1.0:
        return "elu"
    if kind == "Softplus" and float(module.beta) == 1.0:
        return "softplus"
    return None


def _norm(module: Any, affine: Affine, name: str) -> None:
    """A BatchNorm as it is at inference."""
    if module.running_mean is None:
        raise ValueError(f"{name} (BatchNorm1d) has no running statistics: it would mix the samples of a batch")
    mean, variance = _array(module.running_mean), _array(module.running_var)
    factor = 1.0 / np.sqrt(variance + float(module.eps))
    weight = np.ones_like(mean) if module.weight is None else _array(module.weight)
    bias = np.zeros_like(mean) if module.bias is None else _array(module.bias)
    affine.scale(factor * weight, bias - mean * factor * weight)


def _walk(parts: list[tuple[str, Any]], width: int) -> tuple[Affine, str] | str:
    """The dense layers of a sequence, and the head; or the name of a module that is none of them."""
    affine, head = Affine(width), "values"
    for at, (name, module) in enumerate(parts):
        kind = type(module).__name__
        is_last = all(type(later).__name__ in _NOTHING for _, later in parts[at + 1 :])
        if kind == "Linear":
            bias = getattr(module, "bias", None)
            affine.apply(name, _array(module.weight), None if bias is None else _array(bias))
        elif kind == "BatchNorm1d":
            _norm(module, affine, name)
        elif kind in _NOTHING:
            continue
        elif kind in ("Softmax", "LogSoftmax") and is_last:
            head = "softmax" if kind == "Softmax" else "log_softmax"
        elif kind == "Sigmoid" and is_last:
            head = "sigmoid"
        else:
            activation = _activation(module, kind)
            if activation is None:
                return f"{name} ({kind})"
            affine.end(activation, name)
    return affine, head


def from_torch(
    module: Any,
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
    """A model from a PyTorch module, as it is at inference.

    A ``Sequential`` of ``Linear``, ``BatchNorm1d``, dropout and activations is read as it is. Every other module goes
    through ``torch.onnx.export``, for which X must be given.

    Parameters
    ----------
    module : torch.nn.Module
    X, t, name, tolerance, activations, range, prune, probabilities, finetune, progress
        As for :func:`nnrc.from_onnx`.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        A module that cannot be read without a sample, and is given none; arrays of another shape or dtype.
    ModelError
        Layers that are not served, all of them.
    """
    for needed in ("named_children", "state_dict"):
        if not hasattr(module, needed):
            raise TypeError(f"expected a torch.nn.Module, not {type(module).__name__}")
    settings: dict[str, Any] = {
        "tolerance": tolerance,
        "activations": activations,
        "range": range,
        "prune": prune,
        "probabilities": probabilities,
        "finetune": finetune,
    }
    parts = _parts(module, "") or []
    first = next((part for _, part in parts if type(part).__name__ in ("Linear", "BatchNorm1d")), None)
    found: tuple[Affine, str] | str = f"{type(module).__name__}"
    width = 0
    if first is not None and type(module).__name__ in ("Sequential", "Linear"):
        width = int(first.weight.shape[1]) if type(first).__name__ == "Linear" else int(first.num_features)
        found = _walk(parts, width)
    if isinstance(found, str):
        if X is None:
            raise ValueError(
                f"{found} is not read as it is; give samples X, with which the module is exported to ONNX and imported"
            )
        return _exported(module, X, t, name, progress, settings)
    affine, head = found
    chosen = choices(name, X=X, t=t, width=width, **settings)
    return from_layers(
        type(module).__name__,
        width,
        affine.finish(),
        head=head,
        producer="PyTorch",
        chosen=chosen,
        progress=progress,
    )


def _through_onnx(module: Any, name: str = "") -> list[str]:
    """The modules of PyTorch that only ONNX can say, by name."""
    kind = type(module).__name__
    children = list(module.named_children())
    is_whole = not children or (type(module).__module__.startswith("torch.") and kind not in _CONTAINERS)
    if not is_whole:
        inner = (_through_onnx(child, f"{name}.{own}" if name else str(own)) for own, child in children)
        return [one for found in inner for one in found]
    if kind in _NOTHING or kind in ("Linear", "BatchNorm1d") or _activation(module, kind) is not None:
        return []
    return [f"{name} ({kind})" if name else kind]


def _exported(
    module: Any, X: ArrayLike, t: ArrayLike | None, name: str, progress: bool | None, settings: dict[str, Any]
) -> Model:
    """By way of ONNX. What goes wrong there speaks of ONNX's operators, so the modules behind them are named too."""
    import io

    import torch

    one = torch.as_tensor(np.asarray(X)[:1])
    parameter = next(module.parameters(), None)
    if parameter is not None:
        one = one.to(dtype=parameter.dtype, device=parameter.device)
    behind = ", ".join(_through_onnx(module)) or f"{type(module).__name__}.forward"
    was_training = module.training
    module.eval()
    try:
        file = io.BytesIO()
        # The exporter that needs no further package.
        torch.onnx.export(module, (one,), file, dynamo=False)
    except Exception as error:
        raise ModelError(f"{behind} cannot be exported to ONNX: {error}") from error
    finally:
        module.train(was_training)
    try:
        return from_onnx(file.getvalue(), X, t, name=name, progress=progress, **settings)
    except NnrcError as error:
        raise type(error)(f"through ONNX: {behind}\n{error.text}", error.findings) from None
