"""The adapters of libraries that are called on arrays: their claims, and a few calls each."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from convspec.adapters.eager import claims, mlx_functions, paddle_functions
from convspec.adapters.eager.calling import Named, Noting, running
from convspec.adapters.opening import UnknownAdapter, open_adapter
from convspec.spec.claims_reading import read_claims
from convspec.spec.operations import OPERATIONS

LIBRARIES = {"paddle": "paddlepaddle", "mlx": "mlx[cpu]", "scipy": "scipy"}


def opened(name: str) -> Any:
    """The adapter, or a skip that says how to install its library."""
    library = name.partition(":")[0]
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is absent: pip install {LIBRARIES[library]}")
    return open_adapter(name)


@pytest.mark.parametrize(
    ("function", "option"),
    [("paddle", ""), ("paddle", "channels-last"), ("mlx", ""), ("scipy", ""), ("scipy", "fft")],
)
def test_claims_can_be_read_without_the_library(function: str, option: str) -> None:
    declared = getattr(claims, function)(option)
    ops = [name for name in declared if name in OPERATIONS]
    differentiable = function != "scipy"
    read = read_claims(declared, ops, differentiable, differentiable)
    assert set(read.ops) == set(ops)
    assert read.fork == (function != "mlx")


def test_transforms_are_declared_where_scipy_takes_them() -> None:
    assert "algorithm" not in claims.scipy("direct")["conv"]
    assert claims.scipy("fft")["conv"]["algorithm"] == "fft"


def test_the_same_lines_run_and_are_noted() -> None:
    params = {"padding": ((1, 0),), "mode": "constant", "value": 2}
    noting = Noting()
    assert str(paddle_functions.pad(noting, 1, False, Named("x"), **params)) == "y"
    assert noting.lines == ["y = F.pad(x, [1, 0], mode='constant', value=2)"]

    class Module:
        @staticmethod
        def pad(*args: Any, **keywords: Any) -> Any:
            return args, keywords

    args, keywords = paddle_functions.pad(running({"F": Module}), 1, False, "x", **params)
    assert args == ("x", [1, 0])
    assert keywords == {"mode": "constant", "value": 2}


def test_layers_are_noted_as_they_are_made_and_called() -> None:
    noting = Noting()
    y = mlx_functions.max_pool(
        noting, ((1, 1, 4),), Named("x"), window=(2,), stride=(1,), padding=((0, 0),),
        dilation=(1,), ceil_mode=False,
    )  # fmt: skip
    assert noting.lines == [
        "y = nn.MaxPool1d(2, stride=1, padding=0)",
        "y2 = mx.moveaxis(x, 1, -1)",
        "y3 = y(y2)",
        "y4 = mx.moveaxis(y3, -1, 1)",
    ]
    assert str(y) == "y4"


def test_what_paddle_lacks_is_refused_before_it_is_called() -> None:
    with pytest.raises(ValueError, match="same_lower"):
        paddle_functions.conv(
            Noting(), 1, False, Named("x"), Named("w"), stride=(1,), padding="same_lower",
            dilation=(1,), groups=1,
        )  # fmt: skip
    with pytest.raises(ValueError, match="dilated"):
        paddle_functions.max_pool(
            Noting(), 1, False, Named("x"), window=(2,), stride=(1,), padding=((0, 0),),
            dilation=(2,), ceil_mode=False,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["paddle", "paddle:channels-last", "mlx", "scipy", "scipy:fft"])
def test_a_convolution_is_the_definition(name: str) -> None:
    adapter = opened(name)
    reference = open_adapter("reference")
    draw = np.random.default_rng(0)
    x = draw.integers(-4, 5, (2, 4, 6, 5)).astype("float32")
    w = draw.integers(-4, 5, (6, 2, 2, 3)).astype("float32")
    params = {"stride": (2, 1), "padding": ((1, 0), (1, 2)), "dilation": (1, 1), "groups": 2}
    y = adapter.functions["conv"](x, w, **params)
    np.testing.assert_allclose(y, reference.functions["conv"](x, w, **params), atol=1e-3)
    if adapter.vjp is None:
        return
    for got, expected in zip(
        adapter.vjp("conv", (x, w), y, **params),
        reference.vjp("conv", (x, w), y, **params),  # type: ignore[misc]
        strict=True,
    ):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("name", ["paddle", "mlx", "scipy"])
def test_a_maximum_is_the_definition(name: str) -> None:
    adapter = opened(name)
    x = np.random.default_rng(1).permutation(60).reshape(1, 2, 6, 5).astype("float32")
    params: dict[str, Any] = {
        "window": (3, 2), "stride": (2, 1), "padding": ((1, 1), (0, 0)), "dilation": (1, 1),
        "ceil_mode": False,
    }  # fmt: skip
    y = adapter.functions["max_pool"](x, **params)
    np.testing.assert_array_equal(y, open_adapter("reference").functions["max_pool"](x, **params))


@pytest.mark.parametrize("name", ["paddle:x", "mlx:x", "scipy:x"])
def test_other_options_are_refused(name: str) -> None:
    opened(name.partition(":")[0])
    with pytest.raises(UnknownAdapter):
        open_adapter(name)
