"""Claims about the Python package that need more than NumPy: PyTorch, Keras, notebooks, an empty environment.

Writes a line of JSON for each claim: {claim, figure, holds}. Run by `cargo xtask accept python`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, Callable

os.environ.setdefault("KERAS_BACKEND", "torch")

import numpy as np

import nnrc

ROOT = Path(__file__).parents[2]
WHEEL = sys.argv[1]


def tell(claim: str, figure: str, holds: Any) -> None:
    print(json.dumps({"claim": claim, "figure": figure, "holds": bool(holds)}), flush=True)


def rows(width: int, count: int = 200) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(count, width)).astype(np.float32)


def empty_environment() -> None:
    """The README's lines, with NumPy alone."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    program = re.search(r"```python\n(import nnrc.*?)```", text, re.S).group(1)
    wanted = re.search(r"prints\n\n```text\n(.*?)```", text, re.S).group(1)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", WHEEL], check=True)
        listed = json.loads(subprocess.check_output([python, "-m", "pip", "list", "--format", "json"]))
        packages = sorted(one["name"] for one in listed if one["name"] not in ("pip", "setuptools"))
        work = Path(folder) / "work"
        work.mkdir()
        (work / "examples").symlink_to(ROOT / "examples")
        done = subprocess.run([python, "-c", program], cwd=work, capture_output=True, text=True)
        command = subprocess.check_output([Path(folder) / "bin" / "nnrc", "--version"], text=True).strip()
        written = (work / "iris.xml").is_file()
    tell(
        "the wheel in an empty environment: the README's lines print what it says, and the command is there",
        f"packages {', '.join(packages)}; {command}; {done.stdout.split()}{done.stderr[-200:]}",
        done.stdout == wanted and written and packages == ["nnrc", "numpy"],
    )


def torch_modules() -> None:
    import torch
    from torch import nn

    class Own(nn.Module):
        """What is no sequence: read by way of ONNX."""

        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(6, 8), nn.Linear(8, 8)
            self.last = nn.Linear(8, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            hidden = torch.relu(self.first(x))
            return self.last(hidden + torch.relu(self.second(hidden)))

    modules: dict[str, Callable[[], nn.Module]] = {
        "Linear, ReLU": lambda: nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3)),
        "BatchNorm1d, dropout, LeakyReLU": lambda: nn.Sequential(
            nn.BatchNorm1d(6), nn.Linear(6, 8), nn.BatchNorm1d(8), nn.LeakyReLU(0.2), nn.Dropout(), nn.Linear(8, 3)
        ),
        "nested, Softsign, without biases": lambda: nn.Sequential(
            nn.Sequential(nn.Linear(6, 8, bias=False), nn.Softsign()), nn.Linear(8, 3, bias=False)
        ),
        "a module with its own forward": Own,
        "Conv2d": lambda: nn.Sequential(nn.Conv2d(1, 2, 2), nn.ReLU(), nn.Flatten(), nn.Linear(4, 3)),
    }
    for what, make in modules.items():
        X = rows(6).reshape(-1, 1, 2, 3) if what == "Conv2d" else rows(6)
        torch.manual_seed(1)
        module = make()
        # Running statistics other than those at the beginning.
        module.train()
        for _ in range(5):
            module(torch.tensor(X))
        was_training = module.training
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = nnrc.from_torch(module, X, tolerance=1e-4)
        kept = module.training == was_training
        module.eval()
        with torch.no_grad():
            wanted = module(torch.tensor(X)).numpy().astype(float)
        deviation = np.abs(model.settle(X) - wanted).max()
        tell(f"PyTorch, {what}: within 2e-3 of the module at inference", f"{deviation:.1e}", deviation < 2e-3 and kept)
    try:
        nnrc.from_torch(nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 3)), rows(4))
        said = "nothing"
    except (nnrc.NnrcError, ValueError, RuntimeError) as error:
        said = " ".join(str(error).split())[:300]
    tell("PyTorch, an LSTM: refused with its name", said, "LSTM" in said)


def keras_models() -> None:
    import keras

    keras.utils.set_random_seed(2)
    layers = keras.layers
    models = {
        "Dense, relu": lambda: keras.Sequential(
            [keras.Input((6,)), layers.Dense(8, activation="relu"), layers.Dense(3)]
        ),
        "BatchNormalization, LeakyReLU, Normalization": lambda: keras.Sequential(
            [
                keras.Input((6,)),
                layers.Normalization(mean=[0.1] * 6, variance=[2.0] * 6),
                layers.Dense(8),
                layers.BatchNormalization(),
                layers.LeakyReLU(negative_slope=0.1),
                layers.Dropout(0.5),
                layers.Dense(3),
            ]
        ),
        "ReLU as a layer, softmax at the end": lambda: keras.Sequential(
            [keras.Input((6,)), layers.Dense(8), layers.ReLU(), layers.Dense(3, activation="softmax")]
        ),
    }
    X = rows(6)
    for what, make in models.items():
        network = make()
        network.compile("adam", "mse")
        network.fit(X, np.abs(rows(3)), epochs=2, verbose=0)
        wanted = np.asarray(network.predict(X, verbose=0), dtype=float)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = nnrc.from_keras(network, X, tolerance=1e-4)
        found = model.settle(X)
        if "softmax" in what:
            same = (found.argmax(axis=1) == wanted.argmax(axis=1)).mean()
            tell(f"Keras, {what}: the same class", f"{same:.3f}", same > 0.99)
            continue
        deviation = np.abs(found - wanted).max()
        tell(f"Keras, {what}: within 2e-3 of the model", f"{deviation:.1e}", deviation < 2e-3)
    try:
        nnrc.from_keras(keras.Sequential([layers.Dense(3)]))
        said = "nothing"
    except ValueError as error:
        said = str(error)
    tell("Keras, a model that was never called: refused with what to do", said, "call it" in said)


def notebooks() -> None:
    import nbclient
    import nbformat

    for path in sorted((ROOT / "examples" / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        start = time.time()
        client = nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}})
        try:
            client.execute()
            said, holds = f"{len(notebook.cells)} cells in {time.time() - start:.0f} s", True
        except nbclient.exceptions.CellExecutionError as error:
            said, holds = str(error)[-300:], False
        if holds and "--write" in sys.argv:
            for cell in notebook.cells:
                cell.get("metadata", {}).pop("execution", None)
                # Warnings name places of this machine.
                cell["outputs"] = [one for one in cell.get("outputs", []) if one.get("name") != "stderr"]
                if cell["cell_type"] != "code":
                    del cell["outputs"]
            nbformat.write(notebook, path)
        tell(f"notebook {path.stem}: runs to its end", said, holds)


STUDY = """
network xor { input x[2] in [0, 1]; layer hidden = dense(2) | smooth_relu(h = 1e-4);
    layer y = dense(1) | smooth_relu(h = 1e-4); output y; }
weights { hidden.W = [[1, 1], [1, 1]]; hidden.b = [0, -1]; y.W = [[1, -2]]; y.b = [0]; }
expect { for [0, 0]: y ~ 0 within 0.1; for [0, 1]: y ~ 1 within 0.1; for [1, 1]: y ~ 0 within 0.1; }
noise { concentrations = ssa(volume = [100, 1000]); replicates = 20; seed = 1; }
"""


def _running(folder: Path) -> int | None:
    """A process that runs a shard of a sweep in a folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            here = (process / "cwd").resolve() == folder.resolve()
        except OSError:
            continue
        if here and b"sweep" in words and b"run" in words and not words[0].endswith((b"sh", b"snakemake")):
            return int(process.name)
    return None


def sweeps() -> None:
    """One study by one process, shards, Snakemake and Dask, each with something killed: the same bytes."""
    import hashlib
    import signal

    nnrc_command = str(Path(sys.executable).parent / "nnrc")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = folder / "study.nnr"
        file.write_text(STUDY)
        sweep = nnrc.Sweep(file, {"noise.seed": range(1, 9)}, verb="noise")
        manifest = Path(sweep.save())
        start = time.time()
        wanted = sweep.run(threads=1, progress=False).csv
        seconds = time.time() - start
        found = {"one process": wanted}

        def shard(words: list[str], out: str) -> subprocess.Popen[bytes]:
            line = [nnrc_command, "sweep", "run", manifest.name, "--out", out, *words]
            return subprocess.Popen(line, cwd=folder, stderr=subprocess.DEVNULL)

        kills = 0
        for count in (4, 7):
            out = f"results{count}"
            for at in range(count):
                running = shard(["--shard", f"{at}/{count}"], out)
                if at == 1:
                    time.sleep(seconds / 12)
                    kills += running.poll() is None
                    running.kill()
                running.wait()
            refused = subprocess.run(
                [nnrc_command, "sweep", "merge", manifest.name, out], cwd=folder, capture_output=True, text=True
            )
            assert refused.returncode != 0 or kills < 2, refused.stdout
            shard(["--shard", f"1/{count}"], out).wait()
            merged = [nnrc_command, "sweep", "merge", manifest.name, out, "-o", f"{out}.csv"]
            subprocess.run(merged, cwd=folder, check=True, stderr=subprocess.DEVNULL)
            found[f"{count} shards, one killed"] = (folder / f"{out}.csv").read_text()

        emit = [nnrc_command, "sweep", "emit", "snakemake", manifest.name, "--shards", "4", "-o", "Snakefile"]
        subprocess.run(emit, cwd=folder, check=True, stderr=subprocess.DEVNULL)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        flow = subprocess.Popen(
            [str(Path(sys.executable).parent / "snakemake"), "--cores", "2", "--quiet", "all"],
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        killed = False
        while flow.poll() is None and not killed:
            process = _running(folder)
            if process is not None:
                time.sleep(seconds / 30)
                try:
                    os.kill(process, signal.SIGKILL)
                    killed = True
                except ProcessLookupError:
                    pass
            time.sleep(0.02)
        status = flow.wait()
        tables = [table for table in folder.glob("*.csv") if not table.name.startswith("results")]
        found["Snakemake on 2 cores, a shard killed"] = tables[0].read_text() if tables else ""
        tell("Snakemake goes on where a shard was killed", f"killed: {killed}, status {status}", killed and status == 0)
        found["Dask, a worker killed"], died = _by_dask(sweep, seconds)
        tell("Dask goes on where a worker was killed", f"killed: {died}", died)
    digests = {how: hashlib.sha256(table.encode()).hexdigest()[:16] for how, table in found.items()}
    said = "; ".join(f"{how}: {digest}" for how, digest in digests.items())
    tell(f"{len(sweep)} points of noise by five ways: the same bytes", said, len(set(digests.values())) == 1)
    tell("shards that were killed while they ran", f"{kills} of 2", kills == 2)


def _by_dask(sweep: nnrc.Sweep, seconds: float) -> tuple[str, bool]:
    """The sweep by two processes of Dask, one of which is killed at work."""
    import signal
    import threading

    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        pids = list(client.run(os.getpid).values())

        def kill() -> None:
            time.sleep(seconds / 6)
            os.kill(pids[0], signal.SIGKILL)

        threading.Thread(target=kill).start()
        table = sweep.map(client, retries=3).csv
        alive = list(client.run(os.getpid).values())
    return table, pids[0] not in alive


def packaging() -> None:
    """What is built elsewhere only, by the linters of those who read it."""
    tools = Path(sys.executable).parent
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    checks: dict[str, list[str | Path]] = {
        "workflows: their schema": ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows],
        "workflows: zizmor finds nothing": ["zizmor", "--offline", "--quiet", ".github/workflows"],
        "Dockerfile: hadolint finds nothing": ["hadolint", "Dockerfile"],
        "apptainer.def: read by spython": ["spython", "recipe", "--parser", "singularity", "apptainer.def"],
    }
    for claim, (tool, *words) in checks.items():
        done = subprocess.run([tools / tool, *words], cwd=ROOT, capture_output=True, text=True)
        said = (done.stdout + done.stderr).strip().splitlines()
        figure = f"status {done.returncode}" if done.returncode == 0 else " ".join(said)[-300:]
        tell(claim, figure, done.returncode == 0)


PARTS = [empty_environment, torch_modules, keras_models, packaging, sweeps, notebooks]

if __name__ == "__main__":
    wanted_parts = [part for part in PARTS if part.__name__ in sys.argv] or PARTS
    for part in wanted_parts:
        part()
