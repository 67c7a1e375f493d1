"""The definition, runnable: every operation of the spec and its gradients, in NumPy.

Arrays are in the logical order N, C, *spatial*, with any number of spatial axes. Inputs are never
modified and results are always fresh arrays. :mod:`convspec.reference.scatter` and
:mod:`convspec.reference.scatter_more` say the same again in plain loops, sharing nothing with the
rest.
"""

from convspec.reference.adaptive_pool import (
    adaptive_avg_pool,
    adaptive_avg_pool_vjp,
    adaptive_max_pool,
    adaptive_max_pool_vjp,
)
from convspec.reference.avg_pool import avg_pool, avg_pool_vjp
from convspec.reference.conv import conv, conv_vjp
from convspec.reference.conv_transpose import conv_transpose, conv_transpose_vjp
from convspec.reference.dense import dense, dense_vjp
from convspec.reference.double_vjp import double_vjp
from convspec.reference.global_pool import (
    global_avg_pool,
    global_avg_pool_vjp,
    global_max_pool,
    global_max_pool_vjp,
    global_sum_pool,
    global_sum_pool_vjp,
)
from convspec.reference.lp_pool import lp_pool, lp_pool_vjp
from convspec.reference.max_pool import max_pool, max_pool_vjp, max_pool_with_indices
from convspec.reference.network import network
from convspec.reference.pad import pad, pad_vjp
from convspec.reference.relu import relu, relu_vjp
from convspec.reference.softmax import (
    cross_entropy,
    cross_entropy_vjp,
    log_softmax,
    log_softmax_vjp,
    softmax,
    softmax_vjp,
)
from convspec.reference.vjp import vjp

__all__ = [
    "adaptive_avg_pool",
    "adaptive_avg_pool_vjp",
    "adaptive_max_pool",
    "adaptive_max_pool_vjp",
    "avg_pool",
    "avg_pool_vjp",
    "conv",
    "conv_transpose",
    "conv_transpose_vjp",
    "conv_vjp",
    "cross_entropy",
    "cross_entropy_vjp",
    "dense",
    "dense_vjp",
    "double_vjp",
    "global_avg_pool",
    "global_avg_pool_vjp",
    "global_max_pool",
    "global_max_pool_vjp",
    "global_sum_pool",
    "global_sum_pool_vjp",
    "log_softmax",
    "log_softmax_vjp",
    "lp_pool",
    "lp_pool_vjp",
    "max_pool",
    "max_pool_vjp",
    "max_pool_with_indices",
    "network",
    "pad",
    "pad_vjp",
    "relu",
    "relu_vjp",
    "softmax",
    "softmax_vjp",
    "vjp",
]
