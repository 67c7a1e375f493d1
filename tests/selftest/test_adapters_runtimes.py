"""The adapters of ncnn, MNN and LiteRT: what they write for them, and one call of each."""

from __future__ import annotations

import importlib.util
import struct
from typing import Any

import numpy as np
import pytest

from convspec import reference
from convspec.adapters.backends import BACKENDS
from convspec.adapters.errors import UnknownAdapter
from convspec.adapters.opening import open_adapter
from convspec.adapters.runtimes import claims, ncnn_layers
from convspec.spec.claims_reading import read_claims

OPTIONS = {
    "ncnn": ("", "defaults", "unchecked", "defaults,unchecked"),
    "mnn": ("",),
    "litert": ("", "builtin", "reference"),
}
PLAIN: dict[str, Any] = {
    "stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1),
}  # fmt: skip
IMAGE = np.arange(2 * 4 * 5 * 6, dtype=np.float32).reshape(2, 4, 5, 6) % 7


def _opened(name: str) -> Any:
    backend = BACKENDS[name]
    if importlib.util.find_spec(str(backend.library)) is None:
        pytest.skip(f"{backend.library} is absent: {backend.install}")
    return open_adapter(name)


@pytest.mark.parametrize(("name", "option"), [(n, o) for n in OPTIONS for o in OPTIONS[n]])
def test_claims_are_read_without_the_library(name: str, option: str) -> None:
    declared = getattr(claims, name)(option)
    available = [key for key in declared if key not in ("all", "dialect")]
    assert set(read_claims(declared, available, False).ops) == set(available)
    assert BACKENDS[name].declared(option) == declared


def _ids(net: ncnn_layers.Net) -> dict[str, str]:
    line = net.param.splitlines()[3].split()
    return dict(part.split("=", 1) for part in line[6:])


def test_a_convolution_in_ncnns_words() -> None:
    w, b = np.ones((3, 4, 2, 5), np.float32), np.zeros(3, np.float32)
    given: dict[str, Any] = {
        "stride": (1, 2), "padding": ((1, 2), (3, 4)), "dilation": (5, 6), "groups": 1,
    }  # fmt: skip
    net = ncnn_layers.conv(IMAGE, w, b, **given)
    assert net.param.startswith("7767517\n2 2\nInput x 0 1 x\nConvolution layer 1 1 x y ")
    # Of each pair the width comes first: kernel, dilation, stride, low, high.
    assert _ids(net) == {
        "0": "3", "1": "5", "11": "2", "2": "6", "12": "5", "3": "2", "13": "1",
        "4": "3", "14": "1", "15": "4", "16": "2", "5": "1", "6": "120",
    }  # fmt: skip
    assert net.weights == struct.pack("<I", 0) + w.tobytes() + b.tobytes()


@pytest.mark.parametrize(("name", "mark"), [("same_upper", "-233"), ("same_lower", "-234")])
def test_ncnns_names_of_padding(name: str, mark: str) -> None:
    w = np.ones((2, 2, 3, 3), np.float32)
    net = ncnn_layers.conv(IMAGE, w, **{**PLAIN, "padding": name}, groups=2)
    assert "ConvolutionDepthWise layer" in net.param
    assert _ids(net)["4"] == mark and "15" not in _ids(net)


def test_the_weight_of_a_transposed_convolution_is_stored_by_output() -> None:
    w = np.arange(4 * 3, dtype=np.float32).reshape(4, 3, 1)
    net = ncnn_layers.conv_transpose(
        IMAGE[..., 0], w, stride=(1,), padding=((0, 0),), output_padding=(0,), dilation=(1,),
        groups=2,
    )  # fmt: skip
    stored = np.frombuffer(net.weights[4:], np.float32)
    assert stored.tolist() == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]


def test_axes_of_a_reduction_are_a_list() -> None:
    assert "-23303=2,1,2" in ncnn_layers.global_sum_pool(IMAGE).param


@pytest.mark.parametrize(
    ("op", "shape", "window", "given", "refused"),
    [
        # SAME adds (1, −1) cells.
        ("conv", (1, 1, 1, 2), (2, 1), {"padding": "same_upper", "stride": (1, 2)}, True),
        ("conv", (1, 1, 1, 2), (1, 1), {"padding": "same_upper", "stride": (1, 2)}, False),
        ("max_pool", (1, 1, 1, 2), (2, 1), {"padding": "same_lower", "stride": (1, 2)}, True),
        ("pad", (1, 1, 3, 3), (), {"padding": ((0, 0), (-1, 0))}, True),
        ("conv", (1, 1, 1, 1), (1, 1), {"dilation": (2, 2)}, True),
        ("conv", (1, 1, 2, 2), (1, 1), {"dilation": (2, 2)}, False),
        ("conv", (1, 1, 1, 1), (1, 1), {"dilation": (2, 1)}, False),
        ("conv_transpose", (1, 1, 3, 3), (1, 1), {"padding": ((1, 1), (0, 0))}, False),
    ],
)
def test_what_ncnn_would_write_outside_its_memory(
    op: str, shape: Any, window: Any, given: Any, refused: bool
) -> None:
    x = np.zeros(shape, np.float32)
    assert bool(ncnn_layers.overruns(op, x, window, {**PLAIN, **given})) == refused


def test_layers_that_do_not_exist() -> None:
    pool: dict[str, Any] = {**PLAIN, "window": (2, 2), "ceil_mode": False}
    with pytest.raises(ValueError, match="no dilated pools"):
        ncnn_layers.max_pool(IMAGE, **{**pool, "dilation": (2, 1)})
    with pytest.raises(ValueError, match="3 entries for 2 spatial axes"):
        ncnn_layers.max_pool(IMAGE, **{**pool, "stride": (1, 1, 1)})
    with pytest.raises(ValueError, match="not those of shape"):
        ncnn_layers.global_avg_pool(np.zeros((2, 3), np.float32))


@pytest.mark.parametrize("name", ["ncnn", "ncnn:defaults", "mnn", "litert", "litert:builtin"])
def test_one_call_of_each(name: str) -> None:
    if importlib.util.find_spec(str(BACKENDS[name.partition(":")[0]].library)) is None:
        pytest.skip(f"absent: {BACKENDS[name.partition(':')[0]].install}")
    adapter = open_adapter(name)
    w = np.arange(3 * 4 * 2 * 3, dtype=np.float32).reshape(3, 4, 2, 3) % 5
    given: dict[str, Any] = {**PLAIN, "stride": (1, 2), "groups": 1}
    y = adapter.functions["conv"](IMAGE, w, None, **given)
    np.testing.assert_allclose(y, reference.conv(IMAGE, w, None, **given), rtol=1e-2)
    pool: dict[str, Any] = {**PLAIN, "window": (2, 3), "stride": (2, 1), "ceil_mode": False}
    y = adapter.functions["max_pool"](IMAGE, **pool)
    np.testing.assert_array_equal(y, reference.max_pool(IMAGE, **pool))


@pytest.mark.parametrize("name", ["ncnn", "mnn", "litert"])
def test_a_call_in_the_librarys_own_words_gives_the_same(name: str) -> None:
    adapter = _opened(name)
    w = np.arange(4 * 2 * 2 * 3, dtype=np.float32).reshape(4, 2, 2, 3) % 5
    given: dict[str, Any] = {**PLAIN, "output_padding": (0, 0), "groups": 1}
    inputs = {"x": IMAGE, "w": w}
    spell = getattr(adapter.target, "spell")  # noqa: B009 - an object of any type
    imports, lines = spell("forward", "conv_transpose", inputs, {"x": "x", "w": "w"}, given)
    program: dict[str, Any] = {"np": np, **inputs}
    exec("\n".join([*imports, *lines]), program)
    y = adapter.functions["conv_transpose"](IMAGE, w, None, **given)
    np.testing.assert_array_equal(program["results"][0], y)


@pytest.mark.parametrize("name", ["ncnn:default", "mnn:fast", "litert:builtins"])
def test_an_unknown_option(name: str) -> None:
    _opened(name.partition(":")[0])
    with pytest.raises(UnknownAdapter, match="no option"):
        open_adapter(name)
