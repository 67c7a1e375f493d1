"""A test input as a value: operation, parameters, shapes, dtype, layout, contents.

A case has one canonical line of text. That line is its identity: it names the case in
reports, and it is what ``convspec replay`` takes::

    conv stride=2,1 x=1x2x5x5:float32:ramp@3 w=3x2x3x3:float32:ints@7:reversed b=3:float32:ones@0

First the operation, then the parameters that differ from what is usual (stride and
dilation 1, no padding, one group …), then each array as
``name=shape:dtype:pattern@k[:layout]``. ``pattern@k`` is the recipe of the contents;
`layout` is how the array lies in memory and is left out when it is contiguous. The
cotangent of a gradient is the array ``g``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

from .dtypes import DTYPES
from .operations import NAMED_PADDINGS, VOCABULARY, Operation, Pads, Parameter, parameters

PATTERNS = {
    "zeros": "all 0",
    "impulse": "1 in cell k (modulo the number of cells, row-major), 0 elsewhere",
    "ones": "all 1",
    "ramp": "cell i holds ((i + k) mod 7) − 3; where exact sums ask for less, mod 3, minus 1",
    "ints": "integers from −a to a, k-th draw; a ≤ 4 is as large as exact sums allow",
    "negative": "cell i holds −1 − ((3i + k) mod 7)",
    "distinct": "0 … cells − 1 in an order drawn with k; all differ, as far as the dtype goes",
    "normal": "standard normal numbers, k-th draw",
    "positive": "numbers from [0.5, 1.5), k-th draw",
    "eye": "entry n along the first axis is 1 in cell n (modulo its cells), 0 elsewhere",
    "floor": "entry n along the first axis is 0 in cell n, −∞ (or the least integer) elsewhere",
    "bank": "cell t of map j in entry n is 1 if j is n · cells of a map + t (modulo the maps), 0 if"
    " not: every one-hot kernel of a transposed convolution",
    "labels": "classes from 0 to C − 1, k-th draw",
    "large": "integers from −a to a, from 0 for odd k, k-th draw; a is as large as exact sums"
    " allow; of an integer type all that it holds, or as much as 63 bits can add up",
    "wide": "the same where sums are kept in the next wider type, float32 for 16 bits, float64 for"
    " float32",
    "nan": "a ramp with NaN in cell k",
    "nans": "a ramp with NaN in cell k and every second one from there on",
}
"""Recipes of contents: name → what the cells hold."""

LAYOUTS = {
    "contiguous": "row-major, nothing between the rows",
    "channels_last": "the channel axis varies fastest",
    "column_major": "the first axis varies fastest",
    "sliced": "every second cell of a larger array, along the last axis",
    "windowed": "the interior of a larger array",
    "offset": "row-major, one element past an aligned address",
    "reversed": "the last axis runs backwards in memory",
    "broadcast": "one entry repeated along the first axis, with stride 0",
    "loose": "the channel axis varies fastest; strides of axes of one cell, which mean nothing, are"
    " one element",
}
"""Memory layouts: name → where the cells lie."""


class CaseError(ValueError):
    """A case line or document that cannot be read; the message says what and where."""


@dataclass(frozen=True)
class Tensor:
    """One input array, described. `shape` counts elements, (N, C, *spatial) for x."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    pattern: str = "ints"
    k: int = 0
    layout: str = "contiguous"

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.shape)

    def __str__(self) -> str:
        shape = "x".join(map(str, self.shape)) or "scalar"
        layout = "" if self.layout == "contiguous" else f":{self.layout}"
        return f"{self.name}={shape}:{self.dtype}:{self.pattern}@{self.k}{layout}"


@dataclass(frozen=True)
class Case:
    """One test input. `tensors` come in call order, the cotangent ``g`` (if any) last."""

    op: Operation
    tensors: tuple[Tensor, ...]

    def __getitem__(self, name: str) -> Tensor:
        """The tensor of that name; KeyError if the case has none."""
        for tensor in self.tensors:
            if tensor.name == name:
                return tensor
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return any(tensor.name == name for tensor in self.tensors)

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return max(len(self.tensors[0].shape) - 2, 0)

    @property
    def dtype(self) -> str:
        """The dtype of the first array, which every valid case shares among all but labels."""
        return self.tensors[0].dtype

    @property
    def cells(self) -> int:
        """How many array elements the case holds: a measure of its size."""
        return sum(tensor.size for tensor in self.tensors)

    @cached_property
    def line(self) -> str:
        """The canonical line of text."""
        words = [self.op.name]
        for parameter in parameters(type(self.op)):
            value = getattr(self.op, parameter.name)
            unsaid = parameter.unsaid(self.rank)
            # Spelling tells −0.0 from 0, which are equal.
            spelt = parameter.kind == "number" and _format(parameter, value) != str(unsaid)
            if value != unsaid or spelt:
                words.append(f"{parameter.name}={_format(parameter, value)}")
        return " ".join([*words, *map(str, self.tensors)])

    def __str__(self) -> str:
        return self.line

    @classmethod
    def parse(cls, text: str) -> Case:
        """Read a line. Raises CaseError with what is wrong and where."""
        words = text.split()
        if not words:
            raise CaseError("empty case: a case begins with an operation, such as 'conv x=…'")
        kind = _operation(words[0])
        known = {p.name: p for p in parameters(kind)}
        given: dict[str, str] = {}
        tensors: list[Tensor] = []
        for word in words[1:]:
            name, equals, value = word.partition("=")
            if not equals:
                raise CaseError(f"{word!r}: expected name=value")
            if name in given or any(t.name == name for t in tensors):
                raise CaseError(f"{word!r}: {name} is given twice")
            if name in known:
                given[name] = value
            elif name in (*kind.inputs, "g"):
                tensors.append(_parse_tensor(word, name, value))
            else:
                expected = ", ".join([*known, *kind.inputs, "g"])
                raise CaseError(f"{word!r}: {kind.name} has no {name}; it has {expected}")
        return _build(kind, {n: _parse(known[n], v, f"{n}={v}") for n, v in given.items()}, tensors)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready document with every parameter spelt out."""
        return {
            "op": self.op.name,
            "params": {
                name: [list(e) if isinstance(e, tuple) else e for e in value]
                if isinstance(value, tuple)
                else value
                for name, value in self.op.arguments().items()
            },
            "tensors": {
                t.name: {
                    "shape": list(t.shape), "dtype": t.dtype,
                    "pattern": t.pattern, "k": t.k, "layout": t.layout,
                }
                for t in self.tensors
            },
        }  # fmt: skip

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Case:
        """The inverse of `to_json`. Raises CaseError if the document does not fit."""
        try:
            kind = _operation(str(document["op"]))
            known = {p.name for p in parameters(kind)}
            given = {}
            for name, value in document["params"].items():
                if name not in known:
                    raise CaseError(f"params.{name}: {kind.name} has no such parameter")
                given[name] = (
                    tuple(tuple(e) if isinstance(e, list) else e for e in value)
                    if isinstance(value, list)
                    else value
                )
            for name in document["tensors"]:
                if name not in (*kind.inputs, "g"):
                    raise CaseError(f"tensors.{name}: {kind.name} has no such array")
            tensors = [
                _tensor(name, tuple(t["shape"]), t["dtype"], t["pattern"], t["k"], t["layout"])
                for name, t in document["tensors"].items()
            ]
        except (KeyError, TypeError, AttributeError) as error:
            raise CaseError(f"not a case document: {type(error).__name__} {error}") from error
        return _build(kind, given, tensors)


def _operation(name: str) -> type[Operation]:
    if name not in VOCABULARY:
        raise CaseError(f"unknown operation {name!r}; known are {', '.join(VOCABULARY)}")
    return VOCABULARY[name]


def _build(kind: type[Operation], given: dict[str, Any], tensors: list[Tensor]) -> Case:
    present = {t.name for t in tensors}
    for name in kind.inputs:
        if name not in present and name not in kind.optional:
            raise CaseError(f"{kind.name} needs an array {name}=shape:dtype:pattern@k")
    order = (*kind.inputs, "g")
    tensors.sort(key=lambda t: order.index(t.name))
    rank = max(len(tensors[0].shape) - 2, 0)
    for parameter in parameters(kind):
        if parameter.name in given:
            given[parameter.name] = _checked(kind, parameter, given[parameter.name])
        else:
            value = parameter.unsaid(rank)
            if value is None:
                raise CaseError(f"{kind.name} needs {parameter.name}=…")
            given[parameter.name] = value
    return Case(kind(**given), tuple(tensors))


def _checked(kind: type[Operation], parameter: Parameter, value: Any) -> Any:
    """A value of the parameter's kind, numbers in their one spelling."""

    def whole(*numbers: Any) -> bool:
        return all(type(n) is int for n in numbers)

    match parameter.kind:
        case "axes":
            fits = isinstance(value, tuple) and whole(*value)
        case "pads":
            named = isinstance(value, str) and value in NAMED_PADDINGS
            fits = named or (
                isinstance(value, tuple)
                and all(isinstance(p, tuple) and len(p) == 2 and whole(*p) for p in value)
            )
        case "bool":
            fits = type(value) is bool
        case "int":
            fits = whole(value)
        case "number":
            fits = type(value) in (int, float)
            value = _plain_number(value)
        case _:
            fits = isinstance(value, str) and re.fullmatch(r"[^\s=]+", value) is not None
    if not fits:
        raise CaseError(f"{kind.name}: {parameter.name} cannot be {value!r}")
    return value


_TENSOR = re.compile(r"(scalar|-?\d+(?:x-?\d+)*):(\w+):(\w+)@(\d+)(?::(\w+))?")


def _parse_tensor(word: str, name: str, text: str) -> Tensor:
    match = _TENSOR.fullmatch(text)
    if not match:
        raise CaseError(f"{word!r}: expected {name}=2x3x5x5:float32:ramp@0 or …@0:layout")
    shape, dtype, pattern, k, layout = match.groups()
    extents = () if shape == "scalar" else tuple(map(int, shape.split("x")))
    return _tensor(name, extents, dtype, pattern, int(k), layout or "contiguous")


def _tensor(
    name: str, shape: tuple[int, ...], dtype: str, pattern: str, k: int, layout: str
) -> Tensor:
    for value, known, what in (
        (dtype, DTYPES, "dtype"),
        (pattern, PATTERNS, "pattern"),
        (layout, LAYOUTS, "layout"),
    ):
        if value not in known:
            raise CaseError(f"{name}: unknown {what} {value!r}; known are {', '.join(known)}")
    if not all(type(n) is int and n >= 0 for n in shape):
        raise CaseError(f"{name}: an extent is negative or no whole number in {shape}")
    if type(k) is not int or k < 0:
        raise CaseError(f"{name}: k is a whole number of at least 0, not {k!r}")
    return Tensor(name, shape, dtype, pattern, k, layout)


def _format(parameter: Parameter, value: Any) -> str:
    if isinstance(value, str):
        return value
    if parameter.kind == "pads":
        return ",".join(f"{low}:{high}" for low, high in value) or "none"
    if parameter.kind == "axes":
        return ",".join(map(str, value)) or "none"
    if parameter.kind == "bool":
        return "yes" if value else "no"
    return repr(_plain_number(value)) if parameter.kind == "number" else str(value)


def _plain_number(value: Any) -> Any:
    """A number in its one spelling: whole numbers without a point, −0.0 as it is."""
    whole = type(value) is float and value.is_integer() and str(value) != "-0.0"
    return int(value) if whole else value


def _parse(parameter: Parameter, text: str, word: str) -> Any:
    try:
        match parameter.kind:
            case "axes":
                return () if text == "none" else tuple(int(part) for part in text.split(","))
            case "pads":
                return text if text in NAMED_PADDINGS else _parse_pads(text)
            case "bool":
                return {"yes": True, "no": False}[text]
            case "int":
                return int(text)
            case "number":
                return float(text) if re.search(r"[.einf]", text) else int(text)
            case _:
                return text
    except (ValueError, KeyError):
        examples = {
            "axes": "2,1", "pads": "0:1,2:2 or same_upper", "bool": "yes or no",
            "int": "2", "number": "0.5",
        }  # fmt: skip
        raise CaseError(
            f"{word!r}: cannot read it; expected {parameter.name}={examples[parameter.kind]}"
        ) from None


def _parse_pads(text: str) -> Pads:
    if text == "none":
        return ()
    pairs = []
    for part in text.split(","):
        low, high = part.split(":")
        pairs.append((int(low), int(high)))
    return tuple(pairs)
