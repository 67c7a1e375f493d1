"""TensorFlow's and Keras's adapters: what they say and plan, and where they are present, a call."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from convspec.adapters.backends import BACKENDS
from convspec.adapters.errors import AdapterError, UnknownAdapter
from convspec.adapters.kerases import keras, keras_lines, tensorflow, tensorflow_lines
from convspec.adapters.kerases.claims import touched
from convspec.adapters.kerases.forms import DEPTHWISE, KERNEL, LAST, formed, unformed
from convspec.adapters.kerases.lines import Plan, run, written
from convspec.adapters.kerases.onednn import SWITCH, not_taken, switch, without
from convspec.spec.claims_reading import read_claims

TENSORFLOW = ("", "no-onednn", "nd", "depthwise", "raw")
KERAS = (
    "torch", "tensorflow", "jax", "numpy", "torch,channels-first", "tensorflow,channels-first",
    "numpy,depthwise", "numpy,symbolic",
)  # fmt: skip

ONCE = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}


def zeros(**shapes: tuple[int, ...]) -> dict[str, Any]:
    return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}


def planned(op: str, arrays: dict[str, Any], option: str = "", **params: Any) -> Plan:
    return tensorflow_lines.plan(op, arrays, option, params)


@pytest.mark.parametrize("option", TENSORFLOW)
def test_claims_of_tensorflow_can_be_read(option: str) -> None:
    operations = {
        "nd": ("conv", "max_pool", "avg_pool"), "depthwise": ("conv",), "raw": ("conv",),
    }.get(option, tuple(tensorflow_lines.PLANS))  # fmt: skip
    claims = read_claims(BACKENDS["tensorflow"].declared(option), operations, option != "raw", True)
    assert claims.ops["conv"].named_padding == ("same_upper", "valid")


@pytest.mark.parametrize("option", KERAS)
def test_claims_of_keras_can_be_read(option: str) -> None:
    operations = touched(option.split(",")) or tuple(keras_lines.PLANS)
    claims = read_claims(BACKENDS["keras"].declared(option), operations, True)
    assert claims.fork is (option.split(",")[0] in ("torch", "tensorflow"))


def test_an_option_that_is_none_is_told_before_anything_is_loaded() -> None:
    with pytest.raises(UnknownAdapter, match="did you mean 'no-onednn'"):
        tensorflow.make("no-onedn")
    with pytest.raises(UnknownAdapter, match="did you mean 'numpy'"):
        keras.make("nunpy")
    with pytest.raises(UnknownAdapter, match="keras needs a backend"):
        keras.make(None)


def test_which_kernels_tensorflow_has_is_no_matter_of_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.delenv(SWITCH, raising=False)
    for on, word in ((True, "1"), (False, "0"), (True, "1")):
        switch(on)
        assert os.environ[SWITCH] == word
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    switch(True)
    with pytest.raises(AdapterError, match="set to 1, and cannot change to 0"):
        switch(False)
    monkeypatch.delenv(SWITCH)
    with pytest.raises(AdapterError, match="ONEDNN_OPTS not set, and cannot change to 1"):
        switch(True)


def test_a_type_that_a_processor_lacks_is_not_claimed() -> None:
    declared = BACKENDS["tensorflow"].declared("")
    left = without(declared, ["float16"])
    for claims, expected in ((declared, True), (left, False)):
        read = read_claims(claims, tuple(tensorflow_lines.PLANS), True, True)
        assert {"float16" in op.dtypes for op in read.ops.values()} == {expected}


@pytest.mark.parametrize(
    ("flags", "lacking"),
    [
        (["avx2"], ("float16", "bfloat16")),
        (["avx512f", "avx512bw"], ("float16",)),
        (["avx512f", "avx512bw", "avx512_fp16"], ()),
        (["avx2", "avx_ne_convert"], ()),
        ([], ()),
    ],
)
def test_which_types_a_processor_lacks(flags: list[str], lacking: tuple[str, ...]) -> None:
    assert not_taken(flags) == lacking


def test_amounts_go_to_the_operation_that_takes_them() -> None:
    pads = {**ONCE, "padding": ((1, 2), (0, 3))}
    two = planned("conv", zeros(x=(1, 2, 5, 5), w=(3, 2, 2, 2)), **pads)
    assert [line.function for line in two.lines] == ["tf.nn.conv2d"]
    assert two.lines[0].arguments["padding"] == [[0, 0], [1, 2], [0, 3], [0, 0]]
    three = planned(
        "conv", zeros(x=(1, 2, 5, 5, 5), w=(3, 2, 2, 2, 2)), stride=(1,) * 3,
        padding=((1, 2),) * 3, dilation=(1,) * 3, groups=1,
    )  # fmt: skip
    assert [line.function for line in three.lines] == ["tf.pad", "tf.nn.conv3d"]


@pytest.mark.parametrize(
    ("low", "high", "extra", "padding"),
    [(0, 0, 1, "VALID"), (0, 1, 0, "SAME"), (1, 1, 1, [[0, 0], [0, 0], [1, 1], [0, 0]])],
)
def test_a_transposed_convolution_is_named_where_a_name_says_it(
    low: int, high: int, extra: int, padding: Any
) -> None:
    plan = planned(
        "conv_transpose", zeros(x=(1, 2, 3), w=(2, 4, 3)), stride=(2,), padding=((low, high),),
        output_padding=(extra,), dilation=(1,), groups=1,
    )  # fmt: skip
    call = next(line for line in plan.lines if "transpose" in line.function)
    assert call.arguments["padding"] == padding


def test_depthwise_convolutions_have_their_own_function_where_it_is_asked_for() -> None:
    arrays = zeros(x=(1, 4, 5, 5), w=(8, 1, 2, 2))
    params = {**ONCE, "groups": 4}
    assert planned("conv", arrays, **params).lines[0].function == "tf.nn.conv2d"
    own = planned("conv", arrays, "depthwise", **params)
    assert own.lines[0].function == "tf.nn.depthwise_conv2d"
    assert own.forms["w"] == DEPTHWISE
    together = {**params, "stride": (2, 2), "dilation": (2, 1)}  # which it documents as left out
    assert planned("conv", arrays, "depthwise", **together).lines[0].function == "tf.nn.conv2d"


def test_what_has_no_parameter_is_refused() -> None:
    pool = {"window": (2, 2), "stride": (1, 1), "padding": ((1, 0), (0, 0)), "dilation": (1, 1),
            "ceil_mode": False}  # fmt: skip
    x = zeros(x=(1, 1, 4, 4))
    with pytest.raises(ValueError, match="take no amounts"):
        planned("avg_pool", x, **pool, count_include_pad=False)
    with pytest.raises(ValueError, match="no ceil mode"):
        planned("max_pool", x, **{**pool, "ceil_mode": True})
    with pytest.raises(ValueError, match="no padding 'same_lower'"):
        planned("max_pool", x, **{**pool, "padding": "same_lower"})
    with pytest.raises(ValueError, match="are not 3 groups"):
        planned("conv", zeros(x=(1, 4, 4, 4), w=(3, 1, 1, 1)), **{**ONCE, "groups": 3})


@pytest.mark.parametrize("first", [False, True])
def test_keras_crops_what_same_does_not_say(first: bool) -> None:
    style = keras_lines.Style("numpy", ["channels-first"] if first else [])
    arrays = zeros(x=(1, 2, 3), w=(2, 4, 3), b=(4,))
    params: dict[str, Any] = {"stride": (2,), "dilation": (1,), "groups": 1}
    same = keras_lines.plan(
        "conv_transpose", arrays, style, {**params, "padding": ((0, 1),), "output_padding": (0,)}
    )
    assert same.lines[0].arguments["padding"] == "same"
    assert same.lines[0].arguments["output_padding"] is None
    other = keras_lines.plan(
        "conv_transpose", arrays, style, {**params, "padding": ((2, 1),), "output_padding": (1,)}
    )
    assert other.lines[0].arguments["padding"] == "valid"
    assert other.lines[1].function == "keras.ops.slice"
    assert other.lines[1].arguments["shape"] == ([1, 4, 5] if first else [1, 5, 4])


def test_keras_is_left_its_defaults_where_a_caller_names_valid() -> None:
    arrays = zeros(x=(1, 1, 4, 4))
    pool = {"window": (2, 2), "stride": (2, 2), "dilation": (1, 1), "ceil_mode": False}
    for padding, stride, left in (
        ("valid", (2, 2), True), ("valid", (2, 1), False), (((0, 0), (0, 0)), (2, 2), False),
    ):  # fmt: skip
        params = {**pool, "padding": padding, "stride": stride}
        (call,) = keras_lines.plan("max_pool", arrays, keras_lines.Style("jax", []), params).lines
        assert call.arguments.get("strides") == (None if left else stride)
        assert ("padding" in call.arguments) is not left


def test_lines_are_written_as_they_run() -> None:
    plan = planned("conv", zeros(x=(1, 2, 5), w=(3, 2, 2), b=(3,)),
                   stride=(2,), padding=((1, 0),), dilation=(1,), groups=1)  # fmt: skip
    lines = written(plan)
    compile("\n".join(lines), "lines", "exec")
    assert lines[0] == "x = tf.expand_dims(input=x, axis=1)"
    assert lines[-1] == "y = tf.nn.bias_add(value=y, bias=b)"


def test_lines_run_on_what_the_names_stand_for() -> None:
    class Module:
        @staticmethod
        def both(x: int, more: int) -> tuple[int, int]:
            return x, x + more

    from convspec.adapters.kerases.lines import Line, Name

    plan = Plan([Line("y, z", "m.both", {"x": Name("x"), "more": 2})], results=("z", "y"))
    assert run(plan, {"x": 1}, {"m": Module}) == [3, 1]


@pytest.mark.parametrize("form", [LAST, KERNEL])
def test_forms_are_undone(form: str) -> None:
    array = np.arange(24).reshape(1, 2, 3, 4)
    assert (unformed(formed(array, form, 0), form) == array).all()


def test_a_depthwise_weight_keeps_the_order_of_its_maps() -> None:
    weight = np.arange(12).reshape(6, 1, 2)
    there = formed(weight, DEPTHWISE, 3)
    assert there.shape == (2, 3, 2)
    assert there[1, 2, 1] == weight[2 * 2 + 1, 0, 1]
    assert (unformed(there, DEPTHWISE) == weight).all()


SMOKE = """
import numpy as np
from convspec.adapters.opening import open_adapter
from convspec.reference.conv import conv
adapter = open_adapter({name!r})
x = np.arange(-9, 9, dtype=np.float32).reshape(1, 2, 3, 3)
w = np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2)
params = dict(stride=(2, 1), padding="same_upper", dilation=(1, 1), groups=1)
wanted = conv(x, w, **params)
assert (adapter.functions["conv"](x, w, **params) == wanted).all()
if adapter.vjp is not None:
    dx, dw = adapter.vjp("conv", (x, w), np.ones_like(wanted), **params)
    assert dx.shape == x.shape and np.isfinite(dx).all()
    assert abs((dx * x).sum() - wanted.sum()) < 1e-3
print("held")
"""

CALLS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "tensorflow:no-onednn": ("tensorflow", "tensorflow-cpu"),
    "keras:tensorflow": ("tensorflow", "tensorflow-cpu keras"),
    "keras:torch": ("torch", "torch keras"),
    "keras:jax": ("jax", "jax keras"),
    "keras:numpy": ("jax", "keras jax scipy"),
}


SYMBOLIC = """
import numpy as np
from convspec.adapters.opening import open_adapter
adapter = open_adapter("keras:numpy,symbolic")
assert "relu" not in adapter.functions
x = np.ones((2, 3, 8, 6), np.float32)
pool = dict(window=(2, 2), stride=(2, 1), padding="same_upper", dilation=(1, 1), ceil_mode=False)
assert adapter.functions["max_pool"](x, **pool).shape == (2, 3, 4, 6)
try:
    adapter.functions["adaptive_avg_pool"](x, output_size=(4, 2))
except ValueError as error:
    assert "the shape foretold is (2, 8, 4, 2, 3), that of the result (2, 4, 2, 3)" in str(error)
print("held")
"""


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str) -> None:
    library, install = CALLS[name]
    needed = [library, *(["keras"] if name.startswith("keras") else [])]
    if absent := [one for one in needed if importlib.util.find_spec(one) is None]:
        pytest.skip(f"{absent[0]} is absent: pip install {install}")
    said = outcome(SMOKE.format(name=name))
    assert said == "held", said


def test_a_result_that_has_not_the_shape_foretold_is_refused() -> None:
    for one in ("keras", "jax"):
        if importlib.util.find_spec(one) is None:
            pytest.skip(f"{one} is absent: pip install keras jax scipy")
    said = outcome(SYMBOLIC)
    assert said == "held", said


def outcome(program: str) -> str:
    """The last line that a program prints, or what it dies of.

    Each runs in a process of its own: libraries are one thing or another for the life of a process.
    """
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300
    )
    return (done.stdout.split() or [""])[-1] if not done.returncode else done.stderr[-2000:]
