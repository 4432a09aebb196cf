def simulate(rr, job):
    """All rows with a loaded RoadRunner."""
    species = list(rr.model.getFloatingSpeciesIds()) + list(rr.model.getBoundarySpeciesIds())
    need(list(job["rows"][0]) + [s for of in job["read"].values() for s in of], species)
    rr.timeCourseSelections = ["time"] + [f"[{name}]" for name in species]
    start = {name: rr[f"[{name}]"] for name in species}
    integrator = rr.getIntegrator()
    integrator.setValue("relative_tolerance", job["rtol"])
    integrator.setValue("absolute_tolerance", job["atol"])
    integrator.setValue("maximum_num_steps", 1000000)
    integrator.setValue("stiff", True)
    rows = []
    for settings in job["rows"]:
        # `reset` keeps what an earlier row has set of boundary species.
        rr.reset()
        for name, value in {**start, **settings}.items():
            rr.setValue(f"[{name}]", float(value))
        table = rr.simulate(times=times(job))
        if len(table) != job["points"]:
            raise RuntimeError("the integrator stopped early")
        columns = {name: [row[at + 1] for row in table] for at, name in enumerate(species)}
        rows.append(readings(job, columns.__getitem__))
    return rows
