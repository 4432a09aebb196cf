#!/usr/bin/env python3
"""Slowest eigenvalue of numeric Jacobians, conservation laws left out.

Reads JSON (a file or stdin): a list of matrices, or of records

    [ { "jacobian": [[-1, 0], [2, -3]], "conserved": 0 } ]

`conserved` (or `--conserved N` for all) is the number of exact zeros that conservation laws and constant
species cause: so many eigenvalues of smallest modulus are dropped. Prints one record per matrix:

    [ { "slowest": -1.0, "slowest_imag": 0.0, "fastest": -3.0, "stable": true,
        "largest_imag": 0.0, "dropped": 0.0, "next": 1.0 } ]

`slowest` is the largest real part of what is left, `dropped` the largest modulus among the dropped
eigenvalues and `next` the smallest among the kept ones: the two must be far apart for the count to be
right. Exit status 1 if they are not (dropped > 1e-6 times the largest modulus, or dropped >= next).
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components


def eigenvalues(matrix):
    """Eigenvalues by strongly connected component: those of the whole matrix, which is block triangular in
    that order, without the error (machine epsilon)^(1/k) that k equal eigenvalues along a chain would have."""
    count, label = connected_components(csr_array(matrix != 0), directed=True, connection="strong")
    members = [np.flatnonzero(label == part) for part in range(count)]
    return np.concatenate([np.linalg.eigvals(matrix[np.ix_(part, part)]) for part in members])


def slowest(item, conserved):
    if isinstance(item, dict):
        item, conserved = item["jacobian"], item.get("conserved", conserved)
    matrix = np.array(item, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a Jacobian must be square, here {matrix.shape}")
    if not 0 <= conserved < len(matrix):
        raise ValueError(f"{conserved} conserved of {len(matrix)} leaves no eigenvalue")
    values = eigenvalues(matrix)
    values = values[np.argsort(np.abs(values))]
    gone, kept = values[:conserved], values[conserved:]
    dropped = float(np.abs(gone).max()) if conserved else 0.0
    following = float(np.abs(kept).min())
    if conserved and (dropped > 1e-6 * float(np.abs(values).max()) or dropped >= following):
        raise ValueError(f"{conserved} zeros expected, moduli are {np.abs(values)[: conserved + 1].tolist()}")
    slow = kept[np.argmax(kept.real)]
    return {
        "slowest": float(slow.real),
        "slowest_imag": float(abs(slow.imag)),
        "fastest": float(kept.real.min()),
        "stable": bool(slow.real < 0.0),
        "largest_imag": float(np.abs(kept.imag).max()),
        "dropped": dropped,
        "next": following,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", default="-", help="JSON, - for stdin")
    parser.add_argument("--conserved", type=int, default=0, metavar="N")
    args = parser.parse_args()
    text = sys.stdin.read() if args.file == "-" else Path(args.file).read_text()
    try:
        answer = [slowest(item, args.conserved) for item in json.loads(text)]
    except (ValueError, KeyError, TypeError) as problem:
        sys.exit(f"eigen.py: {problem}")
    json.dump(answer, sys.stdout)
    print()


if __name__ == "__main__":
    main()
