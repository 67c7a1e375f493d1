"""StableHLO programs, as text: one for each call. IREE itself is not needed here.

A program states the shape of every result, which the verifier of StableHLO holds against its own:
shapes are worked out here as the index relation has them, without asking whether they are valid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]

_TYPES = {
    "float64": "f64", "float32": "f32", "float16": "f16", "bfloat16": "bf16",
    "int64": "i64", "int32": "i32", "int16": "i16", "int8": "i8",
}  # fmt: skip

_LOWEST = {
    "float64": "0xFFF0000000000000", "float32": "0xFF800000", "float16": "0xFC00",
    "bfloat16": "0xFF80",
}  # fmt: skip
"""Minus infinity, as bits."""


def program(op: str, shapes: Shapes, dtypes: Mapping[str, str], params: Mapping[str, Any]) -> str:
    """A module whose function ``main`` makes a call of `op` on arrays of these shapes and types.

    Raises ValueError for what StableHLO has no words for.
    """
    first = next(iter(shapes))
    text = _Text(dtypes[first])
    out = WRITERS[op](text, op, shapes, params)
    arguments = ", ".join(f"%{n}: {_tensor(shapes[n], dtypes[n])}" for n in shapes)
    result = text.tensor(out)
    return "\n".join(
        [
            f"func.func @main({arguments}) -> {result} {{",
            *text.lines,
            f"  return %y : {result}",
            "}",
        ]
    )


def _tensor(shape: Shape, dtype: str) -> str:
    return f"tensor<{''.join(f'{n}x' for n in shape)}{_TYPES[dtype]}>"


class _Text:
    """The lines of a function whose numbers are of one type."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        self.lines: list[str] = []

    def tensor(self, shape: Shape) -> str:
        """The type of an array."""
        return _tensor(shape, self.dtype)

    def say(self, result: str, text: str) -> None:
        """One operation."""
        self.lines.append(f"  %{result} = stablehlo.{text}")

    def number(self, result: str, value: Any, shape: Shape = ()) -> None:
        """A constant; None is the identity of max."""
        written = str(value)
        if value is None:
            written = _LOWEST.get(self.dtype) or str(np.iinfo(self.dtype).min)
        elif self.dtype in _LOWEST:
            written = f"{float(value):e}"
        self.say(result, f"constant dense<{written}> : {self.tensor(shape)}")

    def spread(self, result: str, source: str, dims: Sequence[int], old: Shape, new: Shape) -> None:
        """Broadcast."""
        kinds = f"({self.tensor(old)}) -> {self.tensor(new)}"
        self.say(result, f"broadcast_in_dim %{source}, dims = {list(dims)} : {kinds}")

    def both(self, result: str, function: str, one: str, other: str, shape: Shape) -> None:
        """An operation on two arrays of one shape."""
        self.say(result, f"{function} %{one}, %{other} : {self.tensor(shape)}")

    def reduced(self, result: str, source: str, function: str, old: Shape, new: Shape) -> None:
        """A reduction over the spatial axes; ``%c`` is where it begins."""
        axes = list(range(len(new), len(old)))
        kinds = f"({self.tensor(old)}, {self.tensor(())}) -> {self.tensor(new)}"
        self.say(result, f"reduce(%{source} init: %c) applies stablehlo.{function}"
                 f" across dimensions = {axes} : {kinds}")  # fmt: skip

    def windows(
        self, result: str, source: str, function: str, old: Shape, new: Shape,
        params: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """A reduction over windows; ``%c`` is where it begins."""
        cell = self.tensor(())
        around = [[0, 0], [0, 0], *map(list, params["padding"])]
        attributes = ", ".join(
            f"{name} = array<i64: {', '.join(map(str, (1, 1, *values)))}>"
            for name, values in (
                ("window_dimensions", params["window"]),
                ("window_strides", params["stride"]),
                ("base_dilations", (1,) * len(params["window"])),
                ("window_dilations", params["dilation"]),
            )
        )
        self.lines += [
            f'  %{result} = "stablehlo.reduce_window"(%{source}, %c) ({{',
            f"    ^bb0(%one: {cell}, %other: {cell}):",
            f"      %both = stablehlo.{function} %one, %other : {cell}",
            f"      stablehlo.return %both : {cell}",
            f"  }}) {{{attributes}, padding = dense<{around}> : tensor<{len(around)}x2xi64>}}"
            f" : ({self.tensor(old)}, {cell}) -> {self.tensor(new)}",
        ]


def _out(n: int, k: int, s: int, d: int, pair: tuple[int, int]) -> int:
    # A window larger than the padded input has no place in it, however much larger it is.
    return max((n + sum(pair) - d * (k - 1) - 1) // max(s, 1) + 1, 0)


def _outs(sizes: Shape, window: Shape, params: Mapping[str, Any]) -> Shape:
    if isinstance(params["padding"], str):
        raise ValueError(f"StableHLO has no padding by the name {params['padding']!r}")
    given = zip(sizes, window, params["stride"], params["dilation"], params["padding"], strict=True)
    return tuple(_out(*axis) for axis in given)


def _conv(text: _Text, op: str, shapes: Shapes, params: Mapping[str, Any]) -> Shape:
    x, w, groups = shapes["x"], shapes["w"], params["groups"]
    given = params["dilation"]
    if op == "conv":
        out = (x[0], w[0], *_outs(x[2:], w[2:], params))
        pads, before, turned, kernel = params["padding"], (1,) * len(given), False, "o, i"
        strides = params["stride"]
    else:
        reach = [d * (k - 1) for d, k in zip(given, w[2:], strict=True)]
        more = zip(params["padding"], params["output_padding"], reach, strict=True)
        pads = [(e - low, e - high + extra) for (low, high), extra, e in more]
        before, strides, turned, kernel = params["stride"], (1,) * len(given), True, "i, o"
        sizes = zip(x[2:], before, reach, pads, strict=True)
        spatial = tuple((n - 1) * s + 1 + sum(pair) - e for n, s, e, pair in sizes)
        out = (x[0], w[1] * groups, *spatial)
        w = _grouped(text, w, groups)
    axes = ", ".join(map(str, range(len(x) - 2)))
    window = {
        "stride": list(strides), "pad": [list(pair) for pair in pads], "lhs_dilate": list(before),
        "rhs_dilate": list(given),
        "reverse": f"[{', '.join([str(turned).lower()] * len(given))}]",
    }  # fmt: skip
    kernels = "%weight" if turned and groups > 1 else "%w"
    written = ", ".join(f"{name} = {value}" for name, value in window.items())
    text.say("y", f"convolution(%x, {kernels}) dim_numbers = [b, f, {axes}]x[{kernel}, {axes}]->"
             f"[b, f, {axes}], window = {{{written}}} {{batch_group_count = 1 : i64,"
             f" feature_group_count = {groups} : i64}} : ({text.tensor(x)}, {text.tensor(w)}) ->"
             f" {text.tensor(out)}")  # fmt: skip
    _bias(text, shapes, out)
    return out


def _grouped(text: _Text, w: Shape, groups: int) -> Shape:
    """The weight of a transposed convolution with the filters of all groups along axis 1."""
    if groups == 1:
        return w
    split = (groups, w[0] // groups, *w[1:])
    moved = (split[1], groups, *w[1:])
    whole = (split[1], groups * w[1], *w[2:])
    order = [1, 0, *range(2, len(split))]
    text.say("split", f"reshape %w : ({text.tensor(w)}) -> {text.tensor(split)}")
    text.say("moved", f"transpose %split, dims = {order} : ({text.tensor(split)}) ->"
             f" {text.tensor(moved)}")  # fmt: skip
    text.say("weight", f"reshape %moved : ({text.tensor(moved)}) -> {text.tensor(whole)}")
    return whole


def _bias(text: _Text, shapes: Shapes, out: Shape) -> None:
    if "b" in shapes:
        text.lines[-1] = text.lines[-1].replace("%y =", "%product =", 1)
        text.spread("bias", "b", (1,), shapes["b"], out)
        text.both("y", "add", "product", "bias", out)


def _max_pool(text: _Text, op: str, shapes: Shapes, params: Mapping[str, Any]) -> Shape:
    out = _pooled(shapes["x"], params)
    text.number("c", None)
    text.windows("y", "x", "maximum", shapes["x"], out, params)
    return out


def _avg_pool(text: _Text, op: str, shapes: Shapes, params: Mapping[str, Any]) -> Shape:
    x, out = shapes["x"], _pooled(shapes["x"], params)
    text.number("c", 0)
    text.windows("sums", "x", "add", x, out, params)
    if params["count_include_pad"]:
        text.number("counts", prod(params["window"]), out)
    else:
        text.number("ones", 1, x)
        text.windows("counts", "ones", "add", x, out, params)
    text.both("y", "divide", "sums", "counts", out)
    return out


def _pooled(x: Shape, params: Mapping[str, Any]) -> Shape:
    if params["ceil_mode"]:
        raise ValueError("StableHLO has no ceil mode")
    return (*x[:2], *_outs(x[2:], params["window"], params))


def _pad(text: _Text, op: str, shapes: Shapes, params: Mapping[str, Any]) -> Shape:
    if params["mode"] != "constant":
        raise ValueError(f"StableHLO has no padding of the mode {params['mode']!r}")
    x, pads = shapes["x"], [(0, 0), (0, 0), *params["padding"]]
    out = tuple(n + sum(pair) for n, pair in zip(x, pads, strict=True))
    text.number("c", params["value"])
    low, high = ([pair[side] for pair in pads] for side in (0, 1))
    text.say("y", f"pad %x, %c, low = {low}, high = {high}, interior = {[0] * len(x)} :"
             f" ({text.tensor(x)}, {text.tensor(())}) -> {text.tensor(out)}")  # fmt: skip
    return out


def _global(text: _Text, op: str, shapes: Shapes, params: Mapping[str, Any]) -> Shape:
    x, out = shapes["x"], shapes["x"][:2]
    text.number("c", None if op == "global_max_pool" else 0)
    function = "maximum" if op == "global_max_pool" else "add"
    if op != "global_avg_pool":
        text.reduced("y", "x", function, x, out)
        return out
    text.reduced("sums", "x", function, x, out)
    text.number("counts", prod(x[2:]), out)
    text.both("y", "divide", "sums", "counts", out)
    return out


def _relu(text: _Text, op: str, shapes: Shapes, params: Mapping[str, Any]) -> Shape:
    text.number("c", 0, shapes["x"])
    text.both("y", "maximum", "x", "c", shapes["x"])
    return shapes["x"]


def _dense(text: _Text, op: str, shapes: Shapes, params: Mapping[str, Any]) -> Shape:
    x, w = shapes["x"], shapes["w"]
    out = (x[0], w[0])
    text.say("y", f"dot_general %x, %w, contracting_dims = [1] x [1] : ({text.tensor(x)},"
             f" {text.tensor(w)}) -> {text.tensor(out)}")  # fmt: skip
    _bias(text, shapes, out)
    return out


WRITERS: dict[str, Callable[[_Text, str, Shapes, Mapping[str, Any]], Shape]] = {
    "conv": _conv,
    "conv_transpose": _conv,
    "max_pool": _max_pool,
    "avg_pool": _avg_pool,
    "pad": _pad,
    "global_avg_pool": _global,
    "global_max_pool": _global,
    "global_sum_pool": _global,
    "relu": _relu,
    "dense": _dense,
}
"""Operation → what writes its lines, and returns the shape of its result."""


def spelled(
    op: str, inputs: Mapping[str, Any], names: Mapping[str, str], parameters: Mapping[str, Any],
    flags: Sequence[str],
) -> tuple[list[str], list[str]]:  # fmt: skip
    """The imports and the lines that make a call and set `results`: see `Iree.spell`."""
    shapes = {name: array.shape for name, array in inputs.items()}
    dtypes = {name: str(array.dtype) for name, array in inputs.items()}
    text = program(op, shapes, dtypes, parameters)
    arrays = ", ".join(f"np.ascontiguousarray({names[name]})" for name in inputs)
    lines = [
        'program = """',
        *text.splitlines(),
        '"""',
        "compiled = iree.compiler.compile_str(",
        f"    program, extra_args={list(flags)!r})",
        'module = iree.runtime.load_vm_flatbuffer(compiled, driver="local-sync")',
        f"results = [np.asarray(module.main({arrays}))]",
    ]
    return ["import iree.compiler", "import iree.runtime", "import numpy as np"], lines
