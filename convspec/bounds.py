"""The rounding that a correct implementation of each operation may do: one bound per cell.

Linear operations sum products (`numerics.error_bound`). The others go through library functions
too; F is the relative error of one, u that of one operation in the accumulator, K the length of
the longest sum.

**Softmax.** Each exponential is exp of a difference, x[c] − max or x[c] − log Σ exp, which goes
through at most three additions of numbers no greater than 2S + log K, S being the greatest |x| of
the row: it may be off by 3u(2S + log K), and the exponential by as much relatively, and by F. A
term of the sum goes through K additions and, where the sum is kept in units of the greatest cell
met so far, through as many products with exponentials: K(F + 2u). The quotient of two such
numbers, by division or by a product with the reciprocal, is then off by e relatively,

    e = 2·(3u(2S + log K) + F + K(F + 2u)) + F·log K + 2u,

compounded. Its logarithm is off by as much absolutely, log Σ exp being no more than log K and off
by F of that; and where it is computed as a logarithm of the quotient, by F of itself.

**Lp pooling.** A power is off by F relatively, the sum of K of them by F + (K + 3)u (a mean times
its count costs two roundings more than a sum), the root by a p-th of that, by F, and, 1/p being
rounded, by 2u·|log y|. A power that underflows is off by the least normal number.

Gradients are products of these with the cotangent, summed where windows share a cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from convspec import dialect, reference
from convspec.numerics import Array, Precision, compounded
from convspec.spec.claims import Claims
from convspec.spec.groups import SOFTMAXES


def result_bound(
    op: str,
    arrays: Sequence[Array],
    parameters: Mapping[str, Any],
    precision: Precision,
    claims: Claims,
) -> Array:
    """The greatest legitimate |result − expected| per cell of the result.

    `arrays` are the exact inputs in call order, in float64 or int64; the dialect is that of
    `claims`.
    """
    if op in SOFTMAXES:
        return _softmax(op, arrays[0], precision)
    if op == "cross_entropy":
        return _cross_entropy(arrays[0], arrays[1], precision)
    if op == "lp_pool":
        return _norm(arrays[0], parameters, precision, claims)
    magnitudes = [np.abs(array) for array in arrays]
    return precision.sum(dialect.expected(op, magnitudes, parameters, claims, precision.dtype))


def gradient_bounds(
    op: str,
    arrays: Sequence[Array],
    cotangent: Array,
    parameters: Mapping[str, Any],
    precision: Precision,
    claims: Claims,
) -> tuple[Array, ...]:
    """The greatest legitimate |gradient − expected| per cell of each gradient."""
    if op in SOFTMAXES:
        return (_softmax_gradient(op, arrays[0], cotangent, precision),)
    if op == "cross_entropy":
        return (_cross_entropy_gradient(arrays[0], arrays[1], cotangent, precision),)
    if op == "lp_pool":
        return (_norm_gradient(arrays[0], cotangent, parameters, precision, claims),)
    magnitudes = [np.abs(array) for array in arrays]
    gradients = dialect.gradients(op, magnitudes, np.abs(cotangent), parameters, claims)
    return tuple(precision.sum(m) for m in gradients)


def _quotient(x: Array, p: Precision) -> Array:
    """e of each row of a softmax, (N, 1): its relative errors added up, not yet compounded."""
    greatest = np.abs(x).max(axis=1, keepdims=True, initial=0)
    log_terms = np.log(max(x.shape[1], 2))
    exponent = 3 * p.unit * (2 * greatest + log_terms)
    term = exponent + p.function + x.shape[1] * (p.function + 2 * p.unit)
    return np.asarray(2 * term + p.function * log_terms + 2 * p.unit)


def _softmax(op: str, x: Array, p: Precision) -> Array:
    relative = compounded(_quotient(x, p))
    if op == "softmax":
        y = reference.softmax(x)
        # The sum is at least 1, and any of its terms may have underflowed, as may this one.
        lost = (x.shape[1] + 1) * p.least
        return p.rounded(y, y * relative + lost)
    log = reference.log_softmax(x)
    return p.rounded(log, np.abs(log) * (p.function + 2 * p.unit) + relative)


def _cross_entropy(x: Array, labels: Array, p: Precision) -> Array:
    log = -np.take_along_axis(reference.log_softmax(x), labels[:, None], axis=1)[:, 0]
    each = log * (p.function + 2 * p.unit + p.stored) + compounded(_quotient(x, p))[:, 0]
    mean = log.mean()
    summed = compounded((len(log) + 2) * p.unit) * (mean + each.mean())
    return p.rounded(mean, np.asarray(each.mean() + summed))


def _saved(x: Array, p: Precision) -> Array:
    """The relative error of a softmax that the gradient finds stored, itself or its logarithm."""
    log = reference.log_softmax(x)
    return np.asarray(
        compounded(_quotient(x, p) + p.stored * (1 + 2 * np.abs(log)) + 2 * p.function)
    )


def _softmax_gradient(op: str, x: Array, g: Array, p: Precision) -> Array:
    y, off, size = reference.softmax(x), _saved(x, p), np.abs(g)
    off = np.asarray((1 + off) * (1 + compounded((p.terms + 4) * p.unit)) - 1)
    lost = (x.shape[1] + 1) * (p.least + p.least_stored)
    if op == "softmax":
        # y·(g − Σ y·g): of both factors y is off, of the second every term of the sum.
        inner = (y * size * (1 + off)).sum(axis=1, keepdims=True)
        shift = (y * size * off).sum(axis=1, keepdims=True)
        error = y * (1 + off) * shift + y * off * (size + inner)
        error += lost * (size + size.sum(axis=1, keepdims=True))
    else:
        total = size.sum(axis=1, keepdims=True)
        error = (y * off + lost) * total + 2 * p.unit * (size + y * total)
    exact = reference.vjp(op, (x,), g)[0]
    # Where a softmax may be off without bound, so may what 0 is multiplied with it.
    return p.rounded(exact, np.nan_to_num(error, nan=np.inf, posinf=np.inf))


def _cross_entropy_gradient(x: Array, labels: Array, g: Array, p: Precision) -> Array:
    y, off = reference.softmax(x), _saved(x, p)
    hot = np.zeros_like(y)
    hot[np.arange(len(labels)), labels] = 1
    share = float(np.abs(g)) / len(labels)
    lost = (x.shape[1] + 1) * (p.least + p.least_stored)
    roundings = compounded((p.terms + 4) * p.unit)
    error = share * ((y * off + lost) * (1 + roundings) + (y + hot) * roundings)
    exact = reference.vjp("cross_entropy", (x, labels), g)[0]
    return p.rounded(exact, error)


def _powers(
    x: Array, parameters: Mapping[str, Any], p: Precision, claims: Claims
) -> tuple[Array, Array, Array]:
    """The norms, the sums of powers under them, and how much relatively the sums are off."""
    y = dialect.expected("lp_pool", [x], parameters, claims, p.dtype)
    total = np.abs(y) ** parameters["p"]
    # Where powers keep their signs, a sum may be small beside what it is made of.
    absolute = dialect.expected("lp_pool", [np.abs(x)], parameters, claims, p.dtype)
    some = np.where(total > 0, total, 1)
    lost = p.terms * p.least / some
    relative = (p.function + (p.terms + 3) * p.unit) * absolute ** parameters["p"] / some
    return y, total, np.asarray(relative + np.where(total > 0, lost, 0))


def _norm(x: Array, parameters: Mapping[str, Any], p: Precision, claims: Claims) -> Array:
    power = parameters["p"]
    y, total, off = _powers(x, parameters, p, claims)
    root = p.function + 2 * p.unit * (1 + np.abs(np.log(np.where(total > 0, np.abs(y), 1))))
    near = np.abs(y) * compounded(np.minimum(off, 0.5) / power + root)
    # Where underflow or cancellation takes most of a sum, anything from 0 to its root and the
    # loss's is correct.
    error = (off * np.where(total > 0, total, 1) + p.terms * p.least) ** (1 / power)
    far = (np.abs(y) + error) * (1 + compounded(2 * p.function + root))
    zero = np.where(off > 0, far, 0.0)
    return p.rounded(y, np.where(total > 0, np.where(off < 0.5, near, far), zero))


def _norm_gradient(
    x: Array, g: Array, parameters: Mapping[str, Any], p: Precision, claims: Claims
) -> Array:
    power = parameters["p"]
    y, total, off = _powers(x, parameters, p, claims)
    y = np.abs(y)
    logarithm = np.abs(np.log(np.where(total > 0, y, 1)))
    # (|x|/y)^(p − 1), or |x|^(p − 1) times a power of the sum: three functions at most, of numbers
    # that are off as the norm is, which may have been stored, and as exponents that are rounded.
    norm = off + p.function + p.stored + 2 * p.unit * (1 + logarithm)
    share = 3 * p.function + power * norm + (2 * p.terms + 6) * p.unit
    share = share + 2 * p.unit * power * logarithm
    size = np.abs(g)
    weighted = np.where(total > 0, size * compounded(share), 0)
    # A cell's shares have one sign, whatever window they are of.
    error = np.abs(dialect.gradients("lp_pool", [x], weighted, parameters, claims)[0])
    # A power of a small cell may underflow before it is divided by that of the norm.
    lost = np.where(total > 0, size * p.least * np.maximum(y, 1) / np.where(total > 0, total, 1), 0)
    lost = lost + size * p.least
    once = {**parameters, "p": 1}
    error = error + dialect.gradients("lp_pool", [np.ones_like(x)], lost, once, claims)[0]
    exact = np.abs(dialect.gradients("lp_pool", [x], size, parameters, claims)[0])
    return p.rounded(exact, np.nan_to_num(error, nan=np.inf, posinf=np.inf))
