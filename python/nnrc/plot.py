"""Pictures by matplotlib, which is imported when one is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable

from ._results import NoiseStudy, TimeCourse, Training, _needs

if TYPE_CHECKING:
    import matplotlib.axes

__all__ = ["noise", "time_course", "training"]

# More curves cannot be told apart.
_MOST_NAMED = 12


def _axes(ax: matplotlib.axes.Axes | None) -> Any:
    if ax is not None:
        return ax
    return _needs("matplotlib.pyplot", "plot").subplots()[1]


def time_course(
    course: TimeCourse, names: Iterable[str] | None = None, ax: matplotlib.axes.Axes | None = None
) -> matplotlib.axes.Axes:
    """Draws columns or nodes of a time course; by default all values of the network."""
    axes = _axes(ax)
    if names is None:
        names = list(dict.fromkeys(column["group"] for column in course._columns if column["kind"] != "rail"))
    for name in [names] if isinstance(names, str) else names:
        values = course[name]
        width = 1 if values.ndim == 1 else values.shape[1]
        labels = [name] if values.ndim == 1 else [f"{name}_{at + 1}" for at in range(width)]
        axes.plot(course.time, values, label=labels if len(labels) > 1 else labels[0])
    axes.set_xlabel("time")
    axes.set_ylabel("value")
    if len(axes.lines) <= _MOST_NAMED:
        axes.legend()
    return axes  # type: ignore[no-any-return]


def training(trained: Training, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
    """Draws the columns of a training that the command draws: the loss, and accuracy or r²."""
    axes = _axes(ax)
    history = trained.history
    metric = "accuracy" if "accuracy" in history else "r2"
    for name in history:
        if name.endswith(("loss", metric)):
            axes.plot(history["epoch"], history[name], label=name.replace("_", " "))
    axes.set_xlabel("epoch")
    axes.legend()
    return axes  # type: ignore[no-any-return]


def noise(study: NoiseStudy, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
    """Draws accuracy or r² against the size of each kind of noise."""
    axes = _axes(ax)
    curves: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in study.rows:
        metric = "accuracy" if "accuracy" in row else "r2"
        for what in ("rates", "concentrations"):
            if row[what] is not None:
                key = (row["network"], f"{what}, {row[what]['kind']}")
                curves.setdefault(key, []).append((row[what]["size"], row[metric]["mean"]))
        axes.set_ylabel(f"{metric}, mean")
    for (network, kind), points in curves.items():
        sizes, values = zip(*sorted(points))
        axes.plot(sizes, values, marker="o", label=f"{network}: {kind}")
    axes.set_xlabel("size of the noise, or molecules")
    if curves:
        axes.legend()
    return axes  # type: ignore[no-any-return]
