#!/usr/bin/env python3
"""Convolutions in numpy, and derivatives of the last layer's values by complex steps.

Reads JSON on standard input, writes JSON on standard output:

    [ { "shape": [2, 4, 4], "input": [...],
        "layers": [ { "op": "convolve", "W": { "name": "k_W", "shape": [3, 2, 3, 3], "values": [...] },
                      "b": { "name": "k_b", "shape": [3], "values": [...] },
                      "stride": 2, "padding": 1, "h": 0.1 },
                    { "op": "pool" },
                    { "op": "dense", "W": ..., "b": ..., "h": null } ],
        "adjoint": [...] } ]

->  [ { "output": [...], "gradient": { "k_W": [...], "k_b": [...], ... } } ]

Shapes begin with the channel; what follows is one axis or two. `h` is that of the smoothed rectifier
(z + sqrt(z^2 + 4 h)) / 2, null for none. `gradient` is that of the sum of adjoint times output.
"""

import json
import sys

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def rectified(z, h):
    return z if h is None else (z + np.sqrt(z * z + 4 * h)) / 2


def convolve(x, w, stride, padding):
    if x.ndim == 2:
        x = np.pad(x, [(0, 0), (padding, padding)])
        # The textbook's convolution reverses its second argument.
        sums = [sum(np.convolve(row, kernel[::-1], "valid") for row, kernel in zip(x, own)) for own in w]
        return np.array(sums)[:, ::stride]
    x = np.pad(x, [(0, 0), (padding, padding), (padding, padding)])
    windows = sliding_window_view(x, w.shape[2:], axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("ocab,cijab->oij", w, windows)


def forward(question, tensors):
    x = np.array(question["input"], dtype=complex).reshape(question["shape"])
    for layer in question["layers"]:
        if layer["op"] == "pool":
            c, height, width = x.shape
            x = x.reshape(c, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
            continue
        w, b = tensors[layer["W"]["name"]], tensors[layer["b"]["name"]]
        if layer["op"] == "convolve":
            z = convolve(x, w, layer["stride"], layer["padding"])
            z = z + b.reshape([-1] + [1] * (z.ndim - 1))
        else:
            z = w @ x.reshape(-1) + b
        x = rectified(z, layer["h"])
    return x.reshape(-1)


def answer(question):
    tensors = {}
    for layer in question["layers"]:
        for tensor in (layer[key] for key in ("W", "b") if key in layer):
            tensors[tensor["name"]] = np.array(tensor["values"], dtype=complex).reshape(tensor["shape"])
    adjoint, step = np.array(question["adjoint"]), 1e-30
    gradient = {}
    for name, tensor in tensors.items():
        own = []
        for at in np.ndindex(tensor.shape):
            kept = tensor[at]
            tensor[at] = kept + 1j * step
            own.append(float(adjoint @ forward(question, tensors).imag / step))
            tensor[at] = kept
        gradient[name] = own
    return {"output": forward(question, tensors).real.tolist(), "gradient": gradient}


def main():
    print(json.dumps([answer(question) for question in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
