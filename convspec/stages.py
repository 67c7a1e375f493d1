"""The stages of every run, in order; one may build on the events of those before it."""

from __future__ import annotations

from convspec.afterwards import Stage
from convspec.coverage import measure_coverage
from convspec.diagnosis.explaining import conditions
from convspec.fingerprints import fingerprints_of_run
from convspec.known.checking import check_known
from convspec.scripts.stage import write_programs

STAGES: tuple[Stage, ...] = (
    check_known, conditions, write_programs, fingerprints_of_run, measure_coverage,
)  # fmt: skip
