"""A model as files."""

from __future__ import annotations

import io
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
    if model._settings:
        raise ValueError(
            f"settings are not in the text, and would be lost: write {', '.join(model._settings)} into it first"
        )
    text = model.text
    folder = path.resolve().parent
    if folder != Path(model._folder).resolve():
        # Files that the text names must be found from there as well.
        type(model)(text, folder=folder, weights=model.weights, samples=model._samples)
    has_weights = model._weights is not None or model._weight_file is not None or model._seed is not None
    if model._core.replaces_file(str(path)) or has_weights and model._core.replaces_file(str(path.with_suffix(".safetensors"))):
        model._core.write(str(path), text)
    if has_weights:
        weights = path.with_suffix(".safetensors")
        text = model._core.text_with_weights(weights.name)
        model._core.write_weights(str(weights), True)
    for file, held in model._samples.items():
        samples = path.with_suffix(".samples.npz")
        words = {key: np.array(values) for key, values in held["words"].items()}
        arrays: dict[str, Any] = {**held["numbers"], **words}
        content = io.BytesIO()
        np.savez(content, **arrays)
        model._core.write_bytes(str(samples), content.getvalue())
        text = text.replace(f"npz({json.dumps(file)})", f"npz({json.dumps(samples.name)})")
    model._core.write(str(path), text)


__all__ = ["save"]
