"""The parameters of an operation, as a table."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from convspec import reference
from convspec.spec.network import HEADS, OUTPUTS, POOLS
from convspec.spec.operations import VOCABULARY, Parameter, parameters

from .markdown import code, table

KINDS = {
    "axes": "a whole number per spatial axis",
    "pads": "a pair of whole numbers per spatial axis",
    "int": "a whole number",
    "bool": "`True` or `False`",
    "word": "a word",
    "number": "a number",
}

MEANINGS = {
    "stride": ("s ≥ 1", "how many cells the window moves from one output to the next"),
    "padding": (
        "p_lo, p_hi ≥ 0; or `same_upper`, `same_lower`, `valid`",
        "how many cells are added before and after the input",
    ),
    "conv_transpose.padding": (
        "p_lo, p_hi ≥ 0, leaving a cell; or `valid`",
        "how many cells of the full result are cut off before and after",
    ),
    "pad.padding": (
        "any; what is cropped must be there",
        "how many cells are added before and after; a negative number crops",
    ),
    "dilation": ("d ≥ 1", "the distance between two taps of the window; 1 leaves no gap"),
    "groups": ("≥ 1, divides C and O", "how many blocks the channels are split into"),
    "output_padding": (
        "0 ≤ op < max(s, d)", "how many cells the result is longer at its high end",
    ),
    "window": ("k ≥ 1", "the extent of the window"),
    "ceil_mode": ("", "whether cells left over at the end get a last, partial window"),
    "count_include_pad": ("", "whether padding counts in the divisor"),
    "mode": ("constant, reflect, symmetric, replicate, circular", "what the new cells hold"),
    "value": ("any that the dtype holds", "what the new cells hold in mode constant"),
    "p": ("p ≥ 1", "the exponent of the norm"),
    "network.stride": ("s ≥ 1", "the stride of the first convolution"),
    "network.padding": ("p_lo, p_hi ≥ 0", "the padding of both convolutions"),
    "pool": (", ".join(POOLS), "the pool after the first convolution"),
    "pool_window": ("k ≥ 1", "its window"),
    "pool_stride": ("s ≥ 1", "its stride"),
    "head": (", ".join(HEADS), "what makes classes of maps"),
    "output": (", ".join(OUTPUTS), "what is made of the logits"),
    "output_size": ("o ≥ 1", "the extent of the result"),
}  # fmt: skip
"""A parameter, or one of an operation → which values are legal, and what it says."""


def signatures(ops: tuple[str, ...]) -> str:
    """How the operations are called: the reference's signatures, without types."""
    lines = [f"{op}({', '.join(_arguments(op))})" for op in ops]
    files = dict.fromkeys(Path(inspect.getfile(getattr(reference, op))).name for op in ops)
    links = ", ".join(f"[{code(f'reference/{file}')}](../reference/{file})" for file in files)
    return "\n".join(["```python", *lines, "```", "", f"Defined in {links}."])


def _arguments(op: str) -> Iterator[str]:
    """What a call is given: arrays, then parameters by name."""
    kind = VOCABULARY[op]
    for name in kind.inputs:
        yield f"{name}=None" if name in kind.optional else name
    given = inspect.signature(getattr(reference, op)).parameters
    if parameters(kind):
        yield "*"
    for parameter in parameters(kind):
        like = given.get(parameter.name)
        default = inspect.Parameter.empty if like is None else like.default
        unset = default is inspect.Parameter.empty
        yield parameter.name if unset else f"{parameter.name}={default}"


def parameter_table(ops: tuple[str, ...]) -> str:
    """Signatures, and a row for each parameter of any of the operations."""
    rows: dict[Parameter, list[str]] = {}
    for op in ops:
        for parameter in parameters(VOCABULARY[op]):
            rows.setdefault(parameter, []).append(op)
    said = [signatures(ops)]
    if rows:
        head = ("parameter", "is", "legal values", "says", "if left unsaid")
        said.append(table(head, [_row(p, of, ops) for p, of in rows.items()]))
    else:
        many = len(ops) > 1
        said.append(f"{'They have' if many else 'It has'} no parameters besides the arrays.")
    return "\n\n".join(said)


def _row(parameter: Parameter, of: list[str], ops: tuple[str, ...]) -> tuple[str, ...]:
    own = f"{of[0]}.{parameter.name}"
    legal, says = MEANINGS.get(own) or MEANINGS[parameter.name]
    only = f" (of {', '.join(map(code, of))})" if len(of) < len(ops) else ""
    default = parameter.default
    unsaid = "must be given" if default is None else code(str(default))
    kind = KINDS[parameter.kind]
    return f"`{parameter.name}`{only}", kind, legal or kind, says, unsaid
