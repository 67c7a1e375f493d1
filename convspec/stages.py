"""The stages of every run, in order; one may build on the events of those before it."""

from __future__ import annotations

from convspec.afterwards import Stage
from convspec.scripts.stage import write_programs

STAGES: tuple[Stage, ...] = (write_programs,)
