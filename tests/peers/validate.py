#!/usr/bin/env python3
"""libSBML's full consistency check: `validate.py FILE.xml ...`.

Every category is on (units, identifiers, MathML, SBO, overdetermined models, modelling practice), unit
checking is strict. Prints a JSON list, one record per file:

    [ { "file": "a.xml", "level": 3, "version": 1, "reactions": 7, "species": 3,
        "counts": { "info": 0, "warning": 0, "error": 0, "fatal": 0 },
        "findings": [ { "severity": "warning", "id": 99505, "category": "...", "line": 12, "message": "..." } ] } ]

Exit status 1 if any file has any finding at all, warnings and infos included; `--allow warning` (or
info, error) lets findings up to that severity pass.
"""

import argparse
import json
import sys
from pathlib import Path

import libsbml

CATEGORIES = [
    libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY,
    libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
    libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
    libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
    libsbml.LIBSBML_CAT_OVERDETERMINED_MODEL,
    libsbml.LIBSBML_CAT_MODELING_PRACTICE,
]
# Severities 4 to 7 stand for conditions that libSBML normally resolves; count them as errors.
SEVERITIES = ["info", "warning", "error", "fatal"]


def check(path):
    """One record, as described above."""
    document = libsbml.SBMLReader().readSBMLFromString(Path(path).read_text(encoding="utf-8"))
    # Errors of reading (XML, schema) come first; checking a broken document would hide them.
    findings = collect(document)
    if not any(f["severity"] in ("error", "fatal") for f in findings):
        document.getErrorLog().clearLog()
        for category in CATEGORIES:
            document.setConsistencyChecks(category, True)
        document.checkConsistencyWithStrictUnits()
        findings += [f for f in collect(document) if f not in findings]
        document.getErrorLog().clearLog()
        document.checkInternalConsistency()
        findings += [f for f in collect(document) if f not in findings]
    model = document.getModel()
    return {
        "file": str(path),
        "level": document.getLevel(),
        "version": document.getVersion(),
        "reactions": model.getNumReactions() if model else 0,
        "species": model.getNumSpecies() if model else 0,
        "counts": {s: sum(f["severity"] == s for f in findings) for s in SEVERITIES},
        "findings": findings,
    }


def collect(document):
    found = []
    for i in range(document.getNumErrors()):
        error = document.getError(i)
        severity = error.getSeverity()
        found.append(
            {
                "severity": SEVERITIES[severity] if severity < 4 else "error",
                "id": error.getErrorId(),
                "category": error.getCategoryAsString(),
                "line": error.getLine(),
                "message": " ".join(error.getMessage().split()),
            }
        )
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE.xml")
    parser.add_argument("--allow", choices=["none", "info", "warning", "error"], default="none")
    args = parser.parse_args()
    try:
        records = [check(path) for path in args.files]
    except (OSError, UnicodeDecodeError) as problem:
        sys.exit(f"validate.py: {problem}")
    json.dump(records, sys.stdout, indent=1)
    print()
    allowed = ["none", *SEVERITIES].index(args.allow)
    bad = sum(r["counts"][s] for r in records for s in SEVERITIES[allowed:])
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
