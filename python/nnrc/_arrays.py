"""What comes in from NumPy, pandas and friends, as the compiler takes it."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Whole numbers beyond it are not all numbers of double precision.
_LARGEST = 2**53

Matrix = NDArray[np.float64]


def numbers(values: ArrayLike, name: str) -> Matrix:
    """An array of float64 in C order; the very array where it is one.

    Raises
    ------
    ValueError
        A dtype whose numbers are not all numbers of double precision, or that holds no numbers; NaN or infinity.
    """
    array = np.asarray(values)
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(f"{name} has masked values; fill them or leave their rows out")
    kind, dtype = array.dtype.kind, array.dtype
    if kind == "O":
        if values is None or not array.ndim:
            raise ValueError(f"{name} is {type(values).__name__} (dtype object), expected an array of numbers")
        raise ValueError(
            f"{name} holds objects (dtype object), expected numbers; where all of them are numbers, "
            f"write numpy.asarray({name}, dtype=float)"
        )
    if kind not in "fiub":
        raise ValueError(f"{name} has dtype {dtype}, expected numbers: float64, float32, or integers")
    if kind == "f" and array.itemsize not in (4, 8):
        raise ValueError(f"{name} has dtype {dtype}, expected float64 or float32; write {name}.astype('float64')")
    if kind in "iu" and array.itemsize == 8 and array.size and max(-int(array.min()), int(array.max())) > _LARGEST:
        raise ValueError(f"{name} has integers beyond 2**53, which float64 does not hold")
    array = np.ascontiguousarray(array, dtype=np.float64) if array.ndim else array.astype(np.float64)
    if not np.isfinite(array).all():
        place = tuple(int(at) for at in np.argwhere(~np.isfinite(array))[0])
        at = ", ".join(map(str, place))
        raise ValueError(f"{name}[{at}] is {array[place]}, expected finite numbers")
    return array


def rows(values: ArrayLike, width: int, name: str = "X", columns: Sequence[str] = ()) -> Matrix:
    """Rows of ``width`` numbers; further axes are flattened, as for data sets.

    Raises
    ------
    ValueError
        As :func:`numbers`; another width; no rows.
    """
    array = numbers(values, name)
    of = f": {', '.join(columns)}" if any(columns) and len(columns) <= 20 else ""
    wanted = f"(rows, {width})"
    if array.ndim < 2:
        hint = f"; write {name}.reshape(1, -1) for one row" if array.size == width else ""
        raise ValueError(f"{name} has the shape {array.shape}, expected {wanted}{of}{hint}")
    if array.shape[0] == 0:
        raise ValueError(f"{name} has no rows: its shape is {array.shape}, expected {wanted}")
    flat = array.reshape(array.shape[0], -1)
    if flat.shape[1] != width:
        hint = f"; write {name}.T if its columns are samples" if array.ndim == 2 and array.shape[0] == width else ""
        raise ValueError(f"{name} has the shape {array.shape}, expected {wanted}{of}{hint}")
    return flat


def require_order(values: Any, columns: Sequence[str]) -> None:
    """Refuses a table whose columns are those of the network in another order.

    Raises
    ------
    ValueError
        Such a table.
    """
    names = [str(name) for name in getattr(values, "columns", ())]
    if names and names != list(columns) and sorted(names) == sorted(columns):
        raise ValueError(f"X has its columns in another order than the network: write X[{list(columns)!r}]")


def row(values: ArrayLike, width: int, name: str = "x") -> list[float]:
    """One row of ``width`` numbers."""
    array = numbers(values, name)
    if array.ndim == 2 and array.shape[0] == 1:
        array = array[0]
    if array.shape != (width,) and (array.ndim == 2 or array.size != width):
        raise ValueError(f"{name} has the shape {array.shape}, expected ({width},)")
    return [float(value) for value in array.ravel()]


def targets(values: ArrayLike, count: int, name: str = "t") -> tuple[Matrix | None, list[str] | None]:
    """Targets of ``count`` rows: numbers, or labels.

    Raises
    ------
    ValueError
        Another number of rows; a dtype that holds neither numbers nor labels.
    """
    array = np.asarray(values)
    if array.ndim == 0 or array.shape[0] != count:
        raise ValueError(f"{name} has the shape {array.shape}, expected {count} rows as X has")
    for at, label in enumerate(array.ravel() if array.dtype.kind == "O" else ()):
        if label is None or label != label:
            raise ValueError(f"{name}[{at}] is missing: {label!r}")
    is_words = array.dtype.kind == "O" and all(isinstance(label, str) for label in array.ravel())
    if array.dtype.kind in "US" or is_words:
        if array.ndim != 1:
            raise ValueError(f"{name} has the shape {array.shape}, expected one label for each row: ({count},)")
        words = [label.decode() if isinstance(label, bytes) else str(label) for label in array]
        for at, word in enumerate(words):
            if word != word.strip() or not word or not word.isprintable():
                raise ValueError(f"{name}[{at}] is {word!r}: a label has no blanks at its ends and is not empty")
        if len(set(words)) < 2:
            raise ValueError(f"{name} has one label, {words[0]!r}: classes are two or more")
        return None, words
    return numbers(array, name), None


def samples(values: ArrayLike, width: int, t: ArrayLike | None, columns: Sequence[str] = ()) -> dict[str, Any]:
    """Inputs and targets as the arrays ``x`` and ``t`` of a data set."""
    inputs = rows(values, width, columns=columns)
    found: dict[str, Any] = {"numbers": {"x": inputs}, "words": {}}
    if t is not None:
        known, words = targets(t, inputs.shape[0])
        if known is not None:
            found["numbers"]["t"] = known
        if words is not None:
            found["words"]["t"] = words
    return found
