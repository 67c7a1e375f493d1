"""From the levels of a row to the case they stand for.

Every row is a valid case inside the adapter's claims: extents follow from the number of
outputs that was drawn, and a case that would cost too much has its widest extents cut.
"""

from __future__ import annotations

from collections.abc import Callable

from convspec.spec.case import Case, Tensor
from convspec.spec.claims import OpClaims

from . import layers, maps, network, pools
from .extents import CELLS, REAL_PATTERNS, SCALED_PATTERNS, WORK, Values, is_whole
from .shapes import output_shape

__all__ = [
    "BUILDERS", "CELLS", "REAL_PATTERNS", "SCALED_PATTERNS", "WORK", "Values", "output_shape",
    "with_cotangent",
]  # fmt: skip

BUILDERS: dict[str, Callable[[str, int, OpClaims, str, Values], Case]] = {
    "conv": layers.conv,
    "conv_transpose": layers.conv_transpose,
    "pad": maps.pad,
    "max_pool": pools.pool,
    "max_pool_with_indices": pools.pool,
    "avg_pool": pools.pool,
    "lp_pool": pools.pool,
    "adaptive_avg_pool": pools.adaptive_pool,
    "adaptive_max_pool": pools.adaptive_pool,
    "global_avg_pool": pools.global_pool,
    "global_max_pool": pools.global_pool,
    "global_sum_pool": pools.global_pool,
    "relu": maps.relu,
    "dense": layers.dense,
    "softmax": maps.softmax,
    "log_softmax": maps.softmax,
    "cross_entropy": maps.cross_entropy,
    "network": network.network,
}
"""Operation → what makes a case of (operation, spatial axes, claims, scale, levels)."""


def with_cotangent(case: Case, values: Values, shape: tuple[int, ...] | None = None) -> Case:
    """The case with an array ``g`` of the result's shape (`shape` where a dialect decides it)."""
    pattern = values["g.pattern"] if is_whole(values) else values["x.pattern"]
    g = Tensor("g", shape or output_shape(case), case.dtype, pattern, values["g.k"])
    return Case(case.op, (*case.tensors, g))
