"""What follows the maps of a network: rectifier, dense layer, softmax, cross-entropy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convspec.spec.dtypes import is_float

from .numpy_checks import Array, array, like
from .numpy_plans import wide_dtype


def relu(x: Array) -> Array:
    """max(x, 0), cell by cell, for x of any shape; a NaN stays one."""
    y: Array = np.maximum(_numbers(x), x.dtype.type(0))
    return y


def relu_gradient(x: Array, g: Array) -> Array:
    """g where x is positive (or a NaN), 0 elsewhere, also at 0."""
    dx = like("cotangent", g, _numbers(x).shape, x.dtype).copy()
    dx[x <= 0] = 0
    return dx


def dense(x: Array, w: Array, b: Array | None = None) -> Array:
    """x (N, C) by w (O, C), plus b (O,): (N, O). Raises ValueError for shapes that do not fit."""
    _check_layer(x, w, b)
    wide = wide_dtype(x)
    y = np.tensordot(x.astype(wide, copy=False), w.astype(wide, copy=False), (1, 1))
    if b is not None:
        y += b
    return y.astype(x.dtype, copy=False)


def dense_gradient(inputs: Sequence[Array], g: Array) -> tuple[Array, ...]:
    """The gradients in x, w and, if there is one, b, of the shapes of these."""
    if len(inputs) not in (2, 3):
        raise ValueError(f"dense takes 2 or 3 arrays, not {len(inputs)}")
    x, w = inputs[:2]
    b = inputs[2] if len(inputs) == 3 else None
    _check_layer(x, w, b)
    like("cotangent", g, (len(x), len(w)), x.dtype)
    wide = wide_dtype(x)
    rows = g.astype(wide, copy=False)
    gradients = [
        np.tensordot(rows, w.astype(wide, copy=False), (1, 0)),
        np.tensordot(rows, x.astype(wide, copy=False), (0, 0)),
    ]
    if b is not None:
        gradients.append(rows.sum(axis=0, dtype=wide))
    return tuple(gradient.astype(x.dtype, copy=False) for gradient in gradients)


def softmax(x: Array) -> Array:
    """exp(x) over its sum over C; x is (N, C). Raises ValueError for integers and other shapes."""
    return _shares(_logits("x", x)).astype(x.dtype, copy=False)


def softmax_gradient(x: Array, g: Array) -> Array:
    """y·(g − ⟨y, g⟩), row by row."""
    like("cotangent", g, _logits("x", x).shape, x.dtype)
    y = _shares(x)
    dx: Array = y * (g - np.einsum("nc,nc->n", y, g.astype(y.dtype, copy=False))[:, None])
    return dx.astype(x.dtype, copy=False)


def log_softmax(x: Array) -> Array:
    """x − log Σ exp(x), row by row; x is (N, C). Raises ValueError as `softmax` does."""
    return _logarithms(_logits("x", x)).astype(x.dtype, copy=False)


def log_softmax_gradient(x: Array, g: Array) -> Array:
    """g − softmax(x)·Σg, row by row."""
    like("cotangent", g, _logits("x", x).shape, x.dtype)
    dx: Array = g - _shares(x) * g.sum(axis=1, keepdims=True, dtype=wide_dtype(x))
    return dx.astype(x.dtype, copy=False)


def cross_entropy(logits: Array, labels: Array) -> Array:
    """The mean over N of −log softmax(logits)[label], of shape ().

    Logits are (N, C), labels (N,) of int64. Raises ValueError where they do not fit together.
    """
    _check_labels(logits, labels)
    surprise = -_logarithms(logits)[np.arange(len(labels)), labels]
    return np.asarray(surprise.sum() / len(labels)).astype(logits.dtype)


def cross_entropy_gradient(inputs: Sequence[Array], g: Array) -> tuple[Array, ...]:
    """The gradient in the logits, (softmax − one-hot)·g/N; g is of shape ()."""
    if len(inputs) != 2:
        raise ValueError(f"cross_entropy takes 2 arrays, not {len(inputs)}")
    logits, labels = inputs
    _check_labels(logits, labels)
    like("cotangent", g, (), logits.dtype)
    one_hot = labels[:, None] == np.arange(logits.shape[1])
    dx = (_shares(logits) - one_hot) * (g.astype(wide_dtype(logits)) / len(labels))
    return (dx.astype(logits.dtype, copy=False),)


def _shares(x: Array) -> Array:
    """Softmax in the type that sums are kept in."""
    powers = np.exp(_lowered(x))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def _logarithms(x: Array) -> Array:
    lowered = _lowered(x)
    lowered -= np.log(np.exp(lowered).sum(axis=1, keepdims=True))
    return lowered


def _lowered(x: Array) -> Array:
    """x less its row's maximum, so that no power exceeds 1; a row with an infinity has none."""
    with np.errstate(invalid="ignore"):
        lowered: Array = x.astype(wide_dtype(x)) - x.max(axis=1, keepdims=True)
    return lowered


def _numbers(x: Array) -> Array:
    return array("x", x, x.ndim if isinstance(x, np.ndarray) else 0)


def _logits(name: str, x: Array) -> Array:
    if not array(name, x, 2).shape[1]:
        raise ValueError(f"{name} has no channels: {x.shape}")
    if not is_float(x.dtype.name):
        raise ValueError(f"softmax of {x.dtype} is not defined")
    return x


def _check_layer(x: Array, w: Array, b: Array | None) -> None:
    array("x", x, 2)
    array("w", w, 2)
    like("w", w, (w.shape[0], x.shape[1]), x.dtype)
    if b is not None:
        like("b", b, w.shape[:1], x.dtype)


def _check_labels(logits: Array, labels: Array) -> None:
    batch, classes = _logits("logits", logits).shape
    like("labels", labels, (batch,), np.dtype(np.int64))
    if not batch:
        raise ValueError("an empty batch has no mean")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"a label lies outside 0 … {classes - 1}: {labels.min()}, {labels.max()}")
