"""What became of each row of a matrix, and the index in which that is kept."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from convspec import claimed
from convspec.events import CONFORMS, FAILING, FIXED, KNOWN
from convspec.journal import SUFFIX, BrokenFile
from convspec.report import Report
from convspec.saved import report_in
from convspec.saving import write_json

from .asked import Row

SCHEMA = 1
"""Version of the index."""

INDEX, PAGE, RUNS = "matrix.json", "matrix.html", "runs"
"""In the folder of a matrix: the index, the page, and the folder of the runs of the adapters."""

RAN, NOTHING = "ran", "nothing ran"
ABSENT, UNUSABLE = "not installed", "cannot be used"
KILLED, DIED, CUT, WAITING = "killed", "died", "interrupted", "not begun"
"""What can become of a row. Only one that ran to its end has been judged."""

LEFT_OUT = (ABSENT, UNUSABLE, NOTHING, WAITING)
"""Rows that have no run."""


@dataclass(frozen=True)
class Outcome:
    """One row. `why` says in a line what kept it from running to its end, `notes` what else is to
    be known of it. `found` and `pinned`: package → version, of what the adapter drives."""

    adapter: str
    environment: str
    status: str = WAITING
    why: str = ""
    notes: tuple[str, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)
    pinned: Mapping[str, str] = field(default_factory=dict)
    exit_code: int | None = None
    seconds: float = 0.0
    folder: Path = Path()

    @property
    def row(self) -> Row:
        """The row that it is about."""
        return Row(self.adapter, self.environment)

    @property
    def events(self) -> Path:
        """The file of the run's events."""
        return self.folder / RUNS / f"{self.row.stem}{SUFFIX}"

    @property
    def log(self) -> Path:
        """The file of what the run said."""
        return self.folder / RUNS / f"{self.row.stem}.log"

    @property
    def document(self) -> Path:
        """The run's JSON report."""
        return self.folder / RUNS / f"{self.row.stem}.json"

    @cached_property
    def report(self) -> Report | None:
        """The run, as far as it came; None if there is none."""
        try:
            return report_in(self.events)
        except BrokenFile:
            return None

    @property
    def version(self) -> str:
        """The version of the library, as the run told it or as it is installed."""
        if self.report is not None:
            return self.report.head.version
        return next(iter(self.found.values()), "")

    @property
    def configurations(self) -> int:
        """Distinct cases of the run apart from their contents."""
        return sum(one.configurations for one in self.report.covered) if self.report else 0

    @property
    def verdict(self) -> str:
        """In a word: how the run ended, if it came to its end, else the status.

        Known is one that deviates where it is known to, and nowhere else.
        """
        if self.status != RAN or self.report is None:
            return self.status
        found = {clause.verdict for clause in self.report.clauses}
        match self.report.exit_code:
            case 0:
                return KNOWN if KNOWN in found else CONFORMS
            case 1:
                return "deviates" if found & {*FAILING} else FIXED
            case 4:
                return NOTHING
        return "not judged"


def saved(
    outcomes: Sequence[Outcome], folder: Path, asked: Mapping[str, Any], machine: Mapping[str, Any]
) -> None:
    """Write the index of a matrix. Raises OSError."""
    document = {
        "schema": SCHEMA, "asked": dict(asked), "machine": dict(machine),
        "rows": [_entry(outcome) for outcome in outcomes],
    }  # fmt: skip
    write_json(folder / INDEX, document)


def _entry(outcome: Outcome) -> dict[str, Any]:
    """A row of the index: what was found out besides the run, and its run in brief."""
    told = {k: v for k, v in asdict(outcome).items() if k != "folder"}
    report = outcome.report
    if report is None:
        return {**told, "verdict": outcome.verdict, "run": None}
    found = [e for e in report.known if getattr(e, "finding", "")]
    return {
        **told, "verdict": outcome.verdict,
        "run": {
            "version": report.head.version, "profile": report.head.profile,
            "seed": report.head.seed, "clauses": len(report.clauses), "verdicts": report.totals,
            "cases": report.cases, "configurations": outcome.configurations,
            "known": len(report.known), "findings": sorted({e.finding for e in found}),
            "undeclared": sorted(report.undeclared),
            "departures": claimed.departures(report.head.claims),
            "files": {
                "events": f"{RUNS}/{outcome.events.name}", "log": f"{RUNS}/{outcome.log.name}",
                "json": f"{RUNS}/{outcome.document.name}" if outcome.document.exists() else None,
            },
        },
    }  # fmt: skip


def read(folder: Path) -> tuple[list[Outcome], dict[str, Any], dict[str, Any]]:
    """The rows of an index, what was asked, and the machine. Raises BrokenFile."""
    path = folder / INDEX
    try:
        document = json.loads(path.read_bytes())
        if document["schema"] != SCHEMA:
            raise BrokenFile(f"{path}: schema {document['schema']!r}: this version reads {SCHEMA}")
        known = {"adapter", "environment", "status", "why", "found", "pinned", "exit_code",
                 "seconds"}  # fmt: skip
        rows = [
            replace(
                Outcome(**{k: v for k, v in entry.items() if k in known}, folder=folder),
                notes=tuple(entry["notes"]),
            )
            for entry in document["rows"]
        ]
        return rows, dict(document["asked"]), dict(document["machine"])
    except BrokenFile:
        raise
    except FileNotFoundError:
        raise BrokenFile(f"no matrix is in {folder}: it has no {INDEX}") from None
    except OSError as error:
        raise BrokenFile(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenFile(f"{path} is damaged: {type(error).__name__}: {error}") from None


def machine_here() -> dict[str, Any]:
    """What the results may depend on besides the versions."""
    return {
        "system": f"{platform.system()} {platform.machine()}", "processor": _processor(),
        "vectors": _vectors(), "python": platform.python_version(), "cores": os.cpu_count(),
    }  # fmt: skip


def _processor() -> str:
    return _cpu("model name") or platform.processor() or "unknown"


def _vectors() -> list[str]:
    """The vector extensions that kernels are chosen by, the widest last."""
    have = set(_cpu("flags").split())
    known = ("avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16",
             "amx_tile")  # fmt: skip
    return [name for name in known if name in have]


def _cpu(key: str) -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""
    found = (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith(key))
    return next(found, "")
