"""The relationships of output sizes against the index relation, over every small layer."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from convspec import reference
from convspec.contents import values
from convspec.spec.case import Case
from convspec.spec.clauses import CLAUSES, Example
from convspec.spec.relation import axes, transposed_axes
from convspec.spec.relationships import RELATIONSHIPS, Layer, Relationship

SIZES, KERNELS, STRIDES, PADS, DILATIONS = (
    range(1, 10),
    range(1, 6),
    range(1, 5),
    range(4),
    (1, 2, 3),
)


def layers(relationship: Relationship) -> set[Layer]:
    """Every small layer that meets the premises, whatever letters those leave free."""
    more = range(3) if relationship.ops == ("conv_transpose",) else (0,)
    drawn = product(SIZES, KERNELS, STRIDES, PADS, PADS, DILATIONS, more)
    return {relationship.premises(Layer(*letters)) for letters in drawn}


def size_by_relation(relationship: Relationship, layer: Layer, named: str | None) -> int | None:
    """What the index relation says; None if there is no such layer."""
    each = {"stride": (layer.s,), "dilation": (layer.d,)}
    padding = named or ((layer.low, layer.high),)
    try:
        if relationship.ops == ("conv_transpose",):
            (size,), _ = transposed_axes(
                (layer.i,), (layer.k,), padding=padding, output_padding=(layer.a,), **each
            )
            return size
        ceil = relationship.ceil
        (axis,) = axes((layer.i,), (layer.k,), padding=padding, ceil=ceil, **each)
    except ValueError:
        return None
    return axis.out


def covered(relationship: Relationship) -> int:
    """How many layers were compared; every one of them agrees."""
    count = 0
    for layer in layers(relationship):
        for named in relationship.named or (None,):
            size = size_by_relation(relationship, layer, named)
            if size is not None:
                assert relationship.size(layer) == size, (relationship.name, layer, named)
                count += 1
    return count


COVERED = {
    "unit-stride-unpadded": 35, "unit-stride": 167, "half-padding": 27, "full-padding": 45,
    "unpadded": 140, "padded": 668, "of-unit-stride-unpadded": 45, "of-unit-stride": 147,
    "of-half-padding": 27, "of-full-padding": 35, "of-unpadded": 180, "of-padded": 640,
    "of-uneven": 1_465, "dilated": 1_660, "uneven-padding": 6_740, "ceil-size": 5_192,
    "same-size": 17_280, "valid-size": 4_992, "of-any": 21_247,
}  # fmt: skip
"""Relationship → how many configurations of one axis are compared: 60,872 in all."""


@pytest.mark.parametrize("relationship", RELATIONSHIPS, ids=lambda r: f"{r.name}-{r.ops[0]}")
def test_it_is_the_index_relation(relationship: Relationship) -> None:
    assert covered(relationship) == COVERED[relationship.name]


def test_all_fifteen_are_there() -> None:
    numbers = [r.number for r in RELATIONSHIPS if r.number]
    assert numbers == list(range(1, 16))
    for r in RELATIONSHIPS:
        for op in r.ops:
            clause = CLAUSES[f"{op}.{r.name}"]
            assert clause.examples and clause.formula == r.formula
            assert clause.sources[0] == r.source


@pytest.mark.parametrize("relationship", [r for r in RELATIONSHIPS if 8 <= r.number <= 14])
def test_transposing_gives_the_size_back(relationship: Relationship) -> None:
    for a in layers(relationship):
        if size_by_relation(relationship, a, None) is None:
            continue
        o = relationship.size(a)
        # The paper's own formulas for the convolution and for what its stride leaves over.
        assert (o + 2 * a.p - a.k) // a.s + 1 == a.i
        assert (o + 2 * a.p - a.k) % a.s == a.a


EXAMPLES = [
    pytest.param(slug, example, id=f"{slug}-{number}")
    for slug, clause in CLAUSES.items()
    for number, example in enumerate(clause.examples)
]


@pytest.mark.parametrize(("slug", "example"), EXAMPLES)
def test_worked_examples_come_out(slug: str, example: Example) -> None:
    case = Case.parse(example.case)
    assert case.line == example.case, "an example is written in its canonical line"
    assert slug.startswith(f"{case.op.name}.")
    arrays = [values(t) for t in case.tensors]
    y = getattr(reference, case.op.name)(*arrays, **case.op.arguments())
    y = y[0] if isinstance(y, tuple) else y
    assert y.shape == example.shape
    if example.values:
        assert np.array_equal(y.ravel(), example.values)


@pytest.mark.parametrize("relationship", RELATIONSHIPS, ids=lambda r: f"{r.name}-{r.ops[0]}")
def test_examples_meet_the_premises(relationship: Relationship) -> None:
    for op in relationship.ops:
        for example in CLAUSES[f"{op}.{relationship.name}"].examples:
            case = Case.parse(example.case)
            given = case.op.arguments()
            kernel = case["w"].shape[2:] if "w" in case else given["window"]
            padding = given["padding"]
            for axis, k in enumerate(kernel):
                low, high = (0, 0) if isinstance(padding, str) else padding[axis]
                layer = Layer(
                    case["x"].shape[2 + axis], k, given["stride"][axis], low, high,
                    given["dilation"][axis], given.get("output_padding", (0,) * case.rank)[axis],
                )  # fmt: skip
                assert relationship.premises(layer) == layer
                assert relationship.size(layer) == example.shape[2 + axis]
