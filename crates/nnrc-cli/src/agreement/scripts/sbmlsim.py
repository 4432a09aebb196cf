def run(job):
    import sbmlsim
    from sbmlsim.model import RoadrunnerSBMLModel

    # Its models are those of libRoadRunner, loaded and kept by it.
    return sbmlsim.__version__, simulate(RoadrunnerSBMLModel(source=job["model"]).r, job)


answer(run, {"sbmlsim"})
