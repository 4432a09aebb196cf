def run(job):
    import re

    import gillespy2
    import numpy

    model, messages = gillespy2.import_SBML(job["model"])
    if model is None:
        raise RuntimeError(f"import_SBML: {messages}")
    # It takes concentrations for numbers of molecules, which is right in the unit volume alone.
    if model.volume != 1.0 or any(abs(p.value - 1.0) > 0 for name, p in model.listOfParameters.items() if name == "pot"):
        raise ValueError("it reads concentrations as numbers of molecules: the compartment must have size 1")
    # The solver takes no rules; one that no reaction reads changes nothing.
    laws = " ".join(str(reaction.propensity_function) for reaction in model.listOfReactions.values())
    laws = set(re.findall(r"\w+", laws))
    for name, rule in list(model.listOfAssignmentRules.items()):
        variable = getattr(rule.variable, "name", rule.variable)
        if variable not in laws:
            del model.listOfAssignmentRules[name]
    species = model.listOfSpecies
    need(list(job["rows"][0]) + [s for of in job["read"].values() for s in of], species)
    start = {name: one.initial_value for name, one in species.items()}
    model.timespan(gillespy2.TimeSpan(numpy.array(times(job))))
    rows = []
    for settings in job["rows"]:
        for name, one in species.items():
            one.mode = "continuous"
            one.allow_negative_populations = True
            one.set_initial_value(float({**start, **settings}[name]))
        # The deterministic solver: paths of a stochastic one are no values to compare.
        found = gillespy2.ODESolver(model=model).run(
            integrator="lsoda", integrator_options={"rtol": job["rtol"], "atol": job["atol"], "nsteps": 1000000}
        )[0]
        rows.append(readings(job, lambda name: found[name]))
    return gillespy2.__version__, rows


answer(run, {"gillespy2"})
