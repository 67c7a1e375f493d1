"""Saved runs, read back: files of events, JSON reports, and folders of either."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .journal import SUFFIX, BrokenFile, read
from .report import Report


def reports_in(paths: Sequence[Path]) -> list[Report]:
    """The reports that files and folders hold, in order. Raises BrokenFile with a clear line."""
    return [report_in(file) for path in paths for file in files_in(path)]


def files_in(path: Path) -> list[Path]:
    """The files of a folder that hold runs, by name; a file stands for itself.

    Where a run has both, its events are preferred to its JSON report. Raises BrokenFile.
    """
    if not path.is_dir():
        return [path]
    events = sorted(path.glob(f"*{SUFFIX}"))
    have = {file.name.removesuffix(SUFFIX) for file in events}
    others = [file for file in sorted(path.glob("*.json")) if file.stem not in have]
    found = sorted([*events, *others], key=lambda file: file.name)
    if not found:
        raise BrokenFile(f"no saved run is in {path}: it has neither *{SUFFIX} nor *.json")
    return found


def report_in(path: Path) -> Report:
    """The report that a file holds. Raises BrokenFile with a clear line."""
    try:
        if _is_document(path):
            return Report.from_json(json.loads(path.read_bytes()))
        saved = read(path)
        report = Report.from_events(saved.events)
        # A run without a foot does not say how long it took, but its last line does.
        return replace(report, seconds=saved.at) if saved.cut and saved.at else report
    except BrokenFile:
        raise
    except FileNotFoundError:
        raise BrokenFile(f"there is no file {path}") from None
    except OSError as error:
        raise BrokenFile(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BrokenFile(f"{path} holds no run: it is not text") from None
    except json.JSONDecodeError:
        raise BrokenFile(f"{path} is damaged, or was not written to its end") from None
    except (ValueError, RecursionError) as error:
        raise BrokenFile(f"{path}: {error}") from None


def _is_document(path: Path) -> bool:
    """Whether a file holds one JSON document over many lines, and not one event per line."""
    with path.open("rb") as file:
        first = file.readline(200_000_000).strip()
        if not first.startswith((b"{", b"[")):
            return False
        try:
            found = json.loads(first)
        except ValueError:
            # A line that is the beginning of a document, or of an event that was torn.
            return first in (b"{", b"[") or bool(file.read(1))
    return not (isinstance(found, dict) and "kind" in found)
