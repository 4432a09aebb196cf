"""Threads, processes and signals."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import XOR

import nnrc

HERE = Path(__file__).parent


def test_models_are_pickled(model, corners, examples):
    again = pickle.loads(pickle.dumps(model))
    assert again.settle(corners).tobytes() == model.settle(corners).tobytes()
    changed = model.with_weights({"y.b": [0.25]}).with_settings({"simulate.points": 5})
    again = pickle.loads(pickle.dumps(changed))
    assert again.weights["y.b"].tolist() == [0.25] and again.simulate(until=1.0).time.shape == (5,)


def test_a_pickled_model_finds_its_files_from_anywhere(examples, tmp_path, monkeypatch):
    monkeypatch.chdir(examples / "iris")
    model = nnrc.load("iris.nnr")
    held = pickle.dumps(model)
    monkeypatch.chdir(tmp_path)
    assert pickle.loads(held).settle([[0.5] * 4]).tobytes() == model.settle([[0.5] * 4]).tobytes()


def _settle(model: nnrc.Model, X: np.ndarray) -> bytes:
    return model.settle(X).tobytes()


@pytest.mark.parametrize("how", ["spawn", "fork"])
def test_another_process_gives_the_same(model, corners, how):
    if how == "fork" and not hasattr(os, "fork"):
        pytest.skip("no fork here")
    # Threads of nnrc have been at work before the fork.
    wanted = model.settle(corners, threads=4).tobytes()
    context = multiprocessing.get_context(how)
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(_settle, model, corners).result(timeout=60) == wanted


def test_a_process_that_is_killed_breaks_its_pool_alone(model, corners):
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        with pytest.raises(concurrent.futures.process.BrokenProcessPool):
            pool.submit(_die).result()
    assert model.settle(corners).shape == (4, 1)


def _die() -> None:
    os._exit(1)


def test_other_threads_run_meanwhile(model):
    X = np.random.default_rng(0).random((60_000, 2))
    count, done = 0, threading.Event()

    def tick() -> None:
        nonlocal count
        while not done.is_set():
            count += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    model.settle(X, threads=1)
    taken = time.perf_counter() - start
    done.set()
    thread.join()
    # One that is held up until the end ticks once or twice.
    assert count > 20 * taken, (count, taken)


def test_threads_share_a_model(model, corners):
    wanted = model.settle(corners).tobytes()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: model.settle(corners, threads=2).tobytes(), range(64)))
    assert set(found) == {wanted}


LONG = {
    "settle": "model.settle(np.random.default_rng(0).random((3_000_000, 2)), threads=1)",
    "simulate": "nnrc.load(EXAMPLES / 'phased_or' / 'phased_or.nnr').simulate(until=4e7)",
    "train": "nnrc.load(EXAMPLES / 'iris_train' / 'iris_train.nnr').train(epochs=10_000_000, progress=False)",
    "one pot": "nnrc.load(EXAMPLES / 'onepot_iris' / 'onepot_iris.nnr').train(epochs=100_000, progress=False)",
    "noise": "model.noise(np.random.default_rng(0).random((200, 2)), np.ones(200), rates='relative(0.1, redraw = ou(tau = 1))', "
    "replicates=5000, progress=False)",
}


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("what", LONG)
def test_ctrl_c_ends_long_work_at_once(what):
    program = (
        "import numpy as np, signal, sys, time, nnrc\n"
        # Whoever runs the tests in the background has it ignored, and Python leaves that as it is.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.path.insert(0, {str(HERE)!r})\n"
        "from conftest import ROOT, XOR\n"
        "EXAMPLES = ROOT / 'examples'\n"
        "model = nnrc.compile(XOR)\n"
        "print('ready', flush=True)\n"
        "try:\n"
        f"    {LONG[what]}\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', time.time(), flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        time.sleep(1.5)
        sent = time.time()
        child.send_signal(signal.SIGINT)
        answer = child.communicate(timeout=60)[0].split()
    finally:
        child.kill()
    assert answer[:1] == ["interrupted"], f"{what}: it was over before"
    # 0.2 s on a machine that has nothing else to do.
    assert float(answer[1]) - sent < 2.0


def test_the_command_is_in_the_package():
    done = subprocess.run([sys.executable, "-m", "nnrc", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["nnrc", nnrc.__version__]
    wrong = subprocess.run([sys.executable, "-m", "nnrc", "check", "none.nnr"], capture_output=True, text=True)
    assert wrong.returncode == 3 and "none.nnr" in wrong.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "nnrc", "check", "-"], input=XOR, capture_output=True, text=True, check=True
    )
    assert "reactions       13" in checked.stdout
