"""Whether a case that was not drawn for a law lies in the part of the space that the law is about.

A law narrows factors of its case space; of any case at hand, from a replay or a report, the same
factors can be read off. Extents may have been cut while a case was built, so that of these only
the greatest level counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convspec.spec.case import Case
from convspec.spec.groups import ADAPTIVE, CONVOLUTIONS
from convspec.spec.relation import axes

_CUT = ("batch", "channels", "filters", "groups", "window", "outputs", "low", "high")
"""Factors whose level is an upper bound of what the case has."""

_SHARED = (
    "ceil_mode", "count_include_pad", "groups", "head", "mode", "output", "p", "pool", "value",
)  # fmt: skip
"""Parameters that are factors under their own names."""


def fits(case: Case, narrow: Mapping[str, tuple[Any, ...]]) -> bool:
    """Whether every factor that is narrowed has one of its levels, as far as the case has it."""
    has = features(case)
    return all(
        value <= max(levels) if name in _CUT else value in levels
        for name, levels in narrow.items()
        for value in has.get(name, ())
    )


def features(case: Case) -> dict[str, Sequence[Any]]:
    """The values of factors by name, one per spatial axis where a factor has that many."""
    given, first = case.op.arguments(), case.tensors[0]
    padding = given.get("padding", ())
    named = isinstance(padding, str)
    found: dict[str, Sequence[Any]] = {
        "dtype": (first.dtype,),
        "padding": (padding if named else "explicit",),
        "bias": ("b" in case,),
        "batch": first.shape[:1],
        **{name: (given[name],) for name in _SHARED if name in given},
        **{f"{t.name}.layout": (t.layout,) for t in case.tensors},
        **{name: given[name] for name in ("stride", "dilation", "window") if name in given},
    }
    if not named:
        found["low"] = tuple(low for low, _ in padding)
        found["high"] = tuple(high for _, high in padding)
    groups = given.get("groups", 1)
    found["channels"] = tuple(c // groups for c in first.shape[1:2])
    if "w" in case:
        w = case["w"].shape
        found["filters"] = (w[1] if case.op.name == "conv_transpose" else w[0] // groups,)
        if case.op.name in CONVOLUTIONS:
            found["window"] = w[2:]
    if case.op.name in ADAPTIVE:
        pairs = list(zip(first.shape[2:], given["output_size"], strict=False))
        found["outputs"] = given["output_size"]
        found["fold"] = tuple(n // max(o, 1) for n, o in pairs)
        found["tail"] = tuple(n % max(o, 1) for n, o in pairs)
    elif "window" in found and not named and case.op.name != "conv_transpose":
        found |= _along(case, found["window"], given)
    return found


def _along(case: Case, window: Sequence[int], given: Mapping[str, Any]) -> dict[str, Sequence[int]]:
    """How many outputs an axis has without ceil mode, and how many cells are left over."""
    try:
        relation = axes(
            case.tensors[0].shape[2:], tuple(window), stride=given["stride"],
            padding=given["padding"], dilation=given["dilation"], ceil=False,
        )  # fmt: skip
    except ValueError:  # a window that exceeds the padded input: there is nothing along it
        return {}
    reached = [(a.out - 1) * a.stride + a.dilation * (a.window - 1) + 1 for a in relation]
    rest = [a.size + a.low + a.high - n for a, n in zip(relation, reached, strict=True)]
    return {"outputs": [a.out for a in relation], "tail": rest}
