"""Findings as exceptions and warnings."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from conftest import XOR

import nnrc


def test_an_error_points_at_its_place():
    with pytest.raises(nnrc.ModelError) as raised:
        nnrc.compile(XOR.replace("dense(1)", "dens(1)"))
    finding = raised.value.findings[0]
    assert (finding.severity, finding.code, finding.line) == ("error", "unknown-operation", 5)
    line = XOR.splitlines()[finding.line - 1]
    assert line[finding.column - 1 : finding.end_column - 1].startswith("dens")
    assert "dense" in finding.help + (finding.label or "") + finding.message
    assert "dens(1)" in str(raised.value) and "dens" in finding.message
    assert isinstance(finding.help, str)


def test_all_errors_are_told_at_once():
    with pytest.raises(nnrc.ModelError) as raised:
        nnrc.compile(XOR.replace("h = 1e-4", "h = -1"))
    assert len(raised.value.findings) >= 2


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(OSError) as raised:
        nnrc.load(tmp_path / "none.nnr")
    assert isinstance(raised.value, nnrc.FileError) and isinstance(raised.value, nnrc.NnrcError)
    assert raised.value.findings[0].code == "unreadable-file"


def test_weights_that_do_not_fit():
    text = XOR[: XOR.index("weights")]
    with pytest.raises(nnrc.ModelError) as raised:
        nnrc.compile(text)
    assert raised.value.findings[0].code == "missing-weights"
    with pytest.raises(nnrc.ModelError):
        nnrc.compile(text, weights={"hidden.W": np.eye(3)})
    with pytest.raises(ValueError, match="finite"):
        nnrc.compile(text, weights={"hidden.W": [[np.nan, 1], [1, 1]]})
    with pytest.raises(ValueError, match="object"):
        nnrc.compile(text, weights={"hidden.W": np.array([[None]])})


def test_a_setting_of_no_key_leaves_the_model_as_it_was():
    model = nnrc.compile(XOR, settings={"simulate.until": 1})
    with pytest.raises(nnrc.ModelError, match="until"):
        model.with_settings({"simulate.untill": 3})
    assert model.simulate().time[-1] == 1


def test_exceptions_are_pickled_whole():
    with pytest.raises(nnrc.ModelError) as raised:
        nnrc.compile("network")
    again = pickle.loads(pickle.dumps(raised.value))
    assert type(again) is nnrc.ModelError and again.findings == raised.value.findings and str(again) == str(raised.value)


def test_warnings_are_python_warnings(examples):
    text = XOR.replace("[[1, -2]]", "[[1, -2e9]]")
    with pytest.warns(nnrc.NnrcWarning) as found:
        nnrc.compile(text).check()
    codes = [one.message.finding.code for one in found]
    assert "wide-rate-range" in codes
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nnrc.compile(XOR).check()


def test_settings_name_themselves():
    with pytest.raises(nnrc.ModelError) as raised:
        nnrc.compile(XOR, settings={"chemistry.max_orderr": 3})
    assert "max_order" in str(raised.value)
    with pytest.raises(nnrc.ModelError):
        nnrc.compile(XOR, settings={"chemistry.max_order": "("})
    assert nnrc.compile(XOR, settings={"simulate.points": 11, "simulate.until": 5.0}).simulate().time.shape == (11,)


def test_codes_are_explained():
    assert "input" in nnrc.explain("input-out-of-range")
    with pytest.raises(ValueError, match="no code"):
        nnrc.explain("no-such-code")


def test_a_text_is_no_path(examples):
    with pytest.raises(TypeError, match="nnrc.load"):
        nnrc.compile(examples / "iris" / "iris.nnr")
