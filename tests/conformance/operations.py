"""The operations by what they have in common: which laws hold for which."""

POOLS = ("max_pool", "max_pool_with_indices", "avg_pool")
MAX_POOLS = ("max_pool", "max_pool_with_indices")
MAXIMA = (*MAX_POOLS, "global_max_pool")
GLOBAL = ("global_avg_pool", "global_max_pool", "global_sum_pool")
WINDOWED = ("conv", *POOLS)
LINEAR = ("conv", "pad", "avg_pool", "global_avg_pool", "global_sum_pool")
EVERY = ("conv", "pad", *POOLS, *GLOBAL)
