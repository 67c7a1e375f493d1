"""Adding entries to a file of known failures: at its end, and nothing else in it changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from convspec.saving import write_bytes

HEAD = b"""\
# Known failures. An entry excuses the failures of its clauses inside the region `when`; it is out
# of date, and fails the run, once its witness passes. Drafts are guesses: read each, narrow `when`
# down to what is known to fail, and say why in `reason`.
"""


def append(path: Path, entries: Sequence[str]) -> None:
    """Add entries to a file, which is made if there is none. In one step; raises OSError."""
    path = path.resolve()  # what a link points to is to change, not the link
    there = path.read_bytes() if path.exists() else HEAD
    newline = b"\r\n" if b"\r\n" in there else b"\n"
    text = there
    for entry in entries:
        if text and not text.endswith(b"\n"):
            text += newline
        text += (newline if text else b"") + entry.encode().replace(b"\n", newline)
    write_bytes(path, text)
