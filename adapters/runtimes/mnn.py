"""MNN, through its expressions: each call builds a small graph and reads what it computes.

Parameters go to ``MNN.expr`` as it has them, its lists being counted from the last axis to the
first. Around the calls lies

* the conversion of arrays to NC4HW4, the blocked layout that convolutions and pools take;
* an addition behind ``matmul`` for the bias of a dense layer;
* a refusal of padding that is negative or mirrors more cells than there are: MNN then reads and
  writes outside its memory, and nothing that comes after in the process could be trusted.

``VALID`` pools leave over what does not fill a window, ``CAFFE`` pools do not: these are the two
modes of rounding. Padding of pools exists in the latter alone, and is not claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

# MNN prints what the processor supports when it is first used, and its own words on errors.
from MNN import expr
from MNN import version as _version

from ..errors import option_words
from . import claims

Array = npt.NDArray[Any]
Ints = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]
Var = Any

PADDING = {"same_upper": "SAME", "valid": "VALID"}
PAD_MODES = {"reflect": "REFLECT", "symmetric": "SYMMETRIC"}


class MNN:
    """MNN on the CPU with one thread. Arrays are NumPy's, (N, C, *spatial), in and out."""

    name = "mnn"
    version = _version()

    def __init__(self, functions: Any = expr) -> None:
        """`functions`: ``MNN.expr``, or what notes the calls of its functions."""
        self.claims = claims.mnn("")
        self._expr = functions

    def conv(
        self, x: Array, w: Array, b: Array | None = None, *, stride: Ints, padding: Pads | str,
        dilation: Ints, groups: int,
    ) -> Array:  # fmt: skip
        """``conv2d``."""
        _planar(x, stride, dilation, padding)
        mode, amounts = self._padding(padding)
        bias = np.zeros(w.shape[0], x.dtype) if b is None else b
        y = self._expr.conv2d(
            self._blocked(x), self._given(w), self._given(bias), _backwards(stride), amounts,
            _backwards(dilation), groups, mode,
        )  # fmt: skip
        return self._unblocked(y)

    def conv_transpose(
        self, x: Array, w: Array, b: Array | None = None, *, stride: Ints, padding: Pads,
        output_padding: Ints, dilation: Ints, groups: int,
    ) -> Array:  # fmt: skip
        """``conv2d_transpose``."""
        _planar(x, stride, dilation, padding, output_padding)
        if any(output_padding):
            raise ValueError("MNN's expressions have no output padding")
        mode, amounts = self._padding(padding)
        bias = np.zeros(w.shape[1] * groups, x.dtype) if b is None else b
        y = self._expr.conv2d_transpose(
            self._blocked(x), self._given(w), self._given(bias), _backwards(stride), amounts,
            _backwards(dilation), groups, mode,
        )  # fmt: skip
        return self._unblocked(y)

    def max_pool(
        self, x: Array, *, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
        ceil_mode: bool,
    ) -> Array:  # fmt: skip
        """``max_pool``."""
        mode = self._pool_mode(x, window, stride, padding, dilation, ceil_mode)
        return self._unblocked(
            self._expr.max_pool(self._blocked(x), _backwards(window), _backwards(stride), mode)
        )

    def avg_pool(
        self, x: Array, *, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
        ceil_mode: bool, count_include_pad: bool,
    ) -> Array:  # fmt: skip
        """``avg_pool``."""
        mode = self._pool_mode(x, window, stride, padding, dilation, ceil_mode)
        return self._unblocked(
            self._expr.avg_pool(self._blocked(x), _backwards(window), _backwards(stride), mode)
        )

    def pad(self, x: Array, *, padding: Pads, mode: str, value: float = 0) -> Array:
        """``pad``, whose constant is 0."""
        if mode not in PAD_MODES:
            raise ValueError(f"MNN's expressions have no padding of mode {mode!r} with a value")
        _one_each(x.ndim - 2, padding)
        most = [n - 1 if mode == "reflect" else n for n in x.shape[2:]]
        if any(not 0 <= a <= n for pair, n in zip(padding, most, strict=True) for a in pair):
            raise RuntimeError(f"not run: MNN would leave its memory, padding {x.shape} {padding}")
        amounts = np.array([(0, 0), (0, 0), *padding], np.int32)
        return self._read(
            self._expr.pad(
                self._given(x), self._given(amounts), getattr(self._expr, PAD_MODES[mode])
            )
        )

    def global_avg_pool(self, x: Array) -> Array:
        """``reduce_mean`` over the spatial axes."""
        return self._read(self._expr.reduce_mean(self._given(x), _spatial(x)))

    def global_max_pool(self, x: Array) -> Array:
        """``reduce_max`` over the spatial axes."""
        return self._read(self._expr.reduce_max(self._given(x), _spatial(x)))

    def global_sum_pool(self, x: Array) -> Array:
        """``reduce_sum`` over the spatial axes."""
        return self._read(self._expr.reduce_sum(self._given(x), _spatial(x)))

    def relu(self, x: Array) -> Array:
        """``relu``."""
        return self._read(self._expr.relu(self._given(x)))

    def dense(self, x: Array, w: Array, b: Array | None = None) -> Array:
        """``matmul`` with the transposed weight, and an addition."""
        y = self._expr.matmul(self._given(x), self._given(w), False, True)
        return self._read(y if b is None else self._expr.add(y, self._given(b)))

    def softmax(self, x: Array) -> Array:
        """``softmax`` over the channels."""
        return self._read(self._expr.softmax(self._given(x), 1))

    def _padding(self, padding: Pads | str) -> tuple[Any, Ints]:
        if isinstance(padding, str):
            return getattr(self._expr, PADDING[padding]), (0, 0)
        if any(low != high for low, high in padding):
            raise ValueError(f"MNN's expressions pad both ends of an axis alike, unlike {padding}")
        return self._expr.CAFFE, tuple(low for low, _ in reversed(padding))

    def _pool_mode(
        self, x: Array, window: Ints, stride: Ints, padding: Pads | str, dilation: Ints,
        ceil_mode: bool,
    ) -> Any:  # fmt: skip
        _planar(x, window, stride, padding, dilation)
        if any(d != 1 for d in dilation):
            raise ValueError(f"MNN has no dilated pools: {dilation}")
        if isinstance(padding, str):
            return getattr(self._expr, PADDING[padding])
        if any(map(any, padding)):
            raise ValueError(f"MNN's expressions pad pools in ceil mode alone: {padding}")
        return self._expr.CAFFE if ceil_mode else self._expr.VALID

    def _given(self, array: Array) -> Var:
        kind = {"float32": self._expr.float, "int32": self._expr.int}.get(str(array.dtype))
        if kind is None:
            raise TypeError(f"MNN's expressions do not compute with {array.dtype}")
        noted = self._expr is not expr
        held = self._expr.array(array) if noted else np.ascontiguousarray(array)
        return self._expr.const(held, list(array.shape), self._expr.NCHW, kind)

    def _blocked(self, x: Array) -> Var:
        return self._expr.convert(self._given(x), self._expr.NC4HW4)

    def _unblocked(self, y: Var) -> Array:
        return self._read(self._expr.convert(y, self._expr.NCHW))

    def _read(self, y: Var) -> Array:
        if self._expr is not expr:
            noted: Array = self._expr.read(y)
            return noted
        # A copy: its memory is used again by the next graph.
        return np.array(y.read())

    def spell(
        self, which: str, op: str, inputs: Mapping[str, Array], names: Mapping[str, str],
        parameters: Mapping[str, Any],
    ) -> tuple[list[str], list[str]]:  # fmt: skip
        """A call in MNN's own words: imports, and lines that set `results`."""
        from .mnn_words import Noting  # what only a failure needs

        noting = Noting({id(array): names[name] for name, array in inputs.items()})
        getattr(MNN(noting), op)(*inputs.values(), **parameters)
        return ["from MNN import expr"], ["expr.set_thread_number(1)", *noting.lines]


def _one_each(rank: int, *given: Sequence[Any] | str) -> None:
    for values in given:
        if not isinstance(values, str) and len(values) != rank:
            raise ValueError(f"{values} has not one entry for each of {rank} spatial axes")


def _planar(x: Array, *given: Sequence[Any] | str) -> None:
    if x.ndim != 4:
        raise ValueError(f"MNN's expressions have 2 spatial axes here, not those of {x.shape}")
    _one_each(2, *given)


def _backwards(values: Ints) -> Ints:
    return tuple(reversed(values))


def _spatial(x: Array) -> list[int]:
    return list(range(2, x.ndim))


def make(option: str | None) -> MNN:
    """MNN's expressions. Raises UnknownAdapter for any option."""
    option_words("mnn", option)
    expr.set_thread_number(1)
    return MNN()
