#!/usr/bin/env python3
"""A network of smoothed rectifiers in numpy, its time course by scipy's LSODA; question and answer as in bench_jax.py.

    { "layers": [{ "W": [[...]], "b": [...] }], "h": 0.25, "input": [...], "end": 20, "rtol": 1e-6, "atol": 1e-9 }

Prints { "seconds": ..., "error": ..., "version": ... }: median CPU seconds of a call, largest distance of its end from
the fixed point.
"""

import json
import statistics
import sys
import time

import numpy as np
import scipy
from scipy.integrate import solve_ivp


def main():
    question = json.load(sys.stdin)
    h = question["h"]
    layers = [(np.array(layer["W"]), np.array(layer["b"])) for layer in question["layers"]]
    # The inputs stand still: the first layer's sum is taken once.
    first = layers[0][0] @ np.array(question["input"]) + layers[0][1]
    ends = np.cumsum([len(b) for _, b in layers])
    parts = [slice(end - len(b), end) for end, (_, b) in zip(ends, layers)]

    def rate(_, x):
        z = [first] + [w @ x[below] + b for below, (w, b) in zip(parts, layers[1:])]
        return h + np.concatenate(z) * x - x * x

    start = np.full(ends[-1], h**0.5)
    times = []
    for _ in range(21):
        begin = time.process_time()
        end = solve_ivp(
            rate, (0, question["end"]), start, "LSODA", [question["end"]], rtol=question["rtol"], atol=question["atol"]
        ).y[:, -1]
        times.append(time.process_time() - begin)
    z, error = first, 0.0
    for at, part in enumerate(parts):
        expected = (z + np.sqrt(z * z + 4 * h)) / 2
        error = max(error, float(np.max(np.abs(end[part] - expected) / np.maximum(1, np.abs(expected)))))
        if at + 1 < len(layers):
            z = layers[at + 1][0] @ expected + layers[at + 1][1]
    answer = {"seconds": statistics.median(times), "error": error, "version": f"scipy {scipy.__version__}"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
