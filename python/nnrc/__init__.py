"""Compiles neural networks into chemistry, simulates and trains them.

>>> import nnrc
>>> model = nnrc.compile('''
... network xor {
...     input  x[2] in [0, 1];
...     layer  hidden = dense(2) | smooth_relu(h = 1e-4);
...     layer  y      = dense(1) | smooth_relu(h = 1e-4);
...     output y;
... }
... weights {
...     hidden.W = [[1, 1], [1, 1]];  hidden.b = [0, -1];
...     y.W = [[1, -2]];  y.b = [0];
... }
... ''')
>>> model
Model('xor', fixed_point, 2-2-1)
>>> model.settle([[0, 0], [0, 1], [1, 0], [1, 1]]).round(2)
array([[0.02],
       [0.98],
       [0.98],
       [0.01]])
>>> model.check().reactions
13
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _nnrc
from ._errors import (
    ExpectationFailed,
    FileError,
    Finding,
    ModelError,
    NnrcError,
    NnrcWarning,
    NotSettled,
    SolverError,
)
from ._import import from_onnx
from ._model import Model, compile, load
from ._results import Certificate, Deviation, FixedPoint, NoiseStudy, SizeReport, Test, TimeCourse, Training
from ._sweep import Sweep, SweepTable

if TYPE_CHECKING:
    from ._scikit import from_sklearn
    from .keras import from_keras
    from .torch import from_torch

__version__: str = _nnrc.version()

__all__ = [
    "Certificate",
    "Deviation",
    "ExpectationFailed",
    "FileError",
    "Finding",
    "FixedPoint",
    "Model",
    "ModelError",
    "NnrcError",
    "NnrcWarning",
    "NoiseStudy",
    "NotSettled",
    "SizeReport",
    "SolverError",
    "Sweep",
    "SweepTable",
    "Test",
    "TimeCourse",
    "Training",
    "__version__",
    "compile",
    "explain",
    "from_keras",
    "from_onnx",
    "from_sklearn",
    "from_torch",
    "load",
]

# Where functions are that few need: an import costs what is used.
_LATER = {"from_torch": "torch", "from_keras": "keras", "from_sklearn": "_scikit"}


def __getattr__(name: str) -> Any:
    import importlib

    if name in _LATER:
        return getattr(importlib.import_module(f"nnrc.{_LATER[name]}"), name)
    if name in ("torch", "keras", "sklearn", "plot", "lexer"):
        return importlib.import_module(f"nnrc.{name}")
    raise AttributeError(f"module 'nnrc' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def explain(code: str) -> str:
    """What the documentation says about a kind of finding.

    Parameters
    ----------
    code : str
        Such as ``"shape-mismatch"``: the ``code`` of a finding.

    Raises
    ------
    ValueError
        A code that there is not.
    """
    text = _nnrc.explain(code)
    if text is None:
        raise ValueError(f"{code!r} is no code of a finding; `nnrc explain` lists all")
    return text
