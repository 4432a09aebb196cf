"""One engine, asked once: a JSON object on stdin, a JSON object on stdout.

In:  {"model": PATH, "rows": [{SPECIES: CONCENTRATION}], "read": {NAME: {SPECIES: FACTOR}},
      "until": T, "points": N, "rtol": R, "atol": A}
Out: {"version": V, "rows": [{NAME: [VALUE at N times from 0 to T]}], "seconds": S}
     or {"absent": WHY} or {"failed": WHY}
"""

import json
import os
import sys
import time


def times(job):
    last = job["points"] - 1
    return [job["until"] * i / last for i in range(job["points"])]


def readings(job, course):
    """Values of what is read, from the concentrations `course[species]` at all times."""

    def value(at, factors):
        return sum(factor * course(species)[at] for species, factor in factors.items())

    return {name: [float(value(at, of)) for at in range(job["points"])] for name, of in job["read"].items()}


def need(species, known):
    for name in species:
        if name not in known:
            raise ValueError(f"the model as read here has no species {name}")


def answer(run, package):
    # Engines print what they like: only the answer goes to stdout.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    job = json.loads(sys.stdin.readline())
    begin = time.perf_counter()
    try:
        version, rows = run(job)
        found = {"version": version, "rows": rows, "seconds": time.perf_counter() - begin}
    except ModuleNotFoundError as error:
        # A package that is there and lacks one of its own is broken, not absent.
        key = "absent" if error.name in package else "failed"
        found = {key: str(error)}
    except BaseException as error:
        found = {"failed": " ".join(f"{type(error).__name__}: {error}".split())}
    print(json.dumps(found), file=out, flush=True)
