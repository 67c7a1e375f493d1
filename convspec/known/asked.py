"""What the command line asks of files of known failures: which to read, which to add to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from convspec.problems import Problem, tell
from convspec.report import Report
from convspec.saving import check_writable

from .drafting import drafts
from .reading import KnownFileError, known_of, read_known
from .writing import append


def known_files(named: Sequence[str], draft: Path | None) -> tuple[str, ...]:
    """The files to read, known to be right. A file that drafts are added to is read if it is there.

    Says every mistake on a line of its own; raises Problem if there are any, or if no draft can be
    written.
    """
    if draft is not None:
        if draft.is_file():
            named = (*named, str(draft))
        try:
            check_writable(draft)
        except OSError as error:
            raise Problem(f"cannot write to {draft}: {error.strerror or error}") from None
    try:
        read_known(named)
    except KnownFileError as error:
        for line in error.lines[:-1]:
            tell(line)
        raise Problem(error.lines[-1]) from None
    return tuple(dict.fromkeys(named))


def tell_of_others(names: Sequence[str], report: Report) -> None:
    """Say how many entries are about other implementations or versions."""
    choice = known_of(names, report.head.adapter, report.head.version)
    if choice.others:
        entries = "entry of known failures is" if len(choice.others) == 1 else (
            "entries of known failures are"
        )  # fmt: skip
        tell(f"{len(choice.others)} {entries} about other implementations or versions")


def append_drafts(path: Path, report: Report) -> bool:
    """Add a draft for each new failure to a file; False if it could not be written."""
    found = drafts(report)
    if not found:
        tell(f"{path}: nothing new to add")
        return True
    try:
        append(path, found)
    except OSError as error:
        tell(f"cannot write to {path}: {error.strerror or error}")
        return False
    noun = "entry" if len(found) == 1 else "entries"
    tell(f"{path}: {len(found)} {noun} added, to be read and reworded")
    return True
