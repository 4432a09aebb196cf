def run(job):
    """The polynomials of the file itself: reaction by reaction, without any library for SBML."""
    import xml.etree.ElementTree as tree

    import numpy
    import scipy
    from scipy.integrate import solve_ivp

    root = tree.parse(job["model"]).getroot()
    space = root.tag[: root.tag.index("}") + 1]
    model = root.find(f"{space}model")
    math = "{http://www.w3.org/1998/Math/MathML}"

    def items(kind):
        found = model.find(f"{space}listOf{kind}")
        return [] if found is None else list(found)

    for kind in ["Events", "Constraints", "InitialAssignments", "FunctionDefinitions"]:
        if items(kind):
            raise ValueError(f"it has {kind}, which polynomials do not have")
    ruled = set()
    for rule in items("Rules"):
        if not rule.tag.endswith("assignmentRule"):
            raise ValueError("it has rules other than assignments")
        ruled.add(rule.get("variable"))

    def text(node):
        if node.tag in (f"{math}cn", f"{math}ci"):
            if node.tag.endswith("ci"):
                return f"v[{node.text.strip()!r}]"
            if node.get("type") in ("e-notation", "rational"):
                first, second = node.text.strip(), node[0].tail.strip()
                sign = "*10.0**" if node.get("type") == "e-notation" else "/"
                return f"(float({first}){sign}({second}))"
            return repr(float(node.text))
        if node.tag != f"{math}apply":
            raise ValueError(f"a kinetic law has {node.tag}, and no polynomial")
        operators = {"times": "*", "plus": "+", "minus": "-", "divide": "/", "power": "**"}
        name = node[0].tag[len(math) :]
        if name not in operators:
            raise ValueError(f"a kinetic law has {name}, and is no polynomial")
        parts = [text(part) for part in node[1:]]
        if name == "minus" and len(parts) == 1:
            return f"(-{parts[0]})"
        return "(" + operators[name].join(parts) + ")"

    species = [one.get("id") for one in items("Species")]
    need(list(job["rows"][0]) + [s for of in job["read"].values() for s in of], species)
    volumes = {one.get("id"): float(one.get("size", 1)) for one in items("Compartments")}
    constants = dict(volumes)
    for one in items("Parameters"):
        if one.get("id") not in ruled:
            constants[one.get("id")] = float(one.get("value"))
    start, size, held = [], [], []
    for one in items("Species"):
        volume = volumes[one.get("compartment")]
        if one.get("hasOnlySubstanceUnits") == "true":
            raise ValueError("its species are amounts")
        initial = one.get("initialConcentration")
        start.append(float(one.get("initialAmount", 0)) / volume if initial is None else float(initial))
        size.append(volume)
        held.append(one.get("boundaryCondition") == "true" or one.get("constant") == "true")
    laws = []
    change = numpy.zeros((len(species), len(items("Reactions"))))
    place = {name: at for at, name in enumerate(species)}
    for column, reaction in enumerate(items("Reactions")):
        law = reaction.find(f"{space}kineticLaw")
        if len(law.findall(f"{space}listOfLocalParameters/*")):
            raise ValueError("a kinetic law has local parameters")
        laws.append(text(law.find(f"{math}math")[0]))
        for side, sign in [("Reactants", -1), ("Products", 1)]:
            for one in reaction.findall(f"{space}listOf{side}/{space}speciesReference"):
                at = place[one.get("species")]
                change[at, column] += sign * float(one.get("stoichiometry", 1)) / size[at]
    change[numpy.array(held, dtype=bool)] = 0.0
    fluxes = compile("[" + ",".join(laws) + "]", "laws", "eval")

    def derivative(_time, state):
        values = dict(constants)
        values.update(zip(species, state.tolist()))
        return change @ numpy.array(eval(fluxes, {"v": values}))

    rows = []
    for settings in job["rows"]:
        state = list(start)
        for name, value in settings.items():
            state[place[name]] = value
        found = solve_ivp(derivative, (0.0, job["until"]), state, method="LSODA", t_eval=times(job),
                          rtol=job["rtol"], atol=job["atol"])
        if not found.success:
            raise RuntimeError(found.message)
        rows.append(readings(job, lambda name: found.y[place[name]]))
    return scipy.__version__, rows


answer(run, {"scipy", "numpy"})
