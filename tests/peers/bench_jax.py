#!/usr/bin/env python3
"""The same networks in JAX: a question in JSON on standard input, the answer on standard output.

Layers are smoothed rectifiers, R_h(z) = (z + sqrt(z^2 + 4 h)) / 2, in the chemistry x' = h + z x - x^2. Questions:

    { "task": "ss", "layers": [{ "W": [[...]], "b": [...] }], "h": 0.25, "input": [...], "end": 20 }
        time course by diffrax, Tsit5, the first layer's constant sum computed once; seconds of a call, and the
        largest distance of its end from the fixed point
    { "task": "grad", "layers": ..., "h": ..., "input": [...], "samples": 1 }
        gradient of half the squared error at the fixed point, summed over that many equal samples; seconds of a call
    { "task": "train", "data": "rows.npz", "widths": [4, 8, 3], "h": 0.1, "batch": 32, "epochs": 20 }
        Adam on the cross-entropy of the softmax of linear outputs, an epoch being one compiled scan over the shuffled
        batches; seconds of an epoch in double and in single precision

Everything is compiled before it is timed. Times are CPU seconds, medians: other programs do not count.
"""

import json
import os
import statistics
import sys
import time

# One core, as the others are measured; before the import, which starts the threads.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

jax.config.update("jax_enable_x64", True)


def seconds(call, repeat=101):
    """Median CPU seconds of a call that has been compiled."""
    jax.block_until_ready(call())
    times = []
    for _ in range(repeat):
        start = time.process_time()
        jax.block_until_ready(call())
        times.append(time.process_time() - start)
    return statistics.median(times)


def smooth_relu(z, h):
    return (z + jnp.sqrt(z * z + 4 * h)) / 2


def layers_of(question):
    return [(jnp.array(layer["W"]), jnp.array(layer["b"])) for layer in question["layers"]]


def forward(layers, x, h):
    values = []
    for w, b in layers:
        x = smooth_relu(w @ x + b, h)
        values.append(x)
    return values


def ss(question):
    import diffrax

    layers, h, x = layers_of(question), question["h"], jnp.array(question["input"])
    first = layers[0][0] @ x + layers[0][1]

    def rate(_, state, __):
        z, out = first, []
        for at, a in enumerate(state):
            if at > 0:
                w, b = layers[at]
                z = w @ state[at - 1] + b
            out.append(h + z * a - a * a)
        return tuple(out)

    controller = diffrax.PIDController(rtol=question["rtol"], atol=question["atol"])
    start = tuple(jnp.full(b.shape, h**0.5) for _, b in layers)

    @jax.jit
    def solve(start):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(rate), diffrax.Tsit5(), 0.0, question["end"], 0.01, start,
            stepsize_controller=controller, saveat=diffrax.SaveAt(t1=True), max_steps=100_000,
        ).ys

    taken = seconds(lambda: solve(start))
    end = solve(start)
    error = max(
        float(jnp.max(jnp.abs(a[0] - b) / jnp.maximum(1, jnp.abs(b)))) for a, b in zip(end, forward(layers, x, h))
    )
    return {"seconds": taken, "error": error, "version": f"diffrax {diffrax.__version__}"}


def grad(question):
    layers, h = layers_of(question), question["h"]
    x = jnp.tile(jnp.array(question["input"]), (question["samples"], 1))

    def loss(layers, x):
        return 0.5 * jnp.sum((forward(layers, x, h)[-1] - 0.3) ** 2)

    @jax.jit
    def gradient(layers, x):
        if len(x) == 1:
            return jax.grad(loss)(layers, x[0])
        return jax.grad(lambda layers: jnp.sum(jax.vmap(loss, (None, 0))(layers, x)))(layers)

    return {"seconds": seconds(lambda: gradient(layers, x), 1001), "version": f"jax {jax.__version__}"}


def epoch_seconds(question, dtype):
    data = np.load(question["data"])
    x, label = jnp.array(data["x"], dtype), jnp.array(data["label"], jnp.int32).reshape(-1)
    inputs, hidden, outputs = question["widths"]
    h, batch, decay, rate = question["h"], question["batch"], 1e-3, 1e-3
    key = jax.random.key(1)

    def start(columns, rows):
        bound = (6 / (columns + rows)) ** 0.5
        return jax.random.uniform(key, (columns, rows), dtype, -bound, bound), jnp.zeros(rows, dtype)

    parameters = [start(inputs, hidden), start(hidden, outputs)]

    def loss(parameters, x, label):
        (w, b), (v, c) = parameters
        y = smooth_relu(x @ w + b, h) @ v + c
        entropy = -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(y), label[:, None], 1))
        return entropy + decay / 2 * sum(jnp.sum(p * p) for p in jax.tree.leaves(parameters))

    def step(state, rows):
        parameters, first, second, count = state
        g = jax.grad(loss)(parameters, x[rows], label[rows])
        count = count + 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, g)
        second = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, second, g)
        scale = rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        parameters = jax.tree.map(
            lambda p, m, s: (p - scale * m / (jnp.sqrt(s) + 1e-8)).astype(dtype), parameters, first, second
        )
        return (parameters, first, second, count), None

    whole = len(x) // batch * batch

    @jax.jit
    def epoch(state, key):
        order = jax.random.permutation(key, len(x))
        state, _ = jax.lax.scan(step, state, order[:whole].reshape(-1, batch))
        # The rest of the epoch is one smaller batch.
        return step(state, order[whole:])[0] if whole < len(x) else state

    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = (parameters, zeros, zeros, jnp.array(0.0, dtype))
    state = jax.block_until_ready(epoch(state, key))
    times = []
    for number in range(question["epochs"]):
        start_time = time.process_time()
        state = jax.block_until_ready(epoch(state, jax.random.key(number)))
        times.append(time.process_time() - start_time)
    return statistics.median(times)


def train(question):
    answer = {name: epoch_seconds(question, dtype) for name, dtype in [("f64", jnp.float64), ("f32", jnp.float32)]}
    return {**answer, "version": f"jax {jax.__version__}"}


def main():
    question = json.load(sys.stdin)
    json.dump({"ss": ss, "grad": grad, "train": train}[question["task"]](question), sys.stdout)


if __name__ == "__main__":
    main()
