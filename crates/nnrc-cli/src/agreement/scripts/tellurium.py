def run(job):
    import tellurium

    with open(job["model"], encoding="utf-8") as file:
        return tellurium.__version__, simulate(tellurium.loadSBMLModel(file.read()), job)


answer(run, {"tellurium"})
