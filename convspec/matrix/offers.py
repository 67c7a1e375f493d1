"""``python -m convspec.matrix.offers DIR``: write down what the adapters of a matrix offer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from convspec import adapters
from convspec.adapters.offers import FILE, Offer, offers, written
from convspec.saving import write_text

from .asked import every_row
from .outcome import read


def main(arguments: Sequence[str]) -> None:
    """Bring the file up to date with the runs in the folders that are named."""
    order = [row.adapter for row in every_row()]
    found = dict(offers())
    for folder in arguments:
        outcomes, _, _ = read(Path(folder))
        reports = {one.adapter: one.report for one in outcomes if one.report is not None}
        found |= {name: Offer.of(report.head.claims) for name, report in reports.items()}
    write_text(
        Path(str(adapters.__file__)).with_name(FILE),
        written({name: one for name, one in found.items() if name in order}, order),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
