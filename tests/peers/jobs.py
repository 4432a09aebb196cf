"""The job list that roadrunner_run.py and copasi_run.py share.

A job list is JSON, from a file or stdin; every key but `sbml` has a default:

    [ { "sbml": "net.xml",
        "end": 100,                       end of the time course (unless `times` says it)
        "points": 11,                     that many equally spaced times from 0 to end, or
        "times": [0, 1, 5, 100],          exactly these times; neither: the end only
        "set": { "x_1": 1, "k_h_y": 0.1 },  initial concentrations (or parameter values),
                                          or a list of such records: one run each
        "rtol": 1e-10, "atol": 1e-12,
        "max_steps": 1000000,             internal steps per output interval
        "defaults": false,                true: tolerances and settings are those that the engine has by itself
        "read": ["y_1"],                  parameters whose values at the end are part of "final"
        "mode": "timecourse" } ]          or "steady": the engine's own steady-state solver

The answer is a list with one record per job:

    [ { "engine": "roadrunner", "version": "...", "sbml": "net.xml", "species": ["x_1", "y_1"],
        "boundary": [], "messages": [],
        "runs": [ { "final": { "x_1": 1, "y_1": 0.2 },
                    "time": [0, 1, 5, 100], "values": [[...], ...] } ] } ]

Values are concentrations of all species, floating ones first, `values` a row per time in the order of
`species`; `time` and `values` are there only when `points` or `times` was given. Each run starts from
the file's initial state plus its own `set`: nothing is left over from the run before. A `steady` run
has `final` and `residual` (the largest absolute rate of change there) and nothing else.
"""

import argparse
import json
import os
import sys
from pathlib import Path

DEFAULTS = {
    "end": 100.0,
    "set": {},
    "rtol": 1e-10,
    "atol": 1e-12,
    "max_steps": 1_000_000,
    "defaults": False,
    "read": [],
    "mode": "timecourse",
}
KEYS = {"sbml", "points", "times", *DEFAULTS}


def complete(job):
    """Check a job's keys and fill in the defaults; adds `sets` and, if asked for, `grid`."""
    unknown = set(job) - KEYS
    if unknown or "sbml" not in job:
        raise ValueError(f"job has unknown keys {sorted(unknown)} or no sbml")
    job = DEFAULTS | job
    if job["mode"] not in ("timecourse", "steady"):
        raise ValueError(f"unknown mode {job['mode']}")
    job["sets"] = job["set"] if isinstance(job["set"], list) else [job["set"]]
    job["grid"] = None
    if "times" in job:
        job["grid"] = [float(t) for t in job["times"]]
        if not job["grid"] or job["grid"][0] < 0 or any(b <= a for a, b in zip(job["grid"], job["grid"][1:])):
            raise ValueError("times must rise from 0 or later")
    elif "points" in job:
        n = int(job["points"])
        if n < 2:
            raise ValueError("points must be 2 or more")
        job["grid"] = [job["end"] * i / (n - 1) for i in range(n)]
    # The engines want a grid that starts at 0; `lead` says whether the first row was not asked for.
    job["run_grid"] = job["grid"] or [float(job["end"])]
    job["lead"] = job["run_grid"][0] != 0.0
    if job["lead"]:
        job["run_grid"] = [0.0, *job["run_grid"]]
    return job


def run_record(job, species, rows, value):
    """What one time course reports; `rows` belong to `run_grid`, `value` gives a parameter at its end."""
    run = {"final": dict(zip(species, rows[-1], strict=True)) | {name: value(name) for name in job["read"]}}
    if job["grid"]:
        run["time"] = job["grid"]
        run["values"] = rows[1:] if job["lead"] else rows
    return run


def main(doc, run_job, add_arguments=None, special=None):
    """Read the list, run it, print the answer; exit 1 with a message if a job fails."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("jobs", nargs="?", default="-", help="job list in JSON, - for stdin")
    if add_arguments:
        add_arguments(parser)
    args = parser.parse_args()
    # The engines write notes to stdout, from C++ too: keep file descriptor 1 for the answer alone.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        answer = special(args) if special else None
        if answer is None:
            text = sys.stdin.read() if args.jobs == "-" else Path(args.jobs).read_text()
            jobs = json.loads(text)
            answer = [run_job(complete(job)) for job in (jobs if isinstance(jobs, list) else [jobs])]
        text = json.dumps(answer, allow_nan=False)
    except Exception as problem:  # the engines throw all sorts; every one of them is a failed job
        print(f"{Path(sys.argv[0]).name}: {type(problem).__name__}: {problem}", file=sys.stderr)
        sys.exit(1)
    print(text, file=out)
    out.close()
