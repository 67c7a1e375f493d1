"""What laws about space do to a case: grow it, mirror it, exchange its axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from convspec.building import output_shape
from convspec.comparison import require_shape
from convspec.dialect import resized
from convspec.spec.case import Case
from convspec.spec.operations import OPERATIONS
from convspec.spec.relation import Axis, axes
from convspec.trial import Array, Part, Trial, wide


def window_axes(trial: Trial, sizes: Sequence[int] | None = None) -> tuple[Axis, ...]:
    """The index relation of a windowed case, or of one like it whose input has other sizes."""
    given = trial.parameters
    return axes(
        tuple(sizes or trial.case["x"].shape[2:]),
        trial.case["w"].shape[2:] if "w" in trial.case else given["window"],
        stride=given["stride"],
        padding=given["padding"],
        dilation=given["dilation"],
        ceil=given.get("ceil_mode", False),
    )


def coverage(trial: Trial, sizes: Sequence[int] | None = None) -> Array:
    """How many taps read each cell of a plane of the input."""
    counts: Array = np.ones((), np.int64)
    for axis in window_axes(trial, sizes):
        counts = np.multiply.outer(counts, np.array(axis.coverage(), np.int64))
    return counts


def grown(x: Array, cells: Sequence[int]) -> Array:
    """x with so many more cells at the high end of each spatial axis: its own, over again."""
    around = [(0, 0), (0, 0), *((0, more) for more in cells)]
    return np.pad(x, around, mode="wrap") if any(cells) else x


def none(rank: int) -> tuple[tuple[int, int], ...]:
    """Padding by nothing."""
    return ((0, 0),) * rank


def shape_of(trial: Trial, **changes: Any) -> tuple[int, ...]:
    """The shape the index relation gives the result of `Trial.run` with these changes."""
    given = {k: changes.get(k, v) for k, v in trial.parameters.items()}
    tensors = [
        replace(tensor, shape=changes[tensor.name].shape)
        if changes.get(tensor.name) is not None
        else tensor
        for tensor in trial.case.tensors
    ]
    case = Case(OPERATIONS[trial.op](**given), tuple(tensors))
    return resized(case, trial.adapter.claims) or output_shape(case)


def run(trial: Trial, **changes: Any) -> Array:
    """What `Trial.run` gives, once its shape is known to be right, so that it can be taken apart.

    Raises as that does, and WrongShape.
    """
    y = trial.run(**changes)
    require_shape(y, shape_of(trial, **changes), "y")
    return y


def claimed(trial: Trial, **changes: Any) -> bool:
    """Whether the adapter claims the call that `Trial.run` makes with these changes."""
    arrays = [changes.get(n, trial.inputs.get(n)) for n in trial.case.op.inputs]
    given = {k: changes.get(k, v) for k, v in trial.parameters.items()}
    present = [array for array in arrays if array is not None]
    return trial.claims.include(OPERATIONS[trial.op](**given), present)


def agree(
    trial: Trial, got: Array, expected: Array, versus: str, *, part: Part = (), **changes: Any
) -> None:
    """`got`, made with these changes, is `expected`, which the implementation gave, too.

    Exactly where results are exact, within the rounding of both where a mean was rounded.
    """
    summed = {k: np.abs(wide(v)) if isinstance(v, np.ndarray) else v for k, v in changes.items()}
    trial.require(got, expected, versus=versus, part=part, summed=summed)
