#!/usr/bin/env python3
"""What other tools read in the forms of `nnrc compile` beside SBML: `exports.py` with JSON on its input,

    [ { "sbml": "a.xml", "antimony": "a.ant", "catalyst": "a.jl" or null, "latex": "a.tex", "dot": "a.dot" } ]

and one record for each on its output. Antimony is read by its own library, and what it makes of the text is run beside
the SBML in libRoadRunner; Julia is parsed by its grammar, and the rates that its reactions mean are those of the SBML; of
the LaTeX the reactions are counted; the graph is read by pydot.
"""

import json
import re
import sys
from pathlib import Path

import antimony
import libsbml
import numpy as np
import pydot
import roadrunner
import tree_sitter
import tree_sitter_julia

TIMES = (0.0, 5.0, 11)


def model(file):
    loaded = roadrunner.RoadRunner(file)
    loaded.integrator.relative_tolerance, loaded.integrator.absolute_tolerance = 1e-8, 1e-12
    return loaded


def course(loaded, species):
    return np.asarray(loaded.simulate(*TIMES, ["time", *(f"[{name}]" for name in species)]))


def of_antimony(text, sbml):
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyFile(text) < 0:
        return {"error": antimony.getLastError()}
    made = antimony.getSBMLString(antimony.getMainModuleName())
    document = libsbml.readSBMLFromString(made)
    document.checkConsistencyWithStrictUnits()
    findings = [document.getError(at).getMessage() for at in range(document.getNumErrors())]
    own, other = document.getModel(), libsbml.readSBMLFromFile(sbml)
    theirs = other.getModel()

    def facts(one):
        lists = (one.getListOfSpecies(), one.getListOfParameters(), one.getListOfReactions(), one.getListOfEvents())
        # Antimony leaves a name out that is the identifier.
        elements = {e.getId(): (e.getName() or e.getId(), e.getSBOTermID()) for part in lists[:3] for e in part}
        units = {d.getId() for d in one.getListOfUnitDefinitions()}
        return elements, [len(part) for part in lists], one.getNumRules(), bool(units)

    ours, theirs_too = facts(own), facts(theirs)
    # Antimony takes the words of the file, and no more.
    different = sorted(key for key in theirs_too[0] if ours[0].get(key) != theirs_too[0][key])
    first, second = model(made), model(sbml)
    species = list(second.model.getFloatingSpeciesIds())
    apart = np.abs(course(first, species) - course(second, species))
    return {
        "findings": findings,
        "counts": [ours[1:], theirs_too[1:]],
        "different": different[:5],
        "apart": float(apart.max()) if apart.size else 0.0,
    }


def of_catalyst(text, sbml):
    source = Path(text).read_text(encoding="utf-8")
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_julia.language()))
    if parser.parse(source.encode()).root_node.has_error:
        return {"error": "Julia's grammar does not read it"}
    assert "@combinatoric_ratelaws false" in source
    values = {name: float(value) for name, value in re.findall(r"^        (\w+)(?:\(t\))? = (\S+)$", source, re.M)}
    species = re.findall(r"^        (\w+)\(t\) = ", source, re.M)
    reactions = re.findall(r"^    (\w+), (.*) --> (.*)$", source, re.M)

    def side(words):
        terms = [] if words == "∅" else [term.split("*") for term in words.split(" + ")]
        return {term[-1]: int(term[0]) if len(term) == 2 else 1 for term in terms}

    rng = np.random.default_rng(1)
    state = {name: rng.uniform(0.1, 2.0) for name in species}
    rates = dict.fromkeys(species, 0.0)
    for rate, left, right in reactions:
        left, right = side(left), side(right)
        flux = values[rate] * np.prod([state[name] ** count for name, count in left.items()])
        for name in left.keys() | right.keys():
            rates[name] += (right.get(name, 0) - left.get(name, 0)) * flux
    loaded = model(sbml)
    initial = {name: float(loaded[f"[{name}]"]) for name in species}
    for name in species:
        loaded[f"[{name}]"] = state[name]
    volume = loaded["pot"]
    theirs = {name: float(rate) / volume for name, rate in zip(species, (loaded[f"{n}'"] for n in species))}
    scale = max(1.0, max(map(abs, theirs.values()), default=0.0))
    return {
        "reactions": [len(reactions), loaded.model.getNumReactions()],
        "apart": max((abs(rates[name] - theirs[name]) for name in species), default=0.0) / scale,
        "initial": max((abs(values[name] - initial[name]) for name in species), default=0.0),
    }


def of_latex(text, sbml):
    source = Path(text).read_text(encoding="utf-8")
    counts = [int(count) for count in re.findall(r"^\\texttt\{.*& (\d+) \\\\$", source, re.M)]
    depth = re.sub(r"\\[{}\\]", "", source)
    return {
        "reactions": [sum(counts), libsbml.readSBMLFromFile(sbml).getModel().getNumReactions()],
        "balanced": depth.count("{") == depth.count("}") and len(re.findall(r"(?<!\\)\$", source)) % 2 == 0,
    }


def of_dot(text):
    graphs = pydot.graph_from_dot_file(text)
    if not graphs or len(graphs) != 1:
        return {"error": "pydot does not read it"}
    parts = graphs[0].get_subgraphs()
    return {"units": [len(part.get_nodes()) for part in parts], "edges": len(graphs[0].get_edges())}


print(
    json.dumps(
        [
            {
                "antimony": of_antimony(job["antimony"], job["sbml"]),
                "catalyst": of_catalyst(job["catalyst"], job["sbml"]) if job["catalyst"] else None,
                "latex": of_latex(job["latex"], job["sbml"]),
                "dot": of_dot(job["dot"]),
            }
            for job in json.load(sys.stdin)
        ]
    )
)
