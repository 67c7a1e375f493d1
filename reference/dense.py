"""The fully connected layer."""

from __future__ import annotations

from convspec.reference.constraints import Array, check_array, check_cotangent, check_same_dtype
from convspec.reference.halves import once_rounded


@once_rounded
def dense(x: Array, w: Array, b: Array | None = None) -> Array:
    """The fully connected layer, ``dense.definition``: y[o] = b[o] + Σ_c w[o, c] · x[c].

    x is (N, C), w (O, C), b (O,); the result is (N, O), of the dtype of x. Raises ``ValueError`` if
    shapes or dtypes do not fit together.
    """
    _check(x, w, b)
    y: Array = x @ w.T
    if b is not None:
        y += b
    return y


@once_rounded
def dense_vjp(x: Array, w: Array, b: Array | None, cotangent: Array) -> tuple[Array, ...]:
    """The gradients (dx, dw) of ⟨dense(x, w, b), cotangent⟩, and db if there is a bias.

    ``dense.gradient``; the cotangent is (N, O).
    """
    _check(x, w, b)
    check_cotangent(cotangent, (len(x), len(w)), x)
    gradients = cotangent @ w, cotangent.T @ x
    return gradients if b is None else (*gradients, cotangent.sum(axis=0, dtype=b.dtype))


def _check(x: Array, w: Array, b: Array | None) -> None:
    check_array("x", x, spatial=False)
    check_array("w", w, spatial=False)
    check_same_dtype("w", w, x)
    if x.ndim != 2:
        raise ValueError(f"x must have a batch axis and a channel axis, but its shape is {x.shape}")
    if w.ndim != 2:
        raise ValueError(f"w must have the rank of x, 2, but its shape is {w.shape}")
    if w.shape[1] != x.shape[1]:
        raise ValueError(f"w must have C = {x.shape[1]} input channels, not {w.shape[1]}")
    if b is not None:
        check_array("b", b, spatial=False)
        check_same_dtype("b", b, x)
        if b.shape != (len(w),):
            raise ValueError(
                f"b must have one entry per output channel, shape ({len(w)},), not {b.shape}"
            )
