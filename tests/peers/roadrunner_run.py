#!/usr/bin/env python3
"""Run SBML files in libRoadRunner (CVODE time course, or its steadyState): see jobs.py for the format.

Models are compiled by the LLJIT back end, which loads several times faster than the default one.
"""

import jobs
import roadrunner

roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
roadrunner.Logger.disableConsoleLogging()


class Engine:
    """One loaded model and the state the file gives it."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.rr = roadrunner.RoadRunner(f.read())
        m = self.rr.model
        self.floating = list(m.getFloatingSpeciesIds())
        self.boundary = list(m.getBoundarySpeciesIds())
        self.species = self.floating + self.boundary
        self.rr.timeCourseSelections = ["time"] + [f"[{s}]" for s in self.species]
        # Those that follow from rules cannot be set.
        rules = set(self.rr.getAssignmentRuleIds())
        self.parameters = {p: self.rr[p] for p in m.getGlobalParameterIds() if p not in rules}
        self.start = [self.rr[f"[{s}]"] for s in self.species]

    def reset(self, settings):
        """Back to the file's own initial state, then the given values on top.

        `reset` alone is not enough: what it restores depends on global settings, and it keeps
        boundary species and parameters that an earlier run has set."""
        self.rr.reset()
        for p, value in self.parameters.items():
            self.rr.setValue(p, value)
        for s, value in zip(self.species, self.start):
            self.rr.setValue(f"[{s}]", value)
        for name, value in settings.items():
            if name in self.species:
                self.rr.setValue(f"[{name}]", float(value))
            elif name in self.parameters:
                self.rr.setValue(name, float(value))
            else:
                raise ValueError(f"no species or parameter {name}")


def run_job(job):
    engine = Engine(job["sbml"])
    rr = engine.rr
    if not job["defaults"]:
        integrator = rr.getIntegrator()
        integrator.setValue("relative_tolerance", job["rtol"])
        integrator.setValue("absolute_tolerance", job["atol"])
        integrator.setValue("maximum_num_steps", int(job["max_steps"]))
        integrator.setValue("stiff", True)
    runs = []
    for settings in job["sets"]:
        engine.reset(settings)
        if job["mode"] == "steady":
            rr.steadyState()
            final = {s: rr[f"[{s}]"] for s in engine.species}
            rates = [abs(float(v)) for v in rr.model.getFloatingSpeciesConcentrationRates()]
            runs.append({"final": final, "residual": max(rates, default=0.0)})
        else:
            table = rr.simulate(times=job["run_grid"])
            rows = [[float(v) for v in row[1:]] for row in table]
            if len(rows) != len(job["run_grid"]) or abs(table[-1][0] - job["run_grid"][-1]) > 1e-9 * job["run_grid"][-1]:
                raise RuntimeError("the integrator stopped early")
            runs.append(jobs.run_record(job, engine.species, rows, lambda name: float(rr[name])))
    return {
        "engine": "roadrunner",
        "version": roadrunner.__version__,
        "sbml": job["sbml"],
        "species": engine.species,
        "boundary": engine.boundary,
        "messages": [],
        "runs": runs,
    }


if __name__ == "__main__":
    jobs.main(__doc__, run_job)
