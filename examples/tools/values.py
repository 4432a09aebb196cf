#!/usr/bin/env python3
"""Write what the digit classifier computes by a plain forward pass: `python values.py`.

Writes digits/digits_values.npz, three random images in `x` and the values of the outputs in `y`, from
digits/digits.safetensors. The same weights give the same bytes.
"""

import json
import struct

import numpy as np
from data import EXAMPLES, write_npz

H = 1e-2


def tensors(path):
    """The arrays of a safetensors file of f64 or f32."""
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    header.pop("__metadata__", None)
    kinds = {"F64": "<f8", "F32": "<f4"}

    def array(entry):
        begin, end = entry["data_offsets"]
        data = np.frombuffer(raw[8 + length + begin : 8 + length + end], kinds[entry["dtype"]])
        return data.reshape(entry["shape"]).astype(float)

    return {name: array(entry) for name, entry in header.items()}


def digits():
    weights = tensors(EXAMPLES / "digits" / "digits.safetensors")
    x = np.random.default_rng(11).uniform(size=(3, 64)).round(3)
    z = x @ weights["fc1.weight"].T + weights["fc1.bias"]
    hidden = (z + np.sqrt(z * z + 4 * H)) / 2
    y = hidden @ weights["fc2.weight"].T + weights["fc2.bias"]
    write_npz(EXAMPLES / "digits" / "digits_values.npz", {"x": x, "y": y})


if __name__ == "__main__":
    digits()
