"""Compilers, which build each shape anew: fewer configurations, with many contents each."""

KEPT = 512
"""Programs that an adapter keeps: more than the laws of an operation meet in the quick profile."""
