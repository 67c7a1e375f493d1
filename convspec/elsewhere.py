"""Who does it differently: facts about other implementations, each with how it is known.

A fact can work out what it means for a given layer, so that ``convspec explain`` answers with
numbers. ``seen`` is "run" (executed, on the version named), "source", "documentation",
"issue", or "recalled" where nobody has checked it for this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .layers import Layer, kept_size, times
from .spec.relation import same_padding

SEEN = {
    "run": "seen when run",
    "source": "read in the source",
    "documentation": "from its documentation",
    "issue": "from its issue tracker",
    "recalled": "recalled, not checked",
}

POOLS = ("max_pool", "max_pool_with_indices", "avg_pool")
WINDOWED = ("conv", *POOLS)

Here = Callable[[Layer], str]
"""What a fact means for a layer; an empty text where it means nothing."""


def _nothing(_: Layer) -> str:
    return ""


@dataclass(frozen=True)
class Fact:
    """Something `who` does other than this specification, or in one of several ways it allows."""

    ops: tuple[str, ...]
    topics: tuple[str, ...]
    who: str
    does: str
    seen: str
    here: Here = _nothing


def facts_for(ops: tuple[str, ...], topic: str = "") -> list[Fact]:
    """The facts about any of these operations (all if empty), and about the topic if given."""
    return [
        fact
        for fact in FACTS
        if (not ops or set(ops) & set(fact.ops)) and (not topic or topic in fact.topics)
    ]


def _ceil(layer: Layer) -> bool:
    return layer.axes[0].ceil


def _kept(layer: Layer) -> str:
    if not _ceil(layer):
        return ""
    sizes = tuple(map(kept_size, layer.axes))
    if sizes != layer.result:
        return f"output {times(sizes)} instead of {times(layer.result)}"
    return f"output {times(sizes)}, the same: here no window starts past the input"


def _floor(layer: Layer) -> str:
    if not _ceil(layer):
        return ""
    floors = tuple((a.padded - a.extent) // a.stride + 1 for a in layer.axes)
    same = "the same" if floors == layer.result else f"instead of {times(layer.result)}"
    return f"output {times(floors)}, {same}"


def _side(layer: Layer) -> str:
    if layer.padding not in ("same_upper", "same_lower"):
        return ""
    if all(a.low == a.high for a in layer.axes):
        return "the totals are even, so both sides get the same"
    upper = [same_padding(a.size, a.window, a.stride, a.dilation, False) for a in layer.axes]
    return f"padding {','.join(f'{low}:{high}' for low, high in upper)}"


def _same(layer: Layer) -> bool:
    return layer.padding in ("same_upper", "same_lower")


def _if(wanted: Callable[[Layer], bool], said: str) -> Here:
    return lambda layer: said if wanted(layer) else ""


def _strided(layer: Layer) -> bool:
    return any(a.stride > 1 for a in layer.axes)


def _dilated(layer: Layer) -> bool:
    return any(a.dilation > 1 for a in layer.axes)


def _padded(layer: Layer) -> bool:
    return any(a.low or a.high for a in layer.axes)


def _lopsided(layer: Layer) -> bool:
    return not _same(layer) and any(a.low != a.high for a in layer.axes)


def _wide_pads(layer: Layer) -> bool:
    return any(max(a.low, a.high) > a.window // 2 for a in layer.axes)


def _border(layer: Layer) -> bool:
    return layer.small and any(min(a.real_counts(), default=0) < a.window for a in layer.axes)


def _full_divisor(layer: Layer) -> str:
    overhangs = any(a.overhang for a in layer.axes)
    if not (_ceil(layer) and overhangs and _padded(layer)):
        return ""
    taps = times([a.window for a in layer.axes])
    return f"windows with overhang are divided by all {taps} taps, padding counted"


def _keras_transposed(layer: Layer) -> str:
    sizes = [a.out * a.stride + max(a.window - a.stride, 0) for a in layer.axes]
    if _padded(layer) or _dilated(layer) or tuple(sizes) == layer.result:
        return ""
    return f"VALID gives {times(sizes)} instead of {times(layer.result)}"


FACTS = (
    Fact(POOLS, ("ceil", "output"), "Paddle 3.3.1; ONNX Runtime up to 1.20.1; OpenVINO “ceil”",
         "round up and keep every window, also one that starts past the input", "run", _kept),
    Fact(POOLS, ("ceil", "output"), "PyTorch; tinygrad; OpenVINO “ceil_torch”",
         "drop a last window that starts past input and low padding, as specified here", "run"),
    Fact(POOLS, ("ceil", "output"), "ONNX from 1.16; ONNX Runtime 1.24",
         "drop it too; earlier ones kept it", "source"),
    Fact(POOLS, ("ceil", "output"), "TensorFlow, Keras, JAX",
         "have no ceil mode: sizes are those of floor", "documentation", _floor),
    Fact(POOLS, ("ceil",), "oneDNN", "has no ceil mode; callers enlarge the high padding, which"
         " then counts in the divisor", "issue"),
    Fact(WINDOWED, ("same", "padding"), "TensorFlow, JAX, Keras, PyTorch, Paddle “same”",
         "put an odd cell of padding at the high end, as same_upper does", "run", _side),
    Fact(WINDOWED, ("same",), "ONNX auto_pad SAME_LOWER",
         "put an odd cell of padding at the low end", "source"),
    Fact(("conv",), ("same", "stride"), "PyTorch", "refuses padding “same” with stride above 1",
         "run", _if(lambda x: _same(x) and _strided(x), "refused")),
    Fact(WINDOWED, ("same", "dilation"), "ONNX Runtime 1.31",
         "refuses SAME_UPPER and SAME_LOWER with dilation above 1", "run",
         _if(lambda x: _same(x) and _dilated(x), "refused")),
    Fact(("conv",), ("stride", "dilation"), "Keras Conv2D",
         "refuses stride and dilation both above 1", "run",
         _if(lambda x: _strided(x) and _dilated(x), "refused")),
    Fact(("conv",), ("stride", "dilation"), "TensorFlow 2.21 depthwise_conv2d",
         "computes another size and other values with stride and dilation both above 1", "run",
         _if(lambda x: _strided(x) and _dilated(x), "do not rely on it")),
    Fact(("conv",), ("definition", "flip"), "scipy.signal.convolve; Theano",
         "flip the kernel: convolution as in mathematics", "recalled"),
    Fact(WINDOWED, ("padding",), "PyTorch", "takes one amount per axis, the same at both ends",
         "run", _if(_lopsided, "needs a pad before the call")),
    Fact(("conv",), ("padding",), "JAX lax", "allows negative padding, which crops", "run"),
    Fact(POOLS, ("padding",), "PyTorch",
         "refuses padding of more than half the window, dilation not counted", "run",
         _if(_wide_pads, "refused")),
    Fact(POOLS, ("padding",), "ONNX Runtime; TensorFlow’s max pool",
         "refuse padding that is not less than the window", "run",
         _if(lambda x: any(max(a.low, a.high) >= a.window for a in x.axes), "refused")),
    Fact(("conv",), ("output",), "JAX",
         "gives size 0 where the window exceeds the padded input; here and in PyTorch it is an"
         " error", "run"),
    Fact(POOLS[:2], ("output",), "ONNX Runtime MaxPool",
         "gives size 0 where the window exceeds the padded input; here it is an error", "run"),
    Fact(POOLS, ("output", "ceil"), "PyTorch",
         "accepts a window larger than the padded input in ceil mode: one output", "run"),
    Fact(("avg_pool",), ("divisor",), "PyTorch",
         "counts the padding unless told not to (count_include_pad=True)", "run",
         _if(_padded, "with its defaults, the table that counts padding")),
    Fact(("avg_pool",), ("divisor",), "ONNX; Paddle",
         "leave the padding out unless told otherwise, as this specification does", "source",
         _if(_padded, "with their defaults, the table of real cells")),
    Fact(("avg_pool",), ("divisor", "same"), "TensorFlow, Keras", "always leave the padding out",
         "run", _if(_border, "always the table of real cells")),
    Fact(("avg_pool",), ("divisor", "same"), "Paddle 3.3.1 “SAME”",
         "leaves the padding out even with exclusive=False", "run",
         _if(lambda x: _same(x) and _padded(x), "the table of real cells, whatever is asked")),
    Fact(("avg_pool",), ("divisor", "ceil"), "OpenVINO “ceil”, padding counted",
         "divides by the whole window once any padding is not 0, overhang and all", "run",
         _full_divisor),
    Fact(("avg_pool",), ("divisor",), "PyTorch divisor_override",
         "replaces the divisor by any number but 0, negative ones too", "run"),
    Fact(POOLS[:2], ("padding", "empty"),
         "TensorFlow 2.21, ONNX Runtime, OpenVINO 2026.4, Paddle 3.3.1",
         "give the least finite number for a window without any number above −∞", "run"),
    Fact(POOLS[:2], ("nan",), "PyTorch, JAX, MLX", "let NaN win, as specified here", "run"),
    Fact(POOLS[:2], ("nan",), "TensorFlow 2.21, OpenVINO, tinygrad; ONNX Runtime without indices",
         "drop NaN", "run"),
    Fact(POOLS[:2], ("nan",), "Paddle 3.3.1", "depends on the order of the cells", "run"),
    Fact(POOLS[:2], ("tie", "gradient"), "MLX, tinygrad", "split a tie's gradient evenly", "run"),
    Fact(POOLS[:2], ("tie", "gradient"), "TensorFlow max_pool3d",
         "gives the whole gradient to every tied cell: its sum is no longer kept", "run"),
    Fact(POOLS[1:2], ("indices",), "ONNX", "counts places in the whole tensor, not in the plane",
         "source"),
    Fact(POOLS[1:2], ("indices",), "TensorFlow argmax", "counts places channels last", "run"),
    Fact(("lp_pool",), ("definition",), "PyTorch, Paddle",
         "sum signed powers: p = 1 gives signed sums, odd p of negatives NaN", "run"),
    Fact(("conv_transpose",), ("output",), "Keras, JAX “VALID”",
         "o = n·s + max(k − s, 0): larger where the stride exceeds the window", "run",
         _keras_transposed),
    Fact(("conv_transpose",), ("output",), "ONNX Runtime 1.31",
         "refuses an output padding that is not less than the stride", "run"),
    Fact(("conv_transpose",), ("flip",), "JAX lax.conv_transpose",
         "mirrors the kernel unless transpose_kernel=True", "run"),
    Fact(("global_avg_pool", "global_max_pool"), ("output",), "ONNX, PyTorch adaptive pools to 1",
         "keep the rank: (N, C, 1, 1)", "documentation"),
)  # fmt: skip
