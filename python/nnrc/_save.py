"""A model as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ._model import Model


def save(model: Model, path: Path) -> None:
    """Writes the text to ``path``, with weights and samples that are in no file beside it."""
    if path.suffix != ".nnr":
        raise ValueError(f"{str(path)!r}: expected a name that ends in .nnr")
    text = model.text
    if model._weights is not None:
        weights = path.with_suffix(".safetensors")
        text = model._core.text_with_weights(weights.name)
        model._core.write_weights(str(weights), True)
    for file, held in model._samples.items():
        samples = path.with_suffix(".samples.npz")
        words = {key: np.array(values) for key, values in held["words"].items()}
        arrays: dict[str, Any] = {**held["numbers"], **words}
        with open(samples, "wb") as out:
            np.savez(out, **arrays)
        text = text.replace(f"npz({json.dumps(file)})", f"npz({json.dumps(samples.name)})")
    model._core.write(str(path), text)


__all__ = ["save"]
