"""Networks that were trained elsewhere: what all imports share, and ONNX."""

from __future__ import annotations

import os
import warnings
from os import PathLike
from typing import Any, NamedTuple, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays, _nnrc
from ._arrays import Matrix
from ._errors import NnrcWarning
from ._model import Model, _count, warn
from ._progress import Progress

__all__ = ["Layer", "from_onnx"]


class Layer(NamedTuple):
    """A dense layer of a source.

    Attributes
    ----------
    name : str
        What it is called there.
    matrix : numpy.ndarray, shape (outputs, inputs)
    bias : numpy.ndarray, shape (outputs,)
    activation : str
        ``"relu"``, ``"leaky_relu(0.1)"``, ``"tanh"``, …; ``"identity"`` for none.
    """

    name: str
    matrix: Matrix
    bias: Matrix
    activation: str


class Affine:
    """Affine maps one after another, taken together until an activation ends them."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.layers: list[Layer] = []
        self._matrix: Matrix | None = None
        self._bias: Matrix = np.zeros(width)
        self._name = ""

    @property
    def outputs(self) -> int:
        """How many numbers there are now."""
        if self._matrix is not None:
            return int(self._matrix.shape[0])
        return int(self.layers[-1].bias.shape[0]) if self.layers else self.width

    def apply(self, name: str, matrix: ArrayLike, bias: ArrayLike | None) -> None:
        """An affine map of [outputs, inputs]; the last one with a matrix of its own names the layer."""
        own = _arrays.numbers(matrix, f"the weights of {name}")
        if own.shape[1] != self.outputs:
            raise ValueError(f"{name} takes {own.shape[1]} values, and gets {self.outputs}")
        shift = np.zeros(own.shape[0]) if bias is None else _arrays.numbers(bias, f"the bias of {name}").ravel()
        before, beginning = self._matrix, self._bias
        self._matrix = own if before is None else own @ before
        self._bias = shift if before is None else own @ beginning + shift
        self._name = name

    def scale(self, factor: ArrayLike, shift: ArrayLike) -> None:
        """``factor * z + shift``, each number by itself."""
        width = self.outputs
        factors = np.broadcast_to(np.asarray(factor, dtype=np.float64), (width,))
        shifts = np.broadcast_to(np.asarray(shift, dtype=np.float64), (width,))
        if self._matrix is None:
            self._matrix, self._bias = np.diag(factors), np.array(shifts)
        else:
            self._matrix, self._bias = factors[:, None] * self._matrix, factors * self._bias + shifts

    def end(self, activation: str, name: str = "") -> None:
        """An activation."""
        if self._matrix is None:
            # Directly behind another one.
            self._matrix, self._bias = np.eye(self.outputs), np.zeros(self.outputs)
        self.layers.append(Layer(self._name or name, self._matrix, self._bias, activation))
        self._matrix, self._name = None, ""

    def finish(self) -> list[Layer]:
        """All layers; what no activation ended is linear."""
        if self._matrix is not None:
            self.end("identity")
        return self.layers


def choices(
    name: str,
    *,
    X: ArrayLike | None,
    t: ArrayLike | None,
    width: int | None,
    tolerance: float,
    activations: str,
    range: tuple[float, float] | None,
    prune: float,
    probabilities: str | None,
    finetune: bool | int,
) -> dict[str, Any]:
    """What every import lets choose, checked."""
    if activations not in ("cheap", "close"):
        raise ValueError(f"activations={activations!r}: expected 'cheap' or 'close'")
    if probabilities not in (None, "rational"):
        raise ValueError(f"probabilities={probabilities!r}: expected None or 'rational'")
    if not 1e-8 <= tolerance <= 1:
        raise ValueError(f"tolerance={tolerance!r}: expected a number from 1e-8 to 1")
    if not 0 <= prune < float("inf"):
        raise ValueError(f"prune={prune!r}: expected a magnitude from 0")
    ends = None
    if range is not None:
        low, high = (float(end) for end in range)
        if not -float("inf") < low < high < float("inf"):
            raise ValueError(f"range={range!r}: expected two numbers, the smaller one first")
        ends = (low, high)
    held: dict[str, Any] = {"numbers": {}, "words": {}}
    if X is not None:
        columns = np.asarray(X)
        known = width if width is not None else int(np.prod(columns.shape[1:], dtype=int)) if columns.ndim > 1 else 1
        held = _arrays.samples(X, known, t)
    elif t is not None:
        raise ValueError("X is missing: t gives targets of its rows")
    epochs = None if finetune is False else 200 if finetune is True else _count(finetune, "finetune")
    return {
        "name": name,
        "tolerance": float(tolerance),
        "close": activations == "close",
        "range": ends,
        "prune": float(prune),
        "rational": probabilities == "rational",
        "finetune": epochs,
        **held,
    }


def finished(found: tuple[_nnrc.Model, str, tuple[str, str] | None, str | None], chosen: dict[str, Any]) -> Model:
    """The model of an import; what is to be said of it are warnings."""
    core, said, deviation, finetuned = found
    text, weights = core.text(), core.weights()
    samples: dict[str, Any] = {}
    if "x" in chosen["numbers"]:
        samples["samples.npz"] = {"numbers": chosen["numbers"], "words": chosen["words"]}
    model = Model(text, name=f"{chosen['name']}.nnr", weights=weights, samples=samples)
    model._origin = core
    model._core = model._core.imported_as(core)
    warn(said, level=4)
    if finetuned is not None:
        import json

        done = json.loads(finetuned)
        if not done["is_reached"]:
            words = f"after {done['epochs']} epochs of fine-tuning the {done['metric']} is {done['after']:.4g}"
            warnings.warn(NnrcWarning(f"{words}, and {done['goal']:.4g} in the source"), stacklevel=3)
    return model


def from_layers(
    source: str,
    width: int,
    layers: Sequence[Layer],
    *,
    head: str,
    producer: str,
    features: Sequence[str] = (),
    classes: Sequence[str] = (),
    chosen: dict[str, Any],
    progress: bool | None,
) -> Model:
    """Dense layers one after another, finished by the importer."""
    if not layers:
        raise ValueError(f"{source} has no layer with weights")
    about = (head, [str(name) for name in features], [str(name) for name in classes], producer)
    with Progress(progress, "fine-tuning") as bar:
        given = [
            (layer.name, np.ascontiguousarray(layer.matrix), np.ascontiguousarray(layer.bias), layer.activation)
            for layer in layers
        ]
        found = _nnrc.from_layers(source, width, given, about, chosen, bar.listener)
    return finished(found, chosen)


def from_onnx(
    source: Union[str, "PathLike[str]", bytes],
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
    """A model from an ONNX file, as ``nnrc import`` makes it.

    Parameters
    ----------
    source : path or bytes
        The file, or what stands in it.
    X : array_like, shape (rows, inputs), optional
        Samples, which say the range of the inputs and how far the chemistry is from the source.
    t : array_like, optional
        Their targets: values, numbers of classes from 0, or names of classes.
    name : str
        What the network is called.
    tolerance : float
        By how much a rectifier may be off.
    activations : {"cheap", "close"}
        What stands in for sigmoids and tanh: one unit, or two that come nearer.
    range : (float, float), optional
        The range of the inputs; by default that of X, else [0, 1] with a warning.
    prune : float
        Weights of smaller magnitude become 0.
    probabilities : {None, "rational"}
        Whether a softmax at the end becomes a rational one; by default it is left out, which names the same class.
    finetune : bool or int
        Whether to train through the chemistry's own functions until it is as good as the source, and for how many
        epochs at most.
    progress : bool, optional
        Whether to draw a bar while that goes on.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        Arrays of another shape or dtype, or a choice that there is not.
    FileError
        A file that cannot be read, or is damaged.
    ModelError
        Nodes that are not served, all of them.
    """
    chosen = choices(
        name,
        X=X,
        t=t,
        width=None,
        tolerance=tolerance,
        activations=activations,
        range=range,
        prune=prune,
        probabilities=probabilities,
        finetune=finetune,
    )
    content = bytes(source) if isinstance(source, (bytes, bytearray)) else None
    path = None if isinstance(source, (bytes, bytearray)) else os.fspath(source)
    with Progress(progress, "fine-tuning") as bar:
        found = _nnrc.from_onnx(path, content, chosen, bar.listener)
    return finished(found, chosen)
