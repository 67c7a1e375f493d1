"""Ways to make a valid case invalid: the table of what an implementation must reject.

Each defect turns a valid case into one that is wrong in that single way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from convspec.spec.case import Case, Tensor
from convspec.spec.claims import OpClaims
from convspec.spoiling import (
    empty_batch,
    label_beyond,
    label_count,
    labels,
    labels_in_a_column,
    no_channel_axis,
    no_channels,
    reshaped,
    with_parameters,
)

HANGING_OVER = "kernel exceeds the padded input, in ceil mode"
NOTHING_TO_AVERAGE = "a window without a cell to average"


@dataclass(frozen=True)
class Defect:
    """One way to be invalid: `apply` makes a valid case so; `mode` is the pad mode it needs."""

    name: str
    apply: Callable[[Case], Case]
    mode: str | None = None


def _set(name: str, value: int) -> Callable[[Case], Case]:
    """The last entry of a per-axis parameter becomes `value`."""

    def apply(case: Case) -> Case:
        entries = getattr(case.op, name)
        return with_parameters(case, **{name: (*entries[:-1], value)})

    return apply


def _one_more(name: str) -> Callable[[Case], Case]:
    """A per-axis parameter with one entry more than there are spatial axes."""

    def apply(case: Case) -> Case:
        entries = getattr(case.op, name)
        return with_parameters(case, **{name: (*entries, entries[-1])})

    return apply


def _p(value: int) -> Callable[[Case], Case]:
    return lambda case: with_parameters(case, p=value)


def _groups(value: int) -> Callable[[Case], Case]:
    return lambda case: with_parameters(case, groups=value)


def _extra_channel(case: Case) -> Case:
    n, c, *spatial = case["x"].shape
    return reshaped(case, x=(n, c + 1, *spatial))


def _extra_axis(case: Case) -> Case:
    n, c = case["x"].shape
    # As long as no axis of the weight, so that it cannot stand in for the channels.
    return reshaped(case, x=(n, c, c + 1))


def _uneven_filters(case: Case) -> Case:
    groups = max(case.op.arguments()["groups"], 2)
    n, _, *spatial = case["x"].shape
    o, per_group, *kernel = case["w"].shape
    odd = o + 1 if o % groups == 0 else o
    x, w = (n, groups * per_group, *spatial), (odd, per_group, *kernel)
    changed = reshaped(case, x=x, w=w, b=(odd,))
    return with_parameters(changed, groups=groups)


def _kernel_too_large(case: Case) -> Case:
    parameters = case.op.arguments()
    padding, dilation = parameters["padding"], parameters["dilation"][-1]
    around = 0 if isinstance(padding, str) else sum(padding[-1])
    window = (case["x"].shape[-1] + around) // dilation + 2
    if "w" in case:
        changed = reshaped(case, w=(*case["w"].shape[:-1], window))
    else:
        changed = with_parameters(case, window=(*parameters["window"][:-1], window))
    # Under "same" padding no kernel is too large.
    return with_parameters(changed, padding="valid") if isinstance(padding, str) else changed


def _kernel_too_large_in_ceil_mode(case: Case) -> Case:
    """By one cell, with a stride that would make up for it: a window could hang over."""
    p = case.op.arguments()
    around = 0 if isinstance(p["padding"], str) else sum(p["padding"][-1])
    return with_parameters(
        case,
        window=(*p["window"][:-1], case["x"].shape[-1] + around + 1),
        stride=(*p["stride"][:-1], max(p["stride"][-1], 2)),
        padding="valid" if isinstance(p["padding"], str) else p["padding"],
        dilation=(*p["dilation"][:-1], 1),
        ceil_mode=True,
    )


def _weight_rank(case: Case) -> Case:
    return reshaped(case, w=(*case["w"].shape, 1))


def _bias_length(case: Case) -> Case:
    return _with_bias(case, case["w"].shape[0] + 1)


def _transposed_bias_length(case: Case) -> Case:
    return _with_bias(case, case["w"].shape[1] * case.op.arguments()["groups"] + 1)


def _with_bias(case: Case, length: int) -> Case:
    bias = Tensor("b", (length,), case.dtype)
    return Case(case.op, (*(t for t in case.tensors if t.name != "b"), bias))


def _weight_dtype(case: Case) -> Case:
    other = "float32" if case.dtype == "float64" else "float64"
    return Case(
        case.op, tuple(replace(t, dtype=other) if t.name == "w" else t for t in case.tensors)
    )


def _negative_padding(case: Case) -> Case:
    pairs = tuple((0, 0) for _ in range(case.rank - 1))
    n, c, *spatial = case["x"].shape
    # The input grows by what the padding would crop, so that the sign is the only fault.
    roomy = reshaped(case, x=(n, c, *spatial[:-1], spatial[-1] + 40))
    return with_parameters(roomy, padding=(*pairs, (-1, -1)))


def _padding_count(case: Case) -> Case:
    return with_parameters(case, padding=((0, 0),) * (case.rank + 1))


def _padded(mode: str, amounts: Callable[[int], tuple[int, int]]) -> Callable[[Case], Case]:
    """A pad of the last axis alone, by what `amounts` makes of its extent."""

    def apply(case: Case) -> Case:
        pairs = ((0, 0),) * (case.rank - 1)
        padding = (*pairs, amounts(case["x"].shape[-1]))
        return with_parameters(case, mode=mode, value=0, padding=padding)

    return apply


def _pad_beyond(mode: str, excess: int) -> Callable[[Case], Case]:
    return _padded(mode, lambda n: (n + excess, 0))


def _pad_beyond_crop(mode: str, excess: int) -> Callable[[Case], Case]:
    """Amounts that the axis has cells for, but no longer once its other end is cropped."""

    def amounts(n: int) -> tuple[int, int]:
        left = max(n // 2, 1)
        return left + excess, left - n

    return _padded(mode, amounts)


def _empty_axis(case: Case) -> Case:
    return reshaped(case, x=(*case["x"].shape[:-1], 0))


def _output_padding_too_large(case: Case) -> Case:
    parameters = case.op.arguments()
    limit = max(parameters["stride"][-1], parameters["dilation"][-1])
    return with_parameters(case, output_padding=(*parameters["output_padding"][:-1], limit))


def _padding_leaves_nothing(case: Case) -> Case:
    pairs = ((0, 0),) * (case.rank - 1)
    parameters = case.op.arguments()
    extent = parameters["dilation"][-1] * (case["w"].shape[-1] - 1) + 1
    full = parameters["stride"][-1] * (case["x"].shape[-1] - 1) + extent
    return with_parameters(case, padding=(*pairs, (full, parameters["output_padding"][-1])))


def _nothing_to_average(case: Case) -> Case:
    """The first window of the last axis is the one cell of padding before it."""
    none = ((0, 0),) * (case.rank - 1)
    return with_parameters(
        case, window=(1,) * case.rank, padding=(*none, (1, 1)), count_include_pad=False
    )


_WINDOWED = (
    Defect("stride 0", _set("stride", 0)),
    Defect("stride -1", _set("stride", -1)),
    Defect("dilation 0", _set("dilation", 0)),
    Defect("dilation -1", _set("dilation", -1)),
    Defect("one stride too many", _one_more("stride")),
    Defect("negative padding", _negative_padding),
    Defect("one padding too many", _padding_count),
    Defect("kernel exceeds the padded input", _kernel_too_large),
)

_POOL = (
    *_WINDOWED,
    Defect("window 0", _set("window", 0)),
    Defect("window -1", _set("window", -1)),
    Defect("one window too many", _one_more("window")),
    Defect(HANGING_OVER, _kernel_too_large_in_ceil_mode),
)

_GLOBAL = (Defect("an axis without cells", _empty_axis),)

_ADAPTIVE = (
    *_GLOBAL,
    Defect("output size 0", _set("output_size", 0)),
    Defect("output size -1", _set("output_size", -1)),
    Defect("one output size too many", _one_more("output_size")),
)

_SOFTMAX = (
    Defect("no channels", no_channels),
    Defect("no channel axis", no_channel_axis),
)

DEFECTS: dict[str, tuple[Defect, ...]] = {
    "conv": (
        *_WINDOWED,
        Defect("groups 0", _groups(0)),
        Defect("groups -1", _groups(-1)),
        Defect("a channel too many", _extra_channel),
        Defect("filters do not divide into groups", _uneven_filters),
        Defect("weight of another rank", _weight_rank),
        Defect("weight of another dtype", _weight_dtype),
        Defect("bias of another length", _bias_length),
    ),
    "conv_transpose": (
        *(d for d in _WINDOWED if d.name != "kernel exceeds the padded input"),
        Defect("groups 0", _groups(0)),
        Defect("groups -1", _groups(-1)),
        Defect("a channel too many", _extra_channel),
        Defect("weight of another rank", _weight_rank),
        Defect("weight of another dtype", _weight_dtype),
        Defect("bias of another length", _transposed_bias_length),
        Defect("output padding -1", _set("output_padding", -1)),
        Defect("output padding as large as stride and dilation", _output_padding_too_large),
        Defect("padding leaves no cell", _padding_leaves_nothing),
    ),
    "max_pool": _POOL,
    "max_pool_with_indices": _POOL,
    "avg_pool": (*_POOL, Defect(NOTHING_TO_AVERAGE, _nothing_to_average)),
    "lp_pool": (*_POOL, Defect("p 0", _p(0)), Defect("p -1", _p(-1))),
    "adaptive_avg_pool": _ADAPTIVE,
    "adaptive_max_pool": _ADAPTIVE,
    "pad": (
        Defect("one padding too many", _padding_count),
        Defect("crop beyond the input", _padded("constant", lambda n: (-n, -1)), "constant"),
        Defect("reflection beyond the input", _pad_beyond("reflect", 0), "reflect"),
        Defect("symmetric pad beyond the input", _pad_beyond("symmetric", 1), "symmetric"),
        Defect("circular pad beyond the input", _pad_beyond("circular", 1), "circular"),
        Defect("reflection beyond what a crop leaves", _pad_beyond_crop("reflect", 0), "reflect"),
        Defect(
            "symmetric pad beyond what a crop leaves", _pad_beyond_crop("symmetric", 1), "symmetric"
        ),
        Defect(
            "circular pad beyond what a crop leaves", _pad_beyond_crop("circular", 1), "circular"
        ),
    ),
    "global_avg_pool": _GLOBAL,
    "global_max_pool": _GLOBAL,
    "global_sum_pool": _GLOBAL,
    "relu": (),
    "dense": (
        Defect("a channel too many", _extra_channel),
        Defect("an axis too many", _extra_axis),
        Defect("weight of another rank", _weight_rank),
        Defect("weight of another dtype", _weight_dtype),
        Defect("bias of another length", _bias_length),
    ),
    "softmax": _SOFTMAX,
    "log_softmax": _SOFTMAX,
    "cross_entropy": (
        *_SOFTMAX,
        Defect("an empty batch", empty_batch),
        Defect("a label beyond the classes", label_beyond),
        Defect("a label below 0", labels(pattern="negative")),
        Defect("labels of another dtype", labels(dtype="int32")),
        Defect("labels of a floating dtype", labels(dtype="float32")),
        Defect("a label too many", label_count(1)),
        Defect("a label too few", label_count(-1)),
        Defect("labels in a column", labels_in_a_column),
    ),
}


def defects_of(op: str, claims: OpClaims) -> tuple[Defect, ...]:
    """The defects that an adapter with these claims can be shown."""
    wanted = {
        NOTHING_TO_AVERAGE: (
            claims.window[0] == 1
            and claims.padding[1] > 0
            and claims.padding_limit == "none"
            and False in claims.count_include_pad
        ),
        HANGING_OVER: (
            True in claims.ceil_mode and claims.stride[1] > 1 and claims.dilation[0] == 1
        ),
    }
    fixed = {"dilation": claims.dilation == (1, 1), "stride": claims.stride == (1, 1)}
    return tuple(
        defect
        for defect in DEFECTS[op]
        if (defect.mode is None or defect.mode in claims.modes)
        and wanted.get(defect.name, True)
        and not fixed.get(defect.name.split()[0], False)
    )
