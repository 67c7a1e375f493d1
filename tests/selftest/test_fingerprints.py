"""Fingerprints: what an implementation is seen to read numbers as and to keep sums in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.adapters.opening import adapt, open_adapter
from convspec.events import Fingerprint
from convspec.fingerprints import fingerprints
from convspec.power import cut_to_bits, to_bits

Array = npt.NDArray[Any]


def of_dense(function: Any, dtype: str = "float32") -> Fingerprint:
    claims = {"dense": {"dtypes": [dtype]}}
    adapter = adapt(SimpleNamespace(name="toy", dense=function, claims=claims))
    (found,) = fingerprints(adapter, ["dense"])
    return found


def one_by_one(x: Array, w: Array, store: Any) -> Array:
    total = np.zeros((len(x), len(w)), np.float32)
    for c in range(x.shape[1]):
        total = store(total + x[:, c, None] * w[None, :, c])
    return total


def test_the_honest_one() -> None:
    assert of_dense(reference.dense).text == "float32 in, float32 accumulate"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda a: to_bits(a, 11), "TF32 in"),
        (lambda a: cut_to_bits(a, 8), "bfloat16 in"),
        (lambda a: a.astype(np.float16).astype(np.float32), "float16 in"),
    ],
)
def test_narrow_inputs(change: Any, text: str) -> None:
    found = of_dense(lambda x, w, b=None: reference.dense(change(x), change(w), b))
    assert found.text.startswith(f"{text}, float32 accumulate")


def test_narrow_sums() -> None:
    found = of_dense(lambda x, w, b=None: one_by_one(x, w, lambda s: to_bits(s, 8)))
    assert "bfloat16 accumulate" in found.text


def test_wide_sums_and_results_that_are_cut_off() -> None:
    def wide(x: Array, w: Array, b: Any = None) -> Array:
        exact: Array = x.astype(np.float64) @ w.T.astype(np.float64)
        return (exact.view(np.uint64) >> 29 << 29).view(np.float64).astype(np.float32)

    assert of_dense(wide).text == "float32 in, float64 accumulate, cut off"


def test_half_in_float32() -> None:
    found = of_dense(reference.dense, "float16")
    assert found.text == "float16 in, float32 accumulate"
    assert 0 < found.measures["rms"] < 1


def test_what_only_moves_is_exact_and_failing_calls_are_told() -> None:
    adapter = open_adapter("numpy")
    texts = {f.op: f.text for f in fingerprints(adapter, ["max_pool", "pad", "relu"])}
    assert texts == {"max_pool": "exact", "pad": "exact", "relu": "exact"}

    def broken(x: Array, w: Array, b: Any = None) -> Array:
        raise RuntimeError("no kernel")

    assert of_dense(broken).text == "not seen: RuntimeError: no kernel"
