"""How far another program's run has come: its file of events, read as it grows."""

from __future__ import annotations

import json
from pathlib import Path


class Follower:
    """Counts what a growing file of events tells. `laws`: how many items there are, 0 at first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0
        self.laws = self.done = self.cases = 0

    def look(self) -> None:
        """Take notice of what was written since the last look."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._at)
                new = file.read()
        except OSError:
            return
        whole = new[: new.rfind(b"\n") + 1]
        self._at += len(whole)
        for line in whole.splitlines():
            try:
                event = json.loads(line)
                if event["kind"] == "run-started":
                    self.laws = int(event["laws"])
                elif event["kind"] == "law-finished":
                    self.done += 1
                    self.cases += int(event["cases"])
            except (ValueError, KeyError, TypeError):
                continue  # whoever reads the whole run says so

    def reached(self) -> str:
        """How far it came, to follow a statement."""
        if not self.laws:
            return " and had not begun to test"
        return f"; {self.done} of {self.laws} items of laws were done"
