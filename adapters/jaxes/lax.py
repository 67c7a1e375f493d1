"""JAX, through ``jax.lax``, ``jax.numpy`` and ``jax.nn``, channels first.

Every parameter that JAX has is handed to JAX, named padding included. What it has no function for
is put together the way its users do, from one function for each step:

* an average pool is ``lax.reduce_window`` with ``lax.add``, divided by the taps of the window or,
  where padding does not count, by the same sum over ones;
* a transposed convolution is ``lax.conv_transpose``, which flips the kernel and works out the
  padding itself; with groups or an output padding, which that does not have, it is
  ``lax.conv_general_dilated`` with ``lhs_dilation``, and the kernel is turned round in front of it;
* a bias is added to the result.

The option ``unoptimized`` has XLA compile at optimization level 0, which is another code path.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .calls import Calls, Function, begin
from .claims import lax as claims_for

_NAMED = {"same_upper": "SAME", "same_lower": "SAME_LOWER", "valid": "VALID"}
_MODES = {
    "constant": "constant", "reflect": "reflect", "symmetric": "symmetric", "replicate": "edge",
    "circular": "wrap",
}  # fmt: skip


def _numbers(rank: int) -> tuple[str, str, str]:
    """Channels first, in JAX's words."""
    axes = "DHW"[-rank:]
    return f"NC{axes}", f"OI{axes}", f"NC{axes}"


def _native(padding: Any) -> Any:
    """Padding as lax takes it: a name of its own, or pairs."""
    return _NAMED[padding] if isinstance(padding, str) else padding


def _around(padding: Any) -> Any:
    """The same for all axes of x."""
    return _native(padding) if isinstance(padding, str) else ((0, 0), (0, 0), *padding)


def _biased(y: Any, b: Any) -> Any:
    # Not by jnp's broadcasting, which would give a result of one channel as many as the bias has.
    return y if b is None else y + lax.broadcast_in_dim(b, y.shape, (1,))


def conv(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, dilation: Any, groups: int
) -> Any:
    """``lax.conv_general_dilated``."""
    y = lax.conv_general_dilated(
        x, w, stride, _native(padding), rhs_dilation=dilation, feature_group_count=groups
    )
    return _biased(y, b)


def conv_transpose(
    x: Any, w: Any, b: Any = None, *, stride: Any, padding: Any, output_padding: Any,
    dilation: Any, groups: int,
) -> Any:  # fmt: skip
    """``lax.conv_transpose``, or ``lax.conv_general_dilated`` of x dilated by the stride."""
    if groups == 1 and not any(output_padding):
        y = lax.conv_transpose(
            x, w, stride, padding, rhs_dilation=dilation, dimension_numbers=_numbers(x.ndim - 2),
            transpose_kernel=True, use_consistent_padding=True,
        )  # fmt: skip
        return _biased(y, b)
    c, o, *kernel = w.shape
    w = jnp.flip(w, range(2, w.ndim)).reshape(groups, c // groups, o, *kernel)
    w = w.swapaxes(1, 2).reshape(groups * o, c // groups, *kernel)
    reach = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    pads = [
        (e - low, e - high + more)
        for e, (low, high), more in zip(reach, padding, output_padding, strict=True)
    ]
    y = lax.conv_general_dilated(
        x, w, (1,) * len(kernel), pads, lhs_dilation=stride, rhs_dilation=dilation,
        feature_group_count=groups,
    )  # fmt: skip
    return _biased(y, b)


def pad(x: Any, *, padding: Any, mode: str, value: float = 0) -> Any:
    """``jnp.pad``."""
    constant = {"constant_values": value} if mode == "constant" else {}
    return jnp.pad(x, ((0, 0), (0, 0), *padding), _MODES[mode], **constant)


def max_pool(
    x: Any, *, window: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool = False
) -> Any:
    """``lax.reduce_window`` with ``lax.max``. Raises ValueError in ceil mode: JAX has none."""
    least = -jnp.inf if jnp.issubdtype(x.dtype, jnp.floating) else jnp.iinfo(x.dtype).min
    return _reduced(x, least, lax.max, window, stride, padding, dilation, ceil_mode)


def avg_pool(
    x: Any, *, window: Any, stride: Any, padding: Any, dilation: Any, count_include_pad: bool,
    ceil_mode: bool = False,
) -> Any:  # fmt: skip
    """``lax.reduce_window`` with ``lax.add``, and a division. Raises ValueError in ceil mode."""
    y = _reduced(x, 0, lax.add, window, stride, padding, dilation, ceil_mode)
    if count_include_pad:
        return y / math.prod(window)
    ones = jnp.ones((1, 1, *x.shape[2:]), x.dtype)
    return y / _reduced(ones, 0, lax.add, window, stride, padding, dilation, ceil_mode)


def _reduced(
    x: Any, start: float, operation: Function, window: Any, stride: Any, padding: Any,
    dilation: Any, ceil_mode: bool,
) -> Any:  # fmt: skip
    if ceil_mode:
        raise ValueError("lax.reduce_window has no ceil mode")
    # No array of JAX's: by a start whose value it sees it tells maxima and sums, which have
    # gradients, from other reductions.
    known = np.array(start, x.dtype)
    return lax.reduce_window(
        x, known, operation, (1, 1, *window), (1, 1, *stride), _around(padding),
        window_dilation=(1, 1, *dilation),
    )  # fmt: skip


def global_avg_pool(x: Any) -> Any:
    """``jnp.mean`` over the spatial axes."""
    return jnp.mean(x, axis=range(2, x.ndim))


def global_max_pool(x: Any) -> Any:
    """``jnp.max`` over the spatial axes."""
    return jnp.max(x, axis=range(2, x.ndim))


def global_sum_pool(x: Any) -> Any:
    """``jnp.sum`` over the spatial axes, in the type of x."""
    return jnp.sum(x, axis=range(2, x.ndim), dtype=x.dtype)


def relu(x: Any) -> Any:
    """``jax.nn.relu``."""
    return jax.nn.relu(x)


def dense(x: Any, w: Any, b: Any = None) -> Any:
    """``lax.dot``, which takes matrices and vectors alone, of x and of w transposed."""
    y = lax.dot(x, w.T)
    return _biased(y, b)


def softmax(x: Any) -> Any:
    """``jax.nn.softmax`` over the channels."""
    return jax.nn.softmax(x, axis=1)


def log_softmax(x: Any) -> Any:
    """``jax.nn.log_softmax`` over the channels."""
    return jax.nn.log_softmax(x, axis=1)


FUNCTIONS: dict[str, Function] = {
    function.__name__: function
    for function in (
        conv, conv_transpose, pad, max_pool, avg_pool, global_avg_pool, global_max_pool,
        global_sum_pool, relu, dense, softmax, log_softmax,
    )
}  # fmt: skip


def make(option: str | None) -> Calls:
    """JAX on the CPU. Raises UnknownAdapter for an option other than ``unoptimized``."""
    words = begin("jax", option)
    return Calls("jax", jax.__version__, claims_for(option or ""), FUNCTIONS, words)
