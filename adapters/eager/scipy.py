"""SciPy: ``scipy.signal`` for convolutions, ``scipy.ndimage`` for pools and padding.

A convolution is one call of ``signal.correlate`` for each image and filter: in mode "valid" the
channels are an axis like the others, which leaves one cell. Options choose its method: ``direct``
(the default), ``fft`` or ``oaconvolve``, which are ``signal.fftconvolve`` and ``signal.oaconvolve``
over the spatial axes with the kernel turned round; they declare that they transform. Padding
``same_lower`` is its mode "same". A transposed convolution of stride 1 is ``signal.convolve``: in
mode "full" for one channel, in mode "valid" over several. Pools are ``ndimage.maximum_filter``
(dilated windows as a footprint) and ``ndimage.uniform_filter``, their padding the border mode
"constant" and their place the origin. Padding reads the borders that ``ndimage.affine_transform``
has in order 0; softmaxes are those of ``scipy.special``.

These have neither strides nor padding of any amount, so there are shims:

* strides are taken by slicing the result of stride 1;
* explicit padding of a convolution is ``numpy.pad`` in front of it, padding of a transposed one is
  that or a slice;
* biases are added by NumPy;
* a pool whose last window starts past the map gets the cells that lacks from ``numpy.pad``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from scipy import ndimage, signal, special

from ..errors import option_word
from .claims import scipy as claimed

Array = npt.NDArray[Any]
Ints = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]

OPTIONS = ("direct", "fft", "oaconvolve")

_BORDERS = {
    "constant": "grid-constant", "reflect": "mirror", "symmetric": "reflect",
    "replicate": "nearest", "circular": "grid-wrap",
}  # fmt: skip
"""The modes of padding, in the words of ndimage."""


class SciPy:
    """One way to convolve; arrays of NumPy in and out, (N, C, *spatial); errors are SciPy's own."""

    name = "scipy"
    version = scipy.__version__

    def __init__(self, method: str) -> None:
        """`method`: one of `OPTIONS`."""
        self.method = method
        self.claims = claimed(method)
        if "conv_transpose" not in self.claims:
            # A transform has a bound for convolutions alone.
            setattr(self, "conv_transpose", None)  # noqa: B010 - a method, to mypy

    def conv(
        self, x: Array, w: Array, b: Array | None = None, *, stride: Ints, padding: Pads | str,
        dilation: Ints, groups: int,
    ) -> Array:  # fmt: skip
        """A call of ``signal.correlate`` for each image and filter, over channels and space."""
        rank = _rank(x)
        _plain(dilation, "dilation")
        _check(stride, padding, rank)
        if groups < 1 or x.shape[1] % groups or w.shape[0] % groups:
            raise ValueError(f"groups={groups} divide neither {x.shape[1]} nor {w.shape[0]}")
        if w.ndim != x.ndim or w.shape[1] * groups != x.shape[1]:
            raise ValueError(f"w of shape {w.shape} does not fit x of shape {x.shape}")
        mode, at = "valid", 0
        if padding == "same_lower":
            # The cell of the channel axis that has seen all of them.
            mode, at = "same", w.shape[1] // 2
        elif not isinstance(padding, str):
            x = np.pad(x, ((0, 0), (0, 0), *padding))
        if mode == "valid" and any(n < k for n, k in _pairs(x, w)):
            # Ours to check: it would take the kernel for the map, and the map for the kernel.
            raise ValueError(f"a kernel of {w.shape[2:]} does not fit into {x.shape[2:]}")
        inner, outer = w.shape[1], w.shape[0] // groups
        place: Any = (at, *(slice(None, None, s) for s in stride))
        sizes = [n if mode == "same" else n - k + 1 for n, k in _pairs(x, w)]
        kept = (-(-n // s) for n, s in zip(sizes, stride, strict=True))
        y = np.empty((x.shape[0], w.shape[0], *kept), x.dtype)
        for n, o in np.ndindex(*y.shape[:2]):
            first = o // outer * inner
            y[n, o] = self._correlate(x[n, first : first + inner], w[o], mode)[place]
        return _biased(y, b)

    def conv_transpose(
        self, x: Array, w: Array, b: Array | None = None, *, stride: Ints, padding: Pads | str,
        output_padding: Ints, dilation: Ints, groups: int,
    ) -> Array:  # fmt: skip
        """A call of ``signal.convolve`` for each image and channel of the result."""
        rank = _rank(x)
        _plain(dilation, "dilation")
        _plain(stride, "stride of a transposed convolution")
        _check(stride, padding, rank)
        if isinstance(padding, str) or any(output_padding):
            raise ValueError("a transposed convolution has amounts of padding, and none of output")
        if groups < 1 or x.shape[1] % groups or w.shape[0] != x.shape[1] or w.ndim != x.ndim:
            raise ValueError(f"w of shape {w.shape} in {groups} groups does not fit {x.shape}")
        inner, outer = x.shape[1] // groups, w.shape[1]
        amounts = [(k - 1 - low, k - 1 - high) for k, (low, high) in
                   zip(w.shape[2:], padding, strict=True)]  # fmt: skip
        sizes = [n + low + high - k + 1 for (n, k), (low, high) in
                 zip(_pairs(x, w), amounts, strict=True)]  # fmt: skip
        if min(sizes) < 1 or any(amount < 0 for pair in padding for amount in pair):
            raise ValueError(f"padding {padding} leaves {sizes} cells")
        y = np.empty((x.shape[0], groups * outer, *sizes), x.dtype)
        cropped = (slice(low, low + n) for n, (low, _) in zip(sizes, padding, strict=True))
        at: Any = (0, *cropped)
        x = x if inner == 1 else _resized(x, amounts)
        for n, o in np.ndindex(*y.shape[:2]):
            first = o // outer * inner
            image, kernel = x[n, first : first + inner], w[first : first + inner, o % outer]
            if inner == 1:
                y[n, o] = self._convolve(image, kernel, "full")[at]
            else:
                y[n, o] = self._convolve(image, kernel[::-1], "valid")[0]
        return _biased(y, b)

    def pad(self, x: Array, *, padding: Pads, mode: str, value: float = 0) -> Array:
        """The borders of ``ndimage.affine_transform`` of order 0, which only moves cells."""
        rank = _rank(x)
        _check((1,) * rank, padding, rank)
        if any(amount < 0 for pair in padding for amount in pair):
            raise ValueError(f"padding cannot be negative: {padding}")
        if 0 in x.shape[2:]:
            raise ValueError(f"a map of shape {x.shape[2:]} has no borders")
        shape = tuple(n + low + high for n, (low, high) in zip(x.shape[2:], padding, strict=True))
        lows = [0, 0, *(-low for low, _ in padding)]
        y: Array = ndimage.affine_transform(
            x, np.ones(x.ndim), lows, (*x.shape[:2], *shape), x.dtype, order=0,
            mode=_BORDERS[mode], cval=value if mode == "constant" else 0.0, prefilter=False,
        )  # fmt: skip
        return y

    def max_pool(
        self, x: Array, *, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
        ceil_mode: bool,
    ) -> Array:  # fmt: skip
        """``ndimage.maximum_filter`` over each map; a dilated window is a footprint."""
        least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
        if all(d == 1 for d in dilation):
            run = partial(ndimage.maximum_filter, size=(1, 1, *window))
        else:
            spans = (d * (k - 1) + 1 for d, k in zip(dilation, window, strict=True))
            taps = np.zeros((1, 1, *spans), bool)
            places: Any = (0, 0, *(slice(None, None, d) for d in dilation))
            taps[places] = True
            run = partial(ndimage.maximum_filter, footprint=taps)
        return _filtered(run, x, least, window, stride, padding, dilation, ceil_mode)

    def avg_pool(
        self, x: Array, *, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
        ceil_mode: bool, count_include_pad: bool,
    ) -> Array:  # fmt: skip
        """``ndimage.uniform_filter`` over each map."""
        _plain(dilation, "dilation")
        if not count_include_pad:
            raise ValueError("a uniform filter counts the cells past the border")
        run = partial(ndimage.uniform_filter, size=(1, 1, *window))
        return _filtered(run, x, 0, window, stride, padding, dilation, ceil_mode)

    def softmax(self, x: Array) -> Array:
        """``special.softmax`` over the channels."""
        found: Array = special.softmax(x, axis=1)
        return found

    def log_softmax(self, x: Array) -> Array:
        """``special.log_softmax`` over the channels."""
        found: Array = special.log_softmax(x, axis=1)
        return found

    def _correlate(self, image: Array, kernel: Array, mode: str) -> Array:
        """(C, *n) and (C, *k) → (1, *o), or (C, *o) in mode "same"."""
        found: Array
        if self.method == "direct":
            found = signal.correlate(image, kernel, mode, "direct")
            return found
        # Only the spatial axes are transformed; the channels are added up.
        convolve = signal.oaconvolve if self.method == "oaconvolve" else signal.fftconvolve
        axes = tuple(range(1, kernel.ndim))
        turned = kernel[(slice(None), *(slice(None, None, -1),) * len(axes))]
        found = convolve(image, turned, mode, axes=axes).sum(0, keepdims=True)
        return np.broadcast_to(found, (len(image), *found.shape[1:])) if mode == "same" else found

    def _convolve(self, image: Array, kernel: Array, mode: str) -> Array:
        found: Array = signal.convolve(image, kernel, mode, "direct")
        return found


def make(option: str | None) -> SciPy:
    """SciPy by a method of `OPTIONS`. Raises UnknownAdapter for other words."""
    return SciPy(option_word("scipy", option, OPTIONS) or "direct")


def _filtered(
    run: Callable[..., Any], x: Array, fill: float, window: Ints, stride: Ints,
    padding: Pads | str, dilation: Ints, ceil_mode: bool,
) -> Array:  # fmt: skip
    """A filter of ndimage over each map, taken at every stride."""
    rank = _rank(x)
    _check(stride, padding, rank)
    if ceil_mode or isinstance(padding, str) or len(window) != rank or len(dilation) != rank:
        raise ValueError(
            "ndimage's filters have no ceil mode, no named padding, and a size per axis"
        )
    if min(dilation) < 1 or min(window) < 1:
        raise ValueError(f"window {window} and dilation {dilation} must be positive")
    if any(amount < 0 for pair in padding for amount in pair):
        raise ValueError(f"padding cannot be negative: {padding}")
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, window, strict=True)]
    counts, origins, more = [], [], []
    for n, (low, high), e, s in zip(x.shape[2:], padding, spans, stride, strict=True):
        if n + low + high < e:
            raise ValueError(f"a window of {e} cells does not fit into {n + low + high}")
        if low >= e:
            raise ValueError(f"padding {low} is no place in a window of {e} cells")
        counts.append((n + low + high - e) // s + 1)
        # The window at cell i begins `low` cells before it.
        origins.append(low - e // 2)
        more.append((0, max((counts[-1] - 1) * s + 1 - n, 0)))
    x = np.pad(x, ((0, 0), (0, 0), *more), constant_values=fill)
    at: Any = (..., *(slice(0, (o - 1) * s + 1, s) for o, s in zip(counts, stride, strict=True)))
    y: Array = run(x, mode="constant", cval=fill, origin=(0, 0, *origins))[at]
    return y


def _rank(x: Array) -> int:
    if x.ndim < 3:
        raise ValueError(f"x of shape {x.shape} has no spatial axis")
    return x.ndim - 2


def _pairs(x: Array, w: Array) -> Any:
    return zip(x.shape[2:], w.shape[2:], strict=True)


def _resized(x: Array, amounts: list[tuple[int, int]]) -> Array:
    """x with so many zeros around it; what is negative is cut off."""
    cut = (slice(max(-low, 0), n - max(-high, 0)) for n, (low, high) in
           zip(x.shape[2:], amounts, strict=True))  # fmt: skip
    more = [(max(low, 0), max(high, 0)) for low, high in amounts]
    kept: Any = (..., *cut)
    return np.pad(x[kept], ((0, 0), (0, 0), *more))


def _plain(values: Ints, what: str) -> None:
    if any(v != 1 for v in values):
        raise ValueError(f"SciPy has no {what} but 1: {values}")


def _check(stride: Ints, padding: Pads | str, rank: int) -> None:
    """What is ours to check, since we slice and pad: entries per axis, positive steps."""
    if len(stride) != rank or min(stride) < 1:
        raise ValueError(f"stride {stride} must be positive, with {rank} entries")
    if not isinstance(padding, str) and len(padding) != rank:
        raise ValueError(f"padding has {len(padding)} pairs for {rank} spatial axes")


def _biased(y: Array, b: Array | None) -> Array:
    if b is None:
        return y
    if b.shape != y.shape[1:2]:
        raise ValueError(f"a bias of shape {b.shape} for {y.shape[1]} channels")
    return y + b.reshape(-1, *(1,) * (y.ndim - 2))
