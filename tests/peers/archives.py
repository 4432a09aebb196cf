#!/usr/bin/env python3
"""What COMBINE archives are to the tools that open them: `archives.py` with JSON on its input,

    [ { "archive": "a.omex", "skip": ["x_1"] } ]

and one record for each on its output: what libCombine and libSEDML find, and what COPASI has ready when it opens the file,
runs it as it is, and how far that is from `expected.csv`. Columns in `skip` jump at times that are recorded: before or
after is a matter of taste.
"""

import csv
import io
import json
import sys
import warnings
import zipfile

warnings.simplefilter("ignore")

import basico
import libcombine
import libsedml
import numpy as np


def record(job):
    path = job["archive"]
    archive = libcombine.CombineArchive()
    opened = archive.initializeFromArchive(path)
    members = sorted(archive.getEntry(at).getLocation() for at in range(archive.getNumEntries())) if opened else []
    master = archive.getMasterFile().getLocation() if opened else None
    archive.cleanUp()
    inside = zipfile.ZipFile(path)
    document = libsedml.readSedMLFromString(inside.read("simulation.sedml").decode())
    findings = [document.getError(at).getMessage() for at in range(document.getNumErrors())]
    rows = list(csv.reader(io.StringIO(inside.read("expected.csv").decode())))
    expected = {name: np.array([float(row[at]) for row in rows[1:]]) for at, name in enumerate(rows[0])}
    model = basico.load_model(path)
    settings = basico.get_task_settings("Time-Course")
    plots = basico.get_plots()
    course = basico.run_time_course(use_sbml_id=True)
    apart, compared = 0.0, 0
    for name, values in expected.items():
        if name == "time" or name in job["skip"]:
            continue
        if name in course:
            found = course[name].to_numpy()
        elif f"{name}_p" in course and f"{name}_m" in course:
            found = (course[f"{name}_p"] - course[f"{name}_m"]).to_numpy()
        else:
            continue
        compared += 1
        apart = max(apart, float(np.abs(found - values).max())) if len(found) == len(values) else float("inf")
    basico.remove_datamodel(model)
    return {
        "opened": bool(opened),
        "members": members,
        "listed": sorted(inside.namelist()),
        "master": master,
        "findings": findings,
        "duration": settings["problem"]["Duration"],
        "steps": settings["problem"]["StepNumber"],
        "scheduled": settings["scheduled"],
        "end": float(expected["time"][-1]),
        "plots": 0 if plots is None else len(plots),
        "compared": compared,
        "apart": apart,
    }


print(json.dumps([record(job) for job in json.load(sys.stdin)]))
