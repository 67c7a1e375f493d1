"""Compilers, which build each shape anew: fewer configurations, with many contents each."""
