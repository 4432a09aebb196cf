"""Exact stochastic simulation by libRoadRunner: moments of molecule numbers.

Reads JSON: reactions with propensity constants (k times the falling factorials of the reactants is the propensity),
initial numbers, end time, number of runs. Writes mean and variance of each number at the end.
"""

import json
import sys

import numpy as np
import roadrunner

NAMESPACE = "http://www.sbml.org/sbml/level3/version1/core"


def side(tag, terms):
    if not terms:
        return ""
    references = "".join(
        f'<speciesReference species="s{species}" stoichiometry="{count}" constant="true"/>' for species, count in terms
    )
    return f"<{tag}>{references}</{tag}>"


def propensity(at, reactants):
    factors = [f"<ci>k{at}</ci>"]
    for species, count in reactants:
        for taken in range(count):
            number = f"<ci>s{species}</ci>"
            factors.append(f"<apply><minus/>{number}<cn>{taken}</cn></apply>" if taken else number)
    return f"<apply><times/>{''.join(factors)}</apply>"


def sbml(model):
    """The reactions in molecules: amounts, one compartment of size 1, one law for each reaction."""
    species = "".join(
        f'<species id="s{at}" compartment="c" initialAmount="{number}" hasOnlySubstanceUnits="true"'
        ' boundaryCondition="false" constant="false"/>'
        for at, number in enumerate(model["numbers"])
    )
    parameters = "".join(
        f'<parameter id="k{at}" value="{reaction["k"]!r}" constant="true"/>'
        for at, reaction in enumerate(model["reactions"])
    )
    reactions = "".join(
        f'<reaction id="r{at}" reversible="false" fast="false">'
        f"{side('listOfReactants', reaction['reactants'])}{side('listOfProducts', reaction['products'])}"
        '<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">'
        f"{propensity(at, reaction['reactants'])}</math></kineticLaw></reaction>"
        for at, reaction in enumerate(model["reactions"])
    )
    return (
        f'<?xml version="1.0"?><sbml xmlns="{NAMESPACE}" level="3" version="1"><model id="m"><listOfCompartments>'
        '<compartment id="c" size="1" spatialDimensions="3" constant="true"/></listOfCompartments>'
        f"<listOfSpecies>{species}</listOfSpecies><listOfParameters>{parameters}</listOfParameters>"
        f"<listOfReactions>{reactions}</listOfReactions></model></sbml>"
    )


def simulator(model):
    roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
    runner = roadrunner.RoadRunner(sbml(model))
    runner.setIntegrator("gillespie")
    runner.integrator.variable_step_size = False
    runner.timeCourseSelections = ["time"] + [f"s{at}" for at in range(len(model["numbers"]))]
    return runner


def main():
    model = json.load(sys.stdin)
    runner = simulator(model)
    ends = []
    for run in range(model["runs"]):
        runner.integrator.seed = 1 + run
        runner.resetAll()
        ends.append(runner.simulate(0, model["until"], 2)[-1][1:])
    ends = np.array(ends)
    json.dump({"mean": ends.mean(axis=0).tolist(), "variance": ends.var(axis=0, ddof=1).tolist()}, sys.stdout)


if __name__ == "__main__":
    main()
