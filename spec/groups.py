"""The operations by what they have in common: which clauses and laws hold for which."""

POOLS = ("max_pool", "max_pool_with_indices", "avg_pool")
MAX_POOLS = ("max_pool", "max_pool_with_indices")
MAXIMA = (*MAX_POOLS, "global_max_pool")
GLOBAL = ("global_avg_pool", "global_max_pool", "global_sum_pool")
WINDOWED = ("conv", *POOLS)
MEANS = ("avg_pool", "global_avg_pool")
"""Operations that divide: on integers they are exact up to the rounding of the quotient."""
CONVOLUTIONS = ("conv", "conv_transpose")
LINEAR = (*CONVOLUTIONS, "pad", "avg_pool", "global_avg_pool", "global_sum_pool")
EVERY = (*CONVOLUTIONS, "pad", *POOLS, *GLOBAL)
IMPULSES = tuple(op for op in EVERY if op != "conv_transpose")
"""Operations whose complete map a batch of one-hot inputs shows."""
BILINEAR = tuple(op for op in (*CONVOLUTIONS, "dense") if op in EVERY)
"""Linear in the input and in the weight: their second gradients are first ones again."""
TWICE = (
    *CONVOLUTIONS, "dense", "pad", "max_pool", "max_pool_with_indices", "avg_pool",
    "adaptive_avg_pool", "adaptive_max_pool", *GLOBAL, "relu",
)  # fmt: skip
"""Operations whose second gradients are defined."""
