#!/usr/bin/env python3
"""Write an SBML file again with each tool that writes SBML; a JSON object of the texts by tool.

libSBML keeps the structure, and converts to Level 3 Version 2 as well; COPASI makes its own file of its own model, with
functions; libRoadRunner writes what it simulates.
"""

import json
import sys

import COPASI
import libsbml
import roadrunner

roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)


def main():
    path = sys.argv[1]
    written = {}
    document = libsbml.readSBML(path)
    written["libSBML"] = libsbml.writeSBMLToString(document)
    if not document.setLevelAndVersion(3, 2):
        raise SystemExit("libSBML does not convert the file")
    written["libSBML, Level 3 Version 2"] = libsbml.writeSBMLToString(document)
    model = COPASI.CRootContainer.addDatamodel()
    if not model.importSBML(path):
        raise SystemExit("COPASI does not read the file")
    written["COPASI"] = model.exportSBMLToString(None, 3, 1)
    written["libRoadRunner"] = roadrunner.RoadRunner(path).getSBML()
    # ASCII, whatever the locale of the pipe is.
    json.dump(written, sys.stdout)


if __name__ == "__main__":
    main()
