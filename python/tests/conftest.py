"""What tests share: the examples of the repository, and networks computed in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nnrc

ROOT = Path(__file__).parents[2]

XOR = """
network xor {
    input  x[2] in [0, 1];
    layer  hidden = dense(2) | smooth_relu(h = 1e-4);
    layer  y      = dense(1) | smooth_relu(h = 1e-4);
    output y;
}
weights {
    hidden.W = [[1, 1], [1, 1]];  hidden.b = [0, -1];
    y.W = [[1, -2]];  y.b = [0];
}
"""


def smooth_relu(z: np.ndarray, h: float) -> np.ndarray:
    """The positive root of x² = z x + h."""
    return (z + np.sqrt(z * z + 4 * h)) / 2


def xor(X: np.ndarray) -> np.ndarray:
    """The network above, by its closed form."""
    hidden = smooth_relu(X @ np.ones((2, 2)) + [0, -1], 1e-4)
    return smooth_relu(hidden @ np.array([[1.0], [-2.0]]), 1e-4)


@pytest.fixture
def model() -> nnrc.Model:
    return nnrc.compile(XOR)


@pytest.fixture(scope="session")
def examples() -> Path:
    return ROOT / "examples"


@pytest.fixture(scope="session")
def corners() -> np.ndarray:
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
