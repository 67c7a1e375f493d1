"""The compilers: what is called of them, as data, and each of them where it is installed."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convspec import reference
from convspec.adapters.backends import BACKENDS
from convspec.adapters.compilers import iree_words, tinygrad_words, tvm_words
from convspec.adapters.compilers.clang import surroundings
from convspec.adapters.errors import AdapterError
from convspec.adapters.opening import open_adapter
from convspec.adapters.recent import Recent
from convspec.spec.claims_reading import read_claims
from convspec.spec.operations import OPERATIONS

CONV: dict[str, Any] = {
    "stride": (2, 1), "padding": ((0, 1), (2, 3)), "dilation": (1, 2), "groups": 2,
}  # fmt: skip
POOL: dict[str, Any] = {
    "window": (2, 3), "stride": (1, 2), "padding": ((1, 0), (0, 1)), "dilation": (1, 1),
    "ceil_mode": False,
}  # fmt: skip
SHAPES = {"x": (2, 4, 5, 6), "w": (6, 2, 2, 2), "b": (6,)}
NAMES = ("tinygrad", "tvm", "iree")


@pytest.mark.parametrize("name", NAMES)
def test_claims_are_read_without_the_library(name: str) -> None:
    declared = BACKENDS[name].declared()
    ops = [op for op in OPERATIONS if op in declared or op in ("conv", "max_pool")]
    claims = read_claims(declared, ops, True)
    assert claims.compiled and claims.ops["conv"].asymmetric_padding


def test_tvm_is_handed_all_low_sides_first() -> None:
    conv, column, bias = tvm_words.steps("conv", SHAPES, CONV)
    assert conv.function == "nn.conv2d" and conv.keywords["padding"] == (0, 2, 1, 3)
    assert (column.function, column.keywords["shape"]) == ("reshape", (1, 6, 1, 1))
    assert str(bias) == "relax.op.add(y, b)"
    (pool,) = tvm_words.steps("max_pool", {"x": (1, 1, 5, 6)}, POOL)
    assert pool.keywords["padding"] == (1, 0, 0, 1) and "count_include_pad" not in pool.keywords


def test_tvm_spells_what_it_builds() -> None:
    arrays = {"x": np.zeros((1, 1, 5, 6), np.float32)}
    imports, lines = tvm_words.spelled("forward", "max_pool", arrays, {"x": "x"}, POOL)
    assert "from tvm import relax" in imports
    assert any("relax.op.nn.max_pool2d(x, pool_size=(2, 3)" in line for line in lines)
    with pytest.raises(LookupError):
        tvm_words.spelled("vjp", "max_pool", arrays, {"x": "x"}, POOL)


def test_tinygrad_is_handed_the_last_axis_first() -> None:
    name, given = tinygrad_words.method("conv", 2, CONV)
    assert name == "conv2d" and given["padding"] == (2, 3, 0, 1)
    assert tinygrad_words.method("global_avg_pool", 3, {}) == ("mean", {"axis": (2, 3, 4)})
    with pytest.raises(ValueError, match="same_upper"):
        tinygrad_words.method("conv", 2, {**CONV, "padding": "same_upper"})


def test_tinygrad_spells_what_it_calls() -> None:
    arrays = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    arrays["g"] = np.zeros((2, 6, 2, 9), np.float32)
    names = {name: name for name in arrays}
    _, lines = tinygrad_words.spelled("vjp", "conv", arrays, names, CONV)
    assert any(line.startswith("y = x_.conv2d(w_, b_, groups=2") for line in lines)
    assert "made = y.gradient(x_, w_, b_, gradient=g_)" in lines


def test_a_stablehlo_program_states_every_shape() -> None:
    dtypes = dict.fromkeys(SHAPES, "float32")
    text = iree_words.program("conv", SHAPES, dtypes, CONV)
    out = reference.conv(*(np.zeros(shape) for shape in SHAPES.values()), **CONV).shape
    assert f"-> tensor<{'x'.join(map(str, out))}xf32> {{" in text
    assert "pad = [[0, 1], [2, 3]]" in text and "feature_group_count = 2" in text
    values = re.findall(r"%(\w+) =", text)
    assert len(values) == len(set(values)) and values[-1] == "y"


def test_a_transposed_convolution_turns_the_kernel_round() -> None:
    shapes = {"x": (2, 4, 5, 6), "w": (4, 3, 2, 2)}
    given = {**CONV, "output_padding": (1, 0)}
    text = iree_words.program("conv_transpose", shapes, dict.fromkeys(shapes, "int8"), given)
    out = reference.conv_transpose(*(np.zeros(shape) for shape in shapes.values()), **given).shape
    assert "reverse = [true, true]" in text and "lhs_dilate = [2, 1]" in text
    assert f"-> tensor<{'x'.join(map(str, out))}xi8> {{" in text


def test_what_stablehlo_has_no_words_for_is_refused() -> None:
    shapes, dtypes = {"x": (1, 1, 5, 6)}, {"x": "float32"}
    for op, given in (
        ("max_pool", {**POOL, "ceil_mode": True}),
        ("max_pool", {**POOL, "padding": "valid"}),
        ("pad", {"padding": ((1, 1), (0, 0)), "mode": "reflect", "value": 0}),
    ):
        with pytest.raises(ValueError, match="StableHLO has no"):
            iree_words.program(op, shapes, dtypes, given)


def test_programs_are_made_once_and_the_oldest_given_up() -> None:
    made: list[int] = []
    programs: Recent[int] = Recent(kept=2)

    def get(key: int) -> int:
        return programs.get(key, lambda: made.append(key) or key)  # type: ignore[func-returns-value]

    assert [get(key) for key in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert made == [1, 2, 3, 2]


def test_what_could_not_be_made_is_tried_again() -> None:
    programs: Recent[int] = Recent(kept=512)

    def fails() -> int:
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            programs.get("key", fails)
    assert programs.get("key", lambda: 7) == 7


@pytest.mark.parametrize("name", NAMES)
def test_each_answers_as_defined_where_it_is_installed(name: str) -> None:
    backend = BACKENDS[name]
    library = (backend.library or "").partition(".")[0]
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{name} is absent: {backend.install}")
    functions = open_adapter(name).functions
    x, w, b = (np.arange(np.prod(s)).reshape(s).astype(np.float32) % 5 for s in SHAPES.values())
    expected = reference.conv(*(a.astype(np.float64) for a in (x, w, b)), **CONV)
    np.testing.assert_array_equal(functions["conv"](x, w, b, **CONV), expected)
    expected = reference.max_pool(x.astype(np.float64), **POOL)
    np.testing.assert_array_equal(functions["max_pool"](x, **POOL), expected)


def test_tinygrad_finds_a_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho\n")
    python.chmod(0o700)
    with pytest.raises(AdapterError, match="tinygrad needs clang, which is not there; or: pip"):
        surroundings(str(python))
    zig = tmp_path / "zig"
    zig.write_text('#!/bin/sh\necho "$@"\n')
    zig.chmod(0o700)
    python.write_text(f"#!/bin/sh\necho {tmp_path}/__init__.py\n")
    found = surroundings(str(python))
    # By CC, and by its name on PATH.
    assert shutil.which("clang", path=found["PATH"]) == found["CC"]
    said = subprocess.run([found["CC"], "-c", "a b"], capture_output=True, text=True, check=True)
    assert said.stdout == "clang -c a b\n"
    monkeypatch.setenv("PATH", found["PATH"])
    assert surroundings(str(python)) == {}
