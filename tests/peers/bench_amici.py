#!/usr/bin/env python3
"""CPU seconds of AMICI for an SBML file: `bench_amici.py FILE.xml --end 20 --rtol 1e-6 --atol 1e-9`.

Loading is writing and compiling C++ code; simulating is one call of CVODES from the initial state to the end.
Prints { "load_cpu_s", "simulate_cpu_s", "version" }; the CPU seconds of the compiler count.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time


def cpu():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", metavar="FILE.xml")
    for name in ["end", "rtol", "atol"]:
        parser.add_argument(f"--{name}", type=float, required=True)
    args = parser.parse_args()
    # The build tools write to stdout: keep file descriptor 1 for the answer alone.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # The compiler's tools are packages of the same environment.
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    import amici
    from amici.sim.sundials import run_simulation

    with tempfile.TemporaryDirectory() as folder:
        begin = cpu()
        amici.SbmlImporter(args.file).sbml2amici("net", folder, verbose=False, compute_conservation_laws=False,
                                                 generate_sensitivity_code=False)
        model = amici.import_model_module("net", folder).get_model()
        load = cpu() - begin
        model.set_timepoints([args.end])
        solver = model.create_solver()
        solver.set_relative_tolerance(args.rtol)
        solver.set_absolute_tolerance(args.atol)
        times = []
        for _ in range(101):
            begin = time.process_time()
            result = run_simulation(model, solver)
            times.append(time.process_time() - begin)
        if result.status != 0:
            sys.exit(f"AMICI ended with status {result.status}")
    answer = {"load_cpu_s": load, "simulate_cpu_s": statistics.median(times), "version": amici.__version__}
    print(json.dumps(answer), file=out)


if __name__ == "__main__":
    main()
