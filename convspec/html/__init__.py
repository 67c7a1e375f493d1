"""Runs as one HTML page that needs nothing else: no network, no script for reading, no server."""

from __future__ import annotations

from .page import render

__all__ = ["render"]
