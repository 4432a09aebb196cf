#!/usr/bin/env python3
"""Write the SBML of a feed-forward network with libSBML: `bench_write.py N_IN N_HID N_OUT`.

The peer of the project's own SBML writer: the same names, units and laws (compartment in the law, global
parameters, catalysts on both sides), made object by object through libSBML's Python interface.
Hidden units are smoothed ReLUs (one species each), outputs are linear (two rails, annihilated).
Prints JSON:

    { "tool": "libsbml", "version": "...", "inputs": 64, "hidden": 20, "outputs": 10, "species": 104,
      "reactions": 1560, "bytes": 900000, "cpu_s": 0.4, "build_cpu_s": 0.3, "write_cpu_s": 0.1, "peak_rss_mib": 60.0 }

CPU time is that of building and writing, without the start of Python and the imports; peak memory is the
whole process's. Each weight is drawn from a seeded normal distribution, so equal calls give equal files.
"""

import argparse
import json
import math
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import libsbml

LAW_SBO = {0: 47, 1: 49, 2: 54}


class Writer:
    def __init__(self, name, molar):
        self.document = libsbml.SBMLDocument(3, 1)
        self.model = m = self.document.createModel()
        m.setId(name)
        m.setSBOTerm(62)
        substance, volume, seconds = ("mole", "litre", "second") if molar else ("dimensionless",) * 3
        m.setSubstanceUnits(substance)
        m.setExtentUnits(substance)
        m.setVolumeUnits(volume)
        m.setTimeUnits(seconds)
        # Units of a rate constant of order 0, 1 and 2: M/s, 1/s, 1/(M s).
        self.units = ["dimensionless"] * 3
        if molar:
            self.units = ["M_per_s", "per_s", "per_M_per_s"]
            for order, unit in enumerate(self.units):
                definition = m.createUnitDefinition()
                definition.setId(unit)
                self.unit(definition, libsbml.UNIT_KIND_MOLE, 1 - order)
                self.unit(definition, libsbml.UNIT_KIND_LITRE, order - 1)
                self.unit(definition, libsbml.UNIT_KIND_SECOND, -1)
        pot = m.createCompartment()
        pot.setId("pot")
        pot.setConstant(True)
        pot.setSize(1.0)
        pot.setSpatialDimensions(3)
        pot.setUnits(volume)
        pot.setSBOTerm(290)
        self.substance = substance

    @staticmethod
    def unit(definition, kind, exponent):
        if exponent:
            u = definition.createUnit()
            u.setKind(kind)
            u.setExponent(exponent)
            u.setScale(0)
            u.setMultiplier(1.0)

    def species(self, sid, name, initial):
        s = self.model.createSpecies()
        s.setId(sid)
        s.setName(name)
        s.setCompartment("pot")
        s.setInitialConcentration(initial)
        s.setSubstanceUnits(self.substance)
        s.setHasOnlySubstanceUnits(False)
        s.setBoundaryCondition(False)
        s.setConstant(False)
        s.setSBOTerm(247)

    def constant(self, sid, name, value, order):
        p = self.model.createParameter()
        p.setId(sid)
        p.setName(name)
        p.setValue(value)
        p.setConstant(True)
        p.setUnits(self.units[order])
        p.setSBOTerm((9, 35, 36)[order])

    def reaction(self, sid, reactants, products, constant):
        """Mass action: pot * k * every reactant as often as it reacts."""
        r = self.model.createReaction()
        r.setId(sid)
        r.setReversible(False)
        r.setFast(False)
        r.setSBOTerm(176)
        for side, make in ((reactants, r.createReactant), (products, r.createProduct)):
            for s in dict.fromkeys(side):
                reference = make()
                reference.setSpecies(s)
                reference.setStoichiometry(float(side.count(s)))
                reference.setConstant(True)
        law = r.createKineticLaw()
        double = len(reactants) == 2 and reactants[0] == reactants[1]
        law.setSBOTerm(52 if double else LAW_SBO[len(reactants)])
        times = libsbml.ASTNode(libsbml.AST_TIMES)
        for symbol in ["pot", constant, *reactants]:
            node = libsbml.ASTNode(libsbml.AST_NAME)
            node.setName(symbol)
            times.addChild(node)
        law.setMath(times)


def build(inputs, hidden, outputs, molar, h, seed):
    rng = random.Random(seed)
    w = Writer("network", molar)
    for j in range(1, inputs + 1):
        w.species(f"x_{j}", f"x[{j}]", 0.5)
    for i in range(1, hidden + 1):
        w.species(f"hidden_{i}", f"hidden[{i}]", math.sqrt(h))
    for i in range(1, outputs + 1):
        for rail, sign in (("p", "+"), ("m", "-")):
            w.species(f"y_{i}_{rail}", f"y[{i}]{sign}", 0.0)
    w.constant("k_h_hidden", "h of hidden", h, 0)
    w.constant("k_self_hidden", "self-limitation of hidden", 1.0, 2)
    w.constant("k_decay_y", "decay of y", 1.0, 1)
    w.constant("k_ann_y", "annihilation of y", 1.0, 2)

    def weights(layer, source, units, width):
        for i in range(1, units + 1):
            for j in range(1, width + 1):
                value = rng.gauss(0.0, 1.0 / math.sqrt(width))
                w.constant(f"k_W_{layer}_{i}_{j}", f"{layer}.W[{i},{j}]", abs(value), 2 if layer == "hidden" else 1)
                yield i, f"r_W_{layer}_{i}_{j}", f"k_W_{layer}_{i}_{j}", value > 0.0, [f"{source}_{j}"]
            value = rng.gauss(0.0, 0.1)
            w.constant(f"k_b_{layer}_{i}", f"{layer}.b[{i}]", abs(value), 1 if layer == "hidden" else 0)
            yield i, f"r_b_{layer}_{i}", f"k_b_{layer}_{i}", value > 0.0, []

    for i, reaction, constant, positive, source in weights("hidden", "x", hidden, inputs):
        unit = f"hidden_{i}"
        w.reaction(reaction, [*source, unit], [*source, unit, unit] if positive else source, constant)
    for i in range(1, hidden + 1):
        w.reaction(f"r_h_hidden_{i}", [], [f"hidden_{i}"], "k_h_hidden")
        w.reaction(f"r_self_hidden_{i}", [f"hidden_{i}"] * 2, [f"hidden_{i}"], "k_self_hidden")
    for i, reaction, constant, positive, source in weights("y", "hidden", outputs, hidden):
        w.reaction(reaction, source, [*source, f"y_{i}_{'p' if positive else 'm'}"], constant)
    for i in range(1, outputs + 1):
        w.reaction(f"r_decay_y_{i}_p", [f"y_{i}_p"], [], "k_decay_y")
        w.reaction(f"r_decay_y_{i}_m", [f"y_{i}_m"], [], "k_decay_y")
        w.reaction(f"r_ann_y_{i}", [f"y_{i}_p", f"y_{i}_m"], [], "k_ann_y")
    return w.document


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("inputs", "hidden", "outputs"):
        parser.add_argument(name, type=int, metavar=f"N_{name[:3].upper()}")
    parser.add_argument("-o", "--output", help="where to write; a temporary file unless given")
    parser.add_argument("--units", choices=["dimensionless", "molar"], default="dimensionless")
    parser.add_argument("--h", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(args.output or Path(folder) / "network.xml")
        begin = time.process_time()
        document = build(args.inputs, args.hidden, args.outputs, args.units == "molar", args.h, args.seed)
        built = time.process_time()
        if not libsbml.writeSBMLToFile(document, str(path)):
            sys.exit(f"bench_write.py: cannot write {path}")
        written = time.process_time()
        answer = {
            "tool": "libsbml",
            "version": libsbml.getLibSBMLDottedVersion(),
            "inputs": args.inputs,
            "hidden": args.hidden,
            "outputs": args.outputs,
            "species": document.getModel().getNumSpecies(),
            "reactions": document.getModel().getNumReactions(),
            "bytes": path.stat().st_size,
            "cpu_s": written - begin,
            "build_cpu_s": built - begin,
            "write_cpu_s": written - built,
            "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        }
    json.dump(answer, sys.stdout)
    print()


if __name__ == "__main__":
    main()
