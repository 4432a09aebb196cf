"""Sweeps: one verb with many settings, on whatever runs Python functions."""

from __future__ import annotations

import os
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence, Union

from . import _nnrc
from ._model import FilePath, Setting, _count, _expression, _threads, warn
from ._progress import Callback, Progress
from ._results import _needs

if TYPE_CHECKING:
    import pandas

__all__ = ["Sweep", "SweepTable"]

# The values of an axis: numbers, expressions, or a text such as ``"1..20"``.
Axis = Union[str, Iterable[Setting]]


def _axes(axes: Mapping[str, Axis] | None) -> list[str]:
    """Axes as the command line has them."""
    texts = []
    for key, values in (axes or {}).items():
        if not isinstance(values, str):
            values = list(values)
        if not values:
            raise ValueError(f"the axis {key!r} has no values")
        written = values if isinstance(values, str) else ",".join(_expression(value) for value in values)
        texts.append(f"{key}={written}")
    return texts


def run_point(manifest: str, file: str, at: int, threads: int = 1) -> tuple[bool, str]:
    """Runs one point of a sweep; any process that has the files can. Used by :meth:`Sweep.map`.

    Parameters
    ----------
    manifest : str
        The text of the manifest.
    file : str
        The model's file.
    at : int
        The number of the point.
    threads : int

    Returns
    -------
    (bool, str)
        Whether it came out well, and its table or its failure.
    """
    return _nnrc.Sweep.read(manifest, file).run(at, threads)


class SweepTable:
    """The results of all points.

    Attributes
    ----------
    csv : str
        The table that ``nnrc sweep merge`` writes, to the byte.
    """

    def __init__(self, csv: str) -> None:
        self.csv = csv

    def __repr__(self) -> str:
        lines = self.csv.splitlines()
        return f"SweepTable({max(len(lines) - 1, 0)} rows: {lines[0] if lines else ''})"

    def to_pandas(self) -> pandas.DataFrame:
        """The table, axes first."""
        import io

        return _needs("pandas", "pandas").read_csv(io.StringIO(self.csv))


class Sweep:
    """One verb with many settings.

    Parameters
    ----------
    model : path
        A ``.nnr`` file. Processes that run points find it, and the files that it names, under the same path.
    over : mapping of str to values, optional
        Axes, all combined: ``{"noise.seed": range(1, 21), "const.h": [0.1, 0.01]}``. By default those of the ``sweep``
        block.
    verb : {"noise", "simulate", "train", "test"}, optional
        By default that of the block.
    zip : mapping of str to values, optional
        Axes that go together, value by value.
    replicates : int, optional
        Replicates of a study of noise for each point; the study is divided into ranges, and its table is that of the
        whole.
    settings : mapping, optional
        Of all points.
    seed : int, optional
        Of initial weights, at all points.
    weights : path, optional
        A weight file for all points.

    Attributes
    ----------
    points : list of dict
        ``id``, ``set`` and ``replicates`` of each point.
    manifest : str
        The plan, as ``nnrc sweep plan`` writes it beside the model.

    Raises
    ------
    ValueError
        Axes that make no sense.
    ModelError, FileError
        As :func:`nnrc.load`, for any value of an axis.
    """

    def __init__(
        self,
        model: FilePath,
        over: Mapping[str, Axis] | None = None,
        *,
        verb: str | None = None,
        zip: Mapping[str, Axis] | None = None,
        replicates: int | None = None,
        settings: Mapping[str, Setting] | None = None,
        seed: int | None = None,
        weights: FilePath | None = None,
    ) -> None:
        import json

        self.file = os.path.abspath(os.fspath(model))
        self._core = _nnrc.Sweep.plan(
            self.file,
            verb,
            _axes(over),
            _axes(zip),
            None if replicates is None else _count(replicates, "replicates"),
            [(key, _expression(value)) for key, value in (settings or {}).items()],
            None if seed is None else _count(seed, "seed", least=0),
            None if weights is None else os.path.relpath(weights, Path(self.file).parent),
        )
        self.manifest = self._core.text()
        self.points: list[dict[str, Any]] = json.loads(self._core.points())

    def __len__(self) -> int:
        return len(self.points)

    def __repr__(self) -> str:
        return f"Sweep({Path(self.file).name!r}, {len(self)} points)"

    def run(
        self, *, threads: int | None = None, allow_failed: bool = False, progress: bool | None = None
    ) -> SweepTable:
        """Runs all points in this process.

        Parameters
        ----------
        threads : int, optional
            For each point; all cores if not given.
        allow_failed : bool
            Whether points that fail are warnings, and have no rows; otherwise they are an error.
        progress : bool, optional
            Whether to draw a bar.
        """
        with Progress(progress, "sweep") as bar:
            outcomes = []
            for at in range(len(self)):
                outcomes.append(self._core.run(at, _threads(threads)))
                _tell(bar.listener, at + 1, len(self))
        return self._merged(outcomes, allow_failed)

    def map(
        self,
        client: Any,
        *,
        threads: int = 1,
        retries: int = 2,
        allow_failed: bool = False,
        progress: bool | None = None,
    ) -> SweepTable:
        """Runs all points by a client of Dask, or by an executor of ``concurrent.futures``.

        Parameters
        ----------
        client : dask.distributed.Client or concurrent.futures.Executor
            Whoever runs functions. What a process of Dask that is killed had at work is run again by another one.
        threads : int
            For each point.
        retries : int
            How often Dask runs a point again whose process failed.
        allow_failed, progress
            As for :meth:`run`.

        Returns
        -------
        SweepTable
            The same bytes as of :meth:`run`.

        Raises
        ------
        TypeError
            A client that runs no functions.
        """
        count = _threads(threads)
        if hasattr(client, "gather") and hasattr(client, "map"):
            futures = client.map(
                _Point(self.manifest, self.file, count), range(len(self)), pure=False, retries=retries
            )
            return self._merged(client.gather(futures), allow_failed)
        if not isinstance(client, Executor) and not hasattr(client, "submit"):
            raise TypeError(f"expected a client of Dask or an executor, not {type(client).__name__}")
        with Progress(progress, "sweep") as bar:
            waiting = [client.submit(run_point, self.manifest, self.file, at, count) for at in range(len(self))]
            outcomes = []
            for future in waiting:
                outcomes.append(future.result())
                _tell(bar.listener, len(outcomes), len(self))
        return self._merged(outcomes, allow_failed)

    def _merged(self, outcomes: Sequence[tuple[bool, str]], allow_failed: bool) -> SweepTable:
        table, said = self._core.merge(list(outcomes), allow_failed)
        warn(said, level=4)
        return SweepTable(table)

    def save(self, path: FilePath | None = None) -> str:
        """Writes the manifest, by default beside the model: ``nnrc sweep run`` goes on from it.

        Returns
        -------
        str
            Where it stands.
        """
        place = Path(self.file).with_suffix(".sweep.jsonl") if path is None else Path(path)
        if place.resolve().parent != Path(self.file).resolve().parent:
            raise ValueError(f"{str(place)!r}: a manifest stands beside its model, in {str(Path(self.file).parent)!r}")
        place.write_text(self.manifest, encoding="utf-8")
        return str(place)


class _Point:
    """The work of one point, for clients that give it the number alone."""

    def __init__(self, manifest: str, file: str, threads: int) -> None:
        self.arguments = (manifest, file, threads)

    def __call__(self, at: int) -> tuple[bool, str]:
        manifest, file, threads = self.arguments
        return run_point(manifest, file, at, threads)


def _tell(listener: Callback | None, done: int, of: int) -> None:
    if listener is not None:
        listener("progress", done, of)
