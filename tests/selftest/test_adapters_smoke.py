"""One adapter of each environment of the matrix is run, where its library is there; where it is
absent, the summary of the tests says so (``make test``), and what would bring it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from convspec.adapters.backends import BACKENDS
from convspec.adapters.installed import installed, wrong_versions
from convspec.adapters.pins import canonical, folder
from convspec.matrix.asked import Row, every_row
from convspec.matrix.environments import ready

ROOT = Path(__file__).resolve().parents[2]

FIRST = {
    "torch": "torch", "inference": "onnxruntime", "jax": "jax", "tensorflow": "tensorflow",
    "paddle": "paddle", "tinygrad": "tinygrad", "tvm": "tvm", "iree": "iree",
}  # fmt: skip
"""Environment → the row that stands for it here."""

COMPILED = ("jax", "tinygrad", "tvm", "iree")
"""Environments in which every new shape is compiled: there one operation is enough for a test."""


def test_every_environment_has_a_row_here() -> None:
    assert FIRST.keys() == {row.environment for row in every_row()}
    assert set(FIRST.items()) <= {(row.environment, row.adapter) for row in every_row()}


def interpreter(row: Row) -> Path:
    """A Python that has the row's library; skips the test where there is none."""
    if installed(row.backend).there:
        return Path(sys.executable)
    made = ready(row.environment, ROOT / folder())
    packages = [canonical(package) for package in row.backend.packages]
    if made is not None and all(package in made.found for package in packages):
        return made.python
    pytest.skip(f"absent: {row.adapter} (make matrix ADAPTERS={row.adapter} installs it)")


@pytest.mark.parametrize("environment", FIRST)
def test_an_adapter_of_each_environment_conforms(environment: str, tmp_path: Path) -> None:
    row = Row(FIRST[environment], environment)
    python = interpreter(row)
    words = [str(python), "-m", "convspec", "check", row.adapter, "--profile", "smoke"]
    words += ["--known", "builtin", "--jobs", "1", "--no-conditions"]
    words += ["--op", "conv"] if environment in COMPILED else []
    own = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    ran = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env=own, timeout=1500)
    other = wrong_versions(BACKENDS[row.adapter], environment)
    if ran.returncode and other and python == Path(sys.executable):
        [(package, found, wanted), *_] = other
        pytest.skip(f"absent: {package} {wanted}; here is {found}, which is not what we know")
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
