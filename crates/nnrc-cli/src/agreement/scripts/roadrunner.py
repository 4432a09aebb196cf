def run(job):
    import roadrunner

    # Loads several times faster than the other back end.
    roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
    roadrunner.Logger.disableConsoleLogging()
    with open(job["model"], encoding="utf-8") as file:
        return roadrunner.__version__, simulate(roadrunner.RoadRunner(file.read()), job)


answer(run, {"roadrunner"})
