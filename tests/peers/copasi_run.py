#!/usr/bin/env python3
"""Run SBML files in COPASI (LSODA time course, or its steady-state task): see jobs.py for the format.

`copasi_run.py --laws [--strict] FILE.xml ...` tells instead how COPASI understood the kinetic laws:

    [ { "sbml": "net.xml", "messages": ["..."],
        "counts": { "Mass action (irreversible)": 7 }, "private": 0,
        "reactions": [ { "id": "r_1", "law": "Mass action (irreversible)", "built_in": true,
                         "mass_action": true } ] } ]

`private` counts the reactions for which COPASI had to invent a function of its own; `--strict` makes
the exit status 1 when there is one, or when loading gave a message other than the two that say nothing
about the chemistry (default length and area units, an SBO term on the model).
"""

import collections
import math
import re

import COPASI
import jobs

# COPASI remarks on every model without length and area units, and on every model with an SBO term.
# python-copasi comes without the list of MIRIAM resources that COPASI's window has: every reference is unknown to it.
HARMLESS = ("CAnnotation (4): The MIRIAM resource '",)


def load(path):
    """The data model and the messages of importing."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    COPASI.CCopasiMessage.clearDeque()
    dm = COPASI.CRootContainer.addDatamodel()
    ok = dm.importSBMLFromString(text)
    messages = []
    while COPASI.CCopasiMessage.size() > 0:
        message = COPASI.CCopasiMessage.getLastMessage()
        if message.getNumber() == COPASI.MCCopasiMessage + 1:
            break
        # Without the date and time that COPASI puts in front.
        text = re.sub(r"^>(\w+) [^<]*<", r"\1:", " ".join(message.getText().split()))
        messages.insert(0, text)
    if not ok:
        raise RuntimeError(f"COPASI cannot read {path}: {messages}")
    return dm, messages


def laws(path):
    dm, messages = load(path)
    rows = []
    for i in range(dm.getModel().getNumReactions()):
        reaction = dm.getModel().getReaction(i)
        function = reaction.getFunction()
        rows.append(
            {
                "id": reaction.getSBMLId(),
                "law": function.getObjectName(),
                "built_in": function.isReadOnly(),
                "mass_action": function.getType() == COPASI.CFunction.MassAction,
            }
        )
    counts = collections.Counter(row["law"] for row in rows)
    COPASI.CRootContainer.removeDatamodel(dm)
    return {
        "sbml": path,
        "messages": messages,
        "counts": dict(sorted(counts.items())),
        "private": sum(not row["built_in"] for row in rows),
        "reactions": rows,
    }


class Engine:
    """One loaded model and the state the file gives it."""

    def __init__(self, path):
        self.dm, self.messages = load(path)
        self.model = self.dm.getModel()
        metabolites = [self.model.getMetabolite(i) for i in range(self.model.getNumMetabs())]
        # Fixed ones are SBML's boundary species; floating ones first, as in jobs.py.
        metabolites.sort(key=lambda m: m.getStatus() == COPASI.CModelEntity.Status_FIXED)
        self.metabolites = {m.getSBMLId(): m for m in metabolites}
        self.species = list(self.metabolites)
        self.boundary = [
            s for s, m in self.metabolites.items() if m.getStatus() == COPASI.CModelEntity.Status_FIXED
        ]
        values = [self.model.getModelValue(i) for i in range(self.model.getNumModelValues())]
        self.values = {v.getSBMLId(): v for v in values}
        # The others follow from rules.
        fixed = COPASI.CModelEntity.Status_ASSIGNMENT
        self.parameters = {p: v for p, v in self.values.items() if v.getStatus() != fixed}
        self.start = {s: m.getInitialConcentration() for s, m in self.metabolites.items()}
        self.constants = {p: v.getInitialValue() for p, v in self.parameters.items()}

    def reset(self, settings):
        """The file's initial state, then the given values on top, all as concentrations."""
        for name in settings:
            if name not in self.metabolites and name not in self.parameters:
                raise ValueError(f"no species or parameter {name}")
        changed = COPASI.ObjectStdVector()
        for p, v in self.parameters.items():
            value = float(settings.get(p, self.constants[p]))
            v.setInitialValue(value)
            changed.append(v.getInitialValueReference())
        for s, m in self.metabolites.items():
            value = float(settings.get(s, self.start[s]))
            m.setInitialConcentration(value)
            changed.append(m.getInitialConcentrationReference())
        self.model.updateInitialValues(changed)

    def time_course(self, job):
        task = self.dm.getTask("Time-Course")
        task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
        problem = task.getProblem()
        problem.setTimeSeriesRequested(True)
        problem.setAutomaticStepSize(False)
        problem.setOutputStartTime(0.0)
        grid = job["run_grid"]
        problem.setDuration(grid[-1])
        problem.setStepNumber(len(grid) - 1)
        problem.setUseValues(True)
        problem.setValues(" ".join(repr(t) for t in grid))
        if not job["defaults"]:
            method = task.getMethod()
            method.getParameter("Relative Tolerance").setDblValue(job["rtol"])
            method.getParameter("Absolute Tolerance").setDblValue(job["atol"])
            method.getParameter("Max Internal Steps").setUIntValue(int(job["max_steps"]))
            method.getParameter("Integrate Reduced Model").setBoolValue(False)
        COPASI.CCopasiMessage.clearDeque()
        if not task.process(True):
            raise RuntimeError(f"COPASI's time course failed: {COPASI.CCopasiMessage.getAllMessageText()}")
        series = task.getTimeSeries()
        columns = {series.getSBMLId(i, self.dm): i for i in range(series.getNumVariables())}
        steps = series.getRecordedSteps()
        # Column 0 is the time. COPASI records an event's time twice; keep the last of equal times.
        rows, at = {}, 0
        for step in range(steps):
            t = series.getConcentrationData(step, 0)
            while at < len(grid) and grid[at] < t - 1e-9 * max(1.0, t):
                at += 1
            if at < len(grid) and abs(grid[at] - t) <= 1e-9 * max(1.0, t):
                # A species without a column never changes: its value is the initial one.
                rows[at] = [
                    series.getConcentrationData(step, columns[s])
                    if s in columns
                    else self.metabolites[s].getInitialConcentration()
                    for s in self.species
                ]
        if len(rows) != len(grid):
            raise RuntimeError(f"COPASI gave {len(rows)} of {len(grid)} times")
        return [rows[i] for i in range(len(grid))]

    def steady(self, job):
        task = self.dm.getTask("Steady-State")
        if not job["defaults"]:
            task.getMethod().getParameter("Resolution").setDblValue(1e-9)
        COPASI.CCopasiMessage.clearDeque()
        if not task.process(True) or task.getResult() == COPASI.CSteadyStateMethod.notFound:
            raise RuntimeError(f"COPASI found no steady state: {COPASI.CCopasiMessage.getAllMessageText()}")
        final = {s: m.getConcentration() for s, m in self.metabolites.items()}
        rates = [abs(m.getConcentrationRate()) for m in self.metabolites.values()]
        return {"final": final, "residual": max((r for r in rates if math.isfinite(r)), default=0.0)}


def run_job(job):
    engine = Engine(job["sbml"])
    runs = []
    for settings in job["sets"]:
        engine.reset(settings)
        if job["mode"] == "steady":
            runs.append(engine.steady(job))
        else:
            rows = engine.time_course(job)
            runs.append(jobs.run_record(job, engine.species, rows, lambda name: engine.values[name].getValue()))
    COPASI.CRootContainer.removeDatamodel(engine.dm)
    return {
        "engine": "copasi",
        "version": COPASI.__version__,
        "sbml": job["sbml"],
        "species": engine.species,
        "boundary": engine.boundary,
        "messages": engine.messages,
        "runs": runs,
    }


def add_arguments(parser):
    parser.add_argument("--laws", action="store_true", help="report the kinetic laws of SBML files instead")
    parser.add_argument("more", nargs="*", metavar="FILE.xml", help="with --laws: further files")
    parser.add_argument("--strict", action="store_true", help="with --laws: fail on a private function or a message")


def special(args):
    if not args.laws:
        return None
    answer = [laws(path) for path in [args.jobs, *args.more]]
    if args.strict:
        for a in answer:
            telling = [m for m in a["messages"] if not any(h in m for h in HARMLESS)]
            if a["private"] or telling:
                raise RuntimeError(f"{a['sbml']}: {a['private']} private functions, messages {telling}")
    return answer


if __name__ == "__main__":
    jobs.main(__doc__, run_job, add_arguments, special)
