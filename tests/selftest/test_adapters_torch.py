"""PyTorch on both of its CPU paths against the reference, inside what the adapter claims."""

from __future__ import annotations

import random
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from test_adapters_numpy import OPERATIONS, Call, assert_same, outcome, random_call  # noqa: E402

from convspec.adapters.opening import (  # noqa: E402
    Adapter,
    AdapterError,
    UnknownAdapter,
    open_adapter,
)

PATHS = ("torch", "torch:no-mkldnn", "torch:channels-last,no-mkldnn", "torch:cpu,channels-last")


def fitted(adapter: Adapter, seed: int, op: str) -> Call | None:
    """A random call bent into what torch claims; None where it cannot be."""
    call, draw = random_call(seed, op), random.Random(seed)
    claims, params, x = adapter.claims.ops[op], call.params, call.inputs[0]
    if x.dtype.name not in claims.dtypes or 0 in x.shape[1:]:
        return None
    if op == "pad" and params["mode"] not in claims.modes:
        return None
    if op == "lp_pool":
        x[...] = 1 + abs(x)  # torch adds up powers with their signs, as it declares
        params["p"], params["ceil_mode"] = draw.choice(claims.powers), False
        params["padding"] = ((0, 0),) * (x.ndim - 2)
    if op == "cross_entropy" and not (len(x) and (call.inputs[1] >= 0).all()):
        return None
    if "dilation" in params and claims.dilation[1] == 1:
        params["dilation"] = (1,) * len(params["dilation"])
    if op == "conv" and isinstance(params["padding"], str):
        if params["padding"] not in claims.named_padding:
            return None
        params["stride"] = (1,) * len(params["stride"])
    if not claims.asymmetric_padding and op != "lp_pool":
        halves = (draw.randint(0, k // 2) for k in params["window"])
        params["padding"] = tuple((p, p) for p in halves)
    return call


def deviates(call: Call, name: str) -> str | None:
    """Where torch 2.13 is known not to follow the spec, and how."""
    x, params = call.inputs[0], call.params
    n = x.shape[2:]
    if "max_pool" in call.op and np.isnan(x).any():
        return "the last NaN of a window is taken, not the first"
    if call.op.startswith("max_pool") and len(n) == 3 and "channels-last" in name:
        least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
        if (x == least).any():
            return "where all cells of a window are least, its index may lie outside the window"
        if x.dtype == np.int8 and np.prod(n) > 127:
            return "int8 planes of more than 127 cells are refused"
    if call.op.startswith("max_pool"):
        for size, k, (p, _), d in zip(
            n, params["window"], params["padding"], params["dilation"], strict=True
        ):
            if (k, p, d) == (2, 1, size + 1):
                return "a window wholly in padding has an index outside the plane"
    if call.op == "pad" and any(
        size + low + high == 0 for size, (low, high) in zip(n, params["padding"], strict=True)
    ):
        return "a crop to nothing is refused, or its gradient is not initialised"
    smaller = [size < k for size, k in zip(n, params.get("window", n), strict=True)]
    if call.op == "avg_pool" and len(n) == 3 and any(smaller):
        return "avg_pool3d wants the input itself to be as large as the window"
    return None


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("op", OPERATIONS)
def test_torch_agrees_with_the_reference(op: str, name: str) -> None:
    adapter, reference = open_adapter(name), open_adapter("reference")
    compared = 0
    for seed in range(1000, 1150):
        call = fitted(adapter, seed, op)
        if call is None or deviates(call, name):
            continue
        # Integers have no gradients in torch.
        floats = call.inputs[0].dtype.kind == "f"
        expected = outcome(reference if floats else replace(reference, vjp=None), call)
        if isinstance(expected, ValueError):
            continue
        got = outcome(adapter if floats else replace(adapter, vjp=None), call)
        assert not isinstance(got, ValueError), f"{call}: {got}"
        assert_same(got, expected, call)
        compared += 1
    assert compared > 20


def test_read_only_and_strided_arrays_pass_without_a_word() -> None:
    adapter = open_adapter("torch")
    grid = np.arange(240, dtype=np.float32).reshape(2, 3, 5, 8)
    w = np.ones((2, 3, 2, 2), np.float32)
    params: dict[str, Any] = {
        "stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1,
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in (grid[..., ::2], np.broadcast_to(grid[:1], grid.shape), grid[:, :, 1:-1, 1:-1],
                  np.asfortranarray(grid)):  # fmt: skip
            for path in PATHS:
                y = open_adapter(path).functions["conv"](x, w, **params)
                assert np.array_equal(y, adapter.functions["conv"](x.copy(), w, **params))


def test_the_process_keeps_its_onednn_switch() -> None:
    before = torch.backends.mkldnn.enabled
    x = np.ones((1, 1, 4), np.float32)
    params: dict[str, Any] = {
        "stride": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1,
    }  # fmt: skip
    open_adapter("torch:no-mkldnn").functions["conv"](x, x, **params)
    with pytest.raises(RuntimeError):
        open_adapter("torch:no-mkldnn").functions["conv"](x, x[:, :, :0], **params)
    assert torch.backends.mkldnn.enabled == before


def test_a_write_outside_memory_is_refused() -> None:
    vjp = open_adapter("torch").vjp
    assert vjp is not None
    with pytest.raises(RuntimeError, match="outside its memory"):
        vjp(
            "max_pool", [np.ones((1, 1, 2), np.float32)], np.ones((1, 1, 1), np.float32),
            window=(2,), stride=(1,), padding=((1, 1),), dilation=(3,), ceil_mode=False,
        )  # fmt: skip


def test_what_torch_lacks_is_refused() -> None:
    functions = open_adapter("torch").functions
    x, w = np.ones((1, 1, 4), np.float32), np.ones((1, 1, 2), np.float32)
    conv: dict[str, Any] = {"stride": (1,), "dilation": (1,), "groups": 1}
    pool: dict[str, Any] = {"window": (2,), "stride": (1,), "ceil_mode": False}
    with pytest.raises(ValueError, match="same_lower"):
        functions["conv"](x, w, padding="same_lower", **conv)
    with pytest.raises(ValueError, match="negative"):
        functions["conv"](x, w, padding=((-1, 0),), **conv)
    with pytest.raises(ValueError, match="alike"):
        functions["max_pool"](x, padding=((1, 0),), dilation=(1,), **pool)
    with pytest.raises(ValueError, match="dilated"):
        functions["avg_pool"](x, padding=((0, 0),), dilation=(2,), count_include_pad=True, **pool)


def test_options() -> None:
    assert open_adapter("torch").version == torch.__version__
    assert open_adapter("torch:cpu").name == "torch:cpu"
    with pytest.raises(UnknownAdapter, match="did you mean 'no-mkldnn'"):
        open_adapter("torch:no-mkdnn")
    with pytest.raises(UnknownAdapter):
        open_adapter("torch:cuda:x")
    if not torch.cuda.is_available():
        with pytest.raises(AdapterError, match="no cuda device here"):
            open_adapter("torch:cuda")
