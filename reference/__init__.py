"""The definition, runnable: every operation of the spec and its gradients, in NumPy.

Arrays are in the logical order N, C, *spatial*, with any number of spatial axes. Inputs are never
modified and results are always fresh arrays. :mod:`convspec.reference.scatter` says the same again
in plain loops, sharing nothing with the rest.
"""

from convspec.reference.avg_pool import avg_pool, avg_pool_vjp
from convspec.reference.conv import conv, conv_vjp
from convspec.reference.global_pool import (
    global_avg_pool,
    global_avg_pool_vjp,
    global_max_pool,
    global_max_pool_vjp,
    global_sum_pool,
    global_sum_pool_vjp,
)
from convspec.reference.max_pool import max_pool, max_pool_vjp, max_pool_with_indices
from convspec.reference.pad import pad, pad_vjp
from convspec.reference.vjp import vjp

__all__ = [
    "avg_pool",
    "avg_pool_vjp",
    "conv",
    "conv_vjp",
    "global_avg_pool",
    "global_avg_pool_vjp",
    "global_max_pool",
    "global_max_pool_vjp",
    "global_sum_pool",
    "global_sum_pool_vjp",
    "max_pool",
    "max_pool_vjp",
    "max_pool_with_indices",
    "pad",
    "pad_vjp",
    "vjp",
]
