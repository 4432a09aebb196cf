#!/usr/bin/env python3
"""Do the second opinions work here? Checks every tool of this folder on `neuron.xml`; prints JSON.

libSBML must find nothing in the file and must find the faults put into broken copies of it; COPASI must
take every law for a built-in one; libRoadRunner and COPASI must follow the closed form of the neuron,

    (x - x+) / (x - x-) = C exp(-L t),   x+- = (z +- L) / 2,   L = sqrt(z^2 + 4 h),

to 1e-8 at every time, for several inputs run one after the other from one loaded model.
"""

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEURON = HERE / "neuron.xml"
FIGURES = {}


def tool(name, *arguments, stdin=None, status=0):
    command = [sys.executable, str(HERE / name), *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    if done.returncode != status:
        sys.exit(f"selftest: {name} {arguments} ended with {done.returncode}, not {status}:\n{done.stderr}")
    return json.loads(done.stdout) if done.stdout else None


def require(what, condition):
    if not condition:
        sys.exit(f"selftest: {what}")


def closed_form(z, h, start, t):
    """The neuron's value at time t, for z >= 0 or < 0, without cancellation that matters at 1e-12."""
    rate = math.sqrt(z * z + 4.0 * h)
    high, low = (z + rate) / 2.0, (z - rate) / 2.0
    c = (start - high) / (start - low) * math.exp(-rate * t)
    return (high - c * low) / (1.0 - c)


def check_validate(folder):
    record = tool("validate.py", NEURON)[0]
    require("neuron.xml is not clean", record["findings"] == [] and record["reactions"] == 5)
    text = NEURON.read_text()
    broken = {
        "undefined.xml": text.replace("<ci> k_b_y_1 </ci>", "<ci> nothing </ci>"),
        "units.xml": text.replace('<ci> pot </ci><ci> k_b_y_1 </ci>', '<ci> k_b_y_1 </ci>').replace(
            'volumeUnits="dimensionless"', 'volumeUnits="litre"'
        ).replace('size="2" units="dimensionless"', 'size="2" units="litre"'),
        "xml.xml": text.replace("</model>", ""),
        "sbo.xml": text.replace("SBO:0000290", "SBO:0000047"),
    }
    for name, changed in broken.items():
        require(f"{name} is unchanged", changed != text)
        (folder / name).write_text(changed)
        record = tool("validate.py", folder / name, status=1)[0]
        require(f"nothing found in {name}", record["findings"])
    FIGURES["libsbml_findings"] = 0


def check_engines(folder):
    times = [0.25, 0.5, 1.0, 2.0, 4.0, 10.0]
    sets = [{}, {"x_1": 0, "x_2": 1}, {"x_1": 1.7 / 1.5, "x_2": 0}, {"k_h_y": 0.01, "y_1": 2}, {"x_2": 0}, {}]
    jobs = [
        {"sbml": str(NEURON), "times": times, "set": sets, "rtol": 1e-11, "atol": 1e-14},
        {"sbml": str(NEURON), "end": 60, "points": 4, "set": sets},
        {"sbml": str(NEURON), "end": 60},
    ]
    network = {
        "layers": [{"name": "y", "W": [[1.5, -0.8]], "b": [-0.3], "activation": {"name": "smooth_relu", "h": 0.25}}],
        "samples": [[1, 0.5]],
    }
    plain = tool("forward.py", stdin=json.dumps(network))["samples"][0]["y"][0]
    for engine in ("roadrunner", "copasi"):
        answers = tool(f"{engine}_run.py", stdin=json.dumps(jobs))
        require(f"{engine}: species", answers[0]["species"] == ["x_1", "y_1", "x_2"])
        require(f"{engine}: boundary", answers[0]["boundary"] == ["x_2"])
        worst = 0.0
        for answer in answers[:2]:
            for run, changed in zip(answer["runs"], sets, strict=True):
                state = {"x_1": 1.0, "x_2": 0.5, "y_1": 0.5, "k_h_y": 0.25} | changed
                z = 1.5 * state["x_1"] - 0.8 * state["x_2"] - 0.3
                for t, row in zip(run["time"], run["values"], strict=True):
                    got = dict(zip(answer["species"], row, strict=True))
                    require(f"{engine}: x_1", abs(got["x_1"] - state["x_1"]) < 1e-12)
                    require(f"{engine}: x_2", abs(got["x_2"] - state["x_2"]) < 1e-12)
                    worst = max(worst, abs(got["y_1"] - closed_form(z, state["k_h_y"], state["y_1"], t)))
                require(f"{engine}: final", run["final"]["y_1"] == run["values"][-1][1])
        last = answers[2]["runs"][0]
        require(f"{engine}: no time course asked for", "values" not in last)
        worst = max(worst, abs(last["final"]["y_1"] - plain))
        require(f"{engine} is off the closed form by {worst}", worst < 1e-8)
        FIGURES[f"{engine}_version"] = answers[0]["version"]
        FIGURES[f"{engine}_largest_error"] = worst
        tool(f"{engine}_run.py", stdin=json.dumps([{"sbml": str(NEURON), "set": {"z_9": 1}}]), status=1)
        tool(f"{engine}_run.py", stdin=json.dumps([{"sbml": "missing.xml"}]), status=1)
        tool(f"{engine}_run.py", stdin=json.dumps([{"sbml": str(NEURON), "until": 3}]), status=1)

        # The steady-state solvers: z = 1.4, from sqrt(h). A root of the equation, but which?
        steady = {"sbml": str(NEURON), "mode": "steady", "set": {"x_1": 1.7 / 1.5, "x_2": 0}}
        run = tool(f"{engine}_run.py", stdin=json.dumps([steady]))[0]["runs"][0]
        y = run["final"]["y_1"]
        require(f"{engine}: {y} is no steady state", abs(0.25 + 1.4 * y - y * y) < 1e-7)
        FIGURES[f"{engine}_steady"] = y

    answer = tool("copasi_run.py", "--laws", "--strict", NEURON)[0]
    require("COPASI made functions of its own", answer["private"] == 0)
    require("COPASI's laws", answer["counts"] == {"Constant flux (irreversible)": 1, "Mass action (irreversible)": 4})
    bare = folder / "bare.xml"
    bare.write_text(NEURON.read_text().replace("<ci> pot </ci>", ""))
    tool("copasi_run.py", "--laws", "--strict", bare, status=1)


def check_eigen():
    # Three species of the neuron (x_1, x_2 constant: two zeros), at the fixed point for z = 0.
    answer = tool("eigen.py", "--conserved", 2, stdin="[[[0,0,0],[0,0,0],[0.75,-0.4,-1]]]")[0]
    require("eigen.py: slowest", abs(answer["slowest"] + 1.0) < 1e-12 and answer["stable"])
    item = [{"jacobian": [[-3, 0, 0], [1, -0.5, 0], [0, 0, 0]], "conserved": 1}, [[0, 1], [-1, 0]]]
    answer = tool("eigen.py", stdin=json.dumps(item))
    require("eigen.py: second", abs(answer[0]["slowest"] + 0.5) < 1e-12 and answer[0]["fastest"] == -3.0)
    require("eigen.py: oscillation", abs(answer[1]["largest_imag"] - 1.0) < 1e-12 and not answer[1]["stable"])
    tool("eigen.py", "--conserved", 1, stdin="[[[-1,0],[0,-2]]]", status=1)


def check_bench(folder):
    for units in ("dimensionless", "molar"):
        path = folder / f"{units}.xml"
        answer = tool("bench_write.py", 3, 4, 2, "--units", units, "-o", path)
        require("bench_write.py: counts", answer["reactions"] == 40 and answer["species"] == 11)
        tool("validate.py", path)
        tool("copasi_run.py", "--laws", "--strict", path)
    jobs = json.dumps([{"sbml": str(path), "end": 80}])
    a, b = (tool(f"{e}_run.py", stdin=jobs)[0]["runs"][0]["final"] for e in ("roadrunner", "copasi"))
    FIGURES["bench_engines_differ"] = max(abs(a[s] - b[s]) for s in a)
    require("the engines differ on the benchmark", FIGURES["bench_engines_differ"] < 1e-8)
    answer = tool("bench_run.py", path, "--repeat", 2)
    require("bench_run.py: engines", [e["engine"] for e in answer["engines"]] == ["roadrunner", "copasi"])
    first, second = (e["final_sum"] for e in answer["engines"])
    require(f"bench_run.py: {first} and {second}", abs(first - second) < 1e-4 * abs(second))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_validate(folder)
        check_engines(folder)
        check_eigen()
        check_bench(folder)
    FIGURES["forward"] = tool("forward.py", "--selftest")
    print(json.dumps({"ok": True} | FIGURES, indent=1))


if __name__ == "__main__":
    main()
