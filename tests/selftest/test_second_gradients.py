"""Second gradients: the reference's against its own definition, the adapters' against it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from test_adapters_numpy import Call, random_call

from convspec import reference
from convspec.adapters.opening import Adapter, open_adapter
from convspec.spec.groups import TWICE
from convspec.spec.operations import OPERATIONS

Array = npt.NDArray[Any]

TRANSPOSED = "conv_transpose"


def call_of(op: str, seed: int) -> tuple[Call, Array] | None:
    """A random call in double precision that the reference accepts, and its result."""
    call = transposed_call(seed) if op == TRANSPOSED else random_call(seed, op)
    rng = np.random.default_rng(seed)
    call.inputs = [
        # All different, so that maxima do not tie, and none is 0.
        (rng.permutation(a.size).reshape(a.shape) * 2 - a.size | 1).astype(np.float64)
        for a in call.inputs
    ]
    try:
        y = getattr(reference, op)(*call.inputs, **call.params)
    except ValueError:
        return None
    return call, y[0] if isinstance(y, tuple) else y


def transposed_call(seed: int) -> Call:
    rng = np.random.default_rng(seed)
    rank, groups = int(rng.integers(1, 4)), int(rng.integers(1, 3))

    def each(least: int, most: int) -> tuple[int, ...]:
        return tuple(int(n) for n in rng.integers(least, most + 1, rank))

    channels, outputs = groups * int(rng.integers(1, 3)), int(rng.integers(1, 3))
    x = np.ones((int(rng.integers(1, 3)), channels, *each(2, 4)))
    w = np.ones((channels, outputs, *each(1, 3)))
    bias = [np.ones(groups * outputs)] if rng.random() < 0.5 else []
    params = {
        "stride": each(1, 3), "padding": tuple(zip(each(0, 1), each(0, 1), strict=True)),
        "output_padding": (0,) * rank, "dilation": each(1, 2), "groups": groups,
    }  # fmt: skip
    return Call(TRANSPOSED, [x, w, *bias], params)


def others(call: Call) -> list[Array | None]:
    """What the gradients are held against: small integers of their shapes, now and then none."""
    rng = np.random.default_rng(call.inputs[0].size)
    held = [rng.integers(-2, 3, a.shape).astype(a.dtype) for a in call.inputs]
    return [None if len(held) > 1 and rng.random() < 0.3 else u for u in held]


def held_against(call: Call, inputs: list[Array], g: Array, held: list[Array | None]) -> float:
    """Φ = Σ ⟨vjp_i(inputs, g), held_i⟩."""
    gradients = reference.vjp(call.op, inputs, g, **call.params)
    return sum(float((d * u).sum()) for d, u in zip(gradients, held, strict=True) if u is not None)


@pytest.mark.parametrize("op", TWICE)
def test_the_reference_is_the_derivative_of_its_gradients(op: str) -> None:
    """Φ is quadratic, or linear in pieces: differences of steps either way have no error."""
    compared = 0
    for seed in range(60):
        found = call_of(op, seed)
        if found is None or found[1].size > 60:
            continue
        call, y = found
        held, g = others(call), call.cotangent(y)
        second = reference.double_vjp(op, call.inputs, g, held, **call.params)
        variables = [*call.inputs, g]
        assert [a.shape for a in second] == [a.shape for a in variables]
        rng = np.random.default_rng(seed)
        for i, variable in enumerate(variables):
            if not variable.size:
                continue
            step = np.zeros_like(variable)
            # Less than the distance of two cells: no maximum moves.
            step.flat[rng.integers(variable.size)] = 0.5
            up, down = ([*variables[:i], v, *variables[i + 1 :]] for v in
                        (variable + step, variable - step))  # fmt: skip
            rise = held_against(call, up[:-1], up[-1], held)
            rise -= held_against(call, down[:-1], down[-1], held)
            assert abs(rise - 2 * float((second[i] * step).sum())) < 1e-9, (call, i)
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("name", ["numpy", "torch", "torch:no-mkldnn"])
@pytest.mark.parametrize("op", TWICE)
def test_the_adapters_agree_with_it(op: str, name: str) -> None:
    if name.startswith("torch"):
        pytest.importorskip("torch")
    adapter = open_adapter(name)
    assert adapter.double_vjp is not None
    compared = 0
    for seed in range(400):
        found = call_of(op, seed)
        if found is None or not claimed(adapter, found[0]) or 0 in found[0].inputs[0].shape:
            continue
        call, y = found
        if 0 in y.shape:  # cropped to nothing, which a library need not take
            continue
        held, g = others(call), call.cotangent(y)
        expected = reference.double_vjp(op, call.inputs, g, held, **call.params)
        got = adapter.double_vjp(op, call.inputs, g, held, **call.params)
        assert len(got) == len(expected)
        for a, b in zip(got, expected, strict=True):
            assert a.shape == b.shape and a.dtype == b.dtype, call
            assert np.allclose(a, b, rtol=1e-12, atol=1e-12), call
        compared += 1
    assert compared > 5


def claimed(adapter: Adapter, call: Call) -> bool:
    claims = adapter.claims.ops[call.op]
    if not claims.second_gradient:
        return False
    if call.op in ("dense", "relu"):
        return True
    blind = any(n < k for n, k in zip(call.inputs[0].shape[2:], call.params.get("window", ()),
                                      strict=False))  # fmt: skip
    return claims.include(OPERATIONS[call.op](**call.params), call.inputs) and not blind


def test_what_has_no_second_gradient_is_refused() -> None:
    x = np.ones((2, 3))
    for adapter in (open_adapter("reference"), open_adapter("numpy")):
        assert adapter.double_vjp is not None
        assert not adapter.claims.ops["softmax"].second_gradient
        with pytest.raises(ValueError, match="softmax"):
            adapter.double_vjp("softmax", [x], x, [x])
        with pytest.raises(ValueError, match="cotangents"):
            adapter.double_vjp("dense", [x, x], np.ones((2, 2)), [x])
        with pytest.raises(ValueError):
            adapter.double_vjp("dense", [x, x], np.ones((2, 2)), [x, x[:1]])


def test_the_terms_left_out_are_zero() -> None:
    x, w, g = np.ones((1, 1, 4)), np.ones((1, 1, 2)), np.ones((1, 1, 3))
    params: dict[str, Any] = {
        "stride": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1,
    }  # fmt: skip
    for name in ("reference", "numpy", "torch"):
        if name == "torch":
            pytest.importorskip("torch")
        double_vjp = open_adapter(name).double_vjp
        assert double_vjp is not None
        for array in double_vjp("conv", [x, w], g, [None, None], **params):
            assert not array.any()
