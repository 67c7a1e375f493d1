"""The stages of every run, in order; one may build on the events of those before it."""

from __future__ import annotations

from convspec.afterwards import Stage
from convspec.fingerprints import fingerprints_of_run
from convspec.scripts.stage import write_programs

STAGES: tuple[Stage, ...] = (write_programs, fingerprints_of_run)
