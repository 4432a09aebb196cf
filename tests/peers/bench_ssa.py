"""Exact stochastic simulation by libRoadRunner, GillesPy2 (its compiled solver) and rebop: CPU seconds of one run.

Reads JSON as ssa.py does, with `repeat` instead of `runs`. Writes a list of {name, version, cpu_s}; a tool that is not
there is left out. The least of the repeated times counts, and neither loading nor compiling does.
"""

import json
import os
import resource
import sys
import time
from collections import Counter
from importlib.metadata import version

import ssa


def least(repeat, run):
    times = []
    for at in range(repeat):
        start = time.process_time()
        run(at)
        times.append(time.process_time() - start)
    return min(times)


def by_roadrunner(model):
    runner = ssa.simulator(model)

    def run(at):
        runner.integrator.seed = 1 + at
        runner.resetAll()
        runner.simulate(0, model["until"], 2)

    return least(model["repeat"], run)


def molecules(terms):
    return Counter({f"s{species}": count for species, count in terms})


def by_rebop(model):
    import rebop

    best = []
    for sparse in (False, True):
        system = rebop.Gillespie()
        for reaction in model["reactions"]:
            sides = (sorted(molecules(reaction[side]).elements()) for side in ("reactants", "products"))
            system.add_reaction(reaction["k"], *sides)
        start = {f"s{at}": int(number) for at, number in enumerate(model["numbers"])}
        until = model["until"]
        best.append(least(model["repeat"], lambda at: system.run(start, until, 1, rng=at, sparse=sparse)))
    return min(best)


def by_gillespy2(model):
    import gillespy2
    import numpy as np

    # Its build runs SCons as a module of the base interpreter.
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    system = gillespy2.Model("m")
    species = {f"s{at}": gillespy2.Species(f"s{at}", int(n)) for at, n in enumerate(model["numbers"])}
    system.add_species(list(species.values()))
    for at, reaction in enumerate(model["reactions"]):
        system.add_parameter(gillespy2.Parameter(f"k{at}", expression=repr(float(reaction["k"]))))
        factors = [f"k{at}"]
        for name, count in molecules(reaction["reactants"]).items():
            factors += [f"({name} - {taken})" if taken else name for taken in range(count)]
        sides = [
            {species[name]: count for name, count in molecules(reaction[side]).items()}
            for side in ("reactants", "products")
        ]
        law = "*".join(factors)
        system.add_reaction(gillespy2.Reaction(f"r{at}", *sides, propensity_function=law))
    system.timespan(np.linspace(0, model["until"], 2))
    solver = gillespy2.SSACSolver(system)

    def seconds(runs):
        # The solver is a process of its own: its time is that of the children.
        start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        system.run(solver=solver, number_of_trajectories=runs, seed=1)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start

    return min(seconds(model["repeat"]) / model["repeat"] for _ in range(2))


def main():
    model = json.load(sys.stdin)
    answers = []
    for name, package, run in [
        ("libRoadRunner", "libroadrunner", by_roadrunner),
        ("GillesPy2", "gillespy2", by_gillespy2),
        ("rebop", "rebop", by_rebop),
    ]:
        try:
            answers.append({"name": name, "version": version(package), "cpu_s": run(model)})
        except ImportError as error:
            print(f"{name}: {error}", file=sys.stderr)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
