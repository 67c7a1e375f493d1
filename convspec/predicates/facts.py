"""What can be said of a case: its facts, by the names that predicates use.

A fact is a number, a flag, a word, a set of words, or a number per spatial axis. Facts follow from
the case alone, by the specification's own formulas, and not from an adapter's dialect. A case need
not be valid to have facts; what cannot be said of it is None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from convspec.spec.case import LAYOUTS, PATTERNS, Case
from convspec.spec.dtypes import DTYPES
from convspec.spec.groups import ADAPTIVE, CONVOLUTIONS
from convspec.spec.network import HEADS, OUTPUTS, POOLS
from convspec.spec.operations import NAMED_PADDINGS, PAD_MODES, VOCABULARY
from convspec.spec.relation import Axis, resolve_padding, transposed_axes

NUMBER, FLAG, WORD, WORDS, NUMBERS = "number", "flag", "word", "words", "numbers"
"""The kinds of facts; `NUMBERS` is one number per spatial axis."""

Vector = tuple[int, ...]


@dataclass(frozen=True)
class Fact:
    """A name that predicates may use. `words`: all that a fact of words can be."""

    name: str
    kind: str
    says: str
    value: Callable[[Facts], Any]
    words: Collection[str] = ()


class Facts:
    """The facts of one case, each worked out when it is asked for: ``Facts(case)["outputs"]``.

    Raises KeyError for a name that is no fact.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.given: Mapping[str, Any] = case.op.arguments()
        self.shape = case.tensors[0].shape
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        known = self._known
        if name not in known:
            known[name] = FACTS[name].value(self)
        return known[name]

    def __contains__(self, name: str) -> bool:
        """Whether there is something to say under this name."""
        return name in FACTS and self[name] is not None

    @property
    def size(self) -> Vector:
        """n: the input cells of each spatial axis."""
        return self.shape[2:]

    @cached_property
    def kernel(self) -> Vector | None:
        """k: the taps of each axis of the window, or of the weight; a network's first one."""
        if self.case.op.name in CONVOLUTIONS:
            return self.case["w"].shape[2:]
        if "w1" in self.case:
            return self.case["w1"].shape[2:]
        return self.given.get("window")

    @cached_property
    def pads(self) -> tuple[tuple[int, int], ...] | None:
        """(low, high) of each axis; those that a name stands for."""
        padding: Any = self.given.get("padding")
        pairs: tuple[tuple[int, int], ...] | None = padding
        if isinstance(padding, str):
            none = (1,) * len(self.size)
            stride, dilation = self.given["stride"], self.given.get("dilation", none)
            named: Any = padding
            try:
                pairs = resolve_padding(named, self.size, self.kernel or (), stride, dilation)
            except (ValueError, ArithmeticError):
                return None
        return pairs

    @cached_property
    def axes(self) -> tuple[Axis, ...] | None:
        """The index relation of each axis; None where the operation has none, or the case is
        invalid."""
        given, kernel, pads = self.given, self.kernel, self.pads
        if "dilation" not in given or kernel is None or pads is None:
            return None
        try:
            if self.case.op.name == "conv_transpose":
                return transposed_axes(
                    self.size, kernel, stride=given["stride"], padding=pads,
                    dilation=given["dilation"], output_padding=given["output_padding"],
                )[1]  # fmt: skip
            ceil = given.get("ceil_mode", False)
            rows = zip(self.size, kernel, given["stride"], pads, given["dilation"], strict=True)
            return tuple(Axis(n, k, s, low, high, d, ceil) for n, k, s, (low, high), d in rows)
        except ValueError:
            return None

    @cached_property
    def outputs(self) -> Vector | None:
        """o: the cells of each spatial axis of the result."""
        op, given = self.case.op.name, self.given
        if op in ADAPTIVE:
            return tuple(given["output_size"])
        if op == "relu":
            return self.size
        if op == "pad":
            return _padded(self)
        if op != "conv_transpose":
            return None if self.axes is None else tuple(axis.out for axis in self.axes)
        kernel, pads = self.kernel, self.pads
        if self.axes is None or kernel is None or pads is None:
            return None
        rows = zip(
            self.size, kernel, given["stride"], given["dilation"], pads, given["output_padding"],
            strict=True,
        )  # fmt: skip
        return tuple(
            s * (n - 1) + d * (k - 1) + 1 + more - low - high
            for n, k, s, d, (low, high), more in rows
        )


def _parameter(name: str) -> Callable[[Facts], Any]:
    return lambda facts: facts.given.get(name)


def _second_kernel(facts: Facts) -> Vector | None:
    return facts.case["w2"].shape[2:] if "w2" in facts.case else None


def _extent(axis: int) -> Callable[[Facts], Any]:
    return lambda facts: facts.shape[axis] if len(facts.shape) > axis else None


def _of_array(name: str, attribute: str) -> Callable[[Facts], Any]:
    def value(facts: Facts) -> Any:
        return next(
            (getattr(t, attribute) for t in facts.case.tensors if t.name == name), None
        )  # fmt: skip

    return value


def _of_arrays(attribute: str) -> Callable[[Facts], Any]:
    return lambda facts: frozenset(getattr(t, attribute) for t in facts.case.tensors)


def _padding(facts: Facts) -> str | None:
    padding = facts.given.get("padding")
    return padding if padding is None or isinstance(padding, str) else "explicit"


def _filters(facts: Facts) -> int | None:
    if "w" not in facts.case:
        return None
    shape = facts.case["w"].shape
    if facts.case.op.name == "conv_transpose":
        return shape[1] * int(facts.given["groups"]) if len(shape) > 1 else None
    return shape[0] if shape else None


def _bias(facts: Facts) -> bool | None:
    kind = type(facts.case.op)
    return any(name in facts.case for name in kind.optional) if kind.optional else None


def _span(facts: Facts) -> Vector | None:
    kernel = facts.kernel
    if kernel is None:
        return None
    dilation = facts.given.get("dilation", (1,) * len(kernel))
    return tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=False))


def _side(which: int) -> Callable[[Facts], Any]:
    return lambda facts: None if facts.pads is None else tuple(pair[which] for pair in facts.pads)


def _padded(facts: Facts) -> Vector | None:
    if facts.pads is None:
        return None
    return tuple(n + low + high for n, (low, high) in zip(facts.size, facts.pads, strict=False))


def _tail(facts: Facts) -> Vector | None:
    axes = facts.axes
    return None if axes is None else tuple(max(axis.padded - axis.reach, 0) for axis in axes)


def _overhang(facts: Facts) -> Vector | None:
    return None if facts.axes is None else tuple(axis.overhang for axis in facts.axes)


def _blind(facts: Facts) -> Vector | None:
    if facts.axes is None:
        return None
    return tuple(sum(not count for count in axis.real_counts()) for axis in facts.axes)


def _taps(facts: Facts) -> int | None:
    return None if facts.kernel is None else math.prod(facts.kernel)


_ARRAYS = tuple(dict.fromkeys(name for kind in VOCABULARY.values() for name in kind.inputs))
_PADDINGS = ("explicit", *NAMED_PADDINGS)

FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("op", WORD, "the operation", lambda f: f.case.op.name, tuple(VOCABULARY)),
        Fact("rank", NUMBER, "the number of spatial axes", lambda f: f.case.rank),
        Fact("dtype", WORD, "the element type", lambda f: f.case.dtype, DTYPES),
        Fact("batch", NUMBER, "N: entries of the batch", _extent(0)),
        Fact("channels", NUMBER, "C: channels of the input", _extent(1)),
        Fact("filters", NUMBER, "O: channels of a convolution's or dense layer's result", _filters),
        Fact("groups", NUMBER, "groups of channels", _parameter("groups")),
        Fact("bias", FLAG, "whether there is a bias", _bias),
        Fact("padding", WORD, "explicit, or the padding's name", _padding, _PADDINGS),
        Fact("ceil_mode", FLAG, "whether a last, partial window counts", _parameter("ceil_mode")),
        Fact(
            "count_include_pad", FLAG, "whether padding counts in the divisor",
            _parameter("count_include_pad"),
        ),
        Fact("p", NUMBER, "the power of an Lp pool", _parameter("p")),
        Fact("mode", WORD, "what a pad is filled with", _parameter("mode"), PAD_MODES),
        Fact("value", NUMBER, "the constant of a pad", _parameter("value")),
        Fact("pool", WORD, "a network's pool", _parameter("pool"), POOLS),
        Fact("head", WORD, "a network's head", _parameter("head"), HEADS),
        Fact("output", WORD, "a network's output", _parameter("output"), OUTPUTS),
        Fact("gradient", FLAG, "whether a gradient is asked for", lambda f: "g" in f.case),
        Fact("taps", NUMBER, "taps of the whole window", _taps),
        Fact("plane", NUMBER, "cells of one input map", lambda f: math.prod(f.size)),
        Fact("cells", NUMBER, "elements of all arrays", lambda f: f.case.cells),
        Fact("layouts", WORDS, "the memory layouts", _of_arrays("layout"), tuple(LAYOUTS)),
        Fact("patterns", WORDS, "the contents' recipes", _of_arrays("pattern"), tuple(PATTERNS)),
        Fact("dtypes", WORDS, "the element types", _of_arrays("dtype"), DTYPES),
        *(
            Fact(f"{name}_{what}", WORD, f"the {what} of {name}", _of_array(name, what), words)
            for name in (*_ARRAYS, "g")
            for what, words in (
                ("layout", tuple(LAYOUTS)), ("pattern", tuple(PATTERNS)), ("dtype", DTYPES),
            )
        ),
        Fact("size", NUMBERS, "n: input cells", lambda f: f.size),
        Fact("kernel", NUMBERS, "k: taps of the window, or of the weight", lambda f: f.kernel),
        Fact("window", NUMBERS, "the same as kernel", lambda f: f.kernel),
        Fact("second_kernel", NUMBERS, "taps of a network's second weight", _second_kernel),
        Fact("stride", NUMBERS, "s", _parameter("stride")),
        Fact("dilation", NUMBERS, "d", _parameter("dilation")),
        Fact("low", NUMBERS, "padding before the first cell", _side(0)),
        Fact("high", NUMBERS, "padding after the last cell", _side(1)),
        Fact("span", NUMBERS, "e = d(k − 1) + 1: cells from first to last tap", _span),
        Fact("padded", NUMBERS, "n + low + high", _padded),
        Fact("outputs", NUMBERS, "o: cells of the result", lambda f: f.outputs),
        Fact("tail", NUMBERS, "padded cells past the last window", _tail),
        Fact("overhang", NUMBERS, "cells of the last window past the padded input", _overhang),
        Fact("blind", NUMBERS, "windows that read padding alone", _blind),
        Fact("output_padding", NUMBERS, "output padding", _parameter("output_padding")),
        Fact("output_size", NUMBERS, "bins of an adaptive pool", _parameter("output_size")),
        Fact("pool_window", NUMBERS, "window of a network's pool", _parameter("pool_window")),
        Fact("pool_stride", NUMBERS, "stride of a network's pool", _parameter("pool_stride")),
    )
}  # fmt: skip
"""Every fact by its name."""
