#!/usr/bin/env python3
"""Run commands under limits; what each took and said, as JSON.

    bounded.py < JOBS

JOBS is a list of { "command": [..], "folder": PATH, "stdin": PATH, "stdout": PATH, "stack_kib": N, "no_threads": true,
"seconds": N }; all but the command may be missing. With `no_threads` the command cannot start a thread or a process; as
root it is run as nobody, since limits do not hold for root. Prints for each
{ "exit": status, negative for a signal, "wall_s", "cpu_s", "peak_rss_mib", "stdout": bytes, "stderr": its beginning,
"stderr_bytes": bytes, "late": whether it was killed after `seconds` }.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time

NOBODY = 65534
SHOWN = 4000


def limit(job):
    def apply():
        if "stack_kib" in job:
            size = job["stack_kib"] * 1024
            resource.setrlimit(resource.RLIMIT_STACK, (size, size))
        if job.get("no_threads"):
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))

    return apply


def run(job):
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        with open(job.get("stdin", os.devnull), "rb") as stdin:
            stdout = open(job["stdout"], "wb") if "stdout" in job else output
            child = subprocess.Popen(
                job["command"], cwd=job.get("folder"), stdin=stdin, stdout=stdout, stderr=errors,
                preexec_fn=limit(job),
            )
        late = threading.Event()
        clock = threading.Timer(job.get("seconds", 120), lambda: (late.set(), child.kill()))
        clock.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        clock.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        words = errors.read()
        return {
            "exit": child.returncode,
            "wall_s": wall,
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "peak_rss_mib": usage.ru_maxrss / 1024,
            "stdout": output.seek(0, os.SEEK_END),
            "stderr": words[:SHOWN].decode(errors="replace"),
            "stderr_bytes": len(words),
            "late": late.is_set(),
        }


if __name__ == "__main__":
    json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
