"""Planted faults: implementations that are wrong on purpose, each in a corner only.

They are what the suite is measured by. Each wraps the reference, spoils it under one condition, and
names the law that must find it. The causes are those that real kernels were counted to fail by.
"""

from __future__ import annotations

from types import SimpleNamespace

from convspec.adapters.errors import UnknownAdapter, nearest

from . import (  # each enters its faults into the catalogue
    adaptive_pools,
    calls,
    classifier,
    conv_channels,
    conv_gradients,
    conv_transposed,
    conv_windows,
    dialects,
    dtypes,
    global_pools,
    gradients,
    history,
    kernels,
    layouts,
    lp_pools,
    max_pools,
    networks,
    numerics,
    pad,
    pad_modes,
    pool_values,
    pools,
    precision,
    second_gradients,
    shortcuts,
    sizes,
    softmaxes,
    space,
    special,
    stale,
    validation,
)
from .catalogue import CAUSES, MUTANTS, Mutant

__all__ = [
    "CAUSES",
    "MUTANTS",
    "Mutant",
    "adaptive_pools",
    "calls",
    "classifier",
    "conv_channels",
    "conv_gradients",
    "conv_transposed",
    "conv_windows",
    "dialects",
    "dtypes",
    "global_pools",
    "gradients",
    "history",
    "kernels",
    "layouts",
    "lp_pools",
    "make",
    "max_pools",
    "networks",
    "numerics",
    "pad",
    "pad_modes",
    "pool_values",
    "pools",
    "precision",
    "second_gradients",
    "shortcuts",
    "sizes",
    "softmaxes",
    "space",
    "special",
    "stale",
    "validation",
]


def make(option: str | None) -> SimpleNamespace:
    """A fresh adapter with the fault that `option` names. Raises UnknownAdapter for any other."""
    if option is None:
        raise UnknownAdapter(f"which planted fault? name one as mutant:{next(iter(MUTANTS))}")
    if option not in MUTANTS:
        raise UnknownAdapter(f"there is no planted fault {option!r}{nearest(option, MUTANTS)}")
    return MUTANTS[option].build()
