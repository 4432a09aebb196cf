"""Time courses, reports and files."""

from __future__ import annotations

import io
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from conftest import XOR, xor

import nnrc

matplotlib.use("Agg")


def test_a_time_course_ends_at_the_fixed_point(model):
    course = model.simulate([0, 1], until=200.0, points=51)
    assert course.time.shape == (51,) and course.time[-1] == 200
    assert course["y"].shape == (51, 1) and course["y_1"].shape == (51,)
    np.testing.assert_allclose(course["y"][-1], xor(np.array([[0.0, 1.0]]))[0], atol=1e-4)
    frame = course.to_pandas()
    assert frame.index.name == "time" and frame["y_1"].iloc[-1] == course["y_1"][-1]
    dataset = course.to_xarray()
    assert dataset["hidden"].dims == ("time", "hidden_unit") and dataset["hidden"].shape == (51, 2)
    with pytest.raises(KeyError, match="there are"):
        course["z"]
    lines = course.to_csv().splitlines()
    assert lines[0].startswith("time,") and len(lines) == 52
    assert float(lines[-1].split(",")[0]) == 200
    assert course._repr_html_().startswith("<svg") and "script" not in course._repr_html_()
    axes = course.plot()
    assert len(axes.lines) == 5 and len(course.plot(["y"]).lines) == 1


def test_every_instead_of_points(model):
    assert model.simulate(until=2.0, every=0.5).time.tolist() == [0, 0.5, 1, 1.5, 2]
    with pytest.raises(ValueError, match="points="):
        model.simulate(points=1)
    with pytest.raises(ValueError, match="shape"):
        model.simulate([0, 1, 2])


def test_reports(model):
    size = model.check()
    assert (size.species, size.reactions) == (5, 13) and size.rate_range == (1e-4, 2.0)
    assert "reactions       13" in str(size) and size.to_dict()["network"] == "xor"
    certificate = model.certificate()
    assert certificate.certified and certificate.claims and "<pre>" in certificate._repr_html_()
    assert "Proven" in str(certificate)
    assert nnrc.compile(XOR + "expect { for [0, 1]: y ~ 1 within 0.05; for [0, 0]: y ~ 1 within 0.05; }").test()[1].ok is False
    assert "y_1" in model.reactions() and "family" in model.crn
    html = model._repr_html_()
    assert "13" in html and "<script" not in html


def test_files(model, tmp_path, monkeypatch):
    target = tmp_path / "xor.xml"
    text = model.to_sbml(target)
    assert target.read_text(encoding="utf-8") == text and text.startswith("<?xml")
    assert "level=\"2\"" in model.to_sbml(level="l2v4")
    with pytest.raises(ValueError, match="level="):
        model.to_sbml(level="l9")
    with pytest.raises(nnrc.FileError):
        model.to_sbml(tmp_path / "none" / "xor.xml")
    files = model.to_rust(tmp_path / "xor-sim")
    assert (tmp_path / "xor-sim" / "Cargo.toml").read_text() == files["Cargo.toml"]
    with pytest.raises(nnrc.FileError):
        model.to_rust(tmp_path)
    weights = tmp_path / "w.npz"
    model.save_weights(weights)
    with np.load(weights) as held:
        assert held["hidden.W"].tolist() == [[1, 1], [1, 1]]
    with pytest.raises(ValueError, match="npz"):
        model.save_weights(tmp_path / "w.txt")


def test_nothing_that_is_read_is_replaced(tmp_path):
    path = tmp_path / "xor.nnr"
    path.write_text(XOR)
    model = nnrc.load(path)
    with pytest.raises(nnrc.FileError, match="reads it"):
        model.to_sbml(path)
    assert path.read_text() == XOR
    weights = tmp_path / "w.npz"
    model.save_weights(weights)
    held = weights.read_bytes()
    again = nnrc.load(path, weights=weights)
    with pytest.raises(nnrc.FileError, match="reads it"):
        again.save_weights(weights)
    assert weights.read_bytes() == held


def test_a_model_is_saved_with_what_is_in_no_file(model, tmp_path, corners):
    changed = model.with_weights({"y.b": [0.25]})
    changed.save(tmp_path / "changed.nnr")
    again = nnrc.load(tmp_path / "changed.nnr")
    assert again.settle(corners).tobytes() == changed.settle(corners).tobytes()
    with pytest.raises(ValueError, match=".nnr"):
        model.save(tmp_path / "changed.txt")


def test_other_packages_are_asked_for_by_name(model):
    program = (
        "import sys; sys.modules['pandas'] = None\n"
        "import nnrc; from conftest import XOR\n"
        "try: nnrc.compile(XOR).simulate(until=1.0).to_pandas()\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=__file__.rsplit("/", 1)[0], check=True
    )
    assert "pip install pandas" in done.stdout


def test_csv_of_noise_is_a_table(model, corners):
    study = model.noise(corners, xor(corners) > 0.5, rates=[0.05, 0.3], replicates=3, seed=1, threads=2)
    assert len(study) == 3 and study.rows[0]["rates"] is None
    frame = study.to_pandas()
    assert frame["replicates"].tolist()[1:] == [3, 3]
    assert study.csv == model.noise(corners, xor(corners) > 0.5, rates=[0.05, 0.3], replicates=3, seed=1, threads=1).csv
    assert study.plot().get_xlabel() and study._repr_html_().startswith("<svg")
    assert io.StringIO(study.csv).readline().startswith("network,rates")
    with pytest.raises(ValueError, match="t is missing"):
        model.noise(corners, rates=0.1)
    with pytest.raises(ValueError, match="X is missing"):
        model.noise(t=[0, 1], rates=0.1)
    with pytest.raises(nnrc.ModelError, match="judge"):
        model.noise(rates=0.1)


@pytest.mark.parametrize("form", ["antimony", "catalyst", "latex", "dot"])
def test_other_forms_are_those_of_the_command(examples, tmp_path, form):
    file, out = examples / "signed" / "signed.nnr", tmp_path / "out"
    words = [sys.executable, "-m", "nnrc", "compile", str(file), "--target", form, "-o", str(out)]
    subprocess.run(words, check=True, capture_output=True)
    own = tmp_path / "own"
    text = getattr(nnrc.load(file), f"to_{form}")(own)
    assert text == out.read_text(encoding="utf-8") == own.read_text(encoding="utf-8")


def test_a_form_that_cannot_carry_the_network(examples, tmp_path):
    model = nnrc.load(examples / "onepot_xor" / "onepot_xor.nnr")
    with pytest.raises(nnrc.ModelError, match="set while it runs"):
        model.to_catalyst(tmp_path / "out.jl")
    assert not (tmp_path / "out.jl").exists()
