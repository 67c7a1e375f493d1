"""Changes that make a classifier's case invalid, and the two that all others are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from convspec.spec.case import Case


def with_parameters(case: Case, **parameters: Any) -> Case:
    """The case with other parameters."""
    return Case(replace(case.op, **parameters), case.tensors)


def reshaped(case: Case, **shapes: tuple[int, ...]) -> Case:
    """The case with other shapes of the arrays that are named."""
    tensors = tuple(
        replace(t, shape=shapes[t.name]) if t.name in shapes else t for t in case.tensors
    )
    return Case(case.op, tensors)


def no_channel_axis(case: Case) -> Case:
    """The first array without its channel axis."""
    first = case.tensors[0]
    return reshaped(case, **{first.name: first.shape[:1]})


def no_channels(case: Case) -> Case:
    """The first array with a channel axis of no cells."""
    first = case.tensors[0]
    return reshaped(case, **{first.name: (*first.shape[:1], 0)})


def labels(**changes: Any) -> Callable[[Case], Case]:
    """The labels, of two images and two classes at least, with other contents or dtype."""

    def apply(case: Case) -> Case:
        n, c = case["logits"].shape
        roomy = reshaped(case, logits=(max(n, 2), max(c, 2)), labels=(max(n, 2),))
        return Case(
            case.op,
            tuple(replace(t, **changes) if t.name == "labels" else t for t in roomy.tensors),
        )

    return apply


def label_beyond(case: Case) -> Case:
    """A label that is the number of classes."""
    # Of one class the label 1 is the first that does not exist.
    ones = labels(pattern="ones")(case)
    return reshaped(ones, logits=(ones["logits"].shape[0], 1))


def label_count(more: int) -> Callable[[Case], Case]:
    """So many labels more than images, of which there are three at least."""

    def apply(case: Case) -> Case:
        n, c = case["logits"].shape
        return reshaped(case, logits=(max(n, 3), c), labels=(max(n, 3) + more,))

    return apply


def labels_in_a_column(case: Case) -> Case:
    """Labels with an axis of their own."""
    n, c = case["logits"].shape
    # With as many classes as columns they could be meant as probabilities.
    return reshaped(case, logits=(n, max(c, 2)), labels=(n, 1))


def empty_batch(case: Case) -> Case:
    """No image at all, and no label."""
    return reshaped(case, logits=(0, case["logits"].shape[1]), labels=(0,))
