#!/usr/bin/env python3
"""Plain forward pass of a network: what the chemistry has to compute, in closed formulas.

Reads JSON (a file or stdin), writes JSON to stdout:

    { "inputs":  [ { "name": "x", "width": 2 } ],
      "layers":  [ { "name": "hidden", "op": "dense", "from": ["x"], "W": [[1, 1]], "b": [0],
                     "activation": { "name": "smooth_relu", "h": 0.1 } },
                   { "name": "r", "op": "add", "from": ["a", "b"] } ],
      "samples": [ [0, 1], { "x": [1, 1] } ] }

->  { "layers": ["hidden", "r"],
      "samples": [ { "hidden": [...], "r": [...] }, ... ],
      "pre":     [ { "hidden": [...], "r": [...] }, ... ] }       (values before the activation)

`op` is dense, add or concat; `from` defaults to the layer before; several sources are concatenated
for dense and concat, summed for add. A list of networks gives a list of answers. A sample is a list (all inputs in order) or a record by name.
`activation` may be left out, or be a list that is applied in order; its parameters have the
defaults of the language. `forward.py --selftest [VECTORS.json]` checks every formula.

`annihilation_relu` depends on the two rails of z and not on z alone; they are taken as the sums of
the positive and of the negative terms w_ij a_j and b_i (no annihilation of z before).
"""

import argparse
import json
import math
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import brentq


def root(z, h):
    """sqrt(z^2 + 4 h) without overflow."""
    return math.hypot(z, 2.0 * math.sqrt(h))


def smooth_relu(z, h=0.1):
    s = root(z, h)
    return (z + s) / 2.0 if z >= 0.0 else 2.0 * h / (s - z)


def smooth_leaky_relu(z, h=0.1, slope=0.1):
    return slope * z + (1.0 - slope) * smooth_relu(z, h)


def algebraic_sigmoid(z, h=1.0):
    return smooth_relu(z, h) / root(z, h)


def algebraic_tanh(z, h=1.0):
    return z / root(z, h)


def restored_sigmoid(z, a=0.5):
    s = root(z, a * a)
    if z >= 0.0:
        return (1.0 + z / (2.0 * a + s)) / 2.0
    return (2.0 * a + 4.0 * a * a / (s - z)) / (2.0 * (2.0 * a + s))


def michaelis(z, k=1.0):
    require_nonnegative("michaelis", z)
    return z / (k + z)


def hill(z, k=1.0):
    require_nonnegative("hill", z)
    return z * z / (k + z * z)


def softsign(z, h=0.1):
    return z / (1.0 + root(z, h))


def elu(z, h=0.1):
    v = smooth_relu(-z, h)
    return smooth_relu(z, h) - v / (1.0 + v)


def smooth_abs(z, h=0.1):
    return root(z, h)


def swish(z, h=1.0):
    return z * algebraic_sigmoid(z, h)


def inverse_multiquadric(z, h=1.0):
    return 1.0 / root(z, h)


def inverse_quadratic(z):
    return 1.0 / (1.0 + z * z)


def annihilation_relu(zp, zm, k=1e4):
    """The positive root of u^2 - (z - 1/k) u - zp/k = 0."""
    return smooth_relu(zp - zm - 1.0 / k, zp / k) if zp > 0.0 else 0.0


def winner_take_all(z, h=0.01):
    """X_i = h / (S - z_i), where S > max(0, z) solves sum_i h / (S - z_i) = S.

    Solved for d = S - max(0, z), which stays accurate when the winner is within rounding of S."""
    top = max(0.0, max(z))
    gaps = [top - v for v in z]

    def balance(d):
        return sum(h / (d + g) for g in gaps) - d - top

    upper = math.sqrt(h * len(z)) * (1.0 + 1e-9)
    lower = smooth_relu(-top, h) * (1.0 - 1e-9) if min(gaps) == 0.0 else 0.0
    d = brentq(balance, lower, upper, xtol=1e-300, rtol=1e-15, maxiter=1000)
    return [h / (d + g) for g in gaps]


def rational_softmax(z, h=0.1):
    u = [smooth_relu(v, h) for v in z]
    return [v / sum(u) for v in u]


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z)) if z >= 0.0 else math.exp(z) / (1.0 + math.exp(z))


def softplus(z):
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def softmax(z):
    e = [math.exp(v - max(z)) for v in z]
    return [v / sum(e) for v in e]


def require_nonnegative(name, z):
    if z < 0.0:
        raise ValueError(f"{name} is defined for z >= 0 only, here z = {z}")


# One value at a time; parameters have the language's names and defaults.
SCALAR = {
    "identity": lambda z: z,
    "smooth_relu": smooth_relu,
    "smooth_leaky_relu": smooth_leaky_relu,
    "algebraic_sigmoid": algebraic_sigmoid,
    "algebraic_tanh": algebraic_tanh,
    "restored_sigmoid": restored_sigmoid,
    "michaelis": michaelis,
    "hill": hill,
    "softsign": softsign,
    "elu": elu,
    "abs": smooth_abs,
    "swish": swish,
    "square": lambda z: z * z,
    "inverse_multiquadric": inverse_multiquadric,
    "inverse_quadratic": inverse_quadratic,
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "softplus": softplus,
}

# The whole layer at once.
VECTOR = {
    "winner_take_all": winner_take_all,
    "rational_softmax": rational_softmax,
    "softmax": softmax,
}


def activate(spec, z, rails):
    """Apply one activation; `rails` are the positive and negative parts z is the difference of."""
    spec = {"name": spec} if isinstance(spec, str) else dict(spec)
    name = spec.pop("name")
    if name in SCALAR:
        return np.array([SCALAR[name](float(v), **spec) for v in z])
    if name in VECTOR:
        return np.array(VECTOR[name]([float(v) for v in z], **spec))
    if name == "annihilation_relu":
        return np.array([annihilation_relu(float(p), float(m), **spec) for p, m in zip(*rails)])
    raise ValueError(f"unknown activation {name}")


def minimal_rails(z):
    return np.maximum(z, 0.0), np.maximum(-z, 0.0)


def layer_value(layer, sources):
    """The values before and after the activation of one layer."""
    op = layer.get("op", "dense")
    if op == "dense":
        w = np.array(layer["W"], dtype=float)
        b = np.array(layer.get("b", np.zeros(len(w))), dtype=float)
        a = np.concatenate(sources)
        if w.shape != (len(b), len(a)):
            raise ValueError(f"{layer['name']}: W is {w.shape}, expected {(len(b), len(a))}")
        z = w @ a + b
        terms = np.column_stack([w * a, b])
        rails = np.maximum(terms, 0.0).sum(axis=1), np.maximum(-terms, 0.0).sum(axis=1)
    elif op in ("add", "concat"):
        z = np.sum(sources, axis=0) if op == "add" else np.concatenate(sources)
        rails = minimal_rails(z)
    else:
        raise ValueError(f"{layer['name']}: unknown op {op}")
    specs = layer.get("activation") or []
    value = z
    for spec in specs if isinstance(specs, list) else [specs]:
        value = activate(spec, value, rails)
        rails = minimal_rails(value)
    return z, value


def forward(network):
    """Every layer's values, for every sample of a network in the form above."""
    inputs = network.get("inputs") or [{"name": "x"}]
    out = {"layers": [layer["name"] for layer in network["layers"]], "samples": [], "pre": []}
    for sample in network["samples"]:
        values = {}
        if isinstance(sample, dict):
            values = {k: np.array(v, dtype=float).ravel() for k, v in sample.items()}
        else:
            flat, at = np.array(sample, dtype=float).ravel(), 0
            for item in inputs:
                end = at + item.get("width", len(flat) - at)
                values[item["name"]], at = flat[at:end], end
            if at != len(flat):
                raise ValueError(f"a sample has {len(flat)} numbers, the inputs take {at}")
        before, pre = inputs[-1]["name"], {}
        for layer in network["layers"]:
            name = layer["name"]
            sources = [values[source] for source in layer.get("from") or [before]]
            pre[name], values[name] = layer_value(layer, sources)
            before = name
        out["samples"].append({name: values[name].tolist() for name in out["layers"]})
        out["pre"].append({name: pre[name].tolist() for name in out["layers"]})
    return out


def selftest(path):
    """Check the formulas against the reference vectors and against what defines them."""
    vectors = json.loads(Path(path).read_text())["vectors"]
    by_name = {
        "smooth_relu": ("smooth_relu", "h"),
        "smooth_leaky_relu_alpha0.1": ("smooth_leaky_relu", "h"),
        "smooth_abs": ("abs", "h"),
        "alg_sigmoid": ("algebraic_sigmoid", "h"),
        "smooth_softsign": ("softsign", "h"),
        "elu_like": ("elu", "h"),
        "inv_multiquadric": ("inverse_multiquadric", "h"),
        "alg_swish": ("swish", "h"),
        "logistic_restored_a0.5": ("restored_sigmoid", None),
        "inv_quadratic": ("inverse_quadratic", None),
        "sigmoid": ("sigmoid", None),
        "tanh": ("tanh", None),
        "softplus": ("softplus", None),
    }
    checks, worst, skipped = 0, 0.0, []

    def check(what, got, want, tolerance=6e-11):
        nonlocal checks, worst
        error = abs(got - want)
        checks, worst = checks + 1, max(worst, error)
        if not error <= tolerance:
            raise SystemExit(f"selftest: {what}: {got!r} instead of {want!r}")

    for vector in vectors:
        kind = vector["kind"]
        if kind == "activation_table":
            for row in vector["table"]:
                if row["name"] not in by_name:
                    skipped.append(row["name"])
                    continue
                name, parameter = by_name[row["name"]]
                spec = {"name": name} | ({parameter: row["h"]} if parameter else {})
                got = activate(spec, np.array(row["z"], dtype=float), None)
                for z, a, b in zip(row["z"], got, row["value"]):
                    check(f"{row['name']}({z})", a, b)
        elif kind == "fixed_point_net":
            kinds = {"linear": "identity", "smooth_relu": {"name": "smooth_relu", "h": vector["h"]}}
            last = len(vector["weights"]) - 1
            layers = [
                {
                    "name": f"l{i}",
                    "W": w,
                    "b": b,
                    "activation": kinds[vector["output_activation" if i == last else "hidden_activation"]],
                }
                for i, (w, b) in enumerate(zip(vector["weights"], vector["biases"]))
            ]
            samples = [case["input"] for case in vector["cases"]]
            result = forward({"layers": layers, "samples": samples})
            for case, got in zip(vector["cases"], result["samples"]):
                expected = case["hidden"] + [case["output"]]
                for i, values in enumerate(expected):
                    for a, b in zip(got[f"l{i}"], values, strict=True):
                        check(f"{vector['name']} {case['input']} layer {i}", a, b)
        elif kind == "softmax":
            for a, b in zip(softmax(vector["z"]), vector["softmax"], strict=True):
                check("softmax", a, b)
            for a, b in zip(rational_softmax(vector["z"], 0.25), vector["rational_softmax_h0_25"], strict=True):
                check("rational_softmax", a, b)
        elif kind == "wta":
            got = winner_take_all(vector["z"], vector["h"])
            for a, b in zip(got + [sum(got)], vector["X"] + [vector["S"]], strict=True):
                check("winner_take_all", a, b)

    # What the tables lack: the equations the values solve, relative to their largest term.
    for z in [-1e3, -30.0, -2.5, -0.3, 0.0, 0.2, 5.0, 1e3]:
        for h in [1e-8, 1e-4, 0.1, 1.0]:
            x = smooth_relu(z, h)
            check(f"smooth_relu({z}, {h}) equation", (h + z * x - x * x) / (h + abs(z) * x), 0.0, 1e-12)
            check(f"algebraic_tanh({z}, {h})", algebraic_tanh(z, h), 2.0 * algebraic_sigmoid(z, h) - 1.0, 1e-15)
        y = restored_sigmoid(z, 0.3)
        check(f"restored_sigmoid({z}) equation", (z * y * (1 - y) + 0.3 * (1 - 2 * y)) / max(1.0, abs(z)), 0.0, 1e-12)
        zp, zm, k = max(z, 0.0) + 0.7, max(-z, 0.0) + 0.7, 1e4
        u = annihilation_relu(zp, zm, k)
        check(f"annihilation_relu({z}) equation", (zp - u - k * u * (u - z)) / (zp + k * u * u), 0.0, 1e-9)
        check(f"square({z})", SCALAR["square"](z), z**2, 0.0)
    for z in [0.0, 0.4, 7.0]:
        check("michaelis", michaelis(z, 2.0) * (2.0 + z), z, 1e-15)
        check("hill", hill(z, 2.0) * (2.0 + z * z), z * z, 1e-14)
    for z in [[-3.0, -2.0], [0.0, 0.0, 0.0], [2.0, 2.0], [5.0, 4.9, -40.0], [-1.0], [0.0, -1.0], [300.0, 1.0]]:
        for h in [1e-6, 0.01, 0.5]:
            x = winner_take_all(z, h)
            for zi, xi in zip(z, x):
                check(f"winner_take_all({z}, {h}) equation", (h + zi * xi - xi * sum(x)) / (h + abs(zi) * xi), 0.0, 1e-10)
            if min(x) <= 0.0:
                raise SystemExit(f"selftest: winner_take_all({z}, {h}) is not positive")

    # A graph: a sum, a concatenation with the input, an input by name, a chain of activations.
    graph = {
        "inputs": [{"name": "x", "width": 2}],
        "layers": [
            {"name": "a", "W": [[1, -1], [0, 2]], "b": [0, 1]},
            {"name": "s", "op": "add", "from": ["a", "x"], "activation": ["abs", "identity"]},
            {"name": "y", "from": ["s", "x"], "W": [[1, 1, 1, 1]]},
        ],
        "samples": [[1, 2], {"x": [1, 2]}],
    }
    for sample in forward(graph)["samples"]:
        check("graph", sample["y"][0], smooth_abs(0.0) + smooth_abs(7.0) + 3.0, 1e-15)
    print(json.dumps({"ok": True, "checks": checks, "largest_error": worst, "skipped": sorted(set(skipped))}))


def main():
    default = Path(__file__).resolve().parent.parent / "reference" / "vectors.json"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", default="-", help="network in JSON, - for stdin")
    parser.add_argument("--selftest", nargs="?", const=str(default), metavar="VECTORS", help="check the formulas")
    args = parser.parse_args()
    if args.selftest:
        selftest(args.selftest)
        return
    text = sys.stdin.read() if args.file == "-" else Path(args.file).read_text()
    try:
        data = json.loads(text)
        result = [forward(network) for network in data] if isinstance(data, list) else forward(data)
    except (ValueError, KeyError, TypeError) as problem:
        sys.exit(f"forward.py: {type(problem).__name__}: {problem}")
    json.dump(result, sys.stdout)
    print()


if __name__ == "__main__":
    main()
