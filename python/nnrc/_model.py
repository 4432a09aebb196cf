"""A network that is compiled into chemistry."""

from __future__ import annotations

import html
import json
import os
import re
import warnings
from os import PathLike
from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _arrays, _nnrc
from ._arrays import Matrix
from ._errors import ModelError, NnrcWarning, findings_of
from ._progress import Callback, Progress
from ._results import Certificate, Deviation, FixedPoint, NoiseStudy, SizeReport, Test, TimeCourse, Training

__all__ = ["Model", "compile", "load"]

# A path, as everywhere in Python.
FilePath = Union[str, "PathLike[str]"]
# The value of a setting: a number, a truth value, several of them, or an expression of the language.
Setting = Union[str, int, float, bool, Sequence[float], Mapping[str, float]]

# The largest number that counts something, and more threads than any machine has.
_LARGEST = 2**53
_MOST_THREADS = 4096

# Names of what samples of the caller are called in a text.
_SAMPLES = "python_samples.npz"
_DATA = "python_samples"


def _expression(value: Setting) -> str:
    """A value as the language writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, (float, np.floating)) and not np.isfinite(value):
        raise ValueError(f"a setting is {float(value)}, expected a finite number")
    if value is None or not isinstance(value, (bool, np.bool_, int, float, np.integer, np.floating, Iterable)):
        raise TypeError(f"a setting is {value!r}, expected a number, a truth value, several of them, or a text")
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return repr(float(value)) if isinstance(value, (float, np.floating)) else str(int(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_expression(one)}" for key, one in value.items()) + " }"
    return "[" + ", ".join(_expression(one) for one in value) + "]"


def _threads(threads: int | None) -> int:
    if threads is None:
        cores = getattr(os, "sched_getaffinity", None)
        return len(cores(0)) if cores is not None else os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)) or not 1 <= threads <= _MOST_THREADS:
        raise ValueError(f"threads={threads!r}: expected a whole number from 1 to {_MOST_THREADS}, or None for all cores")
    return int(threads)


def _count(value: int, name: str, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= _LARGEST:
        raise ValueError(f"{name}={value!r}: expected a whole number from {least} to 2**53")
    return int(value)


def _require_mapping(what: str, given: Any) -> None:
    """Refuses what is no mapping of texts."""
    if not isinstance(given, Mapping):
        raise TypeError(f"{what} is {type(given).__name__}, expected a mapping by keys")
    for key in given:
        if not isinstance(key, str):
            raise TypeError(f"{what} has the key {key!r}, expected a text such as 'hidden.W' or 'train.epochs'")


def _copied(samples: Mapping[str, Any]) -> dict[str, Any]:
    """Samples of one's own: what is done to those of the caller changes no model."""
    return {
        file: {
            "numbers": {name: np.array(array) for name, array in held["numbers"].items()},
            "words": {name: list(words) for name, words in held["words"].items()},
        }
        for file, held in samples.items()
    }


def _label(label: Any) -> str:
    """A class as a text names it: 3 of 3.0 as well."""
    if isinstance(label, (bool, np.bool_)):
        return str(bool(label))
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    return label.decode() if isinstance(label, bytes) else str(label)


def warn(found: str, level: int = 3) -> None:
    """Issues findings in their JSON form as Python warnings."""
    for finding in findings_of(found):
        if finding.severity == "warning":
            place = f" (line {finding.line} of {finding.file})" if finding.line is not None else ""
            text = "\n".join([f"{finding.code}: {finding.message}{place}", *finding.help.splitlines()])
            warnings.warn(NnrcWarning(text, finding), stacklevel=level)


class Model:
    """A network with its chemistry: made by :func:`nnrc.load`, :func:`nnrc.compile` or an import.

    Samples are rows. Numbers go in and come out as float64.

    Attributes
    ----------
    name : str
        The name of the network.
    text : str
        The text of the model.
    construction : str
        ``"fixed_point"``, ``"one_pot"`` or ``"phased"``.
    """

    def __init__(
        self,
        text: str,
        *,
        name: str = "model.nnr",
        folder: FilePath = ".",
        settings: Mapping[str, Setting] | None = None,
        seed: int | None = None,
        weights: Mapping[str, ArrayLike] | None = None,
        weight_file: FilePath | None = None,
        samples: Mapping[str, Any] | None = None,
        path: FilePath | None = None,
    ) -> None:
        _require_mapping("settings", settings or {})
        _require_mapping("weights", weights or {})
        self.text = text
        # What it was before samples of the caller became a part of it.
        self._plain = text
        self._source = name
        # Where the files of the text are does not depend on where the program goes.
        self._folder = os.path.abspath(folder)
        self._settings = {key: _expression(value) for key, value in (settings or {}).items()}
        self._seed = None if seed is None else _count(seed, "seed", least=0)
        self._weights = None if weights is None else {
            key: np.array(np.atleast_1d(_arrays.numbers(value, f"weights[{key!r}]"))) for key, value in weights.items()
        }
        self._weight_file = None if weight_file is None else os.path.abspath(weight_file)
        self._samples = _copied(samples or {})
        self._path = None if path is None else os.path.abspath(path)
        self._build()

    def _build(self) -> None:
        self._core = self._made()
        self._facts: dict[str, Any] = json.loads(self._core.facts())
        self.name: str = self._facts["name"]
        self.construction: str = self._facts["construction"]
        if self._weights is not None:
            known = self._core.weights()
            for key in self._weights:
                if key not in known and not key.startswith(("nnrc.", "training.")):
                    raise ModelError(f"weights has {key!r}, which is of no layer; there are {', '.join(known)}")

    def _made(
        self,
        settings: Mapping[str, str] | None = None,
        text: str | None = None,
        samples: Mapping[str, Any] | None = None,
    ) -> _nnrc.Model:
        """The same with other settings, another text and more samples."""
        all_samples = {**self._samples, **(samples or {})}
        return _nnrc.Model(
            self.text if text is None else text,
            self._source,
            self._folder,
            list({**self._settings, **(settings or {})}.items()),
            self._seed,
            self._weights,
            None if self._weights is not None else self._weight_file,
            {file: (held["numbers"], held["words"]) for file, held in all_samples.items()},
            self._path,
        )

    # Shared by whatever is sent to another process: everything but the compiled form, which is made there.
    def __getstate__(self) -> dict[str, Any]:
        state = {key: value for key, value in self.__dict__.items() if key != "_core"}
        state["_origin"] = None
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._core = self._made()

    # What a model was imported from; only imports have one.
    _origin: _nnrc.Model | None = None
    # The values that classes had where they come from, in the order of the classes; None: what the text calls them.
    _labels: NDArray[Any] | None = None

    def __repr__(self) -> str:
        sizes = "-".join(str(node["width"]) for node in self._facts["nodes"])
        return f"Model({self.name!r}, {self.construction}, {sizes})"

    def _repr_html_(self) -> str:
        sizes = self._core.size()[1]
        reactions = [line for line in self.reactions().splitlines() if not line.startswith("#")]
        shown = "\n".join(reactions[:12])
        more = f"\n… and {len(reactions) - 12} more" if len(reactions) > 12 else ""
        return f"<pre>{html.escape(sizes)}\n{html.escape(shown)}{more}</pre>"

    @property
    def inputs(self) -> int:
        """Number of input values."""
        return int(self._facts["inputs"])

    @property
    def outputs(self) -> int:
        """Number of output values."""
        return int(self._facts["outputs"])

    @property
    def output(self) -> str:
        """The name of the output's node, under which time courses and fixed points have it."""
        return str(self._facts["output"])

    @property
    def widths(self) -> dict[str, int]:
        """The inputs and layers by name, each with its number of values."""
        return {str(node["name"]): int(node["width"]) for node in self._facts["nodes"]}

    @property
    def input_names(self) -> list[str]:
        """Names of the input values, one for each; empty where nothing names them."""
        return list(self._facts["input_names"])

    @property
    def output_names(self) -> list[str]:
        """Names of the output values; empty where nothing names them."""
        return list(self._facts["output_names"])

    @property
    def classes(self) -> NDArray[Any]:
        """The classes that outputs name, as :meth:`predict` gives them; empty where outputs are values."""
        names = self._facts["classes"]
        if self._labels is not None and len(self._labels) == len(names):
            return self._labels.copy()
        if not self._facts["named"]:
            return np.arange(len(names))
        numbers = [int(name) for name in names if name.isdecimal() and str(int(name)) == name]
        return np.array(numbers if len(numbers) == len(names) else names)

    @property
    def ranges(self) -> Matrix:
        """The range of each input, shape (inputs, 2)."""
        return np.array(self._facts["ranges"], dtype=np.float64).reshape(-1, 2)

    @property
    def weights(self) -> dict[str, Matrix]:
        """All weights by key: ``hidden.W`` of shape (outputs, inputs), ``hidden.b``. A copy."""
        return self._core.weights()

    @property
    def crn(self) -> str:
        """The chemistry family by family, as ``nnrc emit crn`` prints it."""
        return self._core.crn()

    def reactions(self) -> str:
        """The reactions one by one, as ``nnrc compile --target crn`` writes them."""
        return self._core.reactions()

    def with_settings(self, settings: Mapping[str, Setting], *, seed: int | None = None) -> Model:
        """The same model with other settings.

        Parameters
        ----------
        settings : mapping of str to setting
            By key, such as ``{"chemistry.max_order": 3}``; a string is an expression of the language.
        seed : int, optional
            The seed of the initial weights.

        Raises
        ------
        ModelError
            A key that there is not, or a value that it cannot have.
        """
        _require_mapping("settings", settings)
        return self._derived(settings={**self._settings, **settings}, seed=self._seed if seed is None else seed)

    def with_weights(self, weights: Mapping[str, ArrayLike]) -> Model:
        """The same model with other weights; those that are not named stay.

        Parameters
        ----------
        weights : mapping of str to array_like
            By key: ``hidden.W`` of shape (outputs, inputs), ``hidden.b`` of shape (outputs,).

        Raises
        ------
        ModelError
            A key of no layer, a shape that does not fit, or weights with which an activation is not defined.
        """
        _require_mapping("weights", weights)
        return self._derived(weights={**self.weights, **weights})

    def _derived(self, **changes: Any) -> Model:
        arguments: dict[str, Any] = {
            "name": self._source,
            "folder": self._folder,
            "settings": self._settings,
            "seed": self._seed,
            "weights": self._weights,
            "weight_file": self._weight_file,
            "samples": self._samples,
            "path": self._path,
            **changes,
        }
        model = Model(self.text, **arguments)
        model._plain, model._labels = self._plain, self._labels
        if self._origin is not None:
            model._origin = self._origin
            model._core = model._core.imported_as(self._origin)
        return model

    def check(self) -> SizeReport:
        """What the chemistry costs; what may surprise is a warning.

        Returns
        -------
        SizeReport
            Species, reactions, rate constants, the size of the SBML, and how long to run it.
        """
        values, text, found = self._core.size()
        warn(self._core.findings())
        warn(found)
        return SizeReport(json.loads(values), text)

    def settle(self, X: ArrayLike, *, raw: bool = False, threads: int | None = None) -> Matrix:
        """The outputs at the fixed point of the chemistry, for each row from the initial state.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)
            Values of the inputs. Float64 in C order is not copied.
        raw : bool
            Whether X holds measurements, which the data set of the text says how to scale.
        threads : int, optional
            All cores if not given. The result does not depend on it.

        Returns
        -------
        numpy.ndarray, shape (rows, outputs)
            In the units of the network.

        Raises
        ------
        ValueError
            Another shape; a dtype that holds no real numbers; NaN; no rows.
        ModelError
            A value outside the range of its input.
        NotSettled
            A row for which the chemistry does not come to rest.
        """
        _arrays.require_order(X, self.input_names)
        rows = _arrays.rows(X, self.inputs, columns=self.input_names)
        return self._core.settle(rows, raw, _threads(threads))

    def predict(self, X: ArrayLike, *, raw: bool | None = None, threads: int | None = None) -> NDArray[Any]:
        """What the outputs at the fixed point say.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)
            Measurements where the text says how to scale them, else values of the inputs.
        raw : bool, optional
            Whether X holds measurements; by default where the text has a scale.
        threads : int, optional
            All cores if not given.

        Returns
        -------
        numpy.ndarray, shape (rows,) or (rows, outputs)
            Classes: by name where they have names, as numbers where names are numbers, else by number from 0. Or values
            in the units of the data; of one output, shape (rows,).

        Raises
        ------
        ValueError, ModelError, NotSettled
            As :meth:`settle`.
        """
        is_raw = self._facts["is_scaled"] if raw is None else raw
        return self._read(self.settle(X, raw=is_raw, threads=threads))

    def _read(self, outputs: Matrix) -> NDArray[Any]:
        found = self._core.read_outputs(outputs)
        if self._facts["kind"] == "values":
            return found[:, 0] if found.shape[1] == 1 else found
        return np.asarray(self.classes[found[:, 0].astype(np.intp)])

    def fixed_point(self, x: ArrayLike | None = None, *, raw: bool = False) -> FixedPoint:
        """The whole chemistry at rest, for one input.

        Parameters
        ----------
        x : array_like, shape (inputs,), optional
            Values of the inputs; those of the text if not given.
        raw : bool
            Whether x holds measurements.

        Raises
        ------
        ValueError, ModelError, NotSettled
            As :meth:`settle`.
        """
        return FixedPoint(json.loads(self._core.fixed_point(self._row(x), raw)))

    def _require_no_input(self, x: ArrayLike | None) -> None:
        """Refuses values of inputs for a pot that is shown samples instead."""
        if x is not None and self._facts["learns_in_pot"]:
            raise ValueError(
                "x: this pot learns, and is shown the samples of its train block; settle, predict and fixed_point look at "
                "its network alone"
            )

    def _row(self, x: ArrayLike | None) -> list[float] | None:
        return None if x is None else _arrays.row(x, self.inputs)

    def simulate(
        self, x: ArrayLike | None = None, *, until: float | None = None, points: int = 201, every: float | None = None
    ) -> TimeCourse:
        """The time course that the text describes, of a network that computes or learns.

        Parameters
        ----------
        x : array_like, shape (inputs,), optional
            Values of the inputs; those of the text if not given.
        until : float, optional
            The end, in time units; by default that of the text, else when all has settled.
        points : int
            Number of times, where the text says nothing.
        every : float, optional
            The time between two rows instead.

        Returns
        -------
        TimeCourse

        Raises
        ------
        ModelError
            Values outside their ranges; more rows than fit into memory.
        SolverError
            A course that cannot be followed; ``NotSettled`` where it has no end.
        """
        self._require_no_input(x)
        said: dict[str, Setting] = {}
        if until is not None:
            said["simulate.until"] = float(until)
        if every is not None:
            said["simulate.every"] = float(every)
        core = self._made({key: _expression(value) for key, value in said.items()}) if said else self._core
        time, values, columns, svg = core.simulate(self._row(x), _count(points, "points", least=2), None)
        return TimeCourse(core, time, values, json.loads(columns), svg)

    def _with_samples(self, X: ArrayLike, t: ArrayLike | None) -> tuple[str, str, dict[str, Any]]:
        """The text with samples of the caller, the name of their data set, and they by the name of their file."""
        _arrays.require_order(X, self.input_names)
        held = _arrays.samples(X, self.inputs, self._named(t), self.input_names)
        target = ' target = onehot("t"); ' if "t" in held["words"] else " "
        name = _DATA
        while re.search(rf"\b{name}\b", self._plain):
            name += "_"
        return f'{self._plain}\ndataset {name} = npz("{_SAMPLES}") {{{target}}}\n', name, {_SAMPLES: held}

    def _named(self, t: ArrayLike | None) -> Any:
        """Targets, as names of classes where they are values that classes have."""
        if t is None or not self._facts["named"]:
            return t
        given = np.asarray(t)
        if given.ndim != 1 or given.dtype.kind not in "fiub":
            return t
        names = {_label(label): name for label, name in zip(self.classes, self._facts["classes"])}
        words = [_label(label) for label in given]
        return np.array([names[word] for word in words]) if words and set(words) <= set(names) else t

    def train(
        self,
        X: ArrayLike | None = None,
        t: ArrayLike | None = None,
        *,
        epochs: int | None = None,
        rate: float | None = None,
        batch: int | None = None,
        loss: str | None = None,
        seed: int | None = None,
        settings: Mapping[str, Setting] | None = None,
        threads: int | None = None,
        progress: bool | None = None,
        callback: Callback | None = None,
    ) -> Training:
        """Trains the network through its chemistry; the model has the new weights then.

        Parameters
        ----------
        X : array_like, shape (rows, inputs), optional
            Values of the inputs; by default the data of the text's ``train`` block.
        t : array_like, shape (rows,) or (rows, outputs), optional
            Values of the outputs, numbers of classes from 0, or names of classes.
        epochs, batch : int, optional
            Instead of those of the text.
        rate : float, optional
            Learning rate of the rule of the text, or of Adam where it has none.
        loss : str, optional
            ``"squared_error"`` or ``"cross_entropy"``.
        seed : int, optional
            Of the order of the samples: ``feed = shuffle(seed)``. That of initial weights belongs to the model.
        settings : mapping, optional
            Any other keys, such as ``{"train.decay": 1e-4}``.
        threads : int, optional
            All cores if not given. The result does not depend on it.
        progress : bool, optional
            Whether to draw a bar; by default where tqdm is installed and somebody looks.
        callback : callable, optional
            Called with ``("epoch", number, of, loss, metric, value)``; what it raises ends the training.

        Returns
        -------
        Training
            Weights, metrics, and a history of the epochs.

        Raises
        ------
        ValueError
            Arrays of another shape or dtype.
        ModelError
            A text that does not say how to train, or on what.
        SolverError
            A training that diverges; the model keeps its weights.
        """
        said: dict[str, Setting] = {}
        text, samples = None, None
        if X is not None:
            if t is None:
                raise ValueError("t is missing: training needs targets, one for each row of X")
            text, said["train.data"], samples = self._with_samples(X, t)
        elif t is not None:
            raise ValueError("X is missing: t gives targets of its rows")
        if rate is not None:
            # What is no number is refused before it is a part of a rule.
            _expression(float(rate))
        if X is not None and not self._facts["trains"]:
            said["train.rule"] = self._rule(0.01 if rate is None else float(rate), None)
        elif rate is not None:
            # Of the rule of the text, which is known together with its data.
            known = self._made({key: _expression(value) for key, value in said.items()}, text, samples)
            said["train.rule"] = self._rule(float(rate), json.loads(known.facts())["momentum"])
        if epochs is not None or (X is not None and not self._facts["trains"]):
            said["train.epochs"] = 100 if epochs is None else _count(epochs, "epochs")
        if batch is not None:
            said["train.batch"] = _count(batch, "batch")
        if loss is not None:
            said["train.loss"] = loss
        if seed is not None and self.construction != "fixed_point":
            raise ValueError("seed: a pot that learns has it in its feed, with how long samples are shown; give that: "
                             "settings={'train.feed': 'shuffle(hold = 10, seed = 1)'}")
        if seed is not None:
            said["train.feed"] = f"shuffle(seed = {_count(seed, 'seed', least=0)})"
        expressions = {key: _expression(value) for key, value in {**said, **(settings or {})}.items()}
        core = self._made(expressions, text, samples)
        with Progress(progress, f"training {self.name}", callback) as bar:
            weights, summary, header, rows = core.train(_threads(threads), bar.listener)
        trained = Training(weights, json.loads(summary), header, rows)
        self._weights = {key: value.copy() for key, value in trained.weights.items()}
        if text is not None and samples is not None and json.loads(self._made(text=self._plain).facts())["kind"] == "values":
            # What the outputs name is known from these samples alone.
            self.text, self._samples = text, {**self._samples, **_copied(samples)}
            self._labels = None
        self._build()
        if self._labels is None and t is not None:
            self._labels = self._labels_of(t)
        if self._origin is not None:
            self._core = self._core.imported_as(self._origin)
        return trained

    def _labels_of(self, t: ArrayLike) -> NDArray[Any] | None:
        """The values of targets that classes are named after, in the order of the classes."""
        given = np.asarray(t)
        if given.ndim != 1 or not self._facts["named"]:
            return None
        values = {_label(label): label for label in np.unique(given)}
        names = self._facts["classes"]
        return np.array([values[name] for name in names]) if set(names) <= set(values) else None

    def _rule(self, rate: float, momentum: float | None) -> str:
        """The rule with this rate; ``momentum`` is that of plain gradient descent."""
        if self.construction == "fixed_point":
            if momentum is not None:
                return f"gradient(sgd(rate = {rate!r}, momentum = {momentum!r}))"
            return f"gradient(adam(rate = {rate!r}))"
        return f"gradient_flow(rate = {rate!r})" if self.construction == "one_pot" else f"sgd(rate = {rate!r})"

    def noise(
        self,
        X: ArrayLike | None = None,
        t: ArrayLike | None = None,
        *,
        rates: Setting | None = None,
        concentrations: str | None = None,
        replicates: int | None = None,
        seed: int | None = None,
        times: float | Sequence[float] | None = None,
        threads: int | None = None,
        progress: bool | None = None,
        callback: Callback | None = None,
    ) -> NoiseStudy:
        """How well the network computes where rate constants and concentrations are not what they should be.

        Parameters
        ----------
        X, t : array_like, optional
            Samples to judge by; by default those of the text.
        rates : float, sequence of float, or str, optional
            Sizes of noise in the rate constants, relative, or an expression such as ``"relative(0.1, redraw = ou(tau = 5))"``; by default
            what the ``noise`` block of the text says.
        concentrations : str, optional
            Such as ``"relative(0.05, every = 1)"`` or ``"ssa(volume = [30, 100])"``.
        replicates : int, optional
            Draws of each noise.
        seed : int, optional
            Seed of all draws.
        times : float or sequence of float, optional
            Times at which outputs are read, in time units; by default when the network has settled.
        threads, progress, callback
            As for :meth:`train`; the callback gets ``("progress", done, of)``.

        Returns
        -------
        NoiseStudy

        Raises
        ------
        ValueError
            Arrays of another shape or dtype.
        ModelError
            Nothing to disturb, or nothing to judge by.
        SolverError
            A network that does not compute without noise.
        """
        said: dict[str, Setting] = {}
        text, samples = None, None
        if X is not None:
            if t is None:
                raise ValueError("t is missing: what is judged needs targets, one for each row of X")
            text, said["noise.data"], samples = self._with_samples(X, t)
        elif t is not None:
            raise ValueError("X is missing: t gives targets of its rows")
        if rates is not None:
            said["noise.rates"] = rates if isinstance(rates, str) else f"relative({_expression(rates)})"
        if concentrations is not None:
            said["noise.concentrations"] = concentrations
        if replicates is not None:
            said["noise.replicates"] = _count(replicates, "replicates")
        if seed is not None:
            said["noise.seed"] = _count(seed, "seed", least=0)
        if times is not None:
            said["noise.times"] = [float(time) for time in np.atleast_1d(times)]
        core = self._made({key: _expression(value) for key, value in said.items()}, text, samples)
        with Progress(progress, f"noise on {self.name}", callback) as bar:
            rows, csv, words, svg = core.noise(_threads(threads), bar.listener)
        return NoiseStudy(json.loads(rows), csv, words, svg)

    def certificate(self, x: ArrayLike | None = None) -> Certificate:
        """What is proven: a unique fixed point, the rate of approach, the time to settle.

        Parameters
        ----------
        x : array_like, shape (inputs,), optional
            For these inputs alone; by default for all in their ranges.
        """
        values, text = self._core.certificate(self._row(x))
        return Certificate(json.loads(values), text)

    def test(self) -> list[Test]:
        """The expectations of the text, judged on the chemistry, with the weights that the model has.

        ``nnrc test`` trains first what its text trains; here that is :meth:`train`, and without it an
        :class:`NnrcWarning` says that the weights are those at the beginning.
        """
        if self._facts["trains"] and self._weights is None and self._weight_file is None:
            text = "expectations are judged on the weights at the beginning; call train() first, as `nnrc test` does"
            warnings.warn(NnrcWarning(text), stacklevel=2)
        return [Test(one["expectation"], one["ok"], one["found"]) for one in json.loads(self._core.test())]

    def deviation(self, X: ArrayLike, t: ArrayLike | None = None) -> Deviation:
        """How far the chemistry is from the network that the model was imported from.

        Parameters
        ----------
        X : array_like, shape (rows, inputs)
            Values of the inputs.
        t : array_like, optional
            Targets, for the accuracy of both.

        Raises
        ------
        ModelError
            A model that was not imported.
        """
        if self._origin is None:
            raise ModelError(
                "the model was not imported, or is a copy that was sent or stored, which does not keep its source: "
                "there is nothing to compare it with"
            )
        text, name, samples = self._with_samples(X, t)
        found = self._made(None, text, samples).imported_as(self._origin).deviation(name)
        assert found is not None
        return Deviation(json.loads(found[0]), found[1])

    def to_sbml(
        self,
        path: FilePath | None = None,
        *,
        x: ArrayLike | None = None,
        level: str = "l3v1",
        provenance: bool = True,
        inputs: str = "species",
        feed: bool = True,
        observables: bool = False,
    ) -> str:
        """The chemistry as SBML, the bytes that ``nnrc compile`` writes.

        Parameters
        ----------
        path : path, optional
            A file to write, whole or not at all.
        x : array_like, shape (inputs,), optional
            Values that the inputs hold; those of the text if not given.
        level : {"l3v1", "l3v2", "l2v4"}
            Level and version of SBML.
        provenance : bool
            Whether notes and annotations tell where it comes from and how long to run it.
        inputs : {"species", "boundary"}
            Whether inputs are species that stay the same, or boundary species.
        feed : bool
            Whether samples that a pot is presented are events.
        observables : bool
            Whether values on two rails are assignment rules as well.

        Returns
        -------
        str
            The document.
        """
        self._require_no_input(x)
        text, said = self._core.sbml(self._row(x), level, provenance, inputs, feed, observables)
        warn(said)
        if path is not None:
            self._core.write(os.fspath(path), text)
        return text

    def to_rust(self, path: FilePath | None = None) -> dict[str, str]:
        """A crate that simulates the network, and trains it where the text says how.

        Parameters
        ----------
        path : path, optional
            A folder to write.

        Returns
        -------
        dict of str to str
            Texts by their paths in the crate.
        """
        files = self._core.crate_files()
        if path is not None:
            self._core.write_crate(os.fspath(path))
        return files

    def to_crn(self, path: FilePath | None = None) -> str:
        """The reactions one by one, and into a file where a path is given."""
        text = self.reactions()
        if path is not None:
            self._core.write(os.fspath(path), text)
        return text

    def to_antimony(self, path: FilePath | None = None, *, x: ArrayLike | None = None) -> str:
        """The model of :meth:`to_sbml` as Antimony, the text that Tellurium reads.

        Parameters
        ----------
        path : path, optional
            A file to write, whole or not at all.
        x : array_like, shape (inputs,), optional
            Values that the inputs hold; those of the text if not given.
        """
        return self._exported("antimony", path, x)

    def to_catalyst(self, path: FilePath | None = None, *, x: ArrayLike | None = None) -> str:
        """A reaction system for Catalyst.jl, as Julia text.

        Parameters
        ----------
        path, x
            As for :meth:`to_antimony`.

        Raises
        ------
        ModelError
            More than 2,000 reactions, or values that are set while the pot runs.
        """
        return self._exported("catalyst", path, x)

    def to_latex(self, path: FilePath | None = None) -> str:
        """A LaTeX document with a row for each family of reactions; written to a file where a path is given."""
        return self._exported("latex", path, None)

    def to_dot(self, path: FilePath | None = None) -> str:
        """The network as a graph of Graphviz; written to a file where a path is given."""
        return self._exported("dot", path, None)

    def _exported(self, form: str, path: FilePath | None, x: ArrayLike | None) -> str:
        self._require_no_input(x)
        text = self._core.export(form, self._row(x))
        if path is not None:
            self._core.write(os.fspath(path), text)
        return text

    def save_weights(self, path: FilePath) -> None:
        """Writes the weights to a ``.npz`` or ``.safetensors`` file, with what inputs and outputs mean."""
        ending = Path(path).suffix.lower()
        if ending not in (".npz", ".safetensors"):
            raise ValueError(f"{os.fspath(path)!r}: expected a name that ends in .npz or .safetensors")
        self._core.write_weights(os.fspath(path), ending == ".safetensors")

    def save(self, path: FilePath) -> None:
        """Writes the text, with its weights beside it where they are not in files already.

        Parameters
        ----------
        path : path
            A name that ends in ``.nnr``. Weights stand in ``.safetensors`` beside it, samples in ``.samples.npz``.

        Raises
        ------
        ValueError
            Another ending, or settings, which are not in the text and would be lost.
        FileError
            A place that cannot be written, that the model reads, or from which the files of the text are not found.
        """
        from ._save import save

        save(self, Path(path))


def load(
    path: FilePath,
    *,
    weights: FilePath | Mapping[str, ArrayLike] | None = None,
    settings: Mapping[str, Setting] | None = None,
    seed: int | None = None,
) -> Model:
    """A model from a ``.nnr`` file.

    Parameters
    ----------
    path : path
        The file; what it names is beside it.
    weights : path or mapping of str to array_like, optional
        Instead of those of the file.
    settings : mapping of str to setting, optional
        Such as ``{"chemistry.max_order": 3}``.
    seed : int, optional
        The seed of initial weights.

    Returns
    -------
    Model

    Raises
    ------
    FileError
        A file that cannot be read.
    ModelError
        All errors of the text.
    """
    text = _nnrc.read(os.fspath(path))
    held = weights if weights is None or isinstance(weights, Mapping) else None
    file = None if weights is None or isinstance(weights, Mapping) else weights
    model = Model(
        text,
        name=os.fspath(path),
        folder=Path(path).parent,
        settings=settings,
        seed=seed,
        weights=held,
        weight_file=file,
        path=path,
    )
    warn(model._core.findings())
    return model


def compile(
    text: str,
    *,
    weights: Mapping[str, ArrayLike] | None = None,
    settings: Mapping[str, Setting] | None = None,
    seed: int | None = None,
    folder: FilePath = ".",
) -> Model:
    """A model from a text in the language.

    Parameters
    ----------
    text : str
        The text.
    weights : mapping of str to array_like, optional
        By key: ``hidden.W`` of shape (outputs, inputs), ``hidden.b`` of shape (outputs,).
    settings : mapping of str to setting, optional
        Such as ``{"chemistry.max_order": 3}``.
    seed : int, optional
        The seed of initial weights.
    folder : path
        Where the files are that the text names.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        All errors of the text.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected the text of a model, not {type(text).__name__}; nnrc.load reads files")
    model = Model(text, name="<text>", folder=folder, settings=settings, seed=seed, weights=weights)
    warn(model._core.findings())
    return model
