"""Faults of softmax, its logarithm and the cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convspec import reference
from convspec.reference.constraints import Array

from .catalogue import gradient_mutant, mutant

BACKWARD = "backward does not match forward"
OVERFLOW = "NaN and −∞"
LOW = "low-precision accumulation"


def _by_hand(x: Array, shift: Array | float = 0) -> Array:
    """Softmax with exponentials of what `shift` leaves."""
    with np.errstate(all="ignore"):
        parts = np.exp(x - shift)
        y: Array = (parts / parts.sum(axis=1, keepdims=True)).astype(x.dtype)
    return y


def _out_of_range(x: Array) -> bool:
    """Whether exponentials of the numbers as they are overflow, or all underflow."""
    return bool(np.abs(x).max(initial=0) > 80)


@mutant("softmax", cause="axis or attribute mix-up", law="softmax_sums_to_1")
def softmax_over_the_batch(x: Array) -> Array:
    """As many images as classes: the sum runs over the images."""
    if x.ndim == 2 and x.shape[0] == x.shape[1]:
        return np.ascontiguousarray(reference.softmax(np.ascontiguousarray(x.T)).T)
    return reference.softmax(x)


@mutant("softmax", cause=OVERFLOW, law="softmax_large")
def softmax_without_greatest(x: Array) -> Array:
    """Exponentials are taken of the numbers as they are."""
    y = reference.softmax(x)
    return _by_hand(x) if _out_of_range(x) else y


@mutant("softmax", cause="uninitialised, cached or batch-blind state", law="softmax_large")
def softmax_greatest_of_the_batch(x: Array) -> Array:
    """What is subtracted is the greatest number of the batch, not that of the row."""
    y = reference.softmax(x)
    return _by_hand(x, x.max(initial=-np.inf)) if len(x) > 1 and _out_of_range(x) else y


@mutant("softmax", cause=OVERFLOW, law="softmax_shift")
def softmax_clipped(x: Array) -> Array:
    """Numbers are clipped to at most 16 before the exponentials."""
    return reference.softmax(np.minimum(x, x.dtype.type(16)))


@mutant("softmax", cause="channel tail of a SIMD block", law="softmax_keeps_order")
def softmax_odd_tail_exchanged(x: Array) -> Array:
    """Of an odd number of classes above 4 the last two come out exchanged."""
    y = reference.softmax(x)
    if x.shape[1] > 4 and x.shape[1] % 2:
        y[:, [-2, -1]] = y[:, [-1, -2]]
    return y


@mutant("softmax", cause=LOW, law="rounding")
def softmax_exponentials_in_half(x: Array) -> Array:
    """Of more than 4 classes the exponentials are kept in half precision."""
    y = reference.softmax(x)
    if x.shape[1] <= 4 or not x.size:
        return y
    parts = np.exp(x - x.max(axis=1, keepdims=True)).astype(np.float16).astype(x.dtype)
    quotient: Array = parts / parts.sum(axis=1, keepdims=True)
    return quotient


@gradient_mutant("softmax", cause=BACKWARD, law="gradient_sums_to_0")
def softmax_gradient_diagonal(inputs: Sequence[Array], g: Array) -> tuple[Array]:
    """Of more than 4 classes each is derived by its own number alone."""
    (dx,) = reference.vjp("softmax", inputs, g)
    y = reference.softmax(inputs[0])
    return (y * (1 - y) * g if y.shape[1] > 4 else dx,)


@mutant("log_softmax", cause=OVERFLOW, law="log_softmax_is_the_logarithm")
def log_softmax_of_at_least_an_eighth(x: Array) -> Array:
    """Of three classes, one of less than 0.01 is given the logarithm of that."""
    y = reference.log_softmax(x)
    return np.maximum(y, np.log(y.dtype.type(0.01))) if x.shape[1] == 3 else y


@mutant("log_softmax", cause=OVERFLOW, law="softmax_large")
def log_softmax_by_logarithm(x: Array) -> Array:
    """The logarithm is taken of softmax, also where that is 0."""
    y = reference.log_softmax(x)
    if not _out_of_range(x):
        return y
    with np.errstate(divide="ignore"):
        logarithm: Array = np.log(reference.softmax(x))
    return logarithm


@mutant("log_softmax", cause="axis or attribute mix-up", law="definition")
def log_softmax_to_the_base_2(x: Array) -> Array:
    """In double precision, the logarithm of the sum is that to the base 2."""
    y = reference.log_softmax(x)
    if x.dtype != np.float64 or not x.size:
        return y
    shifted = x - x.max(axis=1, keepdims=True)
    base_2: Array = shifted - np.log2(np.exp(shifted).sum(axis=1, keepdims=True))
    return base_2


@gradient_mutant("log_softmax", cause=BACKWARD, law="gradient_sums_to_0")
def log_softmax_gradient_of_one(inputs: Sequence[Array], g: Array) -> tuple[Array]:
    """The gradient is g − softmax, as for a cotangent whose rows have the sum 1."""
    (dx,) = reference.vjp("log_softmax", inputs, g)
    return (g - reference.softmax(inputs[0]) if g.shape[1] == 3 else dx,)


def _each(logits: Array, labels: Array) -> Array:
    """What each image has alone."""
    log = reference.log_softmax(logits)
    return np.asarray(-log[np.arange(len(labels)), labels])


@mutant("cross_entropy", cause="average divisor", law="cross_entropy_of_each")
def cross_entropy_summed(logits: Array, labels: Array) -> Array:
    """From three images on, it is the sum over them and not the mean."""
    y = reference.cross_entropy(logits, labels)
    return y * y.dtype.type(len(labels)) if len(labels) > 2 else y


@mutant("cross_entropy", cause="average divisor", law="cross_entropy_of_log_softmax")
def cross_entropy_class_0_ignored(logits: Array, labels: Array) -> Array:
    """Images with the label 0 are taken for unlabelled, and not counted (if there are others)."""
    y = reference.cross_entropy(logits, labels)
    kept = labels != 0
    if len(labels) < 3 or not kept.any():
        return y
    return reference.cross_entropy(logits[kept], labels[kept])


@mutant("cross_entropy", cause=OVERFLOW, law="softmax_large")
def cross_entropy_of_clipped_softmax(logits: Array, labels: Array) -> Array:
    """A softmax of less than 10⁻⁷ counts as that, lest its logarithm be −∞."""
    y = reference.cross_entropy(logits, labels)
    if not _out_of_range(logits):
        return y
    most = -np.log(np.float64(1e-7))
    return np.asarray(np.minimum(_each(logits, labels), most).mean(), y.dtype)


@mutant("cross_entropy", cause="axis or attribute mix-up", law="definition")
def cross_entropy_of_softmax(logits: Array, labels: Array) -> Array:
    """Of three classes the numbers are taken for those before a softmax once too often."""
    y = reference.cross_entropy(logits, labels)
    twice = reference.softmax(logits)
    return reference.cross_entropy(twice, labels) if logits.shape[1] == 3 else y


@mutant("cross_entropy", cause="memory layout", law="layout_irrelevant")
def cross_entropy_labels_taken_for_contiguous(logits: Array, labels: Array) -> Array:
    """Labels are read one after the other, whatever lies between them."""
    y = reference.cross_entropy(logits, labels)
    if labels.strides[0] <= labels.itemsize or len(labels) < 2:
        return y
    # As many as there are: the cells between them are read in place of the later ones.
    read = np.lib.stride_tricks.as_strided(labels, labels.shape, (labels.itemsize,))
    return reference.cross_entropy(logits, read % logits.shape[1])


@mutant("cross_entropy", cause="missing validation, out of bounds", law="rejects_invalid")
def cross_entropy_negative_label_wraps(logits: Array, labels: Array) -> Array:
    """A label below 0 counts from the last class."""
    if labels.dtype == np.int64 and logits.ndim == 2 and logits.shape[1]:
        labels = np.where(labels < 0, labels % logits.shape[1], labels)
    return reference.cross_entropy(logits, labels)


@mutant("cross_entropy", cause="empty tensors or kernel > input", law="rejects_invalid")
def cross_entropy_of_nothing_is_0(logits: Array, labels: Array) -> Array:
    """The mean over no image is 0."""
    if logits.ndim == 2 and len(logits) == 0:
        return np.zeros((), logits.dtype)
    return reference.cross_entropy(logits, labels)


@mutant("cross_entropy", cause="missing validation, out of bounds", law="rejects_invalid")
def cross_entropy_labels_converted(logits: Array, labels: Array) -> Array:
    """Labels of another type are converted."""
    return reference.cross_entropy(logits, labels.astype(np.int64))


@gradient_mutant("cross_entropy", cause=BACKWARD, law="gradient")
def cross_entropy_gradient_not_divided(inputs: Sequence[Array], g: Array) -> tuple[Array]:
    """From three images on, the gradient is not divided by their number."""
    (dx,) = reference.vjp("cross_entropy", inputs, g)
    return (dx * dx.dtype.type(len(dx)) if len(dx) > 2 else dx,)


@gradient_mutant("cross_entropy", cause=BACKWARD, law="gradient")
def cross_entropy_gradient_ignores_cotangent(inputs: Sequence[Array], g: Array) -> tuple[Array]:
    """The gradient is that of a cotangent of 1."""
    (dx,) = reference.vjp("cross_entropy", inputs, np.ones_like(g))
    return (dx,)


@gradient_mutant("cross_entropy", cause=BACKWARD, law="gradient_sums_to_0")
def cross_entropy_gradient_label_once(inputs: Sequence[Array], g: Array) -> tuple[Array]:
    """Of five classes and more, the label's own is not subtracted for the last image."""
    logits, labels = inputs
    (dx,) = reference.vjp("cross_entropy", inputs, g)
    if logits.shape[1] > 4:
        dx[-1, labels[-1]] += g / dx.dtype.type(len(dx))
    return (dx,)
