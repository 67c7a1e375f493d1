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
PLACED = (*CONVOLUTIONS, "pad", *POOLS)
"""Operations whose result has the spatial axes of their input."""
MAPS = (*PLACED, *GLOBAL)
"""Operations on maps: the placed ones, and those that make a number of a map."""
