"""One configuration put to one implementation: is it right for every input?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from convspec.adapters.opening import Adapter
from convspec.spec.groups import WEIGHTED
from convspec.verdicts import AcceptedInvalid, Mismatch, Raised

from . import bilinear, linear, maxima
from .bounds import Configuration, Section
from .calls import Calls
from .maps import AxisMap, axis_map


class Finding(NamedTuple):
    """What is wrong in a configuration: a short label, such as "deviates dx", and a sentence."""

    label: str
    message: str


class Judge:
    """Decides configurations of one adapter in one dtype; `calls` knows where the time went."""

    def __init__(self, adapter: Adapter, dtype: str) -> None:
        self.adapter = adapter
        self.calls = Calls(adapter, dtype)

    def __call__(self, section: Section, index: int) -> Finding | None:
        """None if the implementation does what it must, for every input."""
        it = section[index]
        maps = self._maps(it)
        gradient = self.adapter.claims.ops[it.op].gradient
        seed = 4 * index
        if any(one is None for one in maps):
            self._refused(it)
        else:
            known = [one for one in maps if one is not None]
            if it.op in WEIGHTED:
                bilinear.decide(self.calls, it, known, gradient, seed)
            elif "max_pool" in it.op:
                maxima.decide(self.calls, it, known, gradient, seed)
            else:
                linear.decide(self.calls, it, known, gradient, seed)
        label, message = self.calls.verdict()
        return Finding(label, message) if label else None

    def _maps(self, it: Configuration) -> list[AxisMap | None]:
        fixed = it.fixed
        flags = fixed.ceil_mode, fixed.count_include_pad, fixed.mode, self.calls.dtype
        return [axis_map(it.op, setting, *flags) for setting in it.settings]

    def _refused(self, it: Configuration) -> None:
        dtype, fixed = self.calls.dtype, it.fixed
        channels = fixed.groups * fixed.per_group
        arrays = [np.ones((1, channels, *[a.size for a in it.settings]), dtype)]
        if it.op in WEIGHTED:
            filters = fixed.groups * fixed.filters
            lead = (filters, fixed.per_group)
            if it.op == "conv_transpose":
                lead = (channels, fixed.filters)
            arrays.append(np.ones((*lead, *[a.window for a in it.settings]), dtype))
        with self.calls.part("y"):
            try:
                (y, *_) = self.calls.forward(it.op, arrays, it.parameters, 1)
            except Raised as error:
                if error.place[0] != "SystemExit":
                    return
                raise AcceptedInvalid("left the process instead of raising an error") from error
            except Mismatch:
                raise AcceptedInvalid("answered instead of raising an error") from None
            raise AcceptedInvalid(f"answered with an array of shape {y.shape}")
