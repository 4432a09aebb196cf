"""The Python package beside its peers, and what it costs to be there: wall-clock seconds, the least of some.

Reads JSON {task, …} and writes {version, …}; everything runs on one core.
"""

import json
import os
import subprocess
import sys
import time
import warnings

os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")})

import numpy as np

import nnrc


def least(repeat, run):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def rows(path, count):
    """The digits, again and again, as the network takes them."""
    with np.load(path) as held:
        images = held["x"].reshape(len(held["x"]), -1) / 16
    return np.ascontiguousarray(np.resize(images, (count, images.shape[1])))


def settle(question):
    """Rows from Python, and the memory that they took beyond what was there."""
    model = nnrc.load(question["model"])
    X = rows(question["data"], question["rows"])
    model.settle(X[:10], threads=1)
    return {"seconds": least(question["repeat"], lambda: model.settle(X, threads=1))}


def importing(question):
    """How long the package takes to import once NumPy is there."""
    program = "import numpy, time; start = time.perf_counter(); import nnrc; print(time.perf_counter() - start)"
    run = lambda: float(subprocess.check_output([sys.executable, "-c", program]))
    return {"seconds": min(run() for _ in range(question["repeat"]))}


def classifier(question):
    """Fit and predict on digits, beside a perceptron of the same size, batches and epochs."""
    import sklearn
    from sklearn.neural_network import MLPClassifier

    from nnrc.sklearn import ChemicalClassifier

    with np.load(question["data"]) as held:
        X, y = held["x"].reshape(len(held["x"]), -1), held["label"]
    many = np.resize(X, (question["rows"], X.shape[1]))
    ours = ChemicalClassifier((20,), epochs=question["epochs"], batch=32, random_state=0)
    theirs = MLPClassifier((20,), max_iter=question["epochs"], batch_size=32, random_state=0, n_iter_no_change=1000)
    found = {"peer": f"scikit-learn {sklearn.__version__}"}
    for name, estimator in [("ours", ours), ("theirs", theirs)]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found[name] = [
                least(question["repeat"], lambda: estimator.fit(X, y)),
                least(question["repeat"], lambda: estimator.predict(many)),
            ]
    return found


def course(question):
    """A time course of 201 points, beside COPASI by basico."""
    import basico

    model = nnrc.load(question["model"])
    basico.load_model_from_string(model.to_sbml())
    until = question["until"]
    settings = {"duration": until, "intervals": 200, "r_tol": 1e-6, "a_tol": 1e-9, "use_sbml_id": True}
    theirs = lambda: basico.run_time_course(**settings)
    found = {"ours": least(question["repeat"], lambda: model.simulate(until=until))}
    found["theirs"] = least(question["repeat"], theirs)
    end = theirs().iloc[-1]
    found["difference"] = float(np.abs(model.simulate(until=until)["y_1"][-1] - (end["y_1_p"] - end["y_1_m"])))
    found["peer"] = f"basico {basico.__version__}"
    return found


TASKS = {"settle": settle, "import": importing, "classifier": classifier, "course": course}

question = json.load(sys.stdin)
print(json.dumps({"version": f"numpy {np.__version__}", **TASKS[question["task"]](question)}))
