"""What is done of a proof, kept in a file from which an interrupted run goes on.

One JSON document a line: first what is being proven (another adapter version, bound or version of
ours starts anew), then each chunk as it is done. A line that was cut short is left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from .decide import Finding
from .workers import Decided


class ProgressFile:
    """The file of one run. `note` says in one line what was found in it, if anything was."""

    def __init__(self, path: Path, key: dict[str, Any]) -> None:
        """Read what an earlier run of the same `key` has left. Raises OSError."""
        self.path = path
        self.note = ""
        self._key = key
        self._file: TextIO | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        self.done = list(self._read())
        if not self.done:
            path.write_text(json.dumps(key) + "\n", encoding="utf-8")
        elif not path.read_text(encoding="utf-8").endswith("\n"):
            with path.open("a", encoding="utf-8") as file:
                file.write("\n")

    def add(self, done: Decided) -> None:
        """Keep a chunk."""
        if self._file is None:
            self._file = self.path.open("a", encoding="utf-8")
        line = {
            "chunk": done.chunk,
            "found": [[at, *finding] for at, finding in sorted(done.found.items())],
            "spent": {label: round(seconds, 4) for label, seconds in done.spent.items()},
        }
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Keep the file for a later run."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """The run is complete."""
        self.close()
        with suppress(OSError):
            self.path.unlink()
            self.path.parent.rmdir()  # only if nothing else is in it

    def _read(self) -> Iterator[Decided]:
        try:
            first, *lines = self.path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return
        key = _loaded(first)
        if key != self._key:
            changed = [n for n in self._key if not key or key.get(n) != self._key[n]]
            self.note = f"starting anew: {', '.join(changed)} changed since {self.path} was written"
            return
        for line in lines:
            document = _loaded(line)
            if document is None:
                continue
            with suppress(KeyError, TypeError, ValueError):
                yield Decided(
                    tuple(document["chunk"]),
                    {int(at): Finding(label, text) for at, label, text in document["found"]},
                    Counter(document["spent"]),
                )


def _loaded(line: str) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
