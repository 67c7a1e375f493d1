"""The profiles: how many cases a run has. Counts, never clocks: a slow machine runs the same."""

from __future__ import annotations

BUDGETS = {"smoke": 1_000, "quick": 20_000, "full": 400_000}
"""Cases per adapter, before the least and the greatest count of a single law."""

ONE_RANK = ("smoke",)
"""Profiles that look at one number of spatial axes, not at all."""

LEAST = {"smoke": 2, "quick": 8, "full": 100}
"""Cases that every law gets, for every operation and number of spatial axes."""

MOST_PER_WEIGHT = {"smoke": 10, "quick": 250, "full": 5000}
"""Cases that a law of weight 1 gets at most, however few laws share the budget."""

CONFIGURATIONS = {"smoke": 0.5, "quick": 2.0, "full": 20.0}
"""Configurations that a law of weight 1 gets of an adapter that compiles for each of them.

They are what such an adapter costs; its cases are these times `CONTENTS`. The laws of an operation
share them, and call with shapes of their own besides: if everything is claimed but gradients,
`smoke` makes 500 programs, and `quick` makes 3,000. That is some minutes at a tenth of a second
each, and a quarter of an hour on two cores where one takes a second but fewer operations are there.
"""

LEAST_CONFIGURATIONS = {"smoke": 1, "quick": 2, "full": 10}
"""Configurations that every law gets."""

CONTENTS = {"smoke": 4, "quick": 8, "full": 16}
"""Contents that each of these configurations is tried with."""
