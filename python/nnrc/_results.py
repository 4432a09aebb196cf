"""What comes out: values that print, turn into tables, and draw themselves."""

from __future__ import annotations

import html
import json
import os
from os import PathLike
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Mapping, NamedTuple, Sequence

import numpy as np

from . import _nnrc
from ._arrays import Matrix

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas
    import xarray


def _needs(package: str, extra: str) -> Any:
    """A package that is no dependency."""
    import importlib

    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ImportError(f"this needs {package}: pip install {package}, or pip install 'nnrc[{extra}]'") from error


def _preformatted(text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>"


class _Report:
    """Numbers with names and a text for people."""

    def __init__(self, values: Mapping[str, Any], text: str) -> None:
        self._values = dict(values)
        self._text = text

    def to_dict(self) -> dict[str, Any]:
        """Everything, as the command prints it with ``--message-format json``."""
        return json.loads(json.dumps(self._values))  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return self._text.rstrip("\n")

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return _preformatted(str(self))


class SizeReport(_Report):
    """What a chemistry costs: ``nnrc check``."""

    @property
    def species(self) -> int:
        """Number of species."""
        return int(self._values["species"])

    @property
    def reactions(self) -> int:
        """Number of reactions."""
        return int(self._values["reactions"])

    @property
    def reactions_by_order(self) -> list[int]:
        """Reactions with 0, 1, 2, … molecules on the left."""
        return list(self._values["reactions_by_order"])

    @property
    def families(self) -> int:
        """Number of reaction schemes that the reactions are members of."""
        return int(self._values["families"])

    @property
    def rate_range(self) -> tuple[float, float] | None:
        """The smallest and the largest rate constant."""
        ends = self._values["rate_range"]
        return None if ends is None else (ends[0], ends[1])

    @property
    def sbml_bytes(self) -> int:
        """About how large the SBML file is."""
        return int(self._values["sbml_bytes"])

    @property
    def settling_time(self) -> float | None:
        """When all concentrations are near rest for good, for the default input, in time units; None: never seen."""
        return self._values["settling_time"]  # type: ignore[no-any-return]

    @property
    def run_time(self) -> float | None:
        """How long to run the SBML in other simulators, in time units."""
        return self._values["run_time"]  # type: ignore[no-any-return]


class Certificate(_Report):
    """What is proven of a chemistry, and what was measured: ``nnrc analyze``."""

    @property
    def certified(self) -> bool:
        """Whether a theorem applies."""
        return bool(self._values.get("certified", False))

    @property
    def claims(self) -> list[str]:
        """What is proven."""
        return [claim["statement"] for claim in self._values.get("claims", [])]

    @property
    def obstacles(self) -> list[str]:
        """Why nothing is proven, where nothing is."""
        return list(self._values.get("obstacles", []))

    @property
    def settling_time(self) -> float | None:
        """The proven bound on the time to settle, in time units; None without one."""
        return self._values.get("settling_time")

    @property
    def settling_time_any_start(self) -> float | None:
        """The proven bound on the time to settle from any start, in time units; None without one.

        Linear values start at most at :attr:`largest_start`.
        """
        return self._values.get("settling_time_any_start")

    @property
    def largest_start(self) -> float | None:
        """Up to which linear values may start for it; None where no bound is needed."""
        return self._values.get("largest_start")


class Test(NamedTuple):
    """An expectation of the text, judged.

    Attributes
    ----------
    expectation : str
        What was expected.
    ok : bool
        Whether it holds.
    found : str
        What was found.
    """

    expectation: str
    ok: bool
    found: str


class TimeCourse:
    """Values and concentrations over time.

    Attributes
    ----------
    time : numpy.ndarray, shape (times,)
        In time units of the network.
    values : numpy.ndarray, shape (times, columns)
        In concentration units of the network.
    columns : list of str
        The identifiers that SBML has: ``y_1``, ``y_1_p``.
    """

    def __init__(
        self, core: _nnrc.Model, time: Matrix, values: Matrix, columns: Sequence[Mapping[str, str]], svg: str
    ) -> None:
        self._core = core
        self.time = time
        self.values = values
        self.columns = [column["name"] for column in columns]
        self._columns = columns
        self._svg = svg

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_core"}

    def __getitem__(self, name: str) -> Matrix:
        """A column, shape (times,), or the values of a node or tensor, shape (times, width).

        Raises
        ------
        KeyError
            A name that is neither.
        """
        values = [at for at, column in enumerate(self._columns) if column["group"] == name and column["kind"] != "rail"]
        if values:
            return np.ascontiguousarray(self.values[:, values])
        if name in self.columns:
            return np.ascontiguousarray(self.values[:, self.columns.index(name)])
        groups = dict.fromkeys(column["group"] for column in self._columns)
        more = ", …" if len(self.columns) > 8 else ""
        raise KeyError(f"{name!r}: there are {', '.join(groups)}, and the columns {', '.join(self.columns[:8])}{more}")

    def __len__(self) -> int:
        return len(self.time)

    def __contains__(self, name: object) -> bool:
        return name in self.columns or any(column["group"] == name for column in self._columns)

    def __iter__(self) -> Iterator[str]:
        """The columns."""
        return iter(self.columns)

    def __repr__(self) -> str:
        last = f" to {self.time[-1]:g}" if len(self.time) else ""
        return f"TimeCourse({len(self.time)} times{last}, {len(self.columns)} columns)"

    def to_pandas(self) -> pandas.DataFrame:
        """A table with a row for each time, the index."""
        pandas = _needs("pandas", "pandas")
        return pandas.DataFrame(self.values, index=pandas.Index(self.time, name="time"), columns=self.columns)

    def to_xarray(self) -> xarray.Dataset:
        """A variable over ``time`` and its own units for each node, and one for each rail."""
        package = _needs("xarray", "xarray")
        variables: dict[str, Any] = {}
        for group in dict.fromkeys(column["group"] for column in self._columns if column["kind"] != "rail"):
            values = self[group]
            axis = f"{group}_unit"
            variables[group] = (("time", axis), values if values.ndim == 2 else values[:, None])
        for at, column in enumerate(self._columns):
            if column["kind"] == "rail" and column["name"] not in variables:
                variables[column["name"]] = (("time",), self.values[:, at])
        found: xarray.Dataset = package.Dataset(variables, coords={"time": self.time})
        return found

    def plot(self, names: Iterable[str] | None = None, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draws columns, or all values of the network, by matplotlib.

        Parameters
        ----------
        names : iterable of str, optional
            Columns or nodes.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure if not given.
        """
        from .plot import time_course

        return time_course(self, names, ax)

    def to_csv(self, path: str | PathLike[str] | None = None) -> str:
        """The table as text, and into a file where a path is given, whole or not at all.

        Raises
        ------
        FileError
            A file that cannot be written, or that the model reads.
        """
        lines = [",".join(["time", *self.columns])]
        lines += [",".join(map(repr, map(float, (time, *row)))) for time, row in zip(self.time, self.values)]
        text = "\n".join(lines) + "\n"
        if path is not None:
            # A copy that was sent elsewhere has left its model behind.
            write = self._core.write if "_core" in self.__dict__ else _nnrc.write
            write(os.fspath(path), text)
        return text

    def _repr_html_(self) -> str:
        return self._svg


class FixedPoint:
    """A chemistry at rest.

    Attributes
    ----------
    values : dict of str to numpy.ndarray
        The values of each node, shape (width,).
    species : dict of str to float
        Concentrations by identifier, and values where they are a difference of two.
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.values = {name: np.array(values, dtype=np.float64) for name, values in found["values"].items()}
        self.species: dict[str, float] = {name: value for name, value in found["species"]}

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(f"{name!r}: there are the nodes {', '.join(self.values)}, and species such as y_1")
        return self.values[name] if name in self.values else self.species[name]

    def __contains__(self, name: object) -> bool:
        return name in self.values or name in self.species

    def __iter__(self) -> Iterator[str]:
        """The nodes."""
        return iter(self.values)

    def __repr__(self) -> str:
        return f"FixedPoint({', '.join(self.values)}; {len(self.species)} concentrations)"

    def to_pandas(self) -> pandas.Series:
        """All concentrations."""
        return _needs("pandas", "pandas").Series(self.species, name="concentration")


class Training:
    """A training that is done.

    Attributes
    ----------
    weights : dict of str to numpy.ndarray
        By key: ``hidden.W`` of shape (outputs, inputs), ``hidden.b``.
    epochs : int
        Epochs that were run.
    ending : str
        Why it ended, in words.
    metrics, validation : dict of str to float
        Of the samples trained on and of those that only judge, with the weights above.
    history : dict of str to numpy.ndarray
        A column for each quantity, a number for each epoch.
    """

    def __init__(
        self, weights: dict[str, Matrix], summary: Mapping[str, Any], header: Sequence[str], rows: Matrix
    ) -> None:
        self.weights = weights
        self.epochs = int(summary["epochs"])
        self.ending = str(summary["ending"])
        self.metrics: dict[str, float] = dict(summary["train"])
        self.validation: dict[str, float] | None = summary["validation"]
        self.history = {name: np.ascontiguousarray(rows[:, at]) for at, name in enumerate(header)}
        self._words = str(summary["words"])

    def __repr__(self) -> str:
        return self._words

    def to_pandas(self) -> pandas.DataFrame:
        """The epochs as a table."""
        return _needs("pandas", "pandas").DataFrame(self.history)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draws loss and accuracy or r² over the epochs, by matplotlib."""
        from .plot import training

        return training(self, ax)


class NoiseStudy:
    """How well a network computes under noise: ``nnrc noise``.

    Attributes
    ----------
    rows : list of dict
        Networks, noises and running times, the noiseless run of each network first.
    csv : str
        The table as the command writes it.
    """

    def __init__(self, rows: list[dict[str, Any]], csv: str, text: str, svg: str) -> None:
        self.rows = rows
        self.csv = csv
        self._text = text
        self._svg = svg

    def __str__(self) -> str:
        return self._text.rstrip("\n")

    def __repr__(self) -> str:
        return str(self)

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> pandas.DataFrame:
        """The table."""
        import io

        return _needs("pandas", "pandas").read_csv(io.StringIO(self.csv))

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draws what counts against the size of the noise, by matplotlib."""
        from .plot import noise

        return noise(self, ax)

    def _repr_html_(self) -> str:
        return self._svg + _preformatted(str(self))


class Deviation(_Report):
    """How far the chemistry is from the network that it was imported from."""

    @property
    def layers(self) -> list[dict[str, Any]]:
        """For each layer its largest, mean and root mean square deviation, and the largest of its function alone."""
        return list(self._values["layers"])

    @property
    def agreement(self) -> float | None:
        """The share of samples for which both name one class; None where outputs are values."""
        agreement = self._values["agreement"]
        return None if agreement is None else float(agreement)

    @property
    def largest(self) -> float:
        """The largest deviation of an output."""
        return float(self._values["layers"][-1]["largest"])

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each layer."""
        return _needs("pandas", "pandas").DataFrame(self.layers)
