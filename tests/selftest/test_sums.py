"""What sums are kept in: contents that fill an accumulator, and claims about sums."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from convspec import reference
from convspec.adapters.opening import adapt
from convspec.contents import filled, scales_exactly
from convspec.execute import Bench
from convspec.law import all_laws
from convspec.scaled import limit
from convspec.spec.case import Case
from convspec.spec.claims_reading import ClaimsError, read_claims

Array = npt.NDArray[Any]

CONV = "conv x=1x3x4x4:{0}:{1}@{2} w=2x3x2x2:{0}:{1}@{2} b=2:{0}:{1}@{2}"


@pytest.mark.parametrize("k", range(4))
@pytest.mark.parametrize("pattern", ["large", "wide"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_sums_fill_the_accumulator_and_stay_in_it(dtype: str, pattern: str, k: int) -> None:
    case = Case.parse(CONV.format(dtype, pattern, k))
    arrays = filled(case)
    assert scales_exactly(case)
    assert all(np.array_equal(a.astype(np.int64), a.astype(np.float64)) for a in arrays.values())
    size = [np.abs(a.astype(np.float64)) for a in arrays.values()]
    most = reference.conv(*size, **case.op.arguments()).max()
    assert limit(pattern, dtype) / 64 < most <= limit(pattern, dtype)


def _int8(x: Array, w: Array, b: Array | None = None) -> Array:
    return reference.dense(*(a.astype(np.int64) for a in (x, w, b) if a is not None))


HOW: dict[str, Any] = {
    "wrap": (lambda *arrays: _int8(*arrays).astype(np.int8), {}),
    "saturate": (
        lambda *arrays: np.clip(_int8(*arrays), -128, 127).astype(np.int8),
        {"overflow": {"int8": "saturate"}},
    ),
    "widen": (lambda *arrays: _int8(*arrays).astype(np.int32), {"returns": {"int8": "int32"}}),
}


@pytest.mark.parametrize("claimed", HOW)
@pytest.mark.parametrize("done", HOW)
def test_integers_do_beyond_their_type_what_is_claimed(done: str, claimed: str) -> None:
    claims = {"all": {"dtypes": ["int8"]}, **HOW[claimed][1]}
    adapter = adapt(SimpleNamespace(dense=HOW[done][0], claims=claims))
    law = all_laws()["overflow"]
    case = Case.parse("dense x=2x5:int8:large@1 w=3x5:int8:large@2")
    broken = Bench(adapter, {law.name: law}, None).broken(law, case)
    assert (broken is None) == (done == claimed)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"accumulate": {"float32": "float16"}}, ["claims['accumulate']", "'float16'"]),
        ({"conv": {"gradient_accumulate": 1}}, ["claims['conv']['gradient_accumulate']"]),
        ({"returns": {"float16": "float32"}}, ["claims['returns']", "'float16'", "int8"]),
        ({"overflow": {"int64": "saturate"}}, ["claims['overflow']", "wrap"]),
        ({"all": {"overflow": {"int8": "trap"}}}, ["claims['all']['overflow']", "saturate"]),
    ],
)
def test_a_claim_about_sums_that_cannot_be_is_named(data: Any, words: list[str]) -> None:
    with pytest.raises(ClaimsError) as raised:
        read_claims(data, ("conv", "dense"), True)
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_an_operation_and_its_gradients_may_sum_in_other_types() -> None:
    data = {
        "accumulate": {"bfloat16": "float32"},
        "conv": {"gradient_accumulate": {}},
        "dense": {"accumulate": {}},
    }
    ops = read_claims(data, ("conv", "dense", "pad"), True).ops
    kept = {o: [c.accumulator("bfloat16", g) for g in (False, True)] for o, c in ops.items()}
    assert kept == {
        "conv": ["float32", "bfloat16"], "dense": ["bfloat16"] * 2, "pad": ["float32"] * 2,
    }  # fmt: skip
