"""JSON: one document per adapter, for programs."""

from __future__ import annotations

from collections.abc import Sequence

from convspec.report import Report
from convspec.strict_json import page


def render(reports: Sequence[Report]) -> str:
    """The document of one report. Raises ValueError for any other number of them."""
    (report,) = reports
    return page(report.to_json())
