"""Softmax, its logarithm, and the cross-entropy of a classifier.

Arrays are (N, C) of a floating dtype, C at least 1; the sums run over C.
"""

from __future__ import annotations

import numpy as np

from convspec.reference.constraints import (
    Array,
    check_array,
    check_cotangent,
    check_floating,
)
from convspec.reference.halves import once_rounded


@once_rounded
def softmax(x: Array) -> Array:
    """Softmax, ``softmax.definition``: y[c] = exp(x[c]) / Σ_j exp(x[j]).

    Raises ``ValueError`` if x is not (N, C), has no channels or is not of a floating dtype.
    """
    _check("x", x)
    return _softmax(x).astype(x.dtype, copy=False)


@once_rounded
def log_softmax(x: Array) -> Array:
    """The logarithm of softmax, ``log_softmax.definition``: y[c] = x[c] − log Σ_j exp(x[j]).

    Raises ``ValueError`` as :func:`softmax` does.
    """
    _check("x", x)
    return _log_softmax(x).astype(x.dtype, copy=False)


@once_rounded
def cross_entropy(logits: Array, labels: Array) -> Array:
    """The mean over N of −log softmax(logits)[label], ``cross_entropy.definition``.

    Logits are (N, C), labels (N,) of int64 in [0, C); the result, of shape (), has the dtype of the
    logits. Raises ``ValueError`` if they do not fit together, or if N is 0.
    """
    _check_labels(logits, labels)
    chosen = np.take_along_axis(_log_softmax(logits), labels[:, None], axis=1)
    return np.array(-chosen.mean(), logits.dtype)


@once_rounded
def softmax_vjp(x: Array, cotangent: Array) -> Array:
    """The gradient in x, ``softmax.gradient``: y·(g − Σ_j y[j]·g[j]) for a cotangent g (N, C)."""
    _check("x", x)
    check_cotangent(cotangent, x.shape, x)
    y = _softmax(x)
    mean = (y * cotangent).sum(axis=1, keepdims=True)
    dx: Array = y * (cotangent - mean)
    return dx.astype(x.dtype, copy=False)


@once_rounded
def log_softmax_vjp(x: Array, cotangent: Array) -> Array:
    """The gradient in x, ``log_softmax.gradient``: g − softmax(x)·Σ_j g[j] for a cotangent g."""
    _check("x", x)
    check_cotangent(cotangent, x.shape, x)
    total = cotangent.sum(axis=1, keepdims=True, dtype=x.dtype)
    dx: Array = cotangent - _softmax(x) * total
    return dx.astype(x.dtype, copy=False)


@once_rounded
def cross_entropy_vjp(logits: Array, labels: Array, cotangent: Array) -> Array:
    """The gradient in the logits, ``cross_entropy.gradient``: (softmax − one-hot) / N, times g.

    The cotangent g has the shape (). Labels are whole numbers and have no gradient.
    """
    _check_labels(logits, labels)
    check_cotangent(cotangent, (), logits)
    part = _softmax(logits)
    part[np.arange(len(labels)), labels] -= 1
    return (part / len(labels) * cotangent).astype(logits.dtype, copy=False)


def _softmax(x: Array) -> Array:
    parts = np.exp(_shifted(x))
    y: Array = parts / parts.sum(axis=1, keepdims=True)
    return y


def _log_softmax(x: Array) -> Array:
    shifted = _shifted(x)
    y: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return y


def _shifted(x: Array) -> Array:
    """x less the greatest of its row: no ratio changes, and no exponential overflows."""
    wide = x.copy()
    with np.errstate(invalid="ignore"):  # ∞ − ∞, a NaN: such a row has no softmax
        wide -= wide.max(axis=1, keepdims=True)
    return wide


def _check(name: str, x: Array) -> None:
    check_array(name, x, spatial=False)
    if x.ndim != 2 or x.shape[1] == 0:
        raise ValueError(
            f"{name} must have a batch axis and a channel axis that is not empty, "
            f"but its shape is {x.shape}"
        )
    check_floating("softmax", x)


def _check_labels(logits: Array, labels: Array) -> None:
    _check("logits", logits)
    check_array("labels", labels, spatial=False)
    batch, classes = logits.shape
    if batch == 0:
        raise ValueError("a mean over images needs at least one, but the batch is empty")
    if labels.dtype != np.int64:
        raise ValueError(f"labels must have the dtype int64, not {labels.dtype}")
    if labels.shape != (batch,):
        raise ValueError(
            f"labels must have one entry per image, shape ({batch},), not {labels.shape}"
        )
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise ValueError(f"labels must lie in [0, {classes}), but one is {wrong[0]}")
