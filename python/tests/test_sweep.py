"""Sweeps, by whatever runs functions, to the same bytes."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import XOR

import nnrc

STUDY = XOR + (
    "expect { for [0, 0]: y ~ 0 within 0.1; for [0, 1]: y ~ 1 within 0.1; for [1, 1]: y ~ 0 within 0.1; }\n"
    "noise { rates = relative([0.1, 0.3]); replicates = 5; seed = 1; }\n"
)


@pytest.fixture
def study(tmp_path) -> Path:
    file = tmp_path / "xor.nnr"
    file.write_text(STUDY)
    return file


def test_the_same_bytes_whoever_runs_it(study):
    sweep = nnrc.Sweep(study, {"noise.seed": range(1, 4)}, verb="noise")
    assert len(sweep) == 3 and [point["set"]["noise.seed"] for point in sweep.points] == ["1", "2", "3"]
    alone = sweep.run(threads=1, progress=False)
    assert sweep.run(threads=3, progress=False).csv == alone.csv
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert sweep.map(pool, progress=False).csv == alone.csv
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        assert sweep.map(pool, progress=False).csv == alone.csv
    frame = alone.to_pandas()
    assert frame.columns[0] == "noise.seed" and set(frame["noise.seed"]) == {1, 2, 3}


def test_the_command_goes_on_from_the_manifest(study):
    sweep = nnrc.Sweep(study, {"noise.seed": [1, 2]}, verb="noise")
    manifest = sweep.save()

    def command(*words: str) -> None:
        done = subprocess.run([sys.executable, "-m", "nnrc", "sweep", *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    out, table = str(study.parent / "results"), study.parent / "all.csv"
    command("run", manifest, "--shard", "1/2", "--out", out)
    command("run", manifest, "--shard", "0/2", "--out", out)
    command("merge", manifest, out, "-o", str(table))
    assert table.read_text() == sweep.run(progress=False).csv
    with pytest.raises(ValueError, match="beside its model"):
        sweep.save(study.parent / "out" / "sweep.jsonl")


def test_replicates_in_ranges_are_the_whole_study(study):
    sweep = nnrc.Sweep(study, verb="noise", replicates=2)
    assert len(sweep) == 3 and sweep.points[1]["replicates"] == [2, 4]
    assert sweep.run(progress=False).csv == nnrc.load(study).noise(progress=False).csv


def test_what_makes_no_sense_is_refused(study):
    with pytest.raises(ValueError, match="verb="):
        nnrc.Sweep(study, {"noise.seed": [1]}, verb="dance")
    with pytest.raises(ValueError, match="verb is missing"):
        nnrc.Sweep(study, {"noise.seed": [1]})
    with pytest.raises(ValueError, match="no values"):
        nnrc.Sweep(study, {"noise.seed": []}, verb="noise")
    with pytest.raises(nnrc.ModelError, match="seeed"):
        nnrc.Sweep(study, {"noise.seeed": [1]}, verb="noise")
    with pytest.raises(nnrc.FileError):
        nnrc.Sweep(study.parent / "none.nnr", {"noise.seed": [1]}, verb="noise")
    with pytest.raises(nnrc.ModelError, match="train"):
        nnrc.Sweep(study, {"noise.seed": [1]}, verb="train")
    with pytest.raises(TypeError, match="client of Dask"):
        nnrc.Sweep(study, {"noise.seed": [1]}, verb="noise").map(3)


def test_a_model_that_has_changed_is_not_run(study):
    sweep = nnrc.Sweep(study, {"noise.seed": [1]}, verb="noise")
    study.write_text(STUDY.replace("replicates = 5", "replicates = 6"))
    with pytest.raises(nnrc.FileError, match="has changed") as raised:
        sweep.run(progress=False)
    assert raised.value.findings[0].code == "stale-manifest"


def test_time_courses(study):
    table = nnrc.Sweep(study, {"simulate.until": [1, 2]}, verb="simulate", settings={"simulate.points": 11}).run(
        progress=False
    )
    frame = table.to_pandas()
    assert frame.groupby("simulate.until")["time"].max().to_dict() == {1: 1.0, 2: 2.0} and len(frame) == 22


def test_points_that_fail_are_told(study):
    # Weights grow beyond all numbers at one of the rates.
    file = study.parent / "line.nnr"
    file.write_text(
        """
        dataset points = rows([{ x = [0], t = [1] }, { x = [1], t = [0] }]);
        network line { input x[1] in [0, 1]; layer y = dense(1); output y; }
        weights { init = glorot_uniform(seed = 1); }
        train { data = points; rule = gradient(sgd(rate = 0.1)); epochs = 50; }
        """
    )
    axis = {"train.rule": ["gradient(sgd(rate = 0.1))", "gradient(sgd(rate = 1e200))"]}
    sweep = nnrc.Sweep(file, axis, verb="train")
    with pytest.raises(nnrc.ExpectationFailed) as raised:
        sweep.run(progress=False)
    assert raised.value.findings[0].code == "failed-point"
    with pytest.warns(nnrc.NnrcWarning, match="failed"):
        assert len(sweep.run(allow_failed=True, progress=False).to_pandas()) >= 1
