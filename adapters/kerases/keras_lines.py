"""The operations in Keras's own functions, ``keras.ops``: lists of calls, the same on each backend.

Arrays are handed over channels last, which is Keras's own default (transposed before and after: a
shim), or as they are with the option ``channels-first``. Padding is its own "same" and "valid";
amounts of padding of a convolution are laid around it by ``keras.ops.pad``, as ZeroPadding layers
do (a shim). A transposed convolution is "valid" with an output padding, or "same" where its amounts
of padding are those of "same"; where they are others, ``keras.ops.slice`` crops the valid result (a
shim).
A bias is added by ``keras.ops.add``, as Keras's layers do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import checks
from .forms import AS_IS, DEPTHWISE, KERNEL, LAST
from .lines import B, Ints, Line, Name, Pads, Plan, Shape, W, X, Y, planned

FIRST, ONE_BY_ONE, SYMBOLIC = "channels-first", "depthwise", "symbolic"
"""Options: the layout; depthwise convolutions of one or two axes by their own function; shapes
compared with those that Keras foretells."""

NAMED = {"same_upper": "same", "valid": "valid"}

OTHER_MODES = {
    "jax": {"replicate": "edge", "circular": "wrap"},
    "numpy": {"replicate": "edge", "circular": "wrap"},
    "torch": {"circular": "circular"},
    "tensorflow": {},
}
"""What Keras calls the modes of padding, where that depends on the backend."""


class Style:
    """The words of an adapter's option: the backend, and how arrays are handed over."""

    def __init__(self, backend: str, words: Sequence[str]) -> None:
        self.backend = backend
        self.first = FIRST in words
        self.one_by_one = ONE_BY_ONE in words
        self.symbolic = SYMBOLIC in words

    @property
    def form(self) -> str:
        """How maps are handed over."""
        return AS_IS if self.first else LAST

    @property
    def data_format(self) -> str:
        """The layout in Keras's words."""
        return "channels_first" if self.first else "channels_last"

    def around(self, padding: Pads) -> Pads:
        """Amounts for every axis of a map as it is handed over."""
        return ((0, 0), (0, 0), *padding) if self.first else ((0, 0), *padding, (0, 0))


def rank_of(shape: Shape) -> int:
    """The number of spatial axes. Raises ValueError where Keras has no function for it."""
    return checks.rank_of(shape, "Keras")


def _named(padding: Pads | str, rank: int) -> str:
    if not isinstance(padding, str):
        if len(padding) != rank or any(any(pair) for pair in padding):
            raise ValueError(f"Keras takes no amounts of padding here: {padding}")
        return "valid"
    if padding not in NAMED:
        raise ValueError(f"Keras has no padding {padding!r}")
    return NAMED[padding]


def _bias(lines: list[Line], shapes: Mapping[str, Shape], style: Style, rank: int) -> list[Line]:
    if "b" in shapes:
        if shapes["b"] != shapes["w"][:1] and rank >= 0:
            raise ValueError(f"a bias {shapes['b']} does not fit a weight {shapes['w']}")
        if style.first and rank > 0:
            new = [1, -1, *[1] * rank]
            lines.append(Line("b", "keras.ops.reshape", {"x": B, "newshape": new}))
        lines.append(Line("y", "keras.ops.add", {"x1": Y, "x2": B}))
    return lines


def _conv(
    shapes: Mapping[str, Shape], style: Style, dtype: str, *, stride: Ints, padding: Pads | str,
    dilation: Ints, groups: int,
) -> Plan:  # fmt: skip
    rank = rank_of(shapes["x"])
    channels = checks.in_groups(shapes, rank, groups)
    lines: list[Line] = []
    if not isinstance(padding, str) and any(any(pair) for pair in padding):
        if len(padding) != rank or any(low < 0 or high < 0 for low, high in padding):
            raise ValueError(f"padding needs {rank} pairs, none negative, not {padding}")
        amounts = {"x": X, "pad_width": style.around(padding)}
        lines.append(Line("x", "keras.ops.pad", amounts))
        padding = "valid"
    call = {"inputs": X, "kernel": W, "strides": tuple(stride), "padding": _named(padding, rank),
            "data_format": style.data_format, "dilation_rate": tuple(dilation)}  # fmt: skip
    alone = style.one_by_one and groups == channels and rank < 3
    function = "keras.ops.depthwise_conv" if alone else "keras.ops.conv"
    forms = {"x": style.form, "w": DEPTHWISE if alone else KERNEL, "b": AS_IS}
    lines.append(Line("y", function, call))
    return Plan(_bias(lines, shapes, style, rank), forms, form=style.form)


def _conv_transpose(
    shapes: Mapping[str, Shape], style: Style, dtype: str, *, stride: Ints, padding: Pads | str,
    output_padding: Ints, dilation: Ints, groups: int,
) -> Plan:  # fmt: skip
    rank = rank_of(shapes["x"])
    if groups != 1:
        raise ValueError(f"Keras has no transposed convolution of {groups} groups")
    if isinstance(padding, str) or len(padding) != rank:
        raise ValueError(f"padding needs {rank} pairs, not {padding!r}")
    checks.transposed(shapes, rank, padding)
    if any(extra >= s for extra, s in zip(output_padding, stride, strict=True)):
        raise ValueError(f"the output padding {output_padding} has to be lower than {stride}")
    sizes = shapes["x"][2:]
    extents = [d * (k - 1) + 1 for d, k in zip(dilation, shapes["w"][2:], strict=True)]
    least = [s * (n - 1) for s, n in zip(stride, sizes, strict=True)]
    full = [a + e + extra for a, e, extra in zip(least, extents, output_padding, strict=True)]
    wanted = [f - low - high for f, (low, high) in zip(full, padding, strict=True)]
    call: dict[str, Any] = {
            "inputs": X, "kernel": W, "strides": tuple(stride), "padding": "valid",
            "output_padding": tuple(output_padding), "data_format": style.data_format,
            "dilation_rate": tuple(dilation)}  # fmt: skip
    # "same" makes s·(n − 1) + e mod 2 + its output padding of the input, and loses at the low end
    # half of what it loses in all.
    extra = [o - a - e % 2 for o, a, e in zip(wanted, least, extents, strict=True)]
    same = any(any(pair) for pair in padding) and all(
        0 <= p < s and max(a + e - o, 0) // 2 == low
        for p, s, a, e, o, (low, _) in zip(
            extra, stride, least, extents, wanted, padding, strict=True
        )
    )
    if same:
        multiple = all(o == n * s for o, n, s in zip(wanted, sizes, stride, strict=True))
        call |= {"padding": "same", "output_padding": None if multiple else tuple(extra)}
    lines = [Line("y", "keras.ops.conv_transpose", call)]
    if not same and any(any(pair) for pair in padding):
        kept = (shapes["x"][0], shapes["w"][1])
        starts = [low for low, _ in padding]
        whole = [0, 0, *starts] if style.first else [0, *starts, 0]
        size = [*kept, *wanted] if style.first else [kept[0], *wanted, kept[1]]
        if any(o < 1 for o in wanted):
            raise ValueError(f"nothing is left of {full} by {padding}")
        lines.append(
            Line("y", "keras.ops.slice", {"inputs": Y, "start_indices": whole, "shape": size})
        )
    forms = {"x": style.form, "w": KERNEL, "b": AS_IS}
    if "b" in shapes and shapes["b"] != shapes["w"][1:2]:
        raise ValueError(f"a bias {shapes['b']} does not fit a weight {shapes['w']}")
    return Plan(
        _bias(lines, {**shapes, "w": shapes["w"][1:2]}, style, rank), forms, form=style.form
    )


def _pool(function: str) -> Callable[..., Plan]:
    def drawn(
        shapes: Mapping[str, Shape], style: Style, dtype: str, *, window: Ints, stride: Ints,
        padding: Pads | str, dilation: Ints, ceil_mode: bool, count_include_pad: bool = False,
    ) -> Plan:  # fmt: skip
        rank = rank_of(shapes["x"])
        if ceil_mode or max(dilation, default=1) != 1:
            raise ValueError("Keras's pools have no ceil mode and no dilation")
        native = _named(padding, rank)
        if count_include_pad and native == "same":
            raise ValueError("Keras's average pools never count padding")
        call: dict[str, Any] = {"inputs": X, "pool_size": tuple(window)}
        # What is Keras's default is left to it where a caller says "valid" rather than amounts of
        # 0, so that both forms of a call are tested.
        if padding != "valid" or stride != window:
            call |= {"strides": tuple(stride), "padding": native}
        call["data_format"] = style.data_format
        return Plan([Line("y", function, call)], {"x": style.form}, form=style.form)

    return drawn


def _adaptive(function: str) -> Callable[..., Plan]:
    def drawn(shapes: Mapping[str, Shape], style: Style, dtype: str, *, output_size: Ints) -> Plan:
        if len(output_size) != rank_of(shapes["x"]):
            raise ValueError(f"the output size {output_size} does not fit {shapes['x']}")
        call = {"inputs": X, "output_size": tuple(output_size), "data_format": style.data_format}
        return Plan([Line("y", function, call)], {"x": style.form}, form=style.form)

    return drawn


def _pad(
    shapes: Mapping[str, Shape], style: Style, dtype: str, *, padding: Pads, mode: str,
    value: float = 0,
) -> Plan:  # fmt: skip
    if len(padding) != rank_of(shapes["x"]):
        raise ValueError(f"padding needs a pair for each spatial axis of {shapes['x']}")
    known = {"constant": "constant", "reflect": "reflect", "symmetric": "symmetric"}
    known |= OTHER_MODES[style.backend]
    if mode not in known:
        raise ValueError(f"Keras on {style.backend} has no mode {mode!r}")
    call: dict[str, Any] = {"x": X, "pad_width": style.around(padding), "mode": known[mode]}
    if mode == "constant":
        call["constant_values"] = value if "float" in dtype else int(value)
    return Plan([Line("y", "keras.ops.pad", call)], {"x": style.form}, form=style.form)


def _global(function: str) -> Callable[..., Plan]:
    def drawn(shapes: Mapping[str, Shape], style: Style, dtype: str) -> Plan:
        rank = rank_of(shapes["x"])
        axes = tuple(range(2, 2 + rank)) if style.first else tuple(range(1, 1 + rank))
        return Plan([Line("y", function, {"x": X, "axis": axes})], {"x": style.form})

    return drawn


def _flat(function: str) -> Callable[..., Plan]:
    def drawn(shapes: Mapping[str, Shape], style: Style, dtype: str) -> Plan:
        checks.flat(shapes, "x")
        return Plan([Line("y", function, {"x": X, "axis": -1})])

    return drawn


def _relu(shapes: Mapping[str, Shape], style: Style, dtype: str) -> Plan:
    return Plan([Line("y", "keras.ops.relu", {"x": X})])


def _dense(shapes: Mapping[str, Shape], style: Style, dtype: str) -> Plan:
    checks.flat(shapes, "x", "w")
    lines = [
        Line("w", "keras.ops.transpose", {"x": W}),
        Line("y", "keras.ops.matmul", {"x1": X, "x2": W}),
    ]
    return Plan(_bias(lines, shapes, style, 0))


def _cross_entropy(shapes: Mapping[str, Shape], style: Style, dtype: str) -> Plan:
    call = {"target": Name("labels"), "output": Name("logits"), "from_logits": True}
    return Plan([
        Line("y", "keras.ops.sparse_categorical_crossentropy", call),
        Line("y", "keras.ops.mean", {"x": Y}),
    ])  # fmt: skip


PLANS: dict[str, Callable[..., Plan]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "pad": _pad,
    "max_pool": _pool("keras.ops.max_pool"),
    "avg_pool": _pool("keras.ops.average_pool"),
    "adaptive_avg_pool": _adaptive("keras.ops.adaptive_average_pool"),
    "adaptive_max_pool": _adaptive("keras.ops.adaptive_max_pool"),
    "global_avg_pool": _global("keras.ops.mean"),
    "global_max_pool": _global("keras.ops.max"),
    "global_sum_pool": _global("keras.ops.sum"),
    "relu": _relu,
    "dense": _dense,
    "softmax": _flat("keras.ops.softmax"),
    "log_softmax": _flat("keras.ops.log_softmax"),
    "cross_entropy": _cross_entropy,
}


def plan(op: str, arrays: Mapping[str, Any], style: Style, params: Mapping[str, Any]) -> Plan:
    """The calls that make an operation of these arrays.

    Raises ValueError for what Keras has no parameter for.
    """
    return planned(PLANS, op, arrays, style, params)
