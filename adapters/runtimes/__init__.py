"""Runtimes for small devices, each with a form of its own for models."""
