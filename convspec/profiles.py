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
