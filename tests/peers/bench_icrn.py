#!/usr/bin/env python3
"""The same networks as indexed reactions in icrn (Lee and others, DNA 31), the tensor simulator on JAX: a question in JSON
on standard input, the answer on standard output.

    { "layers": [{ "W": [[...]], "b": [...] }], "h": 0.25, "input": [...], "end": 20, "error": 1e-6 }

Layers are smoothed rectifiers in the chemistry y' = h + z y - y^2, a reaction family for each sign of the weights. The
method is RK4 of constant steps, which the package offers; of some step sizes the largest one is taken that reaches the
error. The answer: seconds of a call once it is compiled (CPU time, median), seconds of compiling, step, largest distance
from the fixed point.
"""

import contextlib
import importlib.metadata
import json
import os
import statistics
import sys
import time

# One core, as the others are measured; before the import, which starts the threads.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import icrn  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

jax.config.update("jax_enable_x64", True)

STEPS = [0.4, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005]


def network(question):
    """Reactions, concentrations, rate constants, the species of the layers."""
    h, below = question["h"], np.array(question["input"])
    species = icrn.many_species(", ".join(["X"] + [f"Y{at}" for at in range(len(question["layers"]))]))
    reactions, values, rates = [], {species[0]: jnp.array(below)}, {}
    for at, layer in enumerate(question["layers"]):
        w, b = np.array(layer["W"]), np.array(layer["b"])
        # Labels go into the text of an einsum: letters.
        i = icrn.many_index_symbols("bcdefgh"[at], len(b))
        j = icrn.many_index_symbols("a", w.shape[1])
        a, y = species[at], species[at + 1]
        names = icrn.many_rate_constants(", ".join(f"{kind}{at}" for kind in ("up", "down", "grow", "fade", "h", "k")))
        up, down, grow, fade, make, limit = names
        reactions += [
            icrn.MassActionReaction(a[j] + y[i], a[j] + 2 * y[i], up[i, j]),
            icrn.MassActionReaction(a[j] + y[i], a[j], down[i, j]),
            icrn.MassActionReaction(y[i], 2 * y[i], grow[i]),
            icrn.MassActionReaction(y[i], 0, fade[i]),
            icrn.MassActionReaction(0, y[i], make[i]),
            icrn.MassActionReaction(2 * y[i], y[i], limit[i]),
        ]
        one = np.ones(len(b))
        for name, constant in zip(
            names, (np.maximum(w, 0), np.maximum(-w, 0), np.maximum(b, 0), np.maximum(-b, 0), h * one, one)
        ):
            rates[name] = jnp.array(constant)
        values[y] = jnp.full(len(b), h**0.5)
    return reactions, icrn.SJDict(values), icrn.SJDict(rates), species[1:]


def fixed_point(question):
    x, h, values = np.array(question["input"]), question["h"], []
    for layer in question["layers"]:
        z = np.array(layer["W"]) @ x + np.array(layer["b"])
        x = (z + np.sqrt(z * z + 4 * h)) / 2
        values.append(x)
    return values


def main():
    question = json.load(sys.stdin)
    reactions, values, rates, layers = network(question)
    expected = fixed_point(question)
    for step in STEPS:
        settings = {"dt": step, "batch": False, "integration_method": "RK4", "spatial_dim": None}
        with contextlib.redirect_stdout(sys.stderr):
            experiment = icrn.Experiment(icrn.ICRN(reactions), settings)
        solve = jax.jit(lambda values, rates: experiment.simulate_time(values, rates, {}, time=question["end"])[0])
        begin = time.process_time()
        end = jax.block_until_ready(solve(values, rates))
        compiled = time.process_time() - begin
        error = max(
            float(jnp.max(jnp.abs(end[y].reshape(-1) - b) / np.maximum(1, np.abs(b))))
            for y, b in zip(layers, expected)
        )
        if error <= question["error"]:
            break
    else:
        sys.exit(f"icrn does not come within {question['error']}: {error}")
    seconds = []
    for _ in range(11):
        begin = time.process_time()
        jax.block_until_ready(solve(values, rates))
        seconds.append(time.process_time() - begin)
    json.dump(
        {
            "seconds": statistics.median(seconds),
            "compile_seconds": compiled,
            "step": step,
            "error": error,
            "version": f"icrn {importlib.metadata.version('icrn')}",
        },
        sys.stdout,
    )


main()
