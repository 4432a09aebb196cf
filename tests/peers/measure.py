#!/usr/bin/env python3
"""Run a command several times; CPU seconds, wall seconds and peak memory, as JSON.

    measure.py [--repeat N] [--cores N] -- COMMAND ARG ...

Prints { "cpu_s": median, "wall_s": median, "peak_rss_mib": largest, "runs": N }. The command's output is thrown
away; a command that fails ends this with status 1 and its error output.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def run(command):
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command[0]} ended with {child.returncode}: {errors.decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("command", nargs="+")
    parser.add_argument("--cores", type=int, help="keep the command on so many cores")
    args = parser.parse_args()
    if args.cores:
        # Inherited by the command.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: args.cores])
    cpu, wall, rss = zip(*(run(args.command) for _ in range(args.repeat)))
    answer = {"cpu_s": statistics.median(cpu), "wall_s": statistics.median(wall)}
    json.dump({**answer, "peak_rss_mib": max(rss), "runs": args.repeat}, sys.stdout)


if __name__ == "__main__":
    main()
