#!/usr/bin/env python3
"""CPU time to load and to run an SBML file: `bench_run.py FILE.xml --end 20 --rtol 1e-6 --atol 1e-9 --repeat 5`.

libRoadRunner (LLJIT back end, CVODE) and COPASI (LSODA) are measured apart, each in a process of its
own; times are CPU seconds of that process (all threads), medians of the repeats. Prints JSON:

    { "file": "net.xml", "end": 20.0, "rtol": 1e-06, "atol": 1e-09, "repeat": 5,
      "engines": [ { "engine": "roadrunner", "version": "...", "import_cpu_s": 0.5, "load_cpu_s": 1.2,
                     "simulate_cpu_s": 0.01, "first_simulate_cpu_s": 0.02, "loads": [...],
                     "simulations": [...], "final_sum": 52.1, "peak_rss_mib": 150.0 } ] }

"load" is reading the file until the model can run (parsing, and compiling where the engine does); each
load is a fresh one, nothing is cached. "simulate" is one call from the initial state to `end`, recording
the end only; a reset lies between calls and is not counted. `first_simulate_cpu_s` is the median first
call after a load, which may do work that loading put off. `final_sum` adds up all floating species at
the end, so that the engines can be compared. `rhs_cpu_s` is one evaluation of all rates of change (libRoadRunner
only; COPASI's interface has none). `--loads N` loads less often than `--repeat` says.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path


def roadrunner_engine(text, args):
    import roadrunner

    roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    # Without this a second load of the same text would return the compiled model of the first.
    roadrunner.Config.setValue(roadrunner.Config.LOADSBMLOPTIONS_RECOMPILE, True)

    def load():
        rr = roadrunner.RoadRunner(text)
        integrator = rr.getIntegrator()
        integrator.setValue("relative_tolerance", args.rtol)
        integrator.setValue("absolute_tolerance", args.atol)
        integrator.setValue("maximum_num_steps", 1_000_000)
        return rr

    def simulate(rr):
        rr.simulate(0.0, args.end, 2)

    def total(rr):
        return float(sum(rr.model.getFloatingSpeciesConcentrations()))

    def concentrations(rr):
        model = rr.model
        return dict(zip(model.getFloatingSpeciesIds(), map(float, model.getFloatingSpeciesConcentrations())))

    def rates(rr):
        rr.model.getFloatingSpeciesConcentrationRates()

    # `reset` would keep what events have set.
    return (
        roadrunner.__version__,
        load,
        lambda rr: rr.resetToOrigin(),
        simulate,
        total,
        concentrations,
        lambda rr: None,
        rates,
    )


def copasi_engine(text, args):
    import COPASI

    def load():
        dm = COPASI.CRootContainer.addDatamodel()
        if not dm.importSBMLFromString(text):
            raise RuntimeError("COPASI cannot read the file")
        task = dm.getTask("Time-Course")
        task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
        problem = task.getProblem()
        problem.setAutomaticStepSize(False)
        problem.setDuration(args.end)
        problem.setStepNumber(1)
        problem.setTimeSeriesRequested(False)
        task.setUpdateModel(False)
        method = task.getMethod()
        method.getParameter("Relative Tolerance").setDblValue(args.rtol)
        method.getParameter("Absolute Tolerance").setDblValue(args.atol)
        method.getParameter("Max Internal Steps").setUIntValue(1_000_000)
        return dm

    def simulate(dm):
        if not dm.getTask("Time-Course").process(True):
            raise RuntimeError(COPASI.CCopasiMessage.getAllMessageText())

    def total(dm):
        model = dm.getModel()
        metabolites = [model.getMetabolite(i) for i in range(model.getNumMetabs())]
        return sum(m.getConcentration() for m in metabolites if m.getStatus() == COPASI.CModelEntity.Status_REACTIONS)

    def concentrations(dm):
        model = dm.getModel()
        metabolites = [model.getMetabolite(i) for i in range(model.getNumMetabs())]
        return {m.getSBMLId(): m.getConcentration() for m in metabolites if m.getStatus() == COPASI.CModelEntity.Status_REACTIONS}

    return (
        COPASI.__version__,
        load,
        lambda dm: dm.getModel().applyInitialValues(),
        simulate,
        total,
        concentrations,
        COPASI.CRootContainer.removeDatamodel,
        None,
    )


ENGINES = {"roadrunner": roadrunner_engine, "copasi": copasi_engine}


def seconds(call):
    """CPU seconds of a short call: the least of many rounds."""
    rounds = []
    for _ in range(21):
        begin = time.process_time()
        for _ in range(100):
            call()
        rounds.append((time.process_time() - begin) / 100)
    return min(rounds)


def measure(args):
    """One engine, in this process."""
    text = Path(args.file).read_text(encoding="utf-8")
    begin = time.process_time()
    version, load, reset, simulate, total, concentrations, drop, rates = ENGINES[args.engine](text, args)
    imported = time.process_time() - begin
    loads, first, simulations = [], [], []
    for _ in range(args.loads or args.repeat):
        begin = time.process_time()
        model = load()
        loads.append(time.process_time() - begin)
        begin = time.process_time()
        simulate(model)
        first.append(time.process_time() - begin)
        last = len(loads) == (args.loads or args.repeat)
        for _ in range(args.repeat if last else 0):
            reset(model)
            begin = time.process_time()
            simulate(model)
            simulations.append(time.process_time() - begin)
        final = total(model)
        each = concentrations(model) if args.final else None
        rhs = seconds(lambda: rates(model)) if rates else None
        drop(model)
        del model
    return {
        "engine": args.engine,
        "version": version,
        "import_cpu_s": imported,
        "load_cpu_s": statistics.median(loads),
        "simulate_cpu_s": statistics.median(simulations),
        "first_simulate_cpu_s": statistics.median(first),
        "loads": loads,
        "simulations": simulations,
        "final_sum": final,
        "final": each,
        "rhs_cpu_s": rhs,
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", metavar="FILE.xml")
    parser.add_argument("--end", type=float, default=20.0)
    parser.add_argument("--rtol", type=float, default=1e-6)
    parser.add_argument("--atol", type=float, default=1e-9)
    parser.add_argument("--repeat", type=int, default=5, help="simulate calls, and loads unless --loads")
    parser.add_argument("--loads", type=int, help="how often to load")
    parser.add_argument("--engine", choices=["both", *ENGINES], default="both")
    parser.add_argument("--final", action="store_true", help="say what each concentration is at the end")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print("RESULT " + json.dumps(measure(args)))
        return
    results = []
    for engine in ENGINES if args.engine == "both" else [args.engine]:
        command = [sys.executable, __file__, *sys.argv[1:], "--engine", engine, "--measure"]
        done = subprocess.run(command, capture_output=True, text=True)
        # The engines print notes of their own; the figures stand in the line marked for them.
        lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        if done.returncode or not lines:
            sys.exit(f"bench_run.py: {engine} failed:\n{done.stderr}")
        results.append(json.loads(lines[-1][len("RESULT ") :]))
    settings = {"end": args.end, "rtol": args.rtol, "atol": args.atol, "repeat": args.repeat}
    print(json.dumps({"file": args.file, **settings, "engines": results}))


if __name__ == "__main__":
    main()
