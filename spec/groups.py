"""The operations by what they have in common: which clauses and laws hold for which."""

POOLS = ("max_pool", "max_pool_with_indices", "avg_pool", "lp_pool")
MAX_POOLS = ("max_pool", "max_pool_with_indices")
ADAPTIVE = ("adaptive_avg_pool", "adaptive_max_pool")
GLOBAL = ("global_avg_pool", "global_max_pool", "global_sum_pool")
MAXIMA = (*MAX_POOLS, "adaptive_max_pool", "global_max_pool")
WINDOWED = ("conv", *POOLS)
CONVOLUTIONS = ("conv", "conv_transpose")
WEIGHTED = (*CONVOLUTIONS, "dense")
SOFTMAXES = ("softmax", "log_softmax")
FLAT = ("dense", *SOFTMAXES, "cross_entropy")
"""Operations on (N, C): they have no spatial axis."""
MEANS = ("avg_pool", "adaptive_avg_pool", "global_avg_pool")
"""Operations that divide: on integers they are exact up to the rounding of the quotient."""
ROUNDED = (*MEANS, "lp_pool", *SOFTMAXES, "cross_entropy")
"""Operations whose results round on integers, too; they are defined for floating numbers."""
LINEAR = (
    *CONVOLUTIONS, "pad", "avg_pool", "adaptive_avg_pool", "global_avg_pool", "global_sum_pool",
    "dense",
)  # fmt: skip
EVERY = (*CONVOLUTIONS, "pad", *POOLS, *ADAPTIVE, *GLOBAL, "relu", *FLAT)
BATCHED = tuple(op for op in EVERY if op != "cross_entropy")
"""Operations with a result for each batch entry."""
CHANNELWISE = ("pad", *POOLS, *ADAPTIVE, *GLOBAL, "relu")
"""Operations with a result for each channel."""
REFUSING = tuple(op for op in EVERY if op != "relu")
"""Operations that have invalid calls; the rectifier takes numbers of any shape."""
SUMMING = (*WEIGHTED, "global_sum_pool")
"""Operations whose results are sums and nothing else, of whole numbers too."""
SUMMED_BACK = (*WEIGHTED, "pad")
"""Operations whose gradients are sums and nothing else, of several terms each."""
IMPULSES = (*LINEAR, *MAXIMA)
"""Operations whose complete map a batch of one-hot inputs shows."""
TWICE = (
    *WEIGHTED, "pad", *MAX_POOLS, "avg_pool", *ADAPTIVE, *GLOBAL, "relu",
)  # fmt: skip
"""Operations whose second gradients are defined."""
PLACED = (*CONVOLUTIONS, "pad", *POOLS)
"""Operations whose result has the spatial axes of their input."""
MAPS = (*PLACED, *ADAPTIVE, *GLOBAL)
"""Operations on maps, those that make a number of a map among them."""
SCALED = tuple(op for op in MAPS if op != "lp_pool")
"""Operations on maps that take no powers: they know no scale."""


def possible_ranks(op: str) -> tuple[int, ...]:
    """The numbers of spatial axes that an operation is defined for, as far as they are tested."""
    if op in FLAT:
        return (0,)
    return (0, 1, 2, 3) if op == "relu" else (1, 2, 3)
