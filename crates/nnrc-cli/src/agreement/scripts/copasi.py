def run(job):
    import COPASI

    with open(job["model"], encoding="utf-8") as file:
        text = file.read()
    data = COPASI.CRootContainer.addDatamodel()
    if not data.importSBMLFromString(text):
        raise RuntimeError(COPASI.CCopasiMessage.getAllMessageText())
    model = data.getModel()
    species = {m.getSBMLId(): m for m in (model.getMetabolite(i) for i in range(model.getNumMetabs()))}
    need(list(job["rows"][0]) + [s for of in job["read"].values() for s in of], species)
    start = {name: m.getInitialConcentration() for name, m in species.items()}
    task = data.getTask("Time-Course")
    task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
    problem = task.getProblem()
    problem.setTimeSeriesRequested(True)
    problem.setAutomaticStepSize(False)
    problem.setOutputStartTime(0.0)
    problem.setDuration(job["until"])
    problem.setStepNumber(job["points"] - 1)
    method = task.getMethod()
    method.getParameter("Relative Tolerance").setDblValue(job["rtol"])
    method.getParameter("Absolute Tolerance").setDblValue(job["atol"])
    method.getParameter("Max Internal Steps").setUIntValue(1000000)
    method.getParameter("Integrate Reduced Model").setBoolValue(False)
    rows = []
    for settings in job["rows"]:
        changed = COPASI.ObjectStdVector()
        for name, value in {**start, **settings}.items():
            species[name].setInitialConcentration(float(value))
            changed.append(species[name].getInitialConcentrationReference())
        model.updateInitialValues(changed)
        if not task.process(True):
            raise RuntimeError(COPASI.CCopasiMessage.getAllMessageText())
        series = task.getTimeSeries()
        if series.getRecordedSteps() != job["points"]:
            raise RuntimeError(f"{series.getRecordedSteps()} of {job['points']} times")
        column = {series.getSBMLId(i, data): i for i in range(series.getNumVariables())}

        def course(name):
            # What never changes has no column.
            if name not in column:
                return [species[name].getInitialConcentration()] * job["points"]
            return [series.getConcentrationData(at, column[name]) for at in range(job["points"])]

        courses = {name: course(name) for of in job["read"].values() for name in of}
        rows.append(readings(job, courses.__getitem__))
    return COPASI.__version__, rows


answer(run, {"COPASI"})
